//! The figures of a report: each with its finding as a headline, drawn in two widths, with a table.
pub(crate) mod bars;
mod bucket_key_calls;
pub(crate) mod calibration;
mod cost;
mod goodput;
mod heat;
mod kms_calls;
mod latency;
mod latency_draw;
mod load;
mod load_draw;
mod load_labels;
mod outcomes;
mod panels;
mod prefixes;
mod retries;
mod speed;
mod sure;
mod time;
mod time_axis;
mod time_panels;
mod timeline;

use crate::draw::{Drawing, Hue, Ink, Size};
use crate::table::Table;
use crate::text::Text;
use keystorm_record::{Mode, Record};

/// A figure with everything around it.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    /// Id on the page.
    pub(crate) id: &'static str,
    /// Its number.
    pub(crate) number: usize,
    /// Word in the navigation.
    pub(crate) word: &'static str,
    /// What it is about.
    pub(crate) subject: String,
    /// How to read it.
    pub(crate) note: String,
    /// The finding, a sentence without a full stop.
    pub(crate) headline: String,
    /// What is drawn, and its unit.
    pub(crate) lede: String,
    /// The drawings with their tables.
    pub(crate) parts: Vec<Part>,
    /// What else is worth knowing.
    pub(crate) caption: Text,
}

/// A drawing in two widths and its table.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    /// Id on the page.
    pub(crate) id: String,
    /// Heading above it; empty if the figure has one part only.
    pub(crate) heading: String,
    /// Title for those who do not see it.
    pub(crate) title: String,
    /// Description for those who do not see it.
    pub(crate) desc: String,
    /// Wide, then narrow; where there are four, the last two have a linear axis.
    pub(crate) drawings: Vec<Drawing>,
    /// What opens the table.
    pub(crate) summary: String,
    /// The table.
    pub(crate) table: Table,
}

impl Figure {
    /// Whether the part is the figure's last: the caption stands under it.
    pub(crate) fn ends_with(&self, part: &Part) -> bool {
        self.parts.last().is_some_and(|last| last.id == part.id)
    }
}

/// All figures of a record with at least one variant.
pub(crate) fn figures(record: &Record) -> Vec<Figure> {
    [
        load::figure,
        outcomes::figure,
        latency::figure,
        time::figure,
        kms_calls::figure,
        retries::figure,
        goodput::figure,
        prefixes::figure,
        heat::figure,
        cost::figure,
        sure::figure,
    ]
    .iter()
    .filter_map(|figure| figure(record))
    .zip(1..)
    .map(|(figure, number)| Figure { number, ..figure })
    .collect()
}

impl Part {
    /// Names of the series that a reader can hide, as JSON; empty if there are fewer than two.
    pub(crate) fn series(&self) -> String {
        let readout = self.drawings.first().and_then(|it| it.readout.as_ref());
        match readout.map(|it| &it.series) {
            Some(names) if names.len() > 1 => {
                // Nothing that looks like an attribute within one.
                serde_json::json!(names).to_string().replace('=', "\\u003d")
            }
            _ => String::new(),
        }
    }
}

/// Draws in both widths.
pub(crate) fn both(draw: impl Fn(Size) -> Drawing) -> Vec<Drawing> {
    vec![draw(Size::Wide), draw(Size::Narrow)]
}

/// Names of the variants, and whether each is the baseline.
fn names(record: &Record) -> Vec<(String, bool)> {
    let names = record.variants.iter().map(|v| v.name.clone());
    names.zip((0..).map(|i| i == 0)).collect()
}

/// Inks of lines of these modes: of those with the same hue, the second is dashed, others are
/// dotted.
fn curves(modes: impl Iterator<Item = Mode>) -> Vec<Ink> {
    let mut before: Vec<Hue> = Vec::new();
    let ink = |mode| {
        let hue = hue(mode);
        let same = before.iter().filter(|it| **it == hue).count();
        before.push(hue);
        match same {
            0 => Ink::Curve(hue),
            1 => Ink::CurveDashed(hue),
            _ => Ink::CurveDotted(hue),
        }
    };
    modes.map(ink).collect()
}

/// Hue of a mode.
fn hue(mode: Mode) -> Hue {
    match mode {
        Mode::Unencrypted | Mode::SseS3 | Mode::SseC => Hue::Base,
        Mode::SseKms => Hue::Red,
        Mode::DsseKms => Hue::Pink,
        Mode::SseKmsBucketKey => Hue::Blue,
        Mode::ClientSide => Hue::Green,
    }
}
