//! A calibration in words, tables and pictures.
mod page;
pub(crate) mod tables;
mod text;

pub use page::calibration_html;
pub use text::calibration_terminal;

use crate::number::{THIN, bytes, significant};
use keystorm_record::{Calibration, CoreCost, Point};

/// Size whose figures stand for an object's \[bytes\].
const TYPICAL: u64 = 1 << 20;
/// Bytes of the objects whose core time is added up.
const TB: f64 = 1e12;

/// The points of a curve; none if it was not measured.
fn curve<'a>(calibration: &'a Calibration, name: &str) -> &'a [Point] {
    calibration.curve.get(name).map_or(&[], Vec::as_slice)
}

fn point<'a>(calibration: &'a Calibration, name: &str, bytes: u64) -> Option<&'a Point> {
    curve(calibration, name).iter().find(|p| p.bytes == bytes)
}

fn cost<'a>(calibration: &'a Calibration, name: &str) -> Option<&'a CoreCost> {
    calibration.cost.get(name)
}

/// Bytes per second of the floor.
pub(crate) fn floor_per_s(calibration: &Calibration) -> Option<f64> {
    let floor = calibration.floor.as_ref()?;
    Some(floor.bytes as f64 / floor.ns * 1e9)
}

/// Core-hours to seal a terabyte in objects of this size, as the S3 Encryption Client does.
fn core_hours(calibration: &Calibration, seal: &Point) -> Option<f64> {
    let envelope = cost(calibration, "envelope-v3-seal")?.ns;
    let object_s = (envelope + seal.ns) / 1e9;
    Some(TB / seal.bytes as f64 * object_s / 3_600.0)
}

/// Half of an interval as a share of the median.
fn spread(ns: f64, low: f64, high: f64) -> f64 {
    if ns > 0.0 {
        (high - low) / 2.0 / ns
    } else {
        0.0
    }
}

/// Nanoseconds, three significant digits: `93.1 ns`, `1.62 µs`, `97.4 ms`.
fn nanos(ns: f64) -> String {
    let (value, unit) = match ns {
        ns if ns < 999.5 => (ns, "ns"),
        ns if ns < 999.5e3 => (ns / 1e3, "µs"),
        ns if ns < 999.5e6 => (ns / 1e6, "ms"),
        ns => (ns / 1e9, "s"),
    };
    format!("{}{THIN}{unit}", significant(value, 3))
}

/// Decimal gigabytes per second, three significant digits.
fn gigabytes(per_s: f64) -> String {
    format!("{}{THIN}GB/s", significant(per_s / 1e9, 3))
}

fn size(len: u64) -> String {
    // Sizes that were measured are whole in their unit.
    bytes(len as f64).replace(".00", "").replace(".0", "")
}

/// Where it was measured, one line.
fn place(calibration: &Calibration) -> String {
    let machine = &calibration.machine;
    let mut parts = vec![machine.cpu.clone()];
    if !machine.revision.is_empty() {
        parts.push(machine.revision.clone());
    }
    let threads = if machine.threads == 1 {
        "thread"
    } else {
        "threads"
    };
    parts.push(format!("{} {threads}", machine.threads));
    if machine.is_virtual == Some(true) {
        parts.push("virtual".into());
    }
    parts.push(format!("{} {}", machine.os, machine.arch));
    parts.join(" · ")
}

/// How quiet it was, one sentence.
fn quality(calibration: &Calibration) -> String {
    let quality = &calibration.quality;
    let counted = quality
        .samples
        .saturating_sub(quality.preempted + quality.drifted);
    let share = counted as f64 / quality.samples.max(1) as f64;
    format!(
        "{} samples in {:.0}{THIN}s, {} count: {} were disturbed, around {} the clock of the \
         processor was not as usual.",
        crate::number::count(quality.samples as f64),
        calibration.seconds,
        crate::number::share(share),
        crate::number::count(quality.preempted as f64),
        crate::number::count(quality.drifted as f64),
    )
}
