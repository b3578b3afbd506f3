//! A comparison in words and tables.
use super::{Column, Comparison, DECIDING, Mark};
use crate::number::{self, in_words, significant};
use crate::table::{Cell, Table};
use crate::text::capital;
use crate::verdict::in_unit;
use keystorm_record::Unit;
use keystorm_record::comparison::Difference;

impl Comparison<'_> {
    /// The finding, a sentence without a full stop.
    pub(crate) fn headline(&self) -> String {
        let drawn = self.drawn();
        let marks = || drawn.iter().flat_map(|it| &it.marks);
        if drawn.is_empty() {
            return "The variants do the same".into();
        }
        if marks().all(|it| matches!(it, Mark::TooFew | Mark::Tied | Mark::Nothing)) {
            return "One replication is too few to tell variants apart".into();
        }
        let shown = |it: &Mark| it.is_better() || matches!(it, Mark::Worse | Mark::Differs);
        if !marks().any(shown) {
            return "No difference between the variants can be shown".into();
        }
        if let Some(best) = self.best_of_all(&drawn) {
            return best;
        }
        let first = quoted(&self.first.name);
        let deciding = &drawn[..drawn.len().min(DECIDING)];
        let found = self.most_better(deciding);
        let Some((name, better, worse)) = found.or_else(|| self.most_better(&drawn)) else {
            return format!("No variant is better than {first} in anything shown");
        };
        let name = quoted(name);
        match worse.as_slice() {
            [] => format!(
                "{name} is better than {first} in {}, worse in nothing",
                join(&better)
            ),
            worse => format!(
                "{name} is better in {}, worse in {}",
                join(&better),
                join(worse)
            ),
        }
    }

    /// One or two variants that are best in all that decides.
    fn best_of_all(&self, drawn: &[&Column]) -> Option<String> {
        let directed = |it: &&&Column| it.better.is_some();
        let told = |it: &&&Column| {
            it.first_mark != Mark::Nothing || it.marks.iter().any(|it| is_best(*it))
        };
        let deciding = drawn.iter().take(DECIDING).filter(directed);
        let deciding: Vec<&&Column> = deciding.filter(told).collect();
        if deciding.is_empty() {
            return None;
        }
        let in_all = |mark: &dyn Fn(&Column) -> Mark| deciding.iter().all(|it| is_best(mark(it)));
        let mut names: Vec<String> = Vec::new();
        if in_all(&|it| it.first_mark) {
            names.push(quoted(&self.first.name));
        }
        for (i, other) in self.others.iter().enumerate() {
            if in_all(&|it| it.marks[i]) {
                names.push(quoted(&other.name));
            }
        }
        let nouns: Vec<&str> = deciding.iter().map(|it| it.noun.as_str()).collect();
        match names.as_slice() {
            [] => None,
            [one] => Some(format!("{one} is best in {}", join(&nouns))),
            [one, two] => Some(format!("{one} and {two} are best in {}", join(&nouns))),
            more => {
                let count = capital(&in_words(more.len()));
                Some(format!(
                    "{count} variants are best in {}, tied",
                    join(&nouns)
                ))
            }
        }
    }

    /// The variant that is better in most, with that and what it is worse in.
    fn most_better<'c>(&self, drawn: &[&'c Column]) -> Option<(&str, Vec<&'c str>, Vec<&'c str>)> {
        let nouns = |i: usize, is: &dyn Fn(Mark) -> bool| -> Vec<&'c str> {
            let columns = drawn.iter().filter(|it| is(it.marks[i]));
            columns.map(|it| it.noun.as_str()).collect()
        };
        let of = |(i, other): (usize, &&keystorm_record::Variant)| {
            let better = nouns(i, &Mark::is_better);
            let worse = nouns(i, &|it| it == Mark::Worse);
            (other.name.clone(), better, worse)
        };
        let found = self.others.iter().enumerate().map(of);
        let found = found.filter(|it| !it.1.is_empty());
        // The first of several that are equal.
        let best = found.reduce(|best, it| {
            let gain = |it: &(String, Vec<_>, Vec<_>)| (std::cmp::Reverse(it.2.len()), it.1.len());
            if gain(&it) > gain(&best) { it } else { best }
        })?;
        let name = self.others.iter().find(|it| it.name == best.0)?;
        Some((&name.name, best.1, best.2))
    }

    /// What is compared and how, as a sentence.
    pub(crate) fn lede(&self) -> String {
        let thin = number::THIN;
        match self.pairs {
            0 | 1 => format!(
                "Difference from {}; one replication has no interval.",
                self.first.name
            ),
            pairs => format!(
                "Difference from {} with 95{thin}% intervals, {} pairs. Intervals narrower than \
                 the dot are not visible.",
                self.first.name,
                in_words(pairs)
            ),
        }
    }

    /// The same where nothing is drawn.
    pub(crate) fn lede_of_words(&self) -> String {
        let first = &self.first.name;
        match self.pairs {
            0 | 1 => format!("Differences from {first}; one replication has no interval."),
            pairs => format!(
                "Differences from {first} over {} pairs of replications. Best, better, worse: the \
                 95{}% interval leaves out zero; none shown: no difference can be shown.",
                in_words(pairs),
                number::THIN
            ),
        }
    }

    /// What is not shown, as sentences.
    pub(crate) fn caption(&self) -> String {
        let mut text = String::new();
        let tied = self.columns.iter().filter(|it| it.is_tied());
        let tied: Vec<&str> = tied.map(|it| it.noun.as_str()).collect();
        if !tied.is_empty() && !self.drawn().is_empty() {
            text = format!("Tied in all variants: {}. ", join(&tied));
        }
        if self.left_out > 0 {
            let left_out = number::grouped(self.left_out as f64, 0);
            let parts = [
                &left_out,
                " further variants are left out here; summary.csv has them. ",
            ];
            text.extend(parts);
        }
        text.push_str(
            "Best: better than the first, and none is better; tied: no difference between those \
             can be shown.",
        );
        text
    }
}

