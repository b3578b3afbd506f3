//! The two 503s: S3's own, for the request rate of a prefix, and the one that KMS causes.
use crate::fixture;
use keystorm_record::{Int, Record};
use keystorm_reports::{Finding, Terminal, Text, terminal, verdict};
use serde_json::json;

/// The fixture, in whose first variant S3 itself refuses so many attempts of each class as well.
fn both(by_prefix: u64) -> Record {
    let mut record = fixture::record();
    let first = &mut record.variants[0];
    first.series.s3_refused[40] = Int(by_prefix);
    for replication in &mut first.replications {
        for counts in &mut replication.classes {
            counts.attempts_throttled_s3 = Int(by_prefix);
        }
    }
    record
}

fn words(texts: &[Text]) -> String {
    texts.iter().map(Text::words).collect::<Vec<_>>().join(" ")
}

// Goal: where both refuse, the one that refuses more decides the verdict, and it names the other.
// Method: a few refusals of a prefix beside KMS's, then far more.
#[test]
fn a_verdict_names_both_who_refuse() {
    let few = verdict(&both(9));
    assert_eq!(few.finding, Finding::KmsThrottles);
    let said = few.say.words();
    assert!(
        said.contains("of attempts, too, for the request rate of a prefix"),
        "{said}"
    );
    let many = verdict(&both(1_000_000));
    assert_eq!(many.finding, Finding::S3Throttles);
    let said = many.say.words();
    assert!(
        said.contains("KMS refuses") && said.contains("too, for its quota"),
        "{said}"
    );
    let neither = verdict(&fixture::record());
    assert!(!neither.say.words().contains("prefix"));
}

// Goal: the two 503s are told apart by their texts, and the advice fits how the keys spread.
// Method: the same refusals under even, uneven and dated keys, with and without splits.
#[test]
fn advice_fits_the_keys() {
    let mut record = both(1_000_000);
    let mut advice = |keys: serde_json::Value, splitting: serde_json::Value| {
        let resolved = &mut record.variants[0].resolved;
        resolved["fleets"] = json!({ "one": { "keys": keys } });
        resolved["s3"] = json!({ "splitting": splitting });
        let verdict = verdict(&record);
        assert!(verdict.why.words().contains("operations involving AWS KMS"));
        (verdict.why.words(), words(&verdict.what_to_do))
    };
    let (why, even) = advice(json!("uniform"), json!("none"));
    assert!(why.contains("The keys lie under four prefixes"), "{why}");
    assert!(even.contains("more prefixes: `bucket.prefixes`"), "{even}");
    assert!(even.contains("`s3.splitting.by-heat` shows it"), "{even}");
    let (why, dated) = advice(json!({ "dated": {} }), json!({ "by-heat": {} }));
    assert!(why.contains("of four prefixes one is asked for"), "{why}");
    assert!(
        dated.contains("Put the date further back in the key"),
        "{dated}"
    );
    assert!(!dated.contains("by-heat"), "{dated}");
    let (_, uneven) = advice(json!({ "zipf": 1.1 }), json!("none"));
    assert!(uneven.contains("Spread the keys more evenly"), "{uneven}");
}

// Goal: the key figure shows the time that S3 throttles where KMS never does.
// Method: a variant without KMS calls, with 12 seconds of a prefix's refusals.
#[test]
fn the_throttled_time_is_that_of_whoever_throttles() {
    let mut record = both(50);
    let at = record.variants.iter().position(|it| it.name == "SSE-S3");
    let mut variant = record
        .variants
        .remove(at.expect("a variant of the fixture"));
    variant.series.s3_refused[40] = Int(50);
    for replication in &mut variant.replications {
        replication.classes[0].attempts_throttled_s3 = Int(50);
    }
    let metric = fixture::metrics::metric(keystorm_record::Unit::Seconds, &[12.0; 3]);
    variant.metrics.insert("s3.throttled-time".into(), metric);
    record.variants.insert(0, variant);
    let verdict = verdict(&record);
    let figure = verdict.key_figures.iter().find(|it| it.name == "Throttled");
    let figure = figure.expect("one of the six");
    assert!(figure.value.starts_with("12") && figure.bad, "{figure:?}");
    let style = Terminal {
        width: 100,
        color: false,
    };
    let text = terminal(&record, style).replace('\n', " ");
    assert!(text.contains("S3 throttles"), "{text}");
    assert!(
        text.contains("refuses for a request rate, not KMS: SSE-S3"),
        "{text}"
    );
}
