//! Words about what a schema expects: kinds, examples, what to write.
use super::node::{self, Node, Value};
use super::shape::{Schema, Shape};
use super::words;
use crate::units;
use crate::units::decimal::grouped;
use keystorm_models::tables;
use serde_json::Value as Json;

/// Format of texts that name an AWS Region.
pub(super) const REGION: &str = "aws-region";

/// A whole number in a message, `100_000`.
fn whole(number: i128) -> String {
    u64::try_from(number).map_or_else(|_| number.to_string(), grouped)
}

/// What is expected, for `…; expected a rate such as "2_000/s"`.
pub(super) fn expected(schema: Schema<'_>) -> String {
    if let Some(only) = schema.word("const") {
        return only.to_string();
    }
    match schema.shape() {
        Shape::Struct { .. } => "a table".to_owned(),
        Shape::Map(_) => "a table of tables with names".to_owned(),
        Shape::Choice { tables, words } => {
            let all: Vec<&str> = words
                .into_iter()
                .chain(tables.iter().map(|(tag, _)| *tag))
                .collect();
            words::any_of(&all)
        }
        Shape::Words(words) => words::any_of(&words),
        Shape::List(_) => "a list".to_owned(),
        Shape::Text { format: REGION } => "an AWS Region such as \"eu-west-3\"".to_owned(),
        Shape::Text { format } => match units::mistake(format, "") {
            Some(error) => error.expected().to_owned(),
            None => "text in quotes".to_owned(),
        },
        Shape::Integer { min, max } if max >= i128::from(u32::MAX) => {
            format!("a whole number, at least {}", whole(min))
        }
        Shape::Integer { min, max } => {
            format!("a whole number from {} to {}", whole(min), whole(max))
        }
        Shape::Number { min, max } => format!("a number from {min} to {max}"),
        Shape::Bool => "true or false".to_owned(),
    }
}

/// What to write in place of `node`, if its kind says so.
pub(super) fn instead(schema: Schema<'_>, node: &Node, path: &[String]) -> Option<String> {
    let key = path.last().map_or("", String::as_str);
    match (schema.shape(), &node.value) {
        (Shape::Text { format }, Value::Integer(_) | Value::Float(_)) => {
            let text = node.describe();
            let help = units::mistake(format, &text).map(|error| error.help().to_owned());
            Some(help.unwrap_or_else(|| format!("write \"{text}\"")))
        }
        (Shape::Words(words), _) if words.contains(&node.describe().as_str()) => {
            Some(format!("write \"{}\"", node.describe()))
        }
        (Shape::Text { .. }, Value::Table(table))
            if path.first().is_some_and(|p| p == "expect") =>
        {
            let inner = table.entries.keys().next().map_or("…", String::as_str);
            Some(format!(
                "put the metric's name in quotes: \"{key}.{inner}\" = …"
            ))
        }
        (Shape::Choice { .. }, _) => such_as(schema),
        (Shape::Bool, Value::Text(text)) if text == "true" || text == "false" => {
            Some("leave out the quotes".to_owned())
        }
        (Shape::Integer { .. } | Shape::Number { .. }, Value::Text(_)) => {
            Some("write a plain number, without quotes".to_owned())
        }
        (Shape::Map(_) | Shape::Struct { .. }, _) => {
            Some(format!("begin it with a line [{}]", dotted(path)))
        }
        (Shape::List(_), _) => Some(format!("put it in brackets: {key} = [{}]", literal(node))),
        _ => None,
    }
}

/// A whole line that makes the choice, for help.
pub(super) fn such_as(schema: Schema<'_>) -> Option<String> {
    code(schema).map(|code| format!("such as {code}"))
}

fn literal(node: &Node) -> String {
    if matches!(node.value, Value::Table(_)) {
        "{ … }".to_owned()
    } else {
        node.describe()
    }
}

