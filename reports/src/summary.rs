use crate::comparison::{self, Comparison};
use crate::number::plain;
use crate::results;
use crate::shown::shown;
use crate::table::Table;
use crate::text::escape_markdown;
use crate::verdict::verdict;
use crate::view;
use keystorm_record::Record;
use serde_json::{Map, Value, json};

/// Verdict and tables as GitHub-flavoured Markdown.
#[must_use]
pub fn markdown(record: &Record) -> String {
    let verdict = verdict(record);
    let shown = shown(record);
    let record = &*shown;
    let mut out = format!(
        "# {}\n\n**{}: {}** {}\n",
        escape_markdown(&record.scenario.title),
        escape_markdown(&verdict.tag),
        escape_markdown(&verdict.headline),
        verdict.say.markdown()
    );
    let named = std::iter::once(("Why", &verdict.why))
        .chain(verdict.what_to_do.iter().map(|t| ("What to do", t)))
        .chain(std::iter::once(("How sure", &verdict.how_sure)));
    for (name, text) in named.filter(|(_, text)| !text.0.is_empty()) {
        out.extend(["\n", name, ": ", &text.markdown(), "\n"]);
    }
    if let Some(comparison) = Comparison::of(record) {
        let title = format!("Variants compared: {}", comparison.headline());
        push_table(
            &mut out,
            &escape_markdown(&title),
            &comparison::wide(&comparison),
        );
        out.extend(["\n", &escape_markdown(&comparison.lede_of_words()), "\n"]);
    }
    for operation in view::operations(record) {
        push_table(
            &mut out,
            operation.label(),
            &results::brief(record, operation),
        );
    }
    if !record.variants.is_empty() {
        push_table(
            &mut out,
            "KMS calls per second, and cost",
            &results::brief_kms(record),
        );
    }
    if let Some(cost) = results::cost::brief(record) {
        push_table(&mut out, view::Period::of(record).title(), &cost);
    }
    if let Some(cores) = results::cores(record) {
        push_table(&mut out, results::CORES, &cores);
    }
    out.push_str("\nReproduce: `");
    out.push_str(&record.command.replace('`', "'"));
    out.push_str("`\n");
    plain(&out)
}

pub(crate) fn push_table(out: &mut String, title: &str, table: &Table) {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    out.extend(["\n## ", title, "\n\n"]);
    out.push_str(&line(
        table.head.iter().map(|h| escape_markdown(h)).collect(),
    ));
    let rule = (0..table.head.len()).map(|i| if i == 0 { ":--" } else { "--:" }.into());
    out.push_str(&line(rule.collect()));
    for row in &table.rows {
        let cells = row.cells.iter().map(|c| escape_markdown(&c.text));
        out.push_str(&line(
            std::iter::once(escape_markdown(&row.name))
                .chain(cells)
                .collect(),
        ));
    }
}

/// Verdict and metrics as JSON, indented, with a line end.
///
/// `verdict` has `state`, `finding`, `tag`, `headline`, `say`, `why`, `what-to-do`, `how-sure`;
/// `variants` has, per variant, `name`, `metrics` (as in the record) and `expectations`.
#[must_use]
pub fn json_summary(record: &Record) -> String {
    let verdict = verdict(record);
    let words = |text: &crate::Text| plain(&text.words());
    let variants: Vec<Value> = record
        .variants
        .iter()
        .map(|v| json!({ "name": v.name, "metrics": v.metrics, "expectations": v.expectations }))
        .collect();
    let mut summary = Map::new();
    summary.insert("scenario".into(), json!(record.scenario));
    summary.insert("command".into(), json!(record.command));
    summary.insert("status".into(), json!(record.status));
    summary.insert(
        "verdict".into(),
        json!({
            "state": verdict.state.name(),
            "finding": verdict.finding.name(),
            "tag": plain(&verdict.tag),
            "headline": plain(&verdict.headline),
            "say": words(&verdict.say),
            "why": words(&verdict.why),
            "what-to-do": verdict.what_to_do.iter().map(words).collect::<Vec<_>>(),
            "how-sure": words(&verdict.how_sure),
        }),
    );
    summary.insert("warnings".into(), json!(record.warnings));
    summary.insert("variants".into(), json!(variants));
    let mut text = serde_json::to_string_pretty(&Value::Object(summary))
        .expect("a record has string keys and finite numbers only");
    text.push('\n');
    text
}
