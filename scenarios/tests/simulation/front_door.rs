use crate::common::{options, record_of, run_with, shipped};
use keystorm_record::{ClassCounts, Operation, Record, Variant};

/// Counts of a fleet's operation in the only replication of a variant.
fn counts(variant: &Variant, fleet: &str, operation: Operation) -> ClassCounts {
    let classes = variant.classes.iter().zip(&variant.replications[0].classes);
    let mut of_class = classes.filter(|(it, _)| it.fleet == fleet && it.operation == operation);
    *of_class.next().expect("the class is in the record").1
}

/// A shipped scenario, in one replication.
fn ship(name: &str) -> Record {
    let shipped = shipped();
    let found = shipped.iter().find(|(path, _)| path.ends_with(name));
    let (path, text) = found.expect("it is shipped");
    run_with(path, text, &[("run.replications", "1")], &options())
}

/// Errors of a variant: operation, status, code.
fn errors(variant: &Variant) -> Vec<(Operation, u16, &str)> {
    let refusals = variant.refusals.iter();
    refusals
        .map(|it| (it.operation, it.status, it.code.as_str()))
        .collect()
}

// Goal: a policy that demands a header denies uploads without it, though the bucket would encrypt
// them, and never reads; the record says who got which message.
// Method: the shipped scenario; one fleet relies on the default, one sends another header.
#[test]
fn a_policy_comes_before_the_buckets_default() {
    use Operation::{Get, Put};
    let record = ship("forced-encryption.toml");
    let [default, header, no_policy] = &record.variants[..] else {
        panic!("three variants");
    };
    // Of those that have ended.
    let all = |it: ClassCounts| (it.requests.0 - it.unfinished.0, it.denied.0);
    let (asked, denied) = all(counts(default, "shop", Put));
    assert!(asked > 300 && denied == asked, "{asked} {denied}");
    let read = counts(default, "shop", Get);
    assert!(read.denied.0 == 0 && read.ok.0 > 0);
    assert_eq!(counts(header, "shop", Put).denied.0, 0);
    let (asked, denied) = all(counts(header, "unload", Put));
    assert!(asked > 50 && denied == asked, "{asked} {denied}");
    assert_eq!(counts(no_policy, "unload", Put).denied.0, 0);
    // `unload` writes under SSE-S3 all the same, so that KMS sees the shop's calls only.
    let shop = counts(no_policy, "shop", Put).attempts + counts(no_policy, "shop", Get).attempts;
    let kms = &no_policy.replications[0].kms;
    assert_eq!(kms.generate_data_key + kms.decrypt, shop);
    let refusal = &header.refusals[..];
    assert_eq!(refusal.len(), 1);
    assert_eq!(refusal[0].fleets, ["unload"]);
    assert_eq!(
        refusal[0].message,
        "User: arn:aws:iam::111122223333:role/unload is not authorized to perform: s3:PutObject \
         on resource: \"arn:aws:s3:::amzn-s3-demo-bucket/unload/object\" with an explicit deny in \
         a resource-based policy"
    );
    assert!(record.warnings.iter().any(|it| it.code == "refused"));
    assert!(record.facts.iter().any(|it| it.id == "bucket.policy"));
}

// Goal: each scheme and version meets the policy as AWS documents it, the trap included.
// Method: the shipped scenario.
#[test]
fn tls_is_demanded_by_the_right_condition_only() {
    let record = ship("forced-tls.toml");
    let errors: Vec<_> = record.variants.iter().map(errors).collect();
    let denied = |operation| (operation, 403, "AccessDenied");
    let both = vec![denied(Operation::Get), denied(Operation::Put)];
    assert_eq!(errors, [vec![], both, vec![], vec![]]);
    let connect = |variant: &Variant| {
        let classes = variant.classes.iter();
        let (time, requests) = classes.fold((0, 0), |(time, requests), class| {
            (
                time + class.time.connect_ns.0,
                requests + class.latency.count(),
            )
        });
        time as f64 / requests as f64
    };
    let [https, _, http, tls_1_2] = &record.variants[..] else {
        panic!("four variants");
    };
    assert!(connect(http) < connect(https) && connect(https) < connect(tls_1_2));
}

// Goal: SSE-C is refused as S3 does it, whom it bills included.
// Method: the shipped scenario; requests billed against answers of each kind.
#[test]
fn sse_c_is_refused_as_s3_does_it() {
    use Operation::{Get, Put};
    let record = ship("sse-c.toml");
    let found: Vec<_> = record.variants.iter().map(errors).collect();
    let expected: [&[_]; 5] = [
        &[(Put, 403, "AccessDenied")],
        &[],
        &[(Get, 400, "InvalidRequest"), (Put, 400, "InvalidRequest")],
        &[(Get, 403, "AccessDenied"), (Put, 400, "InvalidArgument")],
        &[(Get, 400, "InvalidRequest")],
    ];
    assert_eq!(found, expected);
    for (variant, [gets, puts]) in record.variants.iter().zip([
        [true, true],
        [true, true],
        [false, false],
        [true, false],
        [false, true],
    ]) {
        let s3 = &variant.replications[0].s3;
        assert_eq!((s3.get_billed.0 > 0, s3.put_billed.0 > 0), (gets, puts));
        let kms = &variant.replications[0].kms;
        assert_eq!(kms.generate_data_key.0 + kms.decrypt.0, 0);
    }
}

// Goal: a key that cannot be used stops those who need it, and only those.
// Method: the shipped scenario.
#[test]
fn a_disabled_key_stops_who_needs_it() {
    use Operation::{Get, Put};
    let record = ship("disabled-key.toml");
    let found: Vec<_> = record.variants.iter().map(errors).collect();
    let both = |code| vec![(Get, 400, code), (Put, 400, code)];
    let expected = [
        vec![],
        both("KMS.DisabledException"),
        both("KMS.KMSInvalidStateException"),
        vec![(Get, 403, "AccessDenied")],
        both("KMS.NotFoundException"),
    ];
    assert_eq!(found, expected);
    for variant in &record.variants {
        let exports = counts(variant, "exports", Put);
        assert!(exports.denied.0 == 0 && exports.rejected.0 == 0 && exports.ok.0 > 0);
    }
}

// Goal: a fleet's header decides about KMS calls, whatever the bucket's default is.
// Method: four headers over a bucket of SSE-S3; who is asked how often.
#[test]
fn headers_decide_about_kms_calls() {
    let variant = |header: &str| {
        format!(
            "[[variants]]\nname = \"{header}\"\nfleets.a.request.encryption-header = \"{header}\"\n"
        )
    };
    let headers = ["none", "sse-s3", "sse-kms", "dsse-kms"]
        .map(variant)
        .concat();
    let record = record_of(&format!(
        r#"schema = 1
name = "headers"
run = {{ start = "2026-11-24T00:00:00Z", measure = "2 s", replications = 1 }}
account.region = "us-east-1"
bucket.encryption = "sse-s3"
[fleets.a]
concurrency = 50
arrivals.poisson = {{ rate = "100/s" }}
operations.put = 1
size.fixed = "1 KiB"
{headers}"#
    ));
    let calls = |variant: &Variant| variant.replications[0].kms.generate_data_key.0;
    let calls: Vec<_> = record.variants.iter().map(calls).collect();
    assert!(
        calls[0] == 0 && calls[1] == 0 && calls[2] > 150,
        "{calls:?}"
    );
    assert_eq!(calls[2], calls[3]);
    assert!(record.variants.iter().all(|it| it.refusals.is_empty()));
}
