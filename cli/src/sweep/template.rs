//! `keystorm sweep template`: a ready job file for the engine that somebody has.
use super::folder;
use crate::exit::{Failure, Outcome};
use crate::print;
use crate::scenario::{self, quoted};
use keystorm_scenarios::experiment::sweep::SweepPlan;
use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};

/// Print a job file that runs a sweep on Slurm, AWS Batch, Kubernetes, HyperQueue or GNU parallel
///
/// The file submits all shards of a plan and the merge behind them, and says how to submit again
/// what is missing. It is written to be read and adapted: what a shard may take of time, memory and
/// cores stands at its top.
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER)]
#[expect(
    clippy::doc_markdown,
    reason = "help on a terminal has names as they are"
)]
pub(crate) struct Args {
    /// What runs the shards
    #[arg(value_name = "ENGINE")]
    engine: Engine,

    /// The plan, as `keystorm sweep prepare` wrote it
    #[arg(
        value_name = "PLAN",
        default_value = "sweep.json",
        value_hint = clap::ValueHint::FilePath
    )]
    plan: PathBuf,

    /// Number of shards [default: 40, or as many as there are simulations]
    ///
    /// A shard should work for a minute at least: engines take about a second to start one.
    #[arg(long, value_name = "N")]
    shards: Option<NonZero<u32>>,

    /// Image that holds keystorm, for Kubernetes [default: keystorm and its version]
    #[arg(long, value_name = "NAME")]
    image: Option<String>,
}

const AFTER: &str = "\
Examples:
  keystorm sweep template slurm sweep.json --shards 40 > sweep.slurm
  keystorm sweep template k8s sweep.json --image registry.example/keystorm:1 > sweep.yaml
  keystorm sweep template parallel sweep.json > sweep.sh

Exit codes:
  0    printed
  1    internal error
  2    there is no such plan, or the engine takes no array of so many shards";

/// What runs the shards of a sweep.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
#[expect(
    clippy::doc_markdown,
    reason = "help on a terminal has names as they are"
)]
enum Engine {
    /// An array of jobs, and a job behind it that merges
    Slurm,
    /// AWS Batch: an array job, by the AWS CLI
    Batch,
    /// Kubernetes: an Indexed Job, as YAML
    K8s,
    /// HyperQueue: a task array
    Hyperqueue,
    /// GNU parallel: on this machine, or on several by ssh
    Parallel,
}

/// Shards where nobody says how many.
const SHARDS: u32 = 40;
/// Children that an array job of AWS Batch can have.
const BATCH: (u32, u32) = (2, 10_000);
/// Most completions of an Indexed Job.
const COMPLETIONS_MAX: u32 = 100_000;
/// Pods at a time, at first.
const PODS: u32 = 20;
/// Longest part of a job's name that comes from the plan: names of pods have 63 characters at most.
const NAME_MAX: usize = 32;

/// What a job file says of a plan.
struct Planned<'a> {
    /// Path of the scenario.
    path: &'a str,
    /// What varies.
    vary: String,
    /// Number of simulations.
    runs: u64,
    /// The command that does all of it on one machine.
    command: &'a str,
}

/// Prints the job file.
pub(crate) fn template(args: &Args) -> Result<Outcome, Failure> {
    let path = folder::plan_of(&args.plan);
    let text = fs::read_to_string(&path).map_err(|error| {
        scenario::unreadable(&path, &error, "`keystorm sweep prepare` writes one")
    })?;
    let plan = SweepPlan::from_json(&text)
        .map_err(|error| Failure::Input(format!("{}: {error}", path.display())))?;
    let planned = Planned {
        path: plan.path(),
        vary: plan.vary().join(" × "),
        runs: plan.runs(),
        command: plan.command(),
    };
    print::result(&args.text(&path, &planned)?)?;
    Ok(Outcome::Fine)
}

