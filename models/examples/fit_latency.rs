//! Fits the tables of first-byte latency to measured latencies and writes them to `models/data`.
//!
//! ```text
//! KEYSTORM_DATA=folder cargo run --release -p keystorm-models --example fit_latency
//! ```
//!
//! The folder must hold `skyrise-s3-latency/s3s_latency_1a.csv` to `1d.csv` and
//! `s3e_latency_1a.csv`: a `#` line, then lines `op,repetition,invocation,start,end` followed by
//! 1,000 latencies \[ms\] each. The first latency of a line contains the set-up of the connection
//! and is left out.
//!
//! The fit: begin with points on the samples' quantile function at round quantiles; while the
//! polygon through the points is further off than [`TOLERANCE`] anywhere within what is judged, add
//! a point where it is furthest off.
use keystorm_sim::draw::{Quantiles, whole};
use std::fmt::Write as _;
use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;
use std::process::ExitCode;

/// Relative error at which no further point is added.
const TOLERANCE: f64 = 0.004;

/// Quantile from which a table is judged; below it single samples decide.
const JUDGED_FROM: f64 = 0.001;

/// Quantiles that every table has.
const FIXED: [f64; 11] = [
    0.0, 0.001, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.999_95, 0.999_98, 0.999_99, 1.0,
];

/// An operation whose latency is fitted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operation {
    /// Its name in S3, such as `GET`.
    pub(crate) name: &'static str,
    /// The storage class.
    pub(crate) class: &'static str,
    /// The runs that are pooled: files of the data, without `.csv`.
    pub(crate) runs: &'static [&'static str],
    /// Those runs in words.
    runs_in_words: &'static str,
    /// Quantile up to which the table is judged; beyond it single samples decide.
    judged_to: f64,
    /// Its name in the data.
    op: &'static str,
    /// File of its table, in `models/data`.
    pub(crate) file: &'static str,
}

/// The operations that have a table.
pub(crate) const OPERATIONS: [Operation; 4] = [
    Operation {
        file: "s3-standard-get-first-byte.csv",
        ..of_standard("GET", "READ")
    },
    Operation {
        file: "s3-standard-put-first-byte.csv",
        ..of_standard("PUT", "WRITE")
    },
    Operation {
        file: "s3-express-get-first-byte.csv",
        ..of_express("GET", "READ")
    },
    Operation {
        file: "s3-express-put-first-byte.csv",
        ..of_express("PUT", "WRITE")
    },
];

impl Operation {
    /// Quantiles between which the table is judged.
    pub(crate) fn judged(self) -> RangeInclusive<f64> {
        JUDGED_FROM..=self.judged_to
    }
}

const fn of_standard(name: &'static str, op: &'static str) -> Operation {
    Operation {
        name,
        class: "S3 Standard",
        runs: &[
            "s3s_latency_1a",
            "s3s_latency_1b",
            "s3s_latency_1c",
            "s3s_latency_1d",
        ],
        runs_in_words: "runs\n#   s3s_latency_1a to 1d",
        judged_to: 0.9999,
        op,
        file: "",
    }
}

const fn of_express(name: &'static str, op: &'static str) -> Operation {
    Operation {
        name,
        class: "S3 Express One Zone",
        runs: &["s3e_latency_1a"],
        runs_in_words: "run\n#   s3e_latency_1a",
        judged_to: 0.999,
        op,
        file: "",
    }
}

/// Latencies \[ns\] of `operation` in all runs, sorted.
pub(crate) fn samples(data: &Path, operation: Operation) -> Result<Vec<u64>, String> {
    let mut samples = Vec::new();
    for run in operation.runs {
        let path = data.join(format!("skyrise-s3-latency/{run}.csv"));
        let text = fs::read_to_string(&path).map_err(|why| format!("{}: {why}", path.display()))?;
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let mut cells = line.split(',');
            if cells.next() != Some(operation.op) {
                continue;
            }
            // Repetition, invocation, start, end, and the latency with the connection's set-up.
            for cell in cells.skip(5) {
                let millis: f64 = cell
                    .parse()
                    .map_err(|why| format!("{}: {cell:?}: {why}", path.display()))?;
                samples.push(whole((millis * 1e6 + 0.5).floor()));
            }
        }
    }
    samples.sort_unstable();
    Ok(samples)
}

/// A table and how far it is from its samples.
#[derive(Debug)]
pub(crate) struct Fit {
    /// Points (quantile, time \[ns\]).
    pub(crate) knots: Vec<(f64, u64)>,
    /// Largest relative error of a time within what is judged.
    pub(crate) error_largest: f64,
    /// Relative error of the mean, signed.
    pub(crate) error_of_mean: f64,
}

