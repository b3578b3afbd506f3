//! A grid of values over a scenario: `--vary mode=sse-s3,sse-kms --vary account.region=…`.
use super::grid::Grid;
use crate::diagnostic::Diagnostics;
use crate::json_schema::VARIANT_KEYS;
use crate::load::{Overrides, Reader, Setting, Study, load_some, load_with};
use std::error::Error;
use std::fmt;
use std::str::FromStr;

/// Most points of a grid: variants of one record.
pub const POINTS_MAX: usize = 1_000;

/// A setting that takes one value after the other: `path=a,b,c`.
///
/// Two paths are short for others: `mode` for everything that makes an encryption mode
/// ([`Modes`]), and `region` for `account.region`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Vary {
    /// Dotted path of a value of the scenario, or `mode` or `region`.
    pub path: String,
    /// The values, as a scenario would write them; quotes may be left out. Never empty.
    pub values: Vec<String>,
}

/// Why a text does not say what to vary.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum VaryError {
    /// There is no `=`, or nothing before it.
    NoPath,
    /// There is nothing behind `=`, or between two commas.
    NoValue,
    /// The same value stands there twice.
    Twice(String),
    /// An encryption mode that there is not.
    UnknownMode(String),
    /// A value that all variants of a record share, such as `seed` or `run.measure`.
    Shared(String),
}

/// Encryption modes by the names that `mode=` knows, and the settings of each.
#[derive(Clone, Copy, Debug)]
pub struct Modes;

/// Name, label, settings.
type ModeRow = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

const MODES: [ModeRow; 6] = [
    (
        "sse-s3",
        "SSE-S3",
        &[
            ("bucket.encryption", "sse-s3"),
            ("bucket.bucket-key", "false"),
            ("clients.encryption", "none"),
        ],
    ),
    (
        "sse-kms",
        "SSE-KMS",
        &[
            ("bucket.encryption", "sse-kms"),
            ("bucket.bucket-key", "false"),
            ("clients.encryption", "none"),
        ],
    ),
    (
        "sse-kms+bucket-key",
        "SSE-KMS, Bucket Key",
        &[
            ("bucket.encryption", "sse-kms"),
            ("bucket.bucket-key", "true"),
            ("clients.encryption", "none"),
        ],
    ),
    (
        "dsse-kms",
        "DSSE-KMS",
        &[
            ("bucket.encryption", "dsse-kms"),
            ("bucket.bucket-key", "false"),
            ("clients.encryption", "none"),
        ],
    ),
    (
        "sse-c",
        "SSE-C",
        &[
            ("bucket.encryption", "sse-c"),
            ("bucket.bucket-key", "false"),
            // New buckets block SSE-C; who compares it means one that does not.
            ("bucket.blocked-encryption-types", "[]"),
            ("clients.encryption", "none"),
        ],
    ),
    (
        "client",
        "Client-side",
        &[
            ("bucket.encryption", "sse-s3"),
            ("bucket.bucket-key", "false"),
            ("clients.encryption", "s3-encryption-client"),
        ],
    ),
];

impl Modes {
    /// Their names, in the order in which they are best shown.
    pub fn names() -> impl Iterator<Item = &'static str> {
        MODES.iter().map(|it| it.0)
    }

    fn find(name: &str) -> Option<&'static ModeRow> {
        MODES.iter().find(|it| it.0 == name)
    }
}

impl FromStr for Vary {
    type Err = VaryError;

    fn from_str(text: &str) -> Result<Self, VaryError> {
        let setting: Setting = text.parse().map_err(|_| VaryError::NoPath)?;
        let key = setting.path.split('.').next().unwrap_or_default();
        let short = ["mode", "region"].contains(&setting.path.as_str());
        if !short && !VARIANT_KEYS.contains(&key) {
            return Err(VaryError::Shared(setting.path));
        }
        let mut values: Vec<String> = Vec::new();
        for value in pieces(&setting.value) {
            let value = value.trim();
            if value.is_empty() {
                return Err(VaryError::NoValue);
            }
            if values.iter().any(|it| it == value) {
                return Err(VaryError::Twice(value.to_owned()));
            }
            if setting.path == "mode" && Modes::find(value).is_none() {
                return Err(VaryError::UnknownMode(value.to_owned()));
            }
            values.push(value.to_owned());
        }
        Ok(Self {
            path: setting.path,
            values,
        })
    }
}

/// A text apart at its commas, but for those in quotes and brackets.
fn pieces(text: &str) -> Vec<&str> {
    let (mut pieces, mut begin, mut depth, mut quote) = (Vec::new(), 0, 0_u32, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                pieces.push(&text[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(&text[begin..]);
    pieces
}

impl fmt::Display for Vary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.path, self.values.join(","))
    }
}

