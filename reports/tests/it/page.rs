use crate::fixture;
use crate::texts::hostile;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use keystorm_record::{Int, Record, Series};
use keystorm_reports::html;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// Values of an attribute, in order.
fn attributes<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    page.split(&start)
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

fn between<'a>(page: &'a str, open: &str, close: &str) -> &'a str {
    page.split_once(open)
        .expect("the page opens it")
        .1
        .split_once(close)
        .expect("the page closes it")
        .0
}

/// Names of tags that are left open or closed without being open.
fn unbalanced(page: &str) -> Vec<String> {
    let (mut open, mut wrong) = (Vec::new(), Vec::new());
    for part in page.split('<').skip(1) {
        let tag = part.split('>').next().unwrap_or("");
        let name: String = tag
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '/')
            .collect();
        if tag.starts_with('!') || tag.ends_with('/') || name == "meta" {
            continue;
        }
        match name.strip_prefix('/') {
            Some(name) if open.last().is_some_and(|o| o == name) => drop(open.pop()),
            Some(name) => wrong.push(name.to_string()),
            None => open.push(name),
        }
    }
    wrong.extend(open);
    wrong
}

/// The page without style and script, whose text is not HTML.
fn markup(page: &str) -> String {
    let style = between(page, "<style>", "</style>");
    let script = between(page, "<script>", "</script>");
    page.replace(style, "").replace(script, "")
}

fn sound(record: &Record) -> String {
    sound_page(html(record))
}

/// The page, after it was checked.
pub(crate) fn sound_page(page: String) -> String {
    let markup = markup(&page);
    assert_eq!(unbalanced(&markup), Vec::<String>::new());
    let ids = attributes(&markup, "id");
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(unique.len(), ids.len(), "ids are unique");
    for target in attributes(&markup, "href") {
        let id = target.strip_prefix('#').expect("links stay on the page");
        assert!(unique.contains(id), "{target} leads somewhere");
    }
    for ids in attributes(&markup, "aria-labelledby") {
        assert!(
            ids.split(' ').all(|id| unique.contains(id)),
            "{ids} names something"
        );
    }
    for forbidden in ["http:", "https:", "url(", "@import", "fill=\"", "NaN"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    for tag in markup.split('<').filter_map(|part| part.split('>').next()) {
        for forbidden in [" src=", " style=", " onload=", " onerror=", " fill="] {
            assert!(!tag.contains(forbidden), "{forbidden} in {tag}");
        }
    }
    page
}

// Goal: the page is sound HTML that loads nothing and has no colour in its figures.
// Method: balanced tags, unique ids, links that lead somewhere, forbidden texts.
#[test]
fn the_page_is_sound_and_loads_nothing() {
    let page = sound(&fixture::record());
    assert!(page.len() < 400_000, "{} bytes", page.len());
    assert_eq!(page.matches("<svg class=\"w\"").count(), 15);
    assert_eq!(page.matches("<svg class=\"n\"").count(), 15);
    assert_eq!(page.matches("<details").count(), 15);
    assert_eq!(page.matches("class=\"as\">assumed").count(), 6);
    assert!(page.contains("SSE-C coincides with SSE-S3."));
}

// Goal: the policy allows this page's own style and script and nothing else.
// Method: hash both as a browser does and look for them in the policy.
#[test]
fn the_policy_holds_the_hashes_of_style_and_script() {
    let page = html(&fixture::record());
    let policy = between(
        &page,
        "http-equiv=\"Content-Security-Policy\" content=\"",
        "\">",
    );
    let policy = policy.replace("&#39;", "'");
    assert!(policy.starts_with("default-src 'none'; "));
    for (directive, open, close) in [
        ("style-src", "<style>", "</style>"),
        ("script-src", "<script>", "</script>"),
    ] {
        let text = between(&page, open, close);
        let hash = STANDARD.encode(Sha256::digest(text));
        assert!(
            policy.contains(&format!("{directive} 'sha256-{hash}'")),
            "{policy}"
        );
    }
    assert!(between(&page, "<script>", "</script>").len() <= 4_096);
}

// Goal: nothing that a scenario names becomes markup.
// Method: hostile names, titles, facts and commands; the page stays sound, with one script.
#[test]
fn hostile_names_stay_text() {
    let page = sound(&hostile());
    assert_eq!(page.matches("<script").count(), 1);
    assert_eq!(page.matches("<title>").count(), 1);
    assert!(!page.contains("<img") && !page.contains("<b onload"));
    assert!(page.contains("&#60;script&#62;alert(1)") || page.contains("&lt;script&gt;alert(1)"));
    assert!(!page.contains(['\u{1b}', '\u{7}']));
}

// Goal: the same record gives the same bytes.
// Method: twice from the record, once from its JSON.
#[test]
fn the_same_record_gives_the_same_bytes() {
    let record = fixture::record();
    let first = html(&record);
    assert!(first == html(&record));
    let read = Record::from_json(&record.to_json()).unwrap();
    assert!(first == html(&read), "through JSON");
}

// Goal: odd records give sound pages: no variant, nothing succeeded, no load, long runs.
// Method: one of each.
#[test]
fn odd_records_give_sound_pages() {
    let mut empty = fixture::record();
    empty.variants.clear();
    assert!(sound(&empty).contains("Nothing was measured."));

    let mut nothing = fixture::record();
    for variant in &mut nothing.variants {
        for class in &mut variant.classes {
            class.latency = keystorm_record::Histogram::new();
            class.time = keystorm_record::TimeParts::default();
        }
        variant.metrics.retain(|name, _| !name.contains("latency"));
        variant.series = Series::new(120);
        variant.costs.clear();
    }
    sound(&nothing);

    let mut long = fixture::record();
    long.window.measure_ns = Int(7_190_000_000_000);
    for variant in &mut long.variants {
        let series = &mut variant.series;
        for column in [
            &mut series.requests,
            &mut series.ok,
            &mut series.throttled,
            &mut series.bytes_ok,
            &mut series.kms_first_calls,
            &mut series.kms_calls,
            &mut series.kms_refused,
            &mut series.kms_other_calls,
            &mut series.kms_refusing_replications,
            &mut series.s3_refused,
        ] {
            column.resize(7_200, Int(0));
        }
    }
    let page = sound(&long);
    assert!(page.contains("Every minute as a table"));
    assert!(page.len() < 400_000, "{} bytes", page.len());
}
