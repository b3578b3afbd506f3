//! How much of its limits one replication uses.
use crate::assemble::{Assembly, Fleet, Load, is_express};
use crate::replication::Finished;
use crate::schema::{KeyStore, Scenario};
use crate::world::Gauge;
use keystorm_models::client::ClientScope;
use keystorm_models::client::network::{LinkRules, WhenEmpty};
use keystorm_record::plan::{LimitKind, Measure};
use keystorm_record::{Class, Mode, TimeParts};
use keystorm_sim::{NANOS_PER_S, Time};

/// What one replication uses of all limits, in an order that all replications share.
#[derive(Clone, Debug)]
pub(super) struct Used {
    pub(super) limits: Vec<Use>,
}

/// What it uses of one.
#[derive(Clone, Debug)]
pub(super) struct Use {
    pub(super) kind: LimitKind,
    pub(super) of: String,
    pub(super) capacity: f64,
    pub(super) measure: Measure,
    /// In the busiest second, as a share of all there is.
    pub(super) used: f64,
    /// Of that: by what does not grow with the load.
    pub(super) without_load: f64,
}

/// A limit whose use nothing but the load makes.
fn plain(kind: LimitKind, of: &str, capacity: f64, measure: Measure, amount: f64) -> Use {
    Use {
        kind,
        of: of.to_owned(),
        capacity,
        measure,
        used: amount / capacity,
        without_load: 0.0,
    }
}

/// What a replication of the scenario without limits uses of those that it really has, as `real`
/// has them.
pub(super) fn used(
    scenario: &Scenario,
    real: &Assembly,
    finished: &Finished,
    gauge: &Gauge,
) -> Used {
    let mut limits = vec![own_quota(real, finished)];
    limits.extend(other_quotas(real, finished));
    limits.extend(key_store(scenario, finished));
    limits.extend(prefixes(scenario, real, gauge));
    for (index, fleet) in real.fleets.iter().enumerate() {
        limits.extend(of_fleet(scenario, real, fleet, index, finished, gauge));
    }
    limits.extend(cores(real, finished, gauge));
    Used { limits }
}

/// First and last second of the measured window.
fn window(real: &Assembly, finished: &Finished) -> std::ops::Range<u64> {
    let from = real.warm_up.nanos();
    let to = from + finished.replication.measured_ns.0;
    from.div_ceil(NANOS_PER_S)..to / NANOS_PER_S
}

/// The quota of the bucket's account, by that of each second.
fn own_quota(real: &Assembly, finished: &Finished) -> Use {
    let series = &finished.series;
    let (mut used, mut without_load) = (0.0_f64, 0.0_f64);
    for second in window(real, finished) {
        let at = usize::try_from(second).expect("checked: at most 31 days");
        let quota = real.kms.quota.at(Time::from_secs(second)) as f64;
        let other = series.kms_other_calls[at].as_f64();
        used = used.max((series.kms_first_calls[at].as_f64() + other) / quota);
        without_load = without_load.max(other / quota);
    }
    // Who asks for nothing does not come to this limit, whatever others do.
    if finished.replication.kms.calls().0 == 0 {
        used = 0.0;
    }
    Use {
        kind: LimitKind::KmsQuota,
        of: String::new(),
        capacity: real.kms.quota.first() as f64,
        measure: Measure::Counted,
        used,
        without_load,
    }
}

fn other_quotas(real: &Assembly, finished: &Finished) -> Vec<Use> {
    let accounts = real.kms.other_accounts.iter();
    let counts = &finished.replication.other_accounts;
    let window = window(real, finished);
    let of = |(account, it): (&crate::assemble::OtherAccount, &keystorm_record::KmsCounts)| {
        let quota = account.quota.least(window.start, window.end) as f64;
        let other = account.other.peak(window.start, window.end) as f64;
        let asked = it.calls().0 > 0;
        Use {
            kind: LimitKind::KmsQuota,
            of: account.name.clone(),
            capacity: quota,
            measure: Measure::Counted,
            used: if asked {
                it.peak_second_first.as_f64() / quota
            } else {
                0.0
            },
            without_load: other / quota,
        }
    };
    accounts.zip(counts).map(of).collect()
}

