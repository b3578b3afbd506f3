//! Sentences about limits: what asks for them, who refuses, what fails.
use crate::number::{per_second, rate, share};
use crate::text::Text;
use crate::view::{self, amount};
use keystorm_record::{Record, Variant};

/// Attempts that a prefix refuses. Records from before the two 503s were told apart in metrics have
/// the sum with KMS's.
pub(super) fn prefix_share(variant: &Variant) -> f64 {
    let share = view::mean(variant, "all.attempts-throttled-prefix-share");
    share.unwrap_or_else(|| amount(variant, "all.attempts-throttled-share"))
}

/// What S3 itself refuses where KMS refuses more.
pub(super) fn by_prefixes_too(variant: &Variant) -> Text {
    let counts = view::counts(variant, None);
    match view::ratio(counts.attempts_throttled_s3, counts.attempts) {
        0.0 => Text::default(),
        refused => Text::new("S3 refuses ")
            .strong(share(refused))
            .plain(" of attempts, too, for the request rate of a prefix. "),
    }
}

/// What KMS refuses where S3 itself refuses more.
pub(super) fn by_kms_too(variant: &Variant) -> Text {
    let counts = view::counts(variant, None);
    match view::ratio(counts.attempts_throttled_kms, counts.attempts) {
        0.0 => Text::default(),
        refused => Text::new("KMS refuses ")
            .strong(share(refused))
            .plain(", too, for its quota. "),
    }
}

/// Requests that fail for good, if any do.
pub(super) fn failures(variant: &Variant) -> Text {
    match amount(variant, "all.failed-share") {
        0.0 => Text::default(),
        failed => Text::new(" ")
            .strong(share(failed))
            .plain(" of requests fail."),
    }
}

/// Peak demand against the quota, with what retries add.
pub(super) fn demand(record: &Record, variant: &Variant) -> Text {
    let first = amount(variant, "kms.demand.peak-second");
    let all = amount(variant, "kms.calls.peak-second");
    let text = Text::new("First attempts reach ")
        .strong(format!("{} calls/s", rate(first)))
        .plain(" against a quota of ")
        .strong(view::quota(record, variant));
    // A difference that four digits do not show is not worth a clause.
    if all > first * 1.005 {
        text.plain(format!("; retries raise that to {}. ", per_second(all)))
    } else {
        text.plain(". ")
    }
}

/// A custom key store that refuses more than the account's quota does.
pub(super) fn store(variant: &Variant) -> Text {
    let quota = variant.resolved.pointer("/kms/key-store-quota");
    let quota = quota
        .and_then(serde_json::Value::as_str)
        .unwrap_or("its quota");
    let by_store = amount(variant, "kms.throttled-share.key-store");
    let by_account = amount(variant, "kms.throttled-share") - by_store;
    let text = Text::new("The custom key store grants ")
        .strong(quota)
        .plain(" to all who use it, beside the account's quota, and refuses ")
        .strong(share(by_store))
        .plain(" of the fleets' KMS calls");
    if by_account > 1e-9 {
        text.plain("; the account's quota refuses ")
            .strong(share(by_account))
            .plain(". ")
    } else {
        text.plain(". ")
    }
}
