//! A diff for people.
use super::{Diff, DiffOutcome, DiffRow, Expected, SetupChange, Side};
use crate::comparison::{interval, signed_percent, signed_words};
use crate::number::{THIN, in_words, plain};
use crate::summary::push_table;
use crate::table::{Cell, Table};
use crate::terminal::{Terminal, push_painted, push_wrapped, section};
use crate::text::escape_markdown;
use crate::verdict::in_unit;
use keystorm_record::comparison::{Difference, Judgement, Method, REPLICATIONS_MAX};

/// Most changed settings that are listed for people.
const SETUP_MAX: usize = 20;

/// The finding first, then what was set differently and a table per variant.
///
/// Contains no control characters other than line feeds and, with `color`, ANSI colours.
#[must_use]
pub fn diff_terminal(diff: &Diff, style: Terminal) -> String {
    let style = style.at_least();
    let mut out = String::new();
    for (name, side) in [("base", &diff.base), ("new", &diff.new)] {
        push_wrapped(&mut out, &format!("{name}: {}", of_side(side)), style, 0);
    }
    out.push('\n');
    let colour = match diff.outcome() {
        DiffOutcome::Regression | DiffOutcome::Breached => "1;31",
        DiffOutcome::Inconclusive => "1;33",
        DiffOutcome::Fine => "1;34",
    };
    push_painted(&mut out, &headline(diff), colour, style);
    push_wrapped(&mut out, &how(diff), style, 0);
    if !diff.setup.is_empty() {
        section(&mut out, "Set differently", &setup(diff), style);
        push_left_out(&mut out, diff, style);
    }
    for variant in variants(diff).0 {
        section(&mut out, variant, &table(diff, variant), style);
        if let Some(same) = same(diff, variant) {
            push_wrapped(&mut out, &same, style, 0);
        }
    }
    let notes = notes(diff);
    if !notes.is_empty() {
        out.push('\n');
    }
    for note in notes {
        push_wrapped(&mut out, &note, style, 0);
    }
    plain(&out)
}

/// The same as GitHub-flavoured Markdown.
#[must_use]
pub fn diff_markdown(diff: &Diff) -> String {
    let mut out = format!("**{}**\n\n", escape_markdown(&headline(diff)));
    for (name, side) in [("Base", &diff.base), ("New", &diff.new)] {
        let line = format!("{name}: {}", of_side(side));
        out.extend([&escape_markdown(&line), "\n\n"]);
    }
    out.extend([escape_markdown(&how(diff)), "\n".into()]);
    if !diff.setup.is_empty() {
        push_table(&mut out, "Set differently", &setup(diff));
    }
    for variant in variants(diff).0 {
        push_table(&mut out, &escape_markdown(variant), &table(diff, variant));
        if let Some(same) = same(diff, variant) {
            out.extend(["\n", &escape_markdown(&same), "\n"]);
        }
    }
    for note in notes(diff) {
        out.extend(["\n", &escape_markdown(&note), "\n"]);
    }
    plain(&out)
}

/// Where a record is and what it is of.
fn of_side(side: &Side) -> String {
    let replications = match side.replications {
        1 => "one replication".to_string(),
        n => format!("{} replications", in_words(n)),
    };
    format!(
        "{} ({}; keystorm {}; {replications})",
        side.path, side.title, side.version
    )
}

