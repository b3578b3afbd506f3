use super::network::{Connections, Handshakes, Network, TimeOuts};
use super::{ClientEncryption, Outer, Retry, WindowPhase};
use crate::units::{ByteRate, Duration, HourlyPrice};
use keystorm_models::tables;
use keystorm_sim::Span;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Settings of all clients.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Clients {
    /// `https` (the default) or `http`.
    pub scheme: Scheme,
    /// Version of TLS over HTTPS. A new connection pays two round trips for TLS 1.2, one for 1.3.
    pub tls_version: TlsVersion,
    /// Client-side encryption, on top of what the bucket does.
    pub encryption: ClientEncryption,
    /// Whether `head` asks for the object's checksum (`x-amz-checksum-mode: ENABLED`), for which S3
    /// needs the object's key.
    pub checksum_mode: bool,
    /// What a client does when a call fails.
    pub retry: Retry,
    /// Retries of the program around its SDK.
    pub outer_retry: Outer,
    /// Where in a second of the clients' clocks the run begins, since an adaptive client measures
    /// its rate from half second to half second: at a full one (`clock`), or at a time that is
    /// `drawn` for each replication.
    pub clock_phase: WindowPhase,
    /// Network round trip between client and AWS. A new connection pays one for TCP and, over
    /// HTTPS, one or two for TLS. Assumed.
    pub round_trip: Duration,
    /// Idle time after which S3, or KMS, closes a kept-alive connection. Assumed.
    pub keep_alive: Duration,
    /// Connections to S3 of an SDK client object: `unlimited` (the default), an SDK's by its name,
    /// such as `boto3`, or a pool of your own.
    #[serde(skip_serializing_if = "is_unlimited")]
    pub connections: Connections,
    /// The same for its connections to KMS, which then take time to set up. Left out: KMS is asked
    /// without connections, and `kms.latency` is all that a call takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_connections: Option<Connections>,
    /// Core time of the TLS handshakes of new connections, for which they wait for one of `cores`:
    /// `handshakes = {}`, as the calibration measured them. Left out: they take round trips only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handshakes: Option<Handshakes>,
    /// How long clients wait for a connection to be set up and for an answer: `none` (the default),
    /// for as long as it takes; or as the SDK (`sdk`).
    #[serde(skip_serializing_if = "is_patient")]
    pub timeouts: TimeOuts,
    /// How long setting up a connection may take, round trips and handshake; after that the attempt
    /// has failed, and is tried again as after any other time-out. Left out: as `timeouts` says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connect_timeout: Option<Duration>,
    /// How long S3 or KMS may be silent before the first byte of an answer; after that the attempt
    /// has failed, its connection is closed, and what was asked for is done nevertheless. Left out:
    /// as `timeouts` says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_timeout: Option<Duration>,
    /// Type of the instances, such as `c6gd.large`, for their network and `cores`; `lambda` for AWS
    /// Lambda's network. `cores` must fit it. Left out: any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_type: Option<String>,
    /// Network of an instance, for each direction by itself, shared by its transfers with S3. Left
    /// out: that of `instance-type`, and `unlimited` without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<Network>,
    /// Core time that a client spends on each attempt of a call, besides encryption, before it goes
    /// out: to build, sign and parse it. Attempts wait for one of `cores`. None by default.
    #[serde(skip_serializing_if = "is_none")]
    pub overhead: Duration,
    /// Who shares an SDK client object, with its retry quota, its rate limiter and its connections:
    /// all requests of an `instance` (the default), or none with another: a client for each
    /// `worker`.
    pub client_per: ClientPer,
    /// Processor cores per instance, for client-side encryption, `overhead` and `handshakes`. Left
    /// out: those of `instance-type`, if it is given.
    #[schemars(range(min = 1, max = 1_024))]
    pub cores: u32,
    /// Bytes per second that one core encrypts or decrypts with AES-256-GCM, whatever the size of
    /// the object. Left out: what a calibration measured, by size and with what each object costs
    /// besides (`keystorm run --calibration`, or the one that keystorm brings along).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crypto_rate: Option<ByteRate>,
    /// Price of an hour of one core, for the cost of client-side encryption. Left out: no such cost
    /// is computed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub core_price: Option<HourlyPrice>,
}

impl Default for Clients {
    fn default() -> Self {
        Self {
            scheme: Scheme::Https,
            tls_version: TlsVersion::default(),
            encryption: ClientEncryption::None,
            checksum_mode: false,
            retry: Retry::default(),
            outer_retry: Outer::None,
            clock_phase: WindowPhase::Clock,
            round_trip: Duration(Span::from_millis(1)),
            keep_alive: Duration(Span::from_secs(20)),
            connections: Connections::Unlimited,
            kms_connections: None,
            handshakes: None,
            timeouts: TimeOuts::None,
            connect_timeout: None,
            read_timeout: None,
            instance_type: None,
            network: None,
            overhead: Duration(Span::ZERO),
            client_per: ClientPer::Instance,
            cores: 4,
            crypto_rate: None,
            core_price: None,
        }
    }
}

impl Clients {
    /// Where nobody says how many cores an instance has, it has those of its type.
    pub(crate) fn take_cores_of_type(&mut self) {
        let known = self
            .instance_type
            .as_deref()
            .and_then(tables::instance_type);
        if let Some(known) = known {
            self.cores = known.value.vcpus;
        }
    }

    /// Whether the instances' cores have anything to do.
    pub(crate) fn use_cores(&self) -> bool {
        self.encryption != ClientEncryption::None
            || self.overhead.0 > Span::ZERO
            || self.handshakes.is_some()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_none(overhead: &Duration) -> bool {
    overhead.0 == Span::ZERO
}

fn is_unlimited(connections: &Connections) -> bool {
    *connections == Connections::Unlimited
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_patient(timeouts: &TimeOuts) -> bool {
    *timeouts == TimeOuts::None
}

/// Who shares an SDK client object.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientPer {
    /// All requests of an instance.
    #[default]
    Instance,
    /// None: each worker, of which an instance has `concurrency`, has its own.
    Worker,
}

/// HTTP or HTTPS.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// Plain HTTP: refused for SSE-C and for objects under KMS keys.
    Http,
    /// HTTP over TLS.
    Https,
}

/// Version of TLS. S3 takes no older ones.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub enum TlsVersion {
    /// TLS 1.2.
    #[serde(rename = "1.2")]
    V1_2,
    /// TLS 1.3.
    #[default]
    #[serde(rename = "1.3")]
    V1_3,
}
