//! Why, what to do, how sure: each at most 50 words, with a link to its evidence.
mod quota;
mod spread;
mod sure;

pub(super) use sure::how_sure;

use super::finding::{Doubt, blocked};
use super::{Finding, figures, peak_share};
use crate::number::{per_second, seconds, share, usd};
use crate::text::Text;
use crate::view::{self, amount, bucket_key};
use keystorm_record::{Mode, Operation, Record, Variant};
use quota::quota;
use spread::{prefixes, spread};

pub(super) fn why(record: &Record, variant: &Variant, finding: Finding) -> Text {
    match finding {
        Finding::Unmeasured => Text::default(),
        Finding::Rejected => Text::new(match variant.setup.scheme.as_str() {
            "http" => "S3 takes a customer key or a KMS request over HTTPS only. ",
            _ => "The request carries headers that contradict each other for this mode. ",
        })
        .link("Figure 2", "fig-outcomes"),
        Finding::Denied if blocked(variant) => {
            Text::new("New buckets refuse SSE-C since April 2026 unless told otherwise; this ")
                .plain("bucket lists it in ")
                .code("bucket.blocked-encryption-types")
                .plain(". ")
                .link("Figure 2", "fig-outcomes")
        }
        Finding::Denied => Text::new("A policy or a missing key permission refuses the request. ")
            .link("Figure 2", "fig-outcomes"),
        Finding::PartlyRefused => Text::new(
            "Headers, bucket policy and key decide it before any quota does; the warnings have \
             the answers in full. ",
        )
        .link("Figure 2", "fig-outcomes"),
        Finding::S3Throttles => Text::new(format!(
            "{}; each takes a fixed rate of reads and writes, above which S3 answers 503 SlowDown, \
             \u{201c}Please reduce your request rate.\u{201d} That of KMS goes on: \u{201c}for \
             operations involving AWS KMS\u{201d}. ",
            prefixes(variant)
        ))
        .link("Figure 2", "fig-outcomes"),
        Finding::OtherAccountThrottled => Text::new(
            "KMS counts a call on the quota of the account for whose request it is made, \
             whoever owns bucket and key. ",
        )
        .link("Accounts", "accounts"),
        Finding::RequestsFail if view::key_store(variant) == Some("external key store") => {
            Text::new(
                "KMS waits 250 ms for the key store's proxy, asks once more, and then fails the \
                 call, about half a second after it began. ",
            )
            .link("Figure 2", "fig-outcomes")
        }
        Finding::RequestsFail => Text::new("The scenario lets calls of KMS fail: ")
            .code("kms.faults")
            .plain(". ")
            .link("Figure 2", "fig-outcomes"),
        Finding::CoresSaturated => Text::new(
            "A core seals or opens one object at a time; each costs its envelope and its bytes. ",
        )
        .link("Cores", "cores"),
        Finding::NoKmsCalls => Text::new(calls(record, variant))
            .plain(" ")
            .link("Figure 1", "fig-load"),
        _ if record.variants.is_empty() => Text::default(),
        _ => {
            let other = view::other_load(variant);
            let peak = amount(variant, "kms.demand.peak-second");
            let text = Text::new(calls(record, variant));
            let text = if other > 0.0 {
                text.plain(format!(
                    " The fleets ask for about {}, other load of the account for {}. ",
                    per_second((peak - other).max(0.0)),
                    per_second(other)
                ))
            } else {
                text.plain(" ")
            };
            text.link("Figure 1", "fig-load")
        }
    }
}

/// Whether all requests are calls that programs make to KMS themselves.
fn programs_call(record: &Record) -> bool {
    let direct = |it: &Operation| {
        matches!(
            it,
            Operation::GenerateDataKey | Operation::Decrypt | Operation::Encrypt
        )
    };
    let operations = view::operations(record);
    !operations.is_empty() && operations.iter().all(direct)
}

