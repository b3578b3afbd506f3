use crate::common::{mean, record_of};
use keystorm_record::Variant;

/// One prefix asked for more than it admits, with and without splits; and other keys.
const TEXT: &str = r#"schema = 1
name = "prefixes"
run = { start = "2026-11-24T23:59:30Z", measure = "60 s", replications = 2 }
account.region = "eu-west-3"
bucket = { encryption = "sse-s3", prefixes = 8 }
s3 = { prefix-read-rate = "50/s" }
clients.retry = "none"
[fleets.one]
instances = 4
concurrency = 100
arrivals.poisson = { rate = "300/s" }
operations.get = 1
size.fixed = "64 KiB"
[[variants]]
name = "even"
[[variants]]
name = "Zipf"
fleets.one.keys.zipf = 1.0
[[variants]]
name = "dated"
fleets.one.keys.dated = { share = 1.0 }
[[variants]]
name = "dated, splitting"
fleets.one.keys.dated = { share = 1.0 }
s3.splitting.by-heat = { until-split = "5 s" }
"#;

fn refused(variant: &Variant, second: usize) -> u64 {
    variant.series.s3_refused[second].0
}

// Goal: what a prefix refuses hangs on how the keys spread: evenly next to nothing, by Zipf's law
// what the popular prefixes are asked for beyond their rate, by date nearly all.
// Method: the mean excess of Poisson loads over 50/s per prefix. Zipf's law over eight prefixes
// gives the first three 110, 55 and 37/s: 60 + 7 of 300 (the second by its fluctuation), one day's
// prefix admits 50 of 300.
#[test]
fn hot_prefixes_refuse_what_is_beyond_their_rate() {
    let record = record_of(TEXT);
    let share = |index: usize| mean(&record.variants[index], "all.throttled-share");
    assert!(share(0) < 0.005, "{}", share(0));
    assert!((share(1) - 0.225).abs() < 0.015, "{}", share(1));
    assert!((share(2) - 250.0 / 300.0).abs() < 0.01, "{}", share(2));
}

// Goal: a hot prefix splits in the run, its rate doubles; at midnight the next day's prefix begins
// as one again.
// Method: refusals per second, two replications together: 50/s admitted for 5 s, 100 for 5 s, 200
// for 5 s, then all 300; and again from 30 s on, which is midnight.
#[test]
fn a_hot_prefix_splits_until_the_date_moves_on() {
    let record = record_of(TEXT);
    let splitting = &record.variants[3];
    let of_seconds = |from: usize, to: usize| {
        let sum: u64 = (from..to).map(|it| refused(splitting, it)).sum();
        sum as f64 / (to - from) as f64 / 2.0
    };
    for start in [0, 30] {
        for (at, refused) in [(0, 250.0), (6, 200.0), (11, 100.0), (16, 0.0)] {
            let found = of_seconds(start + at, start + at + 4);
            assert!((found - refused).abs() < 25.0, "{start} + {at} s: {found}");
        }
    }
    assert!(of_seconds(20, 30) < 1.0);
}

// Goal: the record holds how many partitions there are over time, where prefixes split, and only
// there.
// Method: eight prefixes of one partition each; the day's prefix splits every five seconds until
// none of its parts is hot: 1, 2, 4, 8 of it beside seven others, in two replications.
#[test]
fn the_record_counts_partitions() {
    let record = record_of(TEXT);
    for variant in &record.variants[..3] {
        assert_eq!(variant.series.s3_partitions, []);
    }
    let series = &record.variants[3].series;
    assert_eq!(series.s3_partitions.len(), series.seconds());
    let at = |second: usize| series.s3_partitions[second].0;
    assert_eq!([at(0), at(4)], [16, 16]);
    assert_eq!([at(7), at(12), at(17)], [18, 22, 30]);
    assert!(at(50) > at(29), "the next day's prefix splits, too");
}
