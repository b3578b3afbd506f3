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

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: no number without a source and its date; a table that names no known source panics.
    // Method: every source, its date as YYYY, YYYY-MM or YYYY-MM-DD.
    #[test]
    fn every_source_is_spelled_out_and_dated() {
        for [key, date, source] in SOURCES.iter() {
            let lengths: Vec<_> = date.split('-').map(str::len).collect();
            assert!([4, 2, 2].starts_with(&lengths), "{key}: {date}");
            assert!(
                date.bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b'-'),
                "{key}"
            );
            assert!(source.len() > 20, "{key}: {source}");
            let same_key = SOURCES.iter().filter(|[other, ..]| other == key).count();
            assert_eq!(same_key, 1, "{key}");
        }
    }

    // Goal: a column that was moved or renamed is noticed, not misread.
    // Method: a table with the wrong header.
    #[test]
    #[should_panic(expected = "the header is the one expected")]
    fn a_table_with_another_header_is_refused() {
        rows(
            "# a comment\nquota,region\n1,us-east-1\n",
            ["region", "quota"],
        );
    }
}
