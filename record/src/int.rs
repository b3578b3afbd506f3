use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::borrow::Cow;
use std::fmt;
use std::ops::{Add, AddAssign};

/// Largest integer that a JSON reader with double-precision numbers keeps exactly, 2^53.
const EXACT_MAX: u64 = 1 << 53;

/// A count or a time in a record: a JSON number up to 2^53, a decimal string above.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Int(pub u64);

impl Int {
    /// The value as a float, for ratios and drawing.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        self.0 as f64
    }
}

impl From<u64> for Int {
    fn from(value: u64) -> Self {
        Self(value)
    }
}

impl Add for Int {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Int {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl std::iter::Sum for Int {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self(0), Add::add)
    }
}

impl fmt::Display for Int {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Int {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 <= EXACT_MAX {
            serializer.serialize_u64(self.0)
        } else {
            serializer.collect_str(&self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Int {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Int;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number, or one as a string")
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Int, E> {
                Ok(Int(value))
            }

            fn visit_str<E: de::Error>(self, value: &str) -> Result<Int, E> {
                value
                    .parse()
                    .map(Int)
                    .map_err(|_| E::invalid_value(de::Unexpected::Str(value), &self))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl JsonSchema for Int {
    fn schema_name() -> Cow<'static, str> {
        "Int".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A whole number; above 2^53 it is a decimal string.",
            "type": ["integer", "string"],
            "minimum": 0,
            "pattern": "^[0-9]+$"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Int;

    // Goal: no reader that uses doubles changes an integer without knowing it.
    // Method: write and read the values on both sides of 2^53.
    #[test]
    fn integers_above_2_to_the_53_are_strings() {
        let json = |value| serde_json::to_string(&Int(value)).unwrap();
        assert_eq!(json(1 << 53), "9007199254740992");
        assert_eq!(json((1 << 53) + 1), "\"9007199254740993\"");
        assert_eq!(
            serde_json::from_str::<Int>("\"9007199254740993\"").unwrap(),
            Int((1 << 53) + 1)
        );
        assert_eq!(serde_json::from_str::<Int>("7").unwrap(), Int(7));
        assert!(serde_json::from_str::<Int>("\"-7\"").is_err());
    }
}
