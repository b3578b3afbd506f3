//! Which values nobody set.
use super::examples;
use super::node::{Node, Table, Value};
use super::shape::{Schema, Shape};
use serde_json::Value as Json;

/// Paths of the values that `document` leaves to defaults, sorted. A choice with its parameters is
/// one value; conditions are none.
pub(super) fn paths(document: &Table, schema: &Json) -> Vec<String> {
    let mut search = Search {
        path: Vec::new(),
        found: Vec::new(),
    };
    search.table(Some(document), Schema::root(schema));
    search.found.sort();
    search.found
}

struct Search {
    path: Vec<String>,
    found: Vec<String>,
}

impl Search {
    fn table(&mut self, table: Option<&Table>, schema: Schema<'_>) {
        let Shape::Struct { properties, .. } = schema.shape() else {
            return;
        };
        for (key, inner) in properties {
            if self.path.is_empty() && (key == "variants" || key == "expect") {
                continue;
            }
            if self.path == ["bucket"] && key == "policy-file" {
                // Another way to give `bucket.policy`, and no value of its own.
                continue;
            }
            self.path.push(key.clone());
            self.value(table.and_then(|table| table.get(key)), schema.at(inner));
            self.path.pop();
        }
    }

    fn value(&mut self, node: Option<&Node>, schema: Schema<'_>) {
        match (schema.shape(), node.map(|node| &node.value)) {
            (Shape::Struct { .. }, Some(Value::Table(table))) => self.table(Some(table), schema),
            (Shape::Struct { .. }, None) => self.table(None, schema),
            (Shape::Map(_) | Shape::Choice { .. }, Some(Value::Table(table))) => {
                for (key, entry) in &table.entries {
                    let Some(inner) = schema.child(key) else {
                        continue;
                    };
                    self.path.push(key.clone());
                    self.value(Some(&entry.node), inner);
                    self.path.pop();
                }
            }
            (_, None) => self.found.push(examples::path(&self.path)),
            _ => {}
        }
    }
}
