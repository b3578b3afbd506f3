use crate::common::{mean, record_of};
use keystorm_record::{ClassCounts, Int, Mode, Operation, Record, TimeParts};
use proptest::prelude::*;

/// A random small scenario with all modes as variants.
fn scenario() -> impl Strategy<Value = String> {
    let load = (1_u32..400, 1_u32..300, 0_u32..100, 1_u32..4, 1_u32..20);
    let shape = (
        0_u32..10,
        1_u32..10,
        any::<bool>(),
        any::<bool>(),
        0_u64..1_000,
    );
    (load, shape).prop_map(|((rate, quota, other, instances, concurrency), shape)| {
        let (get, put, https, closed, seed) = shape;
        // Half of the scenarios have no warm-up, so that seconds and totals can be compared.
        let warm_up = seed % 2;
        let scheme = if https { "https" } else { "http" };
        let limiter = match seed / 2 % 4 {
            0 => "window-phase = \"clock\"",
            1 => "window-phase = \"drawn\"",
            2 => "limiter.token-bucket = { burst = 7 }",
            _ => "limiter.tick = { period = \"1 s\" }",
        };
        let (rises, later) = (20 * (seed % 3), 1 + quota / 2);
        let (old, requesters) = (seed % 10, 1 + seed % 7);
        let arrivals = if closed {
            "closed = { think-time = \"40 ms\" }".to_owned()
        } else {
            format!("poisson = {{ rate = \"{rate}/s\" }}")
        };
        format!(
            r#"schema = 1
name = "law"
seed = {seed}
run.start = "2026-11-24T00:00:00Z"
run.warm-up = "{warm_up} s"
run.measure = "4 s"
run.replications = 1
account.region = "us-east-1"
kms.request-quota = "{quota}/s"
kms.quota-changes = [{{ at = "2 s", quota = "{later}/s" }}]
kms.{limiter}
kms.other-load = "{other}/s"
kms.other-load-profile.points = [
    {{ at = "1 s", rate = "0/s" }}, {{ at = "3 s", rate = "{rises}/s" }} ]
bucket = {{ encryption = "sse-kms", prefixes = 2 }}
s3 = {{ prefix-read-rate = "150/s", prefix-write-rate = "90/s" }}
clients = {{ scheme = "{scheme}", checksum-mode = true }}
[fleets.a]
instances = {instances}
concurrency = {concurrency}
arrivals.{arrivals}
operations = {{ get = {get}, put = {put} }}
size.lognormal = {{ median = "64 KiB", sigma = 1.0, max = "8 MiB" }}
[fleets.b]
concurrency = 8
arrivals.profile = {{ points = [{{ at = "2 s", rate = "0/s" }}, {{ at = "4 s", rate = "200/s" }}] }}
operations = {{ get = 1, put = 1 }}
size.fixed = "1 MiB"
[fleets.c]
concurrency = 20
arrivals.poisson = {{ rate = "60/s" }}
size.fixed = "20 MiB"
[fleets.c.operations]
get = 1
put = 1
ranged-get = 2
head = 1
delete = 1
list = 1
copy = 2
create-multipart-upload = 1
upload-part = 3
upload-part-copy = 1
complete-multipart-upload = 1
abort-multipart-upload = 1
replicate = 1
[[variants]]
name = "SSE-KMS"
[[variants]]
name = "Bucket Key"
bucket.bucket-key = true
[[variants]]
name = "SSE-S3"
bucket.encryption = "sse-s3"
[[variants]]
name = "SSE-C"
bucket.encryption = "sse-c"
[[variants]]
name = "Client-side"
bucket.encryption = "sse-s3"
clients.encryption = "s3-encryption-client"
[[variants]]
name = "DSSE-KMS"
bucket.encryption = "dsse-kms"
[[variants]]
name = "DSSE-KMS, two calls"
bucket = {{ encryption = "dsse-kms", dsse-kms-calls = 2 }}
[[variants]]
name = "Bucket Key, old objects, many requesters"
bucket = {{ bucket-key = true, old-objects = 0.{old} }}
fleets.a.requesters = {requesters}
"#
        )
    })
}

