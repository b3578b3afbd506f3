//! `keystorm schema`: the formats that keystorm reads and writes, for editors and programs.
use crate::exit::{Failure, Outcome};
use crate::print;

/// Print the JSON Schema of scenarios, records, plans or sweeps, or the list of metrics
///
/// Editors complete and check a scenario whose first lines hold `#:schema PATH`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER)]
pub(crate) struct Args {
    /// What to print
    #[arg(default_value = "scenario")]
    what: What,
}

/// What there is a description of.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum What {
    /// JSON Schema of scenario files
    Scenario,
    /// JSON Schema of record.json
    Record,
    /// JSON Schema of plan.json
    Plan,
    /// JSON Schema of a sweep's result.json
    Sweep,
    /// Names, units, better direction and meanings of the figures that conditions can name, as JSON
    Metrics,
}

const AFTER: &str = "\
Examples:
  keystorm schema > scenarios/schema.json
  keystorm schema record > record.schema.json
  keystorm schema plan > plan.schema.json
  keystorm schema sweep > sweep.schema.json
  keystorm schema metrics";

/// Prints what was asked for.
pub(crate) fn schema(args: &Args) -> Result<Outcome, Failure> {
    let value = match args.what {
        What::Scenario => keystorm_scenarios::json_schema::scenario(),
        What::Record => keystorm_record::json_schema(),
        What::Plan => keystorm_record::plan::json_schema(),
        What::Sweep => keystorm_record::sweep_json_schema(),
        What::Metrics => metrics(),
    };
    let mut text = serde_json::to_string_pretty(&value).expect("a JSON value can be written");
    text.push('\n');
    print::result(&text)?;
    Ok(Outcome::Fine)
}

fn metrics() -> serde_json::Value {
    let metrics = keystorm_scenarios::catalogue::metrics()
        .into_iter()
        .map(|metric| {
            serde_json::json!({
                "name": metric.name,
                "unit": metric.unit,
                "better": metric.better,
                "meaning": metric.meaning,
            })
        });
    metrics.collect()
}
