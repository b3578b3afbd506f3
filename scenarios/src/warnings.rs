//! What a reader should know before trusting a figure.
mod jobs;
pub(crate) mod refused;

use crate::assemble::Assembly;
use crate::crypto::Crypto;
use crate::facts::thousands;
use crate::load::Study;
use crate::run::Pooled;
use crate::units::ByteSize;
use keystorm_record::{ClientCores, Histogram, Status, Warning, Window};

/// Below this many replications an interval says little.
const REPLICATIONS_MIN: usize = 3;

/// Seconds of a whole clock minute.
const MINUTE_S: u64 = 60;

/// Share of unfinished requests above which shares and latencies depend on where the run ended.
const UNFINISHED_MAX: f64 = 0.01;

/// The warnings of a run, the most important first.
pub(crate) fn of_run(
    study: &Study,
    runs: &[(&Assembly, Pooled)],
    window: &Window,
    status: Status,
) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if status == Status::Interrupted {
        warnings.push(warning(
            "interrupted",
            "the run was interrupted; the figures come from the replications that had finished",
            "run it again to the end",
        ));
    }
    if window.cut {
        warnings.push(warning(
            "cut",
            "`run.requests-max` ended the run before the window that the scenario asks for",
            "leave it out for figures that count",
        ));
    }
    warnings.extend(jobs::of_study(study, runs));
    warnings.extend(refused::of_study(study, runs));
    warnings.extend(clamped(study, runs));
    warnings.extend(guessed(study, runs));
    if runs
        .iter()
        .any(|(_, pooled)| pooled.finished.len() < REPLICATIONS_MIN)
    {
        warnings.push(warning(
            "few-replications",
            "fewer than 3 replications: intervals are wide or missing",
            "set `run.replications` to 5 or more",
        ));
    }
    let minutes = runs.iter().flat_map(|(_, pooled)| &pooled.finished);
    if minutes
        .map(|it| it.replication.kms.peak_minute_seconds.0)
        .any(|it| it < MINUTE_S)
    {
        warnings.push(warning(
            "short-window",
            "the measured window holds no whole clock minute, so the one-minute figure rests on a \
             part of one",
            "measure at least 2 minutes for the figure that CloudWatch shows",
        ));
    }
    warnings.extend(
        study
            .variants
            .iter()
            .zip(runs)
            .filter_map(|(variant, (_, pooled))| {
                let share = unfinished_share(pooled);
                (share > UNFINISHED_MAX).then(|| {
                    warning(
                        "unfinished",
                        &format!(
                            "{:.1} % of the requests of {} were still under way when the run ended",
                            100.0 * share,
                            variant.name
                        ),
                        "measure longer, or look at the load: it may be more than the system takes",
                    )
                })
            }),
    );
    warnings
}

fn warning(code: &str, text: &str, remedy: &str) -> Warning {
    Warning {
        code: code.to_owned(),
        text: text.to_owned(),
        remedy: remedy.to_owned(),
    }
}

fn unfinished_share(pooled: &Pooled) -> f64 {
    let classes = || {
        pooled
            .finished
            .iter()
            .flat_map(|it| &it.replication.classes)
    };
    let unfinished: u64 = classes().map(|counts| counts.unfinished.0).sum();
    let requests: u64 = classes().map(|counts| counts.requests.0).sum();
    if requests == 0 {
        0.0
    } else {
        unfinished as f64 / requests as f64
    }
}

/// Guessed core time is worth a word from one part in so many on.
const GUESSED_PER: u128 = 1_000;

/// Objects whose size the calibration did not measure.
fn guessed(study: &Study, runs: &[(&Assembly, Pooled)]) -> Option<Warning> {
    let mut sum = ClientCores::default();
    let mut names = Vec::new();
    let mut measured = None;
    for (variant, (assembly, pooled)) in study.variants.iter().zip(runs) {
        let mut of_variant = ClientCores::default();
        for finished in &pooled.finished {
            of_variant.add(&finished.replication.client_cores.unwrap_or_default());
        }
        if of_variant.guessed_ns.0 * GUESSED_PER > of_variant.work_ns.0 {
            sum.add(&of_variant);
            names.push(variant.name.as_str());
            measured = assembly.client.crypto.as_ref().and_then(Crypto::measured);
        }
    }
    let (least, most) = measured?;
    let bytes = |bytes: u64| ByteSize(bytes).to_string();
    let text = format!(
        "{} requests of {} are for objects of {} to {}; the calibration measured {} to {}, so \
         their core time is a guess",
        thousands(sum.guessed.0),
        names.join(", "),
        bytes(sum.guessed_bytes_min.0),
        bytes(sum.guessed_bytes_max.0),
        bytes(least),
        bytes(most)
    );
    let remedy = "look at other sizes, or give the rate of a core: `clients.crypto-rate`";
    Some(warning("guessed-core-time", &text, remedy))
}

/// Latencies beyond what the histograms hold.
fn clamped(study: &Study, runs: &[(&Assembly, Pooled)]) -> Option<Warning> {
    let beyond = |pooled: &Pooled| {
        let longest = pooled
            .classes()
            .filter_map(|class| class.latency.quantile_ns(1.0))
            .max();
        longest >= Some(Histogram::HIGH_NS)
    };
    let variants = study.variants.iter().zip(runs);
    let names: Vec<_> = variants
        .filter(|(_, (_, pooled))| beyond(pooled))
        .map(|(variant, _)| variant.name.as_str())
        .collect();
    (!names.is_empty()).then(|| {
        let text = format!(
            "some requests of {} take an hour or longer; percentiles show them as one hour",
            names.join(", ")
        );
        warning(
            "clamped",
            &text,
            "look at the load: it is more than the system takes",
        )
    })
}
