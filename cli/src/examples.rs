//! `keystorm examples`: the scenarios that ship with keystorm, inside the binary.
use crate::exit::{Failure, Outcome};
use crate::{files, print};
use clap::builder::PossibleValuesParser;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// List the shipped scenarios and their questions, or print one
///
/// The list is by topic. Every scenario is a page that teaches: it opens with its question and says
/// what to look at and what was found.
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Args {
    /// The scenario to print; without it all are listed
    #[arg(value_parser = names())]
    name: Option<String>,

    /// Write all of them into a folder
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath, conflicts_with = "name")]
    all: Option<PathBuf>,

    /// Replace files that are there
    #[arg(long, requires = "all")]
    force: bool,
}

const AFTER: &str = "\
Examples:
  keystorm examples
  keystorm examples quickstart > my.toml
  keystorm examples --all scenarios/library

Exit codes:
  0    printed, or written
  1    a file cannot be written
  2    there is no such scenario, or a file is there already; nothing was written";

macro_rules! library {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../scenarios/library/", $name, ".toml")))),*]
    };
}

/// Names and texts of the shipped scenarios: every file of `scenarios/library`.
const LIBRARY: [(&str, &str); 47] = library![
    "a-call-per-record",
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
    "eleventh-table",
    "express-one-zone",
    "forced-encryption",
    "forced-tls",
    "forty-a-second",
    "handshake-storm",
    "hourly-spikes",
    "key-per-tenant",
    "keys-of-files",
    "kms-faults",
    "lambda-key-cache",
    "large-uploads-denied",
    "lock-without-header",
    "many-small-files",
    "metastable-collapse",
    "metrics-store",
    "modes-side-by-side",
    "multipart-uploads",
    "network-burst",
    "nightly-jobs",
    "nobody-near-the-limit",
    "office-weekend",
    "one-thread",
    "prefix-hot-spot",
    "put-or-head-refused",
    "quickstart",
    "quota-tiers",
    "ranged-reads",
    "re-encrypt-by-copy",
    "replication",
    "retry-modes",
    "runners-start-at-once",
    "spark-job-stages",
    "sse-c",
    "two-accounts",
    "two-calls-a-put",
];

fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(LIBRARY.map(|(name, _)| name))
}

/// Prints the list, or the scenario that is asked for.
pub(crate) fn examples(args: &Args) -> Result<Outcome, Failure> {
    if let Some(folder) = &args.all {
        write_all(folder, args.force)?;
        return Ok(Outcome::Fine);
    }
    let asked = LIBRARY
        .iter()
        .find(|(name, _)| args.name.as_deref() == Some(name));
    match asked {
        Some((_, text)) => print::result(text)?,
        None => print::result(&list(print::terminal_width()))?,
    }
    Ok(Outcome::Fine)
}

/// Topics and their scenarios, the first to read first; those of none are listed at the end.
const TOPICS: [(&str, &[&str]); 9] = [
    (
        "To begin with",
        &["quickstart", "nobody-near-the-limit", "modes-side-by-side"],
    ),
    (
        "Bucket Keys",
        &["bucket-keys", "cold-start", "nightly-jobs", "cross-account"],
    ),
    (
        "Load over a day, and the quota",
        &[
            "day-at-30k",
            "office-weekend",
            "quota-tiers",
            "spark-job-stages",
            "two-accounts",
        ],
    ),
    (
        "Retries, faults and collapse",
        &[
            "retry-modes",
            "kms-faults",
            "metastable-collapse",
            "disabled-key",
        ],
    ),
    (
        "Encryption in the client",
        &[
            "client-side-cpu-bound",
            "lambda-key-cache",
            "data-key-cache-stampede",
        ],
    ),
    (
        "S3 itself: operations, prefixes, storage classes",
        &[
            "multipart-uploads",
            "ranged-reads",
            "re-encrypt-by-copy",
            "replication",
            "prefix-hot-spot",
            "express-one-zone",
        ],
    ),
    (
        "Connections and networks",
        &["connection-pool", "handshake-storm", "network-burst"],
    ),
    (
        "Policies, keys of customers, audit",
        &[
            "forced-encryption",
            "forced-tls",
            "sse-c",
            "custom-key-store",
            "audit-cost",
        ],
    ),
    (
        REAL_PROBLEMS,
        &[
            "eleventh-table",
            "hourly-spikes",
            "key-per-tenant",
            "metrics-store",
            "many-small-files",
            "forty-a-second",
            "runners-start-at-once",
            "put-or-head-refused",
            "one-thread",
            "two-calls-a-put",
            "a-call-per-record",
            "keys-of-files",
            "large-uploads-denied",
            "lock-without-header",
        ],
    ),
];

/// Topic of what users have asked in public: what they saw beside what the simulation says.
const REAL_PROBLEMS: &str = "Real problems, and what became of them";