/// Whether it is a best.
fn is_best(mark: Mark) -> bool {
    matches!(mark, Mark::Best(_))
}

/// A name in a sentence, in quotes where it reads as a word of it.
fn quoted(name: &str) -> String {
    const WORDS: [&str; 6] = ["all", "any", "both", "no", "none", "nothing"];
    if WORDS.contains(&name.to_lowercase().as_str()) {
        format!("\u{201c}{name}\u{201d}")
    } else {
        name.into()
    }
}

/// Words as a list: `a, b and c`.
fn join(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).into(),
        [init @ .., last] => format!("{} and {last}", init.join(", ")),
    }
}

impl Mark {
    /// In words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Best(false) => "best",
            Self::Best(true) => "best, tied",
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Differs => "differs",
            Self::Tied => "tied",
            Self::Unclear => "no difference can be shown",
            Self::TooFew => "one pair only",
            Self::Nothing => "",
        }
    }

    /// In few words, for terminals.
    fn short(self) -> &'static str {
        match self {
            Self::Unclear => "none shown",
            other => other.words(),
        }
    }

    /// Its class on the page.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Best(_) | Self::Better => "better",
            Self::Worse => "worse",
            _ => "same",
        }
    }
}

/// A difference with its sign and unit, shares in percentage points.
pub(crate) fn signed(value: f64, unit: Unit) -> String {
    let text = match unit {
        Unit::Share if value == 0.0 => "0".into(),
        Unit::Share => significant(value * 100.0, 3),
        unit => in_unit(value, unit),
    };
    with_sign(value, text)
}

/// The same with `points` behind those of shares.
pub(crate) fn signed_words(value: f64, unit: Unit) -> String {
    let text = signed(value, unit);
    match unit {
        Unit::Share => format!("{text}{}points", number::THIN),
        _ => text,
    }
}

