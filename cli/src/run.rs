//! `keystorm run`: a scenario in, a verdict, a record and a report out.
mod breaches;
mod interrupt;
mod logs;
mod progress;

pub(crate) use progress::Shown;

use crate::args::When;
use crate::exit::{Failure, Outcome};
use crate::files::NAMES;
use crate::format::Format;
use crate::{files, print, scenario};
use indicatif::HumanCount;
use keystorm_record::{Record, Status};
use keystorm_scenarios::{Calibration, Options, PriceFile, RunError, Study, TieBreak, Watch};
use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Simulate a scenario and write its record and report
///
/// Simulates every variant of the scenario, prints a verdict and a table, and writes record.json
/// (everything that was found), report.html (to read and to pass on), series.csv (second by second)
/// and summary.csv (a line per variant and figure) into one folder. The same scenario and seed give
/// the same bytes, whatever the machine and the number of jobs.
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Args {
    #[command(flatten)]
    scenario: scenario::Input,

    /// Order of events at the same instant; what you conclude should hold for both
    #[arg(
        long,
        value_name = "ORDER",
        default_value = "schedule",
        help_heading = "Scenario"
    )]
    tie_break: Order,

    /// What encryption costs a core, as `keystorm calibrate` wrote it [default: keystorm's own, of
    /// another machine]
    ///
    /// Client-side encryption takes these times unless the scenario gives `clients.crypto-rate`.
    #[arg(
        long,
        value_name = "FILE",
        value_hint = clap::ValueHint::FilePath,
        help_heading = "Scenario"
    )]
    calibration: Option<PathBuf>,

    /// Prices in place of keystorm's, as `keystorm facts prices --format toml` prints them
    #[arg(
        long,
        value_name = "FILE",
        value_hint = clap::ValueHint::FilePath,
        help_heading = "Scenario"
    )]
    prices: Option<PathBuf>,

    #[command(flatten)]
    logs: logs::Wanted,

    /// Folder for the files [default: out/ and the scenario's name]
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    output: Option<PathBuf>,

    /// Replace the output of another scenario
    #[arg(long, help_heading = "Output")]
    force: bool,

    /// What to print
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "table",
        help_heading = "Output"
    )]
    format: Format,

    /// Print nothing but errors and breached expectations
    #[arg(short, long, help_heading = "Output")]
    quiet: bool,

    /// Tell on standard error what is being done: files, seeds, replications, times
    #[arg(short, long, conflicts_with = "quiet", help_heading = "Output")]
    verbose: bool,

    /// When to show progress on standard error
    #[arg(
        long,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Output"
    )]
    progress: When,

    /// Replications simulated at a time; changes nothing but the time it takes [default: cores]
    #[arg(short, long, value_name = "N", help_heading = "Output")]
    jobs: Option<NonZero<usize>>,
}

/// Order of events at the same instant.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
enum Order {
    /// In the order in which they were scheduled
    Schedule,
    /// In an order drawn at random from the seed
    Shuffled,
}

const AFTER: &str = "\
Examples:
  keystorm run scenarios/library/quickstart.toml
  keystorm run my.toml --set kms.request-quota=50_000/s --set kms.other-load=0/s
  keystorm run my.toml --requests-max 20000                    a quick look
  keystorm run my.toml --calibration m7a.toml                  cores as measured there
  keystorm run my.toml --prices prices.toml                    what you pay
  keystorm run my.toml --audit trail.json.gz                   each KMS call, as CloudTrail has it
  keystorm run my.toml -q --expect 'kms.throttled-share<0.1%'  a gate for CI
  keystorm run my.toml --format json | jq .

Exit codes:
  0    simulated and written
  1    internal error, or a file cannot be written
  2    a mistake in the scenario or a flag, or the folder holds another scenario's output;
       nothing was written
  10   simulated and written, but an expectation is breached
  130  interrupted: the replications that had finished were written. Interrupt twice to stop
       at once and write nothing";

/// Simulates and writes; prints the result.
pub(crate) fn run(args: &Args, color: When) -> Result<Outcome, Failure> {
    let details = print::Details(args.verbose);
    let mut study = args.scenario.load(color)?;
    if let Some(path) = &args.calibration {
        study.calibration = Arc::new(calibration(path)?);
    }
    if let Some(path) = &args.prices {
        study.prices = Some(prices(path, color)?);
    }
    let logs = args.logs.files(&study, args.force)?;
    if args.format == Format::Hgrm {
        let text = "hgrm is a file per variant and operation\n  = help: run, then `keystorm report \
                    RECORD --format hgrm --output FILE`";
        return Err(Failure::Input(text.to_owned()));
    }
    let folder = args.folder();
    if files::is_stdout(&folder) {
        let text =
            "--output names a folder for several files\n  = help: --format prints one result";
        return Err(Failure::Input(text.to_owned()));
    }
    if !args.force {
        files::ensure_ours(&folder, &study.path, &study.variants[0].scenario.name)?;
    }
    files::ensure_writable(&folder)?;

    details.say(|| args.planned(&study));
    let begun = Instant::now();
    let record = args.simulate(&study, logs.as_ref())?;
    details.say(|| simulated(&record, begun.elapsed()));
    let texts = [
        record.to_json(),
        keystorm_reports::html(&record),
        keystorm_reports::series_csv(&record),
        keystorm_reports::summary_csv(&record),
    ];
    files::write(
        &folder,
        NAMES.into_iter().zip(texts.iter().map(String::as_str)),
    )?;
    for (name, text) in NAMES.into_iter().zip(&texts) {
        details.written(&folder.join(name), text);
    }

    if !args.quiet {
        args.print(&record, &folder, color)?;
    }
    let breaches = breaches::told(&record);
    for breach in &breaches {
        print::remark(breach);
    }
    if record.status == Status::Interrupted {
        print::remark(&format!(
            "interrupted: the record holds the replications that had finished, of {} planned",
            record.replications_planned
        ));
        return Ok(Outcome::Interrupted);
    }
    Ok(if breaches.is_empty() {
        Outcome::Fine
    } else {
        Outcome::Breached
    })
}

