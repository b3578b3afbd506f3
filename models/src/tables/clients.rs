//! What clients of S3 do by default: connections, time-outs, transfers.
use super::csv_text::sourced;
use crate::client::network::{DownloadBegins, PartGrowth, TransferRules, WhenEmpty};
use crate::{Certainty, Sourced};
use keystorm_sim::Span;

/// A client of S3, for what it does with connections.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum ConnectionsOf {
    /// boto3 and botocore (urllib3).
    Boto3,
    /// AWS SDK for Java 2.x, its Apache and Netty clients.
    Java2,
    /// AWS SDK for Go v2.
    Go2,
    /// AWS SDK for JavaScript v3 on Node.js.
    Js3,
    /// AWS SDK for Rust (hyper).
    Rust,
    /// AWS Common Runtime's S3 client, at its default target of 10 Gbit/s.
    Crt,
    /// Hadoop's S3A 3.4.
    S3a,
}

impl ConnectionsOf {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Boto3,
        Self::Java2,
        Self::Go2,
        Self::Js3,
        Self::Rust,
        Self::Crt,
        Self::S3a,
    ];
}

/// What a client does with connections by default.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ConnectionDefaults {
    /// Connections to one host that a client keeps; `None`: as many as it needs.
    pub connections: Option<u32>,
    /// What an attempt does that finds none.
    pub when_empty: WhenEmpty,
    /// Idle time after which the client closes a connection; `None`: the server does.
    pub idle: Option<Span>,
    /// How long setting up a connection may take.
    pub connect_timeout: Option<Span>,
    /// How long an answer may be silent.
    pub read_timeout: Option<Span>,
    /// Whether a new connection resumes the TLS session of an earlier one.
    pub resumes_tls: bool,
}

/// What a client does with connections by default.
///
/// boto3's pool does not block: a thread that finds it empty opens a connection and throws it away
/// after use. Go keeps at most ten idle ones to a host and opens as many as it needs, which is the
/// same. Sessions of TLS: Python's and Go's HTTP clients keep none unless told to; rustls and
/// Java's JSSE do.
#[must_use]
pub fn connection_defaults(client: ConnectionsOf) -> Sourced<ConnectionDefaults> {
    let seconds = |it| Some(Span::from_secs(it));
    let waits = |timeout: Option<u64>, pending_max| WhenEmpty::Waits {
        timeout: timeout.map(Span::from_secs),
        pending_max,
    };
    let opens = ConnectionDefaults {
        connections: None,
        when_empty: WhenEmpty::OpensOne,
        idle: None,
        connect_timeout: None,
        read_timeout: None,
        resumes_tls: false,
    };
    let (value, certainty, note) = match client {
        ConnectionsOf::Boto3 => (
            ConnectionDefaults {
                connections: Some(10),
                connect_timeout: seconds(60),
                read_timeout: seconds(60),
                ..opens
            },
            Certainty::Documented,
            "max_pool_connections; the pool does not block",
        ),
        ConnectionsOf::Java2 => (
            ConnectionDefaults {
                connections: Some(50),
                when_empty: waits(Some(10), 10_000),
                idle: seconds(60),
                connect_timeout: seconds(2),
                read_timeout: seconds(30),
                resumes_tls: true,
            },
            Certainty::Documented,
            "that JSSE resumes sessions with S3 is assumed",
        ),
        ConnectionsOf::Go2 => (
            ConnectionDefaults {
                connections: Some(10),
                idle: seconds(90),
                connect_timeout: seconds(30),
                ..opens
            },
            Certainty::Documented,
            "MaxIdleConnsPerHost; no limit on connections in use",
        ),
        ConnectionsOf::Js3 => (
            ConnectionDefaults {
                connections: Some(50),
                when_empty: waits(None, u32::MAX),
                ..opens
            },
            Certainty::Assumed,
            "maxSockets 50, from secondary evidence",
        ),
        ConnectionsOf::Rust => (
            ConnectionDefaults {
                connect_timeout: Some(Span::from_millis(3_100)),
                resumes_tls: true,
                ..opens
            },
            Certainty::Documented,
            "hyper's pool has no limit; no read time-out",
        ),
        ConnectionsOf::Crt => (
            ConnectionDefaults {
                connections: Some(crt_connections(10_000_000_000).value),
                when_empty: waits(None, u32::MAX),
                read_timeout: seconds(30),
                ..opens
            },
            Certainty::Documented,
            "by throughput; the read time-out is the one of a connection without progress; that \
             sessions of TLS are not resumed is assumed",
        ),
        ConnectionsOf::S3a => (
            ConnectionDefaults {
                connections: Some(500),
                when_empty: waits(Some(60), u32::MAX),
                idle: seconds(60),
                connect_timeout: seconds(30),
                read_timeout: seconds(200),
                resumes_tls: true,
            },
            Certainty::Assumed,
            "fs.s3a.connection.maximum 500; the acquisition and idle times from secondary evidence",
        ),
    };
    sourced(value, "client-connections-2026", certainty, note)
}

