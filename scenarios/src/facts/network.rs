//! What limits connections and transfers of the clients.
use super::cores::measured;
use super::words::{bytes_per_second, thousands};
use super::{Fact, Facts, sourced};
use crate::assemble::network::{self, LAMBDA};
use crate::schema::{Network, TimeOuts};
use crate::units::{ByteRate, Duration};
use keystorm_models::Sourced;
use keystorm_models::client::network::{Handshake, LinkRules, Refill, WhenEmpty};
use keystorm_models::cpu::Calibration;
use keystorm_models::tables::{self, Way};
use keystorm_sim::Span;

impl Facts<'_> {
    /// Connections and links, as far as they are limited.
    pub(super) fn network(&self) -> Vec<Fact> {
        let clients = &self.scenario.clients;
        let mut list = Vec::new();
        for (path, subject, connections, pool) in [
            (
                "clients.connections",
                "Connections to S3",
                Some(clients.connections),
                network::pool(clients),
            ),
            (
                "clients.kms-connections",
                "Connections to KMS",
                clients.kms_connections,
                network::kms_pool(clients),
            ),
        ] {
            let (Some(connections), Some(pool)) = (connections, pool) else {
                continue;
            };
            if pool.connections == u32::MAX {
                continue;
            }
            let waits = match pool.when_empty {
                WhenEmpty::OpensOne => "opens more, thrown away after use".to_owned(),
                WhenEmpty::Waits {
                    timeout: Some(timeout),
                    ..
                } => format!("attempts wait up to {}", Duration(timeout)),
                WhenEmpty::Waits { timeout: None, .. } => "attempts wait".to_owned(),
            };
            let value = format!(
                "{} for each SDK client object; {waits}",
                thousands(pool.connections.into())
            );
            list.push(match network::defaults(connections) {
                None => Self::given(path, subject, value),
                Some(defaults) => sourced(path, subject, value, &defaults.map(|_| ())),
            });
        }
        list.extend(self.timeouts());
        let path = "clients.network";
        let subject = "Network of an instance, each direction";
        match (clients.network, clients.instance_type.as_deref()) {
            (Some(Network::Unlimited), _) | (None, None) => {}
            (Some(_), _) => list.extend(
                network::links(clients).map(|[both, _]| Self::given(path, subject, link(&both))),
            ),
            (None, Some(LAMBDA)) => list.extend([Way::In, Way::Out].map(|way| {
                let (id, subject) = match way {
                    Way::In => (
                        "clients.network.in",
                        "Network of a Lambda function, downloads",
                    ),
                    Way::Out => (
                        "clients.network.out",
                        "Network of a Lambda function, uploads",
                    ),
                };
                link_fact(id, subject, &tables::lambda_link(way))
            })),
            (None, Some(name)) => {
                let it = tables::instance_type(name).expect("checked when it was loaded");
                let vcpus = format!("{name}, {} vCPUs", it.value.vcpus);
                let links = tables::instance_link(it.value);
                list.push(sourced(
                    "clients.instance-type",
                    "Instance type",
                    vcpus,
                    &it.map(|_| ()),
                ));
                list.push(link_fact(path, subject, &links));
            }
        }
        list
    }
}

impl Facts<'_> {
    /// How long clients wait.
    fn timeouts(&self) -> Vec<Fact> {
        let clients = &self.scenario.clients;
        let sdk = network::sdk(clients).filter(|_| clients.timeouts == TimeOuts::Sdk);
        let fact = |path, subject, waits: Option<Span>, is_given| {
            let value = Duration(waits?).to_string();
            Some(match (&sdk, is_given) {
                (Some(sdk), false) => sourced(path, subject, value, &sdk.clone().map(|_| ())),
                _ => Self::given(path, subject, value),
            })
        };
        let connect = fact(
            "clients.connect-timeout",
            "Connect time-out of the clients",
            network::connect_timeout(clients),
            clients.connect_timeout.is_some(),
        );
        let read = fact(
            "clients.read-timeout",
            "Read time-out of the clients",
            network::read_timeout(clients),
            clients.read_timeout.is_some(),
        );
        connect.into_iter().chain(read).collect()
    }

    /// What TLS handshakes cost the clients' cores; nothing if they are not modelled.
    pub(super) fn handshakes(&self, calibration: &Calibration) -> Option<Fact> {
        let clients = &self.scenario.clients;
        let tls = network::tls(clients).filter(|_| clients.handshakes.is_some())?;
        let micros = |handshake| {
            let nanos = calibration.cost(tls.work(handshake)).nanos();
            format!("{}.{} µs", thousands(nanos / 1_000), nanos / 100 % 10)
        };
        let resumed = if network::resumes(clients) {
            format!("; resumed {}", micros(Handshake::Resumed))
        } else {
            "; sessions are not resumed".to_owned()
        };
        Some(measured(
            calibration,
            "clients.handshakes",
            "Core time of a TLS handshake",
            format!("full {}{resumed}", micros(Handshake::Full)),
            "with rustls; the TLS of other languages takes its own time",
        ))
    }
}

fn link_fact(id: &str, subject: &str, rules: &Sourced<LinkRules>) -> Fact {
    let value = link(&rules.value);
    sourced(id, subject, value, &rules.clone().map(|_| ()))
}

/// What a link can do, in words.
fn link(rules: &LinkRules) -> String {
    match *rules {
        LinkRules::Constant(rate) => bytes_per_second(ByteRate(rate)),
        LinkRules::Burst(it) => {
            let refill = match it.refill {
                Refill::Steadily => String::new(),
                Refill::Every(every) => format!(" every {}", Duration(every)),
            };
            format!(
                "{}{refill}, {} while there are credits, {} MB of them at the start",
                bytes_per_second(ByteRate(it.baseline_per_s)),
                bytes_per_second(ByteRate(it.burst_per_s)),
                thousands(it.start / 1_000_000)
            )
        }
    }
}
