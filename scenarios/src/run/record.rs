//! From what replications left to a record.
use super::{Options, Pooled};
use crate::assemble::Assembly;
use crate::load::{Study, StudyVariant};
use crate::replication::Finished;
use crate::schema::{Scenario, Scheme};
use crate::{costs, facts, metrics, warnings};
use keystorm_record::{
    CalibrationUsed, Int, OtherAccount, PricesUsed, QuotaChange, Record, SCHEMA_VERSION, Setup,
    Status, Tool, Variant, Window,
};

/// The record of a study; `None` without a replication.
pub(super) fn record(
    study: &Study,
    options: &Options,
    replications: u32,
    runs: Vec<(&Assembly, Pooled)>,
) -> Option<Record> {
    let first = study.variants.first()?;
    let run = &first.scenario.run;
    let complete = runs
        .iter()
        .all(|(_, it)| it.finished.len() == replications as usize);
    let finished = || runs.iter().flat_map(|(_, pooled)| &pooled.finished);
    let measured = finished().map(|it| it.replication.measured_ns).min()?;
    let window = Window {
        warm_up_ns: Int(run.warm_up.0.nanos()),
        measure_ns: measured,
        cut: finished().any(|it| is_cut(&first.scenario, it)),
    };
    let status = if complete {
        Status::Complete
    } else {
        Status::Interrupted
    };
    let warnings = warnings::of_run(study, &runs, &window, status);
    let variants = study.variants.iter().zip(runs);
    Some(Record {
        schema: SCHEMA_VERSION,
        tool: tool(),
        scenario: scenario(study, &first.scenario),
        seed: Int(first.scenario.seed),
        command: options.command.clone(),
        window,
        replications_planned: replications,
        status,
        calibration: Some(calibration(study)),
        prices: prices(study),
        facts: facts::of_study(study),
        warnings,
        variants: variants
            .map(|(it, (assembly, pooled))| variant(it, assembly, pooled))
            .collect(),
    })
}

/// This program.
pub(crate) fn tool() -> Tool {
    Tool {
        name: "keystorm".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// The study's scenario, with the Region and start of its `first` variant.
pub(crate) fn scenario(study: &Study, first: &Scenario) -> keystorm_record::Scenario {
    keystorm_record::Scenario {
        path: study.path.clone(),
        sha256: study.sha256.clone(),
        title: first.name.clone(),
        question: study.question.clone(),
        region: first.account.region.clone(),
        start: first.run.start.to_string(),
    }
}

/// What prices come from, where they are not keystorm's own.
pub(crate) fn prices(study: &Study) -> Option<PricesUsed> {
    study.prices.as_ref().map(|file| PricesUsed {
        path: file.path.clone(),
        sha256: file.sha256.clone(),
    })
}

/// Whether a replication ended before the window that the scenario asks for.
pub(crate) fn is_cut(scenario: &Scenario, finished: &Finished) -> bool {
    let replication = &finished.replication;
    let has_ended = replication.completion_ns.is_some()
        || replication.jobs.iter().any(|it| it.failed_ns.is_some());
    replication.measured_ns.0 < scenario.run.measure.0.nanos() && !has_ended
}

/// What core time of client-side encryption comes from.
pub(crate) fn calibration(study: &Study) -> CalibrationUsed {
    let from = study.calibration.provenance();
    CalibrationUsed {
        sha256: from.sha256.clone(),
        cpu: from.cpu.clone(),
        measured: from.measured.clone(),
        versions: from.versions.clone(),
        is_default: from.is_default,
    }
}

pub(super) fn variant(study: &StudyVariant, assembly: &Assembly, pooled: Pooled) -> Variant {
    let scenario = &study.scenario;
    let metrics = metrics::over_replications(&pooled.finished);
    let costs = costs::of_variant(assembly, &pooled.finished);
    let expectations = metrics::expectations(&study.expectations, &metrics);
    Variant {
        name: study.name.clone(),
        setup: setup(scenario, assembly),
        resolved: resolved(scenario, pooled.finished.len()),
        defaulted: study.defaulted.clone(),
        metrics,
        expectations,
        costs,
        refusals: warnings::refused::of_variant(assembly, &pooled),
        classes: pooled.classes,
        series: pooled.series,
        replications: pooled
            .finished
            .into_iter()
            .map(|it| it.replication)
            .collect(),
    }
}

/// The scenario with as many replications as there are, also where it was not known beforehand how
/// many it would take.
fn resolved(scenario: &Scenario, replications: usize) -> serde_json::Value {
    let mut resolved = serde_json::to_value(scenario).expect("a scenario is plain data");
    let asked = scenario.run.replications as usize;
    resolved["run"]["replications"] = asked.max(replications).into();
    resolved
}

fn setup(scenario: &Scenario, assembly: &Assembly) -> Setup {
    let kms = &assembly.kms;
    Setup {
        mode: scenario.mode(),
        scheme: match scenario.clients.scheme {
            Scheme::Http => "http".to_owned(),
            Scheme::Https => "https".to_owned(),
        },
        kms_quota_per_s: Int(kms.quota.first()),
        kms_quota_changes: kms
            .quota
            .changes()
            .iter()
            .map(|&(at, quota)| QuotaChange {
                second: Int(at.second()),
                quota_per_s: Int(quota),
            })
            .collect(),
        kms_other_load_per_s: Int(kms.other.peak(0, assembly.horizon.second())),
        other_accounts: kms
            .other_accounts
            .iter()
            .map(|it| OtherAccount {
                name: it.name.clone(),
                kms_quota_per_s: Int(it.quota.first()),
                kms_other_load_per_s: Int(it.other.peak(0, assembly.horizon.second())),
            })
            .collect(),
        retry: facts::retry(&scenario.clients.retry),
    }
}
