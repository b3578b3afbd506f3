//! `keystorm init`: a scenario to start from, with comments, from flags or a few questions.
mod questions;
mod text;

use crate::args::When;
use crate::exit::{Failure, Outcome};
use crate::{files, print};
use clap::builder::PossibleValuesParser;
use keystorm_scenarios::units::{ByteSize, Rate};
use keystorm_scenarios::{Overrides, tables};
use std::io::{self, IsTerminal};
use std::num::NonZero;
use std::path::PathBuf;

/// Write a scenario to start from
///
/// Describes one bucket and the programs that read and write it, with comments that say what else
/// can be set, and compares the encryption with others. Flags say how it is; what none says has a
/// default. Without any of these flags, a terminal is asked a few questions.
#[derive(Debug, Default, clap::Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Args {
    #[command(flatten)]
    wanted: Wanted,

    /// File to write; `-` prints it
    #[arg(
        short,
        long,
        value_name = "FILE",
        default_value = "scenario.toml",
        value_hint = clap::ValueHint::FilePath,
        help_heading = "Output"
    )]
    output: PathBuf,

    /// Replace a file that is there
    #[arg(long, help_heading = "Output")]
    force: bool,

    /// Ask nothing, and print nothing but errors
    #[arg(short, long, help_heading = "Output")]
    quiet: bool,
}

/// What the scenario is to say.
#[derive(Clone, Debug, Default, PartialEq, clap::Args)]
struct Wanted {
    /// AWS Region, such as `eu-west-3`: it decides the KMS quota and the prices [default:
    /// us-east-1]
    #[arg(
        long,
        value_name = "REGION",
        value_parser = PossibleValuesParser::new(tables::regions()),
        hide_possible_values = true,
        help_heading = "Scenario"
    )]
    region: Option<String>,

    /// How objects are encrypted [default: sse-kms]
    #[arg(long, value_name = "MODE", help_heading = "Scenario")]
    encryption: Option<Mode>,

    /// A Bucket Key stands between S3 and KMS; only with sse-kms
    #[arg(long, help_heading = "Scenario")]
    bucket_key: bool,

    /// GETs of all programs together, such as 500/s [default: 500/s, or 0/s with --puts alone]
    #[arg(long, value_name = "RATE", help_heading = "Scenario")]
    gets: Option<Rate>,

    /// PUTs of all programs together, such as 100/s [default: 100/s, or 0/s with --gets alone]
    #[arg(long, value_name = "RATE", help_heading = "Scenario")]
    puts: Option<Rate>,

    /// Size of every object, such as 64KiB [default: 1 MiB]
    #[arg(long, value_name = "SIZE", help_heading = "Scenario")]
    object_size: Option<ByteSize>,

    /// KMS quota of the account, if AWS has raised it, such as `20_000/s` [default: the Region's]
    #[arg(long, value_name = "RATE", help_heading = "Scenario")]
    quota: Option<Rate>,

    /// KMS calls of everything else in the account, such as `2_000/s` [default: 0/s]
    #[arg(long, value_name = "RATE", help_heading = "Scenario")]
    other_load: Option<Rate>,

    /// Machines, containers or functions that the load is spread over [default: by the load]
    #[arg(long, value_name = "N", help_heading = "Scenario")]
    instances: Option<NonZero<u32>>,
}

/// How objects are encrypted.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
enum Mode {
    /// By S3 with keys that it owns
    SseS3,
    /// By S3 with a KMS key
    SseKms,
    /// Twice by S3, with keys of KMS
    DsseKms,
    /// By S3 with a key that each request carries
    SseC,
    /// By the S3 Encryption Client, with a KMS key
    ClientSide,
}

const AFTER: &str = "\
Examples:
  keystorm init                                        asks, and writes scenario.toml
  keystorm init --region eu-west-3 --gets 5_000/s --puts 500/s --object-size 64KiB -o my.toml
  keystorm init --encryption sse-kms --bucket-key --quota 50_000/s -o - | less

Exit codes:
  0    written
  1    the file cannot be written
  2    the flags contradict each other, or the file is there already; nothing was written";

