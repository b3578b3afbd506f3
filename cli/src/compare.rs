//! `keystorm compare`: variants of a scenario side by side, until it is decided which differ.
use crate::args::When;
use crate::exit::{Failure, Outcome};
use crate::{print, scenario, work};
use keystorm_record::{Record, Status};
use keystorm_scenarios::experiment::{NEGLIGIBLE, POINTS_MAX, VariedError, Vary, undecided, vary};

/// Compare variants of a scenario: modes, Regions, retries, anything
///
/// Simulates every combination of the values that are varied, under the very same arrivals, sizes
/// and service times, and says which of them is best in what, by how much, and how sure that is.
/// Replications are added until it is decided which variants differ from the first one in latency,
/// throttles and cost, or the budget is used up. Without --vary the scenario's own variants are
/// compared; with it, its first variant is the basis.
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Args {
    #[command(flatten)]
    scenario: scenario::Input,

    /// Give a value one setting after the other; can be repeated, for every combination
    ///
    /// PATH is any value that variants can change (`keystorm schema` has all; not the seed or the
    /// run, which they share), `region`, or `mode`, whose values are sse-s3, sse-kms,
    /// sse-kms+bucket-key, dsse-kms, sse-c and client (Amazon S3 Encryption Client). The first
    /// combination is what the others are compared with.
    #[arg(long, value_name = "PATH=VALUE,…", help_heading = "Scenario")]
    vary: Vec<Vary>,

    /// Budget: most replications of each variant
    ///
    /// Their number doubles, beginning with the scenario's, until everything is decided.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 40,
        value_parser = clap::value_parser!(u32).range(1..=10_000),
        help_heading = "Scenario"
    )]
    replications_max: u32,

    #[command(flatten)]
    work: work::Work,
}

const AFTER: &str = "\
Examples:
  keystorm compare my.toml                           the scenario's own variants
  keystorm compare my.toml --vary mode=sse-s3,sse-kms,sse-kms+bucket-key,dsse-kms,sse-c,client
  keystorm compare my.toml --vary mode=sse-kms,sse-s3 --vary region=us-east-1,eu-west-3
  keystorm compare my.toml --vary kms.request-quota=10_000/s,20_000/s,40_000/s
  keystorm compare my.toml --vary 'clients.retry.standard.attempts-max=1,3,5' --format markdown

Exit codes:
  0    simulated and written; undecided differences are named on standard error
  1    internal error, or a file cannot be written
  2    a mistake in the scenario or a flag, or the folder holds another scenario's output;
       nothing was written
  10   simulated and written, but an expectation is breached
  130  interrupted: the replications that had finished were written";

/// Simulates, writes and prints.
pub(crate) fn compare(args: &Args, color: When) -> Result<Outcome, Failure> {
    let work = &args.work;
    let mut study = args.scenario.load_by(|path, text, overrides, reader| {
        vary(path, text, overrides, reader, &args.vary).map_err(|error| match error {
            VariedError::TooMany => Failure::Input(format!(
                "--vary asks for more than {POINTS_MAX} variants\n  = help: a sweep takes more"
            )),
            VariedError::Mistakes(found) => scenario::mistakes(&found, color),
        })
    })?;
    if study.variants.len() < 2 {
        let text = "there is one variant only, and nothing to compare it with\n  = help: such as \
                    --vary mode=sse-kms,sse-kms+bucket-key,sse-s3";
        return Err(Failure::Input(text.to_owned()));
    }
    // One replication has no interval, and decides nothing.
    for variant in &mut study.variants {
        let run = &mut variant.scenario.run;
        run.replications = run.replications.max(2).min(args.replications_max);
    }
    work.prepare(&mut study, color)?;
    let folder = work.folder(&args.scenario.path, "-compare")?;
    work.ensure_ours(&folder, &study)?;
    let record = work.simulate(&study, args.command(), |study, options, watch| {
        let enough = |record: &Record| undecided(record).is_empty();
        keystorm_scenarios::run_until(study, options, watch, args.replications_max, &enough)
    })?;
    let outcome = work.finish(&record, &folder, color)?;
    if record.status == Status::Complete {
        told(&record);
    }
    Ok(outcome)
}

impl Args {
    /// The command that gives the same record again.
    fn command(&self) -> String {
        let mut flags = Vec::new();
        for it in &self.vary {
            flags.extend(["--vary".to_owned(), it.to_string()]);
        }
        let budget = self.replications_max.to_string();
        flags.extend(["--replications-max".to_owned(), budget]);
        flags.extend(self.work.flags());
        self.scenario.command("compare", &flags)
    }
}

/// Names what the budget has not decided.
fn told(record: &Record) {
    let open = undecided(record);
    if open.is_empty() {
        return;
    }
    let named = open
        .iter()
        .map(|(variant, metric)| format!("{metric} of {variant}"));
    let first = &record.variants[0].name;
    print::remark(&format!(
        "undecided after {} replications: whether {} differs by more than {} % from {first}\n  = \
         help: raise --replications-max, or measure longer",
        record.replications_planned,
        named.collect::<Vec<_>>().join(", "),
        NEGLIGIBLE * 100.0,
    ));
}
