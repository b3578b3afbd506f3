//! Quantities as strings with units.
use jiff::Timestamp;
use keystorm_sim::Span;

/// A length of time, such as `"250 ms"`.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Duration(pub Span);

/// An instant, RFC 3339 in UTC, such as `"2026-11-24T01:58:00Z"`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Instant(pub Timestamp);

/// Things per second, such as `"2_000/s"`, `"2.5k/s"` or `"0.2/s"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Rate(pub f64);

/// Bytes per second, such as `"95 MB/s"`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ByteRate(pub u64);

/// Bytes, such as `"256 KiB"`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ByteSize(pub u64);
