use super::{TYPICAL, curve, floor_per_s, gigabytes, place, point, quality, size, tables};
use crate::number::{THIN, grouped, plain, share};
use crate::terminal::{Terminal, push_wrapped, section};
use keystorm_record::{Calibration, Point};

/// A calibration for people: where, how quiet, then tables.
///
/// Contains no control characters other than line feeds and, with `color`, ANSI colours.
#[must_use]
pub fn calibration_terminal(calibration: &Calibration, style: Terminal) -> String {
    let style = style.at_least();
    let mut out = String::new();
    push_wrapped(&mut out, &place(calibration), style, 0);
    push_wrapped(&mut out, &quality(calibration), style, 0);
    push_wrapped(&mut out, &summary(calibration), style, 0);
    push_wrapped(&mut out, &between(calibration), style, 0);
    for noise in &calibration.quality.noise {
        push_wrapped(&mut out, &format!("too noisy: {noise}"), style, 0);
    }
    for (title, table) in [
        ("AES-256-GCM", tables::aes(calibration)),
        (
            "TLS, checksums and copies, GB/s",
            tables::others(calibration),
        ),
        ("Envelopes and handshakes", tables::once(calibration)),
    ] {
        section(&mut out, title, &table, style);
        push_wrapped(&mut out, &table.source, style, 0);
    }
    plain(&out)
}

/// How far lines between measured sizes are off where that was checked.
pub(super) fn between(calibration: &Calibration) -> String {
    let mut parts = Vec::new();
    for (name, checked) in [("seal", "seal-between"), ("open", "open-between")] {
        for point in curve(calibration, checked) {
            let Some(line) = on_line(curve(calibration, name), point.bytes) else {
                continue;
            };
            let off = grouped((line / point.ns - 1.0) * 100.0, 1);
            parts.push(format!("{name} {} {off}{THIN}%", size(point.bytes)));
        }
    }
    if parts.is_empty() {
        return String::new();
    }
    format!(
        "Lines between measured sizes are off by: {}.",
        parts.join(", ")
    )
}

/// Time on the line between the neighbours of a size.
fn on_line(points: &[Point], bytes: u64) -> Option<f64> {
    let (from, to) = points
        .windows(2)
        .map(|w| (w[0], w[1]))
        .find(|(from, to)| from.bytes <= bytes && bytes <= to.bytes)?;
    let part = (bytes - from.bytes) as f64 / (to.bytes - from.bytes) as f64;
    Some(from.ns + (to.ns - from.ns) * part)
}

/// What most people want to know.
pub(super) fn summary(calibration: &Calibration) -> String {
    let Some(seal) = point(calibration, "seal", TYPICAL) else {
        return String::new();
    };
    let rate = format!("Sealing 1 MiB: {} per core", gigabytes(seal.bytes_per_s()));
    let floor = match (floor_per_s(calibration), &calibration.floor) {
        (Some(floor), Some(about)) => format!(
            ", {} of the {} that {} allow",
            share(seal.bytes_per_s() / floor),
            gigabytes(floor),
            about.instructions
        ),
        _ => String::new(),
    };
    let bare = point(calibration, "seal-bare", TYPICAL).map_or_else(String::new, |bare| {
        format!(
            "; {:.2} times as fast as aws-lc-rs alone",
            bare.ns / seal.ns
        )
    });
    format!("{rate}{floor}{bare}.")
}
