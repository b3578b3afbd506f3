//! The figures that a run has something to say about.
use crate::fixture;
use keystorm_record::{Int, KmsRetries, Record, Series};
use keystorm_reports::html;

/// The section of a figure; `None` if the page has none.
fn section(record: &Record, id: &str) -> Option<String> {
    let page = html(record);
    let (_, after) = page.split_once(&format!("<section class=\"row\" id=\"{id}\""))?;
    Some(after.split("</section>").next()?.replace('\u{202f}', " "))
}

/// The text of a row's cells, by the beginning of its name.
fn cells(section: &str, name: &str) -> Vec<String> {
    let row = section
        .split("<tr>")
        .find(|row| row.starts_with("<th scope=\"row\"") && row.contains(&format!(">{name}</th>")))
        .expect("the table has the row");
    let cells = row.split("<td").skip(1);
    let text = |cell: &str| {
        let (_, rest) = cell.split_once('>').expect("a tag ends");
        rest.split('<').next().unwrap_or_default().to_owned()
    };
    cells.map(text).collect()
}

// Goal: what a median and a slow request consist of adds up to the latencies of the other figures,
// and seconds of back-off have a panel of their own.
// Method: the percentile table's p50 and p99 against the last column; the panels' titles.
#[test]
fn parts_of_p50_and_p99_add_up_to_them() {
    let record = fixture::record();
    let latency = section(&record, "fig-latency").unwrap();
    let time = section(&record, "fig-time").unwrap();
    for (percentile, quantile) in [("50 %", "p50"), ("99 %", "p99")] {
        let wanted = &cells(&latency, percentile)[0];
        let parts = cells(&time, &format!("SSE-KMS, GET, {quantile}"));
        assert_eq!(parts.last(), Some(wanted), "{quantile}");
    }
    assert!(time.contains("p99, last try") && time.contains("\u{d7} scale"));
    let calm = cells(&time, "SSE-S3, GET, p99");
    assert_eq!(calm[calm.len() - 2], "0", "no back-off without KMS");
}

// Goal: older records, which have no bands, show the mean, not a guess.
// Method: the fixture without bands.
#[test]
fn without_bands_the_mean_is_shown() {
    let mut record = fixture::record();
    for class in record.variants.iter_mut().flat_map(|v| &mut v.classes) {
        class.bands.clear();
    }
    let time = section(&record, "fig-time").unwrap();
    assert!(time.contains("Mean request") && !time.contains("p99"));
}

// Goal: calls are told apart by API, retries by what they try again, other load from the fleets'.
// Method: the fixture's first variant with round numbers over its 110 s; then an older record.
#[test]
fn calls_are_told_apart() {
    let mut record = fixture::record();
    for replication in &mut record.variants[0].replications {
        let kms = &mut replication.kms;
        kms.generate_data_key = Int(110 * 120);
        kms.decrypt = Int(110 * 500);
        kms.other = Int(110 * 4_000);
        kms.refused = Int(110 * 130);
        kms.retries = Some(KmsRetries {
            generate_data_key: Int(110 * 20),
            decrypt: Int(110 * 100),
            encrypt: Int(0),
        });
    }
    let calls = section(&record, "fig-calls").unwrap();
    let expected = ["100", "20.0", "400", "100", "130", "4,000", "4,620"];
    assert_eq!(cells(&calls, "SSE-KMS"), expected);
    assert!(calls.contains("81 % of the fleets’ calls are Decrypt; 19 % are retries"));
    for replication in record.variants.iter_mut().flat_map(|v| &mut v.replications) {
        replication.kms.retries = None;
    }
    let calls = section(&record, "fig-calls").unwrap();
    assert_eq!(
        cells(&calls, "SSE-KMS")[0],
        "120",
        "nothing is known of retries"
    );
    for variant in &mut record.variants {
        variant.series.kms_calls.fill(Int(0));
    }
    assert!(section(&record, "fig-calls").is_none(), "nobody calls KMS");
}

