use super::{
    TYPICAL, core_hours, cost, floor_per_s, gigabytes, nanos, place, point, quality, text,
};
use crate::figures::{Figure, calibration as pictures};
use crate::number::{THIN, share, significant};
use crate::page::{SCRIPT, STYLE, policy};
use crate::table::Table;
use crate::text::{Text, capital, stopped};
use askama::Template;
use keystorm_record::Calibration;

/// A calibration as one self-contained HTML page: curves with the machine's floor drawn in, and a
/// table under every picture.
///
/// It loads nothing, like the report. The same calibration gives the same bytes.
#[must_use]
pub fn calibration_html(calibration: &Calibration) -> String {
    let sentence = |words: &String| Text::with_code(&stopped(&capital(words)));
    let page = Page {
        policy: policy(),
        style: STYLE,
        script: SCRIPT,
        calibration,
        place: place(calibration),
        headline: headline(calibration),
        summary: text::summary(calibration),
        quality: quality(calibration),
        between: text::between(calibration),
        noise: calibration.quality.noise.iter().map(sentence).collect(),
        key_figures: key_figures(calibration),
        figures: pictures::figures(calibration),
        command: command(calibration),
        provenance: provenance(calibration),
    };
    let html = page.render().expect("the template writes to memory");
    html.replace(|c: char| c.is_control() && c != '\n', " ")
}

#[derive(Template)]
#[template(path = "calibration.html")]
struct Page<'a> {
    policy: String,
    style: &'static str,
    script: &'static str,
    calibration: &'a Calibration,
    place: String,
    headline: String,
    summary: String,
    quality: String,
    between: String,
    noise: Vec<Text>,
    key_figures: Vec<(&'static str, String, String)>,
    figures: Vec<Figure>,
    command: String,
    provenance: Vec<(&'static str, String)>,
}

impl Page<'_> {
    #[allow(clippy::unused_self, reason = "templates call methods of the page")]
    fn table(&self, table: &Table) -> String {
        crate::page::table(table)
    }
}

fn headline(calibration: &Calibration) -> String {
    match point(calibration, "seal", TYPICAL) {
        Some(seal) => format!("One core seals {}", gigabytes(seal.bytes_per_s())),
        None => "Sealing was not measured".into(),
    }
}

/// Name, figure, note.
fn key_figures(calibration: &Calibration) -> Vec<(&'static str, String, String)> {
    let mut figures = Vec::new();
    let seal = point(calibration, "seal", TYPICAL);
    if let Some(seal) = seal {
        figures.push((
            "Seal 1 MiB",
            nanos(seal.ns),
            "AES-256-GCM, key ready".into(),
        ));
    }
    if let Some(open) = point(calibration, "open", TYPICAL) {
        figures.push((
            "Open 1 MiB",
            nanos(open.ns),
            "AES-256-GCM, key ready".into(),
        ));
    }
    if let (Some(seal), Some(floor)) = (seal, floor_per_s(calibration)) {
        let note = format!("{} are the most", gigabytes(floor));
        figures.push(("Of the floor", share(seal.bytes_per_s() / floor), note));
    }
    if let Some(envelope) = cost(calibration, "envelope-v3-seal") {
        let note = "data key, wrapping, commitment, metadata".into();
        figures.push(("V3 envelope", nanos(envelope.ns), note));
    }
    if let Some(handshake) = cost(calibration, "tls-full-rsa") {
        figures.push((
            "TLS handshake",
            nanos(handshake.ns),
            "RSA, client's side".into(),
        ));
    }
    if let Some(hours) = seal.and_then(|seal| core_hours(calibration, seal)) {
        let note = "core time, objects of 1 MiB, V3".into();
        figures.push((
            "Seal 1 TB",
            format!("{}{THIN}h", significant(hours, 3)),
            note,
        ));
    }
    figures
}

fn command(calibration: &Calibration) -> String {
    let quick = if calibration.effort == "quick" {
        " --quick"
    } else {
        ""
    };
    format!("keystorm calibrate{quick} --html calibration.html")
}

fn provenance(calibration: &Calibration) -> Vec<(&'static str, String)> {
    let machine = &calibration.machine;
    let crates = calibration.crates.iter();
    let crates: Vec<_> = crates
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    let mut rows = vec![
        ("Processor", machine.cpu.clone()),
        ("Revision", machine.revision.clone()),
        ("Instruction sets", machine.features.join(" ")),
        ("System", format!("{} {}", machine.os, machine.arch)),
        ("Measured, UTC", calibration.measured.clone()),
        ("Build", calibration.build.clone()),
        ("Crates", crates.join(", ")),
    ];
    if let Some(floor) = &calibration.floor {
        rows.push(("Floor", floor.instructions.clone()));
    }
    rows
}
