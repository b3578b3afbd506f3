//! When requests arrive and what they ask for, as a scenario says it.
use crate::common::{mean, options, record_of, run_with};
use keystorm_record::{Operation, Variant};
use keystorm_scenarios::Options;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// GETs under SSE-S3 from a start on, for some seconds; `more` goes into the fleet's table.
fn variant(start: &str, measure: &str, more: &str) -> Variant {
    let text = text(start, measure, more);
    record_of(&text).variants.remove(0)
}

fn text(start: &str, measure: &str, more: &str) -> String {
    format!(
        r#"schema = 1
name = "workloads"
run = {{ start = "{start}", measure = "{measure}", replications = 1 }}
account.region = "eu-west-3"
bucket = {{ encryption = "sse-s3", prefixes = 10 }}
[fleets.only]
instances = 5
concurrency = 10_000
operations.get = 1
size.fixed = "1 KiB"
{more}
"#
    )
}

/// Requests that arrived in each second, up to the last one with any.
fn arrived(variant: &Variant) -> Vec<u64> {
    variant.series.requests.iter().map(|it| it.0).collect()
}

/// Requests that arrived from second `from` to second `to`.
fn within(arrived: &[u64], from: usize, to: usize) -> u64 {
    arrived[from..to].iter().sum()
}

// Goal: jobs start by the clock, not by the run, each with exactly its requests.
// Method: a run from 12:10:00 for two hours. Five past each hour in UTC: 13:05 and 14:05; on the
// hour in India (+05:30): 12:30 and 13:30; at 08:15 in New York (-05:00): 13:15.
#[test]
fn jobs_start_by_the_clock() {
    for (cron, starts) in [
        ("every = \"1 h\", offset = \"5 min\"", &[3_300, 6_900][..]),
        ("every = \"1 h\", utc-offset = \"+05:30\"", &[1_200, 4_800]),
        (
            "every = \"24 h\", offset = \"8.25 h\", utc-offset = \"-05:00\"",
            &[3_900],
        ),
    ] {
        for spacing in ["random", "even"] {
            let more = format!(
                "arrivals.cron = {{ {cron}, requests = 700, spread = \"10 s\", \
                 spacing = \"{spacing}\" }}"
            );
            let found = arrived(&variant("2026-11-24T12:10:00Z", "2 h", &more));
            for &start in starts {
                assert_eq!(within(&found, start, start + 10), 700, "{cron}");
                let second = found[start + 3];
                let even = spacing == "even";
                assert!(if even {
                    second == 70
                } else {
                    (30..120).contains(&second)
                });
            }
            assert_eq!(
                found.iter().sum::<u64>(),
                700 * starts.len() as u64,
                "{cron}"
            );
        }
    }
}

// Goal: a job that runs when the run begins has the rest of its requests.
// Method: 60 requests in the minute from 12:00 on, evenly, from 12:00:20 on: 40 are left.
#[test]
fn a_job_may_be_under_way() {
    let more = "arrivals.cron = { every = \"1 h\", requests = 60, spread = \"1 min\", \
                spacing = \"even\" }";
    let found = arrived(&variant("2026-11-24T12:00:20Z", "5 min", more));
    assert_eq!(found[..40], [1; 40]);
    assert_eq!(found.iter().sum::<u64>(), 40);
}

// Goal: a week's profile goes on across its end, by the clock of its offset.
// Method: steps of 20/s at weekends, 50/s from Monday 00:00 and 10/s from Monday 00:01 on, in Tokyo
// (+09:00), from Sunday 14:59 UTC on, evenly spaced: the numbers of each second are exact.
#[test]
fn a_week_goes_on_across_its_end() {
    let more = r#"arrivals.weekly = { shape = "steps", utc-offset = "+09:00", spacing = "even",
        points = [
            { at = "mon 00:00", rate = "50/s" },
            { at = "mon 00:01", rate = "10/s" },
            { at = "sat 00:00", rate = "20/s" },
        ] }"#;
    let found = arrived(&variant("2026-11-29T14:59:00Z", "3 min", more));
    let by_hand: Vec<u64> = [[20; 60], [50; 60], [10; 60]].concat();
    assert_eq!(found, by_hand);
}