/// A share of something as percent with its sign: `+12 %`, `−3.4 %`.
pub(crate) fn signed_percent(share: f64) -> String {
    let text = number::grouped(share * 100.0, usize::from(share.abs() < 0.1));
    format!("{}{}%", with_sign(share, text), number::THIN)
}

/// The text of a number with a plus if it is more than nothing.
pub(super) fn with_sign(value: f64, text: String) -> String {
    if value > 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
        format!("+{text}")
    } else {
        text
    }
}

/// The interval in square brackets; empty if there is none, or if it is narrower than what is
/// shown.
pub(crate) fn interval(difference: &Difference, unit: Unit) -> String {
    let Some((low, high)) = difference.interval else {
        return String::new();
    };
    let (low, high) = (signed(low, unit), signed(high, unit));
    if low == high {
        String::new()
    } else {
        format!("[{low}, {high}]")
    }
}

/// The comparison for terminals: as many columns as decide, least important last.
pub(crate) fn brief(comparison: &Comparison<'_>) -> Table {
    table(comparison, |cell, mark, unit| {
        let difference = match mark {
            Mark::Unclear | Mark::Tied => String::new(),
            _ => signed_words(cell.mean, unit),
        };
        format!("{difference} {}", mark.short()).trim().to_string()
    })
}

/// The comparison with intervals, for Markdown.
pub(crate) fn wide(comparison: &Comparison<'_>) -> Table {
    table(comparison, |cell, mark, unit| {
        let parts = [signed_words(cell.mean, unit), interval(cell, unit)];
        let parts: Vec<String> = parts.into_iter().filter(|it| !it.is_empty()).collect();
        match (mark, mark.words()) {
            (Mark::Tied, words) => words.into(),
            (_, "") => parts.join(" "),
            (_, words) => format!("{}, {words}", parts.join(" ")),
        }
    })
}

fn table(comparison: &Comparison<'_>, text: impl Fn(&Difference, Mark, Unit) -> String) -> Table {
    let drawn = comparison.drawn();
    let mut head = vec!["Variant"];
    head.extend(drawn.iter().map(|it| it.head.as_str()));
    let mut table = Table::new(&head);
    let of_first = |column: &&Column| {
        let value = Cell::optional(column.first, |it| in_unit(it, column.unit));
        match column.first_mark {
            Mark::Nothing => value,
            mark => Cell {
                text: format!("{} {}", value.text, mark.short()),
                ..value
            },
        }
    };
    table.row(&comparison.first.name, drawn.iter().map(of_first).collect());
    for (i, other) in comparison.others.iter().enumerate() {
        let cell = |column: &&Column| match &column.cells[i] {
            None => Cell::nothing(),
            Some(cell) => Cell::number(cell.mean, text(cell, column.marks[i], column.unit)),
        };
        table.row(&other.name, drawn.iter().map(cell).collect());
    }
    table
}

/// Every difference, one row each, with all that is known of it.
pub(crate) fn full(comparison: &Comparison<'_>) -> Table {
    let mut table = Table::new(&[
        "Variant",
        "Metric",
        "First",
        "Here",
        "Difference",
        "From",
        "To",
        "Relative",
        "Pairs",
        "Verdict",
    ]);
    for (i, other) in comparison.others.iter().enumerate() {
        for column in &comparison.columns {
            let Some(cell) = &column.cells[i] else {
                continue;
            };
            let unit = column.unit;
            let value = |it: f64| Cell::number(it, in_unit(it, unit));
            let signed = |it: f64| Cell::number(it, signed_words(it, unit));
            let end = |it: Option<f64>| it.map_or_else(Cell::nothing, signed);
            table.row(
                &other.name,
                vec![
                    Cell::words(&column.head),
                    value(cell.base),
                    value(cell.new),
                    signed(cell.mean),
                    end(cell.interval.map(|it| it.0)),
                    end(cell.interval.map(|it| it.1)),
                    Cell::optional(cell.relative(), signed_percent),
                    Cell::number(cell.count as f64, cell.count.to_string()),
                    Cell::words(column.marks[i].words()),
                ],
            );
        }
    }
    table
}