impl fmt::Display for VaryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPath => f.write_str(
                "expected path=value,value, such as kms.request-quota=10_000/s,20_000/s",
            ),
            Self::NoValue => f.write_str("a value is missing; expected path=value,value"),
            Self::Twice(value) => write!(f, "the value {value} stands there twice"),
            Self::Shared(path) => write!(
                f,
                "all variants share `{path}`; expected mode, region, or a path in {}",
                VARIANT_KEYS.join(", ")
            ),
            Self::UnknownMode(name) => {
                let names: Vec<_> = Modes::names().collect();
                write!(
                    f,
                    "there is no mode {name}; expected any of {}",
                    names.join(", ")
                )
            }
        }
    }
}

impl Error for VaryError {}

impl Vary {
    /// What its value number `index` is called in a variant's name.
    pub(super) fn label(&self, index: usize) -> String {
        let value = self.value_label(index);
        match self.path.as_str() {
            "mode" | "region" | "account.region" => value,
            path => format!("{} {value}", path.rsplit('.').next().unwrap_or(path)),
        }
    }

    /// What that value is called where it is known what it is a value of.
    pub(super) fn value_label(&self, index: usize) -> String {
        let value = &self.values[index];
        match self.path.as_str() {
            "mode" => Modes::find(value).map_or(value.as_str(), |it| it.1),
            "region" | "account.region" => value,
            _ => value.trim_matches('"'),
        }
        .to_owned()
    }

    /// The settings that give it its value number `index`.
    pub(super) fn settings(&self, index: usize) -> Vec<Setting> {
        let setting = |path: &str, value: &str| Setting {
            path: path.to_owned(),
            value: value.to_owned(),
        };
        let value = &self.values[index];
        match (self.path.as_str(), Modes::find(value)) {
            ("mode", Some(mode)) => mode.2.iter().map(|it| setting(it.0, it.1)).collect(),
            ("region", _) => vec![setting("account.region", value)],
            (path, _) => vec![setting(path, value)],
        }
    }
}

/// The study of a grid: each point is the file's first variant, or the file if it has none, with
/// one value of each [`Vary`]. The last one varies fastest; the first point is the baseline.
/// Without any, the file's own variants.
///
/// # Errors
/// The mistakes of the first point that has some, with a note of the point; or that there are more
/// than [`POINTS_MAX`] points.
pub fn vary(
    path: &str,
    text: &str,
    overrides: &Overrides,
    reader: &Reader<'_>,
    grid: &[Vary],
) -> Result<Study, VariedError> {
    let grid = Grid(grid);
    let Some(points) = grid.points().filter(|&it| it <= POINTS_MAX as u64) else {
        return Err(VariedError::TooMany);
    };
    if grid.0.is_empty() {
        return load_with(path, text, overrides, reader).map_err(VariedError::Mistakes);
    }
    // What the other variants would make of a point does not matter.
    let load = |overrides: &Overrides| load_some(path, text, overrides, reader, Some(0));
    let mut study: Option<Study> = None;
    for point in 0..points {
        let indices = grid.indices(point);
        let mut loaded = load(&grid.over(overrides, &indices)).map_err(VariedError::Mistakes)?;
        let mut variant = loaded.variants.swap_remove(0);
        variant.name = grid.name(&indices);
        match &mut study {
            Some(study) => study.variants.push(variant),
            empty => {
                loaded.variants = vec![variant];
                *empty = Some(loaded);
            }
        }
    }
    Ok(study.expect("a grid has at least one point"))
}

/// Why there is no study of a grid.
#[derive(Debug)]
pub enum VariedError {
    /// There are more than [`POINTS_MAX`] points.
    TooMany,
    /// A point is no scenario.
    Mistakes(Diagnostics),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::load;

    const TEXT: &str = r#"schema = 1
name = "grid"
run = { start = "2026-11-24T00:00:00Z", measure = "10 s" }
account.region = "eu-west-3"
bucket.encryption = "sse-kms"
[fleets.web]
instances = 1
concurrency = 10
operations.get = 1
size.fixed = "64 KiB"
arrivals.poisson.rate = "10/s"
"#;

    fn grid(varies: &[&str]) -> Result<Study, VariedError> {
        let varies: Vec<Vary> = varies.iter().map(|it| it.parse().unwrap()).collect();
        let reader = |_: &str| Err("no files here".to_owned());
        vary("grid.toml", TEXT, &Overrides::default(), &reader, &varies)
    }

