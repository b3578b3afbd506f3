//! Which variants are shown where there are more than anybody reads.
use crate::number::grouped;
use crate::verdict::breached;
use crate::view::mean;
use keystorm_record::{Fact, Record, Variant, Warning};
use std::borrow::Cow;

/// Most variants that pages and tables for people show.
const VARIANTS_MAX: usize = 24;

/// Most warnings of a record whose variants are not all shown.
const WARNINGS_MAX: usize = 24;

/// The record as people see it: itself, or one with the variants that matter most.
///
/// These are the first, one that breaches an expectation if there is one, and of the rest those
/// than which none is better in cost, p99 and requests given up at once; evenly along the cost if
/// they are too many, and the next by p99 if they are few.
pub(crate) fn shown(record: &Record) -> Cow<'_, Record> {
    let all = &record.variants;
    if all.len() <= VARIANTS_MAX {
        return Cow::Borrowed(record);
    }
    let chosen = choose(record);
    let variants: Vec<Variant> = chosen.iter().map(|&it| all[it].clone()).collect();
    let names: Vec<&String> = variants.iter().map(|it| &it.name).collect();
    let fact = |fact: &Fact| {
        let mut of_shown = fact.clone();
        of_shown.variants.retain(|it| names.contains(&it));
        let holds = fact.variants.is_empty() || !of_shown.variants.is_empty();
        holds.then_some(of_shown)
    };
    let mut warnings = vec![Warning {
        code: "variants-left-out".to_owned(),
        text: format!(
            "{} of {} variants are shown: the first, and those than which none is better in cost, \
             p99 and requests given up at once",
            variants.len(),
            grouped(all.len() as f64, 0)
        ),
        remedy: "summary.csv and record.json have all of them".to_owned(),
    }];
    let more = record.warnings.len().saturating_sub(WARNINGS_MAX);
    warnings.extend(record.warnings.iter().take(WARNINGS_MAX).cloned());
    if more > 0 {
        warnings.push(Warning {
            code: "warnings-left-out".to_owned(),
            text: format!("{} further warnings are left out", grouped(more as f64, 0)),
            remedy: "record.json has all of them".to_owned(),
        });
    }
    Cow::Owned(Record {
        schema: record.schema,
        tool: record.tool.clone(),
        scenario: record.scenario.clone(),
        seed: record.seed,
        command: record.command.clone(),
        window: record.window.clone(),
        replications_planned: record.replications_planned,
        status: record.status,
        calibration: record.calibration.clone(),
        prices: record.prices.clone(),
        facts: record.facts.iter().filter_map(fact).collect(),
        warnings,
        variants,
    })
}

/// Numbers of the variants to show, in order.
fn choose(record: &Record) -> Vec<usize> {
    let all = &record.variants;
    let scores: Vec<[f64; 3]> = all.iter().map(score).collect();
    let mut chosen = vec![0];
    if let Some((name, _)) = breached(record) {
        chosen.extend(all.iter().position(|it| it.name == name));
    }
    chosen.dedup();
    let beaten = |&it: &usize| scores.iter().any(|other| beats(other, &scores[it]));
    let rest: Vec<usize> = (0..all.len()).filter(|it| !chosen.contains(it)).collect();
    let (beaten, mut front): (Vec<usize>, Vec<usize>) = rest.into_iter().partition(beaten);
    front.sort_by(|&a, &b| scores[a][0].total_cmp(&scores[b][0]).then(a.cmp(&b)));
    let room = VARIANTS_MAX - chosen.len();
    if front.len() > room {
        let last = front.len() - 1;
        chosen.extend((0..room).map(|it| front[it * last / (room - 1)]));
    } else {
        let mut next = beaten;
        next.sort_by(|&a, &b| scores[a][1].total_cmp(&scores[b][1]).then(a.cmp(&b)));
        next.truncate(room - front.len());
        chosen.extend(front.into_iter().chain(next));
    }
    chosen.sort_unstable();
    chosen
}

/// Cost, p99 and share given up: less is better. What a variant has no value of is the worst.
fn score(variant: &Variant) -> [f64; 3] {
    ["cost.month", "all.latency.p99", "all.throttled-share"]
        .map(|name| mean(variant, name).unwrap_or(f64::INFINITY))
}

/// No worse in anything, and better in something.
fn beats(a: &[f64; 3], b: &[f64; 3]) -> bool {
    a.iter().zip(b).all(|(a, b)| a <= b) && a.iter().zip(b).any(|(a, b)| a < b)
}
