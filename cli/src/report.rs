//! `keystorm report`: a record drawn again, without simulating.
use crate::args::When;
use crate::exit::{Failure, Outcome};
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

    /// File to write instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// What to draw [default: html with --output, table without]
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
}

/// What can be drawn.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
enum Format {
    /// The report: one self-contained page
    Html,
    /// Verdict and tables for people
    Table,
    /// Verdict and figures for programs
    Json,
    /// One line per variant and figure
    Csv,
    /// Verdict and tables for a pull request or a wiki
    Markdown,
    /// One line per variant and second, as CSV
    Series,
}

const AFTER: &str = "\
Examples:
  keystorm report out/quickstart/record.json
  keystorm report out/quickstart/record.json -o report.html
  keystorm report out/quickstart/record.json --format markdown >> pull-request.md

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
    let format = args.format.unwrap_or(match args.output {
        Some(_) => Format::Html,
        None => Format::Table,
    });
    // A file is no terminal.
    let color = if args.output.is_some() && color == When::Auto {
        When::Never
    } else {
        color
    };
    let drawn = match format {
        Format::Html => keystorm_reports::html(&record),
        Format::Table => print::table(&record, color),
        Format::Json => keystorm_reports::json_summary(&record),
        Format::Csv => keystorm_reports::csv(&record),
        Format::Markdown => keystorm_reports::markdown(&record),
        Format::Series => keystorm_reports::series_csv(&record),
    };
    match &args.output {
        Some(file) => files::write_one(file, &drawn)?,
        None => print::result(&drawn)?,
    }
    Ok(Outcome::Fine)
}
