//! Each change in words: what it does, how it is set, what to know before.
use super::names::{metric, multiple};
use crate::number::{seconds, usd};
use crate::verdict::in_unit;
use keystorm_record::plan::{Case, Effect, Mitigation, Mitigations, Plan};

/// A change, ready for a page.
pub(super) struct Remedy {
    pub(super) number: usize,
    pub(super) name: String,
    /// Its effect and its effort.
    pub(super) tag: String,
    /// Class of the effect: `better`, `worse` or nothing.
    pub(super) class: &'static str,
    /// What comes of it, a sentence for each case.
    pub(super) cases: Vec<(String, String)>,
    /// Flags that make it.
    pub(super) flags: String,
    pub(super) caveats: Vec<String>,
}

pub(super) fn of(plan: &Plan) -> Vec<Remedy> {
    let Some(found) = &plan.mitigations else {
        return Vec::new();
    };
    let numbered = found.list.iter().zip(1..);
    numbered
        .map(|(it, number)| remedy(found, it, number))
        .collect()
}

fn remedy(found: &Mitigations, it: &Mitigation, number: usize) -> Remedy {
    let flags = it.assumed().map_or_else(String::new, flags);
    Remedy {
        number,
        name: it.name.clone(),
        tag: format!("{}; {}", it.effect.label(), it.effort.label()),
        class: match it.effect {
            Effect::Meets | Effect::MayMeet | Effect::Helps => "better",
            Effect::Trades | Effect::None => "",
            Effect::Harms => "worse",
        },
        cases: it
            .cases
            .iter()
            .map(|case| (case.name.clone(), words(found, case)))
            .collect(),
        flags,
        caveats: it.caveats.clone(),
    }
}

/// The settings of a case as flags that a shell takes.
fn flags(case: &Case) -> String {
    let all = case.settings.iter().map(|it| {
        let quoted = it.replace('\'', "'\\''");
        format!("--set '{quoted}'")
    });
    all.collect::<Vec<_>>().join(" \\\n")
}

fn words(found: &Mitigations, case: &Case) -> String {
    let outcome = &case.outcome;
    let mut parts = Vec::new();
    if let Some(value) = outcome.value {
        parts.push(format!(
            "{} {}",
            metric(&found.metric),
            in_unit(value, found.unit)
        ));
    }
    if let Some(it) = outcome.kms_load_multiple {
        parts.push(format!(
            "room for {} times today’s load of KMS",
            multiple(it)
        ));
    }
    if let Some(it) = outcome.p99_s {
        parts.push(format!("p99 {}", seconds(it)));
    }
    parts.push(format!("{} a month", usd(outcome.usd_per_month)));
    if outcome.breached.is_empty() {
        parts.push("all expectations hold".into());
    } else {
        parts.push(format!("breached: {}", outcome.breached.join(", ")));
    }
    format!("{}.", parts.join("; "))
}
