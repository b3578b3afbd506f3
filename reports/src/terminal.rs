use crate::comparison::{self, Comparison};
use crate::number::{plain, share_fine};
use crate::results;
use crate::shown::shown;
use crate::table::Table;
use crate::text::{Run, Text, capital, printable, stopped};
use crate::verdict::{State, Verdict, verdict};
use crate::view;
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ContentArrangement, Row};
use keystorm_record::{Record, Variant};

/// How a terminal shows text.
#[derive(Clone, Copy, Debug)]
pub struct Terminal {
    /// Columns of the terminal; below 60 it counts as 60.
    pub width: usize,
    /// Whether to colour with ANSI sequences.
    pub color: bool,
}

const WIDTH_MIN: usize = 60;

impl Terminal {
    /// No narrower than text can be laid out.
    pub(crate) fn at_least(self) -> Self {
        Self {
            width: self.width.max(WIDTH_MIN),
            ..self
        }
    }
}

/// Verdict first, then a table per operation, KMS and cost, warnings and expectations.
///
/// Contains no control characters other than line feeds and, with `color`, ANSI colours.
#[must_use]
pub fn terminal(record: &Record, style: Terminal) -> String {
    let style = style.at_least();
    let mut out = String::new();
    words(&mut out, record, &verdict(record), style);
    let shown = shown(record);
    let record = &*shown;
    if record.variants.is_empty() {
        return plain(&out);
    }
    if let Some(comparison) = Comparison::of(record) {
        variants(&mut out, &comparison, style);
    }
    if let Some(table) = results::jobs::completion(record) {
        section(&mut out, results::jobs::TITLE, &table, style);
    }
    for operation in view::operations(record) {
        let table = results::brief(record, operation);
        section(&mut out, operation.label(), &table, style);
    }
    section(
        &mut out,
        "KMS calls per second, and cost",
        &results::brief_kms(record),
        style,
    );
    let quota = record.variants.first().map(|v| view::quota(record, v));
    let note = format!(
        "KMS quota {} in {}. Demand: first attempts and other load in the busiest second; peak: \
         retries and refused calls too; minute: what CloudWatch shows. {}",
        quota.unwrap_or_default(),
        record.scenario.region,
        match view::Period::of(record) {
            view::Period::Month => "Cost of 730 h of this load.",
            view::Period::Run => "Cost of doing the work once.",
        }
    );
    push_wrapped(&mut out, &note, style, 0);
    if let Some(note) = prefixes(record) {
        push_wrapped(&mut out, &note, style, 0);
    }
    if let Some(table) = results::accounts::table(record) {
        section(&mut out, results::accounts::TITLE, &table, style);
    }
    if let Some(cost) = results::cost::brief(record) {
        section(&mut out, view::Period::of(record).title(), &cost, style);
    }
    if let Some(cores) = results::cores(record) {
        section(&mut out, results::CORES, &cores, style);
    }
    notes(&mut out, record, style);
    plain(&out)
}

/// The finding, a table of as many metrics as have room, and how to read it.
fn variants(out: &mut String, comparison: &Comparison<'_>, style: Terminal) {
    let mut table = comparison::brief(comparison);
    let names = comparison.others.iter().map(|it| it.name.chars().count());
    let longest = names.max().unwrap_or(0).min(NAME_MAX);
    while table.head.len() > 2 && room_for_names(&table, style) < longest {
        let last = table.head.last().cloned().unwrap_or_default();
        table.remove(&last);
    }
    out.push('\n');
    push_painted(out, &comparison.headline(), "1", style);
    out.push_str(&aligned(&table, style));
    push_wrapped(out, &comparison.lede_of_words(), style, 0);
}

