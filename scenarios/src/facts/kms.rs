//! Facts about KMS, and about who calls it.
use super::words::{latency, per_second, rate, thousands};
use super::{Facts, assumed, sourced};
use crate::assemble;
use crate::schema::{
    Fault, FaultError, KeyStore, Kms, Limiter, OtherAccount, QuotaChange, RefusedCalls, WindowPhase,
};
use crate::units::{Duration, Rate};
use keystorm_models::s3::{KmsCallRow, Role, When, dsse_kms_calls, kms_call_rows};
use keystorm_models::{Certainty as Trust, Sourced, tables};
use keystorm_record::{Fact, Operation};
use keystorm_sim::Time;

/// The account's other load in words.
fn other_load(kms: &Kms) -> String {
    let steady = rate(kms.other_load);
    let Some(profile) = &kms.other_load_profile else {
        return format!("{steady}, evenly spaced");
    };
    let rates = || profile.points.iter().map(|point| point.rate);
    let least = rates().map(|it| it.0).fold(f64::INFINITY, f64::min);
    let most = rates().map(|it| it.0).fold(0.0, f64::max);
    format!(
        "{steady} and a profile of {} to {}, evenly spaced within a second",
        rate(Rate(least)),
        rate(Rate(most))
    )
}

/// Time since t = 0.
fn since(at: Time) -> Duration {
    Duration(at - Time::ZERO)
}

