//! Settings from the command line, `--set path=value`.
use super::merge::document_of;
use super::node::{At, Entry, Node, Table, Value};
use crate::diagnostic::{Diagnostic, Source};
use std::error::Error;
use std::fmt;
use std::str::FromStr;
use toml::de::{DeTable, DeValue};

/// A value from the command line that replaces the scenario file's: `path=value`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Setting {
    /// Dotted path of the value, such as `bucket.encryption` or `fleets."my job".instances`.
    pub path: String,
    /// The value as TOML; what is not TOML is taken as text, so quotes may be left out.
    pub value: String,
}

/// Why a text is not a setting.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SettingError {
    /// There is no `=`, or nothing before it.
    NoPath,
    /// There are line breaks or other control characters.
    Control,
}

impl FromStr for Setting {
    type Err = SettingError;

    fn from_str(text: &str) -> Result<Self, SettingError> {
        if text.contains(char::is_control) {
            return Err(SettingError::Control);
        }
        let (path, value) = split(text).ok_or(SettingError::NoPath)?;
        if path.trim().is_empty() {
            return Err(SettingError::NoPath);
        }
        Ok(Self {
            path: path.trim().to_owned(),
            value: value.trim().to_owned(),
        })
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.path, self.value)
    }
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoPath => "expected path=value, such as bucket.encryption=sse-s3",
            Self::Control => "expected path=value on one line, without control characters",
        })
    }
}

impl Error for SettingError {}

/// Path and value, apart at the first `=` that is not in quotes.
fn split(text: &str) -> Option<(&str, &str)> {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '=') => return Some((&text[..at], &text[at + 1..])),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    None
}

/// Documents of one value each, from the settings' texts. Their sources are numbered from 1.
pub(super) fn parse_all(settings: &[Source]) -> (Vec<Table>, Vec<Diagnostic>) {
    let (mut tables, mut found) = (Vec::new(), Vec::new());
    for (index, setting) in settings.iter().enumerate() {
        match parse(index + 1, &setting.text) {
            Ok(table) => tables.push(table),
            Err(mistake) => found.push(*mistake),
        }
    }
    (tables, found)
}

fn parse(source: usize, text: &str) -> Result<Table, Box<Diagnostic>> {
    let (path, value) = split(text).unwrap_or((text, ""));
    let path_at = At::new(source, 0, &(0..path.len()));
    let keys = keys(path).ok_or_else(|| {
        let message = format!("`{path}` is not a path; expected keys with dots between them");
        let help = "such as bucket.encryption; a key with spaces or dots stands in quotes";
        Box::new(Diagnostic::new(path_at.place(), message).help(help))
    })?;
    if keys[0] == "variants" {
        let message = "variants cannot be set; a setting holds for every variant";
        let help = "change them in the file";
        return Err(Box::new(
            Diagnostic::new(path_at.place(), message).help(help),
        ));
    }
    let offset = path.len() + 1;
    let text = || Node {
        at: At::new(source, offset, &(0..value.len())),
        value: Value::Text(value.to_owned()),
    };
    let node = DeValue::parse(value)
        .map(|parsed| Node::from_toml(&parsed, source, offset))
        .ok()
        .filter(is_value)
        .unwrap_or_else(text);
    Ok(document_of(
        &keys,
        Entry {
            key_at: path_at,
            node,
        },
    ))
}

/// Whether what the parser found is a value. It takes some texts that begin with a number, such as
/// `20_000/s`, for numbers without reading them.
fn is_value(node: &Node) -> bool {
    match node.value {
        Value::Integer(number) => number.is_some(),
        Value::Float(number) => !number.is_nan(),
        _ => true,
    }
}

/// The keys of a dotted path, as TOML reads them.
fn keys(path: &str) -> Option<Vec<String>> {
    let document = format!("{path} = 0");
    let parsed = DeTable::parse(&document).ok()?;
    let mut keys = Vec::new();
    let mut table = parsed.get_ref();
    loop {
        let (key, value) = table.iter().next().filter(|_| table.len() == 1)?;
        keys.push(key.get_ref().to_string());
        match value.get_ref() {
            DeValue::Table(inner) => table = inner,
            _ => return Some(keys),
        }
    }
}
