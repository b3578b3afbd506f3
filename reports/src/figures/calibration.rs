//! The figures of a calibration.
use super::bars::{BarRow, Bars, Number, Weight};
use super::speed::{Line, Speeds};
use super::{Figure, Part, both};
use crate::calibration::tables;
use crate::draw::{Fill, Hue, Ink, ticks};
use crate::number::{THIN, grouped, significant};
use crate::text::Text;
use keystorm_record::{COSTS, CURVES, Calibration};

/// Curves of the first figure with their inks.
const AES: [(&str, &str, Ink, Hue); 4] = [
    ("seal", "seal", Ink::Curve(Hue::Blue), Hue::Blue),
    ("open", "open", Ink::CurveDashed(Hue::Blue), Hue::Blue),
    ("tls-send", "TLS, send", Ink::Curve(Hue::Green), Hue::Green),
    (
        "tls-receive",
        "TLS, receive",
        Ink::CurveDashed(Hue::Green),
        Hue::Green,
    ),
];

/// Curves of the second figure with their inks.
const SUMS: [(&str, Ink, Hue); 6] = [
    ("memcpy", Ink::CurveDashed(Hue::Base), Hue::Base),
    ("crc64-nvme", Ink::Curve(Hue::Blue), Hue::Blue),
    ("crc32", Ink::Curve(Hue::Green), Hue::Green),
    ("crc32c", Ink::CurveDashed(Hue::Green), Hue::Green),
    ("sha-256", Ink::Curve(Hue::Base), Hue::Base),
    ("md5", Ink::Curve(Hue::Red), Hue::Red),
];

/// All of them.
pub(crate) fn figures(calibration: &Calibration) -> Vec<Figure> {
    vec![aes(calibration), sums(calibration), once(calibration)]
}

fn line(calibration: &Calibration, name: &str, label: &str, ink: Ink, hue: Hue) -> Option<Line> {
    let points = calibration.curve.get(name)?;
    Some(Line {
        label: label.into(),
        ink,
        hue,
        points: points
            .iter()
            .map(|p| (p.bytes as f64, p.bytes_per_s() / 1e9))
            .collect(),
    })
}

fn aes(calibration: &Calibration) -> Figure {
    let lines = AES.into_iter();
    let speeds = Speeds {
        lines: lines
            .filter_map(|(name, label, ink, hue)| line(calibration, name, label, ink, hue))
            .collect(),
        floor: crate::calibration::floor_per_s(calibration).map(|per_s| per_s / 1e9),
        is_log: false,
    };
    let floor = match &calibration.floor {
        Some(floor) => format!(
            "The dashed line is the floor: the instructions of AES-256-GCM alone ({}), without \
             loads, stores and counters. Nothing can be faster.",
            floor.instructions
        ),
        None => "The floor of this processor is unknown: no loop for its instructions.".into(),
    };
    Figure {
        id: "fig-aes",
        number: 1,
        word: "AES",
        subject: "AES-256-GCM and TLS by size".into(),
        note: "A small object pays for the start of the cipher, TLS for its records.".into(),
        headline: aes_headline(calibration),
        lede: "10^9 bytes per second of one core, by size, key and connection ready.".into(),
        parts: vec![Part {
            id: "fig-aes-1".into(),
            heading: String::new(),
            title: "Rate of AES-256-GCM and TLS by size".into(),
            desc: "Curves by size of object; the table below holds every number.".into(),
            drawings: both(|size| speeds.draw(size)),
            summary: "AES-256-GCM as a table".into(),
            table: tables::aes(calibration),
        }],
        caption: Text::new(floor),
    }
}

fn sums(calibration: &Calibration) -> Figure {
    let label = |name: &str| {
        let known = CURVES.iter().find(|(known, _)| *known == name);
        known.map_or("", |(_, label)| label)
    };
    let speeds = Speeds {
        lines: SUMS
            .into_iter()
            .filter_map(|(name, ink, hue)| line(calibration, name, label(name), ink, hue))
            .collect(),
        floor: None,
        is_log: true,
    };
    Figure {
        id: "fig-sums",
        number: 2,
        word: "Checksums",
        subject: "Checksums by size".into(),
        note: "S3 computes CRC64-NVME by default. SDKs compute a CRC of what they upload.".into(),
        headline: sums_headline(calibration),
        lede: "10^9 bytes per second of one core, logarithmic.".into(),
        parts: vec![Part {
            id: "fig-sums-1".into(),
            heading: String::new(),
            title: "Rate of checksums and copies by size".into(),
            desc: "Curves by size; the table below holds every number.".into(),
            drawings: both(|size| speeds.draw(size)),
            summary: "TLS, checksums and copies as a table".into(),
            table: tables::others(calibration),
        }],
        caption: Text::new("Copying in memory is drawn for comparison."),
    }
}

