use super::request::Service;
use crate::assemble::{Access, Assembly, Fleet, LatencyFactor};
use crate::crypto::at_rate;
use keystorm_models::Latency;
use keystorm_models::workload::{Arrival, Ask, OpenArrivals, Operation};
use keystorm_sim::{StreamKey, Streams};

/// What the service of an attempt is drawn from.
#[derive(Clone, Debug)]
pub(super) struct ServiceTimes<'a> {
    /// With the replication's factor.
    get_first_byte: Latency,
    put_first_byte: Latency,
    /// Of calls that S3 makes to KMS, if it makes any; several for one request go side by side.
    kms: Option<&'a Latency>,
    connection_rate: u64,
}

impl<'a> ServiceTimes<'a> {
    pub(super) fn new(assembly: &'a Assembly, streams: &Streams) -> Self {
        let s3 = &assembly.s3;
        let factor = match &s3.latency_factor {
            LatencyFactor::Constant(factor) => *factor,
            LatencyFactor::Drawn(factor) => {
                factor.draw(&mut streams.key("s3-latency-factor", 0).rng())
            }
        };
        let needs_kms = |access: &Access| access.needs[0].is_some();
        let mut shares = assembly.fleets.iter().flat_map(Fleet::shares);
        let calls_kms = shares.any(|(_, access, _)| needs_kms(access));
        Self {
            get_first_byte: s3.get_first_byte.scaled(factor),
            put_first_byte: s3.put_first_byte.scaled(factor),
            kms: calls_kms.then_some(&assembly.kms.latency),
            connection_rate: s3.connection_rate,
        }
    }

    /// The service of an attempt, from the stream that is its own: the same whether it is drawn
    /// early or late.
    pub(super) fn draw(&self, stream: StreamKey, ask: &Ask) -> Service {
        let [first_byte, kms] = stream.words();
        Service {
            first_byte: self.first_byte(ask.operation).of_word(first_byte),
            transfer: at_rate(ask.size, self.connection_rate),
            kms: self.kms.map(|it| it.of_word(kms)).unwrap_or_default(),
        }
    }

    /// Draws the service of the arrivals' first attempts.
    pub(super) fn draw_each(
        &self,
        key: StreamKey,
        arrivals: &[Arrival],
        services: &mut [Service; OpenArrivals::BLOCK],
    ) {
        let mut kms_words = [0; OpenArrivals::BLOCK];
        let mut first_byte_words = [0; OpenArrivals::BLOCK];
        for (index, arrival) in arrivals.iter().enumerate() {
            [first_byte_words[index], kms_words[index]] = key.child(arrival.id.attempt(1)).words();
        }
        for ((arrival, word), times) in arrivals.iter().zip(first_byte_words).zip(&mut *services) {
            times.first_byte = self.first_byte(arrival.ask.operation).of_word(word);
            times.transfer = at_rate(arrival.ask.size, self.connection_rate);
        }
        if let Some(kms) = self.kms {
            for ((_, word), times) in arrivals.iter().zip(kms_words).zip(services) {
                times.kms = kms.of_word(word);
            }
        }
    }

    #[inline]
    fn first_byte(&self, operation: Operation) -> &Latency {
        if operation.writes() {
            &self.put_first_byte
        } else {
            &self.get_first_byte
        }
    }
}