/// Which variants S3 itself refuses attempts of, and how many; `None` if it refuses none.
fn prefixes(record: &Record) -> Option<String> {
    let refused = |variant: &Variant| {
        let counts = view::counts(variant, None);
        let share = view::ratio(counts.attempts_throttled_s3, counts.attempts);
        (share > 0.0).then(|| format!("{} {}", variant.name, share_fine(share)))
    };
    let all: Vec<String> = record.variants.iter().filter_map(refused).collect();
    (!all.is_empty()).then(|| {
        format!(
            "Attempts that S3 itself refuses for a request rate, not KMS: {}.",
            all.join(", ")
        )
    })
}

fn words(out: &mut String, record: &Record, verdict: &Verdict, style: Terminal) {
    let colour = match verdict.state {
        State::Breached => "31",
        State::Inconclusive => "33",
        State::Nothing => "90",
        State::Fits => "34",
    };
    push_wrapped(out, &record.scenario.title, style, 0);
    if !record.scenario.question.is_empty() {
        push_wrapped(out, &record.scenario.question, style, 0);
    }
    out.push('\n');
    let head = format!("{}: {}", verdict.tag, verdict.headline);
    push_painted(out, &head, &format!("1;{colour}"), style);
    push_text(out, &verdict.say, style, 0);
    out.push('\n');
    let paragraphs = std::iter::once(("Why", &verdict.why))
        .chain(verdict.what_to_do.iter().map(|t| ("Do", t)))
        .chain(std::iter::once(("Sure", &verdict.how_sure)));
    for (name, text) in paragraphs {
        if !text.words().is_empty() {
            out.push_str(&painted(&format!("{name:<5} "), "1", style));
            push_text(out, text, style, 6);
        }
    }
}

pub(crate) fn section(out: &mut String, title: &str, table: &Table, style: Terminal) {
    out.push('\n');
    out.push_str(&painted(title, "1", style));
    out.push('\n');
    out.push_str(&aligned(table, style));
}

/// Columns that a narrow terminal does without, least missed first: other formats have them.
const SPARE: [&str; 11] = [
    "Data",
    "Peak use",
    "p99.9",
    "Minute",
    "p50",
    "Peak",
    "Cores busy",
    "Retried",
    "Core-hours per TB",
    "Relative",
    "Interval",
];

/// Longest name for which a column is given up.
const NAME_MAX: usize = 28;

/// Characters that are left for the names.
fn room_for_names(table: &Table, style: Terminal) -> usize {
    let numbers: usize = (1..table.head.len())
        .map(|i| {
            let cells = table.rows.iter().filter_map(|r| r.cells.get(i - 1));
            let widest = cells.map(|c| c.text.chars().count()).max().unwrap_or(0);
            widest.max(table.head[i].chars().count()) + 2
        })
        .sum();
    style.width.saturating_sub(numbers).max(8)
}

/// The names of the rows within `width` characters: cut at the end, or in the middle where two
/// would look alike.
fn names(table: &Table, width: usize) -> Vec<String> {
    let names = table.rows.iter().map(|row| printable(&row.name));
    let cut: Vec<_> = names.clone().map(|name| shortened(&name, width)).collect();
    let alike = |name: &String| cut.iter().filter(|it| *it == name).count() > 1;
    let told_apart = |(name, cut): (String, &String)| {
        if alike(cut) {
            shortened_inside(&name, width)
        } else {
            cut.clone()
        }
    };
    names.zip(&cut).map(told_apart).collect()
}

