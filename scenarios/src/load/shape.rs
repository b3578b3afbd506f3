//! What the JSON Schema says about one value, in the few shapes that scenario files have.
use serde_json::{Map, Value};

/// The shape of a value.
#[derive(Debug)]
pub(super) enum Shape<'a> {
    /// A table with known keys.
    Struct {
        properties: &'a Map<String, Value>,
        required: Vec<&'a str>,
    },
    /// A table with free keys.
    Map(&'a Value),
    /// An externally tagged choice: a table with one of these keys, or one of these words.
    Choice {
        tables: Vec<(&'a str, &'a Value)>,
        words: Vec<&'a str>,
    },
    /// One of these words.
    Words(Vec<&'a str>),
    /// A list of such values.
    List(&'a Value),
    /// Text, perhaps of a quantity with this format.
    Text { format: &'a str },
    /// A whole number, limits included.
    Integer { min: i128, max: i128 },
    /// A finite number, limits included.
    Number { min: f64, max: f64 },
    /// `true` or `false`.
    Bool,
}

/// A schema with its root, in which its references are looked up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schema<'a> {
    root: &'a Value,
    node: &'a Value,
}

impl<'a> Schema<'a> {
    pub(super) fn root(root: &'a Value) -> Self {
        Self { root, node: root }
    }

    /// The schema of a value inside.
    pub(super) fn at(self, node: &'a Value) -> Self {
        Self { node, ..self }
    }

    /// A word of the schema such as `description`: of the place of use, or else of the type.
    pub(super) fn word(self, key: &str) -> Option<&'a Value> {
        self.node.get(key).or_else(|| self.resolved().get(key))
    }

    fn resolved(self) -> &'a Value {
        let mut node = self.node;
        while let Some(reference) = node.get("$ref").and_then(Value::as_str) {
            let target = reference
                .strip_prefix('#')
                .and_then(|path| self.root.pointer(path));
            node = target.expect("the generated schema refers only to its own definitions");
        }
        node
    }

    pub(super) fn shape(self) -> Shape<'a> {
        let node = self.resolved();
        if let Some(Value::Array(choices)) = node.get("oneOf") {
            return choice(choices);
        }
        match node["type"].as_str() {
            Some("object") => match node.get("properties") {
                Some(Value::Object(properties)) => {
                    let required = node["required"].as_array().into_iter().flatten();
                    Shape::Struct {
                        properties,
                        required: required.filter_map(Value::as_str).collect(),
                    }
                }
                _ => Shape::Map(&node["additionalProperties"]),
            },
            Some("array") => Shape::List(&node["items"]),
            Some("boolean") => Shape::Bool,
            Some("integer") => {
                let limit = |key: &str| node[key].as_number()?.as_i128();
                let largest = match node["format"].as_str() {
                    Some("uint32") => u32::MAX.into(),
                    _ => u64::MAX.into(),
                };
                Shape::Integer {
                    min: limit("minimum").unwrap_or(0),
                    max: limit("maximum").unwrap_or(largest),
                }
            }
            Some("number") => Shape::Number {
                min: node["minimum"].as_f64().unwrap_or(f64::MIN),
                max: node["maximum"].as_f64().unwrap_or(f64::MAX),
            },
            _ => Shape::Text {
                format: node["format"].as_str().unwrap_or_default(),
            },
        }
    }

    /// The schema of the value under `key`, if this is a table that may have it.
    pub(super) fn child(self, key: &str) -> Option<Self> {
        match self.shape() {
            Shape::Struct { properties, .. } => properties.get(key).map(|node| self.at(node)),
            Shape::Map(values) => Some(self.at(values)),
            Shape::Choice { tables, .. } => tables
                .into_iter()
                .find(|(tag, _)| *tag == key)
                .map(|(_, node)| self.at(node)),
            _ => None,
        }
    }
}

fn choice(choices: &[Value]) -> Shape<'_> {
    let words = choices
        .iter()
        .filter_map(|choice| choice["const"].as_str())
        .collect();
    let tables: Vec<_> = choices
        .iter()
        .filter_map(|choice| choice["properties"].as_object())
        .flat_map(|properties| properties.iter().map(|(tag, node)| (tag.as_str(), node)))
        .collect();
    if tables.is_empty() {
        Shape::Words(words)
    } else {
        Shape::Choice { tables, words }
    }
}
