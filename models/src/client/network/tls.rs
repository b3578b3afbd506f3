use crate::cpu::Once;
use crate::s3::request_check::TlsVersion;

/// How a connection is made secure.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Handshake {
    /// With certificates.
    Full,
    /// With a session that an earlier connection left behind.
    Resumed,
}

/// Kind of the server's certificate, which the client checks in a full handshake.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Certificate {
    /// RSA, as S3 shows clients that do not ask for another.
    #[default]
    Rsa,
    /// ECDSA.
    Ecdsa,
}

/// How a client and a server agree on a key.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum KeyExchange {
    /// X25519 together with ML-KEM-768, safe against a quantum computer.
    #[default]
    Hybrid,
    /// X25519 alone.
    X25519,
}

/// What setting up a connection over HTTPS takes: round trips, and work of a core.
///
/// # Source
/// Round trips: RFC 8446, section 2 (TLS 1.3), and RFC 5246, section 7.3 (TLS 1.2). SDKs send no
/// early data, so that a resumed handshake of TLS 1.3 takes a round trip as well. Work: the
/// calibration, which measures TLS 1.3; that of TLS 1.2 is assumed to be the same. That S3's
/// certificate is RSA is assumed as well.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Tls {
    /// Version of the protocol.
    pub version: TlsVersion,
    /// Kind of the server's certificate.
    pub certificate: Certificate,
    /// How keys are agreed on.
    pub key_exchange: KeyExchange,
}

impl Tls {
    /// Round trips of the handshake, after the one of TCP.
    #[must_use]
    pub const fn round_trips(self, handshake: Handshake) -> u32 {
        match (self.version, handshake) {
            (TlsVersion::V1_3, _) | (_, Handshake::Resumed) => 1,
            (_, Handshake::Full) => 2,
        }
    }

    /// The handshake's entry in a calibration: what it costs the client's core.
    #[must_use]
    pub const fn work(self, handshake: Handshake) -> Once {
        use {Certificate::Ecdsa, Certificate::Rsa, KeyExchange::Hybrid, KeyExchange::X25519};
        match (handshake, self.certificate, self.key_exchange) {
            (Handshake::Full, Rsa, Hybrid) => Once::TlsFullRsa,
            (Handshake::Full, Rsa, X25519) => Once::TlsFullRsaX25519,
            (Handshake::Full, Ecdsa, Hybrid) => Once::TlsFullEcdsa,
            (Handshake::Full, Ecdsa, X25519) => Once::TlsFullEcdsaX25519,
            (Handshake::Resumed, _, Hybrid) => Once::TlsResumed,
            (Handshake::Resumed, _, X25519) => Once::TlsResumedX25519,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::Calibration;

    // Goal: a resumed handshake is never dearer than a full one, TLS 1.3 never slower than 1.2.
    // Method: every combination, with the calibration that keystorm brings along.
    #[test]
    fn resuming_saves_work_and_round_trips() {
        let calibration = Calibration::default_one();
        for certificate in [Certificate::Rsa, Certificate::Ecdsa] {
            for key_exchange in [KeyExchange::Hybrid, KeyExchange::X25519] {
                let tls = |version| Tls {
                    version,
                    certificate,
                    key_exchange,
                };
                let (old, new) = (tls(TlsVersion::V1_2), tls(TlsVersion::V1_3));
                let cost = |handshake| calibration.cost(new.work(handshake));
                assert!(cost(Handshake::Resumed) < cost(Handshake::Full), "{new:?}");
                let trips =
                    |tls: Tls| [Handshake::Full, Handshake::Resumed].map(|it| tls.round_trips(it));
                assert_eq!((trips(old), trips(new)), ([2, 1], [1, 1]));
            }
        }
    }
}
