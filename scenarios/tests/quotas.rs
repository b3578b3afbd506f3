//! Every row of the tables of quotas, as `keystorm facts quotas` prints it.
use jiff::civil::{Date, date};
use keystorm_scenarios::tables::{Eras, quotas};
use std::fmt::Write;
use std::fs;
use std::path::Path;

// Goal: no row of the tables changes unseen, nor how it is taken on the days of the changes.
// Method: all quotas of all eras, and those of days at which one ends, as text, against the text
// that was read and committed; KEYSTORM_REWRITE=1 writes it again.
#[test]
fn every_quota_is_as_it_was_read() {
    let mut text = String::new();
    let days = [
        date(2019, 12, 9),
        date(2019, 12, 10),
        date(2021, 9, 16),
        date(2021, 9, 17),
        date(2022, 4, 20),
        date(2022, 4, 21),
        date(2024, 7, 7),
        date(2024, 7, 8),
        date(2025, 6, 12),
        date(2025, 6, 13),
        Date::MAX,
    ];
    let on = |day: Date| (format!("on {day}"), Eras::On(day));
    let asked = std::iter::once(("all eras".to_owned(), Eras::All)).chain(days.map(on));
    for (title, eras) in asked {
        writeln!(text, "## {title}").unwrap();
        for it in quotas(None, None, eras) {
            let trust = it.certainty;
            let (id, subject, value) = (it.id, it.subject, it.value);
            if eras == Eras::All {
                let (source, date, note) = (it.source, it.date, it.note);
                writeln!(text, "{id}: {subject}: {value}, {trust:?}").unwrap();
                writeln!(text, "    {source}, {date}").unwrap();
                if !note.is_empty() {
                    writeln!(text, "    {note}").unwrap();
                }
            } else {
                writeln!(text, "{id}: {value}, {trust:?}").unwrap();
            }
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/quotas.txt");
    if std::env::var_os("KEYSTORM_REWRITE").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap();
    for (found, expected) in text.lines().zip(expected.lines()) {
        assert_eq!(found, expected);
    }
    assert!(
        text == expected,
        "rows were added, removed or end otherwise"
    );
}
