//! Running small scenarios in tests.
use keystorm_record::{Record, Variant};
use keystorm_scenarios::{Options, Overrides, Setting, TieBreak, Watch, load, run};
use std::fs;
use std::path::Path;

/// Loads and runs a scenario's text, with two jobs.
pub(crate) fn record_of(text: &str) -> Record {
    record_with(text, 2, TieBreak::Schedule)
}

/// Loads and runs a scenario's text.
pub(crate) fn record_with(text: &str, jobs: usize, tie_break: TieBreak) -> Record {
    let options = Options {
        jobs,
        tie_break,
        ..options()
    };
    run_with("test.toml", text, &[], &options)
}

/// Two jobs, everything else as usual.
pub(crate) fn options() -> Options {
    Options {
        jobs: 2,
        tie_break: TieBreak::Schedule,
        every_end_an_event: false,
        parts: None,
        command: "keystorm run test.toml".to_owned(),
    }
}

/// Loads a scenario's text with some values changed, and runs it.
pub(crate) fn run_with(
    path: &str,
    text: &str,
    settings: &[(&str, &str)],
    options: &Options,
) -> Record {
    let settings = settings.iter().map(|&(path, value)| Setting {
        path: path.to_owned(),
        value: value.to_owned(),
    });
    let overrides = Overrides {
        settings: settings.collect(),
        ..Overrides::default()
    };
    let study = load(path, text, &overrides);
    let study = study.unwrap_or_else(|mistakes| panic!("{}\n{text}", mistakes.render(false)));
    let record = run(&study, options, &Watch::default());
    record.unwrap_or_else(|error| panic!("{error}"))
}

/// The shipped scenarios: name and text.
pub(crate) fn shipped() -> Vec<(String, String)> {
    let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("library");
    let entries = fs::read_dir(library).expect("the library can be read");
    let shipped: Vec<_> = entries
        .map(|entry| {
            let path = entry.expect("the library can be read").path();
            let text = fs::read_to_string(&path).expect("a scenario is text");
            (path.display().to_string(), text)
        })
        .collect();
    assert!(!shipped.is_empty(), "the library is empty");
    shipped
}

/// Mean of a variant's metric.
pub(crate) fn mean(variant: &Variant, metric: &str) -> f64 {
    variant
        .metrics
        .get(metric)
        .unwrap_or_else(|| panic!("{metric} is undefined"))
        .mean
}
