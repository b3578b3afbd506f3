//! Jobs in stages, with barriers.
use crate::common::{mean, options, record_with, run_with};
use keystorm_record::{Int, JobRun, Record, Replication, Variant};
use keystorm_scenarios::{Options, TieBreak};

/// A job whose requests take whole milliseconds: GETs 20, PUTs 40.
fn text(instances: u32, concurrency: u32, job: &str) -> String {
    format!(
        r#"schema = 1
name = "job"
run = {{ start = "2026-11-24T00:00:00Z", measure = "10 min", replications = 1 }}
account.region = "eu-west-3"
bucket.encryption = "sse-s3"
s3 = {{ get-first-byte.constant = "20 ms", put-first-byte.constant = "40 ms" }}
clients = {{ retry = "none", round-trip = "0 s" }}
[fleets.job]
instances = {instances}
concurrency = {concurrency}
size.fixed = "0 B"
arrivals.job = {{ {job} }}
"#
    )
}

fn run(text: &str, settings: &[(&str, &str)]) -> Record {
    run_with("job.toml", text, settings, &options())
}

fn variant(text: &str, settings: &[(&str, &str)]) -> Variant {
    run(text, settings).variants.remove(0)
}

fn millis(times: &[u64]) -> Vec<Int> {
    times.iter().map(|it| Int(it * 1_000_000)).collect()
}

fn job(replication: &Replication) -> &JobRun {
    &replication.jobs[0]
}

// Goal: a job takes exactly as long as its tasks do, wave after wave, whoever does them.
// Method: ten tasks of 20 + 20 + 1,000 + 40 ms for four workers are three waves; then three of
// 20 + 500 ms are one; one instance and four.
#[test]
fn completion_is_exact() {
    let stages = r#"start = "10 s", stages = [
        { tasks = 10, reads = 2, writes = 1, compute.constant = "1 s" },
        { tasks = 3, reads = 1, compute.constant = "500 ms" } ]"#;
    for (instances, concurrency) in [(1, 4), (4, 1)] {
        let found = variant(&text(instances, concurrency, stages), &[]);
        let replication = &found.replications[0];
        let expected = JobRun {
            fleet: "job".to_owned(),
            stages_ns: millis(&[13_240, 13_760]),
            stages: Int(2),
            task_failures: Int(0),
            failed_ns: None,
        };
        assert_eq!(replication.jobs, [expected]);
        assert_eq!(replication.completion_ns, Some(Int(13_760_000_000)));
        assert_eq!(replication.measured_ns, Int(13_760_000_000));
        assert!((mean(&found, "completion") - 13.76).abs() < 1e-9);
        assert!(mean(&found, "job.failed-share").abs() < 1e-9);
        let counts = &replication.classes;
        assert_eq!((counts[0].ok, counts[1].ok), (Int(23), Int(10)), "GET, PUT");
    }
}

// Goal: nobody begins a stage before the last task of the one before has ended.
// Method: four workers; five tasks of a second leave three idle in the second wave, though seven
// more tasks are to come: requests of each second.
#[test]
fn a_barrier_holds() {
    let stages = r#"stages = [
        { tasks = 5, reads = 1, compute.constant = "980 ms" },
        { tasks = 7, reads = 1, compute.constant = "980 ms" } ]"#;
    let found = variant(&text(2, 2, stages), &[]);
    let requests: Vec<u64> = found.series.requests.iter().map(|it| it.0).collect();
    assert_eq!(requests, [4, 1, 4, 3]);
    assert_eq!(
        job(&found.replications[0]).stages_ns,
        millis(&[2_000, 4_000])
    );
}

// Goal: a stage waits for its slowest task, as order statistics say.
// Method: 99 tasks at once, each uniform on 0 to 10 s: the largest has mean 9.9 s and a standard
// deviation of 0.099 s; one of 1 s with a chance of 2 % of 5 s each: 5 s with probability
// 1 - 0.98^99, else 1 s. Over 200 replications, within five standard errors.
#[test]
fn stages_wait_for_stragglers() {
    let of = |compute: &str| {
        let stages = format!("stages = [{{ tasks = 99, reads = 1, {compute} }}]");
        let found = variant(&text(9, 11, &stages), &[("run.replications", "200")]);
        mean(&found, "completion") - 0.02
    };
    let uniform = of("compute.quantiles = [{ at = 0.0, time = \"0 s\" }, \
                      { at = 1.0, time = \"10 s\" }]");
    let error = 0.099 / 200_f64.sqrt();
    assert!((uniform - 9.9).abs() < 5.0 * error, "{uniform}");
    let stretched = of("compute.constant = \"1 s\", stragglers = { share = 0.02, factor = 5.0 }");
    let chance = 1.0 - (0..99).fold(1.0, |power, _| power * 0.98);
    let error = 4.0 * (chance * (1.0 - chance) / 200.0_f64).sqrt();
    let expected = 1.0 + 4.0 * chance;
    assert!((stretched - expected).abs() < 5.0 * error, "{stretched}");
}

