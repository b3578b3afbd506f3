//! Running small scenarios in tests.
use keystorm_record::{Record, Variant};
use keystorm_scenarios::{Options, Overrides, TieBreak, Watch, load, run};

/// Loads and runs a scenario's text, with two jobs.
pub(crate) fn record_of(text: &str) -> Record {
    record_with(text, 2, TieBreak::Schedule)
}

/// Loads and runs a scenario's text.
pub(crate) fn record_with(text: &str, jobs: usize, tie_break: TieBreak) -> Record {
    let study = load("test.toml", text, &Overrides::default());
    let study = study.unwrap_or_else(|mistakes| panic!("{}\n{text}", mistakes.render(false)));
    let options = Options {
        jobs,
        tie_break,
        every_end_an_event: false,
        parts: None,
        command: "keystorm run test.toml".to_owned(),
    };
    let record = run(&study, &options, &Watch::default());
    record.unwrap_or_else(|error| panic!("{error}"))
}

/// Mean of a variant's metric.
pub(crate) fn mean(variant: &Variant, metric: &str) -> f64 {
    variant
        .metrics
        .get(metric)
        .unwrap_or_else(|| panic!("{metric} is undefined"))
        .mean
}
