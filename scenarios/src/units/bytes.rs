use super::decimal::{Decimal, NotWhole};
use super::{ByteRate, ByteSize, Quantity, QuantityError};
use std::fmt;
use std::str::FromStr;

const SIZE: &str = "a size such as \"256 KiB\"";
const RATE: &str = "bytes per second such as \"95 MB/s\"";
const UNITS: &str = "units are B, kB, MB, GB, TB (1000s) and KiB, MiB, GiB, TiB (1024s)";

/// Units of bytes, largest first.
const BYTES: [(&str, u64); 9] = [
    ("TiB", 1 << 40),
    ("TB", 1_000_000_000_000),
    ("GiB", 1 << 30),
    ("GB", 1_000_000_000),
    ("MiB", 1 << 20),
    ("MB", 1_000_000),
    ("KiB", 1 << 10),
    ("kB", 1_000),
    ("B", 1),
];

impl Quantity for ByteSize {
    const NAME: &'static str = "ByteSize";
    const FORMAT: &'static str = "keystorm-bytes";
    const PATTERN: Option<&'static str> =
        Some(r"^\s*[0-9][0-9_]*(\.[0-9][0-9_]*)?\s*(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)\s*$");
    const EXAMPLES: &'static [&'static str] = &["256 KiB", "1.5 MiB", "8 MB", "100 B"];
    const DESCRIPTION: &'static str = "Bytes: a number and one of B, kB, MB, GB, TB (1000s), \
        KiB, MiB, GiB, TiB (1024s); whole bytes.";
}

impl Quantity for ByteRate {
    const NAME: &'static str = "ByteRate";
    const FORMAT: &'static str = "keystorm-bytes-per-second";
    const PATTERN: Option<&'static str> =
        Some(r"^\s*[0-9][0-9_]*(\.[0-9][0-9_]*)?\s*(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)\s*/\s*s\s*$");
    const EXAMPLES: &'static [&'static str] = &["95 MB/s", "1.25 GB/s", "64 MiB/s"];
    const DESCRIPTION: &'static str = "Bytes per second: a number, one of B, kB, MB, GB, TB \
        (1000s), KiB, MiB, GiB, TiB (1024s), and /s.";
}

impl FromStr for ByteSize {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        bytes(text, text)
            .map(Self)
            .map_err(|help| QuantityError::new(text, SIZE, help))
    }
}

impl FromStr for ByteRate {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let error = |help: String| QuantityError::new(text, RATE, help);
        let Some((amount, per)) = text.split_once('/') else {
            return Err(error(format!("write /s at the end: \"{}/s\"", text.trim())));
        };
        if per.trim() != "s" {
            return Err(error(format!("write /s instead of /{}", per.trim())));
        }
        bytes(amount, text).map(Self).map_err(error)
    }
}

/// A number of bytes, or what to do about it.
fn bytes(amount: &str, text: &str) -> Result<u64, String> {
    let Some((number, unit)) = Decimal::split(amount) else {
        return Err(format!("write a number and its unit; {UNITS}"));
    };
    let Some(&(_, factor)) = BYTES.iter().find(|(name, _)| *name == unit) else {
        return Err(unit_help(amount, text, unit));
    };
    number.times(factor).map_err(|why| match why {
        NotWhole::TooFine => "bytes are whole; leave out what is finer".to_owned(),
        NotWhole::TooLarge => "the most is 2^64 - 1 bytes".to_owned(),
    })
}

/// What to do about a unit that is missing or unknown.
fn unit_help(amount: &str, text: &str, unit: &str) -> String {
    let number = amount.trim().trim_end_matches(unit).trim_end();
    let per = if text.contains('/') { "/s" } else { "" };
    let lower = unit.to_lowercase();
    let choice = |decimal: &str, binary: &str| {
        format!("write \"{number} {decimal}{per}\" (1000s) or \"{number} {binary}{per}\" (1024s)")
    };
    if unit.is_empty() {
        return format!("say the unit: \"{number} B{per}\" or \"{number} KiB{per}\"; {UNITS}");
    }
    if lower.ends_with("bit") || lower.ends_with("bits") || matches!(unit, "Mb" | "Gb") {
        return format!("these are bits: divide by 8 for bytes; {UNITS}");
    }
    match lower.as_str() {
        "k" | "kb" => choice("kB", "KiB"),
        "m" | "mb" => choice("MB", "MiB"),
        "g" | "gb" => choice("GB", "GiB"),
        "byte" | "bytes" | "b" => format!("write \"{number} B{per}\""),
        "t" | "tb" => choice("TB", "TiB"),
        "ki" | "kib" => format!("write \"{number} KiB{per}\""),
        "mi" | "mib" => format!("write \"{number} MiB{per}\""),
        "ti" | "tib" => format!("write \"{number} TiB{per}\""),
        "gi" | "gib" => format!("write \"{number} GiB{per}\""),
        _ => UNITS.to_owned(),
    }
}

impl fmt::Display for ByteSize {
    /// In the largest unit that keeps it whole: `256 KiB`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = BYTES
            .iter()
            .find(|(_, n)| self.0 >= *n && self.0.is_multiple_of(*n));
        let (name, factor) = whole.copied().unwrap_or(("B", 1));
        write!(f, "{} {name}", self.0 / factor)
    }
}

impl fmt::Display for ByteRate {
    /// In the largest unit that keeps it whole: `95 MB/s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/s", ByteSize(self.0))
    }
}