/// The quota of a custom key store, of whose calls a `GenerateDataKey` may take several. Which
/// calls come in the busiest second is not told apart: all seconds have the mix of the window.
fn key_store(scenario: &Scenario, finished: &Finished) -> Option<Use> {
    let of = match scenario.kms.key_store {
        KeyStore::Kms => return None,
        KeyStore::CloudHsm => "CloudHSM",
        KeyStore::External => "external",
    };
    let kms = &finished.replication.kms;
    let weight = crate::assemble::data_key_weight(scenario).value as f64;
    let calls = kms.calls().as_f64();
    let others = kms.decrypt.as_f64() + kms.encrypt.as_f64();
    let of_call = (kms.generate_data_key.as_f64() * weight + others) / calls.max(1.0);
    let first = finished.series.kms_first_calls.iter();
    let most = first.map(|it| it.as_f64()).fold(0.0, f64::max);
    let quota = scenario.kms.key_store_quota.0;
    let kind = LimitKind::KeyStoreQuota;
    Some(plain(
        kind,
        of,
        quota,
        Measure::Proportional,
        most * of_call,
    ))
}

/// The prefix, or the directory bucket, that is asked most in a second.
fn prefixes(scenario: &Scenario, real: &Assembly, gauge: &Gauge) -> [Use; 2] {
    let of = if is_express(scenario) { "bucket" } else { "" };
    let [reads, writes] = gauge.prefix_most().map(|it| it as f64);
    let counted = |kind, rate: u32, most| plain(kind, of, rate.into(), Measure::Counted, most);
    [
        counted(LimitKind::PrefixReads, real.s3.read_max, reads),
        counted(LimitKind::PrefixWrites, real.s3.write_max, writes),
    ]
}

/// Places, connections and networks of a fleet's instances, as if they shared all of it evenly.
fn of_fleet(
    scenario: &Scenario,
    real: &Assembly,
    fleet: &Fleet,
    index: usize,
    finished: &Finished,
    gauge: &Gauge,
) -> Vec<Use> {
    let mut limits = Vec::new();
    let name = fleet.name.as_str();
    let instances = f64::from(fleet.instances);
    let mut evenly = |kind, capacity, amount| {
        limits.push(plain(kind, name, capacity, Measure::Evenly, amount));
    };
    let connections = gauge.connections(index);
    if matches!(fleet.load, Load::Open(_)) {
        let per_attempt = held_per_attempt(scenario, name, finished);
        let places = fleet.workers() as f64;
        evenly(LimitKind::Places, places, connections * per_attempt);
    }
    let waits = real.client.pool.filter(|it| {
        let shared = real.client.scope == ClientScope::Instance;
        let binds = fleet.transfers.is_some() || it.connections < fleet.concurrency;
        shared && binds && matches!(it.when_empty, WhenEmpty::Waits { .. })
    });
    if let Some(pool) = waits {
        let capacity = instances * f64::from(pool.connections);
        evenly(LimitKind::Connections, capacity, connections);
    }
    if let Some(links) = real.client.links {
        let bytes = gauge.bytes(index);
        let kinds = [LimitKind::NetworkIn, LimitKind::NetworkOut];
        for ((kind, link), bytes) in kinds.into_iter().zip(links).zip(bytes) {
            let baseline = match link {
                LinkRules::Constant(rate) => rate,
                LinkRules::Burst(rules) => rules.baseline_per_s,
            };
            evenly(kind, instances * baseline as f64, bytes as f64);
        }
    }
    limits
}

/// How much longer a request holds its place than its attempts hold connections: keys from KMS,
/// encryption and setting up connections come on top.
fn held_per_attempt(scenario: &Scenario, fleet: &str, finished: &Finished) -> f64 {
    let mut time = TimeParts::default();
    let classes = finished.classes.iter();
    classes
        .filter(|it: &&Class| it.fleet == fleet)
        .for_each(|it| time.add(&it.time));
    let by_client = scenario.mode() == Mode::ClientSide;
    let of_kms = if by_client { 0 } else { time.kms_ns.0 };
    let connected = time.first_byte_ns.0 + time.transfer_ns.0 + of_kms;
    let held = time.total_ns().0 - time.wait_ns.0;
    if connected == 0 {
        return 0.0;
    }
    held as f64 / connected as f64
}

/// The cores of all instances, if they have anything to do.
fn cores(real: &Assembly, finished: &Finished, gauge: &Gauge) -> Option<Use> {
    let found = finished.replication.client_cores?;
    let instances: u32 = real.fleets.iter().map(|it| it.instances).sum();
    let cores = f64::from(instances) * f64::from(real.client.cores);
    let time = finished.replication.measured_ns.as_f64();
    let busy = found.busy_ns.as_f64() / time * gauge.unevenness()?;
    Some(plain(
        LimitKind::Cores,
        "",
        cores,
        Measure::Proportional,
        busy,
    ))
}