/// Connections of the AWS Common Runtime's S3 client for a throughput \[bit/s\].
///
/// One for each 0.4 Gbit/s, at least 10, at most 10,000.
#[must_use]
pub fn crt_connections(bits_per_s: u64) -> Sourced<u32> {
    let connections = bits_per_s.div_ceil(400_000_000).clamp(10, 10_000);
    let connections = u32::try_from(connections).expect("at most 10,000");
    let note = "throughput over 100 / 250 Gbit/s, at least 10";
    let key = "client-connections-2026";
    sourced(connections, key, Certainty::Documented, note)
}

/// A transfer manager: what moves objects in parts.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Manager {
    /// boto3's `upload_file` and `download_file`, and the AWS CLI's classic transfers.
    S3transfer,
    /// AWS Common Runtime, which Java's transfer manager uses too.
    Crt,
    /// Go's `feature/s3/manager`.
    Go,
    /// Hadoop's S3A, writing streams; it reads what engines seek, here with one GET.
    S3a,
}

impl Manager {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::S3transfer, Self::Crt, Self::Go, Self::S3a];
}

/// How often Spark tries a task by default, before it gives the job up: `spark.task.maxFailures`.
#[must_use]
pub fn spark_task_attempts() -> Sourced<u32> {
    sourced(4, "spark-configuration", Certainty::Documented, "")
}

/// What a transfer manager does by default.
///
/// s3transfer asks for the size with a HEAD before it downloads, unless checksums of answers are
/// validated only when required, which is not the default.
#[must_use]
pub fn transfer_rules(manager: Manager) -> Sourced<TransferRules> {
    const MIB: u64 = 1 << 20;
    let (value, certainty, note) = match manager {
        Manager::S3transfer => (
            TransferRules {
                parts_from: 8 * MIB,
                part: 8 * MIB,
                growth: PartGrowth::Doubles,
                at_once: 10,
                download: DownloadBegins::WithHead,
            },
            Certainty::Documented,
            "threshold and part 8 MiB, ten threads of a manager; HEAD first",
        ),
        Manager::Crt => (
            TransferRules {
                parts_from: 8 * MIB + 1,
                part: 8 * MIB,
                growth: PartGrowth::Fits,
                at_once: crt_connections(10_000_000_000).value,
                download: DownloadBegins::WithFirstRange,
            },
            Certainty::Assumed,
            "part 8 MiB, uploads in parts above it; downloads by ranges without a HEAD, from \
             secondary evidence; as many at once as connections",
        ),
        Manager::Go => (
            TransferRules {
                parts_from: 5 * MIB + 1,
                part: 5 * MIB,
                growth: PartGrowth::Fits,
                at_once: 5,
                download: DownloadBegins::WithFirstRange,
            },
            Certainty::Documented,
            "part 5 MiB, five workers; the first range says how large the object is",
        ),
        Manager::S3a => (
            TransferRules {
                parts_from: 64 * MIB,
                part: 64 * MIB,
                growth: PartGrowth::Fits,
                at_once: 4,
                download: DownloadBegins::WithAll,
            },
            Certainty::Assumed,
            "fs.s3a.multipart.size 64M, four active blocks; in parts from the first full block on, \
             from secondary evidence",
        ),
    };
    sourced(value, "transfer-managers-2026", certainty, note)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: the CRT's connections are those of its formula, at both ends too.
    // Method: its default, 100 Gbit/s, and what is out of range.
    #[test]
    fn the_crt_has_connections_by_throughput() {
        let connections = |gbits: u64| crt_connections(gbits * 1_000_000_000).value;
        assert_eq!(
            [10, 100, 1, 1_000_000].map(connections),
            [25, 250, 10, 10_000]
        );
    }

    // Goal: no default without a source; only a pool with a limit makes anybody wait.
    // Method: every client.
    #[test]
    fn defaults_have_a_source() {
        for client in ConnectionsOf::ALL {
            let defaults = connection_defaults(client);
            assert!(defaults.source.len() > 20 && !defaults.note.is_empty());
            let waits = matches!(defaults.value.when_empty, WhenEmpty::Waits { .. });
            assert!(!waits || defaults.value.connections.is_some(), "{client:?}");
        }
        assert_eq!(
            connection_defaults(ConnectionsOf::Crt).value.connections,
            Some(25)
        );
    }
}
