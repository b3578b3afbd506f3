//! JSON Schema of scenario files, generated from the types in [`schema`](crate::schema).
//!
//! Editors complete and check scenario files with it, and loading a file walks the same schema, so
//! that what an editor accepts and what a run accepts cannot drift apart.
use crate::schema::Scenario;
use keystorm_models::tables;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// Tables that a variant may change.
pub(crate) const VARIANT_KEYS: [&str; 10] = [
    "account",
    "bucket",
    "clients",
    "cost",
    "expect",
    "fleets",
    "kms",
    "load-factor",
    "other-accounts",
    "s3",
];

/// Most characters in the name of a variant or a fleet.
pub(crate) const NAME_CHARS_MAX: usize = 60;

/// Ending of the names of definitions whose keys are all optional, as in a variant.
const PARTIAL: &str = "Changes";

/// The JSON Schema (draft 2020-12) of a scenario file, `[[variants]]` included.
#[must_use]
pub fn scenario() -> Value {
    SCENARIO.clone()
}

/// [`scenario`] as it is committed and printed: pretty JSON with a newline at its end.
#[must_use]
pub fn scenario_text() -> String {
    format!("{:#}\n", *SCENARIO)
}

/// The one copy that loading walks.
pub(crate) static SCENARIO: LazyLock<Value> = LazyLock::new(generate);

fn generate() -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut root = generator.into_root_schema_for::<Scenario>().to_value();
    without_null(&mut root);
    root["$defs"]["Account"]["properties"]["region"]["enum"] = tables::regions().collect();
    let definitions = root["$defs"].as_object().cloned().unwrap_or_default();
    let mut partial = Partial {
        definitions: &definitions,
        made: Map::new(),
    };
    let mut properties = Map::new();
    properties.insert("name".to_owned(), variant_name());
    for key in VARIANT_KEYS {
        properties.insert(key.to_owned(), partial.of(&root["properties"][key]));
    }
    let made = partial.made;
    root["properties"]["variants"] = json!({
        "type": "array",
        "description": "What to compare: each variant is the rest of the file with some values \
            changed. Only the variants run, in this order; the first is the baseline.",
        "items": {
            "type": "object",
            "properties": properties,
            "required": ["name"],
            "additionalProperties": false,
        },
    });
    for (name, definition) in made {
        root["$defs"][name] = definition;
    }
    root
}

fn variant_name() -> Value {
    json!({
        "type": "string",
        "description": "Name in the report, such as `SSE-KMS, Bucket Key`.",
        "minLength": 1,
        "maxLength": NAME_CHARS_MAX,
    })
}

/// Takes `null` out of every choice: TOML has none, an optional key is left out.
fn without_null(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(without_null),
        Value::Object(object) => {
            if object.get("default").is_some_and(Value::is_null) {
                object.remove("default");
            }
            if let Some(Value::Array(types)) = object.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = types.as_slice() {
                    object["type"] = only.clone();
                }
            }
            if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
                choices.retain(|choice| choice["type"] != "null");
                if let [Value::Object(only)] = choices.as_slice() {
                    let only = only.clone();
                    object.remove("anyOf");
                    object.extend(only);
                }
            }
            object.values_mut().for_each(without_null);
        }
        _ => {}
    }
}

/// Makes copies of schemas in which no key is required, since a variant changes only some.
struct Partial<'a> {
    definitions: &'a Map<String, Value>,
    made: Map<String, Value>,
}

impl Partial<'_> {
    /// `schema` with nothing required, and with defaults left to the rest of the file.
    ///
    /// The tag of a choice stays required, or `{}` would be every choice at once; so do the keys
    /// in arrays, which a variant replaces as a whole.
    fn of(&mut self, schema: &Value) -> Value {
        let Some(object) = schema.as_object() else {
            return schema.clone();
        };
        let mut result = Map::new();
        for (key, value) in object {
            let value = match key.as_str() {
                "required" | "default" | "minProperties" => continue,
                "properties" => self.of_each(value),
                "additionalProperties" => self.of(value),
                "oneOf" => {
                    let choices = value.as_array().map(Vec::as_slice).unwrap_or_default();
                    choices
                        .iter()
                        .map(|choice| self.of_choice(choice))
                        .collect()
                }
                "$ref" => self.of_reference(value),
                _ => value.clone(),
            };
            result.insert(key.clone(), value);
        }
        result.into()
    }

    fn of_each(&mut self, properties: &Value) -> Value {
        let properties = properties.as_object().into_iter().flatten();
        properties
            .map(|(name, schema)| (name.clone(), self.of(schema)))
            .collect::<Map<_, _>>()
            .into()
    }

    fn of_choice(&mut self, choice: &Value) -> Value {
        let mut result = self.of(choice);
        if let Some(tag) = choice.get("required") {
            result["required"] = tag.clone();
        }
        result
    }

    /// A reference to the partial copy of what `reference` refers to; to the original if that
    /// requires nothing.
    fn of_reference(&mut self, reference: &Value) -> Value {
        let name = reference
            .as_str()
            .and_then(|path| path.rsplit('/').next())
            .unwrap_or_default();
        let Some(definition) = self.definitions.get(name) else {
            return reference.clone();
        };
        let copy = self.of(definition);
        if copy == *definition {
            return reference.clone();
        }
        let partial = format!("{name}{PARTIAL}");
        self.made.insert(partial.clone(), copy);
        format!("#/$defs/{partial}").into()
    }
}
