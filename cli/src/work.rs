//! What the commands that simulate share: their flags, the folder they write, what they print.
mod breaches;
pub(crate) mod inputs;
pub(crate) mod interrupt;
pub(crate) mod progress;

pub(crate) use progress::Shown;

use crate::args::When;
use crate::exit::{Failure, Outcome};
use crate::files::NAMES;
use crate::format::Format;
use crate::{files, print};
use indicatif::HumanCount;
use keystorm_record::{Record, Status};
use keystorm_scenarios::{Options, RunError, Study, Watch};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How to simulate, and what to do with what comes out.
#[derive(Debug, clap::Args)]
pub(crate) struct Work {
    #[command(flatten)]
    inputs: inputs::Inputs,

    /// Folder for the files [default: out/ and the scenario's name]
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    output: Option<PathBuf>,

    /// Replace the output of another scenario
    #[arg(long, help_heading = "Output")]
    pub(crate) force: bool,

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

impl Work {
    /// Reads the files that the flags name into a study.
    pub(crate) fn prepare(&self, study: &mut Study, color: When) -> Result<(), Failure> {
        self.inputs.prepare(study, color)
    }

    /// The folder for the files: by default `out/` and the scenario's name, with `ending` behind.
    pub(crate) fn folder(&self, scenario: &Path, ending: &str) -> Result<PathBuf, Failure> {
        if self.format == Format::Hgrm {
            let text = "hgrm is a file per variant and operation\n  = help: run, then `keystorm \
                        report RECORD --format hgrm --output FILE`";
            return Err(Failure::Input(text.to_owned()));
        }
        let mut name = scenario.file_stem().unwrap_or_default().to_owned();
        name.push(ending);
        let folder = self.output.clone();
        let folder = folder.unwrap_or_else(|| Path::new("out").join(name));
        if files::is_stdout(&folder) {
            let text =
                "--output names a folder for several files\n  = help: --format prints one result";
            return Err(Failure::Input(text.to_owned()));
        }
        Ok(folder)
    }

    /// Nothing of another scenario lies in the folder, unless it may be replaced; and it can be
    /// written.
    pub(crate) fn ensure_ours(&self, folder: &Path, study: &Study) -> Result<(), Failure> {
        if !self.force {
            files::ensure_ours(folder, &study.path, &study.variants[0].scenario.name)?;
        }
        files::ensure_writable(folder)
    }

    /// The flags here that change the record, for its command.
    pub(crate) fn flags(&self) -> Vec<String> {
        self.inputs.flags()
    }

    /// Simulates a study by `run`, with progress and interrupts.
    pub(crate) fn simulate(
        &self,
        study: &Study,
        command: String,
        run: impl FnOnce(&Study, &Options, &Watch) -> Result<Record, RunError> + Send,
    ) -> Result<Record, Failure> {
        let details = print::Details(self.verbose);
        details.say(|| self.planned(study));
        let begun = Instant::now();
        let record = self
            .watched(command, |options, watch| run(study, options, watch))
            .map_err(failed)?;
        details.say(|| simulated(&record, begun.elapsed()));
        Ok(record)
    }

    /// Does something that simulates, with progress and interrupts.
    pub(crate) fn watched<T>(&self, command: String, run: impl FnOnce(&Options, &Watch) -> T) -> T {
        let watch = Arc::new(Watch::default());
        interrupt::cancel_on_interrupt(&watch, "stop at once and write nothing");
        let options = Options {
            jobs: self.jobs(),
            tie_break: self.inputs.tie_break(),
            every_end_an_event: false,
            parts: None,
            command,
        };
        let shown = progress::Shown::choose(self.progress, self.quiet);
        progress::beside(shown, &watch, || run(&options, &watch))
    }

    /// Whether a plan is to be printed as JSON, not for people.
    ///
    /// # Errors
    /// [`Failure::Input`] for what a plan cannot be printed as.
    pub(crate) fn json(&self) -> Result<bool, Failure> {
        match self.format {
            Format::Table => Ok(false),
            Format::Json => Ok(true),
            _ => Err(Failure::Input(
                "--format of a plan is table or json".to_owned(),
            )),
        }
    }

    /// Whether nothing is printed.
    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Details, if they are wanted.
    pub(crate) fn details(&self) -> print::Details {
        print::Details(self.verbose)
    }

    /// Writes a record and what is drawn from it into a folder, prints the result, and says how it
    /// ended.
    pub(crate) fn finish(
        &self,
        record: &Record,
        folder: &Path,
        color: When,
    ) -> Result<Outcome, Failure> {
        let texts = [
            record.to_json(),
            keystorm_reports::html(record),
            keystorm_reports::series_csv(record),
            keystorm_reports::summary_csv(record),
        ];
        files::write(
            folder,
            NAMES.into_iter().zip(texts.iter().map(String::as_str)),
        )?;
        for (name, text) in NAMES.into_iter().zip(&texts) {
            print::Details(self.verbose).written(&folder.join(name), text);
        }
        if !self.quiet {
            self.print(record, folder, color)?;
        }
        let breaches = breaches::told(record);
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

    fn jobs(&self) -> usize {
        jobs(self.jobs)
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
            self.jobs(),
        )
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

/// Why a run gave no record.
pub(crate) fn failed(error: RunError) -> Failure {
    match error {
        RunError::Cancelled => Failure::Interrupted,
        error if error.is_bad_input() => Failure::Input(error.to_string()),
        error => Failure::Internal(error.to_string()),
    }
}

/// How many to do at a time: as asked for, or one for each core.
pub(crate) fn jobs(asked: Option<NonZero<usize>>) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, NonZero::get);
    asked.map_or_else(cores, NonZero::get)
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
