//! `keystorm report`: what a command wrote drawn again, without simulating.
mod kind;

use crate::args::When;
use crate::exit::{Failure, Outcome};
use crate::format::{Drawn, Format};
use crate::{files, print, scenario};
use std::path::{Path, PathBuf};

/// Draw a record, a plan, a sweep or a calibration again, without simulating or measuring
///
/// Everything that a command shows comes from the record that it wrote, so a report can be drawn
/// from it at any time: the page, the table, or the figures for another program.
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Args {
    /// A record.json, or the plan.json of a plan, the result.json of a sweep, the file of a
    /// calibration
    #[arg(value_name = "RECORD")]
    record: PathBuf,

    /// File to write instead of standard output; `-` is that, too
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// What to draw [default: html with --output, table without]
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,

    /// Tell on standard error what is being done
    #[arg(short, long)]
    verbose: bool,
}

const AFTER: &str = "\
Examples:
  keystorm report out/quickstart/record.json
  keystorm report out/quickstart/record.json -o report.html
  keystorm report out/quickstart/record.json --format markdown >> pull-request.md
  keystorm report out/quickstart/record.json --format hlog -o latency.hlog
  keystorm report out/quickstart-plan/plan.json
  keystorm report out/quickstart-sweep/result.json -o sweep.html
  keystorm report calibration.toml -o calibration.html

Exit codes:
  0    drawn
  1    the file cannot be written
  2    the record cannot be read";

/// Reads the record and draws it.
pub(crate) fn report(args: &Args, color: When) -> Result<Outcome, Failure> {
    let text = std::fs::read_to_string(&args.record)
        .map_err(|error| scenario::unreadable(&args.record, &error, "`keystorm run` writes one"))?;
    let format = args.format.unwrap_or(match args.output {
        Some(_) => Format::Html,
        None => Format::Table,
    });
    // A file is no terminal.
    let to_file = args.file().is_some();
    let color = if to_file && color == When::Auto {
        When::Never
    } else {
        color
    };
    let details = print::Details(args.verbose);
    let read = kind::read(&text)
        .map_err(|error| Failure::Input(format!("{}: {error}", args.record.display())))?;
    details.say(|| format!("read {}, {}", args.record.display(), read.words()));
    let drawn = read.draw(format, color)?;
    args.put(drawn, details)?;
    Ok(Outcome::Fine)
}

impl Args {
    /// The file to write, if it is one.
    fn file(&self) -> Option<&Path> {
        let file = self.output.as_deref();
        file.filter(|it| !files::is_stdout(it))
    }

    /// Writes or prints what was drawn.
    fn put(&self, mut drawn: Vec<Drawn>, details: print::Details) -> Result<(), Failure> {
        if let [(words, _)] = drawn.as_mut_slice() {
            words.clear();
        }
        let Some(file) = self.file() else {
            let [(_, text)] = drawn.as_slice() else {
                return Err(Failure::Input(format!(
                    "these are {} files\n  = help: name them with --output FILE",
                    drawn.len()
                )));
            };
            return print::result(text);
        };
        for (words, text) in &drawn {
            let words: Vec<_> = words.iter().map(String::as_str).collect();
            let file = files::named(file, &words);
            files::write_one(&file, text)?;
            details.written(&file, text);
        }
        Ok(())
    }
}