impl Args {
    fn folder(&self) -> PathBuf {
        let stem = self.scenario.path.file_stem().unwrap_or_default();
        self.output
            .clone()
            .unwrap_or_else(|| Path::new("out").join(stem))
    }

    /// What is going to be done, for `--verbose`.
    fn planned(&self, study: &Study) -> String {
        let names: Vec<_> = study.variants.iter().map(|it| it.name.as_str()).collect();
        let run = &study.variants[0].scenario;
        format!(
            "read {}: {} variants ({}), {} replications each, seed {}, {} at a time",
            study.path,
            names.len(),
            names.join("; "),
            run.run.replications,
            run.seed,
            self.jobs.map_or_else(cores, NonZero::get),
        )
    }

    fn simulate(&self, study: &Study, logs: Option<&logs::Files>) -> Result<Record, Failure> {
        let watch = Arc::new(Watch::default());
        interrupt::cancel_on_interrupt(&watch);
        let calibration = self.calibration.as_deref().map(scenario::shown);
        let prices = self.prices.as_deref().map(scenario::shown);
        let mut flags = Vec::new();
        for (flag, file) in [("--calibration", &calibration), ("--prices", &prices)] {
            if let Some(file) = file {
                flags.extend([flag, file]);
            }
        }
        let tie_break = match self.tie_break {
            Order::Schedule => TieBreak::Schedule,
            Order::Shuffled => {
                flags.extend(["--tie-break", "shuffled"]);
                TieBreak::Shuffled
            }
        };
        let options = Options {
            jobs: self.jobs.map_or_else(cores, NonZero::get),
            tie_break,
            every_end_an_event: false,
            parts: None,
            command: self.scenario.command(&flags),
        };
        let shown = progress::Shown::choose(self.progress, self.quiet);
        progress::beside(shown, &watch, || {
            let logs = logs.map(|it| it as &dyn keystorm_scenarios::Logs);
            keystorm_scenarios::run_logged(study, &options, &watch, logs)
        })
        .map_err(|error| match error {
            RunError::Cancelled => Failure::Interrupted,
            error if error.is_bad_input() => Failure::Input(error.to_string()),
            error => Failure::Internal(error.to_string()),
        })
    }

    /// Prints the result, and where the report is: as its last line where people read it, beside
    /// it where programs do.
    fn print(&self, record: &Record, folder: &Path, color: When) -> Result<(), Failure> {
        let place = format!("report: {}", folder.join(NAMES[1]).display());
        match self.format {
            Format::Table => {
                print::result(&format!("{}\n{place}\n", print::table(record, color)))?;
            }
            other => {
                for (_, text) in other.draw(record, color) {
                    print::result(&text)?;
                }
            }
        }
        if self.format != Format::Table {
            print::remark(&place);
        }
        Ok(())
    }
}

/// What was done, for `--verbose`.
fn simulated(record: &Record, time: Duration) -> String {
    let replications = record.variants.iter().flat_map(|it| &it.replications);
    let counts = replications.flat_map(|it| &it.classes);
    let requests: u64 = counts.map(|it| it.requests.0).sum();
    let count = record.variants.iter().map(|it| it.replications.len());
    format!(
        "simulated {} replications with {} measured requests in {:.2} s",
        count.sum::<usize>(),
        HumanCount(requests),
        time.as_secs_f64()
    )
}

/// Reads a calibration.
fn calibration(path: &Path) -> Result<Calibration, Failure> {
    let text = fs::read_to_string(path).map_err(|error| {
        scenario::unreadable(path, &error, "`keystorm calibrate -o FILE` writes one")
    })?;
    Calibration::read(&text).map_err(|error| Failure::Input(format!("{}: {error}", path.display())))
}

/// Reads a file of prices.
fn prices(path: &Path, color: When) -> Result<PriceFile, Failure> {
    let text = fs::read_to_string(path).map_err(|error| {
        let help = "`keystorm facts prices --format toml` prints one to start from";
        scenario::unreadable(path, &error, help)
    })?;
    PriceFile::read(&scenario::shown(path), &text).map_err(|diagnostics| {
        Failure::Diagnostics(diagnostics.render(color.colors(&std::io::stderr())))
    })
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}
