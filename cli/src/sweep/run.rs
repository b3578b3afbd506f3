//! `keystorm sweep run`: simulates a sweep or a share of it, from where it was left.
use super::result::{Format, Wanted};
use super::{folder, prepare, result, shard};
use crate::args::When;
use crate::exit::{Failure, Outcome};
use crate::work::{Shown, interrupt, jobs, progress};
use crate::{print, scenario};
use indicatif::HumanCount;
use keystorm_scenarios::Watch;
use keystorm_scenarios::experiment::sweep::{
    self, Journal, JournalError, Opened, Rows, Shard, SweepError, SweepWork,
};
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Arc;

/// Simulate a sweep, or a share of it, from where it was left
///
/// Takes the folder that `sweep prepare` wrote, or a scenario with --vary, which is prepared first.
/// Every finished run is noted at once: interrupted or killed, the same command goes on from there,
/// and only runs that were under way are done again. Without --shard it simulates everything and
/// writes the result.
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Args {
    /// A scenario (TOML), or the folder or plan that `sweep prepare` wrote
    #[arg(value_name = "SCENARIO|DIR")]
    path: PathBuf,

    #[command(flatten)]
    changes: scenario::Changes,

    #[command(flatten)]
    grid: prepare::Grid,

    #[command(flatten)]
    shard: shard::Choice,

    /// Folder for the files, of a scenario [default: out/NAME-sweep]
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    output: Option<PathBuf>,

    /// Replace another sweep in the folder
    #[arg(long, help_heading = "Output")]
    force: bool,

    /// What to print of the result
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "table",
        help_heading = "Output"
    )]
    format: Format,

    /// Print nothing but errors
    #[arg(short, long, help_heading = "Output")]
    quiet: bool,

    /// When to show progress on standard error
    #[arg(
        long,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Output"
    )]
    progress: When,

    /// Runs simulated at a time; changes nothing but the time it takes [default: cores]
    #[arg(short, long, value_name = "N", help_heading = "Output")]
    jobs: Option<NonZero<usize>>,
}

const AFTER: &str = "\
Examples:
  keystorm sweep run my.toml --vary kms.request-quota=10_000/s,20_000/s --replications 10
  keystorm sweep run out/my-sweep                    go on with it
  keystorm sweep run sweep --shard 3/40              the fourth of 40 shares
  keystorm sweep run my.toml --vary mode=sse-s3,sse-kms --format csv > points.csv

Exit codes:
  0    simulated; without --shard, the result was written
  1    internal error, or a file cannot be written
  2    a mistake in the scenario, at a point, in the plan or a flag; a damaged journal; or
       another process is at work on the same share
  130  interrupted: the runs that had finished are kept, and the same command goes on. Interrupt
       twice to stop at once; then, too, finished runs are kept";

/// Simulates, and merges if there is but one share.
pub(crate) fn run(args: &Args, color: When) -> Result<Outcome, Failure> {
    let found = args.shard.found()?;
    let (folder, work) = args.work(color)?;
    let watch = Arc::new(Watch::default());
    interrupt::cancel_on_interrupt(&watch, "stop at once");
    let rows = || {
        let rows = Rows::open(&folder, &work, false);
        rows.map_err(|error| Failure::Input(error.to_string()))
    };
    let wanted = Wanted {
        format: args.format,
        quiet: args.quiet,
        jobs: jobs(args.jobs),
        color,
    };
    if found.is_none() {
        // Other machines may have done all of it.
        let rows = rows()?;
        if rows.missing(&work).is_none() {
            args.say("all runs are there already");
            return result::written(&folder, &work, &rows, wanted, &watch);
        }
    }
    if let Some(found) = &found {
        args.say(&format!("shard {} ({})", found.shard, found.from));
    }
    let shard = found.as_ref().map_or(Shard::WHOLE, |it| it.shard);
    match Journal::open(&folder, &work, shard).map_err(|error| journal_failed(&error))? {
        Opened::Complete => args.say(&format!("shard {shard} is complete already")),
        Opened::UnderWay(journal) => {
            if !args.simulated(&work, journal, &watch)? {
                return Ok(Outcome::Interrupted);
            }
        }
    }
    if found.is_some() {
        return Ok(Outcome::Fine);
    }
    result::written(&folder, &work, &rows()?, wanted, &watch)
}

impl Args {
    /// The folder and what is to be done there: as it was prepared, or prepared now.
    fn work(&self, color: When) -> Result<(PathBuf, SweepWork), Failure> {
        if !folder::is_prepared(&self.path) {
            let work = prepare::prepared(&self.path, &self.changes, &self.grid, color)?;
            let folder = self.output.clone();
            let folder = folder.unwrap_or_else(|| folder::of_scenario(&self.path));
            folder::write(&folder, &work, self.force)?;
            return Ok((folder, work));
        }
        let grid = &self.grid;
        let changed = !self.changes.is_empty() || !grid.vary.is_empty() || !grid.inputs.is_empty();
        if changed || self.output.is_some() || self.force {
            return Err(Failure::Input(format!(
                "{} is prepared, and its plan cannot be changed\n  = help: leave out --output, \
                 --force and what changes the scenario, or name the scenario instead",
                self.path.display()
            )));
        }
        folder::open(&self.path)
    }

    /// Says something to people who watch, unless nothing is to be said.
    fn say(&self, text: &str) {
        if !self.quiet {
            print::remark(text);
        }
    }

    /// Simulates what a journal lacks; `false` if that is interrupted.
    fn simulated(
        &self,
        work: &SweepWork,
        journal: Journal,
        watch: &Arc<Watch>,
    ) -> Result<bool, Failure> {
        let (shard, before) = (journal.shard(), journal.done());
        if !journal.is_locked() {
            print::remark(
                "warning: this file system has no locks: let no other process simulate the same \
                 shard",
            );
        }
        if before > 0 {
            self.say(&format!(
                "going on after {} finished runs",
                HumanCount(before)
            ));
        }
        let shown = Shown::choose(self.progress, self.quiet);
        let jobs = jobs(self.jobs);
        let complete = progress::beside(shown, watch, || sweep::run(work, &journal, jobs, watch));
        if complete.map_err(|error| run_failed(&error))? {
            journal.complete().map_err(|error| journal_failed(&error))?;
            return Ok(true);
        }
        let done = watch.runs_done.load(std::sync::atomic::Ordering::Relaxed);
        let all = watch.runs_total.load(std::sync::atomic::Ordering::Relaxed);
        print::remark(&format!(
            "interrupted: {} of {} runs of shard {shard} are kept; the same command goes on",
            HumanCount(done),
            HumanCount(all)
        ));
        Ok(false)
    }
}

fn journal_failed(error: &JournalError) -> Failure {
    match error {
        JournalError::Io(..) => Failure::Internal(error.to_string()),
        _ => Failure::Input(error.to_string()),
    }
}

fn run_failed(error: &SweepError) -> Failure {
    match error {
        SweepError::Run { error: of_run, .. } if of_run.is_bad_input() => {
            Failure::Input(error.to_string())
        }
        _ => Failure::Internal(error.to_string()),
    }
}