// Goal: a day's profile runs straight from point to point, around midnight too.
// Method: 0/s at 23:00, 7,200/s at 01:00, evenly spaced: a ramp of 1/s each second. From 23:59:00
// on the rate is 3,540 + t, so 3,540·t + t²/2 have arrived after t seconds.
#[test]
fn a_day_goes_on_around_midnight() {
    let more = r#"arrivals.daily = { spacing = "even", points = [
            { at = "01:00", rate = "7_200/s" },
            { at = "23:00", rate = "0/s" },
        ] }"#;
    let found = arrived(&variant("2026-11-24T23:59:00Z", "2 min", more));
    for t in [1, 59, 60, 61, 120] {
        let expected = 3_540 * t as u64 + (t * t) as u64 / 2;
        let off = within(&found, 0, t).abs_diff(expected);
        // Half a request, and the one at t = 0.
        assert!(off <= 1, "{off} off after {t} s");
    }
}

// Goal: fixed times of bursts are kept, the rate between them as well.
// Method: 40/s for 2 s, 5/s for 3 s, evenly spaced: the numbers of each second are exact.
#[test]
fn bursts_of_fixed_times_come_and_go() {
    let more = r#"arrivals.on-off = { rate = "40/s", off-rate = "5/s", on = "2 s", off = "3 s",
        times = "fixed", spacing = "even" }"#;
    let found = arrived(&variant("2026-11-24T12:00:00Z", "30 s", more));
    assert_eq!(found, [40, 40, 5, 5, 5].repeat(6));
}

// Goal: times on and off that are means have the mean rate that follows, and real pauses.
// Method: 50/s for 4 s on average, nothing for 16 s: 10/s over 20,000 s. The variance of the time
// on in t seconds is 2·p·(1-p)·t/c with p = 1/5 and c = 1/4 + 1/16: so the mean rate has a standard
// deviation of 50·√(2·0.16/(0.3125·20,000)) = 0.36/s; 4.4 of them are allowed (chance 1e-5).
#[test]
fn bursts_at_random_have_their_mean_rate() {
    let more = r#"arrivals.on-off = { rate = "50/s", on = "4 s", off = "16 s" }"#;
    let found = arrived(&variant("2026-11-24T12:00:00Z", "20_000 s", more));
    let rate = found.iter().sum::<u64>() as f64 / 20_000.0;
    assert!((rate - 10.0).abs() < 4.4 * 0.36, "{rate}/s");
    let silent = found.iter().filter(|&&it| it == 0).count() as f64 / 20_000.0;
    assert!((0.6..0.85).contains(&silent), "{silent}");
}

// Goal: a cold start comes once, evenly from all instances.
// Method: five instances start at once at 12:00:07, each with 30 requests at 10/s.
#[test]
fn a_cold_start_comes_once() {
    let more = r#"arrivals.cold-start = { at = "2026-11-24T12:00:07Z", requests = 30,
        rate = "10/s" }"#;
    let found = arrived(&variant("2026-11-24T12:00:00Z", "15 s", more));
    assert_eq!(found, [0, 0, 0, 0, 0, 0, 0, 50, 50, 50, 0, 0, 0, 0, 0]);
}

// Goal: a mix changes at its instants, and every operation of any phase is reported and asked KMS
// for.
// Method: GETs for 20 s, then GETs and PUTs alike, then HEADs; evenly spaced 100/s under SSE-KMS.
#[test]
fn a_mix_changes_at_its_instants() {
    let more = r#"arrivals.deterministic = { rate = "100/s" }
phases = [
    { at = "20 s", operations = { get = 1, put = 1 } },
    { at = "2026-11-24T12:00:40Z", operations = { head = 1 } },
]"#;
    let text = text("2026-11-24T12:00:00Z", "60 s", more).replace("sse-s3", "sse-kms");
    let found = record_of(&text).variants.remove(0);
    let requests = |operation| {
        let classes = found.classes.iter().zip(&found.replications[0].classes);
        let mut its = classes.filter(|(class, _)| class.operation == operation);
        its.next().expect("the operation is reported").1.requests.0
    };
    let (gets, puts) = (requests(Operation::Get), requests(Operation::Put));
    assert_eq!(gets + puts, 4_000);
    assert_eq!(requests(Operation::Head), 2_000);
    // Half of 2,000, with a standard deviation of √500.
    assert!(puts.abs_diff(1_000) < 99, "{puts} PUTs");
    assert_eq!(found.replications[0].kms.generate_data_key.0, puts);
    let kms: Vec<u64> = found.series.kms_calls.iter().map(|it| it.0).collect();
    assert!(kms[..19].iter().all(|&it| it > 90), "{kms:?}");
    assert_eq!(within(&kms, 42, 60), 0);
}

