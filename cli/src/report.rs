//! `keystorm report`: a record drawn again, without simulating.
use crate::args::When;
use crate::exit::{Failure, Outcome};
use crate::format::Format;
use crate::{files, print, scenario};
use keystorm_record::Record;
use std::path::PathBuf;

/// Draw a record again, without simulating
///
/// Everything that a run shows comes from its record, so a report can be drawn from it at any time:
/// the page, the table, or the figures for another program.
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Args {
    /// A record.json that a run wrote
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

Exit codes:
  0    drawn
  1    the file cannot be written
  2    the record cannot be read";

/// Reads the record and draws it.
pub(crate) fn report(args: &Args, color: When) -> Result<Outcome, Failure> {
    let text = std::fs::read_to_string(&args.record)
        .map_err(|error| scenario::unreadable(&args.record, &error, "`keystorm run` writes one"))?;
    let record = Record::from_json(&text)
        .map_err(|error| Failure::Input(format!("{}: {error}", args.record.display())))?;
    let details = print::Details(args.verbose);
    details.say(|| {
        let (variants, command) = (record.variants.len(), &record.command);
        format!(
            "read {}: {variants} variants of `{command}`",
            args.record.display()
        )
    });
    let format = args.format.unwrap_or(match args.output {
        Some(_) => Format::Html,
        None => Format::Table,
    });
    // A file is no terminal.
    let to_file = args
        .output
        .as_deref()
        .is_some_and(|it| !files::is_stdout(it));
    let color = if to_file && color == When::Auto {
        When::Never
    } else {
        color
    };
    let mut drawn = format.draw(&record, color);
    let Some(file) = args.output.as_deref().filter(|it| !files::is_stdout(it)) else {
        let [(_, text)] = drawn.as_slice() else {
            return Err(Failure::Input(format!(
                "these are {} files\n  = help: name them with --output FILE",
                drawn.len()
            )));
        };
        print::result(text)?;
        return Ok(Outcome::Fine);
    };
    if let [(words, _)] = drawn.as_mut_slice() {
        words.clear();
    }
    for (words, text) in &drawn {
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let file = files::named(file, &words);
        files::write_one(&file, text)?;
        details.written(&file, text);
    }
    Ok(Outcome::Fine)
}
