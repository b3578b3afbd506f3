//! `keystorm sweep`: a scenario at every point of a grid, on one machine or on many.
mod folder;
mod merge;
mod prepare;
mod result;
mod run;
mod shard;
mod template;

use crate::args::When;
use crate::exit::{Failure, Outcome};

/// Simulate a grid of settings: thousands of points, on one machine or many
///
/// Every combination of the values that vary is a point; every replication at a point is a run. The
/// result, with figures and intervals of every point, is the same to the last byte whether one
/// process does all runs, or any number of machines do a share each, interrupted or not.
///
/// `sweep run SCENARIO --vary …` is all that one machine needs. For many: `sweep prepare` writes
/// the plan, `sweep run FOLDER --shard I/N` does a share, and `sweep merge` puts them together;
/// `sweep template` prints a job file that has Slurm, AWS Batch, Kubernetes and others do it.
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

/// One file per step.
#[derive(Debug, clap::Subcommand)]
enum What {
    Prepare(prepare::Args),
    Run(run::Args),
    Merge(merge::Args),
    Template(template::Args),
}

const AFTER: &str = "\
Examples:
  keystorm sweep run my.toml --vary kms.request-quota=10_000/s,20_000/s,40_000/s \\
    --vary mode=sse-kms,sse-kms+bucket-key --replications 10
  keystorm sweep prepare my.toml --vary region=us-east-1,eu-west-3 -o sweep
  keystorm sweep run sweep --shard 0/2    on one machine
  keystorm sweep run sweep --shard 1/2    on another one
  keystorm sweep merge sweep
  keystorm sweep template slurm sweep/sweep.json --shards 40 > sweep.slurm

Exit codes:
  0    done
  1    internal error, or a file cannot be written
  2    a mistake in the scenario, the plan or a flag, or a damaged shard
  12   runs are missing; `merge` names the shards to simulate again
  130  interrupted: the runs that had finished are kept, and the same command goes on";

/// Does a step of a sweep.
pub(crate) fn sweep(args: &Args, color: When) -> Result<Outcome, Failure> {
    match &args.what {
        What::Prepare(args) => prepare::prepare(args, color),
        What::Run(args) => run::run(args, color),
        What::Merge(args) => merge::merge(args, color),
        What::Template(args) => template::template(args),
    }
}
