//! Sentences about limits: what asks for them, who refuses, what fails.
use crate::number::{per_second, rate, share};
use crate::results::{self, accounts::OfAccount};
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

/// Names of the other accounts that KMS throttles: `the account lake`.
pub(super) fn accounts(variant: &Variant) -> String {
    let throttled = results::accounts::all(variant).filter(|it| it.refused() > 0.0);
    let names: Vec<&str> = throttled.map(|it| it.account.name.as_str()).collect();
    match &names[..] {
        [] => "another account".into(),
        [name] => format!("the account {name}"),
        [names @ .., last] => format!("the accounts {} and {last}", names.join(", ")),
    }
}

/// What KMS refuses in other accounts where it refuses in the bucket's.
pub(super) fn in_other_accounts_too(variant: &Variant) -> Text {
    match amount(variant, "other-accounts.kms.throttled-share") {
        0.0 => Text::default(),
        _ => Text::new(format!("It throttles {}, too. ", accounts(variant))),
    }
}

/// Peak demand of the other account that asks for most of its quota.
pub(super) fn demand_elsewhere(variant: &Variant) -> Text {
    let quota = |it: &OfAccount<'_>| it.account.kms_quota_per_s.as_f64();
    let share = |it: &OfAccount<'_>| it.demand() / quota(it);
    let throttled = results::accounts::all(variant).filter(|it| it.refused() > 0.0);
    let Some(most) = throttled.max_by(|a, b| share(a).total_cmp(&share(b))) else {
        return Text::default();
    };
    Text::new(format!("First attempts of {} reach ", most.account.name))
        .strong(format!("{} calls/s", rate(most.demand())))
        .plain(" against its quota of ")
        .strong(per_second(quota(&most)))
        .plain("; the bucket's account is not refused. ")
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