/// KMS calls of a variant's mode, one sentence.
fn calls(record: &Record, variant: &Variant) -> &'static str {
    let only = |it: &Operation| matches!(it, Operation::Get | Operation::Put);
    // A transfer manager does a GET or a PUT by several requests.
    let in_parts = record.facts.iter();
    let in_parts = in_parts.filter(|it| it.id.ends_with(".transfer-manager"));
    let beyond = in_parts.count() > 0 || !view::operations(record).iter().all(only);
    if programs_call(record) {
        return "The programs call KMS themselves: every request is one call.";
    }
    match variant.setup.mode {
        Mode::ClientSide => calls_of_client(record, variant),
        Mode::SseKms if beyond => {
            "Under SSE-KMS S3 asks KMS for every object, range and part that it reads or writes."
        }
        Mode::DsseKms if beyond => {
            "Under DSSE-KMS S3 asks KMS for every object, range and part that it reads or writes; \
             Bucket Keys cannot help."
        }
        Mode::Unencrypted => "Objects without encryption need no key.",
        Mode::SseS3 => "SSE-S3 uses keys that S3 owns and never asks KMS.",
        Mode::SseC => "SSE-C carries its key in each request and never asks KMS.",
        Mode::SseKms => {
            "Under SSE-KMS every GET is one Decrypt call and every PUT one GenerateDataKey call."
        }
        Mode::DsseKms => {
            "Under DSSE-KMS every GET and every PUT asks KMS; Bucket Keys cannot help."
        }
        Mode::SseKmsBucketKey => {
            "With a Bucket Key, S3 asks KMS once for many requests of the same requester."
        }
    }
}

/// The same of client-side encryption.
fn calls_of_client(record: &Record, variant: &Variant) -> &'static str {
    if variant.metrics.contains_key("client.keys.cached-share") {
        return "The client calls KMS itself, for each key that it does not hold.";
    }
    let mut facts = record.facts.iter();
    let of_variant = |names: &[String]| names.is_empty() || names.contains(&variant.name);
    let fact = facts.find(|it| it.id == "kms-client-calls" && of_variant(&it.variants));
    match fact.map(|it| it.value.as_str()) {
        None | Some("1 GenerateDataKey, 1 Decrypt") => {
            "The client calls KMS itself: one GenerateDataKey per PUT, one Decrypt per GET."
        }
        Some("none") => "The client wraps its keys itself and never asks KMS.",
        Some(_) => "The client calls KMS itself for the keys of all that it writes or reads.",
    }
}

pub(super) fn what_to_do(
    record: &Record,
    variant: &Variant,
    finding: Finding,
    doubt: Option<&Doubt>,
) -> Vec<Text> {
    if let Some(doubt) = doubt {
        let mut remedies = vec![doubt.remedy()];
        if finding == Finding::KmsThrottles {
            remedies.extend(alternative(record, variant));
        }
        return remedies;
    }
    match finding {
        Finding::Unmeasured => Vec::new(),
        Finding::Rejected if variant.setup.scheme == "http" => {
            vec![
                Text::bold("Use HTTPS: ")
                    .code("clients.scheme = \"https\"")
                    .plain("."),
            ]
        }
        Finding::Rejected => vec![Text::new("Let headers and mode agree.")],
        Finding::Denied if blocked(variant) => vec![
            Text::bold("Allow SSE-C on this bucket: ")
                .code("bucket.blocked-encryption-types = []")
                .plain(" (S3: ")
                .code("BlockedEncryptionTypes: NONE")
                .plain("), or use another mode."),
        ],
        Finding::Denied => vec![Text::new(
            "Grant the requesters the key's use, or change policy.",
        )],
        Finding::PartlyRefused => vec![Text::new(
            "Let headers, policy and key agree: the warnings say how, for each answer.",
        )],
        Finding::KmsThrottles if view::store_throttles(variant) => alternative(record, variant)
            .into_iter()
            .chain([Text::new(
                "A higher quota of the account does not help: the store's stays. Spread the keys \
                 over more key stores, or keep them in KMS.",
            )])
            .collect(),
        Finding::KmsThrottles => alternative(record, variant)
            .into_iter()
            .chain(quota(variant, "Or ask for"))
            .collect(),
        Finding::S3Throttles => spread(variant),
        Finding::OtherAccountThrottled => alternative(record, variant)
            .into_iter()
            .chain([Text::new(
                "Ask for a higher quota there, or let an account with headroom do the work.",
            )])
            .collect(),
        Finding::RequestsFail => alternative(record, variant)
            .into_iter()
            .chain([Text::new(
                "A higher quota does not help. Fewer calls do, and retries where the error is one \
                 that SDKs try again.",
            )])
            .collect(),
        Finding::CoresSaturated => vec![
            Text::bold("Encrypt on more cores: ")
                .code("clients.cores")
                .plain(", or on more instances. Larger objects cost less per byte."),
        ],
        Finding::ExpectationBreached => best_by_latency(record, variant),
        Finding::NoKmsCalls => vec![Text::new(
            "Nothing for KMS's sake. Where a KMS key is required, compare SSE-KMS with a Bucket \
             Key as a variant.",
        )],
        Finding::NearLimit => quota(variant, "Ask for")
            .into_iter()
            .chain(alternative(record, variant))
            .collect(),
        Finding::Fits => vec![Text::new(format!(
            "Nothing now. The quota is reached when the load's KMS calls grow {}-fold.",
            crate::number::significant(growth(variant), 2)
        ))],
    }
}

