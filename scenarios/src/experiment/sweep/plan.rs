//! The plan of a sweep: a file that holds everything that the result depends on.
use crate::load::{Overrides, sha256};
use crate::units::decimal::grouped;
use keystorm_record::Int;
use keystorm_sim::TieBreak;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

/// Version of the plan's format that this crate writes.
const PLAN_VERSION: u32 = 1;

/// Most points of a sweep.
pub const SWEEP_POINTS_MAX: u64 = 100_000;

/// Most runs of a sweep: points × replications.
pub const RUNS_MAX: u64 = 1_000_000;

/// A file's text with its path, as it was given.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SweepSource {
    /// Path, only for messages and records.
    pub path: String,
    /// Content.
    pub text: String,
}

/// Everything that a sweep depends on, in one file, so that any machine with the same keystorm can
/// do a part of it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SweepPlan {
    /// Version of this format.
    #[serde(rename = "sweep-plan")]
    pub(super) format: u32,
    /// Version of keystorm that prepared it; another one may find other figures.
    pub(super) keystorm: String,
    /// SHA-256 of everything else in here, hexadecimal.
    pub(super) sha256: String,
    /// The command that gives the same result on one machine.
    pub(super) command: String,
    /// Combinations of values.
    pub(super) points: Int,
    /// Replications at each.
    pub(super) replications: u32,
    /// What varies, as `path=value,value`; the last one varies fastest.
    pub(super) vary: Vec<String>,
    /// Settings of every point, as `path=value`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) set: Vec<String>,
    /// Conditions of every point.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) expect: Vec<String>,
    /// Whether events of the same instant are shuffled.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) shuffled: bool,
    /// The scenario.
    pub(super) scenario: SweepSource,
    /// Files that it names, by that name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) files: BTreeMap<String, String>,
    /// What encryption costs a core, if not keystorm's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) calibration: Option<String>,
    /// Prices in place of keystorm's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) prices: Option<SweepSource>,
    /// Requests that a run of each point is expected to have, if they are not alike: the order of
    /// work and the shards follow from them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) requests: Vec<Int>,
}

/// Why a text is no plan that can be worked on.
#[derive(Debug)]
pub enum PlanError {
    /// It is not JSON, or not a plan.
    Malformed(serde_json::Error),
    /// A newer keystorm wrote it, in the format with this version.
    Newer(u32),
    /// Another version of keystorm prepared it.
    OtherVersion(String),
    /// It was changed since it was prepared.
    Changed,
    /// Something in it cannot be read; this says what and why.
    Part(String),
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(error) => write!(f, "not the plan of a sweep: {error}"),
            Self::Newer(version) => write!(
                f,
                "the plan has format {version}, this keystorm reads formats up to \
                 {PLAN_VERSION}\n  = \
                 help: update keystorm"
            ),
            Self::OtherVersion(version) => write!(
                f,
                "keystorm {version} prepared the plan, and this is {}: figures may differ\n  = \
                 help: use the same version everywhere, or prepare the sweep again",
                env!("CARGO_PKG_VERSION")
            ),
            Self::Changed => f.write_str(
                "the plan was changed since it was prepared: its SHA-256 does not fit\n  = help: \
                 change the scenario or the flags, and prepare the sweep again",
            ),
            Self::Part(what) => write!(f, "the plan cannot be read: {what}"),
        }
    }
}

impl Error for PlanError {}

impl SweepPlan {
    /// Reads a plan.
    ///
    /// # Errors
    /// [`PlanError`], also if it was changed since it was prepared.
    pub fn from_json(text: &str) -> Result<Self, PlanError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "kebab-case")]
        struct Versions {
            sweep_plan: u32,
            keystorm: String,
        }
        // The versions first: another format may lack or add fields.
        let versions: Versions = serde_json::from_str(text).map_err(PlanError::Malformed)?;
        if versions.sweep_plan > PLAN_VERSION {
            return Err(PlanError::Newer(versions.sweep_plan));
        }
        if versions.keystorm != env!("CARGO_PKG_VERSION") {
            return Err(PlanError::OtherVersion(versions.keystorm));
        }
        let plan: Self = serde_json::from_str(text).map_err(PlanError::Malformed)?;
        if plan.sha256 == plan.own_sha256() {
            Ok(plan)
        } else {
            Err(PlanError::Changed)
        }
    }

    /// The plan as JSON, indented, with a line end.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("it has string keys");
        text.push('\n');
        text
    }

    /// A plan of this scenario without anything that needs its points.
    pub(super) fn new(scenario: SweepSource, overrides: &Overrides, command: String) -> Self {
        Self {
            format: PLAN_VERSION,
            keystorm: env!("CARGO_PKG_VERSION").to_owned(),
            sha256: String::new(),
            command,
            points: Int(0),
            replications: 0,
            vary: Vec::new(),
            set: overrides.settings.iter().map(ToString::to_string).collect(),
            expect: overrides.expectations.clone(),
            shuffled: false,
            scenario,
            files: BTreeMap::new(),
            calibration: None,
            prices: None,
            requests: Vec::new(),
        }
    }

    /// The plan with its own SHA-256 in it.
    pub(super) fn sealed(mut self) -> Self {
        self.sha256 = self.own_sha256();
        self
    }

    /// SHA-256 of everything but the SHA-256.
    fn own_sha256(&self) -> String {
        let bare = Self {
            sha256: String::new(),
            ..self.clone()
        };
        sha256(&serde_json::to_string(&bare).expect("it has string keys"))
    }

    /// SHA-256 of the plan, hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Path of the scenario, as it was given.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.scenario.path
    }

    /// The command that gives the same result on one machine.
    #[must_use]
    pub fn command(&self) -> &str {
        &self.command
    }

    /// Combinations of values.
    #[must_use]
    pub fn points(&self) -> u64 {
        self.points.0
    }

    /// Replications at each point.
    #[must_use]
    pub fn replications(&self) -> u32 {
        self.replications
    }

    /// Runs in all.
    #[must_use]
    pub fn runs(&self) -> u64 {
        self.points.0.saturating_mul(self.replications.into())
    }

    /// What varies, as `path=value,value`.
    #[must_use]
    pub fn vary(&self) -> &[String] {
        &self.vary
    }

    pub(super) fn tie_break(&self) -> TieBreak {
        if self.shuffled {
            TieBreak::Shuffled
        } else {
            TieBreak::Schedule
        }
    }

    /// Says so if it is too large.
    pub(super) fn check_size(points: Option<u64>, replications: u32) -> Result<u64, String> {
        let Some(points) = points.filter(|&it| it <= SWEEP_POINTS_MAX) else {
            return Err(format!(
                "--vary asks for {} points; a sweep has at most {}",
                points.map_or("more than 2^64".to_owned(), grouped),
                grouped(SWEEP_POINTS_MAX)
            ));
        };
        let runs = points * u64::from(replications);
        if runs > RUNS_MAX {
            return Err(format!(
                "{} points × {replications} replications are {} runs; a sweep has at most {}",
                grouped(points),
                grouped(runs),
                grouped(RUNS_MAX)
            ));
        }
        Ok(points)
    }
}
