//! What can be drawn: which of its kinds a file is, and how each is drawn.
use crate::args::When;
use crate::exit::Failure;
use crate::format::{Drawn, Format};
use crate::print;
use keystorm_record::plan::Plan;
use keystorm_record::{Calibration, ReadError, Record, Sweep};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// What a file holds.
pub(super) enum Kind {
    Record(Box<Record>),
    Plan(Box<Plan>),
    Sweep(Box<Sweep>),
    Calibration(Box<Calibration>),
}

/// Keys that only one kind of JSON has.
#[derive(Deserialize)]
struct Keys {
    sweep: Option<IgnoredAny>,
    variant: Option<IgnoredAny>,
}

/// Reads any of them.
pub(super) fn read(text: &str) -> Result<Kind, ReadError> {
    // Only a calibration is TOML: to read a large record as that first would take many times its
    // memory.
    if !text.trim_start().starts_with('{')
        && let Ok(calibration) = Calibration::from_toml(text)
    {
        return Ok(Kind::Calibration(Box::new(calibration)));
    }
    match serde_json::from_str(text) {
        Ok(Keys { sweep: Some(_), .. }) => {
            Sweep::from_json(text).map(|it| Kind::Sweep(Box::new(it)))
        }
        Ok(Keys {
            variant: Some(_), ..
        }) => Plan::from_json(text).map(|it| Kind::Plan(Box::new(it))),
        _ => Record::from_json(text).map(|it| Kind::Record(Box::new(it))),
    }
}

impl Kind {
    /// What it is, for `--verbose`.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Record(it) => format!("{} variants of `{}`", it.variants.len(), it.command),
            Self::Plan(it) => format!("the plan of `{}`", it.command),
            Self::Sweep(it) => format!("{} points of `{}`", it.points.len(), it.command),
            Self::Calibration(_) => "a calibration".to_owned(),
        }
    }

    /// In a form; every kind has a page and tables.
    pub(super) fn draw(&self, format: Format, color: When) -> Result<Vec<Drawn>, Failure> {
        let text = match (self, format) {
            (Self::Record(record), format) => return Ok(format.draw(record, color)),
            (Self::Plan(plan), Format::Html) => keystorm_reports::plan_html(plan),
            (Self::Plan(plan), Format::Table) => print::plan(plan, color) + "\n",
            (Self::Plan(plan), Format::Json) => plan.to_json(),
            (Self::Sweep(sweep), Format::Html) => keystorm_reports::sweep_html(sweep),
            (Self::Sweep(sweep), Format::Table) => print::sweep(sweep, color) + "\n",
            (Self::Sweep(sweep), Format::Json) => sweep.to_json(),
            (Self::Sweep(sweep), Format::Csv) => csv(sweep),
            (Self::Calibration(it), Format::Html) => keystorm_reports::calibration_html(it),
            (Self::Calibration(it), Format::Table) => print::calibration(it, color),
            (Self::Plan(_), _) => return Err(only("a plan", "html, table or json")),
            (Self::Sweep(_), _) => return Err(only("a sweep", "html, table, json or csv")),
            (Self::Calibration(_), _) => return Err(only("a calibration", "html or table")),
        };
        Ok(vec![(Vec::new(), text)])
    }
}

fn only(what: &str, forms: &str) -> Failure {
    Failure::Input(format!("{what} can be drawn as {forms} only"))
}

fn csv(sweep: &Sweep) -> String {
    let mut text = keystorm_reports::sweep_csv_head(sweep);
    for point in &sweep.points {
        text += &keystorm_reports::sweep_csv_rows(sweep, point);
    }
    text
}
