//! From text to policy; every mistake on the way is noted, and reading goes on.
mod statement;

use super::mistakes::{Mistakes, Notebook, did_you_mean, quoted};
use super::{Policy, Version};
use jsonc_parser::ast::{Object, ObjectProp, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use std::ops::Range;

/// JSON as RFC 8259 has it, with nothing that the parser would forgive.
const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// Elements of a policy.
const ELEMENTS: [&str; 3] = ["Version", "Id", "Statement"];

/// Most characters of a policy that are read \[bytes\]: fifty times what AWS takes.
const BYTES_MAX: usize = 1 << 20;

pub(super) fn read(text: &str) -> Result<Policy, Mistakes> {
    let mut reader = Reader {
        notebook: Notebook::new(text),
    };
    let policy = reader.policy(text);
    reader.notebook.close()?;
    Ok(policy.expect("a text that is no policy was noted as a mistake"))
}

/// What reading needs everywhere.
struct Reader<'t> {
    notebook: Notebook<'t>,
}

impl Reader<'_> {
    fn policy(&mut self, text: &str) -> Option<Policy> {
        if text.len() > BYTES_MAX {
            let message = format!(
                "the policy has {} bytes; expected at most {BYTES_MAX}, and S3 takes 20 KB",
                text.len()
            );
            self.notebook.mistake(0..0, message);
            return None;
        }
        if text.starts_with('\u{feff}') {
            self.notebook.helped(
                0..3,
                "the file begins with a byte-order mark, which is no JSON",
                "save it as UTF-8 without it",
            );
            return None;
        }
        let parsed = match parse_to_ast(text, &CollectOptions::default(), &STRICT) {
            Ok(parsed) => parsed.value,
            Err(error) => {
                let range = error.range();
                let message = format!(
                    "this is no JSON: {}",
                    lower_first(&error.kind().to_string())
                );
                self.notebook.mistake(range.start..range.end, message);
                return None;
            }
        };
        let Some(Value::Object(policy)) = &parsed else {
            let span = parsed.as_ref().map_or(0..0, span);
            self.notebook.helped(
                span,
                "expected a policy: an object with `Version` and `Statement`",
                "`aws s3api get-bucket-policy --query Policy --output text` prints one",
            );
            return None;
        };
        self.unknown(policy, "a policy", &ELEMENTS);
        let version = self.version(policy);
        let id = self.optional_text(policy, "Id");
        let mut statements = Vec::new();
        match get(policy, "Statement") {
            None => self.notebook.mistake(
                policy.range.start..policy.range.start + 1,
                "the policy has no `Statement`",
            ),
            Some(Value::Array(list)) if list.elements.is_empty() => {
                let message = "`Statement` is empty; expected at least one statement";
                self.notebook.mistake(range(list), message);
            }
            Some(Value::Array(list)) => {
                for value in &list.elements {
                    statements.extend(self.statement(value, version));
                }
            }
            Some(one) => statements.extend(self.statement(one, version)),
        }
        self.sids(policy);
        Some(Policy {
            version,
            id,
            statements,
            bytes: packed_bytes(text),
        })
    }

    fn version(&mut self, policy: &Object<'_>) -> Version {
        match get(policy, "Version") {
            None => Version::V2008,
            Some(Value::StringLit(text)) if text.value == "2012-10-17" => Version::V2012,
            Some(Value::StringLit(text)) if text.value == "2008-10-17" => Version::V2008,
            Some(other) => {
                let message = format!(
                    "{} is no version; expected `2012-10-17` (or `2008-10-17`): it names the \
                     language, not the day of the policy",
                    self.shown(other)
                );
                self.notebook.mistake(span(other), message);
                Version::V2012
            }
        }
    }

    /// Notes names of statements that stand twice.
    fn sids(&mut self, policy: &Object<'_>) {
        let statements = match get(policy, "Statement") {
            Some(Value::Array(list)) => &list.elements[..],
            Some(one) => std::slice::from_ref(one),
            None => &[],
        };
        let mut seen: Vec<&str> = Vec::new();
        for statement in statements {
            let sid = statement.as_object().and_then(|it| get(it, "Sid"));
            if let Some(Value::StringLit(sid)) = sid {
                if !sid.value.is_empty() && seen.contains(&&*sid.value) {
                    let message = format!(
                        "two statements have the `Sid` {}; expected each once",
                        quoted(&sid.value)
                    );
                    self.notebook.mistake(range(sid), message);
                }
                seen.push(&sid.value);
            }
        }
    }

    /// Notes elements that do not exist, or that stand twice.
    fn unknown(&mut self, object: &Object<'_>, what: &str, known: &[&str]) {
        for (property, index) in object.properties.iter().zip(0..) {
            let name = property.name.as_str();
            if !known.contains(&name) {
                let close = did_you_mean(name, known.iter().copied());
                let message = format!(
                    "{} is no element of {what}{close}; expected {}",
                    quoted(name),
                    listed(known)
                );
                self.notebook.mistake(name_span(property), message);
            }
            self.twice(object, index);
        }
    }

    /// Notes a name that stood before in the object.
    fn twice(&mut self, object: &Object<'_>, index: usize) {
        let property = &object.properties[index];
        let name = property.name.as_str();
        let earlier = &object.properties[..index];
        if earlier.iter().any(|it| it.name.as_str() == name) {
            self.notebook.helped(
                name_span(property),
                format!("{} stands here a second time", quoted(name)),
                "of two equal names in one object only one counts: put everything under one",
            );
        }
    }

    fn optional_text(&mut self, object: &Object<'_>, name: &str) -> Option<String> {
        match get(object, name)? {
            Value::StringLit(text) => Some(text.value.clone().into_owned()),
            other => {
                let message = format!("`{name}` is {}; expected a string", self.shown(other));
                self.notebook.mistake(span(other), message);
                None
            }
        }
    }

    /// A string, or a list of them, each with its place.
    fn texts(&mut self, name: &str, value: &Value<'_>) -> Vec<(String, Range<usize>)> {
        self.words(name, value, |value| match value {
            Value::StringLit(text) => Some(text.value.clone().into_owned()),
            _ => None,
        })
    }

    /// One value or a list of them, of the kinds that `read` takes.
    fn words(
        &mut self,
        name: &str,
        value: &Value<'_>,
        read: impl Fn(&Value<'_>) -> Option<String>,
    ) -> Vec<(String, Range<usize>)> {
        let list = match value {
            Value::Array(list) => &list.elements[..],
            one => std::slice::from_ref(one),
        };
        let mut words = Vec::new();
        for value in list {
            if let Some(word) = read(value) {
                words.push((word, span(value)));
            } else {
                let message = format!(
                    "{} cannot stand in {}; expected a string or a list of strings",
                    self.shown(value),
                    quoted(name)
                );
                self.notebook.mistake(span(value), message);
            }
        }
        words
    }

    /// A value as a message shows it.
    #[expect(clippy::unused_self, reason = "reads as the reader's word for it")]
    fn shown(&self, value: &Value<'_>) -> String {
        match value {
            Value::StringLit(text) => quoted(&text.value),
            Value::NumberLit(number) => quoted(number.value),
            Value::BooleanLit(it) => format!("`{}`", it.value),
            Value::Object(_) => "an object".into(),
            Value::Array(_) => "a list".into(),
            Value::NullKeyword(_) => "`null`".into(),
        }
    }
}

/// The value of a name; the first one, if it stands twice.
fn get<'o, 'a>(object: &'o Object<'a>, name: &str) -> Option<&'o Value<'a>> {
    let mut properties = object.properties.iter();
    let property = properties.find(|it| it.name.as_str() == name);
    property.map(|property| &property.value)
}

fn range(node: &impl Ranged) -> Range<usize> {
    let range = node.range();
    range.start..range.end
}

fn span(value: &Value<'_>) -> Range<usize> {
    range(value)
}

fn name_span(property: &ObjectProp<'_>) -> Range<usize> {
    range(&property.name)
}

/// `a`, `b` or `c`, each as code.
fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match &quoted[..] {
        [all @ .., last] if !all.is_empty() => format!("{} or {last}", all.join(", ")),
        all => all.join(""),
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(chars).collect()
    })
}

/// Bytes without the white space between values.
fn packed_bytes(text: &str) -> usize {
    let (mut in_string, mut is_escaped) = (false, false);
    text.bytes()
        .filter(|byte| {
            let counts = in_string || !byte.is_ascii_whitespace();
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' if in_string => is_escaped = true,
                b'"' => in_string = !in_string,
                _ => {}
            }
            counts
        })
        .count()
}
