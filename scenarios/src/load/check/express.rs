//! What a directory bucket (S3 Express One Zone) cannot do.
//!
//! Source: Amazon S3 User Guide, "Data protection and encryption in directory buckets" and "Using
//! server-side encryption with AWS KMS keys (SSE-KMS) in directory buckets", read 2026-04-13.
use super::Check;
use crate::diagnostic::Diagnostic;
use crate::schema::{Encryption, KmsKey, Scenario, Splitting};

/// Settings that contradict `storage-class = "express-one-zone"`.
pub(super) fn check(scenario: &Scenario, check: &mut Check<'_>) {
    let bucket = &scenario.bucket;
    let unavailable = match bucket.encryption {
        Encryption::SseS3 | Encryption::SseKms => None,
        Encryption::None => Some("none"),
        Encryption::SseC => Some("sse-c"),
        Encryption::DsseKms => Some("dsse-kms"),
    };
    if let Some(mode) = unavailable {
        contradiction(
            &["bucket", "encryption"],
            &format!("`bucket.encryption` is \"{mode}\""),
            "write encryption = \"sse-s3\" or \"sse-kms\", or storage-class = \"standard\"",
            check,
        );
    }
    if bucket.encryption == Encryption::SseKms && !bucket.bucket_key {
        contradiction(
            &["bucket", "bucket-key"],
            "`bucket.bucket-key` is false under \"sse-kms\"",
            "a directory bucket always has Bucket Keys; write bucket-key = true",
            check,
        );
    }
    if bucket.encryption == Encryption::SseKms && scenario.kms.key == KmsKey::AwsManaged {
        contradiction(
            &["kms", "key"],
            "`kms.key` is \"aws-managed\"",
            "a directory bucket takes no key aws/s3; write kms.key = \"customer-managed\"",
            check,
        );
    }
    if scenario.s3.splitting != Splitting::None {
        contradiction(
            &["s3", "splitting"],
            "`s3.splitting` splits prefixes",
            "a directory bucket has one rate, whatever its prefixes; write splitting = \"none\"",
            check,
        );
    }
}

fn contradiction(path: &[&str], says: &str, help: &str, check: &mut Check<'_>) {
    let class = check.at(&["bucket", "storage-class"]).place();
    let message = format!("{says}, but `bucket.storage-class` is \"express-one-zone\"");
    let found = Diagnostic::new(check.at(path).place(), message)
        .related(class, "the storage class")
        .help(help);
    check.found.push(found);
}
