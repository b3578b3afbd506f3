//! The command line as clap sees it: names, help texts and the exit codes that they promise.
use crate::{
    calibrate, check, compare, completions, diff, examples, facts, init, man, plan, policy, report,
    run, schema, sweep,
};
use clap::{Parser, Subcommand};
use std::ffi::OsStr;
use std::io::IsTerminal;

/// What S3 encryption will do to your system, before you pay for it
///
/// keystorm simulates programs that read and write encrypted objects in Amazon S3, second by
/// second, and says what SSE-S3, SSE-KMS, Bucket Keys, DSSE-KMS, SSE-C and client-side encryption
/// do to throughput, latency, KMS throttling and cost. It calls no AWS service and needs no
/// account.
///
/// A scenario file describes the bucket, the programs and the load; `keystorm run` simulates it and
/// writes a record and a report.
#[derive(Debug, Parser)]
#[command(name = "keystorm", version, after_long_help = AFTER)]
pub(crate) struct Keystorm {
    /// When to use colours; the variable `NO_COLOR` turns `auto` off
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: When,

    #[command(subcommand)]
    pub(crate) command: Command,
}

/// One file per command: its arguments and what it does.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(init::Args),
    Run(run::Args),
    Compare(compare::Args),
    Plan(plan::Args),
    Sweep(sweep::Args),
    Check(check::Args),
    Report(report::Args),
    Diff(diff::Args),
    Policy(policy::Args),
    Calibrate(calibrate::Args),
    Facts(facts::Args),
    Schema(schema::Args),
    Examples(examples::Args),
    Completions(completions::Args),
    Man(man::Args),
}

const AFTER: &str = "\
Examples:
  keystorm examples                       what the shipped scenarios ask
  keystorm examples quickstart > my.toml  a scenario to start from
  keystorm init -o my.toml                a scenario of your own, from a few questions
  keystorm run my.toml                    simulate it; out/my/report.html is the report
  keystorm run my.toml --set bucket.bucket-key=true --expect 'kms.throttled-share<0.1%'
  keystorm compare my.toml --vary mode=sse-kms,sse-kms+bucket-key,sse-s3
  keystorm plan my.toml                   which limit is hit first, which quota to ask for
  keystorm sweep run my.toml --vary kms.request-quota=10_000/s,20_000/s,40_000/s
  keystorm calibrate                      what encryption costs on this machine
  keystorm diff old.json new.json         what a change of settings or version changes
  keystorm policy bucket.json             which traps a bucket policy is in

Exit codes:
  0    fine
  1    internal error: a bug in keystorm, or a file that cannot be written
  2    bad input: a flag, a scenario, a policy or a record; nothing was written
  10   an expectation is breached, a plan hits a limit, or a policy denies a request
  11   a regression: a metric of a new record is worse than tolerated
  12   inconclusive: a calibration on a noisy machine, a comparison of too few replications, or
       runs of a sweep that are missing
  130  interrupted; finished replications were kept

keystorm is not affiliated with AWS.";

/// When to do something that suits a terminal.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
pub(crate) enum When {
    /// On a terminal only
    Auto,
    /// Wherever the output goes
    Always,
    /// Not at all
    Never,
}

impl When {
    /// Whether text that goes to `stream` is coloured.
    pub(crate) fn colors(self, stream: &impl IsTerminal) -> bool {
        let no_color = std::env::var_os("NO_COLOR");
        self.applies(colors_fit(no_color.as_deref(), stream.is_terminal()))
    }

    /// Whether it is to be done, `auto` being decided by `auto`.
    pub(crate) fn applies(self, auto: bool) -> bool {
        match self {
            Self::Auto => auto,
            Self::Always => true,
            Self::Never => false,
        }
    }
}

/// Whether colours suit a stream: a terminal, unless `NO_COLOR` says something.
fn colors_fit(no_color: Option<&OsStr>, terminal: bool) -> bool {
    terminal && no_color.is_none_or(OsStr::is_empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: colours are for terminals, and NO_COLOR turns them off there unless it is empty, as
    // no-color.org has it; what is asked for with --color holds everywhere.
    // Method: every case.
    #[test]
    fn colours_are_for_terminals_without_no_color() {
        assert!(colors_fit(None, true) && colors_fit(Some(OsStr::new("")), true));
        assert!(!colors_fit(Some(OsStr::new("1")), true));
        assert!(!colors_fit(None, false));
        for fits in [false, true] {
            assert!(When::Always.applies(fits) && !When::Never.applies(fits));
            assert_eq!(When::Auto.applies(fits), fits);
        }
    }
}
