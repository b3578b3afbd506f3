//! What the real path costs on this machine: `keystorm calibrate`.
//!
//! Everything is measured in processor time of one thread: waiting for a core is the simulation's
//! business. Works are interleaved and measured over and over; samples during which the system took
//! the processor away, or its clock was not as usual, do not count and are measured again. Every
//! figure is a median with a bootstrap interval, and [`Measured::noise`] says in words and numbers
//! if the machine was too noisy to be believed.
mod sampler;
mod statistics;
mod timer;
mod works;

pub use keystorm_machine::{Cpu, Floor};
pub use statistics::Estimate;

use sampler::{DRIFT_MAX, Lane, Plan, Rejected, WAITING_MAX};
use std::fmt;
use std::hint::black_box;
use timer::SystemClock;
use works::Means;

/// Bytes for which the time of the floor is given.
pub const FLOOR_LEN: u64 = 1 << 20;

/// Versions of the crates that are measured.
pub const CRATES: [(&str, &str); 5] = [
    ("aws-lc-rs", "1.19.0"),
    ("aws-lc-sys", "0.47.0"),
    ("crc-fast", "1.10.0"),
    ("md-5", "0.11.0"),
    ("rustls", "0.23.46"),
];

/// How thoroughly to measure.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Effort {
    /// In under a minute.
    Full,
    /// In about five seconds.
    Quick,
}

impl Effort {
    fn plan(self) -> Plan {
        let seconds = |s: u64| s * 1_000_000_000;
        match self {
            Effort::Full => Plan {
                sample_ns: 300_000,
                budget_ns: seconds(40),
                limit_ns: seconds(50),
                samples_min: 20,
            },
            Effort::Quick => Plan {
                sample_ns: 200_000,
                budget_ns: 3_200_000_000,
                limit_ns: 4_200_000_000,
                samples_min: 5,
            },
        }
    }
}

/// Widest interval of sealing and opening up to 1 MiB on a quiet machine, as a share of the median
/// to either side.
const SPREAD_MAX: f64 = 0.02;
/// Share of all samples that must count on a quiet machine.
const COUNTED_MIN: f64 = 0.5;

/// What one thing costs.
#[derive(Clone, Debug)]
pub struct Figure {
    /// What: `seal`, `open`, `tls-full-rsa`.
    pub name: &'static str,
    /// Bytes of one operation; `None` if it has no size.
    pub bytes: Option<u64>,
    /// Time of one operation \[ns of a core\].
    pub ns: Estimate,
    /// Samples that count.
    pub samples: usize,
    /// Samples that were taken and do not count.
    pub rejected: usize,
}

/// Everything that was measured, and how.
#[derive(Clone, Debug)]
pub struct Measured {
    /// The processor.
    pub cpu: Cpu,
    /// The instructions of its floor; `None` where no loop for it is known.
    pub floor: Option<Floor>,
    /// The figures, in the order in which they were measured; sizes ascend.
    pub figures: Vec<Figure>,
    /// All samples, those that count among them.
    pub samples: usize,
    /// Samples during which the system took the processor away or the thread waited.
    pub preempted: usize,
    /// Samples around which the clock of the processor was not as usual.
    pub drifted: usize,
    /// Time that measuring took \[s\].
    pub seconds: f64,
    /// Why the machine is too noisy, one sentence each; empty if it is quiet enough.
    pub noise: Vec<String>,
}

impl Measured {
    /// The figure with that name and size.
    #[must_use]
    pub fn figure(&self, name: &str, bytes: Option<u64>) -> Option<&Figure> {
        self.figures
            .iter()
            .find(|f| f.name == name && f.bytes == bytes)
    }
}

/// Why nothing was measured. Final: the same machine will fail again.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CalibrateError {
    doing: &'static str,
    why: String,
}

impl CalibrateError {
    fn new(doing: &'static str, why: &dyn fmt::Display) -> Self {
        Self {
            doing,
            why: why.to_string(),
        }
    }
}

impl fmt::Display for CalibrateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} failed: {}; nothing was measured",
            self.doing, self.why
        )
    }
}

impl std::error::Error for CalibrateError {}

impl From<crate::Error> for CalibrateError {
    fn from(error: crate::Error) -> Self {
        CalibrateError::new("sealing", &error)
    }
}

impl From<crate::client::ClientError> for CalibrateError {
    fn from(error: crate::client::ClientError) -> Self {
        CalibrateError::new("sealing as the client does", &error)
    }
}