// Goal: a task whose request fails begins again; what fails too often ends the job, and the record
// and a warning say so.
// Method: KMS fails for ten seconds; a task computes 4 s, writes, and has a write refused at 4,
// 8 and, with no more tries, the job ended there; with more it is done at 12 s. Ties of times:
// 2 ms until a refusal is answered, 5 ms of KMS.
#[test]
fn failed_tasks_are_repeated_and_end_the_job_at_last() {
    let faults = [
        ("bucket.encryption", "\"sse-kms\""),
        ("kms.latency.constant", "\"5 ms\""),
        ("s3.refusal-latency", "\"2 ms\""),
        (
            "kms.faults",
            "[{ error = \"kms-internal\", share = 1.0, to = \"10 s\", takes = \"0 s\" }]",
        ),
    ];
    let of = |tries: u32| {
        let stages = format!(
            "task-attempts = {tries}, \
             stages = [{{ tasks = 1, writes = 1, compute.constant = \"4 s\" }}]"
        );
        run(&text(1, 2, &stages), &faults)
    };
    let done = &of(3).variants[0];
    let replication = &done.replications[0];
    assert_eq!(job(replication).task_failures, Int(2));
    assert_eq!(replication.completion_ns, Some(Int(12_049_000_000)));
    let failed = of(2);
    let replication = &failed.variants[0].replications[0];
    assert_eq!(job(replication).failed_ns, Some(Int(8_004_000_000)));
    assert!(job(replication).stages_ns.is_empty());
    assert_eq!(replication.completion_ns, None);
    assert_eq!(replication.measured_ns, Int(8_004_000_000));
    assert_eq!(replication.classes[0].failed, Int(2));
    assert!(!failed.variants[0].metrics.contains_key("completion"));
    assert!((mean(&failed.variants[0], "job.failed-share") - 1.0).abs() < 1e-9);
    let codes = |record: &Record| -> Vec<String> {
        record.warnings.iter().map(|it| it.code.clone()).collect()
    };
    assert!(codes(&failed).contains(&"job-failed".to_owned()));
    assert!(!codes(&failed).contains(&"cut".to_owned()));
}

// Goal: a run that is too short for its job says so; a fleet beside a job keeps the run going.
// Method: a job of a minute in half a minute; a job of a second beside open arrivals.
#[test]
fn runs_end_with_their_jobs_or_say_that_they_did_not() {
    let stages = "stages = [{ tasks = 1, reads = 1, compute.constant = \"1 min\" }]";
    let short = run(&text(1, 1, stages), &[("run.measure", "30 s")]);
    let warned = short.warnings.iter().any(|it| it.code == "job-unfinished");
    assert!(warned, "{:?}", short.warnings);
    let stages = "stages = [{ tasks = 1, reads = 1, compute.constant = \"1 s\" }]";
    let beside = text(1, 1, stages)
        + "[fleets.web]\nconcurrency = 9\noperations.get = 1\nsize.fixed = \"0 B\"\n\
           arrivals.poisson = { rate = \"5/s\" }\n";
    let replication = variant(&beside, &[("run.measure", "30 s")])
        .replications
        .remove(0);
    assert_eq!(replication.measured_ns, Int(30_000_000_000));
    assert_eq!(replication.completion_ns, Some(Int(1_020_000_000)));
    assert!(replication.classes[1].ok.0 > 100);
}

/// A job that is throttled and fails tasks, beside other fleets: every stream is drawn from.
const BUSY: &str = r#"schema = 1
name = "busy"
seed = 9
run = { start = "2026-11-24T00:00:00Z", measure = "60 s", replications = 3 }
account.region = "eu-west-3"
kms = { request-quota = "300/s", other-load = "40/s" }
bucket = { encryption = "sse-kms", prefixes = 3 }
[fleets.job]
instances = 7
concurrency = 9
size.lognormal = { median = "1 MiB", sigma = 1.0, max = "64 MiB" }
range-size = "256 KiB"
[fleets.job.arrivals.job]
start = "2 s"
start-spread = "3 s"
task-attempts = 16
stages = [
    { tasks = 90, reads = 9, read-operation = "ranged-get", writes = 1,
      compute.lognormal = { median = "800 ms", sigma = 0.5 },
      stragglers = { share = 0.1, factor = 3 } },
    { tasks = 20, reads = 3, writes = 2, write-operation = "upload-part" },
    { tasks = 1, reads = 20, read-operation = "head", writes = 20, write-operation = "delete" },
]
[fleets.open]
instances = 4
concurrency = 30
arrivals.poisson = { rate = "90/s" }
operations = { get = 7, put = 3 }
size.fixed = "64 KiB"
[fleets.closed]
concurrency = 5
arrivals.closed = { think-time = "50 ms" }
operations = { get = 1 }
size.fixed = "128 KiB"
[[variants]]
name = "SSE-KMS"
[[variants]]
name = "Bucket Key"
bucket.bucket-key = true
[[variants]]
name = "Client-side"
bucket.encryption = "sse-s3"
clients = { encryption = "s3-encryption-client", crypto-rate = "2 GB/s", overhead = "1 ms" }
[[variants]]
name = "Adaptive, S3A, a client per worker"
clients.retry.adaptive = { sdk = "java", rule-set = "2.0", attempts-max = 6 }
clients.outer-retry = "s3a"
clients.client-per = "worker"
"#;

