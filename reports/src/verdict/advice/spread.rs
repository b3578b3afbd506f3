//! Where the keys lie, and what to do where a prefix refuses.
use crate::number::in_words;
use crate::text::Text;
use keystorm_record::Variant;

/// How the keys lie under prefixes, as the beginning of a sentence.
pub(super) fn prefixes(variant: &Variant) -> String {
    if is_express(variant) {
        return "The keys lie in one directory bucket".into();
    }
    let count = match variant
        .resolved
        .pointer("/bucket/prefixes")
        .and_then(serde_json::Value::as_u64)
    {
        Some(1) => "one prefix".into(),
        Some(n) => format!("{} prefixes", in_words(usize::try_from(n).unwrap_or(0))),
        None => "few prefixes".into(),
    };
    match keys(variant) {
        Keys::Even => format!("The keys lie under {count}"),
        Keys::Uneven => format!("The keys spread unevenly over {count}"),
        Keys::Dated => format!("The keys begin with the date, so of {count} one is asked for"),
    }
}

/// Whether the objects lie in S3 Express One Zone, which has one rate for the whole bucket.
fn is_express(variant: &Variant) -> bool {
    let class = variant.resolved.pointer("/bucket/storage-class");
    class.and_then(serde_json::Value::as_str) == Some("express-one-zone")
}

/// How the keys of a variant's fleets spread over the prefixes.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Keys {
    Even,
    Uneven,
    Dated,
}

fn keys(variant: &Variant) -> Keys {
    let fleets = variant.resolved.pointer("/fleets");
    let of_fleets = fleets
        .and_then(serde_json::Value::as_object)
        .into_iter()
        .flat_map(|fleets| fleets.values())
        .filter_map(|fleet| fleet.get("keys"));
    let mut found = Keys::Even;
    for keys in of_fleets {
        if keys.get("dated").is_some() {
            return Keys::Dated;
        }
        if keys.get("zipf").is_some() {
            found = Keys::Uneven;
        }
    }
    found
}

/// What to do about prefixes that refuse.
pub(super) fn spread(variant: &Variant) -> Vec<Text> {
    if is_express(variant) {
        let more = Text::bold("Ask AWS for a higher rate of the bucket, ")
            .plain("or spread the objects over more buckets.");
        return vec![more];
    }
    let spread = match keys(variant) {
        Keys::Even => Text::bold("Spread the keys over more prefixes: ")
            .code("bucket.prefixes")
            .plain(". A higher KMS quota does not help."),
        Keys::Uneven => Text::bold("Spread the keys more evenly: ")
            .code("fleets.….keys")
            .plain(". More prefixes or a higher KMS quota do not help."),
        Keys::Dated => Text::bold("Put the date further back in the key, ")
            .plain("behind an id or a hash. More prefixes or a higher KMS quota do not help."),
    };
    let fixed = variant.resolved.pointer("/s3/splitting");
    if fixed.and_then(serde_json::Value::as_str) != Some("none") {
        return vec![spread];
    }
    let later = Text::new("S3 splits a prefix that stays hot, after minutes or an hour: ")
        .code("s3.splitting.by-heat")
        .plain(" shows it.");
    vec![spread, later]
}
