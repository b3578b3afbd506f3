use super::{core_hours, cost, curve, floor_per_s, nanos, point, size, spread};
use crate::number::{share, significant};
use crate::table::{Cell, Table};
use keystorm_record::{COSTS, CURVES, Calibration};

/// AES-256-GCM by size: time, interval, rate, share of the floor, core-hours per terabyte.
pub(crate) fn aes(calibration: &Calibration) -> Table {
    let head = [
        "Size", "Seal", "±", "Open", "±", "GB/s", "Of floor", "V3, h/TB",
    ];
    let mut table = Table::new(&head);
    let floor = floor_per_s(calibration);
    for seal in curve(calibration, "seal") {
        let open = point(calibration, "open", seal.bytes);
        table.row(
            size(seal.bytes),
            vec![
                Cell::number(seal.ns, nanos(seal.ns)),
                interval(seal.ns, seal.low, seal.high),
                Cell::optional(open.map(|p| p.ns), nanos),
                open.map_or_else(Cell::nothing, |p| interval(p.ns, p.low, p.high)),
                gigabytes(seal.bytes_per_s()),
                Cell::optional(floor.map(|floor| seal.bytes_per_s() / floor), share),
                Cell::optional(core_hours(calibration, seal), |h| significant(h, 3)),
            ],
        );
    }
    if floor.is_none() {
        table.remove("Of floor");
    }
    table.noted(
        "Time of one core; ± is half of the 95 % interval of the median. GB/s is sealing, 10^9 \
         bytes. V3, h/TB: core-hours to seal 10^12 bytes in objects of that size in the S3 \
         Encryption Client's format V3, a fresh data key for each.",
    )
}

/// GB/s of everything else with a size.
pub(crate) fn others(calibration: &Calibration) -> Table {
    let names: Vec<_> = CURVES
        .iter()
        .filter(|(name, _)| !name.starts_with("seal") && !name.starts_with("open"))
        .collect();
    let short = |name: &str| match name {
        "tls-send" => "TLS send".to_owned(),
        "tls-receive" => "TLS recv".to_owned(),
        "crc64-nvme" | "crc32" | "crc32c" | "sha-256" | "md5" => name.to_uppercase(),
        _ => name.to_owned(),
    };
    let mut head = vec!["Size".to_owned()];
    head.extend(names.iter().map(|(name, _)| short(name)));
    let mut sizes: Vec<u64> = names
        .iter()
        .flat_map(|(name, _)| curve(calibration, name))
        .map(|p| p.bytes)
        .collect();
    sizes.sort_unstable();
    sizes.dedup();
    let mut table = Table::new(&head.iter().map(String::as_str).collect::<Vec<_>>());
    for bytes in sizes {
        let cell = |name: &str| {
            point(calibration, name, bytes)
                .map_or_else(Cell::nothing, |p| gigabytes(p.bytes_per_s()))
        };
        table.row(
            size(bytes),
            names.iter().map(|(name, _)| cell(name)).collect(),
        );
    }
    table.noted("10^9 bytes per second of one core; a dash is a size that was not measured.")
}

/// What costs the same whatever the size.
pub(crate) fn once(calibration: &Calibration) -> Table {
    let mut table = Table::new(&["Once per object or connection", "Time", "±", "Samples"]);
    for (name, about) in COSTS {
        let Some(cost) = cost(calibration, name) else {
            continue;
        };
        let cells = vec![
            Cell::number(cost.ns, nanos(cost.ns)),
            interval(cost.ns, cost.low, cost.high),
            Cell::number(cost.samples as f64, cost.samples.to_string()),
        ];
        table.row(about, cells);
    }
    table.noted(
        "Time of one core of the client. Envelopes are measured around 64 bytes, whose sealing or \
         opening is taken away; handshakes from making the connection to having read the server's \
         tickets, with a root, an intermediate and a leaf certificate.",
    )
}

fn interval(ns: f64, low: f64, high: f64) -> Cell {
    let spread = spread(ns, low, high);
    Cell::number(spread, share(spread))
}

fn gigabytes(per_s: f64) -> Cell {
    Cell::number(per_s / 1e9, significant(per_s / 1e9, 3))
}
