//! Connections and network of the clients.
use crate::schema::{self, Clients, ConnectionPool, Connections, Scheme, Sdk, TimeOuts};
use keystorm_models::Sourced;
use keystorm_models::client::network::{
    BurstRules, Certificate, Handshake, KeyExchange, LinkRules, PoolRules, Refill, Tls, WhenEmpty,
};
use keystorm_models::cpu::Calibration;
use keystorm_models::s3::request_check::TlsVersion;
use keystorm_models::tables::{self, ConnectionDefaults, ConnectionsOf, Way};
use keystorm_sim::Span;

/// Name of Lambda among the instance types.
pub(crate) const LAMBDA: &str = "lambda";

/// What a client that a scenario names does by default; `None` if it names none.
pub(crate) fn defaults(connections: Connections) -> Option<Sourced<ConnectionDefaults>> {
    named(connections).map(tables::connection_defaults)
}

fn named(connections: Connections) -> Option<ConnectionsOf> {
    Some(match connections {
        Connections::Unlimited | Connections::Pool(_) => return None,
        Connections::Boto3 => ConnectionsOf::Boto3,
        Connections::Java => ConnectionsOf::Java2,
        Connections::Go => ConnectionsOf::Go2,
        Connections::JavaScript => ConnectionsOf::Js3,
        Connections::Crt => ConnectionsOf::Crt,
        Connections::S3a => ConnectionsOf::S3a,
    })
}

/// What the clients' SDK does by default: the one that `connections` names, or else `retry`; `None`
/// if neither does.
pub(crate) fn sdk(clients: &Clients) -> Option<Sourced<ConnectionDefaults>> {
    let of_retry = || {
        Some(match clients.retry.sdk()? {
            Sdk::Botocore => ConnectionsOf::Boto3,
            Sdk::Java => ConnectionsOf::Java2,
            Sdk::Go => ConnectionsOf::Go2,
            Sdk::JavaScript => ConnectionsOf::Js3,
            Sdk::Rust => ConnectionsOf::Rust,
            Sdk::Crt => ConnectionsOf::Crt,
            Sdk::Ruby => return None,
        })
    };
    let client = named(clients.connections).or_else(of_retry)?;
    Some(tables::connection_defaults(client))
}

/// How clients set up connections, where more than the time of a full handshake counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct SetUp {
    full: Cost,
    resumed: Cost,
    /// Whether a connection resumes the TLS session of an earlier one.
    pub(crate) resumes: bool,
    /// How long it may take.
    pub(crate) timeout: Option<Span>,
}

/// What setting up a connection takes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Cost {
    /// Round trips, that of TCP included.
    pub(crate) trips: Span,
    /// Core time.
    pub(crate) work: Span,
}

impl SetUp {
    pub(crate) fn cost(&self, handshake: Handshake) -> Cost {
        match handshake {
            Handshake::Full => self.full,
            Handshake::Resumed => self.resumed,
        }
    }
}

/// The TLS of new connections; `None` over plain HTTP.
pub(crate) fn tls(clients: &Clients) -> Option<Tls> {
    let handshakes = clients.handshakes.unwrap_or_default();
    (clients.scheme == Scheme::Https).then_some(Tls {
        version: match clients.tls_version {
            schema::TlsVersion::V1_2 => TlsVersion::V1_2,
            schema::TlsVersion::V1_3 => TlsVersion::V1_3,
        },
        certificate: match handshakes.certificate {
            schema::Certificate::Rsa => Certificate::Rsa,
            schema::Certificate::Ecdsa => Certificate::Ecdsa,
        },
        key_exchange: match handshakes.key_exchange {
            schema::KeyExchange::Hybrid => KeyExchange::Hybrid,
            schema::KeyExchange::X25519 => KeyExchange::X25519,
        },
    })
}

/// Time that the round trips of a new connection take: one for TCP, and those of TLS.
pub(crate) fn trips(clients: &Clients, handshake: Handshake) -> Span {
    let trips = 1 + tls(clients).map_or(0, |it| it.round_trips(handshake));
    Span::from_nanos(clients.round_trip.0.nanos().saturating_mul(trips.into()))
}

/// How clients set up connections; `None` if only the time of a full handshake counts.
pub(crate) fn set_up(clients: &Clients, calibration: &Calibration) -> Option<SetUp> {
    let timeout = connect_timeout(clients);
    if clients.handshakes.is_none() && timeout.is_none() {
        return None;
    }
    let tls = tls(clients).filter(|_| clients.handshakes.is_some());
    let cost = |handshake| Cost {
        trips: trips(clients, handshake),
        work: tls.map_or(Span::ZERO, |it| calibration.cost(it.work(handshake))),
    };
    Some(SetUp {
        full: cost(Handshake::Full),
        resumed: cost(Handshake::Resumed),
        resumes: tls.is_some() && resumes(clients),
        timeout,
    })
}

/// Whether a connection resumes the TLS session of an earlier one.
pub(crate) fn resumes(clients: &Clients) -> bool {
    let said = clients.handshakes.and_then(|it| it.resume);
    said.unwrap_or_else(|| sdk(clients).is_some_and(|it| it.value.resumes_tls))
}

/// How long setting up a connection may take.
pub(crate) fn connect_timeout(clients: &Clients) -> Option<Span> {
    let given = clients.connect_timeout.map(|it| it.0);
    given.or_else(|| timeouts(clients)?.connect_timeout)
}

/// How long S3 or KMS may be silent.
pub(crate) fn read_timeout(clients: &Clients) -> Option<Span> {
    let given = clients.read_timeout.map(|it| it.0);
    given.or_else(|| timeouts(clients)?.read_timeout)
}

fn timeouts(clients: &Clients) -> Option<ConnectionDefaults> {
    match clients.timeouts {
        TimeOuts::None => None,
        TimeOuts::Sdk => sdk(clients).map(|it| it.value),
    }
}

/// The pool of an SDK client object of S3; `None` if there is no limit.
pub(crate) fn pool(clients: &Clients) -> Option<PoolRules> {
    pool_of(clients.connections, clients.keep_alive.0)
}

/// The pool of an SDK client object of KMS; `None` if KMS is asked without connections.
pub(crate) fn kms_pool(clients: &Clients) -> Option<PoolRules> {
    let connections = clients.kms_connections?;
    let keep_alive = clients.keep_alive.0;
    Some(pool_of(connections, keep_alive).unwrap_or(PoolRules {
        connections: u32::MAX,
        when_empty: WhenEmpty::OpensOne,
        idle: keep_alive,
    }))
}

fn pool_of(connections: Connections, keep_alive: Span) -> Option<PoolRules> {
    if let Connections::Pool(pool) = connections {
        return Some(PoolRules {
            connections: pool.max,
            when_empty: when_empty(&pool),
            idle: keep_alive,
        });
    }
    let defaults = defaults(connections)?.value;
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
