//! The comparison as a section of the page.
use super::words::{interval, signed_words};
use super::{Comparison, DECIDING, Mark, draw, full};
use crate::draw::{Drawing, Size};
use crate::table::Table;
use crate::verdict::in_unit;
use keystorm_record::Record;

/// The section: figures of three metrics each, their differences in words, and a table of all.
pub(crate) struct Section {
    /// The finding, a sentence without a full stop.
    pub(crate) headline: String,
    /// What is drawn.
    pub(crate) lede: String,
    /// What is not shown.
    pub(crate) caption: String,
    /// Name of the variant that the others are set against.
    pub(crate) first: String,
    /// The figures.
    pub(crate) parts: Vec<Part>,
    /// Every difference.
    pub(crate) table: Table,
}

/// Three metrics: a drawing in two widths, and the same in words.
pub(crate) struct Part {
    /// Id on the page.
    pub(crate) id: String,
    /// What is drawn, for those who do not see it.
    pub(crate) title: String,
    /// Wide, then narrow.
    pub(crate) drawings: [Drawing; 2],
    /// Heads of the columns.
    pub(crate) heads: Vec<String>,
    /// The first variant.
    pub(crate) first: Vec<Said>,
    /// The others.
    pub(crate) rows: Vec<(String, Vec<Said>)>,
}

/// What is said of a variant and a metric.
pub(crate) struct Said {
    /// The column's head.
    pub(crate) head: String,
    /// The difference; the value, of the first variant.
    pub(crate) number: String,
    /// The interval in brackets; may be empty.
    pub(crate) interval: String,
    /// What is said; may be empty.
    pub(crate) words: &'static str,
    /// Class of the words.
    pub(crate) class: &'static str,
    /// Whether it is a best.
    pub(crate) best: bool,
}

impl Section {
    /// The section; `None` with fewer than two variants.
    pub(crate) fn of(record: &Record) -> Option<Self> {
        let comparison = Comparison::of(record)?;
        let drawn = comparison.drawn();
        let parts = drawn.chunks(DECIDING).enumerate();
        Some(Self {
            headline: comparison.headline(),
            lede: comparison.lede(),
            caption: comparison.caption(),
            first: comparison.first.name.clone(),
            parts: parts.map(|(i, it)| Part::of(&comparison, it, i)).collect(),
            table: full(&comparison),
        })
    }
}

impl Part {
    fn of(comparison: &Comparison<'_>, columns: &[&super::Column], number: usize) -> Self {
        let heads: Vec<String> = columns.iter().map(|it| it.head.clone()).collect();
        let of_first = |column: &&super::Column| Said {
            head: column.head.clone(),
            number: column
                .first
                .map_or_else(|| "–".into(), |it| in_unit(it, column.unit)),
            interval: String::new(),
            words: column.first_mark.words(),
            class: column.first_mark.class(),
            best: matches!(column.first_mark, Mark::Best(_)),
        };
        let row = |(i, other): (usize, &&keystorm_record::Variant)| {
            let said = |column: &&super::Column| Said::of(column, i);
            (other.name.clone(), columns.iter().map(said).collect())
        };
        Self {
            id: format!("variants-{}", number + 1),
            title: format!("{}: each variant against the first", heads.join(", ")),
            drawings: [Size::Wide, Size::Narrow].map(|it| draw::draw(comparison, columns, it)),
            first: columns.iter().map(of_first).collect(),
            rows: comparison.others.iter().enumerate().map(row).collect(),
            heads,
        }
    }
}

impl Said {
    fn of(column: &super::Column, i: usize) -> Self {
        let mark = column.marks[i];
        let unit = column.unit;
        let cell = column.cells[i].as_ref();
        Self {
            head: column.head.clone(),
            number: cell.map_or_else(|| "–".into(), |it| signed_words(it.mean, unit)),
            interval: cell.map_or_else(String::new, |it| interval(it, unit)),
            words: mark.words(),
            class: mark.class(),
            best: matches!(mark, Mark::Best(_)),
        }
    }
}