/// The finding, with its full stop.
fn headline(diff: &Diff) -> String {
    let of = |judgement| -> Vec<&DiffRow> {
        let rows = diff.gating().filter(|it| it.judgement == judgement);
        rows.collect()
    };
    let figures = |n: usize, all: usize| {
        let noun = if all == 1 { "figure" } else { "figures" };
        format!("{} of {} {noun}", in_words(n), in_words(all))
    };
    let all = diff.gating().count();
    let tolerance = tolerance(diff.tolerance);
    match diff.outcome() {
        DiffOutcome::Regression => {
            let worse = of(Judgement::Worse);
            let most = worse.iter().copied().reduce(|a, b| {
                let share = |it: &DiffRow| relative(it).map_or(f64::INFINITY, f64::abs);
                if share(b) > share(a) { b } else { a }
            });
            let most = most.map_or_else(String::new, |it| format!(": {}", change_words(it)));
            format!("Regression in {}{most}.", figures(worse.len(), all))
        }
        DiffOutcome::Breached => {
            let broken = diff.expectations.iter();
            let broken = broken.filter(|it| !it.expectation.holds);
            let words = |it: &Expected| {
                let value = value(it);
                format!("{} of {}, {value}", it.expectation.condition, it.variant)
            };
            let broken: Vec<String> = broken.map(words).collect();
            format!("Expectation breached: {}.", broken.join("; "))
        }
        DiffOutcome::Inconclusive => match of(Judgement::Inconclusive).len() {
            0 => format!(
                "Inconclusive: the new record lacks {}.",
                diff.missing.join(", ")
            ),
            some => format!(
                "Inconclusive: of {} it cannot be said whether {} worse by more than {tolerance}.",
                figures(some, all),
                if some == 1 { "it is" } else { "they are" }
            ),
        },
        DiffOutcome::Fine if diff.rows.iter().all(|it| it.judgement == Judgement::Same) => {
            match diff.rows.len() {
                1 => "No difference: the figure is the same.".into(),
                n => format!("No difference: all {} figures are the same.", in_words(n)),
            }
        }
        DiffOutcome::Fine => {
            let better = match of(Judgement::Better).len() {
                0 => String::new(),
                n => format!("; {n} of {all} are better"),
            };
            format!("No regression: nothing is worse by more than {tolerance}{better}.")
        }
    }
}

/// `5 %`, `0.5 %`, `0 %`.
fn tolerance(share: f64) -> String {
    let text = crate::number::grouped(share * 100.0, 2);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{text}{THIN}%")
}

/// The worst change, such as `get.latency.p99 of SSE-KMS rises by 12 % to 2.02 s`.
fn change_words(row: &DiffRow) -> String {
    let Some(difference) = &row.difference else {
        return row.metric.clone();
    };
    let verb = if difference.mean > 0.0 {
        "rises"
    } else {
        "falls"
    };
    let by = match difference.relative() {
        Some(share) => crate::number::share(share.abs()),
        None => signed_words(difference.mean.abs(), row.unit),
    };
    let to = in_unit(difference.new, row.unit);
    format!("{} of {} {verb} by {by} to {to}", row.metric, row.variant)
}

/// How it was compared.
fn how(diff: &Diff) -> String {
    let method = match diff.method {
        Method::Paired => {
            "Seed and window are the same: compared replication by replication".to_string()
        }
        Method::Welch => "Seed or window differ: compared as independent samples (Welch)".into(),
    };
    format!(
        "{method}, intervals of 95{THIN}%. Worse: the whole interval is worse by more than {} of \
         the base.",
        tolerance(diff.tolerance)
    )
}

fn relative(row: &DiffRow) -> Option<f64> {
    row.difference.as_ref().and_then(Difference::relative)
}

/// Variants in which something differs, and those in which all is the same, in order.
fn variants(diff: &Diff) -> (Vec<&str>, Vec<&str>) {
    let mut names: Vec<&str> = Vec::new();
    for row in &diff.rows {
        if !names.contains(&row.variant.as_str()) {
            names.push(&row.variant);
        }
    }
    let differs = |name: &&str| {
        let of_variant = diff.rows.iter().filter(|it| it.variant == *name);
        of_variant
            .into_iter()
            .any(|it| it.judgement != Judgement::Same)
    };
    names.into_iter().partition(differs)
}

fn setup(diff: &Diff) -> Table {
    let mut table = Table::new(&["What", "Base", "New", "Variants"]);
    let or_dash = |text: &str| {
        let short = crate::terminal::shortened(text, 26);
        Cell::words(if text.is_empty() { "–".into() } else { short })
    };
    for change in diff.setup.iter().take(SETUP_MAX) {
        table.row(
            &change.what,
            vec![or_dash(&change.base), or_dash(&change.new), whose(change)],
        );
    }
    if diff.setup.iter().all(|it| it.variants.is_empty()) {
        table.remove("Variants");
    }
    table
}