/// The table with its columns aligned; names are cut only where no column can be spared.
fn aligned(table: &Table, style: Terminal) -> String {
    let mut table = table.clone();
    let longest = table
        .rows
        .iter()
        .map(|r| r.name.chars().count())
        .max()
        .unwrap_or(0);
    for spare in SPARE {
        if room_for_names(&table, style) < longest.min(NAME_MAX) {
            table.remove(spare);
        }
    }
    let name_max = room_for_names(&table, style);
    let mut text = comfy_table::Table::new();
    text.load_style(NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled);
    text.set_header(Row::from(table.head.iter().map(|h| plain(h))));
    let names = names(&table, name_max);
    for (row, name) in table.rows.iter().zip(names) {
        let cells = row.cells.iter().map(|cell| plain(&cell.text));
        text.add_row(Row::from(std::iter::once(name).chain(cells)));
    }
    for (i, column) in text.column_iter_mut().enumerate() {
        let side = if i == 0 {
            CellAlignment::Left
        } else {
            CellAlignment::Right
        };
        column.set_cell_alignment(side);
        column.set_padding((if i == 0 { 0 } else { 2 }, 0));
    }
    let mut out = String::new();
    for (i, line) in text.lines().enumerate() {
        let line = line.trim_end();
        let bad = i.checked_sub(1).and_then(|i| table.rows.get(i));
        let bad = bad.is_some_and(|r| r.cells.iter().any(|c| c.bad));
        let code = if i == 0 { "2" } else { "31" };
        out.push_str(&if i == 0 || bad {
            painted(line, code, style)
        } else {
            line.into()
        });
        out.push('\n');
    }
    out
}

fn notes(out: &mut String, record: &Record, style: Terminal) {
    for warning in &record.warnings {
        out.push('\n');
        let (text, remedy) = (stopped(&warning.text), stopped(&capital(&warning.remedy)));
        let text = format!("warning: {text} {remedy}");
        push_wrapped(out, &text, style, 0);
    }
    let expectations = |v: &Variant| v.expectations.len();
    if record.variants.iter().any(|v| expectations(v) > 0) {
        out.push('\n');
    }
    for (variant, e) in record
        .variants
        .iter()
        .flat_map(|v| v.expectations.iter().map(move |e| (v, e)))
    {
        let mark = if e.holds { "holds" } else { "breached" };
        let text = format!("expected {} of {}: {mark}", e.condition, variant.name);
        push_wrapped(out, &text, style, 0);
    }
}

fn painted(text: &str, code: &str, style: Terminal) -> String {
    if style.color {
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    } else {
        text.into()
    }
}

/// Adds the text in lines of the terminal's width, coloured.
pub(crate) fn push_painted(out: &mut String, text: &str, code: &str, style: Terminal) {
    for line in wrapped(&printable(text), style.width) {
        out.push_str(&painted(&line, code, style));
        out.push('\n');
    }
}

fn push_text(out: &mut String, text: &Text, style: Terminal, indent: usize) {
    let mut words = String::new();
    for run in &text.0 {
        match run {
            Run::Link(..) => {}
            Run::Plain(t) | Run::Strong(t) | Run::Assumed(t) | Run::Code(t) => words.push_str(t),
        }
    }
    push_wrapped(out, words.trim_end(), style, indent);
}

/// Adds the text in lines of the terminal's width; the first one is already indented.
pub(crate) fn push_wrapped(out: &mut String, text: &str, style: Terminal, indent: usize) {
    for (i, line) in wrapped(&printable(text), style.width - indent)
        .iter()
        .enumerate()
    {
        if i > 0 {
            out.push_str(&" ".repeat(indent));
        }
        out.push_str(line);
        out.push('\n');
    }
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_ascii_whitespace() {
        let line = lines.last_mut().expect("there is always a line");
        let used = line.chars().count();
        if used > 0 && used + 1 + word.chars().count() > width {
            lines.push(word.into());
        } else {
            if used > 0 {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

/// The text, cut with an ellipsis if it is longer than `width` characters.
pub(crate) fn shortened(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.into();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// The text, cut in its middle with an ellipsis if it is longer than `width` characters.
fn shortened_inside(text: &str, width: usize) -> String {
    let count = text.chars().count();
    if count <= width {
        return text.into();
    }
    let kept = width.saturating_sub(1);
    let head: String = text.chars().take(kept / 2).collect();
    let tail: String = text.chars().skip(count - (kept - kept / 2)).collect();
    format!("{}…{}", head.trim_end(), tail.trim_start())
}