// Goal: amplification is all calls over first ones, and is drawn only where there is some.
// Method: one second with twice as many calls; then no refusals at all.
#[test]
fn retries_are_shown_where_there_are_some() {
    let mut record = fixture::record();
    for variant in &mut record.variants {
        let first = variant.series.kms_first_calls.clone();
        variant.series.kms_calls = first;
        for counts in variant
            .replications
            .iter_mut()
            .flat_map(|it| &mut it.classes)
        {
            counts.attempts_throttled_kms = Int(0);
        }
    }
    assert!(section(&record, "fig-retries").is_none());
    let series = &mut record.variants[0].series;
    series.kms_calls[60] = series.kms_calls[60] + series.kms_calls[60];
    let retries = section(&record, "fig-retries").unwrap();
    assert!(
        retries.contains("KMS gets 2.0 calls for each one"),
        "{retries}"
    );
    assert_eq!(cells(&retries, "01:59:00"), ["2.00"]);
}

// Goal: goodput is drawn where it collapses, and the headline says whether it comes back.
// Method: 20 s in which nothing ends well, then the same to the end; and the fixture as it is.
#[test]
fn goodput_is_shown_where_it_collapses() {
    let mut record = fixture::record();
    assert!(section(&record, "fig-goodput").is_none());
    record.variants[0].series.ok[60..80].fill(Int(0));
    let goodput = section(&record, "fig-goodput").unwrap();
    assert!(
        goodput.contains("falls to 0 % and is back at 01:59:20"),
        "{goodput}"
    );
    record.variants[0].series.ok[60..].fill(Int(0));
    let goodput = section(&record, "fig-goodput").unwrap();
    assert!(goodput.contains("falls to 0 % and does not come back"));
}

// Goal: refusals of prefixes are drawn with their times, and only where there are some.
// Method: ten seconds of 600 refusals in three replications, then none; then partitions, too.
#[test]
fn prefixes_that_refuse_are_shown() {
    let mut record = fixture::record();
    assert!(section(&record, "fig-prefixes").is_none());
    record.variants[0].series.s3_refused[30..40].fill(Int(600));
    let prefixes = section(&record, "fig-prefixes").unwrap();
    assert!(
        prefixes.contains("refuse up to 200/s, from 01:58:30 to 01:58:40"),
        "{prefixes}"
    );
    assert_eq!(cells(&prefixes, "01:58:30"), ["200"]);
    assert!(!prefixes.contains("Partitions of all prefixes"));
    let series = &mut record.variants[0].series;
    series.s3_partitions = vec![Int(12); series.seconds()];
    series.s3_partitions[40..].fill(Int(24));
    let split = section(&record, "fig-prefixes").unwrap();
    assert!(split.contains("Partitions of all prefixes"));
    assert_eq!(cells(&split, "01:58:30"), ["200", "4"]);
    assert_eq!(cells(&split, "01:58:40"), ["0", "8"]);
}

// Goal: minutes stand beside seconds where only the seconds exceed the quota.
// Method: one second above it in a quiet run; then a whole minute.
#[test]
fn minutes_are_shown_where_they_hide_seconds() {
    let mut record = fixture::record();
    let has_minutes = |record: &Record| section(record, "fig-load").unwrap().contains("fig-load-2");
    record.variants[0].series.kms_calls.fill(Int(0));
    assert!(!has_minutes(&record));
    record.variants[0].series.kms_calls[70] = Int(3 * 7_000);
    assert!(has_minutes(&record));
    let load = section(&record, "fig-load").unwrap();
    assert_eq!(
        cells(load.split("fig-load-2").last().unwrap(), "01:59:00"),
        ["4,117", "11,000"]
    );
    record.variants[0].series.kms_calls[60..].fill(Int(3 * 7_000));
    assert!(!has_minutes(&record));
}

// Goal: a long run has a map whose reddest cell is the second above the quota; a short one none.
// Method: three hours with one busy second.
#[test]
fn long_runs_have_a_map() {
    let mut record = fixture::record();
    assert!(section(&record, "fig-day").is_none());
    record.window.measure_ns = Int(3 * 3_600_000_000_000);
    for variant in &mut record.variants {
        let mut series = Series::new(3 * 3_600);
        series.kms_calls[2 * 60 + 5 * 60] = Int(12_000);
        variant.series = series;
    }
    let day = section(&record, "fig-day").unwrap();
    assert!(day.contains("One minute exceeds the quota, 02:05"), "{day}");
    assert_eq!(cells(&day, "02"), ["120 %", "02:05", "2.0 %", "1"]);
    assert_eq!(
        day.matches("s-h6").count(),
        2 * 2,
        "key and cell, in two widths"
    );
}

