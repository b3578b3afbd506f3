//! What may help a scenario: which changes fit it, before any is tried.
use super::{bucket_key, clients, place, spread};
use crate::load::{Setting, StudyVariant, shown_path};
use crate::schema::Scenario;
use keystorm_record::plan::Effort;

/// A change that may help.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Candidate {
    /// Stable id.
    pub(super) id: String,
    /// What is done.
    pub(super) name: String,
    pub(super) effort: Effort,
    /// As it is assumed to work first, then the ends of what is plausible.
    pub(super) cases: Vec<Trial>,
    /// What to know before, each a sentence.
    pub(super) caveats: Vec<String>,
}

/// A change under one assumption.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Trial {
    pub(super) name: &'static str,
    pub(super) settings: Vec<Setting>,
    /// Whether the order looks at it.
    pub(super) counts: bool,
}

/// What is known of a scenario before anything is changed.
pub(super) struct Today<'a> {
    pub(super) variant: &'a StudyVariant,
    /// The quota that the plan advises to ask for \[1/s\], if it does.
    pub(super) quota_to_ask: Option<u64>,
    /// Whether KMS refuses calls.
    pub(super) kms_refuses: bool,
    /// Whether twice today's load would be more than KMS grants.
    pub(super) kms_is_near: bool,
    /// Whether prefixes of S3 refuse requests.
    pub(super) s3_refuses: bool,
}

impl Candidate {
    /// A change that works in one way only.
    pub(super) fn plain(
        id: impl Into<String>,
        name: impl Into<String>,
        effort: Effort,
        settings: Vec<Setting>,
        caveats: &[&str],
    ) -> Self {
        let as_assumed = Trial {
            name: "as assumed",
            settings,
            counts: true,
        };
        Self {
            id: id.into(),
            name: name.into(),
            effort,
            cases: vec![as_assumed],
            caveats: caveats.iter().map(|&it| it.to_owned()).collect(),
        }
    }
}

impl Today<'_> {
    pub(super) fn scenario(&self) -> &Scenario {
        &self.variant.scenario
    }

    /// Whether nobody set a value.
    pub(super) fn is_default(&self, path: &str) -> bool {
        self.variant.defaulted.iter().any(|it| it == path)
    }
}

/// All changes that fit, in a fixed order.
pub(super) fn candidates(today: &Today<'_>) -> Vec<Candidate> {
    let mut list = Vec::new();
    list.extend(bucket_key::candidates(today));
    list.extend(clients::candidates(today));
    list.extend(spread::candidates(today));
    list.extend(place::candidates(today));
    list
}

/// A setting of a path of plain keys.
#[expect(clippy::needless_pass_by_value, reason = "numbers and words alike")]
pub(super) fn set(path: &str, value: impl ToString) -> Setting {
    Setting {
        path: path.to_owned(),
        value: value.to_string(),
    }
}

/// A setting of a fleet, whose name may need quotes.
#[expect(clippy::needless_pass_by_value, reason = "numbers and words alike")]
pub(super) fn set_of_fleet(fleet: &str, path: &[&str], value: impl ToString) -> Setting {
    let keys = ["fleets", fleet].into_iter().chain(path.iter().copied());
    let keys: Vec<String> = keys.map(str::to_owned).collect();
    Setting {
        path: shown_path(&keys),
        value: value.to_string(),
    }
}
