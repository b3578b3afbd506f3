//! The variants of a file, each laid over the rest of it.
use super::merge::merge;
use super::node::{At, Node, Table, Value};
use super::shape::Schema;
use super::words;
use crate::diagnostic::{Diagnostic, Place};
use crate::json_schema::{NAME_CHARS_MAX, SCENARIO, VARIANT_KEYS};
use crate::units::decimal::grouped;
use std::collections::BTreeMap;

/// Most variants in one file.
const VARIANTS_MAX: usize = 100;
/// Most fleets in one scenario.
const FLEETS_MAX: usize = 1_000;

/// The file taken apart: what all variants share, and what each changes.
pub(super) struct Drafts {
    base: Table,
    /// Name and changes of each variant; none if the file has no variants.
    changes: Vec<(String, Table)>,
    settings: Vec<Table>,
}

impl Drafts {
    /// Takes `document` apart. Mistakes in the frame of the variants come with what could be read.
    pub(super) fn new(mut document: Table, settings: Vec<Table>) -> (Self, Vec<Diagnostic>) {
        let mut found = Vec::new();
        let list = document.entries.remove("variants");
        let mut changes = Vec::new();
        if let Some(entry) = list {
            match entry.node.value {
                Value::List(items) if items.len() > VARIANTS_MAX => {
                    let count = items.len();
                    found.push(
                        Diagnostic::new(
                            entry.key_at.place(),
                            format!("there are {count} variants; at most {VARIANTS_MAX} can run"),
                        )
                        .help("split the file"),
                    );
                }
                Value::List(items) => {
                    for item in items {
                        changes.extend(variant(item, &mut found));
                    }
                }
                _ => found.push(not_a_list(entry.key_at)),
            }
        }
        found.extend(same_names(&changes));
        let changes = changes
            .into_iter()
            .map(|(name, _, table)| (name, table))
            .collect();
        (
            Self {
                base: document,
                changes,
                settings,
            },
            found,
        )
    }

    /// What the variants share, before any setting.
    pub(super) fn base(&self) -> &Table {
        &self.base
    }

    /// Whether the file has variants.
    pub(super) fn has_variants(&self) -> bool {
        !self.changes.is_empty()
    }

    /// Number of scenarios to run.
    pub(super) fn count(&self) -> usize {
        self.changes.len().max(1)
    }

    /// Name and document of each scenario to run, one at a time: a file with many variants need not
    /// be in memory as often. Without the first `skipped` ones.
    pub(super) fn documents(&self, skipped: usize) -> impl Iterator<Item = (Option<&str>, Table)> {
        let alone = (!self.has_variants()).then_some((None, None));
        let each = self
            .changes
            .iter()
            .map(|(name, table)| (Some(name.as_str()), Some(table)));
        let chosen = alone.into_iter().chain(each).skip(skipped);
        chosen.map(|(name, changes)| {
            let schema = Some(Schema::root(&SCENARIO));
            let mut document = self.base.clone();
            for over in changes.into_iter().chain(&self.settings) {
                merge(&mut document, over, schema);
            }
            (name, document)
        })
    }
}

/// A file with too many fleets is refused before any work is done on them.
pub(super) fn too_many_fleets(document: &Table) -> Option<Diagnostic> {
    let node = document.get("fleets")?;
    let Value::Table(fleets) = &node.value else {
        return None;
    };
    let count = fleets.entries.len();
    (count > FLEETS_MAX).then(|| {
        Diagnostic::new(
            node.at.place(),
            format!(
                "there are {} fleets; at most {} can run together",
                grouped(count as u64),
                grouped(FLEETS_MAX as u64)
            ),
        )
        .help("a fleet may have up to 100_000 instances: join those that behave alike")
    })
}

fn not_a_list(at: At) -> Diagnostic {
    Diagnostic::new(at.place(), "`variants` is not a list of tables")
        .help("begin each variant with a line [[variants]] and give it a name")
}

