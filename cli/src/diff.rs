//! `keystorm diff`: two records set against one another, as a gate for changes.
use crate::args::When;
use crate::exit::{Failure, Outcome};
use crate::{files, print, scenario};
use keystorm_record::Record;
use keystorm_reports::{Diff, DiffOptions, DiffOutcome, Expected};
use keystorm_scenarios::catalogue;
use keystorm_scenarios::expect::{self, Condition};
use std::path::{Path, PathBuf};

/// Compare two records: what was set differently, and what came of it
///
/// Variants are matched by name. If seed and window of both are the same, replication i of both saw
/// the same arrivals, and values are subtracted replication by replication; otherwise they are
/// compared as independent samples. A metric is worse if the whole 95 % interval of its difference
/// is worse by more than the tolerance, and inconclusive if the interval holds both what is
/// tolerated and what is not.
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Args {
    /// The record.json to compare with
    #[arg(value_name = "BASE", value_hint = clap::ValueHint::FilePath)]
    base: PathBuf,

    /// The record.json that is judged
    #[arg(value_name = "NEW", value_hint = clap::ValueHint::FilePath)]
    new: PathBuf,

    /// A metric to compare, as often as you like; `keystorm schema metrics` lists them [default:
    /// completion, outcomes, latencies, throughput, KMS calls, cost]
    #[arg(long, value_name = "NAME")]
    metric: Vec<String>,

    /// A variant to compare, as often as you like [default: all that both records have]
    #[arg(long, value_name = "NAME")]
    variant: Vec<String>,

    /// Share of the base by which a metric may get worse, such as `5%`
    #[arg(long, value_name = "SHARE", default_value = "5%", value_parser = tolerance)]
    tolerance: f64,

    /// A condition on every variant of NEW, such as `get.latency.p99<150ms`
    #[arg(long, value_name = "CONDITION")]
    expect: Vec<String>,

    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,

    /// File to write instead of standard output; `-` is standard output
    #[arg(short, long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    output: Option<PathBuf>,
}

/// What a diff prints.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
enum Format {
    /// The finding and a table for people
    Table,
    /// Everything, for programs
    Json,
    /// One line per variant and metric
    Csv,
    /// One JSON object per variant and metric
    Ndjson,
    /// The finding and tables for a pull request or a wiki
    Markdown,
}

const AFTER: &str = "\
Examples:
  keystorm diff out/before/record.json out/after/record.json
  keystorm diff base.json new.json --metric get.latency.p99 --tolerance 10%
  keystorm diff base.json new.json --expect 'kms.throttled-share<0.1%'
  keystorm diff base.json new.json --format markdown >> pull-request.md

Exit codes:
  0    no metric is worse than tolerated, and that is shown
  1    the file cannot be written
  2    a record or a flag is not as it must be
  10   an expectation on NEW is breached
  11   regression: a metric is worse than tolerated
  12   inconclusive: of a metric it cannot be said; how many replications would about decide it
       is printed. Of several codes the first of 11, 10, 12 counts";

/// Compares and prints.
pub(crate) fn diff(args: &Args, color: When) -> Result<Outcome, Failure> {
    for name in &args.metric {
        expect::known(name).map_err(|error| Failure::Input(format!("--metric: {error}")))?;
    }
    let conditions: Vec<Condition> = args
        .expect
        .iter()
        .map(|text| text.parse())
        .collect::<Result<_, _>>()
        .map_err(|error| Failure::Input(format!("--expect: {error}")))?;
    let (base, new) = (read(&args.base)?, read(&args.new)?);
    let options = DiffOptions {
        metrics: unique(&args.metric),
        variants: unique(&args.variant),
        tolerance: args.tolerance,
    };
    let paths = [&args.base, &args.new].map(|it| it.display().to_string());
    let mut diff = Diff::of((&paths[0], &base), (&paths[1], &new), &options)
        .map_err(|error| Failure::Input(error.to_string()))?;
    for variant in &new.variants {
        let judged = expect::judge(&conditions, &variant.metrics);
        let named = judged.into_iter().zip(&conditions);
        diff.expectations
            .extend(named.map(|(expectation, condition)| Expected {
                variant: variant.name.clone(),
                unit: condition.unit,
                expectation,
            }));
    }
    args.print(&diff, color)?;
    Ok(match diff.outcome() {
        DiffOutcome::Fine => Outcome::Fine,
        DiffOutcome::Regression => Outcome::Regression,
        DiffOutcome::Breached => Outcome::Breached,
        DiffOutcome::Inconclusive => Outcome::Inconclusive,
    })
}

impl Args {
    fn print(&self, diff: &Diff, color: When) -> Result<(), Failure> {
        let file = self.output.as_deref().filter(|it| !files::is_stdout(it));
        // A file is no terminal.
        let color = match (file, color) {
            (Some(_), When::Auto) => When::Never,
            (_, color) => color,
        };
        let text = match self.format {
            Format::Table => print::diff(diff, color),
            Format::Json => keystorm_reports::diff_json(diff),
            Format::Csv => keystorm_reports::diff_csv(diff),
            Format::Ndjson => keystorm_reports::diff_ndjson(diff),
            Format::Markdown => keystorm_reports::diff_markdown(diff),
        };
        match file {
            Some(file) => files::write_one(file, &text),
            None => print::result(&text),
        }
    }
}

/// Reads a record; metrics of older ones get their directions.
fn read(path: &Path) -> Result<Record, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| scenario::unreadable(path, &error, "`keystorm run` writes one"))?;
    let mut record = Record::from_json(&text)
        .map_err(|error| Failure::Input(format!("{}: {error}", path.display())))?;
    for info in catalogue::metrics() {
        for variant in &mut record.variants {
            if let Some(metric) = variant.metrics.get_mut(&info.name) {
                metric.better = metric.better.or(info.better);
            }
        }
    }
    Ok(record)
}

/// Each name once, in order.
fn unique(names: &[String]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for name in names {
        if !found.contains(name) {
            found.push(name.clone());
        }
    }
    found
}

/// A share such as `5%`, `5 %` or `0.05`.
fn tolerance(text: &str) -> Result<f64, String> {
    let (number, scale) = match text.trim().strip_suffix('%') {
        Some(number) => (number.trim_end(), 100.0),
        None => (text.trim(), 1.0),
    };
    let share = number.parse().map(|it: f64| it / scale);
    match share {
        Ok(share) if share.is_finite() && share >= 0.0 => Ok(share),
        _ => Err("expected a share such as 5% or 0.05".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::tolerance;

    // Goal: shares are read in each spelling, and nothing else is.
    // Method: one text of each kind.
    #[test]
    fn tolerances_are_shares() {
        assert_eq!(tolerance("5%"), Ok(0.05));
        assert_eq!(tolerance("0.5 %"), Ok(0.005));
        assert_eq!(tolerance("0"), Ok(0.0));
        assert_eq!(tolerance("0.1"), Ok(0.1));
        for wrong in ["", "%", "-1%", "nan", "inf", "5 points"] {
            assert!(tolerance(wrong).is_err(), "{wrong}");
        }
    }
}