// Goal: workers that think follow the phases as well.
// Method: 50,000 workers that think for 100 s ask about 500 times a second: GETs for 10 s, then
// PUTs for 10 s, of which S3 asks KMS for data keys; none is asked for before.
#[test]
fn workers_follow_the_phases() {
    let more = "arrivals.closed.think-time = \"100 s\"\n\
                phases = [{ at = \"10 s\", operations.put = 1 }]";
    let text = text("2026-11-24T12:00:00Z", "20 s", more).replace("sse-s3", "sse-kms");
    let found = record_of(&text).variants.remove(0);
    let counts = &found.replications[0].classes;
    assert_eq!(found.classes[0].operation, Operation::Get);
    let (gets, puts) = (counts[0].requests.0, counts[1].requests.0);
    let seconds = arrived(&found);
    assert_eq!(gets, within(&seconds, 0, 10));
    assert_eq!(puts, within(&seconds, 10, 20));
    // Five standard deviations; a few are under way and do not think.
    assert!(
        gets.abs_diff(5_000) < 400 && puts.abs_diff(5_000) < 400,
        "{gets}, {puts}"
    );
    let data_keys = found.replications[0].kms.generate_data_key.0;
    assert!(puts - data_keys < 50, "{data_keys} for {puts} PUTs");
}

// Goal: sizes of several kinds are moved.
// Method: mean bytes of 40,000 GETs: 3 of 4 objects have 1 KiB, the others 8 to 512 KiB with a
// straight line in the logarithm, whose mean is 504 KiB / ln 64 = 121.2 KiB and whose standard
// deviation is 131 KiB; of all, 31.06 KiB ± 0.42 KiB; 4.4 standard errors.
#[test]
fn sizes_of_several_kinds_are_moved() {
    let more = r#"arrivals.deterministic = { rate = "1_000/s" }"#;
    let mixture = r#"size.mixture = [
    { weight = 3, size.fixed = "1 KiB" },
    { weight = 1, size.quantiles = [{ at = 0, size = "8 KiB" }, { at = 1, size = "512 KiB" }] },
]"#;
    let text = text("2026-11-24T12:00:00Z", "40 s", more);
    let text = text.replace("size.fixed = \"1 KiB\"", mixture);
    let found = record_of(&text).variants.remove(0);
    let counts = found.replications[0].classes[0];
    let done = counts.ok.0 as f64;
    let mean_kib = counts.bytes_completed.0 as f64 / done / 1_024.0;
    assert!(done > 39_000.0);
    assert!((mean_kib - 31.06).abs() < 4.4 * 0.42, "{mean_kib} KiB");
}

// Goal: a long run in parts is the run as a whole, whatever the arrivals.
// Method: 15 minutes of each kind under a KMS quota that bursts exceed, in one part and in as many
// as fit, byte for byte.
#[test]
fn parts_of_a_run_are_the_whole_for_all_arrivals() {
    for arrivals in [
        "deterministic = { rate = \"50/s\" }",
        "mmpp = { states = [{ rate = \"90/s\", mean-time = \"20 s\" }, \
         { rate = \"30/s\", mean-time = \"60 s\" }, { rate = \"1/s\", mean-time = \"2 s\" }] }",
        "on-off = { rate = \"400/s\", on = \"5 s\", off = \"100 s\" }",
        "cron = { every = \"5 min\", requests = 3_000, spread = \"7 s\" }",
        "cold-start = { at = \"400 s\", requests = 300, rate = \"20/s\" }",
        "daily = { points = [{ at = \"12:00\", rate = \"0/s\" }, \
         { at = \"12:05\", rate = \"90/s\" }] }",
    ] {
        let more =
            format!("arrivals.{arrivals}\nphases = [{{ at = \"7 min\", operations.put = 1 }}]");
        let text = text("2026-11-24T12:00:00Z", "15 min", &more)
            .replace("bucket", "clients.keep-alive = \"1 s\"\nbucket")
            .replace(
                "account.region",
                "kms.request-quota = \"200/s\"\naccount.region",
            )
            .replace("sse-s3", "sse-kms");
        let json = |parts| {
            let options = Options { parts, ..options() };
            run_with("test.toml", &text, &[], &options).to_json()
        };
        assert!(json(Some(1)) == json(Some(3)), "{arrivals}");
    }
}

