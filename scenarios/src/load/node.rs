//! A document whose every key and value knows where it was written.
use crate::diagnostic::Place;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeFloat, DeInteger, DeTable, DeValue};

/// Bytes of one of the sources.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct At {
    pub(super) source: usize,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl At {
    pub(super) fn new(source: usize, offset: usize, span: &Range<usize>) -> Self {
        Self {
            source,
            start: span.start + offset,
            end: span.end + offset,
        }
    }

    pub(super) fn place(self) -> Place {
        Place {
            source: self.source,
            span: Some(self.start..self.end),
        }
    }
}

/// A value and where it was written; a table's place is its header.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) at: At,
    pub(super) value: Value,
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    /// `None`: outside of 128 bits, or with a unit and no quotes, which the parser lets through.
    Integer(Option<i128>),
    Float(f64),
    Bool(bool),
    Datetime(String),
    List(Vec<Node>),
    Table(Table),
}

/// Keys and values. A table that was never written (the document itself) has no place.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub(super) entries: BTreeMap<String, Entry>,
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key_at: At,
    pub(super) node: Node,
}

impl Table {
    /// A parsed table; `offset` is where the parsed text begins in its source.
    pub(super) fn from_toml(table: &DeTable<'_>, source: usize, offset: usize) -> Self {
        let entries = table.iter().map(|(key, value)| {
            let key_at = At::new(source, offset, &key.span());
            (
                key.get_ref().to_string(),
                Entry {
                    key_at,
                    node: Node::from_toml(value, source, offset),
                },
            )
        });
        Self {
            entries: entries.collect(),
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.entries.get(key).map(|entry| &entry.node)
    }

    /// Where the value at `path` was written, or the innermost table on the way to it.
    pub(super) fn find(&self, path: &[&str]) -> Option<At> {
        let (first, rest) = path.split_first()?;
        let node = self.get(first)?;
        Some(node.find(rest))
    }

    /// Where the last key of `path` was written.
    pub(super) fn key_at(&self, path: &[&str]) -> Option<At> {
        let (first, rest) = path.split_first()?;
        let entry = self.entries.get(*first)?;
        match &entry.node.value {
            _ if rest.is_empty() => Some(entry.key_at),
            Value::Table(table) => table.key_at(rest),
            _ => None,
        }
    }

    pub(super) fn to_json(&self) -> serde_json::Value {
        let entries = self.entries.iter();
        entries
            .map(|(key, entry)| (key.clone(), entry.node.to_json()))
            .collect()
    }
}

impl Node {
    pub(super) fn from_toml(value: &Spanned<DeValue<'_>>, source: usize, offset: usize) -> Self {
        let at = At::new(source, offset, &value.span());
        let value = match value.get_ref() {
            DeValue::String(text) => Value::Text(text.to_string()),
            DeValue::Integer(number) => Value::Integer(integer(number)),
            DeValue::Float(number) => Value::Float(float(number)),
            DeValue::Boolean(truth) => Value::Bool(*truth),
            DeValue::Datetime(datetime) => Value::Datetime(datetime.to_string()),
            DeValue::Array(items) => {
                let items = items.iter();
                Value::List(
                    items
                        .map(|item| Self::from_toml(item, source, offset))
                        .collect(),
                )
            }
            DeValue::Table(table) => Value::Table(Table::from_toml(table, source, offset)),
        };
        Self { at, value }
    }

    /// Where the value at `path` was written, or the innermost value on the way to it.
    fn find(&self, path: &[&str]) -> At {
        let Some((first, rest)) = path.split_first() else {
            return self.at;
        };
        let inner = match &self.value {
            Value::Table(table) => table.get(first),
            Value::List(items) => index(first).and_then(|index| items.get(index)),
            _ => None,
        };
        inner.map_or(self.at, |node| node.find(rest))
    }

    /// As serde reads it; only for documents that the walk found nothing wrong with.
    fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Text(text) | Value::Datetime(text) => text.clone().into(),
            Value::Integer(number) => {
                let number = number.unwrap_or_default();
                match u64::try_from(number) {
                    Ok(natural) => natural.into(),
                    Err(_) => i64::try_from(number).unwrap_or(i64::MIN).into(),
                }
            }
            Value::Float(number) => (*number).into(),
            Value::Bool(truth) => (*truth).into(),
            Value::List(items) => items.iter().map(Self::to_json).collect(),
            Value::Table(table) => table.to_json(),
        }
    }

    /// The value in a message: `"text"`, `4000, a number`, `a table`.
    pub(super) fn describe(&self) -> String {
        const SHOWN_MAX: usize = 60;
        match &self.value {
            Value::Text(text) if text.chars().count() > SHOWN_MAX => {
                let beginning: String = text.chars().take(SHOWN_MAX).collect();
                format!("{:?}", beginning + "…")
            }
            Value::Text(text) => format!("{text:?}"),
            Value::Integer(Some(number)) => number.to_string(),
            Value::Integer(None) => {
                "a number that cannot be read (one with a unit stands in quotes)".to_owned()
            }
            Value::Float(number) => number.to_string(),
            Value::Bool(truth) => truth.to_string(),
            Value::Datetime(text) => text.clone(),
            Value::List(_) => "a list".to_owned(),
            Value::Table(_) => "a table".to_owned(),
        }
    }
}

/// The step of a path into a list, `[2]`.
pub(super) fn index(step: &str) -> Option<usize> {
    step.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

fn integer(number: &DeInteger<'_>) -> Option<i128> {
    i128::from_str_radix(number.as_str(), number.radix()).ok()
}

fn float(number: &DeFloat<'_>) -> f64 {
    number.as_str().parse().unwrap_or(f64::NAN)
}
