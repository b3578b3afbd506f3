//! A walk along a document and the JSON Schema together, which finds every mistake at once.
use super::examples;
use super::node::{At, Entry, Node, Table, Value};
use super::shape::{Schema, Shape};
use super::syntax;
use super::words;
use crate::diagnostic::Diagnostic;
use crate::units;

/// Whether keys may be missing: in what variants share, for the variants may add them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Missing {
    Allowed,
    Reported,
}

/// Where a document has room for what is missing at its top: keys stand first, tables can be last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    top: At,
    end: At,
}

impl Frame {
    /// The first line of the scenario file that is no comment, and the end of its last.
    pub(super) fn of(text: &str) -> Self {
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            if !line.trim().is_empty() && !line.starts_with('#') {
                break;
            }
            start += line.len();
        }
        let first = text[start..]
            .lines()
            .next()
            .unwrap_or_default()
            .trim_end()
            .len();
        let end = text.trim_end().len();
        let at = |start, end| At {
            source: syntax::FILE,
            start,
            end,
        };
        Self {
            top: at(start, start + first),
            end: at(end, end),
        }
    }
}

/// Everything in which `document` departs from `schema`.
pub(super) fn walk(
    document: &Table,
    schema: &serde_json::Value,
    frame: Frame,
    missing: Missing,
) -> Vec<Diagnostic> {
    let root = Schema::root(schema);
    let mut walk = Walk {
        root,
        frame,
        path: Vec::new(),
        missing,
        found: Vec::new(),
    };
    walk.table(document, None, Schema::root(schema));
    walk.found
}

