//! Laying one document over another.
use super::node::{Entry, Table, Value};
use super::shape::{Schema, Shape};

/// Lays `over` upon `base`: tables are merged key by key, everything else is replaced.
///
/// A choice is replaced when another one is made: `arrivals.closed` over `arrivals.poisson` leaves
/// only `closed`, whereas `arrivals.poisson` over itself changes what it names.
pub(super) fn merge(base: &mut Table, over: &Table, schema: Option<Schema<'_>>) {
    for (key, entry) in &over.entries {
        let schema = schema.and_then(|schema| schema.child(key));
        match (
            base.entries.get_mut(key).map(|entry| &mut entry.node.value),
            &entry.node.value,
        ) {
            (Some(Value::Table(old)), Value::Table(new)) if !chooses_anew(old, new, schema) => {
                merge(old, new, schema);
            }
            _ => {
                base.entries.insert(key.clone(), entry.clone());
            }
        }
    }
}

/// Whether both are one choice each, and not the same.
fn chooses_anew(old: &Table, new: &Table, schema: Option<Schema<'_>>) -> bool {
    let is_choice = schema.is_some_and(|schema| matches!(schema.shape(), Shape::Choice { .. }));
    let (mut old, mut new) = (old.entries.keys(), new.entries.keys());
    is_choice && new.len() == 1 && old.len() == 1 && old.next() != new.next()
}

/// A document that says only that the value at `path` is `entry`.
pub(super) fn document_of(path: &[String], entry: Entry) -> Table {
    let mut table = Table::default();
    let Some((first, rest)) = path.split_first() else {
        return table;
    };
    let entry = if rest.is_empty() {
        entry
    } else {
        let (key_at, at) = (entry.key_at, entry.key_at);
        let inner = document_of(rest, entry);
        Entry {
            key_at,
            node: super::node::Node {
                at,
                value: Value::Table(inner),
            },
        }
    };
    table.entries.insert(first.clone(), entry);
    table
}