/// Factor by which the fleets' calls of the busiest second may grow before the quota is reached.
fn growth(variant: &Variant) -> f64 {
    let other = view::other_load(variant);
    let second = view::busiest_second(variant);
    let quota = variant.setup.kms_quota_at(second as u64).as_f64();
    let demand = if variant.setup.kms_quota_changes.is_empty() {
        amount(variant, "kms.demand.peak-second")
    } else {
        peak_share(variant) * quota
    };
    let (own, free) = (demand - other, quota - other);
    if own > 0.0 { free / own } else { 1.0 }
}

/// The variant of the record that gives up least, if that is less than the baseline does;
/// Bucket Keys before others, since they keep the key.
pub(super) fn better<'a>(record: &'a Record, variant: &Variant) -> Option<&'a Variant> {
    let given_up = |v: &Variant| amount(v, "all.throttled-share");
    let works = |v: &Variant| amount(v, "all.ok-share") > 0.0;
    let refused = |v: &Variant| amount(v, "kms.throttled-share");
    let improves = |v: &Variant| given_up(v) < given_up(variant) || refused(v) < refused(variant);
    if let Some(v) = bucket_key(record).filter(|v| works(v) && improves(v)) {
        return Some(v);
    }
    record
        .variants
        .iter()
        .skip(1)
        .filter(|v| works(v) && improves(v))
        .min_by(|a, b| given_up(a).total_cmp(&given_up(b)))
}

fn alternative(record: &Record, variant: &Variant) -> Vec<Text> {
    let Some(other) = better(record, variant) else {
        return if programs_call(record) {
            vec![Text::new(
                "Call less: keep data keys in the program for a while, or spread the calls.",
            )]
        } else if matches!(variant.setup.mode, Mode::SseKms) && bucket_key(record).is_none() {
            vec![
                Text::bold("Try Bucket Keys: ")
                    .code("bucket.bucket-key = true")
                    .plain("."),
            ]
        } else {
            Vec::new()
        };
    };
    let bucket_keys = other.setup.mode == Mode::SseKmsBucketKey;
    let head = if bucket_keys {
        "Turn on Bucket Keys.".into()
    } else {
        format!("Or: {}.", other.name)
    };
    let mut changes: Vec<(f64, String, String)> = Vec::new();
    let given_up = |v| amount(v, "all.throttled-share");
    if given_up(variant) > 0.0 {
        let after = given_up(other);
        changes.push((
            after - given_up(variant),
            "given up".into(),
            format!("to {}", share(after)),
        ));
    }
    let tail = |it| figures::tail(variant, it);
    if let (Some((name, after)), Some((_, now))) = (tail(other), tail(variant)) {
        changes.push((
            after - now,
            format!("{name} p99"),
            format!("to {}", seconds(after)),
        ));
    }
    let period = view::Period::of(record);
    let saving = amount(other, period.metric()) - amount(variant, period.metric());
    if saving.abs() >= period.worth() {
        changes.push((
            saving,
            "cost".into(),
            format!("by {} {}", usd(saving.abs()), period.each()),
        ));
    }
    let mut list = figures::sentence(&verbs(&changes));
    if let Some(after) = super::completion::of_another(variant, other) {
        list.push_str(&after);
    }
    if bucket_keys {
        list.push_str(" Only objects written from then on profit.");
    }
    vec![
        Text::bold(head)
            .plain(format!(" {list} "))
            .link("Figure 2", "fig-outcomes"),
    ]
}

/// Clauses such as `given up falls to 0 %`; a verb is not said twice in a row.
fn verbs(changes: &[(f64, String, String)]) -> Vec<String> {
    let mut said = "";
    let mut clauses = Vec::new();
    for (change, subject, end) in changes {
        let verb = if *change > 0.0 { "rises" } else { "falls" };
        clauses.push(if verb == said {
            format!("{subject} {end}")
        } else {
            format!("{subject} {verb} {end}")
        });
        said = verb;
    }
    clauses
}

fn best_by_latency(record: &Record, variant: &Variant) -> Vec<Text> {
    let holds = |v: &&Variant| !v.expectations.is_empty() && v.expectations.iter().all(|e| e.holds);
    match record.variants.iter().find(holds) {
        Some(v) if v.name != variant.name => {
            vec![
                Text::bold(format!("{} meets all expectations. ", v.name))
                    .link("Expectations", "expectations"),
            ]
        }
        _ => vec![
            Text::new("No variant of this record meets all expectations. ")
                .link("Expectations", "expectations"),
        ],
    }
}