/// Measures what encryption, checksums and TLS cost on this machine.
///
/// `progress` hears how far it is, from 0 to 1.
///
/// # Errors
/// [`CalibrateError`] if a cryptographic library fails.
pub fn calibrate(
    effort: Effort,
    progress: &mut dyn FnMut(f64),
) -> Result<Measured, CalibrateError> {
    let clock = SystemClock::new();
    let means = Means::new()?;
    let pace = || {
        black_box(chain(black_box(20_000)));
    };
    let (lanes, rejected) = sampler::sample(means.works(), pace, effort.plan(), &clock, progress)?;
    let figures = figures(&lanes)?;
    Ok(Measured {
        cpu: keystorm_machine::cpu(),
        floor: Floor::detect(),
        noise: noise(&figures, &lanes, rejected),
        figures,
        samples: rejected.samples,
        preempted: rejected.preempted,
        drifted: rejected.drifted,
        seconds: clock.seconds(),
    })
}

/// Multiplications that wait for each other: their time is that of the processor's clock alone.
fn chain(steps: u64) -> u64 {
    (0..steps).fold(1, |x: u64, step| {
        x.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ step
    })
}

/// Medians of all works; what envelopes cost is what remains after the sealing in them.
fn figures(lanes: &[Lane]) -> Result<Vec<Figure>, CalibrateError> {
    let mut figures = Vec::new();
    for lane in lanes {
        let missing =
            || CalibrateError::new("measuring", &format!("`{}` has no sample", lane.name));
        let ns = lane.estimate().ok_or_else(missing)?;
        figures.push(Figure {
            name: lane.name,
            bytes: lane.bytes,
            ns,
            samples: lane.values.len(),
            rejected: lane.rejected,
        });
    }
    let smallest = |name: &str| {
        let of = |f: &&Figure| f.name == name && f.bytes == Some(works::OBJECT_LEN as u64);
        figures.iter().find(of).map(|f| f.ns)
    };
    if let (Some(seal), Some(open)) = (smallest("seal"), smallest("open")) {
        let envelopes = figures
            .iter_mut()
            .filter(|f| f.name.starts_with("envelope-"));
        for figure in envelopes {
            let bare = if figure.name.ends_with("open") {
                open
            } else {
                seal
            };
            figure.ns = figure.ns.less(bare);
        }
    }
    Ok(figures)
}

/// Why the figures are not to be believed, with the numbers.
fn noise(figures: &[Figure], lanes: &[Lane], rejected: Rejected) -> Vec<String> {
    let mut noise = Vec::new();
    let counted = rejected.samples - rejected.preempted - rejected.drifted;
    let share = counted as f64 / rejected.samples.max(1) as f64;
    if share < COUNTED_MIN {
        noise.push(format!(
            "only {:.0} % of {} samples count, {:.0} % should: during {} the processor was taken \
             away (waiting over {:.0} %), around {} its clock was off by more than {:.0} %",
            share * 100.0,
            rejected.samples,
            COUNTED_MIN * 100.0,
            rejected.preempted,
            (WAITING_MAX - 1.0) * 100.0,
            rejected.drifted,
            DRIFT_MAX * 100.0,
        ));
    }
    let disturbed: Vec<_> = lanes.iter().filter(|lane| lane.is_disturbed).collect();
    if let Some(first) = disturbed.first() {
        noise.push(format!(
            "{} of {} figures rest on disturbed samples, for too few others were to be had, `{}` \
             first",
            disturbed.len(),
            lanes.len(),
            first.name,
        ));
    }
    let central = |f: &&Figure| {
        matches!(f.name, "seal" | "open") && f.bytes.is_some_and(|bytes| bytes <= 1 << 20)
    };
    for figure in figures.iter().filter(central) {
        if figure.ns.spread() > SPREAD_MAX {
            noise.push(format!(
                "`{}` of {} bytes: {:.1} ns ±{:.1} %, at most ±{:.0} % is wanted",
                figure.name,
                figure.bytes.unwrap_or(0),
                figure.ns.median,
                figure.ns.spread() * 100.0,
                SPREAD_MAX * 100.0,
            ));
        }
    }
    if !timer::has_thread_clock() {
        noise.push(
            "this system has no processor clock per thread: waiting counts as working".to_owned(),
        );
    }
    noise
}

#[cfg(test)]
mod tests;
