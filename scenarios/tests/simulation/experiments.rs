//! Grids of variants, and replications until it is decided which differ.
use crate::common::options;
use keystorm_record::Record;
use keystorm_scenarios::experiment::undecided;
use keystorm_scenarios::{Overrides, Study, Watch, load, run, run_until};

/// Two variants whose quotas are so close that few replications do not tell them apart.
fn study(replications: u32, quota: &str) -> Study {
    let text = format!(
        r#"schema = 1
name = "close"
run = {{ start = "2026-11-24T00:00:00Z", measure = "8 s", replications = {replications} }}
account.region = "eu-west-3"
bucket.encryption = "sse-kms"
kms.request-quota = "110/s"
[fleets.web]
instances = 2
concurrency = 100
operations.get = 1
size.fixed = "64 KiB"
arrivals.poisson.rate = "100/s"
[[variants]]
name = "first"
[[variants]]
name = "second"
kms.request-quota = "{quota}"
"#
    );
    load("close.toml", &text, &Overrides::default()).expect("it is sound")
}

fn until(study: &Study, most: u32, enough: &dyn Fn(&Record) -> bool) -> Record {
    run_until(study, &options(), &Watch::default(), most, enough).expect("it runs")
}

// Goal: a run that goes on in rounds gives the bytes of one that was asked for as many replications
// at once, and stops where it is told or at the budget.
// Method: 2, 4, then 7 of at most 7; stopping at 4.
#[test]
fn going_on_gives_the_bytes_of_one_go() {
    let whole = run(&study(7, "111/s"), &options(), &Watch::default()).expect("it runs");
    let mut rounds = until(&study(2, "111/s"), 7, &|_| false);
    rounds.scenario.sha256.clone_from(&whole.scenario.sha256);
    assert!(rounds == whole);
    let four = until(&study(2, "111/s"), 7, &|it| {
        it.variants[0].replications.len() >= 4
    });
    assert_eq!(four.replications_planned, 4);
    assert_eq!(four.variants[1].replications.len(), 4);
}

// Goal: it is decided soon where variants differ or are the same, and not where they nearly are.
// Method: a quota of half as much; the same quota; one of a hundredth more.
#[test]
fn what_is_decided_is_known() {
    let open = |quota: &str| undecided(&until(&study(4, quota), 4, &|_| false));
    assert_eq!(open("110/s"), []);
    let halved = open("55/s");
    let of_throttles = |it: &(String, &str)| it.1 == "kms.throttled-share";
    assert!(!halved.iter().any(of_throttles), "{halved:?}");
    let close = open("109/s");
    assert!(close.iter().all(|it| it.0 == "second"));
    assert!(close.iter().any(of_throttles), "{close:?}");
}
