use crate::{Certainty, Sourced};
use jiff::civil::Date;
use std::borrow::Cow;
use std::sync::LazyLock;

/// Rows of a compiled-in CSV text whose header is `columns`; lines that start with `#` are left
/// out.
pub(super) fn rows<const N: usize>(text: &str, columns: [&str; N]) -> Vec<[String; N]> {
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let header = reader.headers().expect("the table has a header");
    assert_eq!(header, columns.as_slice(), "the header is the one expected");
    reader
        .records()
        .map(|record| {
            let record = record.expect("every row of the table has a cell per column");
            std::array::from_fn(|column| record[column].to_owned())
        })
        .collect()
}

/// The whole number in a cell.
pub(super) fn integer(cell: &str) -> u64 {
    cell.parse().expect("the cell holds a whole number")
}

/// The day in a cell.
pub(super) fn day(cell: &str) -> Date {
    cell.parse().expect("the cell holds a day as YYYY-MM-DD")
}

/// The certainty in a cell.
pub(super) fn certainty(cell: &str) -> Certainty {
    match cell {
        "documented" => Certainty::Documented,
        "measured" => Certainty::Measured,
        "assumed" => Certainty::Assumed,
        other => unreachable!("{other:?} is no certainty"),
    }
}

/// `value` with the source that `data/sources.csv` has under `key`.
pub(super) fn sourced<T>(
    value: T,
    key: &str,
    certainty: Certainty,
    note: &'static str,
) -> Sourced<T> {
    let (_, date, source) = SOURCES
        .iter()
        .map(|[key, date, source]| (key, date, source))
        .find(|(known, ..)| *known == key)
        .expect("sources.csv has every key that a table names");
    Sourced {
        value,
        source: Cow::Borrowed(source),
        date: Cow::Borrowed(date),
        certainty,
        note: Cow::Borrowed(note),
    }
}

static SOURCES: LazyLock<Vec<[String; 3]>> = LazyLock::new(|| {
    rows(
        include_str!("../../data/sources.csv"),
        ["key", "date", "source"],
    )
});
