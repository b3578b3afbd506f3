use crate::fixture;
use crate::fixture::metrics::metric;
use keystorm_record::{Expectation, Int, Record, Replication, Status, Unit, Variant};
use keystorm_reports::{Finding, State, Verdict, verdict};

/// Words as a reader sees them, narrow spaces as ordinary ones.
fn plain(text: &str) -> String {
    text.replace('\u{202f}', " ")
}

/// The record with that variant as its baseline, the others behind it in their order.
pub(crate) fn baseline(name: &str) -> Record {
    let mut record = fixture::record();
    let at = record
        .variants
        .iter()
        .position(|v| v.name == name)
        .expect("a variant of the fixture");
    let variant = record.variants.remove(at);
    record.variants.insert(0, variant);
    record
}

fn set(variant: &mut Variant, name: &str, unit: Unit, value: f64) {
    variant
        .metrics
        .insert(name.into(), metric(unit, &[value; 3]));
}

fn each_class(variant: &mut Variant, change: impl Fn(&mut keystorm_record::ClassCounts)) {
    for replication in &mut variant.replications {
        replication.classes.iter_mut().for_each(&change);
    }
}

/// Lets KMS refuse calls in these seconds, in all replications.
fn refuse_in(variant: &mut Variant, seconds: &[usize]) {
    variant.series.kms_refusing_replications.fill(Int(0));
    for &second in seconds {
        variant.series.kms_refusing_replications[second] = Int(3);
    }
}

pub(crate) fn words(verdict: &Verdict) -> String {
    let mut all = vec![
        verdict.headline.clone(),
        verdict.say.words(),
        verdict.why.words(),
    ];
    all.extend(verdict.what_to_do.iter().map(keystorm_reports::Text::words));
    all.push(verdict.how_sure.words());
    plain(&all.join("\n"))
}

fn rejected() -> Record {
    let mut record = baseline("SSE-C");
    let first = &mut record.variants[0];
    first.setup.scheme = "http".into();
    each_class(first, |c| {
        c.rejected = c.requests;
        c.ok = Int(0);
    });
    set(first, "all.ok-share", Unit::Share, 0.0);
    record
}

fn denied() -> Record {
    let mut record = baseline("SSE-C");
    let first = &mut record.variants[0];
    first.resolved["bucket"]["blocked-encryption-types"] = serde_json::json!(["sse-c"]);
    each_class(first, |c| {
        c.denied = c.requests;
        c.ok = Int(0);
    });
    record
}

fn s3_throttles() -> Record {
    let mut record = baseline("SSE-S3");
    let first = &mut record.variants[0];
    first.series.s3_refused[40] = Int(30);
    first.series.s3_refused[41] = Int(60);
    each_class(first, |c| c.attempts_throttled_s3 = Int(45));
    set(first, "all.attempts-throttled-share", Unit::Share, 0.05);
    record
}

fn expectation_breached() -> Record {
    let mut record = baseline("SSE-KMS, Bucket Key");
    record.variants[0].expectations.push(Expectation {
        condition: "get.latency.p99 < 50 ms".into(),
        metric: "get.latency.p99".into(),
        value: Some(0.0805),
        holds: false,
        holding_replications: Int(0),
    });
    record
}

fn near_limit() -> Record {
    let mut record = baseline("SSE-KMS, Bucket Key");
    let first = &mut record.variants[0];
    set(first, "kms.demand.peak-second", Unit::PerSecond, 8_700.0);
    set(first, "kms.calls.peak-second", Unit::PerSecond, 8_700.0);
    record
}

fn interrupted() -> Record {
    let mut record = fixture::record();
    record.status = Status::Interrupted;
    record.replications_planned = 10;
    record
}

fn one_replication() -> Record {
    let mut record = fixture::record();
    record.replications_planned = 1;
    record.variants[0].replications.truncate(1);
    record
}

fn short() -> Record {
    let mut record = baseline("SSE-KMS, Bucket Key");
    let five_seconds = Int(5_000_000_000);
    record.window.measure_ns = five_seconds;
    for replication in &mut record.variants[0].replications {
        replication.measured_ns = five_seconds;
    }
    record
}

fn noisy() -> Record {
    let mut record = fixture::record();
    let first = &mut record.variants[0];
    for replication in &mut first.replications[1..] {
        let Replication { kms, .. } = replication;
        kms.refusing_seconds = Int(0);
    }
    refuse_in(first, &[60]);
    first.series.kms_refusing_replications[60] = Int(1);
    first.metrics.insert(
        "kms.throttled-share".into(),
        metric(Unit::Share, &[0.001, 0.0, 0.0]),
    );
    record
}

fn unmeasured() -> Record {
    let mut record = fixture::record();
    record.variants.clear();
    record
}