struct Walk<'a> {
    root: Schema<'a>,
    frame: Frame,
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
        let mut meant = Vec::new();
        for (key, entry) in &table.entries {
            match properties.get(key) {
                Some(inner) => self.inside(key, &entry.node, schema.at(inner)),
                None => meant.extend(self.unknown(key, entry, &known)),
            }
        }
        if self.missing == Missing::Allowed {
            return;
        }
        // A misspelt key is one mistake, not also a missing one.
        let absent = required
            .iter()
            .filter(|key| !table.entries.contains_key(**key) && !meant.contains(*key));
        for key in absent {
            self.absent(key, at, schema.at(&properties[*key]));
        }
    }

    fn absent(&mut self, key: &str, at: Option<At>, schema: Schema<'a>) {
        let table = matches!(schema.shape(), Shape::Struct { .. } | Shape::Map(_));
        let at = at.unwrap_or(if table {
            self.frame.end
        } else {
            self.frame.top
        });
        let help = examples::addition(&self.path, key, schema);
        self.path.push(key.to_owned());
        let path = self.shown();
        self.path.pop();
        let message = if table {
            format!("the table [{path}] is missing")
        } else {
            format!(
                "`{path}` is missing; expected {}",
                examples::expected(schema)
            )
        };
        self.found
            .push(Diagnostic::new(at.place(), message).help(help));
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
            (Shape::Map(values), Value::Table(table)) => self.map(table, schema.at(values)),
            (Shape::Choice { tables, words }, Value::Table(table)) => {
                self.choice(table, node.at, schema, &tables, &words);
            }
            (Shape::Choice { words, .. } | Shape::Words(words), Value::Text(text)) => {
                if !words.contains(&text.as_str()) {
                    let label = words::did_you_mean(text, &words);
                    let help = examples::instead(schema, node, &self.path);
                    self.wrong(node, schema, |found| found.label(label).maybe_help(help));
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
                self.wrong(node, schema, |found| found.maybe_help(help));
            }
        }
    }

    /// A table with free keys. Keys that belong one level deeper are one mistake, not many.
    fn map(&mut self, table: &Table, values: Schema<'a>) {
        let known = match values.shape() {
            Shape::Struct { properties, .. } => Some(properties),
            _ => None,
        };
        let astray = |key: &str, node: &Node| {
            known.is_some_and(|known| {
                let fits = |table: &Table| table.entries.keys().any(|key| known.contains_key(key));
                known.contains_key(key)
                    && !matches!(&node.value, Value::Table(inner) if fits(inner))
            })
        };
        let mut first: Option<(&str, At)> = None;
        for (key, entry) in &table.entries {
            if let Some(found) = self.misnamed(key, entry, table, values) {
                self.found.push(found);
            } else if !astray(key, &entry.node) {
                self.inside(key, &entry.node, values);
            } else if first.is_none_or(|(_, at)| entry.key_at < at) {
                first = Some((key, entry.key_at));
            }
        }
        let Some((key, at)) = first else { return };
        let path = self.shown();
        let message = format!("`{key}` stands in `{path}` itself; expected it under a name");
        let help = format!("give the table a name: [{path}.web] instead of [{path}]");
        self.found
            .push(Diagnostic::new(at.place(), message).help(help));
    }

    /// A change of something that is not there, but nearly: `fleets.nighly-job.concurrency` beside
    /// a complete `fleets.nightly-job`.
    fn misnamed(
        &self,
        key: &str,
        entry: &Entry,
        table: &Table,
        values: Schema<'a>,
    ) -> Option<Diagnostic> {
        let Shape::Struct {
            properties,
            required,
        } = values.shape()
        else {
            return None;
        };
        let absent = |node: &Node| -> Vec<&str> {
            let Value::Table(inner) = &node.value else {
                return Vec::new();
            };
            // A misspelt key explains what is missing.
            if !inner.entries.keys().all(|key| properties.contains_key(key)) {
                return Vec::new();
            }
            required
                .iter()
                .copied()
                .filter(|key| inner.get(key).is_none())
                .collect()
        };
        let absent_here = absent(&entry.node);
        if self.missing == Missing::Allowed || absent_here.is_empty() {
            return None;
        }
        let others: Vec<&str> = table
            .entries
            .iter()
            .filter(|(_, other)| absent(&other.node).is_empty())
            .map(|(name, _)| name.as_str())
            .collect();
        let meant = words::nearest(key, &others)?;
        let path = self.shown();
        Some(
            Diagnostic::new(
                entry.key_at.place(),
                format!("there is no `{key}` in [{path}] to change"),
            )
            .label(format!("did you mean `{meant}`?"))
            .help(format!(
                "a new one also needs {}",
                words::all_of(&absent_here)
            )),
        )
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
            if let Some((_, inner)) = tables.iter().find(|(tag, _)| tag == key) {
                self.inside(key, &entry.node, schema.at(inner));
                continue;
            }
            let all: Vec<&str> = tags.iter().chain(words).copied().collect();
            let expected = examples::expected(schema);
            let message = format!("`{}` cannot be `{key}`; expected {expected}", self.shown());
            self.found.push(
                Diagnostic::new(entry.key_at.place(), message)
                    .label(words::did_you_mean(key, &all))
                    .maybe_help(examples::such_as(schema)),
            );
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
                let found = Diagnostic::new(at.place(), message);
                self.found.push(found.maybe_help(examples::such_as(schema)));
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
        } else if format == examples::REGION
            && let Some((label, help)) = examples::region_mistake(text)
        {
            self.wrong(node, schema, |found| found.label(label).help(help));
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

    /// A key that the table does not have; gives the key that was probably meant.
    fn unknown<'k>(&mut self, key: &str, entry: &Entry, known: &[&'k str]) -> Option<&'k str> {
        self.path.push(key.to_owned());
        let message = format!("unknown key `{}`", self.shown());
        self.path.pop();
        let meant = words::nearest(key, known);
        let home = if meant.is_none() {
            examples::home(self.root, key)
        } else {
            None
        };
        self.found.push(
            Diagnostic::new(entry.key_at.place(), message)
                .label(words::did_you_mean(key, known))
                .maybe_help(home)
                .help(format!("valid here: {}", known.join(", "))),
        );
        meant
    }

    /// The path so far: `fleets.batch.arrivals.profile.points[2].at`.
    fn shown(&self) -> String {
        examples::path(&self.path)
    }
}
