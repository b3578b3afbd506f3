//! Logs hold what the record counts, entry for entry.
use crate::common::options;
use keystorm_record::{Record, Variant};
use keystorm_scenarios::{
    LogKind, LogSink, Logs, Options, Overrides, Watch, load, run, run_logged,
};
use regex::Regex;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex};

/// Every kind of call and answer: throttles of KMS and of a prefix, a Bucket Key, two calls for a
/// request, a client that calls itself, uploads that are blocked. With a warm-up and the end of
/// a year.
const TEXT: &str = r#"schema = 1
name = "logs"
seed = 5
run = { start = "2026-12-31T23:59:57Z", warm-up = "1 s", measure = "4 s", replications = 2 }
account.region = "eu-west-3"
kms = { request-quota = "150/s", other-load = "40/s" }
bucket = { encryption = "sse-kms", prefixes = 3 }
s3.prefix-read-rate = "40/s"
[fleets.one]
instances = 4
concurrency = 30
arrivals.poisson = { rate = "180/s" }
operations = { get = 7, put = 3 }
size.lognormal = { median = "64 KiB", sigma = 1.5, max = "16 MiB" }
[fleets."two & three"]
instances = 3
concurrency = 5
arrivals.closed = { think-time = "50 ms" }
operations = { get = 1, put = 1 }
size.fixed = "128 KiB"
[[variants]]
name = "SSE-KMS"
[[variants]]
name = "Bucket Key"
bucket.bucket-key = true
[[variants]]
name = "DSSE-KMS"
bucket.encryption = "dsse-kms"
[[variants]]
name = "SSE-C"
bucket.encryption = "sse-c"
[[variants]]
name = "Client-side"
clients = { encryption = "s3-encryption-client", crypto-rate = "2 GB/s" }
"#;

type Texts = BTreeMap<(String, String), Vec<u8>>;

/// Keeps logs in memory, those that were finished.
#[derive(Debug, Default)]
struct Memory(Arc<Mutex<Texts>>);

struct Sink {
    memory: Arc<Mutex<Texts>>,
    name: (String, String),
    text: Vec<u8>,
    separator: &'static [u8],
}

impl Logs for Memory {
    fn open(&self, kind: LogKind, variant: &str) -> io::Result<Option<Box<dyn LogSink>>> {
        Ok(Some(Box::new(Sink {
            memory: Arc::clone(&self.0),
            name: (format!("{kind:?}"), variant.to_owned()),
            text: Vec::new(),
            separator: kind.separator(),
        })))
    }
}

impl LogSink for Sink {
    fn take(&mut self, entries: &[u8]) -> io::Result<()> {
        if !self.text.is_empty() {
            self.text.extend_from_slice(self.separator);
        }
        self.text.extend_from_slice(entries);
        Ok(())
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        let mut texts = self.memory.lock().expect("nobody panics with it");
        texts.insert(self.name, self.text);
        Ok(())
    }
}

fn logged(jobs: usize) -> (Record, Texts) {
    let study = load("logs.toml", TEXT, &Overrides::default());
    let study = study.unwrap_or_else(|mistakes| panic!("{}", mistakes.render(false)));
    let memory = Memory::default();
    let options = Options { jobs, ..options() };
    let record = run_logged(&study, &options, &Watch::default(), Some(&memory));
    let record = record.unwrap_or_else(|error| panic!("{error}"));
    let plain = run(&study, &options, &Watch::default()).expect("it ran before");
    assert!(
        record.to_json() == plain.to_json(),
        "logs change the record"
    );
    let texts = std::mem::take(&mut *memory.0.lock().expect("nobody panics with it"));
    (record, texts)
}

fn text(texts: &Texts, kind: &str, variant: &Variant) -> String {
    let name = (kind.to_owned(), variant.name.clone());
    String::from_utf8(texts[&name].clone()).expect("a log is text")
}

// Goal: a log is the same, byte for byte, whatever the number of jobs.
// Method: one job and two.
#[test]
fn logs_are_the_same_whatever_the_jobs() {
    assert!(logged(1).1 == logged(2).1);
}

