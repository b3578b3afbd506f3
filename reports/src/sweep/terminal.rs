//! The result of a sweep in words: how many points, the best and the worst, what to choose from.
use crate::number::{grouped, plain};
use crate::table::{Cell, Table};
use crate::terminal::{Terminal, push_painted, push_wrapped, section, shortened};
use crate::text::{capital, printable, stopped};
use crate::verdict::in_unit;
use keystorm_record::{Status, Sweep, SweepAxis, SweepPoint, Unit};

/// Figures on which a choice between points rests, with their heads.
const FIGURES: [(&str, &str); 6] = [
    ("cost.month", "Cost per month"),
    ("cost.run", "Cost of the run"),
    ("completion", "Completion"),
    ("all.latency.p99", "p99 of all requests"),
    ("all.throttled-share", "Requests throttled"),
    ("kms.throttled-share", "KMS calls throttled"),
];

/// Most points of a Pareto front that are listed.
const FRONT_MAX: usize = 10;

/// Most values of an axis that are listed.
const VALUES_MAX: usize = 6;

/// What a sweep found, for a terminal: the grid, at how many points the expectations hold, where
/// each figure is least and most, and the points that no other one beats in both cost and p99.
#[must_use]
pub fn sweep_terminal(sweep: &Sweep, style: Terminal) -> String {
    let style = style.at_least();
    let mut out = String::new();
    push_wrapped(&mut out, &sweep.scenario.title, style, 0);
    if !sweep.scenario.question.is_empty() {
        push_wrapped(&mut out, &sweep.scenario.question, style, 0);
    }
    out.push('\n');
    push_painted(&mut out, &headline(sweep), "1;34", style);
    for axis in &sweep.axes {
        out.push_str("  ");
        push_wrapped(&mut out, &values(axis), style, 2);
    }
    if let Some(held) = held(sweep) {
        out.push('\n');
        push_wrapped(&mut out, &held, style, 0);
    }
    if let Some(refused) = refused(sweep) {
        out.push('\n');
        push_wrapped(&mut out, &refused, style, 0);
    }
    extremes(&mut out, sweep, style);
    front(&mut out, sweep, style);
    for warning in &sweep.warnings {
        out.push('\n');
        let (text, remedy) = (
            capital(&stopped(&warning.text)),
            capital(&stopped(&warning.remedy)),
        );
        push_wrapped(&mut out, &format!("Warning: {text} {remedy}"), style, 0);
    }
    plain(&out)
}

fn headline(sweep: &Sweep) -> String {
    let count = |value: u64| grouped(value as f64, 0);
    let points = count(sweep.grid_points());
    let replications = sweep.replications;
    let runs = count(sweep.grid_points() * u64::from(replications));
    let s = if replications == 1 { "" } else { "s" };
    let all = format!("{points} points × {replications} replication{s} = {runs} runs");
    if sweep.status == Status::Complete {
        return all;
    }
    let missing = count(sweep.missing_runs.0);
    format!("Partial: of {all}, {missing} are missing")
}

/// What varies and how.
fn values(axis: &SweepAxis) -> String {
    let shown = axis.labels.iter().take(VALUES_MAX).cloned();
    let mut shown: Vec<String> = shown.collect();
    if let (true, Some(last)) = (axis.labels.len() > VALUES_MAX, axis.labels.last()) {
        shown.truncate(VALUES_MAX - 2);
        shown.extend(["…".to_owned(), last.clone()]);
    }
    format!(
        "{}: {} ({})",
        axis.path,
        shown.join(", "),
        axis.labels.len()
    )
}

/// At how many points the conditions hold, and the cheapest of those.
fn held(sweep: &Sweep) -> Option<String> {
    let judged = || sweep.points.iter().filter(|it| !it.expectations.is_empty());
    let all = judged().count();
    if all == 0 {
        return None;
    }
    let held: Vec<_> = judged().filter(|it| it.holds()).collect();
    let mut words = format!("All expectations hold at {} of {all} points", held.len());
    let priced = held
        .iter()
        .filter_map(|it| Some((it.mean("cost.month")?, it)));
    let cheapest = priced.reduce(|a, b| if b.0 < a.0 { b } else { a });
    if let Some((cost, point)) = cheapest {
        let cost = in_unit(cost, Unit::Usd);
        let named = [
            "; the cheapest of them, at ",
            &cost,
            " a month, is ",
            &point.name,
        ];
        words.extend(named);
    }
    words.push('.');
    Some(words)
}

/// At how many points S3 refuses an operation altogether.
fn refused(sweep: &Sweep) -> Option<String> {
    let mut refused = sweep.points.iter().filter(|it| !it.refusals.is_empty());
    let first = refused.next()?;
    let count = 1 + refused.count();
    let (points, refusal) = (sweep.points.len(), first.refusals.first()?);
    Some(format!(
        "At {count} of {points} points all requests of an operation are refused, first at {} ({} \
         {}); they are left out below.",
        first.name, refusal.status, refusal.code
    ))
}

/// Where each figure is least and most.
fn extremes(out: &mut String, sweep: &Sweep, style: Terminal) {
    out.push('\n');
    push_painted(out, "Least and most", "1", style);
    for (metric, head) in FIGURES {
        let (Some([least, most]), Some(kind)) = (sweep.extremes(metric), sweep.metrics.get(metric))
        else {
            continue;
        };
        let value = |point: &SweepPoint| {
            let mean = point.mean(metric).unwrap_or_default();
            in_unit(mean, kind.unit)
        };
        if least.mean(metric) == most.mean(metric) {
            line(out, head, &value(least), "at all points", style);
            continue;
        }
        line(out, head, &value(least), &least.name, style);
        line(out, "", &value(most), &most.name, style);
    }
}

/// A figure and where it is that; a name is cut where it is too long.
fn line(out: &mut String, head: &str, value: &str, name: &str, style: Terminal) {
    let begin = format!("{head:<20}  {value:>12}  ");
    let room = style.width.saturating_sub(begin.chars().count());
    out.push_str(&begin);
    out.push_str(&shortened(&printable(name), room));
    out.push('\n');
}

/// The points to choose from, if they are few.
fn front(out: &mut String, sweep: &Sweep, style: Terminal) {
    let (cost, latency) = (cost(sweep), "all.latency.p99");
    let front = sweep.front(cost, latency);
    if front.len() < 2 {
        return;
    }
    if front.len() > FRONT_MAX {
        out.push('\n');
        let words = format!(
            "{} points are beaten by no other one in both cost and p99; the report shows them.",
            front.len()
        );
        push_wrapped(out, &words, style, 0);
        return;
    }
    let mut table = Table::new(&["Point", "Cost", "p99", "KMS calls throttled"]);
    for point in front {
        let cell =
            |metric: &str, unit| Cell::optional(point.mean(metric), |value| in_unit(value, unit));
        table.row(
            point.name.as_str(),
            vec![
                cell(cost, Unit::Usd),
                cell(latency, Unit::Seconds),
                cell("kms.throttled-share", Unit::Share),
            ],
        );
    }
    section(
        out,
        "To choose from: no other point is better in both cost and p99",
        &table,
        style,
    );
}

/// The cost that counts: of doing the work once where it comes to an end, else of a month.
fn cost(sweep: &Sweep) -> &'static str {
    if sweep.metrics.contains_key("completion") {
        "cost.run"
    } else {
        "cost.month"
    }
}
