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

/// A sum that 64 bits may not hold, such as the summed latency of a large run \[ns\]; in JSON like
/// [`Int`].
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Sum(pub u128);

impl Sum {
    /// The value as a float, for ratios and drawing.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        self.0 as f64
    }
}

impl Add for Sum {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Sum {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl std::iter::Sum for Sum {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self(0), Add::add)
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn write<S: Serializer>(value: u128, serializer: S) -> Result<S::Ok, S::Error> {
    match u64::try_from(value) {
        Ok(value) if value <= EXACT_MAX => serializer.serialize_u64(value),
        _ => serializer.collect_str(&value),
    }
}

fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u128, D::Error> {
    struct Visitor;
    impl de::Visitor<'_> for Visitor {
        type Value = u128;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a whole number, or one as a string")
        }

        fn visit_u64<E: de::Error>(self, value: u64) -> Result<u128, E> {
            Ok(value.into())
        }

        fn visit_str<E: de::Error>(self, value: &str) -> Result<u128, E> {
            let number = value.parse();
            number.map_err(|_| E::invalid_value(de::Unexpected::Str(value), &self))
        }
    }
    deserializer.deserialize_any(Visitor)
}

fn schema() -> Schema {
    json_schema!({
        "description": "A whole number; above 2^53 it is a decimal string.",
        "type": ["integer", "string"],
        "minimum": 0,
        "pattern": "^[0-9]+$"
    })
}

impl Serialize for Int {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write(self.0.into(), serializer)
    }
}

impl Serialize for Sum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write(self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Int {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = read(deserializer)?;
        let narrow = u64::try_from(value);
        narrow
            .map(Self)
            .map_err(|_| de::Error::custom(format!("{value} is above 2^64 - 1")))
    }
}

impl<'de> Deserialize<'de> for Sum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer).map(Self)
    }
}

impl JsonSchema for Int {
    fn schema_name() -> Cow<'static, str> {
        "Int".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schema()
    }
}

impl JsonSchema for Sum {
    fn schema_name() -> Cow<'static, str> {
        "Sum".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schema()
    }
}

#[cfg(test)]
mod tests {
    use super::{Int, Sum};

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
        let large = Sum(u128::MAX);
        let text = serde_json::to_string(&large).unwrap();
        assert_eq!(serde_json::from_str::<Sum>(&text).unwrap(), large);
        assert!(serde_json::from_str::<Int>(&text).is_err());
    }
}
