//! What client-side encryption costs a core.
use keystorm_models::client::ClientDuty;
use keystorm_models::cpu::{Calibration, Once, PerByte};
use keystorm_sim::{NANOS_PER_S, Span};
use std::sync::Arc;

/// Where core time comes from.
#[derive(Clone, Debug)]
pub(crate) enum Crypto {
    /// A scenario's own rate of a core \[bytes per second\].
    Rate(u64),
    /// Measured: per object, and by its size.
    Calibrated(Arc<Calibration>, Envelope),
}

/// What an object costs a core besides its bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Envelope {
    /// That of the S3 Encryption Client's V3: key and commitment are derived from the data key. The
    /// AWS Encryption SDK's is taken to cost the same: it derives both likewise.
    V3,
    /// That of the S3 Encryption Client's V2, which derives nothing.
    V2,
    /// Data keys of a file, so many, each wrapped by AES-GCM in the client.
    Wraps(u32),
}

impl Envelope {
    /// Core time of sealing, or else of opening, an envelope.
    fn time(self, calibration: &Calibration, seals: bool) -> Span {
        let (once, times) = match (self, seals) {
            (Self::V3, true) => (Once::EnvelopeV3Seal, 1),
            (Self::V3, false) => (Once::EnvelopeV3Open, 1),
            (Self::V2, true) => (Once::EnvelopeV2Seal, 1),
            (Self::V2, false) => (Once::EnvelopeV2Open, 1),
            (Self::Wraps(keys), true) => (Once::EnvelopeGcmSeal, keys),
            (Self::Wraps(keys), false) => (Once::EnvelopeGcmOpen, keys),
        };
        let nanos = calibration.cost(once).nanos();
        Span::from_nanos(nanos.saturating_mul(times.into()))
    }
}

/// Core time of sealing or opening one object.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Work {
    pub(crate) time: Span,
    /// The size was not measured, nor sizes on both sides of it.
    pub(crate) is_guess: bool,
}

impl Crypto {
    /// Core time of a duty for `size` bytes, which the client seals before an upload and opens
    /// after a download, as a whole.
    pub(crate) fn work(&self, duty: ClientDuty, size: u64) -> Work {
        let (calibration, envelope) = match self {
            Self::Rate(rate) => {
                return Work {
                    time: at_rate(size, *rate),
                    is_guess: false,
                };
            }
            Self::Calibrated(it, envelope) => (it, *envelope),
        };
        let (seals, bytes) = match duty {
            ClientDuty::NewKeyAndSeal => (Some(true), Some(PerByte::Seal)),
            ClientDuty::NewKey => (Some(true), None),
            // Its envelope is made when the upload is created.
            ClientDuty::Seal => (None, Some(PerByte::Seal)),
            ClientDuty::Open => (Some(false), Some(PerByte::Open)),
            ClientDuty::Pass | ClientDuty::CallKms(_) => (None, None),
        };
        let (time, is_guess) = match bytes.map(|bytes| calibration.time(bytes, size)) {
            None => (Span::ZERO, false),
            Some(Ok(time)) => (time, false),
            Some(Err(outside)) => (outside.guess, true),
        };
        let envelope = seals.map_or(Span::ZERO, |it| envelope.time(calibration, it));
        Work {
            time: envelope + time,
            is_guess,
        }
    }

    /// Smallest and largest size that both sealing and opening were measured with \[bytes\]; `None`
    /// of a rate, which holds for all.
    pub(crate) fn measured(&self) -> Option<(u64, u64)> {
        let Self::Calibrated(calibration, _) = self else {
            return None;
        };
        let (seal, open) = (
            calibration.sizes(PerByte::Seal),
            calibration.sizes(PerByte::Open),
        );
        Some((seal.0.max(open.0), seal.1.min(open.1)))
    }
}

/// Time for `bytes` at `rate` bytes per second, rounded down to nanoseconds.
pub(crate) fn at_rate(bytes: u64, rate: u64) -> Span {
    // Nearly always 64 bits do, at a fraction of the cost of dividing 128.
    if let Some(scaled) = bytes.checked_mul(NANOS_PER_S) {
        return Span::from_nanos(scaled / rate);
    }
    let nanos = u128::from(bytes) * u128::from(NANOS_PER_S) / u128::from(rate);
    Span::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: an object costs its envelope and its bytes, sealing and opening each its own.
    // Method: the calibration's own figures at a measured size, one between and one outside.
    #[test]
    fn an_object_costs_its_envelope_and_its_bytes() {
        let calibration = Arc::new(Calibration::default_one());
        let crypto = Crypto::Calibrated(Arc::clone(&calibration), Envelope::V3);
        for size in [64, 3 << 20] {
            let put = crypto.work(ClientDuty::NewKeyAndSeal, size);
            let seal = calibration.time(PerByte::Seal, size).unwrap();
            assert_eq!(put.time, calibration.cost(Once::EnvelopeV3Seal) + seal);
            let get = crypto.work(ClientDuty::Open, size);
            let open = calibration.time(PerByte::Open, size).unwrap();
            assert_eq!(get.time, calibration.cost(Once::EnvelopeV3Open) + open);
            assert!(!put.is_guess && !get.is_guess, "{size}");
        }
        let (least, most) = crypto.measured().unwrap();
        assert_eq!((least, most), (64, 64 << 20));
        for size in [0, least - 1, most + 1] {
            assert!(crypto.work(ClientDuty::Open, size).is_guess, "{size}");
        }
    }

    // Goal: a scenario's own rate is what it was: bytes over rate, for every size.
    // Method: sizes by hand, one whose product exceeds 64 bits.
    #[test]
    fn a_rate_holds_for_every_size() {
        let crypto = Crypto::Rate(2_000_000_000);
        let nanos = |size| crypto.work(ClientDuty::NewKeyAndSeal, size).time.nanos();
        assert_eq!((nanos(0), nanos(3), nanos(1 << 20)), (0, 1, 524_288));
        assert_eq!(nanos(1 << 40), 549_755_813_888);
        assert!(!crypto.work(ClientDuty::Open, 0).is_guess);
        assert_eq!(crypto.measured(), None);
    }
}
