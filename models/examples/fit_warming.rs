//! Fits the time until S3 splits a partition to the throughput of a bucket under growing load, and
//! writes it to `models/data`.
//!
//! ```text
//! KEYSTORM_DATA=folder cargo run --release -p keystorm-models --example fit_warming
//! ```
//!
//! The folder must hold `skyrise-s3-warming/warming.csv`: a fresh bucket, read by 20 to 48 Lambda
//! functions in a closed loop, in steps of ten repetitions.
//!
//! The fit: functions ask for a rate in proportion to their number; a bucket of p partitions admits
//! p times the documented rate; it begins with one, and all split in two when they have been
//! hot for long enough (keys are spread evenly). Two numbers are fitted by least squares of the
//! relative errors of the steps' mean rates: that time, and the rate that one function asks for,
//! which belongs to the benchmark and is dropped. What counts as hot is not fitted: from 40 to 95 %
//! of a rate, the steps come out the same.
//!
//! The steps rise so slowly that they cannot tell a split from functions that ask for more: any
//! short time fits. The longest one that fits nearly as well is taken, since it promises least.
use std::fmt::{Display, Write as _};
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::str::FromStr;

/// Reads per second of one partition, as documented.
const PARTITION_READS: f64 = 5_500.0;

/// Share of that rate from which a partition is hot. Assumed: see above.
pub(crate) const HEAT_PERCENT: u32 = 80;

/// Longest pause that heat survives \[s\]. Assumed: the steps are up to 20 s apart.
pub(crate) const PAUSE_S: u32 = 60;

/// A fit whose error is at most this many times the least one is as good.
pub(crate) const AS_GOOD: f64 = 1.3;

/// File of the result, in `models/data`.
pub(crate) const FILE: &str = "s3-prefix-splitting.csv";

/// One repetition of the benchmark.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Repetition {
    /// When it was, since the first one \[s\].
    pub(crate) at: u32,
    /// Functions at work.
    pub(crate) functions: u32,
    /// Number of its step, from 1.
    pub(crate) step: usize,
    /// Reads per second.
    pub(crate) rate: f64,
}

/// The repetitions in `data`.
pub(crate) fn repetitions(data: &Path) -> Result<Vec<Repetition>, String> {
    let path = data.join("skyrise-s3-warming/warming.csv");
    let wrong = |why: &dyn Display| format!("{}: {why}", path.display());
    let mut reader = csv::Reader::from_path(&path).map_err(|why| wrong(&why))?;
    let header = reader.headers().map_err(|why| wrong(&why))?.clone();
    let column = |name: &str| header.iter().position(|cell| cell == name);
    let columns = ["timestamp", "lambda_concurrency", "step", "average_iops"].map(column);
    let [Some(time), Some(functions), Some(step), Some(rate)] = columns else {
        return Err(wrong(&"a column is missing"));
    };
    let mut repetitions = Vec::new();
    let mut start = None;
    for row in reader.records() {
        let row = row.map_err(|why| wrong(&why))?;
        // The clock's part of `20240319T003135`: all repetitions are within an hour.
        let seconds = row[time].get(9..15).and_then(|clock| {
            let digits: u32 = clock.parse().ok()?;
            Some(digits / 10_000 * 3_600 + digits / 100 % 100 * 60 + digits % 100)
        });
        let seconds = seconds.ok_or_else(|| wrong(&format!("{:?} is no time", &row[time])))?;
        repetitions.push(Repetition {
            at: seconds - *start.get_or_insert(seconds),
            functions: number(&row[functions]).map_err(|why| wrong(&why))?,
            step: number(&row[step]).map_err(|why| wrong(&why))?,
            rate: number(&row[rate]).map_err(|why| wrong(&why))?,
        });
    }
    Ok(repetitions)
}

fn number<T: FromStr<Err: Display>>(cell: &str) -> Result<T, String> {
    cell.parse().map_err(|why| format!("{cell:?}: {why}"))
}

/// The result and how far it is from the steps.
#[derive(Clone, Debug)]
pub(crate) struct Fit {
    /// Time under heat until a split \[s\].
    pub(crate) until_split_s: u32,
    /// Reads per second that one function asks for.
    pub(crate) per_function: u32,
    /// By step: functions, measured and fitted reads per second.
    pub(crate) steps: Vec<(u32, f64, f64)>,
    /// Root of the mean square of the steps' relative errors.
    pub(crate) error: f64,
    /// The largest of them, signed.
    pub(crate) error_largest: f64,
    /// That error at the time that fits best, and that time \[s\].
    pub(crate) best: (f64, u32),
    /// That error if nothing splits.
    pub(crate) without: f64,
}

