//! What a run says, in words, by rules. Each rule has a test in `tests/verdict.rs`.
mod advice;
mod completion;
mod figures;
mod finding;

pub(crate) use finding::in_unit;

use crate::text::Text;
use crate::view;
use keystorm_record::Record;

pub use finding::Finding;

/// The verdict on the first variant, "what you have now".
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Which rule decides.
    pub finding: Finding,
    /// How it stands; the page's rule takes its colour from it.
    pub state: State,
    /// The state in a few words, such as `Limit breached`.
    pub tag: String,
    /// One sentence with the times, with its full stop.
    pub headline: String,
    /// One or two sentences with the numbers.
    pub say: Text,
    /// Where it comes from; at most 50 words.
    pub why: Text,
    /// What the other variants of the record and the quota suggest; at most 50 words in all.
    pub what_to_do: Vec<Text>,
    /// What it rests on; at most 50 words.
    pub how_sure: Text,
    /// Six key figures; empty if nothing was measured.
    pub key_figures: Vec<KeyFigure>,
}

/// How a verdict stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    /// A limit or an expectation is breached, or every request is refused.
    Breached,
    /// The record cannot answer.
    Inconclusive,
    /// No limit applies.
    Nothing,
    /// The load fits.
    Fits,
}

impl State {
    /// Name in JSON and class on the page: `breached`, `inconclusive`, `nothing`, `fits`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Breached => "breached",
            Self::Inconclusive => "inconclusive",
            Self::Nothing => "nothing",
            Self::Fits => "fits",
        }
    }
}

/// A key figure of the verdict.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KeyFigure {
    /// What it is, such as `Peak demand`.
    pub name: String,
    /// The number, such as `11,150`.
    pub value: String,
    /// Its unit, such as `/s`; empty for money.
    pub unit: String,
    /// What it compares with, such as `112 % of the quota`.
    pub note: String,
    /// It breaches a limit.
    pub bad: bool,
}

/// The verdict of a record: what its first variant does, and what the others suggest.
#[must_use]
pub fn verdict(record: &Record) -> Verdict {
    let finding = Finding::of(record);
    let Some(baseline) = record
        .variants
        .first()
        .filter(|_| finding != Finding::Unmeasured)
    else {
        return unmeasured(record);
    };
    let refused_all = matches!(finding, Finding::Rejected | Finding::Denied);
    let doubt = if refused_all {
        None
    } else {
        finding::Doubt::of(record, baseline)
    };
    let (state, tag) = match &doubt {
        Some(_) => (State::Inconclusive, "Inconclusive"),
        None => finding.state_and_tag(),
    };
    let clause = finding.clause(record, baseline);
    let end = match finding {
        Finding::Rejected | Finding::Denied | Finding::PartlyRefused => None,
        _ => completion::clause(baseline),
    };
    let clause = match end {
        Some(end) => format!("{clause}; {end}"),
        None => clause,
    };
    let headline = match &doubt {
        Some(doubt) => format!("{}, {}.", doubt.words(record), finding::lowered(&clause)),
        None => format!("{clause}."),
    };
    Verdict {
        finding,
        state,
        tag: tag.into(),
        headline,
        say: finding.say(record, baseline),
        why: advice::why(record, baseline, finding),
        what_to_do: advice::what_to_do(record, baseline, finding, doubt.as_ref()),
        how_sure: advice::how_sure(record, baseline, doubt.as_ref()),
        key_figures: figures::key_figures(record, baseline),
    }
}

fn unmeasured(record: &Record) -> Verdict {
    let planned = record.replications_planned;
    Verdict {
        finding: Finding::Unmeasured,
        state: State::Inconclusive,
        tag: "Inconclusive".into(),
        headline: "Nothing was measured.".into(),
        say: Text::new(format!(
            "No request of the first variant ends of those that start in the measured window; {} \
             replications were planned.",
            crate::number::in_words(planned as usize)
        )),
        why: Text::new("The run ended before a replication or a request did, or the load is zero."),
        what_to_do: vec![Text::new("Run it again, longer or with more load: see ").code("[run]")],
        how_sure: Text::new("There is nothing to be sure of."),
        key_figures: Vec::new(),
    }
}

/// Whether any variant breaches an expectation: name of the variant, condition.
pub(crate) fn breached(record: &Record) -> Option<(&str, &keystorm_record::Expectation)> {
    record.variants.iter().find_map(|v| {
        v.expectations
            .iter()
            .find(|e| !e.holds)
            .map(|e| (v.name.as_str(), e))
    })
}

/// Share of the quota from which a busiest second is called close to it.
pub(crate) const NEAR_SHARE: f64 = 0.8;

/// Share of requests that must be refused by rules for the settings to be called contradictory.
pub(crate) const REFUSED_ALL_SHARE: f64 = 0.99;

/// Demand of the busiest second as a share of the quota: first attempts and other load.
pub(crate) fn peak_share(variant: &keystorm_record::Variant) -> f64 {
    if !variant.setup.kms_quota_changes.is_empty() {
        return 1.0 - view::mean(variant, "kms.headroom").unwrap_or(1.0);
    }
    let quota = variant.setup.kms_quota_per_s.as_f64();
    if quota > 0.0 {
        view::amount(variant, "kms.demand.peak-second") / quota
    } else {
        0.0
    }
}
