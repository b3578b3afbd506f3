//! What limits connections and transfers of the clients.
use super::words::{bytes_per_second, thousands};
use super::{Fact, Facts, sourced};
use crate::assemble::network::{self, LAMBDA};
use crate::schema::{Connections, Network};
use crate::units::{ByteRate, Duration};
use keystorm_models::Sourced;
use keystorm_models::client::network::{LinkRules, Refill, WhenEmpty};
use keystorm_models::tables::{self, Way};

impl Facts<'_> {
    /// Connections and links, as far as they are limited.
    pub(super) fn network(&self) -> Vec<Fact> {
        let clients = &self.scenario.clients;
        let mut list = Vec::new();
        if let Some(pool) = network::pool(clients) {
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
            let subject = "Connections to S3";
            let path = "clients.connections";
            list.push(match (clients.connections, network::defaults(clients)) {
                (Connections::Pool(_), _) | (_, None) => Self::given(path, subject, value),
                (_, Some(defaults)) => sourced(path, subject, value, &defaults.map(|_| ())),
            });
        }
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
