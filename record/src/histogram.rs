use base64::{Engine as _, engine::general_purpose::STANDARD};
use hdrhistogram::Histogram as Hdr;
use hdrhistogram::serialization::{Deserializer as HdrReader, Serializer as _, V2Serializer};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use std::borrow::Cow;
use std::sync::OnceLock;

/// Latencies \[ns\] as an `HdrHistogram`, three significant digits, from 1 ns to 1 h.
///
/// In JSON it is the V2 format (uncompressed) in base64. The bounds are fixed: with automatic
/// resizing the bytes would depend on the order of merging.
///
/// One takes 270 kB of memory, mostly of zeros. One that is read stays packed until it is asked
/// for something, so that a record of a thousand variants can be read.
#[derive(Clone, Debug)]
pub struct Histogram {
    /// The V2 format as it was read, for one that is not unpacked yet.
    packed: Box<[u8]>,
    unpacked: OnceLock<Box<Hdr<u64>>>,
}

impl Histogram {
    /// Smallest value told apart \[ns\].
    pub const LOW_NS: u64 = 1;
    /// Largest value \[ns\]: one hour; longer ones are recorded as this.
    pub const HIGH_NS: u64 = 3_600_000_000_000;
    /// Significant digits kept.
    pub const DIGITS: u8 = 3;

    /// An empty histogram.
    #[must_use]
    pub fn new() -> Self {
        Self {
            packed: Box::default(),
            unpacked: OnceLock::from(Box::new(empty())),
        }
    }

    /// As the crate `hdrhistogram` has it.
    #[must_use]
    pub fn hdr(&self) -> &Hdr<u64> {
        self.unpacked.get_or_init(|| {
            let hdr = unpack(&self.packed).expect("it was checked when it was read");
            Box::new(hdr)
        })
    }

    fn hdr_mut(&mut self) -> &mut Hdr<u64> {
        let _ = self.hdr();
        self.packed = Box::default();
        self.unpacked.get_mut().expect("it has just been unpacked")
    }

    /// Counts a value \[ns\] `count` times.
    pub fn record_n(&mut self, value: u64, count: u64) {
        self.hdr_mut().saturating_record_n(value, count);
    }

    /// Adds all values of another histogram; exact, in any order.
    pub fn add(&mut self, other: &Self) {
        let added = if let Some(hdr) = other.unpacked.get() {
            self.hdr_mut().add(&**hdr)
        } else {
            // It may be one of thousands, which need not all be unpacked to be kept.
            let hdr = decode(&other.packed).expect("it was checked when it was read");
            self.hdr_mut().add(hdr)
        };
        added.expect("both have the same bounds");
    }

    /// Number of values.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.hdr().len()
    }

    /// Value \[ns\] below which the share `quantile` (0..=1) of the values lies; `None` if empty.
    #[must_use]
    pub fn quantile_ns(&self, quantile: f64) -> Option<u64> {
        (!self.hdr().is_empty()).then(|| self.hdr().value_at_quantile(quantile))
    }

    /// Mean of the values \[ns\], within their three digits; `None` if empty.
    #[must_use]
    pub fn mean_ns(&self) -> Option<f64> {
        (!self.hdr().is_empty()).then(|| self.hdr().mean())
    }
}

impl Default for Histogram {
    fn default() -> Self {
        Self::new()
    }
}

impl PartialEq for Histogram {
    fn eq(&self, other: &Self) -> bool {
        self.hdr() == other.hdr()
    }
}

/// Largest value that the buckets of our bounds hold \[ns\]: they end at a power of two.
const HELD_NS: u64 = (1 << 42) - 1;

fn empty() -> Hdr<u64> {
    let (low, high) = (Histogram::LOW_NS, Histogram::HIGH_NS);
    Hdr::new_with_bounds(low, high, Histogram::DIGITS)
        .expect("the bounds are constants that the crate accepts")
}

/// From the V2 format. It keeps the highest value that was set: the values are put back under our
/// bounds.
fn unpack(bytes: &[u8]) -> Result<Hdr<u64>, String> {
    let mut bounded = empty();
    let added = bounded.add(decode(bytes)?);
    added.map_err(|error| error.to_string())?;
    Ok(bounded)
}

/// From the V2 format, with the bounds that it names; none of its values are beyond ours.
fn decode(bytes: &[u8]) -> Result<Hdr<u64>, String> {
    let read = HdrReader::new().deserialize(&mut &*bytes);
    let hdr: Hdr<u64> = read.map_err(|error| error.to_string())?;
    if hdr.max() > HELD_NS {
        return Err(format!("{} ns is more than an hour", hdr.max()));
    }
    Ok(hdr)
}

impl Serialize for Histogram {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut bytes = Vec::new();
        V2Serializer::new()
            .serialize(self.hdr(), &mut bytes)
            .map_err(ser::Error::custom)?;
        serializer.serialize_str(&STANDARD.encode(bytes))
    }
}

impl<'de> Deserialize<'de> for Histogram {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let bytes = STANDARD
            .decode(text.as_bytes())
            .map_err(de::Error::custom)?;
        decode(&bytes).map_err(de::Error::custom)?;
        Ok(Self {
            packed: bytes.into(),
            unpacked: OnceLock::new(),
        })
    }
}

impl JsonSchema for Histogram {
    fn schema_name() -> Cow<'static, str> {
        "Histogram".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "HdrHistogram of nanoseconds, V2 format, uncompressed, in base64.",
            "type": "string",
            "contentEncoding": "base64"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(values: &[u64]) -> Histogram {
        let mut histogram = Histogram::new();
        for &value in values {
            histogram.record_n(value, 1);
        }
        histogram
    }

    // Goal: a histogram with values beyond ours is refused when it is read, and only that.
    // Method: one of wider bounds, with the largest value that ours hold and with the next.
    #[test]
    fn values_beyond_the_bounds_are_refused() {
        for (value, is_read) in [(HELD_NS, true), (HELD_NS + 1, false)] {
            let mut wide = Hdr::<u64>::new_with_bounds(1, 1 << 50, Histogram::DIGITS).unwrap();
            wide.record(value).unwrap();
            let mut bytes = Vec::new();
            V2Serializer::new().serialize(&wide, &mut bytes).unwrap();
            let text = format!("{:?}", STANDARD.encode(bytes));
            let read = serde_json::from_str::<Histogram>(&text);
            assert_eq!(read.is_ok(), is_read);
            if let Ok(read) = read {
                let mut sum = Histogram::new();
                sum.add(&read);
                assert!(sum == read && read.count() == 1);
            }
        }
    }

    proptest! {
        // Goal: merging is exact, and the order of merging leaves no trace in the bytes.
        // Method: split values at any place, merge both ways, compare the JSON.
        #[test]
        fn merging_leaves_no_trace(values in prop::collection::vec(0_u64..1 << 50, 0..50),
                                   cut in 0_usize..50) {
            let cut = cut.min(values.len());
            let (left, right) = (of(&values[..cut]), of(&values[cut..]));
            let json = |h: &Histogram| serde_json::to_string(h).unwrap();
            let mut ab = left.clone();
            ab.add(&right);
            let mut ba = right;
            ba.add(&left);
            prop_assert_eq!(json(&ab), json(&of(&values)));
            prop_assert_eq!(json(&ba), json(&ab));
            let read: Histogram = serde_json::from_str(&json(&ab)).unwrap();
            prop_assert_eq!(read, ab);
        }
    }
}