/// Fits a table to sorted samples \[ns\].
pub(crate) fn fit(operation: Operation, samples: &[u64]) -> Fit {
    let judged = &operation.judged();
    let knot = |quantile: f64| {
        (
            quantile,
            whole((empirical(samples, quantile) + 0.5).floor()),
        )
    };
    let fixed = FIXED.map(knot);
    let mut segments: Vec<_> = fixed
        .windows(2)
        .map(|pair| Segment::new(samples, judged, pair[0], pair[1]))
        .collect();
    loop {
        let (index, furthest) = segments
            .iter()
            .enumerate()
            .max_by(|left, right| left.1.error.total_cmp(&right.1.error))
            .expect("there is a segment between any two knots");
        if furthest.error <= TOLERANCE {
            break;
        }
        let between = knot((furthest.furthest * 1e6).round() / 1e6);
        let (from, to) = (furthest.from, furthest.to);
        assert!(
            from.0 < between.0 && between.0 < to.0,
            "a new knot lies between its neighbours"
        );
        let halves = [
            Segment::new(samples, judged, from, between),
            Segment::new(samples, judged, between, to),
        ];
        segments.splice(index..=index, halves);
    }
    let mut knots: Vec<_> = segments.iter().map(|segment| segment.from).collect();
    knots.push(fixed[FIXED.len() - 1]);
    let mean = samples.iter().map(|&nanos| nanos as f64).sum::<f64>() / samples.len() as f64;
    let table = Quantiles::new(&knots).expect("knots of sorted samples are quantiles");
    Fit {
        error_largest: segments
            .iter()
            .map(|segment| segment.error)
            .fold(0.0, f64::max),
        error_of_mean: table.mean_nanos() / mean - 1.0,
        knots,
    }
}

/// A straight piece of the table.
struct Segment {
    from: (f64, u64),
    to: (f64, u64),
    /// Largest relative error within what is judged.
    error: f64,
    /// The quantile that has it.
    furthest: f64,
}

impl Segment {
    fn new(
        samples: &[u64],
        judged: &RangeInclusive<f64>,
        from: (f64, u64),
        to: (f64, u64),
    ) -> Self {
        let slope = (to.1 as f64 - from.1 as f64) / (to.0 - from.0);
        let mut segment = Self {
            from,
            to,
            error: 0.0,
            furthest: from.0,
        };
        let last = (samples.len() - 1) as f64;
        let first = usize::try_from(whole((from.0 * last).floor())).expect("an index of a sample");
        for (index, &sample) in samples.iter().enumerate().skip(first) {
            let quantile = index as f64 / last;
            if quantile > to.0 {
                break;
            }
            if quantile <= from.0 || !judged.contains(&quantile) {
                continue;
            }
            let nanos = from.1 as f64 + slope * (quantile - from.0);
            let error = (nanos / sample as f64 - 1.0).abs();
            if error > segment.error {
                (segment.error, segment.furthest) = (error, quantile);
            }
        }
        segment
    }
}

/// Time \[ns\] at `quantile` of sorted samples: the sample with index `quantile` × (n - 1), linear
/// in between.
fn empirical(samples: &[u64], quantile: f64) -> f64 {
    let position = quantile * (samples.len() - 1) as f64;
    let index = usize::try_from(whole(position.floor())).expect("an index of a sample");
    let below = samples[index] as f64;
    let above = samples[(index + 1).min(samples.len() - 1)] as f64;
    below + (above - below) * (position - index as f64)
}

/// The table as it is committed: a head that says how it was made, then the points.
pub(crate) fn table(operation: Operation, samples: &[u64], fit: &Fit) -> String {
    let mut text = format!(
        "\
# Time of a {name} of a small object on {class} without its transfer, as quantiles, linear in
# between.
# source: hpides/skyrise@37fbfdcf, resources/benchmark/measurement/storage_latency/s3, \
{runs}: 1 KB objects, AWS Lambda to S3 in one Region.
# licence: MIT, Copyright (c) 2016-2025 Hasso Plattner Institute.
# measured: 2024-04-18
# samples: {count}, the first of each series of 1,000 left out (it set up the connection)
# fitted by: models/examples/fit_latency.rs
# fit error: at most {largest:.2} % of the time from quantile {from} to {to}; mean {mean:+.2} %
quantile,time_ns
",
        name = operation.name,
        class = operation.class,
        runs = operation.runs_in_words,
        count = samples.len(),
        largest = fit.error_largest * 100.0,
        from = operation.judged().start(),
        to = operation.judged().end(),
        mean = fit.error_of_mean * 100.0,
    );
    for (quantile, nanos) in &fit.knots {
        writeln!(text, "{quantile},{nanos}").expect("a string takes all text");
    }
    text
}

#[allow(dead_code, reason = "a test takes this file in as a module")]
#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal"
)]
fn main() -> ExitCode {
    let Some(data) = std::env::var_os("KEYSTORM_DATA") else {
        eprintln!("error: KEYSTORM_DATA is not set; it names the folder of the shared data");
        return ExitCode::from(2);
    };
    for operation in OPERATIONS {
        let samples = match samples(Path::new(&data), operation) {
            Ok(samples) => samples,
            Err(why) => {
                eprintln!("error: {why}");
                return ExitCode::from(2);
            }
        };
        let fit = fit(operation, &samples);
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("data")
            .join(operation.file);
        if let Err(why) = fs::write(&path, table(operation, &samples, &fit)) {
            eprintln!("error: {}: {why}", path.display());
            return ExitCode::FAILURE;
        }
        println!(
            "{}: {} samples, {} points, largest error {:.3} %, mean {:+.3} %",
            operation.file,
            samples.len(),
            fit.knots.len(),
            fit.error_largest * 100.0,
            fit.error_of_mean * 100.0,
        );
    }
    ExitCode::SUCCESS
}
