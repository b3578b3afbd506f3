//! Which part of a sweep a process does: said by a flag, or by the engine that started it.
use crate::exit::Failure;
use keystorm_scenarios::experiment::sweep::Shard;
use std::num::NonZero;

/// A shard, and what said so.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Found {
    /// The shard.
    pub(crate) shard: Shard,
    /// Where it comes from, such as `SLURM_ARRAY_TASK_ID=3, SHARD_COUNT=40`.
    pub(crate) from: String,
}

/// Which shard a command is to do.
#[derive(Clone, Debug, clap::Args)]
#[expect(
    clippy::doc_markdown,
    reason = "help on a terminal has names as they are"
)]
pub(crate) struct Choice {
    /// Do part I of N only, I from 0 to N - 1 [default: what the environment says, or all]
    ///
    /// Without it, SHARD_INDEX and SHARD_COUNT say which part, or the engine that started this
    /// process: an array of Slurm, AWS Batch, Grid Engine or HyperQueue, an Indexed Job of
    /// Kubernetes, ranks of MPI. Where none of them is, all of the sweep is done.
    #[arg(
        long,
        value_name = "I/N",
        conflicts_with = "shards",
        help_heading = "Shards"
    )]
    shard: Option<Shard>,

    /// Number of parts; the environment says which one this is
    ///
    /// What SHARD_COUNT says, as a flag. Needed where the engine tells a task its number only
    /// (Kubernetes, HyperQueue), and where some tasks of an array are submitted again.
    #[arg(long, value_name = "N", help_heading = "Shards")]
    shards: Option<NonZero<u32>>,
}

impl Choice {
    /// The shard that the flags or the environment name; `None` for the whole sweep.
    ///
    /// # Errors
    /// [`Failure::Input`] if the environment names half a shard, or two.
    pub(crate) fn found(&self) -> Result<Option<Found>, Failure> {
        if let Some(shard) = self.shard {
            let from = format!("--shard {shard}");
            return Ok(Some(Found { shard, from }));
        }
        let lookup =
            |name: &str| std::env::var_os(name).map(|it| it.to_string_lossy().into_owned());
        from_environment(self.shards, lookup)
    }
}

/// What an engine tells a task of an array.
struct Engine {
    /// Its name.
    name: &'static str,
    /// Variable with the task's number.
    index: &'static str,
    /// How many tasks there are, and which number the first has.
    counted: Counted,
}