// Goal: CloudTrail has one record for each call that is counted, no more and no less, and says who
// called and what was refused.
// Method: count the records of each variant by what they say.
#[test]
fn every_kms_call_has_its_record() {
    let (record, texts) = logged(2);
    for variant in &record.variants {
        let json = format!("[{}]", text(&texts, "Audit", variant));
        let records: Vec<Value> = serde_json::from_str(&json).unwrap();
        let count =
            |is: &dyn Fn(&Value) -> bool| records.iter().filter(|record| is(record)).count() as u64;
        let kms = &variant.replications[0].kms;
        let name = &variant.name;
        let called = |call: &'static str| move |it: &Value| it["eventName"] == call;
        let new_keys = count(&called("GenerateDataKey"));
        assert_eq!(new_keys, kms.generate_data_key.0, "{name}");
        assert_eq!(count(&called("Decrypt")), kms.decrypt.0, "{name}");
        let refused = count(&|it| it["errorCode"] == "ThrottlingException");
        assert_eq!(refused, kms.refused.0, "{name}");
        assert_eq!(
            records.len() as u64,
            kms.generate_data_key.0 + kms.decrypt.0
        );
        let ids: BTreeSet<_> = records
            .iter()
            .flat_map(|it| [&it["eventID"], &it["requestID"]])
            .map(|id| id.as_str().unwrap())
            .collect();
        assert_eq!(ids.len(), 2 * records.len(), "{name}: ids are used twice");
        let by_s3 = count(&|it| it["userIdentity"]["invokedBy"] == "fas.s3.amazonaws.com");
        let of_object = count(&|it| {
            let arn = &it["requestParameters"]["encryptionContext"]["aws:s3:arn"];
            arn.as_str().is_some_and(|arn| arn.contains("/prefix-"))
        });
        let direct = count(&|it| it["tlsDetails"].is_object());
        assert_eq!(by_s3 + direct, records.len() as u64, "{name}");
        match name.as_str() {
            "SSE-C" => assert!(records.is_empty()),
            "Bucket Key" => assert!(by_s3 > 0 && of_object == 0 && direct == 0),
            "Client-side" => assert!(of_object == by_s3 && by_s3 > 0 && direct > 0),
            _ => assert!(of_object == by_s3 && by_s3 > 0 && direct == 0),
        }
        for record in &records {
            // The window begins a second after t = 0 and ends four seconds later.
            let time = record["eventTime"].as_str().unwrap();
            let window = "2026-12-31T23:59:58Z"..="2027-01-01T00:00:02Z";
            assert!(window.contains(&time), "{time}");
        }
    }
    let first = &record.variants[0].replications[0];
    assert!(first.kms.refused.0 > 0, "nothing is throttled");
}

// Goal: the access log has one line for each answer of S3 that is counted, and tools can read it.
// Method: an expression with AWS's 27 fields in their order; count lines by status and operation.
#[test]
fn every_answer_of_s3_has_its_line() {
    let field = r"(\S+)";
    let fields = [
        r"([0-9a-f]{64}) ([a-z0-9.-]{3,63}) \[(\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d \+0000)\]",
        r"(\d+\.\d+\.\d+\.\d+) (arn:\S+|-) ([0-9A-F]{16}) (REST\.[A-Z_.]+)",
        r#"(\S+) "((?:GET|PUT) /\S+ HTTP/1\.1)" (\d{3}) (-|[A-Za-z]+)"#,
        r#"(-|\d+) (-|\d+) (\d+) (\d+) "([^"]*)" "([^"]*)" (\S+)"#,
        r"([A-Za-z0-9+/]+=*) (SigV4|-)",
    ];
    let rest = [field; 7].join(" ");
    let expression = Regex::new(&format!("^{} {rest}$", fields.join(" "))).unwrap();
    assert_eq!(expression.captures_len(), 1 + 27);
    let (record, texts) = logged(2);
    for variant in &record.variants {
        let log = text(&texts, "Access", variant);
        let name = &variant.name;
        let counts = &variant.replications[0].s3;
        let mut by_kind: BTreeMap<(String, String, String), u64> = BTreeMap::new();
        for line in log.lines() {
            let found = expression.captures(line);
            let found = found.unwrap_or_else(|| panic!("{name}: {line}"));
            let (total, turn_around) = (&found[14], &found[15]);
            let times: [u64; 2] = [total, turn_around].map(|it| it.parse().unwrap());
            assert!(times[0] >= times[1], "{line}");
            let key = (
                found[7].to_owned(),
                found[10].to_owned(),
                found[11].to_owned(),
            );
            *by_kind.entry(key).or_default() += 1;
        }
        assert_eq!(log.lines().count() as u64, counts.answered.0, "{name}");
        let billed = |operation: &str| -> u64 {
            let kinds = by_kind.iter();
            let billed = kinds.filter(|((it, status, _), _)| {
                it == operation && (status == "200" || status == "403")
            });
            billed.map(|(_, count)| count).sum()
        };
        assert_eq!(billed("REST.GET.OBJECT"), counts.get_billed.0, "{name}");
        assert_eq!(billed("REST.PUT.OBJECT"), counts.put_billed.0, "{name}");
        for (_, status, code) in by_kind.keys() {
            let expected = match status.as_str() {
                "200" => "-",
                "403" => "AccessDenied",
                _ => "SlowDown",
            };
            assert_eq!(code, expected, "{name}");
        }
        let slow_downs = by_kind.keys().any(|(_, status, _)| status == "503");
        assert!(slow_downs, "{name}: no prefix is throttled");
    }
}

// Goal: a log that cannot be written ends the run and says so.
// Method: a sink that is full after the first block.
#[test]
fn a_log_that_cannot_be_written_ends_the_run() {
    #[derive(Debug)]
    struct Full;
    impl Logs for Full {
        fn open(&self, _: LogKind, _: &str) -> io::Result<Option<Box<dyn LogSink>>> {
            Ok(Some(Box::new(Self)))
        }
    }
    impl LogSink for Full {
        fn take(&mut self, _: &[u8]) -> io::Result<()> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn finish(self: Box<Self>) -> io::Result<()> {
            panic!("it is not complete")
        }
    }
    let study = load("logs.toml", TEXT, &Overrides::default()).unwrap();
    let error = run_logged(&study, &options(), &Watch::default(), Some(&Full)).unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("cannot write a log: "), "{text}");
}
