use super::lines::Line;
use super::map::Map;
use super::words::{self, Verdict};
use super::{View, effects, front, label, tables};
use crate::figures::{Figure, Part};
use crate::page::{SCRIPT, STYLE, policy};
use crate::results::assumptions::{self, FactRow};
use crate::table::Table;
use crate::text::{Text, capital, stopped};
use crate::verdict::in_unit;
use askama::Template;
use keystorm_record::Sweep;

/// Most warnings that are shown.
const WARNINGS_MAX: usize = 24;

/// The result of a sweep as one self-contained HTML page: what to choose and how sure that is,
/// figures over the settings that decide most, what each setting explains, cost against p99, and a
/// table under every picture.
///
/// It loads nothing, like the report of a run. The same sweep gives the same bytes. However many
/// points there are, the page stays small: of many values, evenly some are drawn, and it says so.
#[must_use]
pub fn sweep_html(sweep: &Sweep) -> String {
    let view = View::of(sweep);
    let (assumed, others) = assumptions::facts_of(&sweep.facts);
    let sentence = |words: &str| Text::with_code(&stopped(&capital(words)));
    let figures = [surface(&view), effects::figure(&view), front::figure(&view)];
    let figures = figures.into_iter().flatten().zip(1..);
    let page = Page {
        policy: policy(),
        style: STYLE,
        script: SCRIPT,
        sweep,
        meta: words::meta(&view),
        verdict: words::verdict(&view),
        figures: figures
            .map(|(figure, number)| Figure { number, ..figure })
            .collect(),
        best: tables::best(&view),
        settings: tables::settings(&view),
        expectations: tables::expectations(&view),
        warnings: sweep
            .warnings
            .iter()
            .take(WARNINGS_MAX)
            .map(|it| (sentence(&it.text), sentence(&it.remedy)))
            .collect(),
        more_warnings: sweep.warnings.len().saturating_sub(WARNINGS_MAX),
        assumed,
        others,
        provenance: provenance(sweep),
    };
    let html = page.render().expect("the template writes to memory");
    // A name may hold control characters; HTML forbids most of them, a terminal would obey them.
    html.replace(|c: char| c.is_control() && c != '\n', " ")
}

#[derive(Template)]
#[template(path = "sweep.html")]
struct Page<'a> {
    policy: String,
    style: &'static str,
    script: &'static str,
    sweep: &'a Sweep,
    meta: String,
    verdict: Verdict,
    figures: Vec<Figure>,
    best: Table,
    settings: Table,
    expectations: Table,
    warnings: Vec<(Text, Text)>,
    more_warnings: usize,
    assumed: Vec<FactRow>,
    others: Vec<FactRow>,
    provenance: Vec<(&'static str, String)>,
}

impl Page<'_> {
    #[allow(clippy::unused_self, reason = "templates call methods of the page")]
    fn table(&self, table: &Table) -> String {
        crate::page::table(table)
    }
}

/// The figures over the settings that decide most.
fn surface(view: &View<'_>) -> Option<Figure> {
    let figures: Vec<_> = view.varying().collect();
    let first = figures.first()?;
    let (parts, thinned): (Vec<Part>, bool) = if view.axes.len() == 1 {
        let lines = figures.iter().filter_map(|it| Line::of(view, it));
        (lines.zip(1..).map(|(it, n)| it.part(n)).collect(), false)
    } else {
        let maps = figures.iter().filter_map(|it| Map::of(view, it));
        let maps: Vec<_> = maps.collect();
        let thinned = maps.iter().any(Map::thinned);
        let parts = maps.iter().zip(1..).map(|(it, n)| it.part(n));
        (parts.collect(), thinned)
    };
    if parts.is_empty() {
        return None;
    }
    let (least, most) = first.range;
    let headline = format!(
        "{} ranges from {} to {}",
        capital(&first.noun),
        in_unit(least, first.unit),
        in_unit(most, first.unit)
    );
    let caption = caption(view, thinned);
    let (subject, lede) = if let [axis] = &view.axes[..] {
        let path = &view.sweep.axes[*axis].path;
        (
            "Along the setting",
            format!("Means by {path}, with 95\u{202f}% intervals."),
        )
    } else {
        let map = Map::of(view, first)?;
        let (across, down) = map.paths();
        let held = held(view);
        (
            "Over two settings",
            format!("{across} to the right, {down} downwards{held}."),
        )
    };
    Some(Figure {
        id: "fig-surface",
        number: 0,
        word: "Surfaces",
        subject: subject.into(),
        note: if view.axes.len() == 1 {
            "Every dot is a point of the sweep; a line joins them where the setting is a number."
        } else {
            "Every cell is a point of the sweep: the darker (on a dark page, the brighter), the \
             more."
        }
        .into(),
        headline,
        lede,
        parts,
        caption,
    })
}

/// What the settings are that a map does not vary.
fn held(view: &View<'_>) -> String {
    let reference = view.reference();
    let others = view.axes.iter().skip(2).map(|&it| {
        let axis = &view.sweep.axes[it];
        let value = reference.get(it).map_or(0, |it| *it as usize);
        format!("{} = {}", axis.path, label(axis, value))
    });
    let others: Vec<_> = others.collect();
    if others.is_empty() {
        return String::new();
    }
    let whose = if view.chosen.is_some() {
        "as at the chosen point"
    } else {
        "at their first values"
    };
    format!("; the others {whose}: {}", others.join(", "))
}

fn caption(view: &View<'_>, thinned: bool) -> Text {
    let mut words = Vec::new();
    if view.axes.len() > 1 && view.expects() {
        words.push("Dashed lines part points at which every expectation holds from others.");
    }
    if view.axes.len() > 1 && view.chosen.is_some() {
        words.push("The outlined cell is the cheapest at which all hold.");
    }
    if view.axes.len() == 1 && view.expects() {
        words.push("At red dots an expectation is breached.");
    }
    if thinned {
        words.push("Of the values, some are drawn; result.csv has all of them.");
    }
    let same: Vec<_> = view
        .figures
        .iter()
        .filter(|it| !it.varies())
        .take(3)
        .collect();
    let mut text = words.join(" ");
    for figure in same {
        let value = in_unit(figure.range.0, figure.unit);
        for part in [" ", &figure.head, " is ", &value, " at all points."] {
            text.push_str(part);
        }
    }
    Text::new(text.trim_start())
}

fn provenance(sweep: &Sweep) -> Vec<(&'static str, String)> {
    let seconds = |ns: keystorm_record::Int| crate::number::duration(ns.as_f64() / 1e9);
    let mut rows = vec![
        ("keystorm", sweep.tool.version.clone()),
        ("Format of the sweep", sweep.sweep.to_string()),
        ("Seed", sweep.seed.to_string()),
        ("Replications", sweep.replications.to_string()),
        ("Start, UTC", sweep.scenario.start.clone()),
        ("Warm-up left out", seconds(sweep.window.warm_up_ns)),
        ("Measured", seconds(sweep.window.measure_ns)),
        ("Scenario", sweep.scenario.path.clone()),
        ("Scenario, SHA-256", sweep.scenario.sha256.clone()),
        ("Plan, SHA-256", sweep.plan_sha256.clone()),
    ];
    if let Some(prices) = &sweep.prices {
        rows.push(("Prices", prices.path.clone()));
    }
    rows
}
