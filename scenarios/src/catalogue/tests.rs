use super::{metric, metrics};
use keystorm_record::{Better, Unit};
use std::collections::BTreeSet;

// Goal: what is worse is known of each metric that can be worse, and of no load.
// Method: one of each kind.
#[test]
fn directions_are_known() {
    let better = |name| metric(name).unwrap().better;
    assert_eq!(better("get.latency.p99"), Some(Better::Lower));
    assert_eq!(better("kms.headroom"), Some(Better::Higher));
    assert_eq!(better("all.ok-share"), Some(Better::Higher));
    assert_eq!(better("cost.month"), Some(Better::Lower));
    assert_eq!(better("all.rate"), None);
    assert_eq!(better("kms.calls.decrypt"), None);
}

// Goal: a name means one metric.
// Method: count distinct names, and look one up of each kind.
#[test]
fn names_are_unique() {
    let all = metrics();
    let names: BTreeSet<_> = all.iter().map(|m| m.name.clone()).collect();
    assert_eq!(names.len(), all.len());
    assert_eq!(all.len(), 17 * 20 + 35);
    assert_eq!(metric("get.latency.p99.9").unwrap().unit, Unit::Seconds);
    assert_eq!(metric("kms.throttled-share").unwrap().unit, Unit::Share);
    assert_eq!(metric("kms.latency"), None);
}