/// How an engine counts tasks.
enum Counted {
    /// From 0; this variable says how many.
    By(&'static str),
    /// From 0 or from the first number that was submitted, in steps; it is not said how many
    /// there were before some of them were submitted again.
    Range(Range),
    /// From 0; it is not said how many.
    Unsaid,
}

/// Variables with the numbers of an array's tasks.
struct Range {
    first: &'static str,
    last: &'static str,
    step: &'static str,
    /// How many tasks were submitted; `None` if it is not said.
    count: Option<&'static str>,
    /// The least number a task can have.
    base: u32,
}

const ENGINES: [Engine; 7] = [
    Engine {
        name: "Slurm",
        index: "SLURM_ARRAY_TASK_ID",
        counted: Counted::Range(Range {
            first: "SLURM_ARRAY_TASK_MIN",
            last: "SLURM_ARRAY_TASK_MAX",
            step: "SLURM_ARRAY_TASK_STEP",
            count: Some("SLURM_ARRAY_TASK_COUNT"),
            base: 0,
        }),
    },
    Engine {
        name: "AWS Batch",
        index: "AWS_BATCH_JOB_ARRAY_INDEX",
        counted: Counted::By("AWS_BATCH_JOB_ARRAY_SIZE"),
    },
    Engine {
        name: "Kubernetes",
        index: "JOB_COMPLETION_INDEX",
        counted: Counted::Unsaid,
    },
    Engine {
        name: "HyperQueue",
        index: "HQ_TASK_ID",
        counted: Counted::Unsaid,
    },
    Engine {
        name: "Open MPI",
        index: "OMPI_COMM_WORLD_RANK",
        counted: Counted::By("OMPI_COMM_WORLD_SIZE"),
    },
    Engine {
        name: "MPI",
        index: "PMI_RANK",
        counted: Counted::By("PMI_SIZE"),
    },
    Engine {
        name: "Grid Engine",
        index: "SGE_TASK_ID",
        counted: Counted::Range(Range {
            first: "SGE_TASK_FIRST",
            last: "SGE_TASK_LAST",
            step: "SGE_TASK_STEPSIZE",
            count: None,
            base: 1,
        }),
    },
];

const INDEX: &str = "SHARD_INDEX";
const COUNT: &str = "SHARD_COUNT";

/// The shard that the environment names; `None` if it names none.
///
/// `SHARD_INDEX` and `SHARD_COUNT` go first, then engines. `shards` is the count that a flag gave:
/// it replaces `SHARD_COUNT`. A count that is given also says that a part of an array was submitted
/// again: `--array=3,17` with `SHARD_COUNT=40` is shards 3 and 17 of 40.
///
/// # Errors
/// [`Failure::Input`] where half of it is said, where two things are said, or where what is said
/// may be a part of something bigger; the message says what to set.
fn from_environment(
    shards: Option<NonZero<u32>>,
    lookup: impl Fn(&str) -> Option<String>,
) -> Result<Option<Found>, Failure> {
    let environment = Environment { lookup, shards };
    environment.found().map_err(Failure::Input)
}

struct Environment<L> {
    lookup: L,
    shards: Option<NonZero<u32>>,
}

/// How many shards there are, as somebody said who knows.
struct Given {
    count: NonZero<u32>,
    /// `SHARD_COUNT=40` or `--shards 40`.
    from: String,
}

impl<L: Fn(&str) -> Option<String>> Environment<L> {
    fn found(&self) -> Result<Option<Found>, String> {
        let given = self.given()?;
        if let Some(index) = self.number(INDEX)? {
            let given = given.ok_or_else(|| {
                format!(
                    "{INDEX} is {index}, but nothing says of how many shards\n  = help: set \
                     {COUNT}, too, or give --shards N"
                )
            })?;
            return given.shard(index, INDEX, index).map(Some);
        }
        let mut all: Vec<(&Engine, Found)> = Vec::new();
        for engine in &ENGINES {
            if let Some(found) = self.of(engine, given.as_ref())? {
                all.push((engine, found));
            }
        }
        if let [(one, first), others @ ..] = &all[..]
            && let Some((other, second)) = others.iter().find(|it| it.1.shard != first.shard)
        {
            return Err(format!(
                "two things say which shard this is: {} says {} ({}), {} says {} ({})\n  = help: \
                 say it with --shard I/N, or with {INDEX} and {COUNT}",
                one.name, first.shard, first.from, other.name, second.shard, second.from
            ));
        }
        match (all.into_iter().next(), given) {
            (Some((_, found)), _) => Ok(Some(found)),
            (None, None) => Ok(None),
            (None, Some(given)) => Err(format!(
                "{} says how many shards there are, but nothing says which one this is\n  = \
                 help: set {INDEX} to 0 … {}, or give --shard I/N; without both all is done here",
                given.from,
                given.count.get() - 1
            )),
        }
    }

    /// The count that a flag or `SHARD_COUNT` gives.
    fn given(&self) -> Result<Option<Given>, String> {
        if let Some(count) = self.shards {
            let from = format!("--shards {count}");
            return Ok(Some(Given { count, from }));
        }
        let Some(count) = self.number(COUNT)? else {
            return Ok(None);
        };
        let from = format!("{COUNT}={count}");
        match NonZero::new(count) {
            Some(count) => Ok(Some(Given { count, from })),
            None => Err(format!("{from}: there must be a shard at least")),
        }
    }

    /// What an engine says; `None` if it did not start this process, or only one of its kind.
    fn of(&self, engine: &Engine, given: Option<&Given>) -> Result<Option<Found>, String> {
        // Grid Engine says `undefined` where there is no array.
        if self.said(engine.index).is_none_or(|it| it == "undefined") {
            return Ok(None);
        }
        let Some(index) = self.number(engine.index)? else {
            return Ok(None);
        };
        let uncounted = || {
            format!(
                "{} is {index}, but {} does not say of how many\n  = help: set {COUNT} in the \
                 job, or give --shards N: the number of all its tasks",
                engine.index, engine.name
            )
        };
        let size = match &engine.counted {
            Counted::Range(range) => {
                return self.in_range(engine, range, index, given).map(Some);
            }
            Counted::Unsaid => None,
            Counted::By(name) => self.number(name)?.map(|it| (*name, it)),
        };
        let size = match size {
            // A lone process of MPI is no part of anything.
            Some((_, 1)) => return Ok(None),
            Some((name, size)) => NonZero::new(size).map(|count| (name, count)),
            None => None,
        };
        match (size, given) {
            (Some((name, count)), Some(given)) if count != given.count => Err(format!(
                "{name} is {count}, but {} says something else\n  = help: leave it out, or say \
                 which shard this is: --shard I/N, or {INDEX} and {COUNT}",
                given.from
            )),
            (Some((name, count)), _) => {
                let from = format!("{name}={count}");
                let sized = Given { count, from };
                sized.shard(index, engine.index, index).map(Some)
            }
            (None, Some(given)) => given.shard(index, engine.index, index).map(Some),
            (None, None) => Err(uncounted()),
        }
    }

