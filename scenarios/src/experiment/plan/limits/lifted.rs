//! A scenario whose limits are out of the way.
use super::super::NO_QUOTA;
use crate::schema::TimeOuts;
use crate::schema::{Arrivals, ClientPer, Connections, Limiter, Network, Scenario, Splitting};
use crate::units::Rate;

/// Times as many cores, of which work seldom has to wait for one.
const MORE_CORES: u32 = 8;

/// Most cores and places of an instance.
const MOST: u32 = 100_000;

/// Most cores of an instance.
const CORES_MAX: u32 = 1_024;

/// The scenario without quotas, with many cores and places, unlimited connections and networks, and
/// without time-outs. Workers of closed fleets and jobs are no limit but the load, and stay.
pub(super) fn lifted(scenario: &Scenario) -> Scenario {
    let mut lifted = scenario.clone();
    let free = Rate(NO_QUOTA as f64);
    let kms = &mut lifted.kms;
    kms.request_quota = Some(free);
    kms.quota_changes.clear();
    kms.limiter = Limiter::FixedWindow;
    kms.key_store_quota = free;
    for account in lifted.other_accounts.values_mut() {
        account.request_quota = Some(free);
    }
    let s3 = &mut lifted.s3;
    for rate in [
        &mut s3.prefix_read_rate,
        &mut s3.prefix_write_rate,
        &mut s3.bucket_read_rate,
        &mut s3.bucket_write_rate,
    ] {
        *rate = free;
    }
    s3.splitting = Splitting::None;
    let clients = &mut lifted.clients;
    clients.connections = Connections::Unlimited;
    clients.kms_connections = None;
    clients.network = Some(Network::Unlimited);
    clients.timeouts = TimeOuts::None;
    clients.connect_timeout = None;
    clients.read_timeout = None;
    clients.cores = clients.cores.saturating_mul(MORE_CORES).min(CORES_MAX);
    // A place with clients of its own takes memory.
    let places = match clients.client_per {
        ClientPer::Instance => MOST,
        ClientPer::Worker => 1_000,
    };
    for fleet in lifted.fleets.values_mut() {
        if !matches!(fleet.arrivals, Arrivals::Closed(_) | Arrivals::Job(_)) {
            fleet.concurrency = fleet.concurrency.max(places);
        }
    }
    lifted
}
