//! Facts about the cores that encrypt in the client.
use super::words::{bytes_per_second, thousands};
use super::{Facts, assumed};
use crate::schema::ClientEncryption;
use keystorm_models::cpu::{Calibration, Once, PerByte};
use keystorm_models::tables;
use keystorm_record::{Certainty, Fact};

/// The size that a calibration is summed up with \[bytes\]: 1 MiB.
const SHOWN: u64 = 1 << 20;

impl Facts<'_> {
    pub(super) fn cores(&self, calibration: &Calibration) -> Vec<Fact> {
        let clients = &self.scenario.clients;
        let given = |path, subject, value| self.setting(path, subject, value, &assumed(""));
        let mut list = vec![match clients.crypto_rate {
            Some(rate) => given(
                "clients.crypto-rate",
                "AES-256-GCM in the client, per core",
                bytes_per_second(rate),
            ),
            None if clients.encryption == ClientEncryption::S3EncryptionClient3 => {
                let envelope = [Once::EnvelopeV2Seal, Once::EnvelopeV2Open];
                calibrated(calibration, envelope, "V2")
            }
            None => {
                let envelope = [Once::EnvelopeV3Seal, Once::EnvelopeV3Open];
                calibrated(calibration, envelope, "V3")
            }
        }];
        let of_type = clients
            .instance_type
            .as_deref()
            .and_then(tables::instance_type);
        list.push(self.setting(
            "clients.cores",
            "Cores of an instance for client-side encryption",
            clients.cores.to_string(),
            &of_type.map_or(assumed("a small server"), |it| it.map(|_| ())),
        ));
        list.extend(
            clients
                .core_price
                .map(|it| given("clients.core-price", "Price of a core", it.to_string())),
        );
        list
    }
}

/// Core time from a calibration: the fact that says which one a variant uses.
fn calibrated(calibration: &Calibration, envelope: [Once; 2], format: &str) -> Fact {
    let from = calibration.provenance();
    let micros = |nanos: u64| format!("{}.{} µs", thousands(nanos / 1_000), nanos / 100 % 10);
    let bytes = |kind| match calibration.time(kind, SHOWN) {
        Ok(time) => micros(time.nanos()),
        Err(_) => "unknown".to_owned(),
    };
    let once = |kind| micros(calibration.cost(kind).nanos());
    let value = format!(
        "seal {} per 1 MiB and {} per object; open {} and {}",
        bytes(PerByte::Seal),
        once(envelope[0]),
        bytes(PerByte::Open),
        once(envelope[1])
    );
    let whose = if from.is_default {
        "keystorm's own, of another machine than yours: `keystorm calibrate` measures yours; "
    } else {
        ""
    };
    let (least, most) = calibration.sizes(PerByte::Seal);
    let note = format!(
        "{whose}AES-256-GCM and envelope of the S3 Encryption Client's {format}, {least} B to \
         {} MiB; TLS and checksums are not in it",
        most >> 20
    );
    let subject = "Core time of client-side encryption";
    measured(calibration, "calibration", subject, value, &note)
}

/// A fact that a calibration measured; its note says if that machine was noisy.
pub(super) fn measured(
    calibration: &Calibration,
    id: &str,
    subject: &str,
    value: String,
    note: &str,
) -> Fact {
    let from = calibration.provenance();
    let noise = if from.noise.is_empty() {
        ""
    } else {
        "; that machine was noisy while it was measured"
    };
    let day = from.measured.split('T').next().unwrap_or_default();
    Fact {
        id: id.to_owned(),
        subject: subject.to_owned(),
        value,
        source: format!("keystorm calibrate, {}", from.cpu),
        date: day.to_owned(),
        certainty: Certainty::Measured,
        note: format!("{note}{noise}"),
        variants: Vec::new(),
    }
}
