//! From what a scenario says to what the models take.
mod client_keys;
mod kms;
mod load;
pub(crate) mod network;

pub(crate) use client_keys::ClientKeys;
pub(crate) use kms::{
    Kms, OtherAccount, changes_of_default, data_key_weight, default_on_the_day, kms_quota,
    knows_region, limiter, moment, moment_or, quota,
};

pub(crate) use load::cron;
pub(crate) use network::SetUp;

use crate::crypto::Crypto;
use crate::front_door::{self, Entry};
use crate::load::PriceFile;
use crate::schema::{self, ClientEncryption, ClientPer, Encryption, Scenario};
use crate::units::Duration;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use keystorm_models::client::network::{Handshake, LinkRules, PoolRules, TransferRules};
use keystorm_models::client::{ClientDuty, ClientScope, OuterRetry, RetryRules, StateScope};
use keystorm_models::cpu::Calibration;
use keystorm_models::s3::request_check::Refused;
use keystorm_models::s3::{
    self, BucketKeyRules, CallRules, KmsNeeds, Refusal, SplitRule, StorageClass, kms_needs,
};
use keystorm_models::tables::{self, PriceItem, Prices};
use keystorm_models::workload::{Operation, Pattern, Popularity, Stage, Workload};
use keystorm_models::{Latency, Sourced};
use keystorm_sim::draw::{Lognormal, Quantiles, whole};
use keystorm_sim::{Span, Time};
use std::sync::Arc;

/// What all replications of a variant share: the parameters of its models.
#[derive(Clone, Debug)]
pub(crate) struct Assembly {
    pub(crate) seed: u64,
    pub(crate) warm_up: Time,
    pub(crate) horizon: Time,
    pub(crate) requests_max: u64,
    /// See [`Options::every_end_an_event`](crate::Options::every_end_an_event).
    pub(crate) every_end_an_event: bool,
    pub(crate) kms: Kms,
    pub(crate) s3: S3,
    pub(crate) client: Client,
    pub(crate) fleets: Vec<Fleet>,
    pub(crate) prices: Prices,
    pub(crate) cost: schema::Cost,
    /// Customer managed keys that the variant needs.
    pub(crate) keys: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct S3 {
    pub(crate) get_first_byte: Latency,
    pub(crate) put_first_byte: Latency,
    pub(crate) latency_factor: LatencyFactor,
    pub(crate) connection_rate: u64,
    pub(crate) refusal_latency: Span,
    /// What a throttle's answer asks a client to wait, if it does.
    pub(crate) retry_after: Option<Span>,
    /// Prefixes with a rate of their own: one for all of a directory bucket.
    pub(crate) prefixes: u32,
    pub(crate) read_max: u32,
    pub(crate) write_max: u32,
    /// Set if prefixes split.
    pub(crate) split_rule: Option<SplitRule>,
    /// Set with a Bucket Key.
    pub(crate) bucket_keys: Option<BucketKeys>,
}

/// Factor on the times to first byte, of a replication.
#[derive(Clone, Debug)]
pub(crate) enum LatencyFactor {
    Constant(f64),
    Drawn(Lognormal),
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct BucketKeys {
    pub(crate) rules: BucketKeyRules,
    /// Share of reads whose object has no Bucket Key.
    pub(crate) old_objects: f64,
}

#[derive(Clone, Debug)]
pub(crate) struct Client {
    /// Set with client-side encryption, like `keys`.
    pub(crate) crypto: Option<Crypto>,
    pub(crate) keys: Option<ClientKeys>,
    /// Price of an hour of a core, if the scenario gives one \[USD\].
    pub(crate) core_price: Option<f64>,
    /// Cores of an instance, if they have anything to do; else none.
    pub(crate) cores: u32,
    /// Core time of an attempt beside encryption.
    pub(crate) overhead: Span,
    /// Who shares SDK client objects.
    pub(crate) scope: ClientScope,
    pub(crate) retry: RetryRules,
    /// Of the program around its SDK.
    pub(crate) outer_retry: Option<OuterRetry>,
    /// Whether a client begins at a drawn time within a second of its clock, not at a full one.
    pub(crate) phase_is_drawn: bool,
    /// Time to set up a connection, unless `set_up` says more.
    pub(crate) connect: Span,
    pub(crate) set_up: Option<SetUp>,
    /// How long an answer may be silent.
    pub(crate) read_timeout: Option<Span>,
    pub(crate) keep_alive: Span,
    /// Set if connections are limited.
    pub(crate) pool: Option<PoolRules>,
    /// Set if KMS is asked over connections.
    pub(crate) kms_pool: Option<PoolRules>,
    /// Set if the network of an instance is a limit: inbound, outbound.
    pub(crate) links: Option<[LinkRules; 2]>,
}

#[derive(Clone, Debug)]
pub(crate) struct Fleet {
    pub(crate) name: String,
    pub(crate) instances: u32,
    pub(crate) concurrency: u32,
    /// How many S3 tells apart: requesters, and the keys of tenants.
    pub(crate) requesters: u32,
    /// Number of its account among [`Kms::other_accounts`], if it is not the bucket's.
    pub(crate) account: Option<usize>,
    /// How much each of them asks.
    pub(crate) requester_popularity: Popularity,
    /// How a transfer manager does GETs and PUTs, if one does.
    pub(crate) transfers: Option<TransferRules>,
    pub(crate) workload: Workload,
    pub(crate) load: Load,
    /// By operation.
    pub(crate) access: [Access; Operation::ALL.len()],
    /// What S3 answers to those operations that it refuses.
    pub(crate) refused: Vec<(Operation, Refused)>,
}

/// What a request of one fleet and operation meets at S3, decided before the run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Access {
    /// Why every one of them is refused, if it is.
    pub(crate) refusal: Option<&'static Refusal>,
    /// KMS calls that S3 makes for one that is not.
    pub(crate) needs: KmsNeeds,
    /// What the client does for it, beside asking S3.
    pub(crate) duty: ClientDuty,
}

impl Client {
    /// Whether more counts of connections than the round trips that they take.
    pub(crate) fn counts_connections(&self) -> bool {
        self.set_up.is_some() || self.kms_pool.is_some() || self.read_timeout.is_some()
    }
}

impl Fleet {
    /// Requests that all its instances work on at a time.
    pub(crate) fn workers(&self) -> usize {
        self.instances as usize * self.concurrency as usize
    }

