//! What encryption, checksums and TLS cost a core: from a calibration, interpolated.
mod curve;
mod names;

pub use curve::OutsideFit;
pub use names::{Once, PerByte};

use curve::Curve;
use keystorm_sim::Span;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

/// Version of the calibration's format that is read here.
const VERSION: u32 = 1;

/// The calibration that is used where none is given.
const DEFAULT: &str = include_str!("../data/calibration-default.toml");

/// Core time of the real path on one machine, as `keystorm calibrate` measured it.
///
/// Core time, not wall time: waiting for a core is the client's business. Between measured sizes
/// the time is interpolated, piecewise linear, in integers: one straight line through all sizes
/// misses by up to 17 %. Outside of them there is no time, only [`OutsideFit`].
///
/// # Source
/// The file itself: processor, versions, date and intervals stand in it; see
/// [`Calibration::provenance`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Calibration {
    curves: BTreeMap<PerByte, Curve>,
    costs: BTreeMap<Once, Span>,
    provenance: Provenance,
}

/// Where a calibration comes from: what a record says of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Provenance {
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// Name of the processor, as it reports itself.
    pub cpu: String,
    /// When it was measured, RFC 3339 in UTC.
    pub measured: String,
    /// Versions of what was measured, and of keystorm, such as `aws-lc-rs 1.19.0`.
    pub versions: Vec<String>,
    /// Why the machine was too noisy, one sentence each; empty if it was quiet enough.
    pub noise: Vec<String>,
    /// Whether it is the one that keystorm brings along: of another machine than the user's.
    pub is_default: bool,
}

/// Why a text is not a calibration. No variant is worth a retry with the same text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum CalibrationError {
    /// It is not TOML, or lacks something; the parser's message.
    Malformed(String),
    /// A newer keystorm wrote it, in the format with this version.
    Newer(u32),
    /// A figure is missing.
    Missing(&'static str),
    /// A curve that no time can be read from: fewer than two sizes, sizes that do not ascend, or
    /// times that are not positive.
    Curve(&'static str),
}

impl fmt::Display for CalibrationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(why) => write!(f, "not a calibration: {}", why.trim_end()),
            Self::Newer(version) => write!(
                f,
                "calibration has format {version}, this keystorm reads formats up to {VERSION}; \
                 update keystorm or calibrate again"
            ),
            Self::Missing(name) => {
                write!(
                    f,
                    "calibration has no `{name}`; run `keystorm calibrate` again"
                )
            }
            Self::Curve(name) => write!(
                f,
                "calibration's curve `{name}` needs two sizes or more, ascending, with positive \
                 times; run `keystorm calibrate` again"
            ),
        }
    }
}

impl std::error::Error for CalibrationError {}

/// What is read of the file; the rest is for people.
#[derive(Deserialize)]
struct File {
    keystorm: String,
    measured: String,
    machine: Machine,
    crates: BTreeMap<String, String>,
    quality: Quality,
    cost: BTreeMap<String, Cost>,
    curve: BTreeMap<String, Vec<Point>>,
}

#[derive(Deserialize)]
struct Machine {
    cpu: String,
}

#[derive(Deserialize)]
struct Quality {
    noise: Vec<String>,
}

#[derive(Deserialize)]
struct Cost {
    ns: f64,
}

#[derive(Deserialize)]
struct Point {
    bytes: u64,
    ns: f64,
}

impl Calibration {
    /// Reads the text of a `calibration.toml`.
    ///
    /// # Errors
    /// [`CalibrationError`] if it is none, a newer one, or lacks a figure.
    pub fn read(text: &str) -> Result<Self, CalibrationError> {
        #[derive(Deserialize)]
        struct Head {
            calibration: u32,
        }
        let malformed = |error: toml::de::Error| CalibrationError::Malformed(error.to_string());
        let Head { calibration } = toml::from_str(text).map_err(malformed)?;
        if calibration > VERSION {
            return Err(CalibrationError::Newer(calibration));
        }
        let file: File = toml::from_str(text).map_err(malformed)?;
        let mut curves = BTreeMap::new();
        for kind in PerByte::ALL {
            let name = kind.name();
            let points = file
                .curve
                .get(name)
                .ok_or(CalibrationError::Missing(name))?;
            let points: Option<Vec<_>> = points
                .iter()
                .map(|point| Some((point.bytes, picos(point.ns)?)))
                .collect();
            let curve = points.and_then(Curve::new);
            curves.insert(kind, curve.ok_or(CalibrationError::Curve(name))?);
        }
        let mut costs = BTreeMap::new();
        for kind in Once::ALL {
            let name = kind.name();
            let named = |kind: Once| file.cost.get(kind.name());
            let cost = named(kind).or_else(|| named(kind.stand_in()?));
            let cost = cost.ok_or(CalibrationError::Missing(name))?;
            let picos = picos(cost.ns).ok_or(CalibrationError::Missing(name))?;
            costs.insert(kind, curve::span(u128::from(picos)));
        }
        let mut versions = vec![format!("keystorm {}", file.keystorm)];
        versions.extend(
            file.crates
                .iter()
                .map(|(name, version)| format!("{name} {version}")),
        );
        Ok(Self {
            curves,
            costs,
            provenance: Provenance {
                sha256: format!("{:x}", Hex(&Sha256::digest(text))),
                cpu: file.machine.cpu,
                measured: file.measured,
                versions,
                noise: file.quality.noise,
                is_default: text == DEFAULT,
            },
        })
    }

    /// The calibration that keystorm brings along, so that the first run needs none.
    ///
    /// It is of another machine than the user's, on purpose a common kind: an AMD EPYC of the Zen 4
    /// generation, as in many cloud instances. Whoever pays for cores should measure their own.
    #[must_use]
    pub fn default_one() -> Self {
        // Read once: a sweep loads thousands of scenarios.
        static READ: LazyLock<Calibration> =
            LazyLock::new(|| Calibration::read(DEFAULT).expect("a test reads it"));
        READ.clone()
    }

    /// Core time of an operation on `len` bytes.
    ///
    /// # Errors
    /// [`OutsideFit`] if `len` is outside of the measured sizes; it holds a guess, which must not
    /// be used without saying so.
    pub fn time(&self, kind: PerByte, len: u64) -> Result<Span, OutsideFit> {
        self.curves[&kind].time(len)
    }

    /// Core time of something without a size.
    #[must_use]
    pub fn cost(&self, kind: Once) -> Span {
        self.costs[&kind]
    }

    /// Smallest and largest measured size of an operation \[bytes\].
    #[must_use]
    pub fn sizes(&self, kind: PerByte) -> (u64, u64) {
        self.curves[&kind].sizes()
    }

    /// Where it comes from.
    #[must_use]
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }
}

/// Nanoseconds of the file to whole picoseconds, in which times are interpolated.
///
/// `None` for what is no time: negative, not a number, or above an hour.
fn picos(ns: f64) -> Option<u64> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range is checked"
    )]
    (0.0..3.6e12)
        .contains(&ns)
        .then(|| (ns * 1e3).round() as u64)
}

/// Bytes as lower-case hexadecimal.
struct Hex<'a>(&'a [u8]);

impl fmt::LowerHex for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests;
