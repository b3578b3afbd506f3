//! What a schema cannot say: values that contradict each other, or the world.
mod accounts;
mod client_keys;
mod express;
mod fleets;
mod kms;
mod network;
mod retries;
mod times;

use super::node::{At, Table};
use super::variants;
use crate::diagnostic::Diagnostic;
use crate::schema::{Encryption, KmsKey, KmsKeyState, Scenario, StorageClass};
use crate::units::decimal::grouped;
use crate::units::{ByteRate, Rate};
use keystorm_models::policy::Policy;

/// Version of the scenario format.
const SCHEMA: u32 = 1;
/// Most characters in a scenario's title.
const TITLE_CHARS_MAX: usize = 200;
/// Most Bucket Keys in all caches: 160 MB of a replication's memory.
const BUCKET_KEYS_MAX: u64 = 20_000_000;
/// Most cores of all instances, where they have anything to do: 80 MB of a replication's memory.
const CORES_MAX: u64 = 10_000_000;
/// Largest rate that whole numbers are asked of; all of them are exact floats.
const WHOLE_MAX: f64 = 1e12;

/// Everything wrong with a scenario whose keys, types and units are right.
pub(super) fn check(scenario: &Scenario, document: &Table) -> Vec<Diagnostic> {
    let mut check = Check {
        document,
        found: Vec::new(),
    };
    check.frame(scenario);
    check.bucket(scenario);
    check.key(scenario);
    check.clients(scenario);
    client_keys::check(scenario, &mut check);
    check.rates(scenario);
    kms::check(scenario, &mut check);
    accounts::check(scenario, &mut check);
    retries::check(&scenario.clients, &mut check);
    times::check(scenario, &mut check);
    network::check(scenario, &mut check);
    for (name, fleet) in &scenario.fleets {
        fleets::check(name, fleet, scenario, &mut check);
    }
    if check.found.is_empty() {
        check.load_factor(scenario);
    }
    check.found
}

/// A document and the mistakes found in it.
struct Check<'a> {
    document: &'a Table,
    found: Vec<Diagnostic>,
}