/// The question of a scenario: its first line.
fn question(text: &str) -> &str {
    let first = text.lines().next().unwrap_or_default();
    first.trim_start_matches(['#', ' '])
}

/// The list; for a terminal, in lines of its width.
fn list(columns: Option<usize>) -> String {
    let width = LIBRARY
        .map(|(name, _)| name.len())
        .into_iter()
        .max()
        .unwrap_or(0);
    let mut list = String::new();
    let mut topic = |title: &str, names: &[&str]| {
        if names.is_empty() {
            return;
        }
        let gap = if list.is_empty() { "" } else { "\n" };
        writeln!(list, "{gap}{title}").expect("writing to memory cannot fail");
        for name in names {
            let text = LIBRARY
                .iter()
                .find(|(it, _)| it == name)
                .map_or("", |(_, text)| text);
            let room = columns.map_or(usize::MAX, |it| it.saturating_sub(width + 4).max(20));
            for (i, line) in lines(question(text), room).iter().enumerate() {
                let name = if i == 0 { name } else { "" };
                writeln!(list, "  {name:width$}  {line}").expect("writing to memory cannot fail");
            }
        }
    };
    let mut rest = LIBRARY.map(|(name, _)| name).to_vec();
    for (title, names) in TOPICS {
        topic(title, names);
        rest.retain(|name| !names.contains(name));
    }
    topic("Others", &rest);
    list
}

/// The text in lines of at most so many characters; longer words stay whole.
fn lines(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is always a line");
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + 1 + word.chars().count() <= columns {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

/// Writes every scenario into a folder, if none of them is there.
fn write_all(folder: &Path, force: bool) -> Result<(), Failure> {
    let files = LIBRARY.map(|(name, text)| (format!("{name}.toml"), text));
    if let Some((name, _)) = files
        .iter()
        .find(|(name, _)| folder.join(name).exists() && !force)
    {
        return Err(Failure::Input(format!(
            "{} is there already\n  = help: choose another folder, or replace its files with \
             --force",
            folder.join(name).display()
        )));
    }
    files::write(
        folder,
        files.iter().map(|(name, text)| (name.as_str(), *text)),
    )?;
    let (count, folder) = (files.len(), folder.display());
    print::result(&format!("{count} scenarios are in {folder}\n"))
}

#[cfg(test)]
mod tests {
    use super::{LIBRARY, REAL_PROBLEMS, TOPICS};

    // Goal: no scenario is listed twice, and no topic names one that is not there.
    // Method: look every name of the topics up, and count it.
    #[test]
    fn topics_name_each_scenario_once() {
        let mut named: Vec<_> = TOPICS.iter().flat_map(|(_, names)| *names).collect();
        let count = named.len();
        for name in &named {
            assert!(LIBRARY.iter().any(|(it, _)| it == *name), "{name}");
        }
        named.sort();
        named.dedup();
        assert_eq!(named.len(), count);
    }

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

    // Goal: a real problem's scenario says where it was told and what is known and assumed of it,
    // and is a test of its answer.
    // Method: a thread such as owner/repository#12 or a page's address in the comments on top, the
    // words that divide it from the rest, and an expectation of the first variant or of all.
    #[test]
    fn real_problems_cite_their_source_and_expect_something() {
        let (_, names) = TOPICS.iter().find(|(it, _)| *it == REAL_PROBLEMS).unwrap();
        assert!(names.len() >= 10);
        for name in *names {
            let (_, text) = LIBRARY.iter().find(|(it, _)| it == name).unwrap();
            let (page, settings) = text.split_once("\nschema = 1\n").expect(name);
            assert!(
                page.split_whitespace().any(is_address),
                "{name} cites nobody"
            );
            for word in ["Known", "Assumed", "Look at:", "Found:"] {
                assert!(page.contains(word), "{name} does not say {word:?}");
            }
            let mut parts = settings.split("[[variants]]");
            let (all, first) = (parts.next().unwrap(), parts.next().unwrap());
            let expects = |it: &str| it.contains("[expect]") || it.contains("\nexpect.");
            assert!(expects(all) || expects(first), "{name} expects nothing");
        }
    }

    /// Whether a word is a thread, `owner/repository#12`, or a page, `host.tld/path`.
    fn is_address(word: &str) -> bool {
        let word = word.trim_end_matches(['.', ',', ':', ';', ')']);
        let Some((before, after)) = word.split_once('/') else {
            return false;
        };
        let thread = after.split_once('#').is_some_and(|(repository, number)| {
            !repository.is_empty()
                && !number.is_empty()
                && number.bytes().all(|it| it.is_ascii_digit())
        });
        let domain = before.rsplit_once('.').map_or("", |(_, domain)| domain);
        let letters = domain.len() > 1 && domain.bytes().all(|it| it.is_ascii_alphabetic());
        let page = letters && !after.is_empty();
        !before.is_empty() && (thread || page)
    }
}
