//! `keystorm run`: a scenario in, a verdict, a record and a report out.
use crate::args::When;
use crate::exit::{Failure, Outcome};
use crate::{scenario, work};

mod logs;

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

    #[command(flatten)]
    logs: logs::Wanted,

    #[command(flatten)]
    work: work::Work,
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
    let work = &args.work;
    let mut study = args.scenario.load(color)?;
    work.prepare(&mut study, color)?;
    let logs = args.logs.files(&study, work.force)?;
    let folder = work.folder(&args.scenario.path, "")?;
    work.ensure_ours(&folder, &study)?;
    let command = args.scenario.command("run", &work.flags());
    let record = work.simulate(&study, command, |study, options, watch| {
        let logs = logs.as_ref().map(|it| it as &dyn keystorm_scenarios::Logs);
        keystorm_scenarios::run_logged(study, options, watch, logs)
    })?;
    work.finish(&record, &folder, color)
}