/// What to add for a missing key.
pub(super) fn addition(table: &[String], key: &str, schema: Schema<'_>) -> String {
    let about = schema
        .word("description")
        .and_then(Json::as_str)
        .map(sentence)
        .unwrap_or_default();
    let mut path = table.to_vec();
    path.push(key.to_owned());
    let write = match schema.shape() {
        Shape::Struct {
            properties,
            required,
        } if !required.is_empty() => {
            let keys: Vec<String> = required
                .iter()
                .map(|key| format!("{key} = {}", example(schema.at(&properties[*key]))))
                .collect();
            format!("add a table [{}] with {}", dotted(&path), keys.join(", "))
        }
        Shape::Map(_) => format!("add a table such as [{}.web]", dotted(&path)),
        _ => {
            let place = if table.is_empty() {
                "at the top".to_owned()
            } else {
                format!("to [{}]", dotted(table))
            };
            match code(schema) {
                Some(code) => format!("add {place}: {code}"),
                None => format!("add {place}: {key} = {}", example(schema)),
            }
        }
    };
    if about.is_empty() {
        write
    } else {
        format!("{write} ({about})")
    }
}

/// The first sentence of a description, to stand inside of another.
fn sentence(description: &str) -> String {
    let line = description.replace('\n', " ");
    let end = line.find(['.', ':', ',', ';']).unwrap_or(line.len());
    let sentence = &line[..end];
    if sentence.chars().nth(1).is_some_and(char::is_uppercase) {
        return sentence.to_owned();
    }
    let mut chars = sentence.chars();
    chars
        .next()
        .map(|first| first.to_lowercase().chain(chars).collect())
        .unwrap_or_default()
}

/// A value in TOML that the schema accepts.
fn example(schema: Schema<'_>) -> String {
    let given = schema
        .word("examples")
        .and_then(|all| all.get(0))
        .or_else(|| schema.word("const"));
    if let Some(value) = given {
        return value.to_string();
    }
    match schema.shape() {
        Shape::Words(words) => format!("\"{}\"", words.first().unwrap_or(&"")),
        Shape::Integer { min, .. } => min.to_string(),
        Shape::Number { min, .. } => min.to_string(),
        Shape::Bool => "false".to_owned(),
        Shape::List(_) => "[]".to_owned(),
        Shape::Text { .. } => "\"…\"".to_owned(),
        _ => "{ … }".to_owned(),
    }
}

/// The line of TOML that the description of a choice, or of a table, shows between backticks.
fn code(schema: Schema<'_>) -> Option<String> {
    let own = schema.word("description")?.as_str()?;
    let choices = schema
        .word("oneOf")
        .and_then(Json::as_array)
        .into_iter()
        .flatten();
    let texts = std::iter::once(own).chain(choices.filter_map(|c| c["description"].as_str()));
    texts
        .flat_map(|text| text.split('`').skip(1).step_by(2))
        .find(|c| c.contains(" = "))
        .map(str::to_owned)
}

/// Where an unknown key would be known: a table at the top that has it.
pub(super) fn home(root: Schema<'_>, key: &str) -> Option<String> {
    let Shape::Struct { properties, .. } = root.shape() else {
        return None;
    };
    if properties.contains_key(key) {
        return Some(format!("`{key}` stands at the top of the file"));
    }
    let table = properties.iter().find(|(_, inner)| {
        matches!(root.at(inner).shape(),
            Shape::Struct { properties, .. } if properties.contains_key(key))
    })?;
    Some(format!("`{key}` belongs to [{}]", table.0))
}

/// Label and help for a text that is no known Region.
pub(super) fn region_mistake(text: &str) -> Option<(String, String)> {
    let regions: Vec<&str> = tables::regions().collect();
    if regions.contains(&text) {
        return None;
    }
    let continent = text.split_inclusive('-').next().unwrap_or_default();
    let near: Vec<&str> = regions
        .iter()
        .copied()
        .filter(|r| r.starts_with(continent))
        .collect();
    let listed = if near.is_empty() { &regions } else { &near };
    let help = format!("known Regions: {}", listed.join(", "));
    Some((words::did_you_mean(text, &regions), help))
}

/// A path for people: list indices in brackets, keys in quotes where TOML needs them.
pub(crate) fn path(keys: &[String]) -> String {
    let mut text = String::new();
    for key in keys {
        if node::index(key).is_some() {
            text.push_str(key);
            continue;
        }
        if !text.is_empty() {
            text.push('.');
        }
        text.push_str(&quoted(key));
    }
    text
}

/// A path as a header or a key of TOML.
fn dotted(keys: &[String]) -> String {
    keys.iter()
        .map(|key| quoted(key))
        .collect::<Vec<_>>()
        .join(".")
}

fn quoted(key: &str) -> String {
    let bare = !key.is_empty()
        && key
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if bare {
        key.to_owned()
    } else {
        format!("{key:?}")
    }
}
