//! Quantities as strings with units: parsing, printing, serde and JSON Schema.
//!
//! Whole types ([`Duration`], [`ByteSize`], [`ByteRate`]) are computed in integers: `"1.5 s"` is
//! exactly 1,500,000,000 ns, and what is finer than the type's unit is refused, never rounded.
//! `Display` is canonical and reads back as the same value.
mod bytes;
mod clock;
pub(crate) mod decimal;
mod error;
mod instant;
mod moment;
mod price;
mod rate;
mod time;

pub use error::QuantityError;

use jiff::Timestamp;
use keystorm_sim::Span;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::borrow::Cow;
use std::fmt;

/// A length of time, such as `"250 ms"`.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Duration(pub Span);

/// An instant, RFC 3339 in UTC, such as `"2026-11-24T01:58:00Z"`.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Instant(pub Timestamp);

/// A time within a run: since t = 0 such as `"30 s"`, or an instant of the clock.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Moment {
    /// Since t = 0.
    After(Duration),
    /// Of the clock.
    At(Instant),
}

/// Things per second, such as `"2_000/s"`, `"2.5k/s"` or `"0.2/s"`; finite, 0 to 10^12.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Rate(pub f64);

/// Bytes per second, such as `"95 MB/s"`.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct ByteRate(pub u64);

/// US dollars per hour, such as `"$0.05/h"`; whole billionths of a dollar.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct HourlyPrice(pub u64);

/// Bytes, such as `"256 KiB"`.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct ByteSize(pub u64);

/// A time of day, such as `"08:00"` \[s since midnight\].
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct TimeOfDay(pub u32);

/// A time of the week, such as `"mon 08:00"` \[s since Monday's midnight\].
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct TimeOfWeek(pub u32);

/// How far a clock is ahead of UTC, such as `"+01:00"` \[s\].
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct UtcOffset(pub i32);

/// What the JSON Schema says about a quantity.
trait Quantity {
    const NAME: &'static str;
    const FORMAT: &'static str;
    const PATTERN: Option<&'static str>;
    const EXAMPLES: &'static [&'static str];
    const DESCRIPTION: &'static str;
}

/// What is wrong with `text` as a quantity whose schema has this `format`: `None` if nothing is,
/// or if no quantity has this format.
pub(crate) fn mistake(format: &str, text: &str) -> Option<QuantityError> {
    match format {
        Duration::FORMAT => text.parse::<Duration>().err(),
        Instant::FORMAT => text.parse::<Instant>().err(),
        Moment::FORMAT => text.parse::<Moment>().err(),
        Rate::FORMAT => text.parse::<Rate>().err(),
        ByteRate::FORMAT => text.parse::<ByteRate>().err(),
        ByteSize::FORMAT => text.parse::<ByteSize>().err(),
        HourlyPrice::FORMAT => text.parse::<HourlyPrice>().err(),
        TimeOfDay::FORMAT => text.parse::<TimeOfDay>().err(),
        TimeOfWeek::FORMAT => text.parse::<TimeOfWeek>().err(),
        UtcOffset::FORMAT => text.parse::<UtcOffset>().err(),
        _ => None,
    }
}

/// Serde as a string and a JSON Schema, from `FromStr`, `Display` and [`Quantity`].
macro_rules! quantity {
    ($type:ident) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Visitor;
                impl de::Visitor<'_> for Visitor {
                    type Value = $type;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        write!(f, "a string such as \"{}\"", $type::EXAMPLES[0])
                    }

                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$type, E> {
                        text.parse().map_err(E::custom)
                    }
                }
                deserializer.deserialize_str(Visitor)
            }
        }

        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $type::NAME.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                let mut schema = json_schema!({
                    "type": "string",
                    "format": $type::FORMAT,
                    "description": $type::DESCRIPTION,
                    "examples": $type::EXAMPLES,
                });
                if let Some(pattern) = $type::PATTERN {
                    schema.insert("pattern".to_owned(), pattern.into());
                }
                schema
            }
        }
    };
}

quantity!(Duration);
quantity!(Instant);
quantity!(Moment);
quantity!(Rate);
quantity!(ByteRate);
quantity!(ByteSize);
quantity!(HourlyPrice);
quantity!(TimeOfDay);
quantity!(TimeOfWeek);
quantity!(UtcOffset);

#[cfg(test)]
mod tests;