// Goal: a job works with all the rest and keeps the books: what its tasks ask for is what has
// arrived, and every request has one outcome; the record is the same whatever the threads.
// Method: throttles, retries, client-side encryption, other fleets. A job that is done has made
// each request of a task that did not fail once, and those of failed tries up to the failure.
#[test]
fn jobs_keep_the_books_with_everything_else() {
    let record = record_with(BUSY, 1, TieBreak::Schedule);
    let mut failures = 0;
    for variant in &record.variants {
        for replication in &variant.replications {
            for counts in &replication.classes {
                assert_eq!(counts.requests, counts.outcomes());
            }
            let done = job(replication);
            assert_eq!(
                (done.stages_ns.len(), done.failed_ns),
                (3, None),
                "{}",
                variant.name
            );
            assert!(done.stages_ns.is_sorted());
            assert_eq!(replication.completion_ns.as_ref(), done.stages_ns.last());
            let its = variant.classes.iter().zip(&replication.classes);
            let its = its.filter(|(class, _)| class.fleet == "job");
            let (mut ok, mut failed) = (0, 0);
            for (_, counts) in its {
                ok += counts.ok.0;
                failed += counts.requests.0 - counts.ok.0;
            }
            let asked = 90 * 10 + 20 * 5 + 40;
            let again = done.task_failures.0;
            assert_eq!(failed, again, "each failed request fails a task");
            assert!(
                (asked..=asked + 39 * again).contains(&ok),
                "{ok} and {again}"
            );
            failures += again;
        }
    }
    assert!(failures > 10, "hardly any task has failed: {failures}");
    let two = record_with(BUSY, 2, TieBreak::Schedule).to_json();
    assert!(record.to_json() == two, "one job and two jobs differ");
    let every = Options {
        every_end_an_event: true,
        parts: Some(5),
        ..options()
    };
    let every = run_with("test.toml", BUSY, &[], &every).to_json();
    assert!(two == every, "parts or events change the record");
}

// Goal: two variants see the same tasks: what differs is what the setting does.
// Method: without throttles, the same requests of the same sizes under SSE-S3 and SSE-KMS, and with
// half the workers: bytes and counts by operation.
#[test]
fn variants_see_the_same_tasks() {
    let (without_variants, _) = BUSY.split_once("[[variants]]").unwrap();
    let settings = |more: &[(&'static str, &'static str)]| {
        let mut all = vec![
            ("kms.request-quota", "\"100_000/s\""),
            ("run.replications", "1"),
            ("s3.prefix-read-rate", "\"100_000/s\""),
        ];
        all.extend(more);
        let found = run_with("test.toml", without_variants, &all, &options())
            .variants
            .remove(0);
        let classes = found.classes.iter().zip(&found.replications[0].classes);
        let its = classes.filter(|(class, _)| class.fleet == "job");
        let its: Vec<_> = its.map(|(_, it)| (it.ok, it.bytes_completed)).collect();
        (its, mean(&found, "completion"))
    };
    let (kms, kms_takes) = settings(&[]);
    let (s3, s3_takes) = settings(&[("bucket.encryption", "\"sse-s3\"")]);
    let (few, few_take) = settings(&[("fleets.job.instances", "3")]);
    assert_eq!(kms, s3);
    assert_eq!(kms, few);
    assert!(
        s3_takes < kms_takes && kms_takes < few_take,
        "{s3_takes} {kms_takes} {few_take}"
    );
}

// Goal: a stage can read and write objects of sizes of its own; left out, or the same as the
// fleet's, they are the fleet's.
// Method: bytes of a job whose stages read 4 MB and 1 MB and write 2 MB and nothing; a job whose
// stages say what its fleet says against one whose stages say nothing, every count and time.
#[test]
fn stages_have_sizes_of_their_own() {
    let stages = |own: &str| {
        format!(
            r#"stages = [ {{ tasks = 10, reads = 2, writes = 1{own} }},
                {{ tasks = 5, reads = 1, compute.constant = "1 s" }} ]"#
        )
    };
    let size = [("fleets.job.size.fixed", "\"1 MB\"")];
    let found = variant(
        &text(
            2,
            3,
            &stages(r#", read-size.fixed = "4 MB", write-size.fixed = "2 MB""#),
        ),
        &size,
    );
    let bytes = |it: &keystorm_record::ClassCounts| it.bytes_completed.0 / 1_000_000;
    let moved: Vec<u64> = found.replications[0].classes.iter().map(bytes).collect();
    assert_eq!(moved, [20 * 4 + 5, 10 * 2], "GET, PUT");
    let same = stages(r#", read-size.fixed = "1 MB", write-size.fixed = "1 MB""#);
    let [with, without] = [same, stages("")].map(|it| variant(&text(2, 3, &it), &size));
    assert_eq!(with.replications, without.replications);
    assert_eq!(with.classes, without.classes);
}
