//! What would help: changes of the scenario, each tried by simulation.
use crate::{Better, Int, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Changes that may help, in the order in which they are best looked at.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Mitigations {
    /// The condition that they are judged by: the first that is breached today, else the first.
    pub condition: String,
    /// Its metric, such as `kms.throttled-share`.
    pub metric: String,
    /// Unit of that metric.
    pub unit: Unit,
    /// Which direction of it is better.
    pub better: Option<Better>,
    /// Replications of each change, paired with those of today.
    pub replications: u32,
    /// The rule of the order, in words.
    pub rule: String,
    /// The scenario as it stands, by the same replications.
    pub today: Outcome,
    /// The changes, the best first. Only those that fit the scenario are tried.
    pub list: Vec<Mitigation>,
    /// What copying the old objects costs and saves; absent where Bucket Keys cannot help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub migration: Option<Migration>,
    /// Peaks of KMS calls when nothing is refused, from which an alarm is set; absent without
    /// calls of KMS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peaks: Option<Peaks>,
}

/// A change of the scenario and what comes of it.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Mitigation {
    /// Stable id, such as `bucket-key`; several of one kind have a number or a name behind it.
    pub id: String,
    /// What is done, such as `Bucket Keys`.
    pub name: String,
    /// The work that it takes.
    pub effort: Effort,
    /// How far it helps.
    pub effect: Effect,
    /// What comes of it: as it is assumed to work first, then at the ends of what is plausible,
    /// where AWS does not publish how it works.
    pub cases: Vec<Case>,
    /// What it costs once \[USD\]: the least and the most; absent where it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_off_usd: Option<(f64, f64)>,
    /// What to know before, each a sentence.
    pub caveats: Vec<String>,
}

/// The work that a change takes, the least first.
#[derive(
    Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Effort {
    /// A setting of a bucket, a client or a schedule.
    Setting,
    /// A request to AWS, who decides and takes hours to days.
    Request,
    /// A change of programs, to be tested and deployed.
    Code,
    /// Data moves or is encrypted anew.
    Migration,
}

impl Effort {
    /// It in words.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Setting => "setting",
            Self::Request => "request to AWS",
            Self::Code => "code",
            Self::Migration => "migration",
        }
    }
}

/// How far a change helps, the farthest first.
#[derive(
    Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Every expectation holds, at both ends of what is plausible.
    Meets,
    /// Every expectation holds as it is assumed to work, but not at both ends.
    MayMeet,
    /// The metric of the condition is shown to be better, and no more requests are given up.
    Helps,
    /// The metric is better, and latency is shown to be much worse.
    Trades,
    /// No difference can be shown.
    None,
    /// The metric, or the share of requests given up, is shown to be worse.
    Harms,
}

impl Effect {
    /// It in words.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Meets => "meets all",
            Self::MayMeet => "may meet all",
            Self::Helps => "helps",
            Self::Trades => "helps at the cost of latency",
            Self::None => "no difference shown",
            Self::Harms => "harms",
        }
    }
}

/// A change under one assumption on how it works.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Case {
    /// Which: `as assumed`, `optimistic`, `pessimistic`, `first day`.
    pub name: String,
    /// Settings that make it, each `path=value` as `--set` takes it.
    pub settings: Vec<String>,
    /// Whether the order and [`Effect`] look at it. What holds for the first days only is told, but
    /// does not count.
    pub counts: bool,
    /// What comes of it.
    pub outcome: Outcome,
    /// The metric of the condition, less today's, replication by replication; absent where either
    /// has no value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<Change>,
}

/// A difference with its interval.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Change {
    /// The mean difference, in the metric's unit.
    pub mean: f64,
    /// Ends of its 95 % interval; absent with fewer than two replications.
    pub interval: Option<(f64, f64)>,
}

/// Figures of a scenario, means over replications.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Outcome {
    /// The metric of the condition; absent if it is undefined.
    pub value: Option<f64>,
    /// Ends of its 95 % interval.
    pub interval: Option<(f64, f64)>,
    /// Requests given up / requests.
    pub given_up_share: Option<f64>,
    /// Latency that 99 % of the successful requests stay below \[s\].
    pub p99_s: Option<f64>,
    /// Most KMS calls in one second made for first attempts, other load included.
    pub kms_peak_per_s: Option<f64>,
    /// The KMS quota \[1/s\].
    pub kms_quota_per_s: Int,
    /// How many times today's load of the fleets fits into the KMS quota in its busiest second,
    /// beside the other load as it is, and into the key store's, if there is one; absent if the
    /// fleets call KMS too seldom to tell.
    pub kms_load_multiple: Option<f64>,
    /// What it costs per month of 730 h \[USD\].
    pub usd_per_month: f64,
    /// Conditions that do not hold.
    pub breached: Vec<String>,
}

impl Mitigation {
    /// What comes of it as it is assumed to work.
    #[must_use]
    pub fn assumed(&self) -> Option<&Case> {
        self.cases.first()
    }

    /// The least and the most that a figure is over the cases that count.
    #[must_use]
    pub fn range(&self, of: impl Fn(&Outcome) -> Option<f64>) -> Option<(f64, f64)> {
        let counting = self.cases.iter().filter(|it| it.counts);
        counting
            .filter_map(|it| of(&it.outcome))
            .fold(None, |range, it| {
                let (low, high) = range.unwrap_or((it, it));
                Some((low.min(it), high.max(it)))
            })
    }
}

/// Encrypting old objects anew, in place, so that Bucket Keys serve them too.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Migration {
    /// Objects to copy: `cost.storage` / the mean size of the objects that are asked for; absent if
    /// the scenario has no storage.
    pub objects: Option<f64>,
    /// Price of one COPY request \[USD\].
    pub usd_per_copy: f64,
    /// Price of one KMS request \[USD\].
    pub usd_per_kms_request: f64,
    /// What a million objects cost once \[USD\]: with one KMS request each, since a Bucket Key
    /// serves the copy, and with two.
    pub usd_per_million: (f64, f64),
    /// What all objects cost once \[USD\].
    pub one_off_usd: Option<(f64, f64)>,
    /// Share of the reads that find an old object: the scenario's, or else 1, that of a bucket
    /// whose Bucket Key has just been turned on.
    pub old_share: f64,
    /// Whether that share is the scenario's.
    pub old_share_given: bool,
    /// What copying them saves per day of 24 h of this load \[USD\]: least, as assumed, most.
    pub usd_saved_per_day: (f64, f64, f64),
    /// Days until the copies have paid for themselves: least and most. `None` in it: never.
    pub break_even_days: Option<(f64, Option<f64>)>,
    /// What Bucket Keys save per month by the share of reads that find an old object.
    pub kept: Vec<Kept>,
}

/// What Bucket Keys save while some reads find an old object.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Kept {
    /// Share of the reads that find an object from before, 0..=1.
    pub old_share: f64,
    /// Dollars saved per month against no Bucket Keys.
    pub usd_per_month: f64,
    /// The same as a share of what KMS requests cost without them; 0 if they cost nothing.
    pub share: f64,
}

/// Peaks of KMS calls when nothing is refused.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Peaks {
    /// Calls in the busiest second, other load included.
    pub second_per_s: f64,
    /// Mean rate of the busiest clock minute, as `CloudWatch`'s `CallCount` shows it / 60.
    pub minute_per_s: f64,
    /// Whether the quota was lifted to see them, since today it refuses calls.
    pub quota_lifted: bool,
}