// Goal: one stretch of throttling is told with its clock times, the demand against the quota,
// what retries add and what is lost, and what Bucket Keys and a higher quota would change.
// Method: the fixture as it is.
#[test]
fn kms_throttling_is_told_with_times_and_remedies() {
    let v = verdict(&fixture::record());
    assert_eq!(
        (v.finding, v.state),
        (Finding::KmsThrottles, State::Breached)
    );
    assert_eq!(v.tag, "Limit breached");
    insta::assert_snapshot!("kms_throttles", words(&v));
    let figures: Vec<String> = v
        .key_figures
        .iter()
        .map(|k| plain(&format!("{}: {}{} ({})", k.name, k.value, k.unit, k.note)))
        .collect();
    insta::assert_snapshot!("key_figures", figures.join("\n"));
}

// Goal: throttling that is not one stretch says so, and single or all seconds have their words.
// Method: other seconds in which KMS refuses; a run of hours shows no seconds.
#[test]
fn the_times_of_throttling_fit_its_shape() {
    let mut record = fixture::record();
    let mut headline = |seconds: &[usize]| {
        refuse_in(&mut record.variants[0], seconds);
        verdict(&record).headline
    };
    assert_eq!(
        headline(&[50, 60, 61, 70]),
        "KMS throttles in four seconds between 01:58:50 and 01:59:11."
    );
    assert_eq!(
        headline(&[60, 62, 63]),
        "KMS throttles from 01:59:00 to 01:59:04."
    );
    assert_eq!(headline(&[60]), "KMS throttles for one second at 01:59:00.");
    let all: Vec<usize> = (10..120).collect();
    assert_eq!(
        headline(&all),
        "KMS throttles all the time, 01:58:10 to 02:00:00."
    );
    // Warm-up seconds are in no figure, so they are not in the times either.
    assert_eq!(
        headline(&[3, 60, 61]),
        "KMS throttles from 01:59:00 to 01:59:02."
    );
    record.window.measure_ns = Int(7_200_000_000_000);
    refuse_in(&mut record.variants[0], &[60, 61]);
    assert_eq!(
        verdict(&record).headline,
        "KMS throttles from 01:59 to 01:59."
    );
}

// Goal: a contradiction of mode and scheme is named with its fix.
// Method: SSE-C over HTTP, every request rejected.
#[test]
fn sse_c_over_http_is_rejected_and_needs_https() {
    let v = verdict(&rejected());
    assert_eq!((v.finding, v.state), (Finding::Rejected, State::Breached));
    assert_eq!(v.headline, "Every request is rejected: SSE-C needs HTTPS.");
    assert_eq!(
        v.what_to_do[0].words(),
        "Use HTTPS: `clients.scheme = \"https\"`."
    );
}

// Goal: a bucket that blocks SSE-C is named with its fix.
// Method: every request denied, the bucket lists sse-c.
#[test]
fn blocked_sse_c_is_denied_and_the_bucket_setting_named() {
    let v = verdict(&denied());
    assert_eq!((v.finding, v.state), (Finding::Denied, State::Breached));
    assert_eq!(
        v.headline,
        "Every request is denied: the bucket blocks SSE-C."
    );
    assert!(
        v.what_to_do[0]
            .words()
            .contains("`bucket.blocked-encryption-types = []`")
    );
}

// Goal: where some fleets are refused and others not, the verdict says who and with what.
// Method: every PUT of one fleet is denied, a third of all requests.
#[test]
fn who_is_refused_is_named_with_the_answer() {
    let mut record = fixture::record();
    let first = &mut record.variants[0];
    first.refusals = vec![keystorm_record::Refusal {
        fleets: vec!["unload".to_owned()],
        operation: keystorm_record::Operation::Put,
        id: "policy-denied".to_owned(),
        status: 403,
        code: "AccessDenied".to_owned(),
        message: "User: arn:aws:iam::111122223333:role/unload is not authorized".to_owned(),
    }];
    for replication in &mut first.replications {
        let counts = &mut replication.classes[1];
        counts.denied = counts.requests;
        counts.ok = Int(0);
    }
    let v = verdict(&record);
    assert_eq!(
        (v.finding, v.state),
        (Finding::PartlyRefused, State::Breached)
    );
    let words = words(&v);
    assert!(
        words.contains("of requests are refused, whatever the load"),
        "{words}"
    );
    assert!(
        words.contains("Every PUT of unload gets `403 AccessDenied`."),
        "{words}"
    );
}

// Goal: a prefix's request rate is told apart from the KMS quota.
// Method: two seconds of S3 refusals and none of KMS.
#[test]
fn s3_throttling_is_not_blamed_on_kms() {
    let v = verdict(&s3_throttles());
    assert_eq!(
        (v.finding, v.state),
        (Finding::S3Throttles, State::Breached)
    );
    assert_eq!(v.headline, "S3 throttles from 01:58:40 to 01:58:42.");
    assert!(
        words(&v).contains("5.0 % of attempts are refused"),
        "{}",
        words(&v)
    );
    assert!(words(&v).contains("four prefixes"));
}

