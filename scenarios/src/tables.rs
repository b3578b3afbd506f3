//! The tables that keystorm decides by, as facts with source, date and certainty: what
//! `keystorm facts` prints.
use crate::facts::{fact, per_second, price, thousands};
use jiff::civil::Date;
use keystorm_models::Sourced;
use keystorm_models::kms::Call;
use keystorm_models::s3::{Encryption, Refusal, dsse_kms_calls, kms_calls};
use keystorm_models::tables;
use keystorm_models::workload::Operation;
use keystorm_record::Fact;

pub use keystorm_models::tables::regions;

/// KMS's default request quota for symmetric keys on a day, of one Region or of all; empty if there
/// is no such Region.
#[must_use]
pub fn quotas(region: Option<&str>, on: Date) -> Vec<Fact> {
    let quota = |region| {
        let quota = tables::kms_request_quota(region, on)?;
        let value = per_second(quota.value);
        Some(fact(region, "KMS requests, symmetric keys", value, quota))
    };
    regions()
        .filter(|&it| region.is_none_or(|region| region == it))
        .filter_map(quota)
        .collect()
}

/// Prices in a Region on a day, free tier included; empty if there is no such Region.
#[must_use]
pub fn prices(region: &str, on: Date) -> Vec<Fact> {
    if !regions().any(|it| it == region) {
        return Vec::new();
    }
    let prices = tables::prices(region, on);
    let free = prices.kms_free_requests_per_month;
    vec![
        price(
            "price.kms-requests",
            "10,000 KMS requests",
            10_000,
            prices.kms_request,
        ),
        fact(
            "price.kms-free-requests",
            "KMS requests free in a month",
            thousands(free.value),
            free,
        ),
        price(
            "price.kms-keys",
            "a customer managed key, a month",
            1,
            prices.kms_key_month,
        ),
        price(
            "price.s3-put-requests",
            "1,000 PUT requests",
            1_000,
            prices.s3_put,
        ),
        price(
            "price.s3-get-requests",
            "1,000 GET requests",
            1_000,
            prices.s3_get,
        ),
    ]
}

/// KMS calls of S3 per request, by operation and encryption.
#[must_use]
pub fn calls() -> Vec<Fact> {
    let table = kms_calls();
    let row = |row: &keystorm_models::s3::KmsCallRow| {
        let (id, mode) = match row.encryption {
            Encryption::SseS3 => ("sse-s3", "SSE-S3"),
            Encryption::SseKms => ("sse-kms", "SSE-KMS"),
            Encryption::SseKmsBucketKey => ("sse-kms-bucket-key", "SSE-KMS, Bucket Key"),
            Encryption::SseC => ("sse-c", "SSE-C"),
            Encryption::DsseKms => ("dsse-kms", "DSSE-KMS"),
        };
        let (operation, name) = match row.operation {
            Operation::Get => ("get", "GET"),
            Operation::Put => ("put", "PUT"),
        };
        let call = match row.call {
            None => "none",
            Some(Call::Decrypt) => "Decrypt",
            Some(Call::GenerateDataKey) => "GenerateDataKey",
        };
        let (value, source) = match row.encryption {
            Encryption::DsseKms => {
                let calls = dsse_kms_calls();
                (format!("{} {call}", calls.value), calls.map(|_| ()))
            }
            Encryption::SseKmsBucketKey => (
                format!("1 {call} if S3 has no Bucket Key at hand"),
                table.clone().map(|_| ()),
            ),
            _ if row.call.is_none() => (call.to_owned(), table.clone().map(|_| ())),
            _ => (format!("1 {call}"), table.clone().map(|_| ())),
        };
        let subject = format!("{name}, {mode}");
        fact(&format!("{operation}.{id}"), &subject, value, source)
    };
    table.value.iter().map(row).collect()
}

/// Errors that the models answer with: status, code and message.
#[must_use]
pub fn errors() -> Vec<Fact> {
    let error = |refusal: &&'static Refusal| {
        let value = format!("{} {}: {}", refusal.status, refusal.code, refusal.message);
        let source = Sourced {
            value: (),
            source: refusal.source.into(),
            date: refusal.date.into(),
            certainty: refusal.certainty,
            note: refusal.note.into(),
        };
        fact(refusal.id, refusal.when, value, source)
    };
    Refusal::ALL.iter().map(error).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    // Goal: the tables say what the models do.
    // Method: a quota in two eras, a price, calls of every mode, an error that is assumed.
    #[test]
    fn tables_say_what_the_models_do() {
        let value = |facts: &[Fact], id: &str| {
            let fact = facts.iter().find(|fact| fact.id == id);
            fact.unwrap_or_else(|| panic!("no {id}")).value.clone()
        };
        let quota = |day| value(&quotas(Some("eu-west-1"), day), "eu-west-1");
        assert_eq!(quota(Date::MAX), "100,000/s");
        assert_eq!(quota(date(2020, 6, 1)), "30,000/s");
        assert_eq!(quotas(None, Date::MAX).len(), regions().count());
        assert!(quotas(Some("eu-west-9"), Date::MAX).is_empty());
        let prices = prices("us-east-1", Date::MAX);
        assert_eq!(value(&prices, "price.kms-requests"), "$0.03");
        assert_eq!(value(&prices, "price.s3-get-requests"), "$0.0004");
        let calls = calls();
        assert_eq!(calls.len(), 10);
        assert_eq!(value(&calls, "get.sse-kms"), "1 Decrypt");
        assert_eq!(value(&calls, "put.sse-c"), "none");
        assert_eq!(value(&calls, "put.dsse-kms"), "1 GenerateDataKey");
        let errors = errors();
        assert!(value(&errors, "kms-slow-down").starts_with("503 SlowDown: "));
        for facts in [quotas(None, Date::MAX), prices, calls, errors] {
            assert!(
                facts
                    .iter()
                    .all(|it| !it.source.is_empty() && !it.date.is_empty())
            );
        }
    }

    // Goal: no certainty is lost between the models and the record.
    // Method: a documented and an assumed row.
    #[test]
    fn certainty_is_kept() {
        let errors = errors();
        let of = |id: &str| errors.iter().find(|it| it.id == id).map(|it| it.certainty);
        assert_eq!(
            of("kms-slow-down"),
            Some(keystorm_record::Certainty::Documented)
        );
        assert_eq!(
            of("sse-c-over-http"),
            Some(keystorm_record::Certainty::Assumed)
        );
    }
}
