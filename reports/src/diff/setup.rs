//! What was set differently.
use keystorm_record::comparison;
use keystorm_record::{Certainty, Fact, Record, Status, Variant};
use serde_json::Value;

/// Something that was set differently.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SetupChange {
    /// Where.
    pub place: Where,
    /// What: a path as `--set` takes it, or words.
    pub what: String,
    /// As the base has it; empty if it does not.
    pub base: String,
    /// As the new record has it.
    pub new: String,
    /// Variants that it concerns; none if all.
    pub variants: Vec<String>,
}

/// Where something was set.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Where {
    /// In how the record came about.
    Run,
    /// In the scenario.
    Setting,
    /// In what keystorm knows.
    Fact,
}

impl Where {
    /// Name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Setting => "setting",
            Self::Fact => "fact",
        }
    }
}

fn of_run(base: &Record, new: &Record) -> Vec<SetupChange> {
    let calibration = |it: &Record| {
        let used = it.calibration.as_ref();
        used.map_or_else(String::new, |it| {
            format!("{}, measured {}", it.cpu, it.measured)
        })
    };
    let prices = |it: &Record| {
        it.prices
            .as_ref()
            .map_or_else(String::new, |it| it.path.clone())
    };
    let status = |it: &Record| match it.status {
        Status::Complete => String::from("complete"),
        Status::Interrupted => "interrupted".into(),
    };
    let measured = |it: &Record| {
        let cut = if it.window.cut { ", cut" } else { "" };
        format!(
            "{}{cut}",
            crate::number::duration(it.window.measure_ns.as_f64() / 1e9)
        )
    };
    // Twelve digits tell hashes apart.
    let hash = |it: &Record| it.scenario.sha256.chars().take(12).collect::<String>();
    let of = |what: &str, show: &dyn Fn(&Record) -> String| SetupChange {
        place: Where::Run,
        what: what.into(),
        base: show(base),
        new: show(new),
        variants: Vec::new(),
    };
    let all = [
        of("keystorm", &|it| it.tool.version.clone()),
        of("scenario", &|it| it.scenario.path.clone()),
        of("scenario, SHA-256", &hash),
        of("calibration", &calibration),
        of("prices", &prices),
        of("status", &status),
        of("measured", &measured),
    ];
    all.into_iter().filter(|it| it.base != it.new).collect()
}

pub(super) fn changes(
    base: &Record,
    new: &Record,
    pairs: &[(&Variant, &Variant)],
) -> Vec<SetupChange> {
    let mut all = of_run(base, new);
    all.extend(of_settings(pairs));
    all.extend(of_facts(base, new));
    all
}

/// Settings by path; what is the same in several variants stands there once.
fn of_settings(pairs: &[(&Variant, &Variant)]) -> Vec<SetupChange> {
    let mut found: Vec<SetupChange> = Vec::new();
    for (base, new) in pairs {
        for change in settings(base, new) {
            let same = |it: &&mut SetupChange| {
                (&it.what, &it.base, &it.new) == (&change.what, &change.base, &change.new)
            };
            match found.iter_mut().find(same) {
                Some(known) => known.variants.extend(change.variants),
                None => found.push(change),
            }
        }
    }
    for change in &mut found {
        if change.variants.len() == pairs.len() {
            change.variants.clear();
        }
    }
    found
}

fn settings(base: &Variant, new: &Variant) -> Vec<SetupChange> {
    let words = |value: Option<Value>| match value {
        None => String::new(),
        Some(Value::String(text)) => text,
        Some(other) => other.to_string(),
    };
    let change = |it: comparison::Change| SetupChange {
        place: Where::Setting,
        what: it.path,
        base: words(it.base),
        new: words(it.new),
        variants: vec![new.name.clone()],
    };
    let found = comparison::changes(&base.resolved, &new.resolved);
    found.into_iter().map(change).collect()
}

/// Values that keystorm knows or assumes, and that another version knows otherwise.
fn of_facts(base: &Record, new: &Record) -> Vec<SetupChange> {
    let known = |it: &&Fact| it.certainty != Certainty::Given;
    let change = |fact: &Fact| {
        let mut facts = base.facts.iter().filter(known);
        let was = facts.find(|it| it.id == fact.id && it.variants == fact.variants)?;
        (was.value != fact.value).then(|| SetupChange {
            place: Where::Fact,
            what: fact.subject.clone(),
            base: was.value.clone(),
            new: fact.value.clone(),
            variants: fact.variants.clone(),
        })
    };
    new.facts.iter().filter(known).filter_map(change).collect()
}
