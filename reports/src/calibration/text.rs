use super::{TYPICAL, floor_per_s, gigabytes, place, point, quality, tables};
use crate::number::{plain, share};
use crate::terminal::{Terminal, push_wrapped, section};
use keystorm_record::Calibration;

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