/// Fits the rule to the repetitions.
pub(crate) fn fit(repetitions: &[Repetition]) -> Fit {
    let at_best_rate = |until_split_s| {
        let rates = 240..=360;
        rates
            .map(|per_function| predict(repetitions, until_split_s, per_function))
            .min_by(|a, b| a.error.total_cmp(&b.error))
            .expect("some rates were tried")
    };
    let fits: Vec<_> = (20..=900).step_by(5).map(at_best_rate).collect();
    let best = fits.iter().min_by(|a, b| a.error.total_cmp(&b.error));
    let best = best.expect("some times were tried");
    let good = |it: &&Fit| it.error <= AS_GOOD * best.error;
    let longest = fits.iter().rfind(good).expect("the best is as good");
    Fit {
        best: (best.error, best.until_split_s),
        without: at_best_rate(u32::MAX).error,
        ..longest.clone()
    }
}

/// The rates that this rule gives.
pub(crate) fn predict(repetitions: &[Repetition], until_split_s: u32, per_function: u32) -> Fit {
    let last = repetitions.last().map_or(0, |it| it.step);
    let mut sums = vec![(0, 0.0, 0.0, 0.0); last];
    let mut capacity = PARTITION_READS;
    let mut heat: Option<(u32, u32)> = None;
    for it in repetitions {
        let asked = f64::from(it.functions * per_function);
        if let Some((since, _)) = heat.filter(|&(since, _)| it.at - since >= until_split_s) {
            debug_assert!(since < it.at, "a split takes time");
            capacity *= 2.0;
            heat = None;
        }
        if asked >= capacity * f64::from(HEAT_PERCENT) / 100.0 {
            let since = heat.filter(|(_, last)| it.at - last <= PAUSE_S);
            heat = Some((since.map_or(it.at, |(since, _)| since), it.at));
        }
        let sum = &mut sums[it.step - 1];
        sum.0 = it.functions;
        sum.1 += it.rate;
        sum.2 += asked.min(capacity);
        sum.3 += 1.0;
    }
    let steps: Vec<_> = sums.iter().map(|s| (s.0, s.1 / s.3, s.2 / s.3)).collect();
    let errors: Vec<f64> = steps.iter().map(|(_, is, fits)| fits / is - 1.0).collect();
    let square = errors.iter().map(|it| it * it).sum::<f64>() / errors.len() as f64;
    let largest = errors
        .into_iter()
        .max_by(|a, b| a.abs().total_cmp(&b.abs()));
    Fit {
        until_split_s,
        per_function,
        steps,
        error: square.sqrt(),
        error_largest: largest.unwrap_or(0.0),
        best: (f64::NAN, 0),
        without: f64::NAN,
    }
}

/// The table as it is committed: a head that says how it was made, then the numbers.
pub(crate) fn table(fit: &Fit) -> String {
    let mut text = format!(
        "\
# When S3 splits a partition of a prefix.
# source: hpides/skyrise@37fbfdcf, script/benchmark/plot/object_storage_warming.py: a fresh bucket,
#   GETs of 1 KB by 20 to 48 AWS Lambda functions, 15 steps of one minute.
# licence: MIT, Copyright (c) 2016-2025 Hasso Plattner Institute.
# measured: 2024-03-19
# fitted by: models/examples/fit_warming.rs
# fit error: {error:.1} % of a step's rate (root mean square), {largest:+.0} % at most, with {each}
#   reads/s per function. The best time, {best_s} s, has {best:.1} %; any up to this one has at most
#   {AS_GOOD} times that; without splits it is {without:.0} %.
#   step, functions, measured reads/s, fitted reads/s:
",
        error = fit.error * 100.0,
        largest = fit.error_largest * 100.0,
        each = fit.per_function,
        best_s = fit.best.1,
        best = fit.best.0 * 100.0,
        without = fit.without * 100.0,
    );
    for (step, (functions, is, fits)) in (1..).zip(&fit.steps) {
        writeln!(text, "#   {step:2}, {functions}, {is:.0}, {fits:.0}").expect("a string");
    }
    write!(
        text,
        "heat_percent,pause_s,until_split_s\n{HEAT_PERCENT},{PAUSE_S},{}\n",
        fit.until_split_s
    )
    .expect("a string takes all text");
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
    let repetitions = match repetitions(Path::new(&data)) {
        Ok(repetitions) => repetitions,
        Err(why) => {
            eprintln!("error: {why}");
            return ExitCode::from(2);
        }
    };
    let fit = fit(&repetitions);
    let text = table(&fit);
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("data")
        .join(FILE);
    if let Err(why) = fs::write(&path, &text) {
        eprintln!("error: {}: {why}", path.display());
        return ExitCode::FAILURE;
    }
    print!("{text}");
    ExitCode::SUCCESS
}
