//! From a scenario file's text to checked scenarios, or to all of its mistakes at once.
//!
//! 1. Parse; syntax errors end here, several at a time.
//! 2. Merge each variant over the rest, and `--set` over both; every value keeps its place.
//! 3. Walk each merged document along the JSON Schema of scenario files.
//! 4. Put the text of files that it names in their place.
//! 5. Deserialize, then check what a schema cannot say.
mod check;
mod conditions;
mod defaulted;
mod examples;
mod files;
mod merge;
mod node;
pub(crate) mod prices;
mod setting;
mod shape;
mod syntax;
mod variants;
mod walk;
pub(crate) mod words;

pub(crate) use examples::path as shown_path;
pub use files::Reader;
pub use prices::PriceFile;
pub use setting::{Setting, SettingError};

use crate::diagnostic::{Diagnostic, Diagnostics, Place, Source};
use crate::expect::Condition;
use crate::json_schema::SCENARIO;
use crate::schema::Scenario;
use crate::units::decimal::grouped;
use files::Files;
use keystorm_models::cpu::Calibration;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use variants::{Drafts, Findings, too_many_fleets};
use walk::{Frame, Missing, walk};

/// Largest scenario file \[bytes\].
const TEXT_MAX: usize = 1 << 20;

/// A scenario file, checked: one resolved scenario per variant.
#[derive(Clone, Debug, PartialEq)]
pub struct Study {
    /// Path of the file, as given.
    pub path: String,
    /// SHA-256 of the file's text, in lower-case hexadecimal.
    pub sha256: String,
    /// The comment on the file's first line; empty if it has none.
    pub question: String,
    /// What to run, in the order of the file; the first is the baseline. Never empty.
    pub variants: Vec<StudyVariant>,
    /// Core time of client-side encryption, for variants that give no rate; from [`load`] the one
    /// that keystorm brings along.
    pub calibration: Arc<Calibration>,
    /// Prices in place of those of the tables; from [`load`] there are none.
    pub prices: Option<PriceFile>,
}

/// One variant of a scenario file.
#[derive(Clone, Debug, PartialEq)]
pub struct StudyVariant {
    /// Name; that of its encryption mode if the file has no variants.
    pub name: String,
    /// The scenario with this variant's changes, the command line's settings and all defaults.
    pub scenario: Scenario,
    /// Paths of the values that nobody set, such as `kms.latency`; sorted.
    pub defaulted: Vec<String>,
    /// Conditions of the scenario and the command line; sorted by metric, the command line last.
    pub expectations: Vec<Condition>,
}

/// What the command line adds to a scenario file.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Overrides {
    /// Values that replace the file's, in every variant (`--set`).
    pub settings: Vec<Setting>,
    /// Conditions for every variant such as `get.latency.p99<200ms` (`--expect`).
    pub expectations: Vec<String>,
}

/// Checks the scenario file with this `text`. `path` is only for messages; no file is read, so a
/// scenario that names one has a mistake: [`load_with`] is for those.
///
/// # Errors
/// All mistakes that can be found at once: of syntax; or else of keys, types, units and choices
/// in any variant, and contradictions in those variants that have no such mistake.
///
/// # Example: what is missing is said
/// ```
/// use keystorm_scenarios::{Overrides, load};
///
/// let found = load("web.toml", "schema = 1", &Overrides::default()).unwrap_err();
/// assert!(found.render(false).contains("error: the table [bucket] is missing"));
/// assert_eq!(found.list.len(), 5);
/// ```
pub fn load(path: &str, text: &str, overrides: &Overrides) -> Result<Study, Diagnostics> {
    load_with(path, text, overrides, &|_| {
        Err("no files are read here".to_owned())
    })
}

/// The same for a scenario that may name files (`bucket.policy-file`), which `reader` reads. Their
/// text takes the place of their name, so that what is resolved needs them no more.
///
/// # Errors
/// As [`load`], and mistakes in those files, each under its name.
pub fn load_with(
    path: &str,
    text: &str,
    overrides: &Overrides,
    reader: &Reader<'_>,
) -> Result<Study, Diagnostics> {
    load_some(path, text, overrides, reader, None)
}

/// The same of variant number `only`, if one is wanted, as if the file had no other.
pub(crate) fn load_some(
    path: &str,
    text: &str,
    overrides: &Overrides,
    reader: &Reader<'_>,
    only: Option<usize>,
) -> Result<Study, Diagnostics> {
    let mut sources = sources(path, text, overrides);
    if text.len() > TEXT_MAX {
        let message = format!(
            "the file has {} bytes; expected at most {}",
            grouped(text.len() as u64),
            grouped(TEXT_MAX as u64)
        );
        let place = Place {
            source: syntax::FILE,
            span: None,
        };
        let list = vec![Diagnostic::new(place, message).help("is it a scenario file?")];
        return Err(Diagnostics { sources, list });
    }
    let mut files = Files::new(reader, path, sources.len());
    match variants(&sources, overrides, &mut files, only) {
        Ok(variants) => Ok(Study {
            path: path.to_owned(),
            sha256: sha256(text),
            question: question(text),
            variants,
            calibration: Arc::new(Calibration::default_one()),
            prices: None,
        }),
        Err(list) => {
            sources.extend(files.into_sources());
            Err(Diagnostics { sources, list })
        }
    }
}