impl Check<'_> {
    /// Where the value at `path` was written; where its table was, if it is a default.
    fn at(&self, path: &[&str]) -> At {
        self.document.find(path).unwrap_or(At {
            source: 0,
            start: 0,
            end: 0,
        })
    }

    /// A mistake in the value at `path`.
    fn wrong(&mut self, path: &[&str], message: impl Into<String>, help: &str) {
        let found = Diagnostic::new(self.at(path).place(), message);
        self.found.push(if help.is_empty() {
            found
        } else {
            found.help(help)
        });
    }

    fn frame(&mut self, scenario: &Scenario) {
        if scenario.schema != SCHEMA {
            let message = format!("`schema` is {}; expected {SCHEMA}", scenario.schema);
            self.wrong(
                &["schema"],
                message,
                "this keystorm reads scenario files of schema 1",
            );
        }
        let title = &scenario.name;
        let chars = title.chars().count();
        if title.trim().is_empty() || chars > TITLE_CHARS_MAX || title.contains(char::is_control) {
            let message = format!(
                "the title of the scenario has {chars} characters; expected 1 to \
                 {TITLE_CHARS_MAX} printable ones"
            );
            self.wrong(
                &["name"],
                message,
                "such as name = \"Nightly job, eu-west-3\"",
            );
        }
        if scenario.fleets.is_empty() {
            self.wrong(
                &["fleets"],
                "`fleets` is empty; expected at least one",
                "add a table such as [fleets.web] with its arrivals, operations and size",
            );
        }
        for name in scenario.fleets.keys() {
            let at = self
                .document
                .key_at(&["fleets", name])
                .unwrap_or(self.at(&["fleets"]));
            self.found
                .extend(variants::name_mistake("the fleet's name", name, at));
        }
    }

    /// What fits by itself may not fit so many times.
    fn load_factor(&mut self, scenario: &Scenario) {
        let scaled = scenario.with_its_load();
        let mut check = Check {
            document: self.document,
            found: Vec::new(),
        };
        for (name, fleet) in &scaled.fleets {
            fleets::check(name, fleet, &scaled, &mut check);
        }
        check.clients(&scaled);
        if let Some(first) = check.found.first() {
            let message = format!(
                "`load-factor` is {}, and so many times the load is too much: {}",
                scenario.load_factor, first.message
            );
            self.wrong(&["load-factor"], message, "choose a lower factor");
        }
    }

    fn bucket(&mut self, scenario: &Scenario) {
        let bucket = &scenario.bucket;
        let path = &["bucket"];
        self.bucket_key(path, bucket.encryption, bucket.bucket_key);
        self.encrypts(path, bucket.encryption, scenario);
        if let Some(source) = &bucket.copy_source {
            self.bucket_key(
                &["bucket", "copy-source"],
                source.encryption,
                source.bucket_key,
            );
        }
        if bucket.storage_class == StorageClass::ExpressOneZone {
            express::check(scenario, self);
        }
        if let Some(Err(mistakes)) = bucket.policy.as_deref().map(Policy::parse) {
            for mistake in mistakes.list {
                let (line, column) = (mistake.line, mistake.column);
                let message = format!("`bucket.policy`, {line}:{column}: {}", mistake.message);
                let help = mistake.help.unwrap_or_default();
                self.wrong(&["bucket", "policy"], message, &help);
            }
        }
        let cache = &bucket.bucket_key_cache;
        let per_requester = u64::from(cache.caches) * (u64::from(cache.keys_read) + 1);
        let requesters = scenario.fleets.values();
        let requesters = requesters.map(|it| u64::from(it.requesters) * u64::from(it.tenants));
        let kept = per_requester.saturating_mul(requesters.sum());
        if kept > BUCKET_KEYS_MAX {
            self.wrong(
                &["bucket", "bucket-key-cache"],
                format!(
                    "`bucket.bucket-key-cache` has S3 keep {} Bucket Keys; expected at most {}",
                    grouped(kept),
                    grouped(BUCKET_KEYS_MAX)
                ),
                "that is caches × (keys-read + 1) × requesters × tenants of all fleets; lower one \
                 of them",
            );
        }
    }

    /// Only SSE-KMS can have a Bucket Key.
    fn bucket_key(&mut self, path: &[&str], encryption: Encryption, bucket_key: bool) {
        if !bucket_key || encryption == Encryption::SseKms {
            return;
        }
        let (mode, why) = match encryption {
            Encryption::None => ("none", "has no key"),
            Encryption::SseC => ("sse-c", "does not use KMS"),
            Encryption::DsseKms => ("dsse-kms", "asks KMS at every request"),
            Encryption::SseS3 | Encryption::SseKms => ("sse-s3", "does not use KMS"),
        };
        let table = path.join(".");
        let place = self.at(&[path, &["encryption"]].concat()).place();
        self.found.push(
            Diagnostic::new(
                self.at(&[path, &["bucket-key"]].concat()).place(),
                format!("`{table}.bucket-key` is true, but `{table}.encryption` is \"{mode}\""),
            )
            .label("only with \"sse-kms\"")
            .related(place, format!("\"{mode}\" {why}"))
            .help(format!(
                "where encryption is \"{mode}\", write {table}.bucket-key = false"
            )),
        );
    }

    /// Since 2023-01-05 S3 encrypts every new object.
    ///
    /// # Source
    /// Amazon S3 User Guide, "Setting default server-side encryption behavior for Amazon S3
    /// buckets", read 2026-04-13.
    fn encrypts(&mut self, path: &[&str], encryption: Encryption, scenario: &Scenario) {
        let since = jiff::civil::date(2023, 1, 5);
        if encryption == Encryption::None && crate::assemble::day(scenario) >= since {
            self.wrong(
                &[path, &["encryption"]].concat(),
                "`bucket.encryption` is \"none\" on a day when S3 encrypts every new object",
                "write \"sse-s3\", the default of every bucket; \"none\" is for runs that \
                 start before 2023-01-05",
            );
        }
    }

    fn key(&mut self, scenario: &Scenario) {
        if scenario.kms.key_state == KmsKeyState::Enabled {
            return;
        }
        let path = &["kms", "key-state"];
        if scenario.kms.key == KmsKey::AwsManaged {
            self.wrong(
                path,
                "`kms.key-state` is set, but `kms.key` is \"aws-managed\"",
                "nobody can change the state of the key aws/s3; write kms.key = \
                 \"customer-managed\"",
            );
        }
    }

    fn clients(&mut self, scenario: &Scenario) {
        if !scenario.clients.use_cores() {
            return;
        }
        let instances: u64 = scenario
            .fleets
            .values()
            .map(|it| u64::from(it.instances))
            .sum();
        let cores = instances * u64::from(scenario.clients.cores);
        if cores > CORES_MAX {
            self.wrong(
                &["clients", "cores"],
                format!(
                    "`clients.cores` times the instances of all fleets is {}; expected at most {}",
                    grouped(cores),
                    grouped(CORES_MAX)
                ),
                "use fewer instances or cores",
            );
        }
    }

    fn rates(&mut self, scenario: &Scenario) {
        if let Some(quota) = scenario.kms.request_quota {
            let help = "quotas are per second; divide a per-minute figure by 60";
            let path = &["kms", "request-quota"];
            self.whole(
                path,
                quota,
                1.0,
                "a positive whole rate such as \"20_000/s\"",
                help,
            );
        }
        let help = "one call in n seconds is not modelled; round it";
        let path = &["kms", "other-load"];
        self.whole(
            path,
            scenario.kms.other_load,
            0.0,
            "a whole rate such as \"4_000/s\"",
            help,
        );
        let help = "AWS documents 5_500/s for reads and 3_500/s for writes of a prefix, 200_000/s \
                    and 100_000/s of a directory bucket";
        for (key, rate) in [
            ("prefix-read-rate", scenario.s3.prefix_read_rate),
            ("prefix-write-rate", scenario.s3.prefix_write_rate),
            ("bucket-read-rate", scenario.s3.bucket_read_rate),
            ("bucket-write-rate", scenario.s3.bucket_write_rate),
        ] {
            self.whole(
                &["s3", key],
                rate,
                1.0,
                "a positive whole rate such as \"5_500/s\"",
                help,
            );
        }
        for (path, rate) in [
            (["s3", "connection-rate"], Some(scenario.s3.connection_rate)),
            (["clients", "crypto-rate"], scenario.clients.crypto_rate),
        ] {
            if let Some(rate @ ByteRate(0)) = rate {
                let message = format!(
                    "`{}` is \"{rate}\"; expected more than 0, such as \"95 MB/s\"",
                    path.join(".")
                );
                self.wrong(&path, message, "no transfer would ever end");
            }
        }
    }

    /// Quotas and their loads are counted in whole calls.
    fn whole(&mut self, path: &[&str], rate: Rate, min: f64, expected: &str, help: &str) {
        let shown = format!("`{}`", path.join("."));
        self.whole_as(path, &shown, rate, min, expected, help);
    }

    /// The same, of a value with another name than its path.
    fn whole_as(
        &mut self,
        path: &[&str],
        shown: &str,
        rate: Rate,
        min: f64,
        expected: &str,
        help: &str,
    ) {
        if rate.0.fract() != 0.0 || !(min..=WHOLE_MAX).contains(&rate.0) {
            let message = format!("{shown} is \"{rate}\"; expected {expected}");
            self.wrong(path, message, help);
        }
    }
}
