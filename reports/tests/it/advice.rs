use crate::fixture;
use crate::verdicts::{baseline, words};
use keystorm_record::{Int, Record};
use keystorm_reports::{State, verdict};

// Goal: the window of a variant decides whether it is too short, not that of another one whose work
// was done within seconds.
// Method: the record's window is that of the shortest; the first variant's own is long.
#[test]
fn anothers_short_window_casts_no_doubt() {
    let mut record = baseline("SSE-KMS, Bucket Key");
    record.window.measure_ns = Int(1_500_000_000);
    let verdict = verdict(&record);
    assert_eq!(verdict.state, State::Fits, "{}", words(&verdict));
}

// Goal: refusals are told up to the end of the variant's own run, though another's work was done
// earlier.
// Method: the record's window ends before the refusals do; the headline is that of the whole one.
#[test]
fn anothers_short_window_hides_no_refusals() {
    let mut record = fixture::record();
    let whole = verdict(&record).headline;
    assert!(whole.contains(" to "), "{whole}");
    record.window.measure_ns = Int(1_000_000_000);
    assert_eq!(verdict(&record).headline, whole);
}

// Goal: where the clients' queues hold requests back, the first attempts of a second are not all
// that the load asks for, and the advice does not say so.
// Method: throttling as it is, and with as much time in the queues as everywhere else.
#[test]
fn a_quota_is_a_lower_bound_while_clients_queue() {
    let advice = |record: &Record| words(&verdict(record));
    let mut record = fixture::record();
    let free = advice(&record);
    assert!(
        free.contains("Or ask for ") && !free.contains("at least"),
        "{free}"
    );
    for class in &mut record.variants[0].classes {
        class.time.wait_ns += class.time.total_ns();
    }
    let queued = advice(&record);
    assert!(
        queued.contains("Or ask for at least ") && queued.contains("queues"),
        "{queued}"
    );
}