// Goal: a breached expectation decides when no limit does, with its value.
// Method: a condition on p99 that does not hold, under Bucket Keys.
#[test]
fn a_breached_expectation_is_named_with_its_value() {
    let v = verdict(&expectation_breached());
    assert_eq!(
        (v.finding, v.state),
        (Finding::ExpectationBreached, State::Breached)
    );
    assert_eq!(v.headline, "get.latency.p99 < 50 ms does not hold.");
    assert_eq!(
        plain(&v.say.words()),
        "Expected `get.latency.p99 < 50 ms` of SSE-KMS, Bucket Key, but it is 80.5 ms; the \
         condition holds in 0 of 3 replications."
    );
}

// Goal: a mode without KMS calls gets no verdict on the quota.
// Method: SSE-S3 as the baseline.
#[test]
fn without_kms_calls_no_quota_applies() {
    let v = verdict(&baseline("SSE-S3"));
    assert_eq!((v.finding, v.state), (Finding::NoKmsCalls, State::Nothing));
    assert_eq!(v.headline, "SSE-S3 makes no KMS calls: no quota applies.");
}

// Goal: from 80 % of the quota on a load fits narrowly, below it fits, and both say how far.
// Method: Bucket Keys with a demand of 87 % and with their own of 42 %.
#[test]
fn a_load_fits_or_fits_narrowly() {
    let near = verdict(&near_limit());
    assert_eq!(
        (near.finding, near.state),
        (Finding::NearLimit, State::Fits)
    );
    assert_eq!(
        plain(&near.headline),
        "The busiest second asks for 87 % of the KMS quota."
    );
    assert!(
        words(&near).contains("Ask for 11,000/s."),
        "{}",
        words(&near)
    );
    let fits = verdict(&baseline("SSE-KMS, Bucket Key"));
    assert_eq!((fits.finding, fits.state), (Finding::Fits, State::Fits));
    assert_eq!(
        plain(&fits.headline),
        "The load fits: at most 42 % of the KMS quota in a second."
    );
    assert!(words(&fits).contains("-fold"), "{}", words(&fits));
}

// Goal: what cannot be said for sure is not said for sure.
// Method: an interrupted run, one replication, a short window, throttling in one of three.
#[test]
fn doubt_is_said_first_with_its_remedy() {
    for (record, begin, remedy) in [
        (
            interrupted(),
            "Interrupted: in the three of 10 replications that finished, KMS throttles from ",
            "Let the run finish.",
        ),
        (
            one_replication(),
            "In the only replication, KMS throttles from 01:58:53",
            "`--replications 5`",
        ),
        (
            short(),
            "In a window of only 5 s, the load fits",
            "`run.measure`",
        ),
        (
            noisy(),
            "In 1 of 3 replications, KMS throttles for one second at 01:59:00.",
            "`--replications 20`",
        ),
    ] {
        let v = verdict(&record);
        assert_eq!(
            (v.state, v.tag.as_str()),
            (State::Inconclusive, "Inconclusive"),
            "{begin}"
        );
        assert!(plain(&v.headline).starts_with(begin), "{}", v.headline);
        assert!(
            v.what_to_do[0].words().contains(remedy),
            "{}",
            v.what_to_do[0].words()
        );
    }
    let v = verdict(&unmeasured());
    assert_eq!(
        (v.finding, v.state),
        (Finding::Unmeasured, State::Inconclusive)
    );
    assert_eq!(v.headline, "Nothing was measured.");
}

// Goal: the three columns stay short enough to be read at a glance, whatever the rule.
// Method: count the words of each for one record per rule.
#[test]
fn every_column_has_fifty_words_at_most() {
    let records = [
        fixture::record(),
        rejected(),
        denied(),
        s3_throttles(),
        expectation_breached(),
        baseline("SSE-S3"),
        baseline("Client-side"),
        near_limit(),
        baseline("SSE-KMS, Bucket Key"),
        interrupted(),
        one_replication(),
        short(),
        noisy(),
        unmeasured(),
    ];
    for record in &records {
        let v = verdict(record);
        let to_do: Vec<String> = v
            .what_to_do
            .iter()
            .map(keystorm_reports::Text::words)
            .collect();
        for column in [v.why.words(), to_do.join(" "), v.how_sure.words()] {
            let count = column.split_whitespace().count();
            assert!(
                count > 0 && count <= 50,
                "{}: {count} words: {column}",
                v.headline
            );
        }
        assert!(
            v.headline.ends_with('.') && !v.headline.contains(".."),
            "{}",
            v.headline
        );
    }
}

// Goal: where no request has ended, nothing fits: nothing can be said.
// Method: the fixture with all of its requests under way at the end.
#[test]
fn nothing_is_said_of_requests_that_never_end() {
    let mut record = fixture::record();
    each_class(&mut record.variants[0], |counts| {
        *counts = keystorm_record::ClassCounts {
            requests: counts.requests,
            unfinished: counts.requests,
            attempts: counts.attempts,
            ..keystorm_record::ClassCounts::default()
        };
    });
    let v = verdict(&record);
    assert_eq!(v.finding, Finding::Unmeasured);
    assert_eq!(v.headline, "Nothing was measured.");
}
