//! Every number from outside that a run used, with its source.
mod client_keys;
mod cores;
mod kms;
mod network;
mod prefixes;
mod prices;
mod words;

pub(crate) use prices::all_prices;
pub(crate) use words::{per_second, retry, thousands};

use crate::assemble;
use crate::load::{Study, StudyVariant, shown_path};
use crate::schema::{Arrivals, Encryption, Latency, Outer, Retry, Scenario};
use crate::units::ByteSize;
use keystorm_models::tables;
use keystorm_models::workload::Operation;
use keystorm_models::{Certainty as Trust, Sourced};
use keystorm_record::{Certainty, Fact, Mode};
use words::{bytes_per_second, latency, quantiles};

/// The facts of all variants; one that only some use names them.
pub(crate) fn of_study(study: &Study) -> Vec<Fact> {
    let mut facts: Vec<Fact> = Vec::new();
    for variant in &study.variants {
        for fact in of_variant(variant, study) {
            let same = |known: &&mut Fact| {
                (&known.id, &known.value, &known.source, known.certainty)
                    == (&fact.id, &fact.value, &fact.source, fact.certainty)
            };
            match facts.iter_mut().find(same) {
                Some(known) => known.variants.push(variant.name.clone()),
                None => facts.push(Fact {
                    variants: vec![variant.name.clone()],
                    ..fact
                }),
            }
        }
    }
    for fact in &mut facts {
        if fact.variants.len() == study.variants.len() {
            fact.variants.clear();
        }
    }
    facts
}

fn of_variant(variant: &StudyVariant, study: &Study) -> Vec<Fact> {
    let mode = variant.scenario.mode();
    let calls_kms = variant.scenario.calls_kms();
    let bucket = &variant.scenario.bucket;
    let facts = Facts {
        variant,
        scenario: &variant.scenario,
    };
    let mut list = Vec::new();
    if calls_kms {
        list.extend(facts.kms());
    }
    if variant.scenario.s3_calls_kms() {
        list.extend(facts.calls_of_s3());
    }
    if variant.scenario.uses(Encryption::DsseKms) {
        list.push(facts.calls_of_dsse());
    }
    if mode == Mode::ClientSide {
        list.extend(facts.keys_of_client());
    }
    if bucket.bucket_key {
        list.extend(facts.bucket_key());
    }
    if variant.scenario.uses(Encryption::SseC) {
        list.push(facts.blocked());
    }
    if bucket.policy.is_some() {
        list.push(Facts::policy());
    }
    list.extend(facts.s3());
    list.extend(facts.clients());
    list.extend(facts.network());
    list.extend(facts.handshakes(&study.calibration));
    list.extend(facts.jobs());
    if mode == Mode::ClientSide {
        list.extend(facts.cores(&study.calibration));
    }
    list.extend(facts.prices(calls_kms, study.prices.as_ref()));
    list
}

struct Facts<'a> {
    variant: &'a StudyVariant,
    scenario: &'a Scenario,
}

