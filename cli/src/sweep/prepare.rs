//! `keystorm sweep prepare`: the plan of a sweep, every point of it checked.
use super::folder;
use crate::args::When;
use crate::exit::{Failure, Outcome};
use crate::work::inputs::Inputs;
use crate::{print, scenario};
use indicatif::HumanCount;
use keystorm_scenarios::Watch;
use keystorm_scenarios::experiment::Vary;
use keystorm_scenarios::experiment::sweep::{
    PLAN_FILE, PrepareError, SweepInput, SweepSource, SweepWork,
};
use std::path::{Path, PathBuf};

/// Check every point of a grid and write the plan of a sweep
///
/// The plan, `sweep.json`, holds everything that the result depends on: the scenario and the files
/// that it names, the grid, prices, and what encryption costs. Any machine with the same keystorm
/// can do a share of it with nothing else.
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Args {
    #[command(flatten)]
    scenario: scenario::Input,

    #[command(flatten)]
    grid: Grid,

    /// Folder for the plan [default: out/NAME-sweep, by the scenario's name]
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    output: Option<PathBuf>,

    /// Replace another sweep in the folder
    #[arg(long, help_heading = "Output")]
    force: bool,
}

/// What varies, and what else the result depends on.
#[derive(Debug, clap::Args)]
pub(super) struct Grid {
    /// Give a value one setting after the other; can be repeated, for every combination
    ///
    /// PATH is any value that variants can change (`keystorm schema` has all; not the seed or the
    /// run, which they share), `region`, or `mode`, whose values are sse-s3, sse-kms,
    /// sse-kms+bucket-key, dsse-kms, sse-c and client (Amazon S3 Encryption Client).
    #[arg(long, value_name = "PATH=VALUE,…", help_heading = "Scenario")]
    pub(super) vary: Vec<Vary>,

    #[command(flatten)]
    pub(super) inputs: Inputs,
}

const AFTER: &str = "\
Examples:
  keystorm sweep prepare my.toml --vary kms.request-quota=10_000/s,20_000/s,40_000/s
  keystorm sweep prepare my.toml --vary mode=sse-s3,sse-kms --vary region=us-east-1,eu-west-3 \\
    --replications 20 -o sweep

Exit codes:
  0    every point can be simulated, and the plan was written
  1    internal error, or a file cannot be written
  2    a mistake in the scenario, at a point or in a flag, or the folder holds another sweep;
       nothing was written
  130  interrupted; nothing was written";

/// Checks the points and writes the plan.
pub(crate) fn prepare(args: &Args, color: When) -> Result<Outcome, Failure> {
    let work = prepared(
        &args.scenario.path,
        &args.scenario.changes,
        &args.grid,
        color,
    )?;
    let folder = args.output.clone();
    let folder = folder.unwrap_or_else(|| folder::of_scenario(&args.scenario.path));
    folder::write(&folder, &work, args.force)?;
    print::result(&format!(
        "{}: {}\n",
        folder.join(PLAN_FILE).display(),
        size(&work)
    ))?;
    Ok(Outcome::Fine)
}

/// How large a sweep is, in words.
fn size(work: &SweepWork) -> String {
    let plan = work.plan();
    let s = if plan.replications() == 1 { "" } else { "s" };
    format!(
        "{} points × {} replication{s} = {} runs",
        HumanCount(plan.points()),
        plan.replications(),
        HumanCount(plan.runs()),
    )
}

/// The work of a sweep of a scenario.
pub(super) fn prepared(
    path: &Path,
    changes: &scenario::Changes,
    grid: &Grid,
    color: When,
) -> Result<SweepWork, Failure> {
    let text = scenario::read(path)?;
    if grid.vary.is_empty() {
        let words = "nothing varies\n  = help: such as --vary \
                    kms.request-quota=10_000/s,20_000/s,40_000/s";
        return Err(Failure::Input(words.to_owned()));
    }
    let calibration = grid.inputs.calibration()?;
    let prices = grid.inputs.prices(color)?;
    let mut flags = Vec::new();
    for it in &grid.vary {
        flags.extend(["--vary".to_owned(), it.to_string()]);
    }
    flags.extend(grid.inputs.flags());
    let input = SweepInput {
        scenario: SweepSource {
            path: scenario::shown(path),
            text,
        },
        overrides: changes.overrides(),
        vary: grid.vary.clone(),
        tie_break: grid.inputs.tie_break(),
        calibration: calibration.map(|it| it.0),
        prices: prices.map(|(text, read)| SweepSource {
            path: read.path,
            text,
        }),
        command: changes.command("sweep run", path, &flags),
    };
    let watch = Watch::default();
    SweepWork::prepare(input, &scenario::beside(path), &watch).map_err(|error| match error {
        PrepareError::Mistakes(found) => scenario::mistakes(&found, color),
        PrepareError::Cancelled => Failure::Interrupted,
        PrepareError::TooMany(_) | PrepareError::Plan(_) => Failure::Input(error.to_string()),
    })
}
