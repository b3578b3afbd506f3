//! A walk along a document and the JSON Schema together, which finds every mistake at once.
use super::examples;
use super::node::{At, Entry, Node, Table, Value};
use super::shape::{Schema, Shape};
use super::words;
use crate::diagnostic::{Diagnostic, Place};
use crate::units;

/// Whether keys may be missing: in what variants share, for the variants may add them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Missing {
    Allowed,
    Reported,
}

/// Everything in which `document` departs from `schema`.
pub(super) fn walk(
    document: &Table,
    schema: &serde_json::Value,
    missing: Missing,
) -> Vec<Diagnostic> {
    let mut walk = Walk {
        root: Schema::root(schema),
        path: Vec::new(),
        missing,
        found: Vec::new(),
    };
    walk.table(document, None, Schema::root(schema));
    walk.found
}

struct Walk<'a> {
    root: Schema<'a>,
    path: Vec<String>,
    missing: Missing,
    found: Vec<Diagnostic>,
}

impl<'a> Walk<'a> {
    /// A table that has known keys; the document itself has no place.
    fn table(&mut self, table: &Table, at: Option<At>, schema: Schema<'a>) {
        let Shape::Struct {
            properties,
            required,
        } = schema.shape()
        else {
            return;
        };
        let known: Vec<&str> = properties.keys().map(String::as_str).collect();
        for (key, entry) in &table.entries {
            match properties.get(key) {
                Some(inner) => self.inside(key, &entry.node, schema.at(inner)),
                None => self.unknown(key, entry, &known),
            }
        }
        if self.missing == Missing::Allowed {
            return;
        }
        let absent = required
            .iter()
            .filter(|key| !table.entries.contains_key(**key));
        for key in absent {
            let place = at.map_or(
                Place {
                    source: 0,
                    span: None,
                },
                At::place,
            );
            let inner = schema.at(&properties[*key]);
            self.path.push((*key).to_owned());
            let path = self.shown();
            let message = format!(
                "`{path}` is missing; expected {}",
                examples::expected(inner)
            );
            self.found
                .push(Diagnostic::new(place, message).help(examples::addition(
                    &self.path[..self.path.len() - 1],
                    key,
                    inner,
                )));
            self.path.pop();
        }
    }

    fn inside(&mut self, key: &str, node: &Node, schema: Schema<'a>) {
        self.path.push(key.to_owned());
        self.value(node, schema);
        self.path.pop();
    }

    fn value(&mut self, node: &Node, schema: Schema<'a>) {
        match (schema.shape(), &node.value) {
            (Shape::Struct { .. }, Value::Table(table)) => {
                self.table(table, Some(node.at), schema);
            }
            (Shape::Map(values), Value::Table(table)) => {
                for (key, entry) in &table.entries {
                    self.inside(key, &entry.node, schema.at(values));
                }
            }
            (Shape::Choice { tables, words }, Value::Table(table)) => {
                self.choice(table, node.at, schema, &tables, &words);
            }
            (Shape::Choice { words, .. } | Shape::Words(words), Value::Text(text)) => {
                if !words.contains(&text.as_str()) {
                    let label = words::did_you_mean(text, &words);
                    self.wrong(node, schema, |found| found.label(label));
                }
            }
            (Shape::List(items), Value::List(list)) => {
                for (index, item) in list.iter().enumerate() {
                    self.inside(&format!("[{index}]"), item, schema.at(items));
                }
            }
            (Shape::Text { format }, Value::Text(text)) => self.text(node, schema, format, text),
            (
                Shape::Text {
                    format: "date-time",
                },
                Value::Datetime(text),
            ) => {
                self.text(node, schema, "date-time", text);
            }
            (Shape::Integer { min, max }, Value::Integer(Some(number)))
                if (min..=max).contains(number) => {}
            (Shape::Number { min, max }, Value::Float(number)) if (min..=max).contains(number) => {}
            (Shape::Number { min, max }, Value::Integer(Some(number)))
                if (min..=max).contains(&(*number as f64)) => {}
            (Shape::Bool, Value::Bool(_)) => {}
            _ => {
                let help = examples::instead(schema, node, &self.path);
                self.wrong(node, schema, |found| match help {
                    Some(help) => found.help(help),
                    None => found,
                });
            }
        }
    }

    fn choice(
        &mut self,
        table: &Table,
        at: At,
        schema: Schema<'a>,
        tables: &[(&str, &'a serde_json::Value)],
        words: &[&str],
    ) {
        let tags: Vec<&str> = tables.iter().map(|(tag, _)| *tag).collect();
        for (key, entry) in &table.entries {
            match tables.iter().find(|(tag, _)| tag == key) {
                Some((_, inner)) => self.inside(key, &entry.node, schema.at(inner)),
                None => {
                    let all: Vec<&str> = tags.iter().chain(words).copied().collect();
                    self.unknown(key, entry, &all);
                }
            }
        }
        let made: Vec<&str> = tags
            .iter()
            .copied()
            .filter(|tag| table.get(tag).is_some())
            .collect();
        let path = self.shown();
        match made.as_slice() {
            [] if table.entries.is_empty() && self.missing == Missing::Reported => {
                let message = format!("`{path}` is empty; expected {}", examples::expected(schema));
                self.found.push(Diagnostic::new(at.place(), message));
            }
            [first, second, ..] => {
                let place = |tag: &str| table.entries[tag].key_at.place();
                let message = format!("`{path}` is {} at once; expected one", words::all_of(&made));
                self.found.push(
                    Diagnostic::new(place(second), message)
                        .related(place(first), "the other choice")
                        .help("keep the one that you mean"),
                );
            }
            _ => {}
        }
    }

    fn text(&mut self, node: &Node, schema: Schema<'a>, format: &str, text: &str) {
        if let Some(error) = units::mistake(format, text) {
            self.wrong(node, schema, |found| found.help(error.help()));
        } else if format == examples::REGION {
            if let Some((label, help)) = examples::region_mistake(text) {
                self.wrong(node, schema, |found| found.label(label).help(help));
            }
        }
    }

    /// The value is not what the schema says.
    fn wrong(
        &mut self,
        node: &Node,
        schema: Schema<'a>,
        more: impl FnOnce(Diagnostic) -> Diagnostic,
    ) {
        let message = format!(
            "`{}` is {}; expected {}",
            self.shown(),
            node.describe(),
            examples::expected(schema)
        );
        self.found
            .push(more(Diagnostic::new(node.at.place(), message)));
    }

    fn unknown(&mut self, key: &str, entry: &Entry, known: &[&str]) {
        self.path.push(key.to_owned());
        let message = format!("unknown key `{}`", self.shown());
        self.path.pop();
        let found =
            Diagnostic::new(entry.key_at.place(), message).label(words::did_you_mean(key, known));
        let found = match examples::home(self.root, key) {
            Some(home) if found.label.is_empty() => found.help(home),
            _ => found,
        };
        self.found
            .push(found.help(format!("valid here: {}", known.join(", "))));
    }

    /// The path so far: `fleets.batch.arrivals.profile.points[2].at`.
    fn shown(&self) -> String {
        examples::path(&self.path)
    }
}