impl Facts<'_> {
    pub(super) fn kms(&self) -> Vec<Fact> {
        let kms = &self.scenario.kms;
        let quota = assemble::kms_quota(self.scenario);
        let region = &self.scenario.account.region;
        let documented = |note| Sourced {
            value: (),
            source: "AWS General Reference, AWS KMS endpoints and quotas".into(),
            date: "2026".into(),
            certainty: Trust::Documented,
            note,
        };
        let mut list = vec![
            self.setting(
                "kms.request-quota",
                &format!("KMS request quota, symmetric keys, {region}"),
                per_second(quota.value),
                &quota.map(|_| ()),
            ),
            self.setting(
                "kms.other-load",
                "Other load of the account on this quota",
                other_load(kms),
                &assumed("none, unless the scenario says so"),
            ),
            sourced(
                "kms-charged-account",
                "Account on whose quota and bill a call counts",
                "the one that makes the request, whoever owns key and bucket".to_owned(),
                &documented("S3 calls KMS with the caller's own session".into()),
            ),
            match kms.limiter {
                Limiter::FixedWindow => sourced(
                    "kms-throttling",
                    "How KMS throttles",
                    "a counter per one-second interval; after the quota all calls are refused \
                     until its end"
                        .to_owned(),
                    &documented("".into()),
                ),
                Limiter::TokenBucket(_) | Limiter::Tick(_) => self.limiter(),
            },
            self.interval(),
            self.setting(
                "kms.latency",
                "Latency of a KMS call",
                latency(&kms.latency),
                &assumed("AWS publishes no distribution; a short request inside a Region"),
            ),
            self.setting(
                "kms.refusal-latency",
                "Time until KMS answers a refused call",
                kms.refusal_latency.to_string(),
                &assumed("not published; a refusal does no cryptographic work"),
            ),
        ];
        list.extend(self.quota_changes());
        list.extend(self.other_accounts());
        list.extend(self.key_store());
        list.extend(self.faults());
        list
    }

    /// Changes of the quota within the run: AWS's own, and the scenario's.
    fn quota_changes(&self) -> Vec<Fact> {
        let mut list = Vec::new();
        if self.scenario.kms.request_quota.is_none() {
            let changes = assemble::changes_of_default(self.scenario);
            list.extend(changes.into_iter().map(|(at, quota)| {
                let mut from = quota.clone().map(|_| ());
                from.note = "AWS gives the day, not the hour: at its midnight in UTC".into();
                let value = format!("{}, {} after t = 0", per_second(quota.value), since(at));
                sourced(
                    "kms-quota-era",
                    "KMS request quota, from a later day on",
                    value,
                    &from,
                )
            }));
        }
        if !self.scenario.kms.quota_changes.is_empty() {
            let change = |it: &QuotaChange| format!("{} from {} on", rate(it.quota), it.at);
            let changes: Vec<_> = self.scenario.kms.quota_changes.iter().map(change).collect();
            list.push(self.setting(
                "kms.quota-changes",
                "Changes of the quota within the run",
                changes.join(", "),
                &assumed("none, unless the scenario says so"),
            ));
        }
        list
    }

    /// Quotas of further accounts, and what else uses them.
    fn other_accounts(&self) -> Vec<Fact> {
        let fact = |(name, account): (&String, &OtherAccount)| {
            let default = assemble::default_on_the_day(self.scenario);
            let quota = account.request_quota.unwrap_or(Rate(default.value as f64));
            let id = format!("other-accounts.{name}.request-quota");
            let subject = format!("KMS request quota of the account {name}");
            let value = format!(
                "{}, other load on it {}",
                rate(quota),
                rate(account.other_load)
            );
            if account.request_quota.is_some() {
                Self::given(&id, &subject, value)
            } else {
                sourced(&id, &subject, value, &default.map(|_| ()))
            }
        };
        self.scenario.other_accounts.iter().map(fact).collect()
    }

    /// A custom key store: its quota, its time.
    fn key_store(&self) -> Vec<Fact> {
        let kms = &self.scenario.kms;
        let store = match kms.key_store {
            KeyStore::Kms => return Vec::new(),
            KeyStore::CloudHsm => "CloudHSM",
            KeyStore::External => "external",
        };
        let mut list = vec![self.setting(
            "kms.key-store-quota",
            &format!("Requests per second that the {store} key store takes, beside the quota"),
            rate(kms.key_store_quota),
            &tables::key_store_quota().map(|_| ()),
        )];
        list.push(sourced(
            "kms-key-store-order",
            "Which quota is asked first",
            "the account's; what the store refuses has counted there".to_owned(),
            &assumed("AWS publishes that both count, not in which order"),
        ));
        if kms.key_store == KeyStore::CloudHsm {
            let weight = assemble::data_key_weight(self.scenario);
            list.push(self.setting(
                "kms.key-store-data-key-weight",
                "Requests of it that one GenerateDataKey takes",
                weight.value.to_string(),
                &weight.map(|_| ()),
            ));
        } else {
            let timeout = tables::key_store_proxy_timeout();
            let value = format!("{}, tried once more", timeout.value);
            let subject = "Time that KMS waits for the key store's proxy";
            let from = timeout.map(|_| ());
            list.push(sourced("key-store-timeout", subject, value, &from));
            list.push(sourced(
                "key-store-timeout-s3",
                "What S3 answers when the proxy is too slow",
                "400 KMS.KMSInvalidStateException, which SDKs do not try again".to_owned(),
                &assumed(
                    "KMS answers its own callers so; S3's list of errors has the code, but not \
                     when it is given",
                ),
            ));
            list.push(self.setting(
                "kms.key-store-proxy-latency",
                "Time of the key store's proxy",
                latency(&kms.key_store_proxy_latency),
                &assumed("AWS asks for a round trip of at most 35 ms to it"),
            ));
        }
        list
    }

    fn faults(&self) -> Option<Fact> {
        let kms = &self.scenario.kms;
        let fault = |it: &Fault| {
            let error = match it.error {
                FaultError::KeyUnavailable => "key unavailable",
                FaultError::KmsInternal => "internal error",
                FaultError::DependencyTimeout => "dependency time-out",
            };
            let from = it.from.map(|at| format!(" from {at}")).unwrap_or_default();
            let to = it.to.map(|at| format!(" to {at}")).unwrap_or_default();
            format!("{error}, {} % of the calls{from}{to}", it.share * 100.0)
        };
        let faults: Vec<_> = kms.faults.iter().map(fault).collect();
        let mut fact = self.setting(
            "kms.faults",
            "Faults of KMS",
            faults.join("; "),
            &assumed("none, unless the scenario says so"),
        );
        fact.note = "what S3 answers for a fault of KMS is not published: 503 is assumed, its own \
                     fault, which SDKs try again"
            .into();
        (!kms.faults.is_empty()).then_some(fact)
    }

    /// A limiter that AWS does not document.
    fn limiter(&self) -> Fact {
        let kms = &self.scenario.kms;
        let kind = assemble::limiter(&kms.limiter);
        let burst = thousands(kind.burst(assemble::kms_quota(self.scenario).value));
        let value = match &kms.limiter {
            Limiter::Tick(tick) => {
                format!("tokens every {}, at most {burst} at a time", tick.period)
            }
            _ => format!("tokens that accrue continuously, at most {burst} at a time"),
        };
        let mut fact = self.setting(
            "kms.limiter",
            "How KMS throttles",
            value,
            &assumed("AWS documents a counter per one-second interval"),
        );
        fact.note = "not as documented: AWS describes a counter per one-second interval".into();
        fact
    }

    /// What AWS does not publish about its intervals.
    fn interval(&self) -> Fact {
        let kms = &self.scenario.kms;
        let begin = match (&kms.limiter, kms.window_phase) {
            (Limiter::TokenBucket(_), _) => "there are no intervals",
            (_, WindowPhase::Clock) => "at the clock's full second",
            (_, WindowPhase::Drawn) => "at a time within the second, drawn for each replication",
        };
        let refused = match (kms.refused_calls, &kms.limiter) {
            (RefusedCalls::Free, _) => "refused calls are not counted",
            (RefusedCalls::Counted, Limiter::TokenBucket(_)) => {
                "refused calls take what is left of a token"
            }
            (RefusedCalls::Counted, _) => {
                "refused calls are counted, which changes nothing: nothing is left then"
            }
        };
        sourced(
            "kms-interval",
            "Where the interval begins; refused calls",
            format!("{begin}; {refused}"),
            &assumed("AWS publishes neither"),
        )
    }

    pub(super) fn bucket_key(&self) -> Vec<Fact> {
        let cache = &self.scenario.bucket.bucket_key_cache;
        let unpublished = assumed(
            "AWS says time-limited and publishes no number; one measured run saw 90 % fewer calls, \
             AWS claims up to 99 %",
        );
        let path = |key: &str| format!("bucket.bucket-key-cache.{key}");
        vec![
            self.setting(
                &path("lifetime"),
                "Time that S3 keeps a Bucket Key",
                cache.lifetime.to_string(),
                &unpublished,
            ),
            self.setting(
                &path("write-lifetime"),
                "Time that new objects get the same Bucket Key",
                cache.write_lifetime.unwrap_or(cache.lifetime).to_string(),
                &assumed(
                    "AWS publishes no number, nor whether it differs from the time that keys for \
                     reading are kept: taken to be the same",
                ),
            ),
            sourced(
                "bucket-key-requests",
                "Requests for a Bucket Key while S3 asks KMS for it",
                "neither wait nor ask again".to_owned(),
                &assumed("not published"),
            ),
            self.setting(
                &path("caches"),
                "Independent Bucket Key caches inside S3",
                cache.caches.to_string(),
                &unpublished,
            ),
            self.setting(
                &path("keys-read"),
                "Bucket Keys under which the objects read were written",
                cache.keys_read.to_string(),
                &unpublished,
            ),
            self.setting(
                "bucket.old-objects",
                "Share of reads whose object is older than Bucket Keys",
                self.scenario.bucket.old_objects.to_string(),
                &assumed(
                    "none, unless the scenario says so; that such objects go on calling KMS is \
                     documented: Bucket Keys are for new objects only",
                ),
            ),
            self.requesters(),
        ]
    }

    /// Who has Bucket Keys apart from others.
    fn requesters(&self) -> Fact {
        let fleets = &self.scenario.fleets;
        let total: u64 = fleets.values().map(|it| u64::from(it.requesters)).sum();
        let defaults = self.variant.defaulted.iter().filter(|it| {
            let mut keys = it.split('.');
            keys.next() == Some("fleets") && keys.next_back() == Some("requesters")
        });
        let nobody_said = defaults.count() == fleets.len();
        let tenants = fleets.values().map(|it| it.tenants).max().unwrap_or(1);
        let keys = if tenants > 1 {
            format!(", of {} tenants with a key each", thousands(tenants.into()))
        } else {
            String::new()
        };
        let value = format!("{} of {} fleets{keys}", thousands(total), fleets.len());
        let default = assumed(
            "one role without session policies for each fleet, unless the scenario says more; that \
             S3 fetches a Bucket Key at least once per requester is documented (Amazon S3 User \
             Guide, read 2026-04-13)",
        );
        let (id, subject) = (
            "fleets.requesters",
            "Requesters, each with Bucket Keys of its own",
        );
        if nobody_said {
            sourced(id, subject, value, &default)
        } else {
            self.setting(id, subject, value, &default)
        }
    }

    /// KMS calls that S3 makes for requests: a fact for each operation that the fleets ask for.
    pub(super) fn calls_of_s3(&self) -> Vec<Fact> {
        let fleets = &self.scenario.fleets;
        let asked = |row: &&KmsCallRow| {
            row.call.is_some() && fleets.values().any(|fleet| fleet.asks_for(row.operation))
        };
        let (decrypts, checksums) = (
            self.scenario.bucket.complete_upload_decrypts,
            self.scenario.clients.checksum_mode,
        );
        let made = |row: &&KmsCallRow| match row.when {
            When::Always => true,
            When::ChecksumMode => checksums,
            When::CompleteDecrypts => decrypts,
        };
        let rows = kms_call_rows().iter().filter(asked).filter(made);
        rows.map(|row| {
            let operation = Operation::ALL[row.operation as usize];
            let role = match row.role {
                Role::Source => "for what it reads",
                Role::Destination => "for what it writes",
            };
            let none = || "none".to_owned();
            let call = row.call.map_or_else(none, |it| format!("1 {}", it.name()));
            let source = Sourced {
                value: (),
                source: row.source.into(),
                date: row.date.into(),
                certainty: row.certainty,
                note: row.note.into(),
            };
            sourced(
                &format!("kms-calls.{}.{role}", operation.id()),
                &format!(
                    "KMS calls of S3 per {} {role}, under a KMS key",
                    operation.label()
                ),
                call,
                &source,
            )
        })
        .collect()
    }

    /// KMS calls that S3 makes in place of one under DSSE-KMS.
    pub(super) fn calls_of_dsse(&self) -> Fact {
        self.setting(
            "bucket.dsse-kms-calls",
            "KMS calls of S3 under DSSE-KMS, in place of one under SSE-KMS",
            self.scenario.bucket.dsse_kms_calls.to_string(),
            &dsse_kms_calls().map(|_| ()),
        )
    }
}