/// KMS calls of a variant's only replication: all, and those granted.
fn kms_calls(record: &Record, variant: usize) -> (u64, u64) {
    let kms = &record.variants[variant].replications[0].kms;
    let calls = kms.generate_data_key.0 + kms.decrypt.0;
    (calls, calls - kms.refused.0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    // Goal: laws of every run: each request has one outcome, Little's law holds exactly, seconds
    // add up to the whole, a request's parts add up to its latency, as do the bands' parts.
    // Method: random scenarios over all modes, both schemes, open and closed loops; the run itself
    // refuses to give a record in which the first two fail.
    #[test]
    fn every_run_keeps_its_books(text in scenario()) {
        let record = record_of(&text);
        for variant in &record.variants {
            let replication = &variant.replications[0];
            for counts in &replication.classes {
                prop_assert_eq!(counts.requests, counts.outcomes());
                prop_assert!(counts.retried.0 <= counts.requests.0);
            }
            prop_assert_eq!(&replication.occupancy.integral_ns, &replication.occupancy.sojourn_ns);
            let ok: Int = replication.classes.iter().map(|counts| counts.ok).sum();
            let recorded: u64 = variant.classes.iter().map(|class| class.latency.count()).sum();
            prop_assert_eq!(ok.0, recorded);
            let (kms, series) = (&replication.kms, &variant.series);
            for (second, calls) in series.kms_calls.iter().enumerate() {
                prop_assert!(series.kms_refused[second] <= *calls);
                prop_assert!(series.kms_first_calls[second] <= *calls);
            }
            let sum = |column: &[Int]| column.iter().map(|it| it.0).sum::<u64>();
            let of_classes = |of: fn(&ClassCounts) -> Int| {
                replication.classes.iter().map(|it| of(it).0).sum::<u64>()
            };
            if record.window.warm_up_ns == Int(0) {
                prop_assert_eq!(sum(&series.requests), of_classes(|it| it.requests));
                prop_assert_eq!(sum(&series.ok), of_classes(|it| it.ok));
                prop_assert_eq!(sum(&series.ok), of_classes(|it| it.completed));
                prop_assert_eq!(sum(&series.throttled), of_classes(|it| it.throttled));
                prop_assert_eq!(sum(&series.bytes_ok), of_classes(|it| it.bytes_completed));
                prop_assert_eq!(sum(&series.kms_calls), kms.generate_data_key.0 + kms.decrypt.0);
                let again = kms.retries.map_or(0, |it| it.generate_data_key.0 + it.decrypt.0);
                prop_assert_eq!(sum(&series.kms_calls) - sum(&series.kms_first_calls), again);
                prop_assert_eq!(sum(&series.kms_refused), kms.refused.0);
                prop_assert_eq!(sum(&series.kms_other_calls), kms.other.0);
            }
            // Bands of latency hold every request once, and its parts.
            for class in &variant.classes {
                let mut time = TimeParts::default();
                for band in &class.bands {
                    let total = band.time().total_ns().0;
                    let mean = total / u128::from(band.requests.0);
                    let from = u128::from(band.from_ns.0);
                    prop_assert!(from <= mean && 2 * mean < 3 * from.max(1), "{:?}", band);
                    time.add(&band.time());
                }
                prop_assert_eq!(time, class.time);
                let requests: Int = class.bands.iter().map(|band| band.requests).sum();
                prop_assert_eq!(requests.0, class.latency.count());
            }
            // The mean of the histogram is within its three digits of the exact sum of the parts.
            for class in variant.classes.iter().filter(|class| class.latency.count() > 0) {
                let exact = class.time.total_ns().as_f64() / class.latency.count() as f64;
                let binned = class.latency.mean_ns().unwrap();
                prop_assert!((binned / exact - 1.0).abs() < 1e-3);
            }
        }
    }

    // Goal: SSE-S3 and SSE-C never call KMS; a Bucket Key never adds calls that are granted;
    // DSSE-KMS takes what SSE-KMS takes if it calls once, else a multiple; open arrivals are the
    // same in all variants.
    // Method: the same random scenarios, variant against variant.
    #[test]
    fn modes_keep_their_order(text in scenario()) {
        let record = record_of(&text);
        let mode = |index: usize| record.variants[index].setup.mode;
        prop_assert_eq!((mode(2), mode(3)), (Mode::SseS3, Mode::SseC));
        prop_assert_eq!(kms_calls(&record, 2).0, 0);
        prop_assert_eq!(kms_calls(&record, 3).0, 0);
        let replication = |index: usize| &record.variants[index].replications[0];
        prop_assert_eq!((mode(5), mode(6)), (Mode::DsseKms, Mode::DsseKms));
        prop_assert_eq!(replication(5), replication(0));
        // Refused in the warm-up, a call can come again in the window.
        let never = |index: usize| {
            let refused = &record.variants[index].series.kms_refused;
            refused.iter().all(|it| it.0 == 0)
        };
        if never(0) && never(6) {
            prop_assert_eq!(kms_calls(&record, 6).0, 2 * kms_calls(&record, 0).0);
        }
        if !text.contains("closed") {
            prop_assert!(kms_calls(&record, 1).1 <= kms_calls(&record, 0).1);
            let requests = |index: usize| record.variants[index].series.requests.clone();
            prop_assert!((1..8).all(|index| requests(index) == requests(0)));
        }
    }
}

// Goal: every operation calls KMS as the table says, on the server and in the client.
// Method: a fleet for each, all requests done long before the end, no quota in the way; calls
// against requests times the table by hand: SSE-KMS, SSE-S3 copied to SSE-KMS, client-side.
#[test]
fn every_operation_calls_kms_as_the_table_says() {
    let fleets = Operation::ALL.map(|operation| {
        let id = operation.id();
        format!(
            "[fleets.{id}]\nconcurrency = 100\nsize.fixed = \"1 MiB\"\n\
             operations.{id} = 1\narrivals.profile = {{ points = [\n\
             {{ at = \"0 s\", rate = \"30/s\" }},\n{{ at = \"4 s\", rate = \"30/s\" }},\n\
             {{ at = \"4 s\", rate = \"0/s\" }},\n] }}\n"
        )
    });
    let fleets = fleets.concat();
    let text = format!(
        r#"schema = 1
name = "calls"
run = {{ start = "2026-11-24T00:00:00Z", measure = "30 s", replications = 1 }}
account.region = "eu-west-3"
bucket.encryption = "sse-kms"
{fleets}
[[variants]]
name = "SSE-KMS"
[[variants]]
name = "copies of SSE-S3, checksums, nothing decrypted at the end"
bucket = {{ copy-source.encryption = "sse-s3", complete-upload-decrypts = false }}
clients.checksum-mode = true
[[variants]]
name = "client-side"
bucket.encryption = "sse-s3"
clients.encryption = "s3-encryption-client"
"#
    );
    let record = record_of(&text);
    // By operation, in order: GenerateDataKey, Decrypt.
    let kms = [0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0];
    let tables = [
        (kms, [1, 0, 1, 0, 0, 0, 1, 0, 1, 2, 1, 0, 1, 0, 1, 0]),
        (kms, [1, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0]),
        (
            [0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0],
            [1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0],
        ),
    ];
    for (variant, (keys, decrypts)) in record.variants.iter().zip(tables) {
        let replication = &variant.replications[0];
        let (mut generated, mut decrypted) = (0, 0);
        for (class, counts) in variant.classes.iter().zip(&replication.classes) {
            let number = class.operation as usize;
            assert_eq!(counts.ok, counts.requests, "{}", class.fleet);
            generated += keys[number] * counts.requests.0;
            decrypted += decrypts[number] * counts.requests.0;
            assert!(class.operation.id() != class.fleet || counts.requests.0 > 80);
        }
        let calls = &replication.kms;
        assert_eq!(calls.generate_data_key.0, generated, "{}", variant.name);
        assert_eq!(calls.decrypt.0, decrypted, "{}", variant.name);
        assert!(calls.encrypt.0 > 80);
        assert_eq!(calls.refused.0, 0);
    }
}

// Goal: what is refused for its mode ends in the right outcome, and the record says why.
// Method: SSE-C on a bucket that blocks it, and SSE-KMS over HTTP.
#[test]
fn contradictions_end_denied_and_rejected() {
    let text = r#"schema = 1
name = "refused"
run = { start = "2026-11-24T00:00:00Z", measure = "5 s", replications = 1 }
account.region = "eu-west-3"
bucket.encryption = "sse-c"
[fleets.only]
concurrency = 100
arrivals.poisson = { rate = "50/s" }
operations = { get = 1, put = 1 }
size.fixed = "1 KiB"
[[variants]]
name = "blocked"
[[variants]]
name = "plain"
clients.scheme = "http"
bucket.encryption = "sse-kms"
"#;
    let record = record_of(text);
    let [blocked, plain] = &record.variants[..] else {
        panic!("two variants")
    };
    assert!(mean(blocked, "put.denied-share") > 0.99);
    assert!(mean(blocked, "get.ok-share") > 0.98);
    assert!(mean(plain, "all.rejected-share") > 0.99);
    assert_eq!(kms_calls(&record, 1).0, 0);
    let refused: Vec<_> = record
        .warnings
        .iter()
        .filter(|it| it.code == "refused")
        .collect();
    assert_eq!(refused.len(), 3, "{refused:#?}");
    assert!(
        refused
            .iter()
            .any(|it| it.text.starts_with("every PUT of blocked is refused: 403"))
    );
}

/// One GET fleet; `more` goes before its table.
fn one_fleet(more: &str, fleet: &str) -> String {
    format!(
        r#"schema = 1
name = "one"
run.start = "2026-11-24T00:00:00Z"
run.replications = 3
account.region = "eu-west-3"
{more}
[fleets.only]
concurrency = 1_000
operations = {{ get = 1 }}
size.fixed = "1 KiB"
{fleet}
"#
    )
}

// Goal: a cut run says so, and its sums stay comparable.
// Method: three replications of about 1,000 requests in 10 s, cut at 1,000: some are, some may not
// be; the series ends where the shortest does.
#[test]
fn a_cut_replication_is_seen() {
    let record = record_of(&one_fleet(
        "run.measure = \"10 s\"\nrun.requests-max = 1_000\nbucket.encryption = \"sse-s3\"",
        "arrivals.poisson = { rate = \"100/s\" }",
    ));
    let replications = &record.variants[0].replications;
    let shortest = replications.iter().map(|it| it.measured_ns).min().unwrap();
    assert!(shortest < Int(10_000_000_000));
    assert!(record.window.cut);
    assert_eq!(record.window.measure_ns, shortest);
    assert!(record.warnings.iter().any(|it| it.code == "cut"));
    let seconds = shortest.0.div_ceil(1_000_000_000);
    assert_eq!(record.variants[0].series.seconds() as u64, seconds);
}

// Goal: throughput counts what ends in the window, whenever it began.
// Method: 100 workers with answers after 30 s and pauses of 1 s, 300 s of warm-up, 60 s measured:
// 100/31 answers a second by the response-time law, of which only half also began in the window.
// Workers drift apart by their pauses only, so each has one or two answers in the window: 10 %.
#[test]
fn throughput_counts_answers_in_the_window() {
    let more = "run.warm-up = \"300 s\"\nrun.measure = \"60 s\"\n\
                bucket.encryption = \"sse-s3\"\ns3.get-first-byte.constant = \"30 s\"";
    let fleet = "instances = 1\narrivals.closed = { think-time = \"1 s\" }";
    let text = one_fleet(more, fleet).replace("concurrency = 1_000", "concurrency = 100");
    let record = record_of(&text);
    let found = mean(&record.variants[0], "get.throughput");
    assert!((found / (100.0 / 31.0) - 1.0).abs() < 0.1, "{found}");
}

// Goal: Bucket Keys start as they are in the long run, neither cold nor all at hand.
// Method: 10 GET/s over 20 caches and 50 keys with a lifetime of 300 s and no warm-up: by theory
// (a cache with a time limit: misses 1/(1 + rT)) 2.5 calls/s. 600 s in three replications: 4,500
// calls, 4.4 standard errors are 6.6 %.
#[test]
fn bucket_keys_start_as_in_the_long_run() {
    let record = record_of(&one_fleet(
        "run.measure = \"600 s\"\nbucket = { encryption = \"sse-kms\", bucket-key = true }",
        "arrivals.poisson = { rate = \"10/s\" }",
    ));
    let found = mean(&record.variants[0], "kms.calls");
    assert!((found / 2.5 - 1.0).abs() < 0.066, "{found}");
}

// Goal: S3 bills what succeeds and what is refused with 403, not 503; KMS bills what it grants.
// Method: SSE-KMS far above its quota without retries, and SSE-C on a bucket that blocks it.
#[test]
fn only_billed_answers_are_paid_for() {
    let record = record_of(&one_fleet(
        "run.measure = \"20 s\"\nkms.request-quota = \"10/s\"\nclients.retry = \"none\"\n\
         bucket.encryption = \"sse-kms\"",
        "arrivals.poisson = { rate = \"100/s\" }\n[[variants]]\nname = \"throttled\"\n\
         [[variants]]\nname = \"blocked\"\nbucket.encryption = \"sse-c\"\n\
         fleets.only.operations = { get = 0, put = 1 }",
    ));
    for replication in &record.variants[0].replications {
        let calls = replication.kms.decrypt.0;
        assert_eq!(calls - replication.kms.refused.0, 200);
        assert!(replication.s3.get_billed.0 <= 200);
        assert!(replication.s3.get_billed.0 > 180);
    }
    for replication in &record.variants[1].replications {
        let denied = replication.classes[0].denied;
        assert!(denied.0 > 1_800);
        assert_eq!(replication.s3.put_billed, denied);
    }
}
