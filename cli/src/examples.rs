//! `keystorm examples`: the scenarios that ship with keystorm, inside the binary.
use crate::exit::{Failure, Outcome};
use crate::print;
use clap::builder::PossibleValuesParser;
use std::fmt::Write;

/// List the shipped scenarios and their questions, or print one
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Args {
    /// The scenario to print; without it all are listed
    #[arg(value_parser = names())]
    name: Option<String>,
}

const AFTER: &str = "\
Examples:
  keystorm examples
  keystorm examples quickstart > my.toml";

macro_rules! library {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../scenarios/library/", $name, ".toml")))),*]
    };
}

/// Names and texts of the shipped scenarios: every file of `scenarios/library`.
const LIBRARY: [(&str, &str); 32] = library![
    "audit-cost",
    "bucket-keys",
    "client-side-cpu-bound",
    "cold-start",
    "connection-pool",
    "cross-account",
    "custom-key-store",
    "data-key-cache-stampede",
    "day-at-30k",
    "disabled-key",
    "express-one-zone",
    "forced-encryption",
    "forced-tls",
    "kms-faults",
    "lambda-key-cache",
    "metastable-collapse",
    "modes-side-by-side",
    "multipart-uploads",
    "network-burst",
    "nightly-jobs",
    "nobody-near-the-limit",
    "office-weekend",
    "prefix-hot-spot",
    "quickstart",
    "quota-tiers",
    "ranged-reads",
    "re-encrypt-by-copy",
    "replication",
    "retry-modes",
    "spark-job-stages",
    "sse-c",
    "two-accounts",
];

fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(LIBRARY.map(|(name, _)| name))
}

/// Prints the list, or the scenario that is asked for.
pub(crate) fn examples(args: &Args) -> Result<Outcome, Failure> {
    let asked = LIBRARY
        .iter()
        .find(|(name, _)| args.name.as_deref() == Some(name));
    match asked {
        Some((_, text)) => print::result(text)?,
        None => print::result(&list())?,
    }
    Ok(Outcome::Fine)
}

fn list() -> String {
    let width = LIBRARY
        .iter()
        .map(|(name, _)| name.len())
        .max()
        .unwrap_or(0);
    let mut list = String::new();
    for (name, text) in LIBRARY {
        let question = text
            .lines()
            .next()
            .unwrap_or_default()
            .trim_start_matches(['#', ' ']);
        writeln!(list, "{name:width$}  {question}").expect("writing to memory cannot fail");
    }
    list
}

#[cfg(test)]
mod tests {
    use super::LIBRARY;

    // Goal: the binary carries every shipped scenario, and each opens with a question and the line
    // that editors find the schema by.
    // Method: compare the list with the folder; look at the first two lines of each text.
    #[test]
    fn the_library_is_complete_and_every_scenario_asks_something() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios/library");
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        let carried: Vec<_> = LIBRARY
            .iter()
            .map(|(name, _)| format!("{name}.toml"))
            .collect();
        assert_eq!(carried, files);
        for (name, text) in LIBRARY {
            let mut lines = text.lines();
            let question = lines.next().unwrap();
            assert!(
                question.starts_with("# ") && question.ends_with('?'),
                "{name}: {question}"
            );
            assert_eq!(lines.next(), Some("#:schema ../schema.json"), "{name}");
        }
    }
}
