//! What a result rests on: facts with their sources, and what the scenario left at its default.
use crate::table::{Cell, Table};
use keystorm_record::{Certainty, Fact, Record};
use serde_json::Value;

/// A fact as a row.
#[derive(Clone, Debug)]
pub(crate) struct FactRow {
    pub(crate) subject: String,
    pub(crate) value: String,
    pub(crate) source: String,
    /// The source is keystorm itself, which a phone need not say.
    pub(crate) own: bool,
    pub(crate) note: String,
    pub(crate) date: String,
    pub(crate) certainty: &'static str,
    pub(crate) assumed: bool,
    /// Variants that use it, if not all do.
    pub(crate) variants: String,
}

/// The facts that keystorm assumed, and the others.
pub(crate) fn facts(record: &Record) -> (Vec<FactRow>, Vec<FactRow>) {
    facts_of(&record.facts)
}

/// The same of any list of facts.
pub(crate) fn facts_of(facts: &[Fact]) -> (Vec<FactRow>, Vec<FactRow>) {
    facts.iter().map(row).partition(|row| row.assumed)
}

fn row(fact: &Fact) -> FactRow {
    let or_dash = |text: &str| if text.is_empty() { "–" } else { text }.to_owned();
    FactRow {
        subject: fact.subject.clone(),
        value: fact.value.clone(),
        source: or_dash(&fact.source),
        own: fact.source == "keystorm's default",
        note: fact.note.clone(),
        date: or_dash(&fact.date),
        certainty: match fact.certainty {
            Certainty::Given => "given",
            Certainty::Documented => "documented",
            Certainty::Measured => "measured",
            Certainty::Assumed => "assumed",
        },
        assumed: fact.certainty == Certainty::Assumed,
        variants: fact.variants.join(" · "),
    }
}

/// Every setting of the first variant that the scenario leaves at its default.
pub(crate) fn defaults(record: &Record) -> Table {
    let mut table = Table::new(&["Setting", "Default"]);
    for variant in record.variants.iter().take(1) {
        for path in &variant.defaulted {
            let value = value_at(&variant.resolved, path).map_or_else(|| "none".into(), shown);
            table.row(path, vec![Cell::words(value)]);
        }
    }
    table
}

/// The value at a path of a scenario, such as `s3.splitting`.
fn value_at<'a>(scenario: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.')
        .try_fold(scenario, |value, key| value.get(key))
}

/// A value as a scenario would have it, near enough to be read.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "none".into(),
        Value::Array(values) if values.is_empty() => "none".into(),
        Value::Array(values) => values.iter().map(shown).collect::<Vec<_>>().join(", "),
        Value::Object(entries) => {
            let entry = |(key, value): (&String, &Value)| format!("{key} {}", shown(value));
            entries.iter().map(entry).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}