    /// The shard of a task that knows the numbers of those that were submitted with it.
    fn in_range(
        &self,
        engine: &Engine,
        range: &Range,
        task: u32,
        given: Option<&Given>,
    ) -> Result<Found, String> {
        let (first, last) = (self.number(range.first)?, self.number(range.last)?);
        let step = self.number(range.step)?.unwrap_or(1).max(1);
        let submitted = range.count.map_or(Ok(None), |name| self.number(name))?;
        // All tasks from the first to the last, as far as can be told: index and count.
        let whole = match (first, last) {
            (Some(first), Some(last)) if first <= 1 && (first..=last).contains(&task) => {
                let all = ((last - first) / step).saturating_add(1);
                let fits = (task - first).is_multiple_of(step);
                let fits = fits && submitted.is_none_or(|it| it == all);
                let count = NonZero::new(all).filter(|_| fits);
                count.map(|count| ((task - first) / step, count))
            }
            _ => None,
        };
        match (whole, given) {
            (Some((index, count)), Some(given)) if count == given.count => {
                given.shard(index, engine.index, task)
            }
            (_, Some(given)) => match task.checked_sub(range.base) {
                Some(index) if index < given.count.get() => given.shard(index, engine.index, task),
                _ => Err(format!(
                    "{} is {task}, but {} says that tasks are {} to {}\n  = help: submit those \
                     numbers only",
                    engine.index,
                    given.from,
                    range.base,
                    given.count.get() - 1 + range.base
                )),
            },
            (Some((index, count)), None) if count.get() > 1 => {
                let from = format!("{}={}", range.last, last.unwrap_or_default());
                Given { count, from }.shard(index, engine.index, task)
            }
            _ => Err(format!(
                "{} is {task}, but how many shards there are cannot be told{}\n  = help: set \
                 {COUNT} in the job, or give --shards N: the number of the whole array, also \
                 where only some of its tasks are submitted again",
                engine.index,
                match (first, last) {
                    (Some(first), Some(last)) if first == last => ": it was submitted alone".into(),
                    (Some(first), Some(last)) => format!(" from {first} to {last}"),
                    _ => String::new(),
                },
            )),
        }
    }

    /// A variable; an empty one of an engine says nothing.
    fn said(&self, name: &str) -> Option<String> {
        (self.lookup)(name).filter(|it| !it.is_empty())
    }

    /// A variable as a number.
    fn number(&self, name: &str) -> Result<Option<u32>, String> {
        let Some(text) = (self.lookup)(name) else {
            return Ok(None);
        };
        let ours = name == INDEX || name == COUNT;
        if text.is_empty() && !ours {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| {
            let help = if ours {
                "unset it, or set it to a whole number".to_owned()
            } else {
                format!("say which shard this is: --shard I/N, or {INDEX} and {COUNT}")
            };
            format!("{name} is {text:?}, not a whole number\n  = help: {help}")
        })
    }
}

impl Given {
    /// The shard with this index of so many; a variable called `name` says that it is `task`.
    fn shard(&self, index: u32, name: &str, task: u32) -> Result<Found, String> {
        match Shard::new(index, self.count) {
            Ok(shard) => Ok(Found {
                shard,
                from: format!("{name}={task}, {}", self.from),
            }),
            Err(_) => Err(format!(
                "{name} is {task}, but {} says that shards are 0 to {}\n  = help: count from 0, or \
                 correct the number of shards",
                self.from,
                self.count.get() - 1
            )),
        }
    }
}

#[cfg(test)]
mod tests;