/// What fits beside a bar.
fn short(name: &str, about: &str) -> String {
    let kinds = [
        ("envelope-gcm", "AES-GCM envelope"),
        ("envelope-aes-kw", "AES-KW envelope"),
        ("envelope-v3", "V3 envelope"),
        ("envelope-v2", "V2 envelope"),
    ];
    for (kind, words) in kinds {
        if let Some(way) = name.strip_prefix(kind) {
            return format!("{words}, {}", way.trim_start_matches('-'));
        }
    }
    let short = about.replace(" handshake", "").replace("TLS 1.3", "TLS");
    let short = short.replace("X25519 with ML-KEM-768", "ML-KEM");
    short.replace("AES-256-GCM key made ready", "key made ready")
}

/// Size at which curves are compared in words \[bytes\].
const TYPICAL: u64 = 1 << 20;

fn ns_at(calibration: &Calibration, name: &str, bytes: u64) -> Option<f64> {
    let points = calibration.curve.get(name)?;
    points.iter().find(|p| p.bytes == bytes).map(|p| p.ns)
}

fn aes_headline(calibration: &Calibration) -> String {
    let rate = |bytes: u64| Some(bytes as f64 / ns_at(calibration, "seal", bytes)?);
    match (rate(1_024), rate(TYPICAL)) {
        (Some(small), Some(large)) => format!(
            "A byte of 1 MiB is sealed {} times as fast as a byte of 1 KiB",
            significant(large / small, 2)
        ),
        _ => "AES-256-GCM by size".into(),
    }
}

fn sums_headline(calibration: &Calibration) -> String {
    let seal = ns_at(calibration, "seal", TYPICAL);
    let times = |name| Some(significant(ns_at(calibration, name, TYPICAL)? / seal?, 2));
    match (times("crc64-nvme"), times("sha-256"), times("md5")) {
        (Some(crc), Some(sha), Some(md5)) => format!(
            "Of the time that sealing takes, CRC64-NVME takes {crc}, SHA-256 {sha}, MD5 {md5} times"
        ),
        _ => "Checksums by size".into(),
    }
}

fn once_headline(calibration: &Calibration) -> String {
    let ns = |name: &str| calibration.cost.get(name).map(|cost| cost.ns);
    match (ns("tls-full-rsa"), ns("envelope-v3-seal")) {
        (Some(handshake), Some(envelope)) if envelope > 0.0 => format!(
            "A new connection costs as much as {} V3 envelopes",
            significant(handshake / envelope, 2)
        ),
        _ => "Envelopes and handshakes".into(),
    }
}

fn once(calibration: &Calibration) -> Figure {
    let costs = COSTS.iter().filter_map(|(name, about)| {
        let cost = calibration.cost.get(*name)?;
        Some((name, about, cost.ns / 1e3))
    });
    let rows: Vec<BarRow> = costs
        .map(|(name, about, micros)| {
            let fill = if name.starts_with("tls-") {
                Fill::Green
            } else {
                Fill::Blue
            };
            let text = format!("{}{THIN}µs", significant(micros, 3));
            BarRow {
                name: short(name, about),
                strong: false,
                segments: vec![(micros, fill)],
                cells: vec![Number::new(&text, Weight::Strong)],
                end: Number::new(text, Weight::Strong),
            }
        })
        .collect();
    let most = rows.iter().map(|row| row.segments[0].0).fold(0.0, f64::max);
    let bars = Bars {
        rows,
        columns: vec![("Time".into(), None)],
        key: Vec::new(),
        ticks: ticks(most)
            .into_iter()
            .map(|micros| (micros, format!("{}{THIN}µs", grouped(micros, 0))))
            .collect(),
    };
    Figure {
        id: "fig-once",
        number: 3,
        word: "Fixed costs",
        subject: "Envelopes and handshakes".into(),
        note: "What an object or a connection costs whatever its size: why connections are kept \
               and small objects are dear."
            .into(),
        headline: once_headline(calibration),
        lede: "Microseconds of one core of the client.".into(),
        parts: vec![Part {
            id: "fig-once-1".into(),
            heading: String::new(),
            title: "Core time per envelope and per handshake".into(),
            desc: "Bars; the table below holds every number.".into(),
            drawings: both(|size| bars.draw(size)),
            summary: "Envelopes and handshakes as a table".into(),
            table: tables::once(calibration),
        }],
        caption: Text::new(
            "ML-KEM: the key exchange X25519 with ML-KEM-768, which rustls offers by default.",
        ),
    }
}
