/// An operation whose time depends on how many bytes it is given.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum PerByte {
    /// AES-256-GCM, sealing, key ready.
    Seal,
    /// AES-256-GCM, opening, key ready.
    Open,
    /// TLS 1.3, a client that sends.
    TlsSend,
    /// TLS 1.3, a client that receives.
    TlsReceive,
    /// CRC64-NVME, S3's default checksum.
    Crc64Nvme,
    /// CRC32.
    Crc32,
    /// CRC32C.
    Crc32c,
    /// SHA-256.
    Sha256,
    /// MD5.
    Md5,
    /// Copying in memory.
    Memcpy,
}

impl PerByte {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Seal,
        Self::Open,
        Self::TlsSend,
        Self::TlsReceive,
        Self::Crc64Nvme,
        Self::Crc32,
        Self::Crc32c,
        Self::Sha256,
        Self::Md5,
        Self::Memcpy,
    ];

    /// Its name in the file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Seal => "seal",
            Self::Open => "open",
            Self::TlsSend => "tls-send",
            Self::TlsReceive => "tls-receive",
            Self::Crc64Nvme => "crc64-nvme",
            Self::Crc32 => "crc32",
            Self::Crc32c => "crc32c",
            Self::Sha256 => "sha-256",
            Self::Md5 => "md5",
            Self::Memcpy => "memcpy",
        }
    }
}

/// Something that costs the same whatever the size of the object.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Once {
    /// An AES-256-GCM key made ready: key schedule and tables.
    KeySetup,
    /// A fresh data key.
    DataKey,
    /// Envelope of an object, its key wrapped by AES-GCM: sealing.
    EnvelopeGcmSeal,
    /// The same, opening.
    EnvelopeGcmOpen,
    /// Envelope of an object, its key wrapped by AES-KW: sealing.
    EnvelopeAesKwSeal,
    /// The same, opening.
    EnvelopeAesKwOpen,
    /// Envelope of the S3 Encryption Client's V3, key wrapping by a stand-in for KMS, and metadata:
    /// sealing.
    EnvelopeV3Seal,
    /// The same, opening.
    EnvelopeV3Open,
    /// Envelope of the S3 Encryption Client's V2, which derives no key: sealing.
    EnvelopeV2Seal,
    /// The same, opening.
    EnvelopeV2Open,
    /// A client's TLS 1.3 handshake: ECDSA certificates, rustls' default key exchange (X25519 with
    /// ML-KEM-768).
    TlsFullEcdsa,
    /// The same, with X25519 alone.
    TlsFullEcdsaX25519,
    /// A client's TLS 1.3 handshake: RSA certificates, which S3's endpoints show, and rustls'
    /// default key exchange.
    TlsFullRsa,
    /// The same, with X25519 alone.
    TlsFullRsaX25519,
    /// A client's resumed TLS 1.3 handshake, rustls' default key exchange.
    TlsResumed,
    /// The same, with X25519 alone.
    TlsResumedX25519,
}

impl Once {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::KeySetup,
        Self::DataKey,
        Self::EnvelopeGcmSeal,
        Self::EnvelopeGcmOpen,
        Self::EnvelopeAesKwSeal,
        Self::EnvelopeAesKwOpen,
        Self::EnvelopeV3Seal,
        Self::EnvelopeV3Open,
        Self::EnvelopeV2Seal,
        Self::EnvelopeV2Open,
        Self::TlsFullEcdsa,
        Self::TlsFullEcdsaX25519,
        Self::TlsFullRsa,
        Self::TlsFullRsaX25519,
        Self::TlsResumed,
        Self::TlsResumedX25519,
    ];

    /// What takes its place in a file from before it was measured, which came to 0.1.0 later: no
    /// less, since V3 does all that V2 does and derives a key besides.
    pub(super) fn stand_in(self) -> Option<Self> {
        match self {
            Self::EnvelopeV2Seal => Some(Self::EnvelopeV3Seal),
            Self::EnvelopeV2Open => Some(Self::EnvelopeV3Open),
            _ => None,
        }
    }

    /// Its name in the file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::KeySetup => "key-setup",
            Self::DataKey => "data-key",
            Self::EnvelopeGcmSeal => "envelope-gcm-seal",
            Self::EnvelopeGcmOpen => "envelope-gcm-open",
            Self::EnvelopeAesKwSeal => "envelope-aes-kw-seal",
            Self::EnvelopeAesKwOpen => "envelope-aes-kw-open",
            Self::EnvelopeV3Seal => "envelope-v3-seal",
            Self::EnvelopeV3Open => "envelope-v3-open",
            Self::EnvelopeV2Seal => "envelope-v2-seal",
            Self::EnvelopeV2Open => "envelope-v2-open",
            Self::TlsFullEcdsa => "tls-full-ecdsa",
            Self::TlsFullEcdsaX25519 => "tls-full-ecdsa-x25519",
            Self::TlsFullRsa => "tls-full-rsa",
            Self::TlsFullRsaX25519 => "tls-full-rsa-x25519",
            Self::TlsResumed => "tls-resumed",
            Self::TlsResumedX25519 => "tls-resumed-x25519",
        }
    }
}
