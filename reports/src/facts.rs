//! Facts on their own, for `keystorm facts`.
use crate::csv_out;
use crate::number::plain;
use crate::table::{Cell, Table};
use crate::terminal::{Terminal, push_wrapped, section};
use keystorm_record::{Certainty, Fact};

/// Facts as a table under `title`, and below it each source once, with what is to be said of it.
#[must_use]
pub fn facts_terminal(title: &str, facts: &[Fact], style: Terminal) -> String {
    let style = style.at_least();
    // Facts of one subject are told apart by their ids.
    let one_subject = facts
        .windows(2)
        .all(|pair| pair[0].subject == pair[1].subject);
    let mut sources: Vec<String> = Vec::new();
    let mut table = Table::new(&["", "Value", "Certainty", "Source"]);
    for fact in facts {
        // What an error says is no text for a column.
        let (value, message) = fact.value.split_once(": ").unwrap_or((&fact.value, ""));
        let mut source = format!("{} ({})", fact.source, fact.date);
        for more in [message, &fact.note]
            .into_iter()
            .filter(|it| !it.is_empty())
        {
            source.push_str(": ");
            source.push_str(more);
        }
        let number = sources.iter().position(|it| *it == source);
        let number = number.unwrap_or_else(|| {
            sources.push(source);
            sources.len() - 1
        });
        table.row(
            if one_subject { &fact.id } else { &fact.subject },
            vec![
                Cell::words(value),
                Cell::words(certainty(fact.certainty)),
                Cell::words(format!("[{}]", number + 1)),
            ],
        );
    }
    let mut out = String::new();
    section(&mut out, title, &table, style);
    out.push('\n');
    for (number, source) in (1..).zip(&sources) {
        push_wrapped(&mut out, &format!("[{number}] {source}"), style, 0);
    }
    plain(out.trim_start())
}

/// Facts as CSV: `id,subject,value,source,date,certainty,note`.
#[must_use]
pub fn facts_csv(facts: &[Fact]) -> String {
    let head = [
        "id",
        "subject",
        "value",
        "source",
        "date",
        "certainty",
        "note",
    ];
    let rows = facts.iter().map(|fact| {
        [
            &*fact.id,
            &fact.subject,
            &fact.value,
            &fact.source,
            &fact.date,
            certainty(fact.certainty),
            &fact.note,
        ]
        .map(csv_out::guarded)
    });
    csv_out::write(std::iter::once(head.map(String::from)).chain(rows))
}

fn certainty(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Given => "given",
        Certainty::Documented => "documented",
        Certainty::Measured => "measured",
        Certainty::Assumed => "assumed",
    }
}
