mod arrivals;
mod jobs;
mod sizes;

pub(super) use arrivals::in_order;

use super::Check;
use crate::load::examples;
use crate::schema::{Arrivals, Fleet, Keys, Popularity, Scenario};
use crate::units::ByteSize;
use crate::units::decimal::grouped;
use keystorm_models::policy::Requester;
use keystorm_sim::NANOS_PER_S;

/// Largest object of one `PutObject`, 5 GiB; larger ones need multipart uploads.
///
/// # Source
/// Amazon S3 User Guide, "Uploading objects" (a stored copy, read 2026-11-24; it says 5 GB).
const PUT_MAX: u64 = 5 << 30;

/// Most pairs of a requester and a tenant that Zipf's law is drawn over: a table of 1.6 MB.
const PAIRS_MAX: u64 = 100_000;

/// Arrivals, operations and sizes of one fleet.
pub(super) fn check(name: &str, fleet: &Fleet, scenario: &Scenario, check: &mut Check<'_>) {
    arrivals::check(name, fleet, scenario, check);
    if !matches!(fleet.arrivals, Arrivals::Job(_)) {
        operations(name, fleet, check);
        arrivals::phases(name, fleet, scenario, check);
    }
    sizes::check(name, fleet, check);
    pieces(name, fleet, check);
    keys(name, &fleet.keys, check);
    popularity(name, fleet, check);
    request(name, fleet, check);
}

/// Every fleet but a job says which operations it asks for.
fn operations(name: &str, fleet: &Fleet, check: &mut Check<'_>) {
    let path = ["fleets", name, "operations"];
    if !fleet.operations.is_empty() {
        return;
    }
    if check.document.key_at(&path).is_some() {
        no_weight(&path, check);
    } else {
        let message = "is missing; expected the weights of the operations";
        let help = "such as operations = { get = 80, put = 20 }";
        wrong(check, &path, message, help);
    }
}

fn no_weight(path: &[&str], check: &mut Check<'_>) {
    wrong(
        check,
        path,
        "has no weight above 0; expected at least one",
        "such as operations = { get = 80, put = 20 }",
    );
}

fn keys(name: &str, keys: &Keys, check: &mut Check<'_>) {
    if let Keys::Hot(it) = keys
        && it.requests < it.prefixes
    {
        wrong(
            check,
            &["fleets", name, "keys", "hot", "requests"],
            &format!(
                "is {}; expected at least {}, the share of prefixes that are hot",
                it.requests, it.prefixes
            ),
            "the hot set gets more requests than its share of prefixes, such as \
             keys.hot = { prefixes = 0.1, requests = 0.9 }",
        );
    }
    let Keys::Dated(it) = keys else { return };
    let nanos = it.period.0.nanos();
    if nanos == 0 || !nanos.is_multiple_of(NANOS_PER_S) {
        wrong(
            check,
            &["fleets", name, "keys", "dated", "period"],
            &format!(
                "is \"{}\"; expected whole seconds, such as \"1 h\"",
                it.period
            ),
            "keys with the date have a prefix for each day, others for each hour",
        );
    }
}

/// Zipf's law over the requesters and tenants takes a table of all of them.
fn popularity(name: &str, fleet: &Fleet, check: &mut Check<'_>) {
    let pairs = u64::from(fleet.requesters) * u64::from(fleet.tenants);
    if matches!(fleet.requester_popularity, Popularity::Zipf(_)) && pairs > PAIRS_MAX {
        wrong(
            check,
            &["fleets", name, "requester-popularity", "zipf"],
            &format!(
                "is over {} pairs of requesters and tenants; expected at most {}",
                grouped(pairs),
                grouped(PAIRS_MAX)
            ),
            "use fewer of them: those that hardly ask hardly matter",
        );
    }
}

/// A mistake whose message begins with the path.
fn wrong(check: &mut Check<'_>, path: &[&str], message: &str, help: &str) {
    let keys: Vec<String> = path.iter().map(|&key| key.to_owned()).collect();
    check.wrong(path, format!("`{}` {message}", examples::path(&keys)), help);
}

/// Sizes of ranges and parts.
fn pieces(name: &str, fleet: &Fleet, check: &mut Check<'_>) {
    for (key, size, max) in [
        ("range-size", fleet.range_size, ByteSize(u64::MAX)),
        ("part-size", fleet.part_size, ByteSize(PUT_MAX)),
    ] {
        if size.0 == 0 || size > max {
            let expected = if size.0 == 0 {
                "at least \"1 B\"".to_owned()
            } else {
                format!("at most \"{max}\", the most that one part takes")
            };
            wrong(
                check,
                &["fleets", name, key],
                &format!("is \"{size}\"; expected {expected}"),
                "the SDKs' transfer managers take \"8 MiB\"",
            );
        }
    }
}

/// Names that requests give.
fn request(name: &str, fleet: &Fleet, check: &mut Check<'_>) {
    let request = &fleet.request;
    if let Some(caller) = &request.principal
        && let Err(error) = caller.parse::<Requester>()
    {
        check.wrong(
            &["fleets", name, "request", "principal"],
            error.to_string(),
            "such as principal = \"arn:aws:iam::111122223333:role/app\"",
        );
    }
    if request.kms_key.as_ref().is_some_and(String::is_empty) {
        wrong(
            check,
            &["fleets", name, "request", "kms-key"],
            "is empty; expected an id, an ARN or an alias",
            "the key of this scenario is kms-key = \"alias/app\"",
        );
    }
}