impl Args {
    /// The job file.
    ///
    /// # Errors
    /// [`Failure::Input`] if the engine takes no array of so many shards.
    fn text(&self, path: &Path, planned: &Planned<'_>) -> Result<String, Failure> {
        let shards = self.counted(planned.runs).map_err(Failure::Input)?;
        let plan = path.to_string_lossy();
        if plan.chars().any(char::is_control) {
            let text = "the name of the plan has a control character in it";
            return Err(Failure::Input(text.to_owned()));
        }
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder.to_string_lossy(),
            _ => ".".into(),
        };
        let image = self.image.clone();
        let image = image.unwrap_or_else(|| format!("keystorm:{}", env!("CARGO_PKG_VERSION")));
        if image.is_empty()
            || !image
                .chars()
                .all(|c| c.is_ascii_graphic() && !"\"\\".contains(c))
        {
            let text = format!("{image:?} is no name of an image");
            return Err(Failure::Input(text));
        }
        let prepare = planned
            .command
            .replacen(" sweep run ", " sweep prepare ", 1);
        let log = path.with_file_name("parallel.log");
        let values = [
            ("JOB", job(planned.path)),
            ("TITLE", one_line(&title(planned))),
            ("RUNS", indicatif::HumanCount(planned.runs).to_string()),
            ("SHARDS", shards.to_string()),
            ("LAST", (shards - 1).to_string()),
            ("PARALLEL", shards.min(PODS).to_string()),
            ("FAILED", (shards / 10).max(1).to_string()),
            ("PREPARE", one_line(&prepare)),
            ("SHARD", format!("keystorm sweep run {}", quoted(&plan))),
            ("MERGE", format!("keystorm sweep merge {}", quoted(&folder))),
            ("JOBLOG", quoted(&log.to_string_lossy())),
            ("IMAGE", image),
            ("VERSION", env!("CARGO_PKG_VERSION").to_owned()),
        ];
        Ok(filled(self.engine.template(), &values))
    }

    /// The number of shards, which the engine can have.
    fn counted(&self, runs: u64) -> Result<u32, String> {
        let runs = u32::try_from(runs).unwrap_or(u32::MAX).max(1);
        let shards = self.shards.map_or(SHARDS.min(runs), NonZero::get);
        if shards > runs {
            return Err(format!(
                "{shards} shards are more than the {runs} simulations of the plan\n  = help: some \
                 would have nothing to do; give --shards {runs} or fewer"
            ));
        }
        let (least, most, whose) = match self.engine {
            Engine::Batch => (BATCH.0, BATCH.1, "an array job of AWS Batch has"),
            Engine::K8s => (1, COMPLETIONS_MAX, "an Indexed Job of Kubernetes has"),
            _ => return Ok(shards),
        };
        if (least..=most).contains(&shards) {
            return Ok(shards);
        }
        Err(format!(
            "{whose} {least} to {most} parts, not {shards}\n  = help: give another --shards"
        ))
    }
}

impl Engine {
    fn template(self) -> &'static str {
        match self {
            Self::Slurm => include_str!("template/slurm.sh"),
            Self::Batch => include_str!("template/batch.sh"),
            Self::K8s => include_str!("template/k8s.yaml"),
            Self::Hyperqueue => include_str!("template/hyperqueue.sh"),
            Self::Parallel => include_str!("template/parallel.sh"),
        }
    }
}

/// A template with values in place of their names, which stand between two `@`. Values are not
/// looked into: a title may have the name of a value in it.
fn filled(template: &str, values: &[(&str, String)]) -> String {
    let mut out = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('@') {
        out.push_str(before);
        let named = values.iter().find_map(|(name, value)| {
            let after = after.strip_prefix(name)?.strip_prefix('@')?;
            Some((value, after))
        });
        rest = if let Some((value, after)) = named {
            out.push_str(value);
            after
        } else {
            out.push('@');
            after
        };
    }
    out.push_str(rest);
    out
}

/// The scenario, and what varies.
fn title(planned: &Planned<'_>) -> String {
    match &*planned.vary {
        "" => planned.path.to_owned(),
        vary => format!("{}: {vary}", planned.path),
    }
}

/// A job's name by that of its scenario, as Kubernetes, the strictest, takes it: letters, digits
/// and hyphens.
fn job(scenario: &str) -> String {
    let name = Path::new(scenario).file_stem().unwrap_or_default();
    let words = name.to_string_lossy().to_ascii_lowercase();
    let words = words.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    let name: String = words.join("-").chars().take(NAME_MAX).collect();
    match name.trim_end_matches('-') {
        "" => "keystorm-sweep".to_owned(),
        name => format!("keystorm-{name}"),
    }
}

/// A text that cannot leave the comment that it stands in.
fn one_line(text: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.replace(breaks, " ")
}

#[cfg(test)]
mod tests;
