//! Accounts beside the bucket's, each with a KMS quota of its own.
use crate::fixture;
use crate::fixture::metrics::metric;
use keystorm_record::{Int, KmsCounts, Mode, OtherAccount, Record, Unit};
use keystorm_reports::{Finding, Terminal, html, terminal, verdict};

/// The fixture, whose first variant has another account that asks for so much of 1,000/s.
fn record(demand: u64, refused: u64, calm: bool) -> Record {
    let mut record = fixture::record();
    if calm {
        record
            .variants
            .retain(|it| it.setup.mode == Mode::SseKmsBucketKey);
    }
    let variant = &mut record.variants[0];
    variant.setup.other_accounts = vec![OtherAccount {
        name: "lake".to_owned(),
        kms_quota_per_s: Int(1_000),
        kms_other_load_per_s: Int(0),
    }];
    let mut share = 0.0;
    for replication in &mut variant.replications {
        let counts = KmsCounts {
            decrypt: Int(50_000),
            refused: Int(refused),
            peak_second: Int(demand + 100),
            peak_second_first: Int(demand),
            peak_minute: Int(60 * demand),
            peak_minute_seconds: Int(60),
            ..replication.kms
        };
        share = refused as f64 / counts.calls().as_f64();
        replication.other_accounts = vec![counts];
    }
    variant.metrics.insert(
        "other-accounts.kms.throttled-share".to_owned(),
        metric(Unit::Share, &[share; 3]),
    );
    record
}

const STYLE: Terminal = Terminal {
    width: 100,
    color: false,
};

// Goal: terminal and page show the quota, demand and headroom of other accounts, where there are.
// Method: 900 of 1,000/s asked for: 10 % of headroom.
#[test]
fn other_accounts_have_a_table() {
    let record = record(900, 0, false);
    let shown = terminal(&record, STYLE);
    let row = shown
        .lines()
        .find(|line| line.contains(", lake"))
        .unwrap_or_else(|| panic!("{shown}"));
    for cell in ["1,000", "900", "10.0"] {
        assert!(row.contains(cell), "{row}");
    }
    assert!(html(&record).contains("What KMS sees in other accounts"));
    assert!(!terminal(&fixture::record(), STYLE).contains("other accounts"));
    assert!(!html(&fixture::record()).contains("in other accounts"));
}

// Goal: throttles in another account are a verdict of their own, and are named where the bucket's
// account is throttled too.
// Method: a load that the bucket's account bears and the other does not; then one that neither
// bears.
#[test]
fn a_verdict_names_the_account_that_is_throttled() {
    let elsewhere = verdict(&record(1_200, 9_000, true));
    assert_eq!(elsewhere.finding, Finding::OtherAccountThrottled);
    assert_eq!(elsewhere.headline, "KMS throttles the account lake.");
    let said = elsewhere.say.words();
    assert!(said.contains("1,200 calls/s"), "{said}");
    let both = verdict(&record(1_200, 9_000, false));
    assert_eq!(both.finding, Finding::KmsThrottles);
    let said = both.say.words();
    assert!(
        said.contains("It throttles the account lake, too."),
        "{said}"
    );
    let calm = verdict(&record(900, 0, true));
    assert_ne!(calm.finding, Finding::OtherAccountThrottled);
}
