//! Files that a scenario names: their text takes the place of their name.
use super::node::{Entry, Node, Table, Value};
use super::{TEXT_MAX, grouped};
use crate::diagnostic::{Diagnostic, Place, Source};
use keystorm_models::policy::Policy;
use std::collections::BTreeMap;

/// Gives the text of a file by the name that the scenario has for it, or says why not.
pub type Reader<'a> = dyn Fn(&str) -> Result<String, String> + 'a;

const NAME: &str = "policy-file";
const TEXT: &str = "policy";

/// The files of a scenario, each read once.
pub(super) struct Files<'a> {
    reader: &'a Reader<'a>,
    /// Path of the scenario, for messages.
    path: &'a str,
    /// Index of the first file among all sources.
    first: usize,
    /// By name: index of the source, or why it cannot be read.
    known: BTreeMap<String, Result<usize, String>>,
    sources: Vec<Source>,
}

impl<'a> Files<'a> {
    /// `first` is the number of sources that there are already.
    pub(super) fn new(reader: &'a Reader<'a>, path: &'a str, first: usize) -> Self {
        Self {
            reader,
            path,
            first,
            known: BTreeMap::new(),
            sources: Vec::new(),
        }
    }

    /// The files that could be read, in the order in which they were.
    pub(super) fn into_sources(self) -> Vec<Source> {
        self.sources
    }

    /// Puts the text of `bucket.policy-file` in the place of `bucket.policy`; nothing, if there is
    /// a mistake in it. Only for documents that the walk found nothing wrong with.
    pub(super) fn policy(&mut self, document: &mut Table) -> Vec<Diagnostic> {
        let bucket = document.entries.get_mut("bucket");
        let Some(Value::Table(bucket)) = bucket.map(|entry| &mut entry.node.value) else {
            return Vec::new();
        };
        let Some(Entry { key_at, node }) = bucket.entries.remove(NAME) else {
            return Vec::new();
        };
        let Value::Text(name) = &node.value else {
            return Vec::new();
        };
        if let Some(inline) = bucket.entries.get(TEXT) {
            let message = "`bucket.policy-file` and `bucket.policy` are both given";
            return vec![
                Diagnostic::new(key_at.place(), message)
                    .related(inline.key_at.place(), "here is the other")
                    .help("a bucket has one policy: leave one of them out, in variants too"),
            ];
        }
        let source = match self.read(name) {
            Ok(source) => source,
            Err(reason) => {
                let message = format!("`bucket.policy-file` {name:?} cannot be read: {reason}");
                let help = "its path is relative to the folder of the scenario";
                return vec![Diagnostic::new(node.at.place(), message).help(help)];
            }
        };
        let text = &self.sources[source - self.first].text;
        if let Err(mistakes) = Policy::parse(text) {
            let mistake = |it: keystorm_models::policy::Mistake| {
                let place = Place {
                    source,
                    span: Some(it.span),
                };
                Diagnostic::new(place, it.message).maybe_help(it.help)
            };
            return mistakes.list.into_iter().map(mistake).collect();
        }
        let node = Node {
            at: node.at,
            value: Value::Text(text.clone()),
        };
        let entry = Entry { key_at, node };
        bucket.entries.insert(TEXT.to_owned(), entry);
        Vec::new()
    }

    /// Index of the file's text among all sources.
    fn read(&mut self, name: &str) -> Result<usize, String> {
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        let text = (self.reader)(name).and_then(|text| match text.len() {
            0..=TEXT_MAX => Ok(text),
            bytes => {
                let (bytes, most) = (grouped(bytes as u64), grouped(TEXT_MAX as u64));
                Err(format!("it has {bytes} bytes; expected at most {most}"))
            }
        });
        let read = text.map(|text| {
            let name = beside(self.path, name);
            self.sources.push(Source { name, text });
            self.first + self.sources.len() - 1
        });
        self.known.insert(name.to_owned(), read.clone());
        read
    }
}

/// The path of a file that the scenario at `path` names.
fn beside(path: &str, name: &str) -> String {
    match path.rsplit_once('/') {
        Some((folder, _)) if !name.starts_with('/') => format!("{folder}/{name}"),
        _ => name.to_owned(),
    }
}