/// Name, its place, and changes of one variant.
fn variant(item: Node, found: &mut Vec<Diagnostic>) -> Option<(String, At, Table)> {
    let Value::Table(mut table) = item.value else {
        found.push(not_a_list(item.at));
        return None;
    };
    let name = table.entries.remove("name");
    for (key, entry) in &table.entries {
        if !VARIANT_KEYS.contains(&key.as_str()) {
            let known = std::iter::once("name")
                .chain(VARIANT_KEYS)
                .collect::<Vec<_>>();
            found.push(
                Diagnostic::new(
                    entry.key_at.place(),
                    format!("a variant cannot change `{key}`"),
                )
                .label(words::did_you_mean(key, &known))
                .help(format!(
                    "a variant has a `name` and may change {}",
                    words::all_of(&VARIANT_KEYS)
                )),
            );
        }
    }
    table
        .entries
        .retain(|key, _| VARIANT_KEYS.contains(&key.as_str()));
    let example = "such as name = \"SSE-KMS, Bucket Key\"";
    let Some(name) = name else {
        let message = format!("the variant has no `name`; expected one {example}");
        found.push(Diagnostic::new(item.at.place(), message).help("the report shows it"));
        return Some((String::new(), item.at, table));
    };
    let at = name.node.at;
    let Value::Text(text) = name.node.value else {
        let message = format!(
            "the variant's `name` is {}; expected text",
            name.node.describe()
        );
        found.push(Diagnostic::new(at.place(), message).help(example));
        return Some((String::new(), at, table));
    };
    found.extend(name_mistake("the variant's name", &text, at));
    Some((text, at, table))
}

/// Whether a name of a variant or a fleet can stand in reports.
pub(super) fn name_mistake(what: &str, name: &str, at: At) -> Option<Diagnostic> {
    let chars = name.chars().count();
    let wrong = if name.trim().is_empty() {
        "is empty".to_owned()
    } else if chars > NAME_CHARS_MAX {
        format!("has {chars} characters")
    } else if name.contains(char::is_control) {
        "contains control characters".to_owned()
    } else {
        return None;
    };
    let message = format!("{what} {wrong}; expected 1 to {NAME_CHARS_MAX} printable characters");
    Some(Diagnostic::new(at.place(), message))
}

fn same_names(variants: &[(String, At, Table)]) -> Vec<Diagnostic> {
    let mut seen: BTreeMap<&str, At> = BTreeMap::new();
    let mut found = Vec::new();
    for (name, at, _) in variants.iter().filter(|(name, ..)| !name.is_empty()) {
        match seen.get(name.as_str()) {
            None => {
                seen.insert(name, *at);
            }
            Some(first) => found.push(
                Diagnostic::new(at.place(), format!("two variants are called {name:?}"))
                    .related(first.place(), "the first of them")
                    .help("give each variant a name of its own; reports tell them apart by it"),
            ),
        }
    }
    found
}

/// Mistakes of all variants, each reported once.
#[derive(Default)]
pub(super) struct Findings {
    list: Vec<(Diagnostic, Vec<String>)>,
    seen: BTreeMap<(usize, usize, usize, String), usize>,
}

impl Findings {
    /// More are not collected: nobody reads them, and a hostile file could have millions.
    const MAX: usize = 1_000;

    fn add(&mut self, found: Diagnostic, variant: Option<&str>) {
        let Place { source, span } = &found.place;
        let span = span.clone().unwrap_or(usize::MAX..usize::MAX);
        let key = (*source, span.start, span.end, found.message.clone());
        let index = *self.seen.entry(key).or_insert(self.list.len());
        if index == self.list.len() {
            self.list.push((found, Vec::new()));
        }
        self.list[index].1.extend(variant.map(str::to_owned));
    }

    /// Adds mistakes; those that only some variants have name them.
    pub(super) fn add_all(
        &mut self,
        found: impl IntoIterator<Item = Diagnostic>,
        variant: Option<&str>,
    ) {
        for found in found {
            if !self.is_full() {
                self.add(found, variant);
            }
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.list.len() >= Self::MAX
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The mistakes in the order of their places. One that some of `all` variants have says so.
    pub(super) fn finish(self, all: usize) -> Vec<Diagnostic> {
        let mut list: Vec<_> = self
            .list
            .into_iter()
            .map(|(mut found, variants)| {
                if !variants.is_empty() && variants.len() < all {
                    let names: Vec<&str> = variants.iter().map(String::as_str).collect();
                    let s = if names.len() == 1 { "" } else { "s" };
                    found
                        .notes
                        .push(format!("in the variant{s} {}", words::all_of(&names)));
                }
                found
            })
            .collect();
        list.sort_by_key(|found| {
            let start = found
                .place
                .span
                .as_ref()
                .map_or(usize::MAX, |span| span.start);
            (found.place.source, start)
        });
        list
    }
}
