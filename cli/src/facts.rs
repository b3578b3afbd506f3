//! `keystorm facts`: the tables that keystorm decides by, with their sources.
use crate::args::When;
use crate::exit::{Failure, Outcome};
use crate::print;
use clap::builder::PossibleValuesParser;
use jiff::civil::Date;
use keystorm_scenarios::tables::{self, Eras};

/// Print the tables that keystorm decides by: quotas, prices, KMS calls, errors
///
/// Every row has its source, the date of the source, and how far it can be trusted.
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Args {
    /// What to print
    table: Table,

    /// Region of quotas and prices [default: all for quotas, us-east-1 for prices]
    #[arg(long, value_name = "REGION")]
    region: Option<String>,

    /// Day for which quotas and prices are wanted, as YYYY-MM-DD [default: the latest known]
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,

    /// Quotas of every era that is known, with its days
    #[arg(long, conflicts_with = "on")]
    all_eras: bool,

    /// One quota by its name, such as `symmetric`, `rsa` or `create-key` [default: all]
    #[arg(
        long,
        value_name = "NAME",
        value_parser = PossibleValuesParser::new(tables::quota_names()),
        hide_possible_values = true
    )]
    quota: Option<String>,

    /// Operation of KMS calls, such as `put` or `upload-part` [default: all]
    #[arg(long, value_name = "OPERATION", value_parser = operations())]
    operation: Option<String>,

    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
}

/// What there is a table of.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Table {
    /// KMS quotas: of requests with symmetric keys by Region, then all that no model uses
    Quotas,
    /// Prices of requests, keys, storage, transfer and audit records
    Prices,
    /// KMS calls of S3 per request, by operation and encryption
    Calls,
    /// Errors that S3 and KMS answer with
    Errors,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    /// For people
    Table,
    /// One object per row
    Json,
    /// One line per row
    Csv,
    /// Prices as a file for `keystorm run --prices`, to be changed
    Toml,
}

const AFTER: &str = "\
Examples:
  keystorm facts quotas
  keystorm facts quotas --region eu-west-1 --on 2020-06-01
  keystorm facts quotas --quota symmetric --region eu-west-1 --all-eras
  keystorm facts prices --region eu-west-3 --format csv
  keystorm facts prices --format toml > prices.toml  to change, for `keystorm run --prices`
  keystorm facts calls --operation upload-part
  keystorm facts errors --format json

Exit codes:
  0    printed
  2    no such table, Region, quota or day, or a flag of another table";

fn operations() -> PossibleValuesParser {
    PossibleValuesParser::new(tables::operations())
}

/// Refuses what says nothing about the table that is asked for.
fn check(args: &Args) -> Result<(), Failure> {
    let of_day = matches!(args.table, Table::Quotas | Table::Prices);
    let quotas = matches!(args.table, Table::Quotas);
    let calls = matches!(args.table, Table::Calls);
    for (given, fits, flag, tables) in [
        (
            args.region.is_some(),
            of_day,
            "--region",
            "quotas and prices",
        ),
        (args.on.is_some(), of_day, "--on", "quotas and prices"),
        (args.quota.is_some(), quotas, "--quota", "quotas"),
        (args.all_eras, quotas, "--all-eras", "quotas"),
        (args.operation.is_some(), calls, "--operation", "calls"),
    ] {
        if given && !fits {
            let text =
                format!("{flag} says nothing about this table\n  = help: it is for {tables}");
            return Err(Failure::Input(text));
        }
    }
    Ok(())
}

/// Prints the table that is asked for.
pub(crate) fn facts(args: &Args, color: When) -> Result<Outcome, Failure> {
    check(args)?;
    let region = args.region.as_deref();
    if let Some(region) = region
        && !tables::regions().any(|it| it == region)
    {
        let known: Vec<_> = tables::regions().collect();
        return Err(Failure::Input(format!(
            "no Region {region:?} is known\n  = help: known are {}",
            known.join(", ")
        )));
    }
    let on = args.on.unwrap_or(Date::MAX);
    let (title, facts) = match args.table {
        Table::Quotas => {
            let eras = if args.all_eras {
                Eras::All
            } else {
                Eras::On(on)
            };
            let facts = tables::quotas(args.quota.as_deref(), region, eras);
            if facts.is_empty() {
                let text = "there is no such quota in that Region on that day\n  = help: \
                    --all-eras shows since when there is one";
                return Err(Failure::Input(text.to_owned()));
            }
            ("KMS quotas", facts)
        }
        Table::Prices => {
            let region = region.unwrap_or("us-east-1");
            ("Prices, US dollars", tables::prices(region, on))
        }
        Table::Calls => (
            "KMS calls of S3 per request",
            tables::calls(args.operation.as_deref()),
        ),
        Table::Errors => ("Errors of S3 and KMS", tables::errors()),
    };
    print::result(&match args.format {
        Format::Table => print::facts(title, &facts, color),
        Format::Json => {
            let text = serde_json::to_string_pretty(&facts);
            text.expect("facts are JSON") + "\n"
        }
        Format::Csv => keystorm_reports::facts_csv(&facts),
        Format::Toml => toml(args.table, region, on)?,
    })?;
    Ok(Outcome::Fine)
}

/// Prices as a file to start from.
fn toml(table: Table, region: Option<&str>, on: Date) -> Result<String, Failure> {
    let prices = match table {
        Table::Prices => tables::price_file(region.unwrap_or("us-east-1"), on),
        Table::Quotas | Table::Calls | Table::Errors => None,
    };
    prices.ok_or_else(|| {
        let text = "only prices can be printed as TOML\n  = help: keystorm facts prices";
        Failure::Input(text.to_owned())
    })
}