fn whose(change: &SetupChange) -> Cell {
    match change.variants.as_slice() {
        [] => Cell::words("all"),
        [one] => Cell::words(crate::terminal::shortened(one, 28)),
        more => Cell::words(format!("{} of them", more.len())),
    }
}

fn push_left_out(out: &mut String, diff: &Diff, style: Terminal) {
    let more = diff.setup.len().saturating_sub(SETUP_MAX);
    if more > 0 {
        let line = format!("{} more, all of them with --format json.", in_words(more));
        push_wrapped(out, &crate::text::capital(&line), style, 0);
    }
}

/// A variant's metrics, those left out that are the same.
fn table(diff: &Diff, variant: &str) -> Table {
    let mut table = Table::new(&[
        "Metric",
        "Base",
        "New",
        "Difference",
        "Interval",
        "Relative",
        "Verdict",
    ]);
    let told = |it: &&DiffRow| it.variant == variant && it.judgement != Judgement::Same;
    for row in diff.rows.iter().filter(told) {
        let value = |it: Option<f64>| Cell::optional(it, |it| in_unit(it, row.unit));
        let difference = row.difference.as_ref();
        let of_interval = difference.map_or_else(String::new, |it| interval(it, row.unit));
        table.row(
            &row.metric,
            vec![
                value(row.base),
                value(row.new),
                Cell::optional(difference.map(|it| it.mean), |it| {
                    signed_words(it, row.unit)
                }),
                Cell::words(of_interval),
                Cell::optional(relative(row), signed_percent),
                Cell::words(row.verdict()).marked(row.judgement == Judgement::Worse),
            ],
        );
    }
    table
}

/// The metrics that are the same, as a sentence.
fn same(diff: &Diff, variant: &str) -> Option<String> {
    let same = |it: &&DiffRow| it.variant == variant && it.judgement == Judgement::Same;
    let names: Vec<&str> = diff
        .rows
        .iter()
        .filter(same)
        .map(|it| it.metric.as_str())
        .collect();
    (!names.is_empty()).then(|| format!("The same: {}.", names.join(", ")))
}

/// What would decide, who is missing, what is expected.
fn notes(diff: &Diff) -> Vec<String> {
    let mut notes = Vec::new();
    let (some, none) = variants(diff);
    if !none.is_empty() && !some.is_empty() {
        let names = none.join("; ");
        notes.push(format!("The same in every figure: {names}."));
    }
    let open = |it: &&DiffRow| it.judgement == Judgement::Inconclusive;
    let open: Vec<&DiffRow> = diff.gating().filter(open).collect();
    for row in &open {
        let (metric, variant) = (&row.metric, &row.variant);
        notes.push(format!("{metric} of {variant}: {}", remedy(row)));
    }
    let list = |verb: &str, names: &[String]| format!("Only {verb}: {}.", names.join(", "));
    if !diff.missing.is_empty() {
        notes.push(list("the base has", &diff.missing));
    }
    if !diff.added.is_empty() {
        notes.push(list("the new record has", &diff.added));
    }
    for it in &diff.expectations {
        let mark = if it.expectation.holds {
            "holds"
        } else {
            "breached"
        };
        let condition = &it.expectation.condition;
        let line = format!(
            "expected {condition} of {}: {mark}, {}",
            it.variant,
            value(it)
        );
        notes.push(line);
    }
    notes
}

/// What a condition's metric is.
fn value(expected: &Expected) -> String {
    let value = expected.expectation.value;
    value.map_or_else(
        || "it is undefined".into(),
        |it| format!("it is {}", in_unit(it, expected.unit)),
    )
}

/// What would decide an inconclusive row.
fn remedy(row: &DiffRow) -> String {
    let Some(difference) = &row.difference else {
        let side = if row.new.is_none() {
            "new record"
        } else {
            "base"
        };
        return format!("the {side} has no value of it.");
    };
    match row.replications_needed {
        Some(n) => format!("about {n} replications of each would decide it."),
        None if difference.interval.is_none() => {
            "one replication has no interval; run at least five.".into()
        }
        None => format!(
            "more than {} replications would be needed; a wider --tolerance decides sooner.",
            crate::number::grouped(f64::from(REPLICATIONS_MAX), 0)
        ),
    }
}
