//! Facts about KMS, and about who calls it.
use super::words::{latency, per_second, rate};
use super::{Facts, assumed, sourced};
use crate::assemble;
use keystorm_models::kms::Call;
use keystorm_models::s3::{KmsCallRow, Role, When, dsse_kms_calls, kms_call_rows};
use keystorm_models::{Certainty as Trust, Sourced};
use keystorm_record::{Fact, Operation};

impl Facts<'_> {
    pub(super) fn kms(&self) -> Vec<Fact> {
        let kms = &self.scenario.kms;
        let quota = assemble::kms_quota(self.scenario);
        let region = &self.scenario.account.region;
        let documented = |note| Sourced {
            value: (),
            source: "AWS General Reference, AWS KMS endpoints and quotas".into(),
            date: "2026".into(),
            certainty: Trust::Documented,
            note,
        };
        vec![
            self.setting(
                "kms.request-quota",
                &format!("KMS request quota, symmetric keys, {region}"),
                per_second(quota.value),
                &quota.map(|_| ()),
            ),
            self.setting(
                "kms.other-load",
                "Other load of the account on this quota",
                format!("{}, evenly spaced", rate(self.scenario.kms.other_load)),
                &assumed("none, unless the scenario says so"),
            ),
            sourced(
                "kms-throttling",
                "How KMS throttles",
                "a counter per one-second interval; after the quota all calls are refused until \
                 its end"
                    .to_owned(),
                &documented("".into()),
            ),
            sourced(
                "kms-interval",
                "Where the interval begins; refused calls",
                "at the clock's full second; refused calls are not counted".to_owned(),
                &assumed("AWS publishes neither"),
            ),
            self.setting(
                "kms.latency",
                "Latency of a KMS call",
                latency(&kms.latency),
                &assumed("AWS publishes no distribution; a short request inside a Region"),
            ),
            self.setting(
                "kms.refusal-latency",
                "Time until KMS answers a refused call",
                kms.refusal_latency.to_string(),
                &assumed("not published; a refusal does no cryptographic work"),
            ),
        ]
    }

    pub(super) fn bucket_key(&self) -> Vec<Fact> {
        let cache = &self.scenario.bucket.bucket_key_cache;
        let unpublished = assumed(
            "AWS says time-limited and publishes no number; one measured run saw 90 % fewer calls, \
             AWS claims up to 99 %",
        );
        let path = |key: &str| format!("bucket.bucket-key-cache.{key}");
        vec![
            self.setting(
                &path("lifetime"),
                "Time that S3 keeps a Bucket Key",
                cache.lifetime.to_string(),
                &unpublished,
            ),
            sourced(
                "bucket-key-requests",
                "Requests for a Bucket Key while S3 asks KMS for it",
                "neither wait nor ask again".to_owned(),
                &assumed("not published"),
            ),
            self.setting(
                &path("caches"),
                "Independent Bucket Key caches inside S3",
                cache.caches.to_string(),
                &unpublished,
            ),
            self.setting(
                &path("keys-read"),
                "Bucket Keys under which the objects read were written",
                cache.keys_read.to_string(),
                &unpublished,
            ),
        ]
    }

    /// KMS calls that S3 makes for requests: a fact for each operation that the fleets ask for.
    pub(super) fn calls_of_s3(&self) -> Vec<Fact> {
        let fleets = &self.scenario.fleets;
        let asked = |row: &&KmsCallRow| {
            row.call.is_some()
                && fleets
                    .values()
                    .any(|fleet| fleet.operations.weight(row.operation) > 0)
        };
        let (decrypts, checksums) = (
            self.scenario.bucket.complete_upload_decrypts,
            self.scenario.clients.checksum_mode,
        );
        let made = |row: &&KmsCallRow| match row.when {
            When::Always => true,
            When::ChecksumMode => checksums,
            When::CompleteDecrypts => decrypts,
        };
        let rows = kms_call_rows().iter().filter(asked).filter(made);
        rows.map(|row| {
            let operation = Operation::ALL[row.operation as usize];
            let role = match row.role {
                Role::Source => "for what it reads",
                Role::Destination => "for what it writes",
            };
            let call = match row.call {
                Some(Call::GenerateDataKey) => "1 GenerateDataKey",
                Some(Call::Decrypt) => "1 Decrypt",
                None => "none",
            };
            let source = Sourced {
                value: (),
                source: row.source.into(),
                date: row.date.into(),
                certainty: row.certainty,
                note: row.note.into(),
            };
            sourced(
                &format!("kms-calls.{}.{role}", operation.id()),
                &format!(
                    "KMS calls of S3 per {} {role}, under a KMS key",
                    operation.label()
                ),
                call.to_owned(),
                &source,
            )
        })
        .collect()
    }

    /// KMS calls that S3 makes in place of one under DSSE-KMS.
    pub(super) fn calls_of_dsse(&self) -> Fact {
        self.setting(
            "bucket.dsse-kms-calls",
            "KMS calls of S3 under DSSE-KMS, in place of one under SSE-KMS",
            self.scenario.bucket.dsse_kms_calls.to_string(),
            &dsse_kms_calls().map(|_| ()),
        )
    }

    /// KMS calls that a client makes itself.
    pub(super) fn calls_of_client() -> Vec<Fact> {
        let client = Sourced {
            value: (),
            source: "amazon-s3-encryption-client-java, source and developer guide".into(),
            date: "2026-05-20".into(),
            certainty: Trust::Documented,
            note: "KMS keyring without a cache of data keys".into(),
        };
        vec![
            sourced(
                "kms-client-calls",
                "KMS calls of the S3 Encryption Client per PUT and per GET",
                "1 GenerateDataKey, 1 Decrypt".to_owned(),
                &client,
            ),
            sourced(
                "kms-client-connections",
                "Connections of clients to KMS",
                "always open".to_owned(),
                &assumed("a program that encrypts every object keeps them in use"),
            ),
        ]
    }
}