// Goal: variants see the same arrivals whatever their kind: common random numbers.
// Method: SSE-KMS with and without retries, throttled in bursts: the same requests in each second
// and more calls of KMS with retries.
#[test]
fn variants_see_the_same_arrivals() {
    for arrivals in [
        "mmpp = { states = [{ rate = \"900/s\", mean-time = \"2 s\" }, \
         { rate = \"30/s\", mean-time = \"6 s\" }] }",
        "cron = { every = \"30 s\", requests = 900, spread = \"2 s\" }",
        "cold-start = { at = \"20 s\", requests = 300, spread = \"3 s\" }",
    ] {
        let more = format!(
            "arrivals.{arrivals}\n[[variants]]\nname = \"three\"\n[[variants]]\n\
             name = \"one\"\nclients.retry = \"none\""
        );
        let text = text("2026-11-24T12:00:00Z", "40 s", &more)
            .replace(
                "account.region",
                "kms.request-quota = \"200/s\"\naccount.region",
            )
            .replace("sse-s3", "sse-kms");
        let found = record_of(&text).variants;
        let [three, one] = &found[..] else {
            panic!("two variants")
        };
        assert_eq!(arrived(three), arrived(one), "{arrivals}");
        assert!(arrived(one).iter().sum::<u64>() > 1_000);
        let calls = |variant: &Variant| variant.replications[0].kms.decrypt.0;
        assert!(calls(three) > calls(one), "{arrivals}");
    }
}

/// GETs that take 50 ms and find a KMS that fails for five seconds, each time after two; `arrivals`
/// are about 100/s, on 10 threads.
fn stalled(arrivals: &str) -> Variant {
    let text = text("2026-11-24T12:00:00Z", "60 s", arrivals)
        .replace("sse-s3", "sse-kms")
        .replace("instances = 5", "instances = 1")
        .replace("concurrency = 10_000", "concurrency = 10")
        .replace("size.fixed = \"1 KiB\"", "size.fixed = \"0 B\"")
        .replace(
            "[fleets.only]",
            r#"kms.latency.constant = "10 ms"
kms.faults = [{ error = "kms-internal", share = 1.0, from = "20 s", to = "25 s", takes = "2 s" }]
s3.get-first-byte.constant = "40 ms"
s3.refusal-latency = "0 s"
s3.latency-factor.constant = 1.0
clients = { retry = "none", round-trip = "0 s" }
[fleets.only]"#,
        );
    record_of(&text).variants.remove(0)
}

// Goal: coordinated omission does not happen: a server that stalls is seen by every request that
// should have been answered meanwhile, since latency counts from the intended start.
// Method: 100/s evenly spaced on 10 threads of 50 ms; from 20 to 25 s every call takes 2 s and
// fails. Computed by hand with ten threads that each take the oldest request: more than 1,000 of
// 6,000 requests wait, up to 5.7 s. Counts, median, 90th and 99th percentile and mean agree. Ten
// workers that think 50 ms ask as often while all is well, but ask no more while they wait: only
// 30 of their requests meet the stall, which does not reach their 99th percentile.
#[test]
fn a_stall_is_seen_by_all_who_should_have_been_served() {
    let open = stalled("arrivals.deterministic = { rate = \"100/s\" }");
    let mut free: BinaryHeap<Reverse<u64>> = (0..10).map(|_| Reverse(0)).collect();
    let (mut latencies, mut failed) = (Vec::new(), 0);
    for arrival in (0..60_000).step_by(10) {
        let Reverse(thread) = free.pop().expect("there are ten");
        let start = thread.max(arrival);
        let fails = (20_000..25_000).contains(&start);
        let end = start + if fails { 2_000 } else { 50 };
        free.push(Reverse(end));
        if fails {
            failed += 1;
        } else if end < 60_000 {
            latencies.push(end - arrival);
        }
    }
    let waiting = latencies.iter().filter(|&&it| it > 50).count();
    latencies.sort_unstable();
    let counts = open.replications[0].classes[0];
    assert_eq!(
        (counts.failed.0, counts.ok.0),
        (failed, latencies.len() as u64)
    );
    assert!(
        failed == 30 && (1_000..1_300).contains(&waiting),
        "{failed}, {waiting}"
    );
    for (metric, percent) in [("p50", 50), ("p90", 90), ("p99", 99)] {
        let rank = (percent * latencies.len()).div_ceil(100);
        let by_hand = latencies[rank - 1] as f64 / 1e3;
        let found = mean(&open, &format!("get.latency.{metric}"));
        // A histogram keeps three digits.
        assert!(
            (found / by_hand - 1.0).abs() < 2e-3,
            "{metric}: {found} for {by_hand} s"
        );
    }
    let by_hand = latencies.iter().sum::<u64>() as f64 / latencies.len() as f64 / 1e3;
    let found = mean(&open, "get.latency.mean");
    assert!(
        (found / by_hand - 1.0).abs() < 1e-6,
        "{found} for {by_hand} s"
    );

    let closed = stalled("arrivals.closed.think-time = \"50 ms\"");
    let p99 = |variant| mean(variant, "get.latency.p99");
    let (open, closed) = (p99(&open), p99(&closed));
    assert!(open > 5.0 && closed < 0.06, "{open} and {closed} s");
}