/// Writes the scenario that flags or answers describe.
pub(crate) fn init(args: &Args, color: When) -> Result<Outcome, Failure> {
    let printed = files::is_stdout(&args.output);
    if !printed && !args.force && args.output.exists() && !files::is_device(&args.output) {
        return Err(Failure::Input(format!(
            "{} is there already\n  = help: choose another name with --output, or replace it with \
             --force",
            args.output.display()
        )));
    }
    let asks = io::stdin().is_terminal() && io::stderr().is_terminal() && !args.quiet;
    let wanted = if asks && args.wanted == Wanted::default() {
        questions::ask(&mut io::stdin().lock(), &mut io::stderr())?
    } else {
        args.wanted.clone()
    };
    let text = text::scenario(&wanted.checked()?);
    ensure_fine(&text, color)?;
    if printed {
        print::result(&text)?;
        return Ok(Outcome::Fine);
    }
    files::write_one(&args.output, &text)?;
    if !args.quiet {
        let file = args.output.display();
        print::result(&format!("{file} is written\nnext: keystorm run {file}\n"))?;
    }
    Ok(Outcome::Fine)
}

impl Wanted {
    /// With every default filled in.
    ///
    /// # Errors
    /// [`Failure::Input`] if flags contradict each other.
    fn checked(&self) -> Result<text::Facts, Failure> {
        let mode = self.encryption.unwrap_or(Mode::SseKms);
        if self.bucket_key && mode != Mode::SseKms {
            return Err(Failure::Input(format!(
                "--bucket-key does nothing under {}\n  = help: Bucket Keys are for --encryption \
                 sse-kms",
                mode.label()
            )));
        }
        let (gets, puts) = match (self.gets, self.puts) {
            (None, None) => (Rate(500.0), Rate(100.0)),
            (gets, puts) => (gets.unwrap_or(Rate(0.0)), puts.unwrap_or(Rate(0.0))),
        };
        if gets.0 + puts.0 <= 0.0 {
            return Err(Failure::Input(
                "there are neither GETs nor PUTs\n  = help: give --gets or --puts a rate such as \
                 500/s"
                    .to_owned(),
            ));
        }
        Ok(text::Facts {
            region: self.region.clone().unwrap_or("us-east-1".to_owned()),
            mode,
            bucket_key: self.bucket_key,
            gets,
            puts,
            size: self.object_size.unwrap_or(ByteSize(1 << 20)),
            quota: self.quota,
            other_load: self.other_load.unwrap_or(Rate(0.0)),
            instances: self.instances.map(NonZero::get),
        })
    }
}

impl Mode {
    /// In AWS's spelling.
    fn label(self) -> &'static str {
        match self {
            Self::SseS3 => "SSE-S3",
            Self::SseKms => "SSE-KMS",
            Self::DsseKms => "DSSE-KMS",
            Self::SseC => "SSE-C",
            Self::ClientSide => "client-side encryption",
        }
    }
}

/// Refuses flags of which no scenario can be made, such as objects larger than S3 takes.
fn ensure_fine(text: &str, color: When) -> Result<(), Failure> {
    let read = |name: &str| Err(format!("{name} is not there"));
    let loaded = keystorm_scenarios::load_with("scenario", text, &Overrides::default(), &read);
    loaded.map(drop).map_err(|diagnostics| {
        let shown = diagnostics.render(color.colors(&io::stderr()));
        Failure::Diagnostics(format!("{shown}\nof these flags no scenario can be made"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum;

    // Goal: whatever the flags say, the scenario is fine, its question comes first, and lines are
    // no wider than a page.
    // Method: every encryption with and without each other flag, small and large values.
    #[test]
    fn every_scenario_can_be_run() {
        let rates = [
            (None, None),
            (Some(Rate(0.2)), None),
            (None, Some(Rate(3_000.0))),
            (Some(Rate(123_456.7)), Some(Rate(50_000.0))),
        ];
        let mut count = 0;
        for &encryption in Mode::value_variants() {
            for (gets, puts) in rates {
                for size in [1, 65_536, 5 << 30] {
                    for other in [false, true] {
                        let wanted = Wanted {
                            region: other.then(|| "ap-southeast-2".to_owned()),
                            encryption: Some(encryption),
                            bucket_key: other && encryption == Mode::SseKms,
                            gets,
                            puts,
                            object_size: Some(ByteSize(size)),
                            quota: other.then_some(Rate(20_000.0)),
                            other_load: other.then_some(Rate(1_500.0)),
                            instances: other.then_some(NonZero::new(7).unwrap()),
                        };
                        let text = text::scenario(&wanted.checked().unwrap());
                        if let Err(error) = ensure_fine(&text, When::Never) {
                            panic!("{wanted:?}: {error:?}\n{text}");
                        }
                        let first = text.lines().next().unwrap();
                        assert!(first.starts_with("# ") && first.ends_with('?'), "{first}");
                        let widest = text.lines().map(|it| it.chars().count()).max();
                        assert!(widest <= Some(100), "{text}");
                        count += 1;
                    }
                }
            }
        }
        assert_eq!(count, 5 * 4 * 3 * 2);
    }
}
