//! From text to a document with places; syntax errors, several at once.
use super::node::{At, Table};
use crate::diagnostic::Diagnostic;
use toml::de::{DeTable, Error};

/// Index of the scenario file among the sources.
pub(super) const FILE: usize = 0;

/// More syntax errors are not kept: each is looked up in the text.
const ERRORS_MAX: usize = 1_000;

/// Parses the scenario file.
///
/// # Errors
/// The syntax errors.
pub(super) fn parse(text: &str) -> Result<Table, Vec<Diagnostic>> {
    let (document, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Ok(Table::from_toml(document.get_ref(), FILE, 0));
    }
    let mut errors: Vec<&Error> = errors.iter().collect();
    errors.sort_by_key(|error| start(text, error));
    // What follows the first mistake of a line usually follows from it.
    let mut line_end = None;
    errors.retain(|error| {
        let at = start(text, error);
        let new = line_end.is_none_or(|end| at > end);
        if new {
            line_end = Some(
                text[at..]
                    .find('\n')
                    .map_or(text.len(), |newline| at + newline),
            );
        }
        new
    });
    errors.truncate(ERRORS_MAX);
    Err(errors
        .into_iter()
        .map(|error| diagnostic(text, error))
        .collect())
}

fn start(text: &str, error: &Error) -> usize {
    text.floor_char_boundary(error.span().map_or(0, |span| span.start).min(text.len()))
}

fn diagnostic(text: &str, error: &Error) -> Diagnostic {
    let span = error.span().unwrap_or(0..0);
    let message = format!("this is not TOML: {}", error.message());
    let found = Diagnostic::new(At::new(FILE, 0, &span).place(), message);
    match help(text, start(text, error), error.message()) {
        Some(help) => found.help(help),
        None => found,
    }
}

/// What to do, for the slips that people make most.
fn help(text: &str, at: usize, message: &str) -> Option<String> {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[start..].lines().next().unwrap_or_default();
    let (key, value) = line.split_once('=').unwrap_or((line, ""));
    let (key, value) = (
        key.trim(),
        value.split('#').next().unwrap_or_default().trim(),
    );
    if message.starts_with("duplicate key") {
        return Some("keep one of the two; a table may also appear only once".to_owned());
    }
    if message.starts_with("key with no value") {
        return Some("TOML writes key = value, and tables as [table]".to_owned());
    }
    if message.ends_with("expected `\"`") {
        return Some("close the text with \"".to_owned());
    }
    if value.is_empty() || value.starts_with(['"', '\'', '[', '{']) {
        return None;
    }
    Some(format!(
        "text and values with a unit stand in quotes: {key} = \"{value}\""
    ))
}
