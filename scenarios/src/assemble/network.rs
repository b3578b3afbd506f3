//! Connections and network of the clients.
use crate::schema::{self, Clients, ConnectionPool, Connections};
use keystorm_models::Sourced;
use keystorm_models::client::network::{BurstRules, LinkRules, PoolRules, Refill, WhenEmpty};
use keystorm_models::tables::{self, ConnectionDefaults, ConnectionsOf, Way};

/// Name of Lambda among the instance types.
pub(crate) const LAMBDA: &str = "lambda";

/// What the client named by a scenario does by default; `None` if it names none.
pub(crate) fn defaults(clients: &Clients) -> Option<Sourced<ConnectionDefaults>> {
    let client = match clients.connections {
        Connections::Unlimited | Connections::Pool(_) => return None,
        Connections::Boto3 => ConnectionsOf::Boto3,
        Connections::Java => ConnectionsOf::Java2,
        Connections::Go => ConnectionsOf::Go2,
        Connections::JavaScript => ConnectionsOf::Js3,
        Connections::Crt => ConnectionsOf::Crt,
        Connections::S3a => ConnectionsOf::S3a,
    };
    Some(tables::connection_defaults(client))
}

/// The pool of an SDK client object; `None` if there is no limit.
pub(crate) fn pool(clients: &Clients) -> Option<PoolRules> {
    let keep_alive = clients.keep_alive.0;
    if let Connections::Pool(pool) = clients.connections {
        return Some(PoolRules {
            connections: pool.max,
            when_empty: when_empty(&pool),
            idle: keep_alive,
        });
    }
    let defaults = defaults(clients)?.value;
    Some(PoolRules {
        connections: defaults.connections?,
        when_empty: defaults.when_empty,
        // Whoever closes first.
        idle: defaults
            .idle
            .map_or(keep_alive, |idle| idle.min(keep_alive)),
    })
}

fn when_empty(pool: &ConnectionPool) -> WhenEmpty {
    match pool.when_empty {
        schema::WhenEmpty::Open => WhenEmpty::OpensOne,
        schema::WhenEmpty::Wait => WhenEmpty::Waits {
            timeout: pool.acquire_timeout.map(|it| it.0),
            pending_max: pool.pending_max.unwrap_or(u32::MAX),
        },
    }
}

/// What the links of an instance can do, inbound and outbound; `None` if they are no limit.
pub(crate) fn links(clients: &Clients) -> Option<[LinkRules; 2]> {
    let both = |rules| Some([rules; 2]);
    match clients.network {
        Some(schema::Network::Unlimited) => None,
        Some(schema::Network::Constant(rate)) => both(LinkRules::Constant(rate.0)),
        Some(schema::Network::Burst(it)) => both(LinkRules::Burst(BurstRules {
            baseline_per_s: it.baseline.0,
            burst_per_s: it.burst.0,
            size: it.credits.0,
            start: it.credits.0,
            refill: Refill::Steadily,
        })),
        None => Some(of_instance(clients.instance_type.as_deref()?)),
    }
}

fn of_instance(name: &str) -> [LinkRules; 2] {
    if name == LAMBDA {
        return [Way::In, Way::Out].map(|way| tables::lambda_link(way).value);
    }
    let instance = tables::instance_type(name).expect("checked when the scenario was loaded");
    [tables::instance_link(instance.value).value; 2]
}
