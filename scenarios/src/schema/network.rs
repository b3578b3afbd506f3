use crate::units::{ByteRate, ByteSize, Duration};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Connections of an SDK client object to S3.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Connections {
    /// As many as there are requests under way: nobody waits for one.
    #[default]
    Unlimited,
    /// As boto3: keeps 10; a thread that finds none opens one, which is thrown away after use.
    Boto3,
    /// As the AWS SDK for Java 2.x: 50; waits up to 10 s for one.
    Java,
    /// As the AWS SDK for Go v2: keeps 10 idle ones, opens as many as it needs.
    Go,
    /// As the AWS SDK for JavaScript v3: 50; waits for one.
    JavaScript,
    /// As the AWS Common Runtime for 10 Gbit/s: 25; waits for one.
    Crt,
    /// As Hadoop's S3A 3.4: 500; waits up to 60 s for one.
    S3a,
    /// A pool of your own: `connections.pool = { max = 50, acquire-timeout = "10 s" }`.
    Pool(ConnectionPool),
}

/// A pool of connections.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ConnectionPool {
    /// Connections that it keeps; where requests wait, connections at all.
    #[schemars(range(min = 1, max = 100_000))]
    pub max: u32,
    /// What an attempt does that finds none: `wait` (the default) or `open` one that is thrown away
    /// after use.
    #[serde(default)]
    pub when_empty: WhenEmpty,
    /// How long an attempt waits; after that it has failed, and is tried again as after any other
    /// time-out. Left out: for as long as it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acquire_timeout: Option<Duration>,
    /// How many attempts may wait; more fail at once. Left out: any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending_max: Option<u32>,
}

/// What an attempt does that finds no connection.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhenEmpty {
    /// It waits, first come first served.
    #[default]
    Wait,
    /// It opens one.
    Open,
}

/// TLS handshakes of new connections, as far as they take core time. Their round trips count
/// without it, too.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Handshakes {
    /// Whether a connection resumes the TLS session that an earlier one of the same SDK client
    /// object left behind, which saves certificates and signatures. Left out: as the SDK does that
    /// `connections` names, or else `retry`; without an SDK it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resume: Option<bool>,
    /// Kind of the server's certificate, which a full handshake checks. Assumed.
    pub certificate: Certificate,
    /// How client and server agree on keys.
    pub key_exchange: KeyExchange,
}

/// Kind of a server's certificate.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certificate {
    /// RSA, as S3 shows to clients that do not ask for another.
    #[default]
    Rsa,
    /// ECDSA.
    Ecdsa,
}

/// How a client and a server agree on a key.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyExchange {
    /// X25519 together with ML-KEM-768, safe against a quantum computer.
    #[default]
    Hybrid,
    /// X25519 alone, as older clients do it.
    X25519,
}

/// How long clients wait for connections to be set up and for answers.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeOuts {
    /// For as long as it takes.
    #[default]
    None,
    /// As long as the SDK does by default that `connections` names, or else `retry`: boto3 60 s for
    /// either, Java 2 s for a connection and 30 s for an answer.
    Sdk,
}

/// Network of an instance, in each direction.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Network {
    /// Every connection has its own rate, `s3.connection-rate`, however many there are.
    Unlimited,
    /// Transfers share so much equally, each with at most `s3.connection-rate`:
    /// `network.constant = "1.25 GB/s"`.
    Constant(ByteRate),
    /// A baseline, and more while there are credits: `network.burst = { baseline = "93.75 MB/s",
    /// burst = "1.25 GB/s", credits = "330 GB" }`.
    Burst(NetworkBurst),
}

/// A network with credits: full at the start, filled at the baseline.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct NetworkBurst {
    /// What it always has.
    pub baseline: ByteRate,
    /// What it has while there are credits.
    pub burst: ByteRate,
    /// What can be moved beyond what comes in, at most.
    pub credits: ByteSize,
}
