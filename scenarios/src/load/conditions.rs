//! Conditions of `[expect]` and of the command line.
use super::node::{At, Table, Value};
use crate::diagnostic::{Diagnostic, Source};
use crate::expect::{Condition, ConditionError};

/// The conditions of the command line; their sources are numbered from `first`.
pub(super) fn parse_all(texts: &[Source], first: usize) -> (Vec<Condition>, Vec<Diagnostic>) {
    let (mut conditions, mut found) = (Vec::new(), Vec::new());
    for (index, source) in texts.iter().enumerate() {
        match source.text.parse::<Condition>() {
            Ok(condition) => conditions.push(condition),
            Err(error) => {
                let operator = source
                    .text
                    .find(['<', '>', '='])
                    .unwrap_or(source.text.len());
                let span = if error.in_name {
                    0..operator
                } else {
                    0..source.text.len()
                };
                found.push(mistake(At::new(first + index, 0, &span), error));
            }
        }
    }
    (conditions, found)
}

/// The conditions of the document's `[expect]`; what is not text there is the walk's business.
pub(super) fn of_table(document: &Table) -> (Vec<Condition>, Vec<Diagnostic>) {
    let (mut conditions, mut found) = (Vec::new(), Vec::new());
    let Some(Value::Table(expect)) = document.get("expect").map(|node| &node.value) else {
        return (conditions, found);
    };
    for (metric, entry) in &expect.entries {
        let Value::Text(bound) = &entry.node.value else {
            continue;
        };
        match Condition::new(metric, bound) {
            Ok(condition) => conditions.push(condition),
            Err(error) => {
                let at = if error.in_name {
                    entry.key_at
                } else {
                    entry.node.at
                };
                found.push(mistake(at, error));
            }
        }
    }
    (conditions, found)
}

fn mistake(at: At, error: ConditionError) -> Diagnostic {
    Diagnostic::new(at.place(), error.message)
        .label(error.label)
        .help(error.help)
}
