//! Facts about KMS, and about who calls it.
use super::words::{latency, per_second, rate};
use super::{Facts, assumed, sourced};
use crate::assemble;
use keystorm_models::{Certainty as Trust, Sourced, s3};
use keystorm_record::Fact;

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

    /// KMS calls that S3 makes for requests.
    pub(super) fn calls_of_s3() -> Fact {
        sourced(
            "kms-calls",
            "KMS calls of S3 per PUT and per GET under a KMS key",
            "1 GenerateDataKey, 1 Decrypt".to_owned(),
            &s3::kms_calls().map(|_| ()),
        )
    }

    /// KMS calls that S3 makes for requests under DSSE-KMS.
    pub(super) fn calls_of_dsse(&self) -> Fact {
        self.setting(
            "bucket.dsse-kms-calls",
            "KMS calls of S3 per PUT and per GET under DSSE-KMS",
            format!(
                "{0} GenerateDataKey, {0} Decrypt",
                self.scenario.bucket.dsse_kms_calls
            ),
            &s3::dsse_kms_calls().map(|_| ()),
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