    /// Operations that the fleet ever asks for, each with its share of the requests at t = 0.
    pub(crate) fn shares(&self) -> impl Iterator<Item = (Operation, &Access, f64)> {
        self.shares_at(Time::ZERO)
    }

    /// The same with the shares at `at`.
    pub(crate) fn shares_at(&self, at: Time) -> impl Iterator<Item = (Operation, &Access, f64)> {
        let shares = self.workload.mixes.shares(at);
        shares.map(|(operation, share)| (operation, &self.access[operation as usize], share))
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Load {
    Open(Pattern),
    Closed(Closed),
    Job(Job),
}

/// Workers that ask, wait and think.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Closed {
    /// Mean.
    pub(crate) think_time: Span,
    /// Requests of each worker, if it stops.
    pub(crate) calls: Option<u32>,
}

/// A job in stages.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) start: Time,
    /// Time within which its instances come up.
    pub(crate) start_spread: Span,
    pub(crate) stages: Vec<Stage>,
    pub(crate) tries_max: u32,
}

impl Assembly {
    /// Whether only its instance sees the end of a fleet's request that succeeds. A closed fleet's
    /// worker goes on at the end, client-side encryption has more steps, others may wait for a
    /// connection or for the network, and a run that ends by count does not know its end before.
    pub(crate) fn ends_silently(&self, fleet: &Fleet) -> bool {
        matches!(fleet.load, Load::Open(_))
            && self.client.crypto.is_none()
            && self.client.scope == ClientScope::Instance
            && self.client.retry.limiter.is_none()
            && fleet.transfers.is_none()
            && self.client.pool.is_none()
            && self.client.links.is_none()
            && self.requests_max == u64::MAX
            && !self.every_end_an_event
    }
}

/// Assembles the models of a checked scenario.
pub(crate) fn assemble(scenario: &Scenario, calibration: &Arc<Calibration>) -> Assembly {
    let scenario = &*scenario.with_its_load();
    let run = &scenario.run;
    let warm_up = Time::ZERO + run.warm_up.0;
    Assembly {
        seed: scenario.seed,
        warm_up,
        horizon: warm_up + run.measure.0,
        requests_max: run.requests_max.unwrap_or(u64::MAX),
        every_end_an_event: false,
        kms: kms::kms(scenario),
        s3: s3(scenario),
        client: client(&scenario.clients, calibration),
        fleets: scenario
            .fleets
            .iter()
            .map(|(name, it)| fleet(name, it, scenario))
            .collect(),
        prices: prices(scenario, None),
        cost: scenario.cost.clone(),
        keys: keys_paid_for(scenario),
    }
}

/// Customer managed keys with their monthly fee: one for each tenant.
fn keys_paid_for(scenario: &Scenario) -> u32 {
    let own = scenario.calls_kms() && scenario.kms.key == schema::KmsKey::CustomerManaged;
    let tenants = scenario.fleets.values().map(|it| it.tenants).max();
    if own { tenants.unwrap_or(1) } else { 0 }
}

/// The prices of the Region on the day, less those that a file gives; those of S3 are of the
/// storage class.
pub(crate) fn prices(scenario: &Scenario, file: Option<&PriceFile>) -> Prices {
    let mut prices = tables::prices(&scenario.account.region, day(scenario));
    if let Some(file) = file {
        file.apply(&mut prices);
    }
    if is_express(scenario) {
        for (item, express) in [
            (PriceItem::S3Put, PriceItem::ExpressPut),
            (PriceItem::S3Get, PriceItem::ExpressGet),
            (PriceItem::StorageFirst50Tb, PriceItem::ExpressStorage),
            (PriceItem::StorageNext450Tb, PriceItem::ExpressStorage),
            (PriceItem::StorageOver500Tb, PriceItem::ExpressStorage),
        ] {
            let price = prices.of(express).clone();
            prices.set(item, price);
        }
    }
    prices
}

/// The day of t = 0 in UTC: quotas and prices are its.
pub(crate) fn day(scenario: &Scenario) -> Date {
    TimeZone::UTC.to_datetime(scenario.run.start.0).date()
}

fn encrypts(clients: &schema::Clients) -> bool {
    clients.encryption != ClientEncryption::None
}

/// A value that the scenario itself gives.
pub(crate) fn given<T>(value: T) -> Sourced<T> {
    Sourced {
        value,
        source: "scenario".into(),
        date: "".into(),
        certainty: keystorm_models::Certainty::Documented,
        note: "".into(),
    }
}

fn s3(scenario: &Scenario) -> S3 {
    let (bucket, s3) = (&scenario.bucket, &scenario.s3);
    let cache = &bucket.bucket_key_cache;
    let keys = BucketKeys {
        rules: BucketKeyRules {
            lifetime: cache.lifetime.0,
            write_lifetime: cache.write_lifetime.unwrap_or(cache.lifetime).0,
            caches: cache.caches,
            keys_read: cache.keys_read,
        },
        old_objects: bucket.old_objects,
    };
    let behind_bucket_key = |source: &schema::CopySource| source.bucket_key;
    let any_bucket_key =
        bucket.bucket_key || bucket.copy_source.as_ref().is_some_and(behind_bucket_key);
    let class = storage_class(scenario);
    let (prefixes, read_max, write_max) = if is_express(scenario) {
        (1, s3.bucket_read_rate, s3.bucket_write_rate)
    } else {
        (bucket.prefixes, s3.prefix_read_rate, s3.prefix_write_rate)
    };
    S3 {
        get_first_byte: first_byte(s3.get_first_byte.as_ref(), Operation::Get, class),
        put_first_byte: first_byte(s3.put_first_byte.as_ref(), Operation::Put, class),
        latency_factor: match s3.latency_factor {
            schema::LatencyFactor::Constant(factor) => LatencyFactor::Constant(factor),
            schema::LatencyFactor::Lognormal(it) => {
                LatencyFactor::Drawn(Lognormal::new(1.0, it.sigma))
            }
        },
        connection_rate: s3.connection_rate.0,
        refusal_latency: s3.refusal_latency.0,
        retry_after: s3.retry_after.map(|it| it.0),
        prefixes,
        read_max: per_second(read_max.0),
        write_max: per_second(write_max.0),
        split_rule: split_rule(s3.splitting),
        bucket_keys: any_bucket_key.then_some(keys),
    }
}

fn encryption(of: Encryption, bucket_key: bool) -> s3::Encryption {
    match (of, bucket_key) {
        (Encryption::None, _) => s3::Encryption::Unencrypted,
        (Encryption::SseS3, _) => s3::Encryption::SseS3,
        (Encryption::SseKms, false) => s3::Encryption::SseKms,
        (Encryption::SseKms, true) => s3::Encryption::SseKmsBucketKey,
        (Encryption::SseC, _) => s3::Encryption::SseC,
        (Encryption::DsseKms, _) => s3::Encryption::DsseKms,
    }
}

/// What an operation of a fleet meets at S3, whose front door lets it in with `entry` or not.
fn access(operation: Operation, entry: &Entry, scenario: &Scenario) -> Access {
    let bucket = &scenario.bucket;
    let source = match (&bucket.copy_source, operation) {
        (Some(source), Operation::Copy | Operation::UploadPartCopy | Operation::Replicate) => {
            encryption(source.encryption, source.bucket_key)
        }
        _ => entry.encryption,
    };
    let rules = CallRules {
        checksum_mode: scenario.clients.checksum_mode,
        complete_decrypts: bucket.complete_upload_decrypts,
        dsse_kms_calls: bucket.dsse_kms_calls,
    };
    Access {
        refusal: entry.refused.as_ref().map(|it| it.refusal),
        needs: kms_needs(operation, source, entry.encryption, &rules),
        duty: if encrypts(&scenario.clients) {
            ClientDuty::of(operation)
        } else {
            ClientDuty::without_encryption(operation)
        },
    }
}

/// A rate as whole requests per second; beyond 32 bits there is no limit.
fn per_second(rate: f64) -> u32 {
    u32::try_from(whole(rate)).unwrap_or(u32::MAX)
}

fn split_rule(splitting: schema::Splitting) -> Option<SplitRule> {
    let schema::Splitting::ByHeat(times) = splitting else {
        return None;
    };
    // A part of a second counts as one; what no run reaches stays out of reach.
    let seconds = |it: Duration| {
        u32::try_from(it.0.nanos().div_ceil(keystorm_sim::NANOS_PER_S)).unwrap_or(u32::MAX)
    };
    Some(SplitRule {
        until_split_s: seconds(times.until_split),
        until_merge_s: seconds(times.until_merge),
        ..tables::s3_prefix_splitting().value
    })
}

fn first_byte(
    scenario: Option<&schema::Latency>,
    operation: Operation,
    class: StorageClass,
) -> Latency {
    let table = || quantiles(tables::s3_first_byte(operation, class).value);
    scenario.map_or_else(table, latency)
}

pub(crate) fn is_express(scenario: &Scenario) -> bool {
    storage_class(scenario) == StorageClass::ExpressOneZone
}

pub(crate) fn storage_class(scenario: &Scenario) -> StorageClass {
    match scenario.bucket.storage_class {
        schema::StorageClass::Standard => StorageClass::Standard,
        schema::StorageClass::ExpressOneZone => StorageClass::ExpressOneZone,
    }
}

pub(crate) fn latency(spec: &schema::Latency) -> Latency {
    match spec {
        schema::Latency::Constant(Duration(span)) => Latency::Constant(*span),
        schema::Latency::Lognormal(it) => {
            Latency::Lognormal(Lognormal::new(it.median.0.nanos() as f64, it.sigma))
        }
        schema::Latency::Quantiles(points) => {
            let points: Vec<_> = points.iter().map(|it| (it.at, it.time.0.nanos())).collect();
            quantiles(&points)
        }
    }
}

fn quantiles(points: &[(f64, u64)]) -> Latency {
    Latency::Quantiles(Quantiles::new(points).expect("checked when the scenario was loaded"))
}

fn client(clients: &schema::Clients, calibration: &Arc<Calibration>) -> Client {
    let retry = clients.retry.rules();
    let retry = retry.expect("checked: the SDK has them").value;
    let keys = ClientKeys::of(&clients.encryption);
    Client {
        crypto: keys.as_ref().map(|keys| match clients.crypto_rate {
            Some(rate) => Crypto::Rate(rate.0),
            None => Crypto::Calibrated(Arc::clone(calibration), keys.envelope),
        }),
        keys,
        core_price: clients.core_price.map(|it| it.0 as f64 / 1e9),
        cores: if clients.use_cores() {
            clients.cores
        } else {
            0
        },
        overhead: clients.overhead.0,
        scope: match (clients.client_per, retry.scope) {
            (ClientPer::Worker, StateScope::Client) => ClientScope::Worker,
            (ClientPer::Instance, _) | (_, StateScope::Process) => ClientScope::Instance,
        },
        retry,
        outer_retry: clients.outer_retry.rules(),
        phase_is_drawn: clients.clock_phase == schema::WindowPhase::Drawn,
        connect: network::trips(clients, Handshake::Full),
        set_up: network::set_up(clients, calibration),
        read_timeout: network::read_timeout(clients),
        keep_alive: clients.keep_alive.0,
        pool: network::pool(clients),
        kms_pool: network::kms_pool(clients),
        links: network::links(clients),
    }
}

fn fleet(name: &str, fleet: &schema::Fleet, scenario: &Scenario) -> Fleet {
    let entries =
        Operation::ALL.map(|operation| front_door::entry(operation, name, fleet, scenario));
    let access = |operation: Operation| access(operation, &entries[operation as usize], scenario);
    Fleet {
        access: Operation::ALL.map(access),
        refused: Operation::ALL
            .into_iter()
            .zip(&entries)
            .filter_map(|(operation, entry)| Some((operation, entry.refused.clone()?)))
            .collect(),
        name: name.to_owned(),
        instances: fleet.instances,
        concurrency: fleet.concurrency,
        requesters: fleet.requesters * fleet.tenants,
        requester_popularity: load::popularity(fleet),
        account: fleet.account.as_ref().map(|account| {
            let mut names = scenario.other_accounts.keys();
            let number = names.position(|it| it == account);
            number.expect("checked: it is one of the scenario's accounts")
        }),
        transfers: fleet.transfer_manager.map(|it| it.rules().value),
        workload: load::workload(fleet, scenario),
        load: load::load(fleet, scenario),
    }
}