/// The texts that mistakes can be in: the file, then the settings, then the conditions.
fn sources(path: &str, text: &str, overrides: &Overrides) -> Vec<Source> {
    // A file that is refused for its size need not be kept for messages.
    let text = if text.len() > TEXT_MAX { "" } else { text };
    let file = Source {
        name: path.to_owned(),
        text: text.to_owned(),
    };
    let settings = overrides.settings.iter().map(|setting| Source {
        name: "--set".to_owned(),
        text: setting.to_string(),
    });
    let conditions = overrides.expectations.iter().map(|condition| Source {
        name: "--expect".to_owned(),
        text: condition.clone(),
    });
    std::iter::once(file)
        .chain(settings)
        .chain(conditions)
        .collect()
}

/// The scenarios of the file, or the mistakes in it and in the overrides.
fn variants(
    sources: &[Source],
    overrides: &Overrides,
    files: &mut Files<'_>,
    only: Option<usize>,
) -> Result<Vec<StudyVariant>, Vec<Diagnostic>> {
    let text = &sources[syntax::FILE].text;
    let document = syntax::parse(text)?;
    let frame = Frame::of(text);
    let mut findings = Findings::default();
    let first = 1 + overrides.settings.len();
    let (settings, wrong_settings) = setting::parse_all(&sources[1..first]);
    let (extra, wrong_conditions) = conditions::parse_all(&sources[first..], first);
    let (drafts, wrong_frame) = Drafts::new(document, settings);
    findings.add_all(
        wrong_settings
            .into_iter()
            .chain(wrong_conditions)
            .chain(wrong_frame),
        None,
    );
    if drafts.has_variants() {
        findings.add_all(
            walk(drafts.base(), &SCENARIO, frame, Missing::Allowed),
            None,
        );
    }
    let mut variants = Vec::new();
    let (skipped, taken) = only.map_or((0, usize::MAX), |only| (only, 1));
    for (name, mut document) in drafts.documents(skipped).take(taken) {
        if findings.is_full() {
            break;
        }
        if let Some(found) = too_many_fleets(&document) {
            findings.add_all([found], None);
            continue;
        }
        let mut found = walk(&document, &SCENARIO, frame, Missing::Reported);
        let (mut expectations, wrong) = conditions::of_table(&document);
        found.extend(wrong);
        if !found.is_empty() {
            findings.add_all(found, None);
            continue;
        }
        findings.add_all(files.policy(&mut document), name);
        let mut scenario = match Scenario::deserialize(document.to_json()) {
            Ok(scenario) => scenario,
            Err(error) => {
                findings.add_all([unforeseen(&error)], name);
                continue;
            }
        };
        let defaulted = defaulted::paths(&document, &SCENARIO);
        if defaulted.iter().any(|it| it == "clients.cores") {
            scenario.clients.take_cores_of_type();
        }
        findings.add_all(check::check(&scenario, &document), name);
        expectations.extend(extra.iter().cloned());
        variants.push(StudyVariant {
            name: name.unwrap_or(scenario.mode().label()).to_owned(),
            defaulted,
            scenario,
            expectations,
        });
    }
    if findings.is_empty() {
        Ok(variants)
    } else {
        Err(findings.finish(only.map_or(drafts.count(), |_| 1)))
    }
}

/// What serde refuses although the schema, generated from the same types, does not.
fn unforeseen(error: &serde_json::Error) -> Diagnostic {
    let place = Place {
        source: syntax::FILE,
        span: None,
    };
    Diagnostic::new(place, format!("the scenario cannot be read: {error}"))
}

pub(crate) fn sha256(text: &str) -> String {
    use std::fmt::Write;
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(text.as_bytes()) {
        write!(hex, "{byte:02x}").expect("a string takes every write");
    }
    hex
}

/// The comment on the first line; `#:schema …` is one for editors, not for people.
fn question(text: &str) -> String {
    let first = text
        .trim_start_matches('\u{feff}')
        .lines()
        .next()
        .unwrap_or_default();
    let comment = first.trim().strip_prefix('#').unwrap_or_default();
    let comment = if comment.starts_with(":schema") {
        ""
    } else {
        comment
    };
    comment.trim().to_owned()
}
