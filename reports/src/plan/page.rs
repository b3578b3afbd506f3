//! A plan as one self-contained page.
use super::figures::figures;
use super::remedies::{self, Remedy};
use super::texts::{Alarm, QuotaRequest, alarm, quota_request};
use super::verdict::{PlanVerdict, verdict};
use crate::figures::Figure;
use crate::number::{THIN, duration, grouped};
use crate::page::{SCRIPT, STYLE, policy};
use crate::results::assumptions::{FactRow, facts_of};
use crate::table::{Cell, Table};
use crate::text::{Text, capital, stopped};
use askama::Template;
use keystorm_record::plan::Plan;

/// The plan: one self-contained HTML page, in the manner of the report.
///
/// It loads nothing, and the same plan gives the same bytes.
#[must_use]
pub fn plan_html(plan: &Plan) -> String {
    let (assumed, others) = facts_of(&plan.facts);
    let page = Page {
        policy: policy(),
        style: STYLE,
        script: SCRIPT,
        plan,
        meta: meta(plan),
        verdict: verdict(plan),
        figures: figures(plan),
        remedies: remedies::of(plan),
        request: quota_request(plan),
        alarm: alarm(plan),
        expectations: expectations(plan),
        ranges: ranges(plan),
        warnings: warnings(plan),
        assumed,
        others,
        provenance: provenance(plan),
    };
    let html = page.render().expect("the template writes to memory");
    // A name may hold control characters; HTML forbids most of them, a terminal would obey them.
    html.replace(|c: char| c.is_control() && c != '\n', " ")
}

#[derive(Template)]
#[template(path = "plan.html")]
struct Page<'a> {
    policy: String,
    style: &'static str,
    script: &'static str,
    plan: &'a Plan,
    meta: String,
    verdict: PlanVerdict,
    figures: Vec<Figure>,
    remedies: Vec<Remedy>,
    request: Option<QuotaRequest>,
    alarm: Option<Alarm>,
    expectations: Table,
    ranges: Table,
    warnings: Vec<(Text, Text)>,
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

/// What was planned for, one line.
fn meta(plan: &Plan) -> String {
    let measured = duration(plan.window.measure_ns.as_f64() / 1e9);
    format!(
        "{} · {} · {measured} measured, {} simulations",
        plan.variant,
        plan.scenario.region,
        grouped(plan.simulations.as_f64(), 0)
    )
}

fn expectations(plan: &Plan) -> Table {
    let mut table = Table::new(&["Expectation", "Today", "Holds"]);
    let unit = plan
        .mitigations
        .as_ref()
        .map(|it| (it.metric.as_str(), it.unit));
    for it in &plan.expectations {
        let shown = |value: f64| match unit {
            Some((name, unit)) if name == it.metric => crate::verdict::in_unit(value, unit),
            _ => crate::number::significant(value, 3),
        };
        let holds = if it.holds { "yes" } else { "no" };
        table.row(
            &it.condition,
            vec![
                Cell::optional(it.value, shown),
                Cell::words(holds).marked(!it.holds),
            ],
        );
    }
    table
}

/// Ranges of what is assumed, each with its reason.
fn ranges(plan: &Plan) -> Table {
    let mut table = Table::new(&["Assumption", "From", "To", "Reason", "Source"]);
    for it in plan.cost.iter().flat_map(|it| &it.sensitivity) {
        let words = |text: &str| Cell::words(text);
        let cells = vec![
            words(&it.low.value),
            words(&it.high.value),
            words(&it.reason),
            words(&it.source),
        ];
        table.row(&it.subject, cells);
    }
    table
}

/// Warnings as sentences: what is the matter, what to do about it.
fn warnings(plan: &Plan) -> Vec<(Text, Text)> {
    let sentence = |words: &str| Text::with_code(&stopped(&capital(words)));
    let all = plan.warnings.iter();
    all.map(|it| (sentence(&it.text), sentence(&it.remedy)))
        .collect()
}

fn provenance(plan: &Plan) -> Vec<(&'static str, String)> {
    let seconds = |ns: keystorm_record::Int| duration(ns.as_f64() / 1e9);
    vec![
        ("keystorm", plan.tool.version.clone()),
        ("Plan schema", plan.schema.to_string()),
        ("Seed", plan.seed.to_string()),
        (
            "Confidence",
            format!("{}{THIN}%", grouped(plan.confidence * 100.0, 0)),
        ),
        ("Start, UTC", plan.scenario.start.clone()),
        ("Warm-up left out", seconds(plan.window.warm_up_ns)),
        ("Measured", seconds(plan.window.measure_ns)),
        ("Region", plan.scenario.region.clone()),
        ("Variant", plan.variant.clone()),
        ("Scenario", plan.scenario.path.clone()),
        ("Scenario, SHA-256", plan.scenario.sha256.clone()),
    ]
}
