use super::Check;
use crate::assemble::network::{self, LAMBDA};
use crate::load::words;
use crate::schema::{
    Clients, ConnectionPool, Connections, Network, Scenario, Scheme, TimeOuts, WhenEmpty,
};
use keystorm_models::tables;
use keystorm_sim::Span;

/// Connections and network of the clients.
pub(super) fn check(scenario: &Scenario, check: &mut Check<'_>) {
    let clients = &scenario.clients;
    for (key, connections) in [
        ("connections", Some(clients.connections)),
        ("kms-connections", clients.kms_connections),
    ] {
        if let Some(Connections::Pool(it)) = connections {
            pool(key, it, check);
        }
    }
    handshakes(clients, check);
    timeouts(clients, check);
    network(clients, check);
    if let Some(name) = &clients.instance_type
        && name != LAMBDA
    {
        instance_type(name, clients.cores, check);
    }
}

fn handshakes(clients: &Clients, check: &mut Check<'_>) {
    if clients.handshakes.is_some() && clients.scheme == Scheme::Http {
        check.wrong(
            &["clients", "handshakes"],
            "`clients.handshakes` is set, but `clients.scheme` is \"http\": there is no TLS",
            "leave it out, or write clients.scheme = \"https\"",
        );
    }
}

fn timeouts(clients: &Clients, check: &mut Check<'_>) {
    for (key, timeout) in [
        ("connect-timeout", clients.connect_timeout),
        ("read-timeout", clients.read_timeout),
    ] {
        if timeout.is_some_and(|it| it.0 == Span::ZERO) {
            check.wrong(
                &["clients", key],
                format!("`clients.{key}` is \"0 s\"; expected more than 0, such as \"60 s\""),
                "leave it out where clients wait for as long as it takes",
            );
        }
    }
    if clients.timeouts == TimeOuts::Sdk && network::sdk(clients).is_none() {
        check.wrong(
            &["clients", "timeouts"],
            "`clients.timeouts` is \"sdk\", but neither `clients.connections` nor `clients.retry` \
             names an SDK whose time-outs keystorm knows",
            "write clients.connect-timeout and clients.read-timeout",
        );
    }
}

fn pool(key: &str, pool: ConnectionPool, check: &mut Check<'_>) {
    let path = ["clients", key, "pool"];
    if pool.when_empty == WhenEmpty::Open {
        let help = "leave it out, or write when-empty = \"wait\"";
        for (key, is_set) in [
            ("acquire-timeout", pool.acquire_timeout.is_some()),
            ("pending-max", pool.pending_max.is_some()),
        ] {
            if is_set {
                let message = format!(
                    "`{}.{key}` is set, but `when-empty` is \"open\": nobody waits",
                    path.join(".")
                );
                check.wrong(&[&path[..], &[key]].concat(), message, help);
            }
        }
    }
    if pool.acquire_timeout.is_some_and(|it| it.0 == Span::ZERO) {
        check.wrong(
            &[&path[..], &["acquire-timeout"]].concat(),
            format!(
                "`{}.acquire-timeout` is \"0 s\"; expected more than 0, such as \"10 s\"",
                path.join(".")
            ),
            "where nobody may wait, write pending-max = 0",
        );
    }
}

fn network(clients: &Clients, check: &mut Check<'_>) {
    let none = "no transfer would ever end";
    match clients.network {
        Some(Network::Constant(rate)) if rate.0 == 0 => check.wrong(
            &["clients", "network", "constant"],
            format!("`clients.network.constant` is \"{rate}\"; expected more than 0"),
            none,
        ),
        Some(Network::Burst(it)) => {
            let path = ["clients", "network", "burst"];
            if it.baseline.0 == 0 {
                check.wrong(
                    &[&path[..], &["baseline"]].concat(),
                    format!(
                        "`clients.network.burst.baseline` is \"{}\"; expected more than 0",
                        it.baseline
                    ),
                    none,
                );
            }
            if it.burst < it.baseline {
                check.wrong(
                    &[&path[..], &["burst"]].concat(),
                    format!(
                        "`clients.network.burst.burst` is \"{}\"; expected at least the baseline, \
                         \"{}\"",
                        it.burst, it.baseline
                    ),
                    "what an instance always has is network.constant",
                );
            }
        }
        Some(Network::Constant(_) | Network::Unlimited) | None => {}
    }
}

fn instance_type(name: &str, cores: u32, check: &mut Check<'_>) {
    let path = ["clients", "instance-type"];
    let Some(known) = tables::instance_type(name) else {
        let types = tables::instance_types().iter().map(|it| it.name.as_str());
        let names: Vec<&str> = types.chain([LAMBDA]).collect();
        let help = words::nearest(name, &names).map_or_else(
            || "say what it has: clients.cores and clients.network".to_owned(),
            |meant| {
                format!(
                    "did you mean \"{meant}\"? for another say clients.cores and clients.network"
                )
            },
        );
        let message =
            format!("`clients.instance-type` is \"{name}\", which keystorm does not know");
        return check.wrong(&path, message, &help);
    };
    let vcpus = known.value.vcpus;
    if cores > vcpus {
        check.wrong(
            &["clients", "cores"],
            format!("`clients.cores` is {cores}, but `clients.instance-type` is \"{name}\""),
            &format!("it has {vcpus} vCPUs; write clients.cores = {vcpus}"),
        );
    }
}
