//! `keystorm plan`: which limit is hit first, how far it is, and what to ask for.
mod folder;

use crate::args::When;
use crate::exit::{Failure, Outcome};
use crate::{files, print, scenario, work};
use keystorm_record::Status;
use keystorm_record::plan::Plan;
use keystorm_scenarios::Study;
use keystorm_scenarios::experiment::plan::{Asked, Base, GrowthRate, Horizon, PlanError};

/// Plan capacity: which limit is hit first, when, and which quota to ask for
///
/// Simulates the scenario under other loads and other quotas, and says which limit is reached
/// first and at how many times today's load, the highest load at which all expectations hold, and
/// the smallest KMS quota to ask for. Answers carry 95 % intervals over replications, which are
/// added until an interval is at most 2 % wide or the budget is used up. Without an expectation,
/// that is `kms.throttled-share<0.1%`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Args {
    #[command(flatten)]
    scenario: scenario::Input,

    /// Variant of the scenario to plan for [default: its first]
    #[arg(long, value_name = "NAME", help_heading = "Scenario")]
    variant: Option<String>,

    /// Budget: most replications that an answer may take
    #[arg(
        long,
        value_name = "N",
        default_value_t = 40,
        value_parser = clap::value_parser!(u32).range(2..=10_000),
        help_heading = "Scenario"
    )]
    replications_max: u32,

    /// Highest load to look at, as a multiple of the scenario's
    #[arg(
        long,
        value_name = "N",
        default_value_t = 10.0,
        value_parser = load_max,
        help_heading = "Scenario"
    )]
    load_max: f64,

    /// Growth of the load, such as 5%/month or 60%/year: when is what crossed
    #[arg(long, value_name = "SHARE/TIME", help_heading = "Scenario")]
    growth: Option<GrowthRate>,

    /// How far to look with --growth
    #[arg(
        long,
        value_name = "TIME",
        default_value = "12 months",
        requires = "growth",
        help_heading = "Scenario"
    )]
    horizon: Horizon,

    #[command(flatten)]
    work: work::Work,
}

/// A highest load.
fn load_max(text: &str) -> Result<f64, String> {
    let load: f64 = text.parse().unwrap_or(f64::NAN);
    if (1.0..=1_000.0).contains(&load) {
        Ok(load)
    } else {
        Err("expected a number from 1 to 1000".to_owned())
    }
}

const AFTER: &str = "\
Examples:
  keystorm plan my.toml
  keystorm plan my.toml --expect 'get.latency.p99<200ms' --expect 'kms.throttled-share<0.1%'
  keystorm plan my.toml --growth 5%/month --horizon '2 years'
  keystorm plan my.toml --variant 'SSE-KMS, Bucket Key'
  keystorm plan my.toml --set kms.request-quota=20_000/s --format json

Exit codes:
  0    planned and written; no limit is hit within the plan
  1    internal error, or a file cannot be written
  2    a mistake in the scenario or a flag, or the folder holds another scenario's output;
       nothing was written
  10   planned and written; a limit is hit or an expectation breached within the plan
  130  interrupted: the answers that were found were written";

/// Name of the file that a plan is kept in.
const NAME: &str = "plan.json";
/// Name of the page that is drawn from it.
const PAGE: &str = "report.html";

/// Plans, writes and prints.
pub(crate) fn plan(args: &Args, color: When) -> Result<Outcome, Failure> {
    let work = &args.work;
    let json = work.json()?;
    let folder = work.folder(&args.scenario.path, "-plan")?;
    let plan = args.scenario.load_by(|path, text, overrides, reader| {
        let study = keystorm_scenarios::load_with(path, text, overrides, reader);
        let mut study = study.map_err(|found| scenario::mistakes(&found, color))?;
        work.prepare(&mut study, color)?;
        let variant = args.number(&study)?;
        let title = &study.variants[variant].scenario.name;
        folder::ensure_ours(&folder, &study.path, title, work.force)?;
        let base = Base {
            path,
            text,
            overrides,
            reader,
            study: &study,
            variant,
        };
        let asked = Asked {
            replications_max: args.replications_max,
            load_max: args.load_max,
            growth: args.growth.clone().map(|rate| (rate, args.horizon)),
        };
        let planned = work.watched(args.command(), |options, watch| {
            keystorm_scenarios::experiment::plan::plan(base, &asked, options, watch)
        });
        planned.map_err(|error| match error {
            PlanError::Mistakes(found) => scenario::mistakes(&found, color),
            PlanError::Run(error) => work::failed(error),
        })
    })?;
    let text = plan.to_json();
    let page = keystorm_reports::plan_html(&plan);
    let written = [(NAME, text.as_str()), (PAGE, page.as_str())];
    files::write(&folder, written)?;
    for (name, text) in written {
        work.details().written(&folder.join(name), text);
    }
    let place = format!("report: {}", folder.join(PAGE).display());
    if !work.is_quiet() {
        if json {
            print::result(&text)?;
            print::remark(&place);
        } else {
            print::result(&format!("{}\n{place}\n", print::plan(&plan, color)))?;
        }
    }
    Ok(outcome(&plan))
}

fn outcome(plan: &Plan) -> Outcome {
    if plan.status == Status::Interrupted {
        print::remark("interrupted: the plan has the answers that were found");
        Outcome::Interrupted
    } else if plan.is_hit() {
        Outcome::Breached
    } else {
        Outcome::Fine
    }
}

impl Args {
    /// Number of the variant that is planned for.
    fn number(&self, study: &Study) -> Result<usize, Failure> {
        let Some(wanted) = &self.variant else {
            return Ok(0);
        };
        let mut variants = study.variants.iter();
        variants.position(|it| it.name == *wanted).ok_or_else(|| {
            let names: Vec<_> = study.variants.iter().map(|it| it.name.as_str()).collect();
            Failure::Input(format!(
                "--variant: there is no variant {wanted:?}\n  = help: {} has {}",
                study.path,
                names.join("; ")
            ))
        })
    }

    /// The command that gives the same plan again.
    fn command(&self) -> String {
        let mut flags = Vec::new();
        if let Some(variant) = &self.variant {
            flags.extend(["--variant".to_owned(), variant.clone()]);
        }
        let budget = self.replications_max.to_string();
        flags.extend(["--replications-max".to_owned(), budget]);
        flags.extend(["--load-max".to_owned(), self.load_max.to_string()]);
        if let Some(rate) = &self.growth {
            flags.extend(["--growth".to_owned(), rate.to_string()]);
            flags.extend(["--horizon".to_owned(), self.horizon.to_string()]);
        }
        flags.extend(self.work.flags());
        self.scenario.command("plan", &flags)
    }
}
