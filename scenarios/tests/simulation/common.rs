//! Running small scenarios in tests.
use keystorm_record::{Record, Replication, Variant};
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

/// A mean over independent replications.
#[derive(Debug)]
pub(crate) struct Replicated {
    mean: f64,
    /// Half of the 99.9 % Student-t interval of the mean.
    error: f64,
}

/// What 8 or 200 replications found, by `value`.
pub(crate) fn replicated(found: &[Replication], value: impl Fn(&Replication) -> f64) -> Replicated {
    // Quantile 0.9995 of Student's t.
    let t = match found.len() {
        8 => 5.408,
        200 => 3.340,
        other => panic!("no quantile for {other} replications"),
    };
    let count = found.len() as f64;
    let mean = found.iter().map(&value).sum::<f64>() / count;
    let squares = found.iter().map(|it| (value(it) - mean).powi(2));
    let variance = squares.sum::<f64>() / (count - 1.0);
    Replicated {
        mean,
        error: t * (variance / count).sqrt(),
    }
}

impl Replicated {
    /// Lower end of the interval.
    pub(crate) fn low(&self) -> f64 {
        self.mean - self.error
    }

    /// Upper end of the interval.
    pub(crate) fn high(&self) -> f64 {
        self.mean + self.error
    }

    /// The interval holds what is expected, and is no wider than it may be.
    pub(crate) fn agrees(&self, expected: f64, error_max: f64, what: &str) {
        let Self { mean, error } = self;
        assert!(
            error < &error_max,
            "{what}: {mean} ± {error}, expected {expected}"
        );
        assert!(
            (mean - expected).abs() < *error,
            "{what}: {mean} ± {error} for {expected}"
        );
    }
}
