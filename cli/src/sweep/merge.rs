//! `keystorm sweep merge`: the shards of a sweep become its result.
use super::result::{Format, Wanted};
use super::{folder, result};
use crate::args::When;
use crate::exit::{Failure, Outcome};
use crate::work::{interrupt, jobs};
use keystorm_scenarios::Watch;
use keystorm_scenarios::experiment::sweep::Rows;
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Arc;

/// Merge the shards of a sweep to its result
///
/// Writes result.json (figures, intervals and histograms of every point), result.csv (a line per
/// point and figure) and report.html (pictures, and what to choose) into the sweep's folder: the
/// very bytes that one process would have written.
/// If runs are missing, it names the shards to simulate again and writes nothing, unless --partial
/// asks for what there is.
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Args {
    /// The folder or plan that `sweep prepare` wrote, with the shards beside it
    #[arg(value_name = "DIR")]
    path: PathBuf,

    /// Take what there is, of shards under way too; the result says what is missing
    #[arg(long)]
    partial: bool,

    /// What to print of the result
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "table",
        help_heading = "Output"
    )]
    format: Format,

    /// Print nothing but errors and what is missing
    #[arg(short, long, help_heading = "Output")]
    quiet: bool,

    /// Points merged at a time; changes nothing but the time it takes [default: cores]
    #[arg(short, long, value_name = "N", help_heading = "Output")]
    jobs: Option<NonZero<usize>>,
}

const AFTER: &str = "\
Examples:
  keystorm sweep merge sweep
  keystorm sweep merge sweep --partial              what has finished so far
  keystorm sweep merge sweep --format csv | head

Exit codes:
  0    the result was written
  1    internal error, or a file cannot be written
  2    there is no plan; or a shard is damaged, contradicts another one or is of another plan
  12   runs are missing: standard error names the shards to simulate again
  130  interrupted; nothing was written";

/// Merges and prints.
pub(crate) fn merge(args: &Args, color: When) -> Result<Outcome, Failure> {
    let (folder, work) = folder::open(&args.path)?;
    let watch = Arc::new(Watch::default());
    interrupt::cancel_on_interrupt(&watch, "stop at once");
    let rows = Rows::open(&folder, &work, args.partial);
    let rows = rows.map_err(|error| Failure::Input(error.to_string()))?;
    let missing = rows.missing(&work);
    let wanted = Wanted {
        format: args.format,
        quiet: args.quiet,
        jobs: jobs(args.jobs),
        color,
    };
    match missing {
        None => result::written(&folder, &work, &rows, wanted, &watch),
        Some(missing) => {
            if args.partial {
                let outcome = result::written(&folder, &work, &rows, wanted, &watch)?;
                if outcome == Outcome::Interrupted {
                    return Ok(outcome);
                }
            }
            Ok(result::told(&work, &missing, &folder))
        }
    }
}