    // Goal: a grid has every combination once, named by its values, the last path fastest.
    // Method: three modes in two Regions; the scenario that each point resolves to.
    #[test]
    fn a_grid_has_every_combination() {
        let study = grid(&[
            "region=eu-west-3,us-east-1",
            "mode=sse-kms,sse-kms+bucket-key,client",
        ]);
        let study = study.expect("it is sound");
        let names: Vec<_> = study.variants.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "eu-west-3, SSE-KMS",
                "eu-west-3, SSE-KMS, Bucket Key",
                "eu-west-3, Client-side",
                "us-east-1, SSE-KMS",
                "us-east-1, SSE-KMS, Bucket Key",
                "us-east-1, Client-side",
            ]
        );
        for variant in &study.variants {
            let (region, mode) = variant.name.split_once(", ").unwrap();
            assert_eq!(variant.scenario.account.region, region);
            assert_eq!(variant.scenario.mode().label(), mode);
        }
    }

    // Goal: every mode is a sound change of a plain scenario, and is the mode that its name says.
    // Method: all of them at once.
    #[test]
    fn every_mode_can_be_compared() {
        let all: Vec<_> = Modes::names().collect();
        let study = grid(&[&format!("mode={}", all.join(","))]).expect("they are sound");
        for variant in &study.variants {
            assert_eq!(variant.scenario.mode().label(), variant.name);
        }
    }

    // Goal: without a grid the file's own variants stand; with one, its first is the basis.
    // Method: a file with two variants.
    #[test]
    fn the_basis_of_a_grid_is_the_first_variant() {
        let text = format!(
            "{TEXT}[[variants]]\nname = \"keyed\"\nbucket.bucket-key = true\n\
             [[variants]]\nname = \"plain\"\n"
        );
        let reader = |_: &str| Err("no files here".to_owned());
        let overrides = Overrides::default();
        let own = vary("two.toml", &text, &overrides, &reader, &[]).unwrap();
        assert_eq!(own, load("two.toml", &text, &overrides).unwrap());
        let quotas: Vary = "kms.request-quota=1_000/s,\"2_000/s\"".parse().unwrap();
        let study = vary("two.toml", &text, &overrides, &reader, &[quotas]).unwrap();
        let names: Vec<_> = study.variants.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["request-quota 1_000/s", "request-quota 2_000/s"]);
        assert!(
            study
                .variants
                .iter()
                .all(|it| it.scenario.bucket.bucket_key)
        );
    }

    // Goal: a point needs to make sense over the first variant only.
    // Method: a second variant under SSE-S3, where a Bucket Key is a mistake.
    #[test]
    fn the_other_variants_do_not_matter_to_a_grid() {
        let text = format!(
            "{TEXT}[[variants]]\nname = \"kms\"\n\
             [[variants]]\nname = \"s3\"\nbucket.encryption = \"sse-s3\"\n"
        );
        let reader = |_: &str| Err("no files here".to_owned());
        let keys: Vary = "bucket.bucket-key=false,true".parse().unwrap();
        let study = vary("two.toml", &text, &Overrides::default(), &reader, &[keys]);
        assert_eq!(study.expect("the first variant is sound").variants.len(), 2);
    }

    // Goal: what is no grid is refused with the reason.
    // Method: texts without path, value, known mode; a value twice; a wrong value; too many points.
    #[test]
    fn mistakes_are_told() {
        let refused = |text: &str| text.parse::<Vary>().unwrap_err();
        assert_eq!(refused("mode"), VaryError::NoPath);
        assert_eq!(refused("s3.read-rate=1,,2"), VaryError::NoValue);
        assert_eq!(
            refused("cost.storage=1, 1"),
            VaryError::Twice("1".to_owned())
        );
        for shared in ["seed", "run.measure", "variants", "name"] {
            let error = refused(&format!("{shared}=1,2"));
            assert_eq!(error, VaryError::Shared(shared.to_owned()));
        }
        let unknown = refused("mode=sse-kms,kms").to_string();
        assert!(unknown.contains("there is no mode kms") && unknown.contains("dsse-kms"));
        let commas: Vary = "clients.retry.standard={ a = 1, b = [2, 3] },'x, y'"
            .parse()
            .unwrap();
        assert_eq!(commas.values, ["{ a = 1, b = [2, 3] }", "'x, y'"]);
        let Err(VariedError::Mistakes(found)) = grid(&["kms.request-quota=9/s,0/s"]) else {
            panic!("a quota of zero is no quota");
        };
        assert!(
            found
                .render(false)
                .contains("expected a positive whole rate")
        );
        let rates: Vec<_> = (1..=40).map(|it| format!("{it}/s")).collect();
        let quotas = format!("kms.request-quota={}", rates.join(","));
        let loads = quotas.replace("request-quota", "other-load");
        assert!(matches!(
            grid(&[&quotas, &loads]),
            Err(VariedError::TooMany)
        ));
    }
}