// Goal: assumed values stand in the open, others and all defaults with their values in a fold each.
// Method: the fixture's facts, and a scenario with defaults of every kind.
#[test]
fn every_default_is_listed_with_its_value() {
    let mut record = fixture::record();
    let first = &mut record.variants[0];
    first.resolved["kms"] = serde_json::json!({
        "latency": { "lognormal": { "median": "5 ms", "sigma": 0.5 } }, "limiter": "fixed-window"
    });
    let paths = [
        "kms.latency",
        "kms.limiter",
        "kms.faults",
        "bucket.blocked-encryption-types",
    ];
    first.defaulted = paths.map(String::from).into();
    let page = section(&record, "assumptions").unwrap();
    let mut folds = page.split("<details");
    let open = folds.next().unwrap();
    assert!(open.contains("Bucket Key lifetime") && !open.contains("KMS quota, symmetric keys"));
    assert!(
        folds
            .next()
            .unwrap()
            .contains("3 values that are documented, measured or given")
    );
    assert!(
        folds
            .next()
            .unwrap()
            .contains("4 settings that the scenario leaves")
    );
    let values = paths.map(|path| cells(&page, path).remove(0));
    assert_eq!(
        values,
        [
            "lognormal median 5 ms, sigma 0.5",
            "fixed-window",
            "none",
            "none"
        ]
    );
}

// Goal: what replications differ by is told relative to the mean, with the running mean, and a
// warm-up is judged by the requests under way.
// Method: the fixture's three replications; as many requests too few done in each second of the
// warm-up, so that the system still fills; a single replication, of which nothing can be told.
#[test]
fn confidence_is_shown_where_replications_differ() {
    let mut record = fixture::record();
    let sure = section(&record, "fig-sure").unwrap();
    assert!(
        sure.contains("Three replications agree: no interval is wider than"),
        "{sure}"
    );
    assert!(sure.contains("mean so far") && sure.contains("is long enough"));
    for second in 0..20 {
        let series = &mut record.variants[0].series;
        series.requests[second] = Int(3_000);
        series.throttled[second] = Int(0);
        series.ok[second] = Int(2_700);
    }
    let sure = section(&record, "fig-sure").unwrap();
    assert!(sure.contains("The warm-up of 10 s is too short"), "{sure}");
    for metric in record.variants[0].metrics.values_mut() {
        (metric.low, metric.high) = (None, None);
    }
    assert!(section(&record, "fig-sure").is_none());
}

// Goal: under Bucket Keys, what they leave is told per 1,000 requests, with its range.
// Method: two replications with 1 and 3 calls for each 1,000 requests.
#[test]
fn bucket_keys_leave_a_range_of_calls() {
    let mut record = fixture::record();
    let metrics = &mut record.variants[1].metrics;
    metrics.get_mut("kms.calls").unwrap().values = vec![Some(4.0), Some(12.0)];
    metrics.get_mut("all.rate").unwrap().values = vec![Some(4_000.0), Some(4_000.0)];
    let calls = section(&record, "fig-calls").unwrap();
    let part = calls.split("fig-calls-2").last().unwrap();
    assert_eq!(cells(part, "SSE-KMS, Bucket Key"), ["2.00", "1.00", "3.00"]);
    assert!(part.contains("1.00–3.00") || calls.contains("1.00–3.00"));
}

// Goal: each series can be hidden by its number, and a linear axis lies ready beside the
// logarithmic one.
// Method: the names that the page gives to the script, the groups in its drawings.
#[test]
fn series_can_be_hidden() {
    let latency = section(&fixture::record(), "fig-latency").unwrap();
    let names = "[&#34;SSE-KMS&#34;,&#34;SSE-KMS, Bucket Key&#34;,&#34;SSE-S3, SSE-C&#34;,\
                 &#34;Client-side&#34;]";
    let part = latency.split("<figure>").next().unwrap();
    assert!(part.contains(&format!(" data-n=\"{names}\"")), "{part}");
    let drawings = latency.split("<svg ").skip(1).take(4);
    for (drawing, class) in drawings.zip(["w", "n", "w lin", "n lin"]) {
        let drawing = drawing.split("</svg>").next().unwrap();
        assert!(drawing.starts_with(&format!("class=\"{class}\"")));
        for number in 0..4 {
            assert!(
                drawing.contains(&format!("<g data-s=\"{number}\"><")),
                "{class}"
            );
        }
        assert!(!drawing.contains("data-s=\"4\""));
        assert_eq!(
            drawing.matches("<g ").count(),
            drawing.matches("</g>").count()
        );
    }
}
