//! `keystorm check`: everything that can be said about a scenario without simulating it.
use crate::args::When;
use crate::exit::{Failure, Outcome};
use crate::{print, scenario};

/// Check a scenario without simulating it
///
/// Reports every mistake with its line and what was expected there. Takes the flags of `run` that
/// change a scenario.
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Args {
    #[command(flatten)]
    scenario: scenario::Input,
}

const AFTER: &str = "\
Examples:
  keystorm check my.toml
  keystorm check my.toml --set bucket.encryption=sse-c

Exit codes:
  0    the scenario can be run
  2    it cannot; every mistake was reported";

/// Checks the scenario and says what a run of it would do.
pub(crate) fn check(args: &Args, color: When) -> Result<Outcome, Failure> {
    let study = args.scenario.load(color)?;
    let names: Vec<_> = study
        .variants
        .iter()
        .map(|variant| variant.name.as_str())
        .collect();
    print::result(&format!(
        "{}: fine; {} replications of {}: {}\n",
        study.path,
        study.variants[0].scenario.run.replications,
        if names.len() == 1 {
            "1 variant".to_string()
        } else {
            format!("{} variants", names.len())
        },
        names.join("; ")
    ))?;
    Ok(Outcome::Fine)
}
