//! Every number from outside that a run used, with its source.
mod words;

pub(crate) use words::retry;

use crate::assemble;
use crate::load::{Study, StudyVariant};
use crate::schema::{Latency, Scenario};
use keystorm_models::tables::{self, Price};
use keystorm_models::{Certainty as Trust, Sourced, s3};
use keystorm_record::{Certainty, Fact, Mode};
use words::{bytes_per_second, dollars, latency, per_second, quantiles, rate, thousands};

/// The facts of all variants; one that only some use names them.
pub(crate) fn of_study(study: &Study) -> Vec<Fact> {
    let mut facts: Vec<Fact> = Vec::new();
    for variant in &study.variants {
        for fact in of_variant(variant) {
            let same = |known: &&mut Fact| known.id == fact.id && known.value == fact.value;
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

fn of_variant(variant: &StudyVariant) -> Vec<Fact> {
    let mode = variant.scenario.mode();
    let calls_kms = variant.scenario.calls_kms();
    let facts = Facts {
        variant,
        scenario: &variant.scenario,
    };
    let mut list = Vec::new();
    if calls_kms {
        list.extend(facts.kms());
    }
    if mode == Mode::SseKmsBucketKey {
        list.extend(facts.bucket_key());
    }
    list.extend(facts.s3());
    list.extend(facts.clients(mode));
    list.extend(facts.prices(calls_kms));
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

    fn kms(&self) -> Vec<Fact> {
        let kms = &self.scenario.kms;
        let quota = assemble::kms_quota(self.scenario);
        let region = &self.scenario.account.region;
        let calls = s3::kms_calls();
        let documented = |note| Sourced {
            value: (),
            source: "AWS General Reference, AWS KMS endpoints and quotas".into(),
            date: "2026".into(),
            certainty: Trust::Documented,
            note,
        };
        vec![
            self.setting(
                "kms.request-quota",
                &format!("KMS request quota, symmetric keys, {region}"),
                per_second(quota.value),
                &quota.map(|_| ()),
            ),
            self.setting(
                "kms.other-load",
                "Other load of the account on this quota",
                format!("{}, evenly spaced", rate(self.scenario.kms.other_load)),
                &assumed("none, unless the scenario says so"),
            ),
            sourced(
                "kms-throttling",
                "How KMS throttles",
                "a counter per one-second interval; after the quota all calls are refused until \
                 its end"
                    .to_owned(),
                &documented("".into()),
            ),
            sourced(
                "kms-interval",
                "Where the interval begins; refused calls",
                "at the clock's full second; refused calls are not counted".to_owned(),
                &assumed("AWS publishes neither"),
            ),
            sourced(
                "kms-calls",
                "KMS calls per PUT and per GET under a KMS key",
                "1 GenerateDataKey, 1 Decrypt".to_owned(),
                &calls.map(|_| ()),
            ),
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
        ]
    }

    fn bucket_key(&self) -> Vec<Fact> {
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
        ]
    }

    fn s3(&self) -> Vec<Fact> {
        let s3 = &self.scenario.s3;
        let first_byte = |it: &Option<Latency>, table: &Sourced<&'static [(f64, u64)]>| {
            it.as_ref().map_or_else(|| quantiles(table.value), latency)
        };
        let (get, put) = (tables::s3_get_first_byte(), tables::s3_put_first_byte());
        let rates = tables::s3_prefix_rates();
        vec![
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
                "s3.prefix-read-rate",
                "GET requests admitted per second and prefix",
                rate(s3.prefix_read_rate),
                &rates.clone().map(|_| ()),
            ),
            self.setting(
                "s3.prefix-write-rate",
                "PUT requests admitted per second and prefix",
                rate(s3.prefix_write_rate),
                &rates.map(|_| ()),
            ),
            self.setting(
                "s3.refusal-latency",
                "Time until S3 answers a refused request",
                s3.refusal_latency.to_string(),
                &assumed("not published; a refusal reads and writes no data"),
            ),
        ]
    }

    fn clients(&self, mode: Mode) -> Vec<Fact> {
        let clients = &self.scenario.clients;
        let sdk = Sourced {
            value: (),
            source: "botocore 1.44.5, retries/standard.py and retries/quota.py".into(),
            date: "2026-11-24".into(),
            certainty: Trust::Documented,
            note: "back-off 1 s after throttles, doubled each time up to 20 s, full jitter; 500 \
                   tokens a client"
                .into(),
        };
        let mut list = vec![
            self.setting("clients.retry", "Retry rules", retry(&clients.retry), &sdk),
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
        if mode == Mode::ClientSide {
            list.push(self.setting(
                "clients.crypto-rate",
                "AES-256-GCM in the client, per core",
                bytes_per_second(clients.crypto_rate),
                &assumed("a cautious round figure for current servers; measure your own"),
            ));
            list.push(self.setting(
                "clients.cores",
                "Cores of an instance for client-side encryption",
                clients.cores.to_string(),
                &assumed("a small server"),
            ));
        }
        list
    }

    fn prices(&self, calls_kms: bool) -> Vec<Fact> {
        let prices = tables::prices(&self.scenario.account.region, assemble::day(self.scenario));
        let free = prices.kms_free_requests_per_month;
        let mut list = Vec::new();
        if calls_kms {
            let value = format!("{} free", thousands(free.value));
            list.push(price(
                "price.kms-requests",
                "10,000 KMS requests",
                10_000,
                prices.kms_request,
            ));
            list.push(sourced(
                "price.kms-free-requests",
                "KMS requests free in a month",
                value,
                &free.map(|_| ()),
            ));
            list.push(sourced(
                "price.kms-refused",
                "KMS calls refused for the quota",
                "not billed".to_owned(),
                &assumed("not published"),
            ));
            list.push(price(
                "price.kms-keys",
                "a customer managed key, a month",
                1,
                prices.kms_key_month,
            ));
        }
        list.push(price(
            "price.s3-put-requests",
            "1,000 PUT requests",
            1_000,
            prices.s3_put,
        ));
        list.push(price(
            "price.s3-get-requests",
            "1,000 GET requests",
            1_000,
            prices.s3_get,
        ));
        list
    }
}

fn price(id: &str, subject: &str, units: u64, price: Sourced<Price>) -> Fact {
    let nano_usd = price.value.nano_usd() * units;
    let value = dollars(nano_usd);
    sourced(
        id,
        &format!("Price of {subject}"),
        value,
        &price.map(|_| ()),
    )
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