impl Facts<'_> {
    fn is_default(&self, path: &str) -> bool {
        self.variant.defaulted.iter().any(|it| it == path)
    }

    /// A value of the scenario, or else keystorm's default with where that comes from.
    fn setting(&self, path: &str, subject: &str, value: String, default: &Sourced<()>) -> Fact {
        if self.is_default(path) {
            return sourced(path, subject, value, default);
        }
        Self::given(path, subject, value)
    }

    /// A value of the scenario.
    fn given(path: &str, subject: &str, value: String) -> Fact {
        Fact {
            id: path.to_owned(),
            subject: subject.to_owned(),
            value,
            source: "scenario".to_owned(),
            date: String::new(),
            certainty: Certainty::Given,
            note: String::new(),
            variants: Vec::new(),
        }
    }

    fn policy() -> Fact {
        let rule = Sourced {
            value: (),
            source: "Amazon S3 User Guide, \"Using server-side encryption with AWS KMS keys\" and \
                     \"Setting default server-side encryption behavior for Amazon S3 buckets\""
                .into(),
            date: "2026-04-13".into(),
            certainty: Trust::Assumed,
            note: "that the policy comes before the bucket's default is from an older edition; of \
                   the KMS key it sees the one that will be used; callers of the account are taken \
                   to be allowed what it does not mention"
                .into(),
        };
        let value = "before the bucket's default encryption".to_owned();
        sourced("bucket.policy", "The bucket policy is asked", value, &rule)
    }

    fn blocked(&self) -> Fact {
        let types = &self.scenario.bucket.blocked_encryption_types;
        let value = if types.is_empty() {
            "nothing"
        } else {
            "SSE-C uploads"
        };
        let rollout = Sourced {
            value: (),
            source: "Amazon S3 User Guide, BlockedEncryptionTypes of PutBucketEncryption".into(),
            date: "2026-04-13".into(),
            certainty: Trust::Documented,
            note:
                "new buckets since April 2026, not in me-south-1 and me-central-1; older buckets \
                   of accounts that hold SSE-C objects are as they were"
                    .into(),
        };
        let path = "bucket.blocked-encryption-types";
        self.setting(
            path,
            "Encryption that the bucket blocks",
            value.to_owned(),
            &rollout,
        )
    }

    fn s3(&self) -> Vec<Fact> {
        let s3 = &self.scenario.s3;
        let first_byte = |it: &Option<Latency>, table: &Sourced<&'static [(f64, u64)]>| {
            it.as_ref().map_or_else(|| quantiles(table.value), latency)
        };
        let class = assemble::storage_class(self.scenario);
        let get = tables::s3_first_byte(Operation::Get, class);
        let put = tables::s3_first_byte(Operation::Put, class);
        let mut list = vec![
            self.setting(
                "s3.get-first-byte",
                "Time to first byte of a GET",
                first_byte(&s3.get_first_byte, &get),
                &get.map(|_| ()),
            ),
            self.setting(
                "s3.put-first-byte",
                "Time of a PUT without its transfer",
                first_byte(&s3.put_first_byte, &put),
                &put.map(|_| ()),
            ),
            self.setting(
                "s3.connection-rate",
                "Transfer rate of one connection",
                bytes_per_second(s3.connection_rate),
                &tables::s3_connection_rate().map(|_| ()),
            ),
            self.setting(
                "s3.refusal-latency",
                "Time until S3 answers a refused request",
                s3.refusal_latency.to_string(),
                &assumed("not published; a refusal reads and writes no data"),
            ),
        ];
        list.extend(self.latency_factor());
        list.extend(self.rates());
        list
    }

    fn clients(&self) -> Vec<Fact> {
        let clients = &self.scenario.clients;
        let rules = clients.retry.rules().expect("checked when it was loaded");
        let mut list = vec![
            self.setting(
                "clients.retry",
                "Retries",
                retry(&clients.retry),
                &Sourced {
                    note: "the SDKs' default since 2026-11-10".into(),
                    ..rules.clone().map(|_| ())
                },
            ),
            self.setting(
                "clients.round-trip",
                "Network round trip; a new connection pays one for TCP and one for TLS 1.3",
                clients.round_trip.to_string(),
                &assumed("instances in the Region of the bucket"),
            ),
            self.setting(
                "clients.keep-alive",
                "Idle time after which a connection is closed",
                clients.keep_alive.to_string(),
                &assumed("S3's idle time-out is not published"),
            ),
        ];
        if !matches!(clients.retry, Retry::None | Retry::Custom(_)) {
            let words = words::rules(&rules.value);
            list.push(fact("retry-rules", "Retry rules of the SDK", words, rules));
        }
        for (name, fleet) in &self.scenario.fleets {
            if let Some(manager) = fleet.transfer_manager {
                let rules = manager.rules();
                let value = format!(
                    "{}: parts of {} from {} on, up to {} at a time",
                    manager.name(),
                    ByteSize(rules.value.part),
                    ByteSize(rules.value.parts_from),
                    rules.value.at_once
                );
                let id = format!("fleets.{name}.transfer-manager");
                list.push(fact(&id, "How objects are moved", value, rules));
            }
        }
        if clients.outer_retry == Outer::S3a {
            let value = "20 more calls after throttles, 7 after other errors that may pass";
            let source = Sourced {
                value: (),
                source: "GitHub apache/hadoop, S3ARetryPolicy.java 03093582 and core-default.xml"
                    .into(),
                date: "2026-11-24".into(),
                certainty: Trust::Documented,
                note: "S3A's defaults; status 400 is not tried again".into(),
            };
            list.push(sourced(
                "clients.outer-retry",
                "Retries around the SDK",
                value.to_owned(),
                &source,
            ));
        }
        list
    }
}

impl Facts<'_> {
    /// How often each job tries a task.
    fn jobs(&self) -> impl Iterator<Item = Fact> {
        let fleets = self.scenario.fleets.iter();
        fleets.filter_map(|(name, fleet)| {
            let Arrivals::Job(job) = &fleet.arrivals else {
                return None;
            };
            let path = ["fleets", name, "arrivals", "job", "task-attempts"].map(str::to_owned);
            Some(self.setting(
                &shown_path(&path),
                "Tries of a task until its job is given up",
                job.task_attempts.to_string(),
                &tables::spark_task_attempts().map(|_| ()),
            ))
        })
    }
}

/// A fact of a value in words, and where the value comes from.
pub(crate) fn fact<T>(id: &str, subject: &str, value: String, from: Sourced<T>) -> Fact {
    sourced(id, subject, value, &from.map(|_| ()))
}

fn sourced(id: &str, subject: &str, value: String, from: &Sourced<()>) -> Fact {
    Fact {
        id: id.to_owned(),
        subject: subject.to_owned(),
        value,
        source: from.source.to_string(),
        date: from.date.to_string(),
        certainty: match from.certainty {
            Trust::Documented => Certainty::Documented,
            Trust::Measured => Certainty::Measured,
            Trust::Assumed => Certainty::Assumed,
        },
        note: from.note.to_string(),
        variants: Vec::new(),
    }
}

/// A default of keystorm for want of a source, with the reason.
fn assumed(reason: &'static str) -> Sourced<()> {
    Sourced {
        value: (),
        source: "keystorm's default".into(),
        date: "2026-11-24".into(),
        certainty: Trust::Assumed,
        note: reason.into(),
    }
}
