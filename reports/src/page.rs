use crate::clock::Clock;
use crate::comparison;
use crate::figures::{Figure, figures};
use crate::number::{count, duration, grouped, in_words};
use crate::results;
use crate::results::assumptions::{self, FactRow};
use crate::shown::shown;
use crate::table::Table;
use crate::text::{Text, capital, stopped};
use crate::verdict::{Verdict, in_unit, verdict};
use crate::view;
use askama::Template;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use keystorm_record::{Mode, Record};
use sha2::{Digest, Sha256};

pub(crate) const STYLE: &str = include_str!("../assets/style.css");
pub(crate) const SCRIPT: &str = include_str!("../assets/script.js");

/// The report: one self-contained HTML page.
///
/// It loads nothing: its policy is `default-src 'none'` with hashes for its own style and script.
/// The same record gives the same bytes.
#[must_use]
pub fn html(record: &Record) -> String {
    // Of many variants a few are shown; the verdict is on all of them.
    let verdict = verdict(record);
    let expectations_head = expectations_head(record);
    let shown = shown(record);
    let record = &*shown;
    let (assumed, others) = assumptions::facts(record);
    let page = Page {
        policy: policy(),
        style: STYLE,
        script: SCRIPT,
        record,
        meta: meta(record),
        verdict,
        figures: figures(record),
        comparison: comparison::Section::of(record),
        operations: operations(record),
        kms: results::kms(record),
        kms_note: kms_note(record),
        accounts: results::accounts::table(record),
        cores: results::cores(record),
        jobs: results::jobs::completion(record),
        expectations_head,
        expectations: expectations(record),
        warnings: warnings(record),
        assumed,
        others,
        defaults: assumptions::defaults(record),
        provenance: provenance(record),
    };
    let html = page.render().expect("the template writes to memory");
    // A name may hold control characters; HTML forbids most of them, a terminal would obey them.
    html.replace(|c: char| c.is_control() && c != '\n', " ")
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    policy: String,
    style: &'static str,
    script: &'static str,
    record: &'a Record,
    meta: String,
    verdict: Verdict,
    figures: Vec<Figure>,
    comparison: Option<comparison::Section>,
    operations: Vec<OperationTables>,
    kms: Table,
    kms_note: String,
    accounts: Option<Table>,
    cores: Option<Table>,
    jobs: Option<Table>,
    expectations_head: String,
    expectations: Vec<ExpectationRow>,
    warnings: Vec<(Text, Text)>,
    assumed: Vec<FactRow>,
    others: Vec<FactRow>,
    defaults: Table,
    provenance: Vec<(&'static str, String)>,
}

impl Page<'_> {
    #[allow(clippy::unused_self, reason = "templates call methods of the page")]
    fn table(&self, table: &Table) -> String {
        self::table(table)
    }
}

/// A table as HTML.
pub(crate) fn table(table: &Table) -> String {
    TableTemplate { table }
        .render()
        .expect("the template writes to memory")
}

#[derive(Template)]
#[template(path = "table.html")]
struct TableTemplate<'a> {
    table: &'a Table,
}

/// Tables of one operation.
struct OperationTables {
    label: &'static str,
    requests: Table,
    latency: Table,
}

/// An expectation as a row.
struct ExpectationRow {
    condition: String,
    value: String,
    variant: String,
    replications: String,
    holds: bool,
}

/// Content-security policy: nothing but this page's own style and script.
pub(crate) fn policy() -> String {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

/// What was simulated, one line.
fn meta(record: &Record) -> String {
    let clock = Clock::of(record);
    let window = &record.window;
    let seconds = |ns: u64| ns / 1_000_000_000;
    let times = clock.range(
        seconds(window.warm_up_ns.0),
        seconds(window.warm_up_ns.0 + window.measure_ns.0),
    );
    let mut parts = Vec::new();
    if let Some(baseline) = record.variants.first() {
        parts.push(match baseline.setup.mode {
            Mode::SseKms => "SSE-KMS without Bucket Keys".into(),
            mode => mode.label().into(),
        });
    }
    parts.push(format!("{times} UTC simulated"));
    let done = record.variants.first().map_or(0, |v| v.replications.len());
    parts.push(match done {
        1 => "one replication".into(),
        n => format!("{} replications", in_words(n)),
    });
    if let Some(requests) = record
        .variants
        .first()
        .and_then(|v| view::mean(v, "all.requests"))
    {
        parts.push(format!("{} requests each", count(requests)));
    }
    parts.join(" · ")
}

fn operations(record: &Record) -> Vec<OperationTables> {
    let tables = |operation| OperationTables {
        label: keystorm_record::Operation::label(operation),
        requests: results::requests(record, operation),
        latency: results::latency(record, operation),
    };
    view::operations(record).into_iter().map(tables).collect()
}

fn kms_note(record: &Record) -> String {
    let quota = record.variants.first().map(|v| view::quota(record, v));
    format!(
        "Quota {}, shared by the account in {}. Peaks, minute and utilisation include other load \
         and refused calls; demand counts first attempts only, headroom is what it leaves.",
        quota.unwrap_or_default(),
        record.scenario.region
    )
}

fn expectations(record: &Record) -> Vec<ExpectationRow> {
    let mut rows = Vec::new();
    for variant in &record.variants {
        for e in &variant.expectations {
            let unit = view::metric(variant, &e.metric).map(|m| m.unit);
            rows.push(ExpectationRow {
                condition: e.condition.clone(),
                value: match (e.value, unit) {
                    (Some(value), Some(unit)) => in_unit(value, unit),
                    (Some(value), None) => grouped(value, 3),
                    (None, _) => "undefined".into(),
                },
                variant: variant.name.clone(),
                replications: format!(
                    "{} of {}",
                    e.holding_replications,
                    variant.replications.len()
                ),
                holds: e.holds,
            });
        }
    }
    rows
}

fn expectations_head(record: &Record) -> String {
    let all = record.variants.iter().flat_map(|v| &v.expectations);
    match (all.clone().filter(|e| !e.holds).count(), all.count()) {
        (0, 1) => "The expectation holds".into(),
        (0, n) => format!("All {} expectations hold", in_words(n)),
        (1, 1) => "The expectation is breached".into(),
        (broken, n) => format!("{broken} of {n} expectations are breached"),
    }
}

/// Warnings as sentences: what is the matter, what to do about it.
fn warnings(record: &Record) -> Vec<(Text, Text)> {
    let sentence = |words: &str| Text::with_code(&stopped(&capital(words)));
    record
        .warnings
        .iter()
        .map(|w| (sentence(&w.text), sentence(&w.remedy)))
        .collect()
}

fn provenance(record: &Record) -> Vec<(&'static str, String)> {
    let seconds = |ns: keystorm_record::Int| duration(ns.as_f64() / 1e9);
    let cut = if record.window.cut {
        ", cut by requests-max"
    } else {
        ""
    };
    vec![
        ("keystorm", record.tool.version.clone()),
        ("Record schema", record.schema.to_string()),
        ("Seed", record.seed.to_string()),
        ("Replications", record.replications_planned.to_string()),
        ("Start, UTC", record.scenario.start.clone()),
        ("Warm-up left out", seconds(record.window.warm_up_ns)),
        (
            "Measured",
            format!("{}{cut}", seconds(record.window.measure_ns)),
        ),
        ("Region", record.scenario.region.clone()),
        ("Scenario", record.scenario.path.clone()),
        ("Scenario, SHA-256", record.scenario.sha256.clone()),
    ]
}
