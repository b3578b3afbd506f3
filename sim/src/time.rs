use std::fmt;
use std::ops::{Add, AddAssign, Sub};

/// Nanoseconds in a second.
pub const NANOS_PER_S: u64 = 1_000_000_000;

/// An instant of simulated time: integer nanoseconds since t = 0.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Time(u64);

/// A length of simulated time: integer nanoseconds.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Span(u64);

impl Time {
    /// The beginning, t = 0.
    pub const ZERO: Self = Self(0);
    /// An instant that no simulation reaches (584 years).
    pub const NEVER: Self = Self(u64::MAX);

    /// The instant `nanos` \[ns\] after t = 0.
    #[must_use]
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// The instant `millis` \[ms\] after t = 0.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis * 1_000_000)
    }

    /// The instant `secs` \[s\] after t = 0.
    #[must_use]
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs * NANOS_PER_S)
    }

    /// Nanoseconds since t = 0.
    #[must_use]
    pub const fn nanos(self) -> u64 {
        self.0
    }

    /// Number of whole seconds since t = 0: the index of the one-second interval it lies in.
    #[must_use]
    pub const fn second(self) -> u64 {
        self.0 / NANOS_PER_S
    }

    /// Time since `earlier`; zero if that is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Span {
    /// No time.
    pub const ZERO: Self = Self(0);

    /// A length of `nanos` \[ns\].
    #[must_use]
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// A length of `millis` \[ms\].
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis * 1_000_000)
    }

    /// A length of `secs` \[s\].
    #[must_use]
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs * NANOS_PER_S)
    }

    /// The length in nanoseconds.
    #[must_use]
    pub const fn nanos(self) -> u64 {
        self.0
    }

    /// The length in seconds, for statistics and drawing.
    #[must_use]
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / NANOS_PER_S as f64
    }
}

impl Add<Span> for Time {
    type Output = Self;

    /// Saturates at [`Time::NEVER`].
    #[inline]
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl AddAssign<Span> for Time {
    #[inline]
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}

impl Sub for Time {
    type Output = Span;

    /// Time between two instants.
    ///
    /// # Panics
    /// In debug builds, if `earlier` is later.
    fn sub(self, earlier: Self) -> Span {
        Span(self.0 - earlier.0)
    }
}

impl Add for Span {
    type Output = Self;

    /// Saturates at 584 years.
    #[inline]
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Span {
    #[inline]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl fmt::Display for Span {
    /// In the largest unit that keeps it whole, such as `1500 ms`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, name) = match self.0 {
            n if n.is_multiple_of(NANOS_PER_S) => (NANOS_PER_S, "s"),
            n if n.is_multiple_of(1_000_000) => (1_000_000, "ms"),
            n if n.is_multiple_of(1_000) => (1_000, "us"),
            _ => (1, "ns"),
        };
        write!(f, "{} {name}", self.0 / unit)
    }
}
