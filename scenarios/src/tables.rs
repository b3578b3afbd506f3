//! The tables that keystorm decides by, as facts with source, date and certainty: what
//! `keystorm facts` prints.
mod quotas;

pub use quotas::{Eras, quota_names, quotas};

use crate::facts::fact;
use jiff::civil::Date;
use keystorm_models::kms::Call;
use keystorm_models::s3::{
    Encryption, KmsCallRow, Refusal, Role, When, dsse_kms_calls, kms_call_rows,
};
use keystorm_models::tables;
use keystorm_models::{Certainty, Sourced};
use keystorm_record::{Fact, Operation};
use std::fmt::Write;

pub use keystorm_models::tables::regions;

/// Prices in a Region on a day, free tier included; empty if there is no such Region.
#[must_use]
pub fn prices(region: &str, on: Date) -> Vec<Fact> {
    if !regions().any(|it| it == region) {
        return Vec::new();
    }
    crate::facts::all_prices(&tables::prices(region, on))
}

/// The same prices as a file for [`PriceFile`](crate::PriceFile), to be changed; `None` if there is
/// no such Region.
#[must_use]
pub fn price_file(region: &str, on: Date) -> Option<String> {
    let prices = prices(region, on);
    if prices.is_empty() {
        return None;
    }
    let mut text = format!(
        "# Prices in {region}: change what you pay less for, leave out the rest.\n[price]\n"
    );
    for fact in prices {
        let name = fact.id.strip_prefix("price.").unwrap_or(&fact.id);
        let value = if fact.value.starts_with('$') {
            format!("\"{}\"", fact.value)
        } else {
            fact.value.replace(',', "_")
        };
        let line = format!("{name} = {value}");
        writeln!(text, "{line:<44} # {}", fact.subject).expect("writing to memory cannot fail");
    }
    Some(text)
}

/// Names of the operations, as scenarios and metrics spell them.
pub fn operations() -> impl Iterator<Item = &'static str> {
    Operation::ALL.into_iter().map(Operation::id)
}

/// KMS calls of S3 per request: for each operation, or one by its name, and each encryption of what
/// it reads and writes; empty if there is no such operation.
#[must_use]
pub fn calls(operation: Option<&str>) -> Vec<Fact> {
    let modes = [
        (Encryption::SseS3, "sse-s3", "SSE-S3"),
        (Encryption::SseKms, "sse-kms", "SSE-KMS"),
        (
            Encryption::SseKmsBucketKey,
            "sse-kms-bucket-key",
            "SSE-KMS, Bucket Key",
        ),
        (Encryption::DsseKms, "dsse-kms", "DSSE-KMS"),
        (Encryption::SseC, "sse-c", "SSE-C"),
    ];
    let asked = |row: &&KmsCallRow| {
        operation.is_none_or(|it| it == Operation::ALL[row.operation as usize].id())
    };
    let rows = kms_call_rows().iter().filter(asked);
    rows.flat_map(|row| modes.map(|mode| calls_of(row, mode)))
        .collect()
}

/// A row of the table of KMS calls under one encryption.
fn calls_of(row: &KmsCallRow, (encryption, mode, label): (Encryption, &str, &str)) -> Fact {
    // Both lists of operations are in the same order: a test holds it.
    let operation = Operation::ALL[row.operation as usize];
    let two = kms_call_rows()
        .iter()
        .filter(|it| it.operation == row.operation)
        .count()
        > 1;
    let role = match row.role {
        Role::Source => "source",
        Role::Destination => "destination",
    };
    let id = if two {
        format!("{}.{role}.{mode}", operation.id())
    } else {
        format!("{}.{mode}", operation.id())
    };
    let subject = if two {
        format!("{}, {role} {label}", operation.label())
    } else {
        format!("{}, {label}", operation.label())
    };
    let mut source = Sourced {
        value: (),
        source: row.source.into(),
        date: row.date.into(),
        certainty: row.certainty,
        note: row.note.into(),
    };
    let value = match row.call.filter(|_| encryption.uses_kms()) {
        None => {
            // Who has no key in KMS has no call to make: that much is documented.
            source.certainty = Certainty::Documented;
            if row.call.is_some() {
                source.note = "".into();
            }
            "none".to_owned()
        }
        Some(call) if encryption == Encryption::DsseKms => {
            let calls = dsse_kms_calls();
            source = calls.clone().map(|_| ());
            made(row.when, calls.value, call)
        }
        Some(call) if encryption == Encryption::SseKmsBucketKey => {
            format!("{}, on a miss", made(row.when, 1, call))
        }
        Some(call) => made(row.when, 1, call),
    };
    fact(&id, &subject, value, source)
}

/// Calls in words; what they depend on stands in the row's note.
fn made(when: When, calls: u32, call: Call) -> String {
    let (none_or, with) = match when {
        When::Always => ("", ""),
        When::ChecksumMode => ("", " for the checksum"),
        When::CompleteDecrypts => ("0 or ", ""),
    };
    format!("{none_or}{calls} {}{with}", call.name())
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

    // Goal: the tables say what the models do.
    // Method: a price, calls of every mode, an error that is assumed.
    #[test]
    fn tables_say_what_the_models_do() {
        let value = |facts: &[Fact], id: &str| {
            let fact = facts.iter().find(|fact| fact.id == id);
            fact.unwrap_or_else(|| panic!("no {id}")).value.clone()
        };
        let prices = prices("us-east-1", Date::MAX);
        assert_eq!(value(&prices, "price.kms-requests"), "$0.03");
        assert_eq!(value(&prices, "price.s3-get-requests"), "$0.0004");
        assert_eq!(value(&prices, "price.kms-free-requests"), "20,000");
        assert_eq!(value(&prices, "price.transfer-free-gb"), "100");
        assert_eq!(value(&prices, "price.cloudtrail-data-events"), "$0.10");
        assert_eq!(calls(Some("copy")).len(), 5 * 2);
        let calls = calls(None);
        assert_eq!(calls.len(), 5 * kms_call_rows().len());
        assert_eq!(value(&calls, "copy.source.sse-kms"), "1 Decrypt");
        assert_eq!(
            value(&calls, "head.sse-kms-bucket-key"),
            "1 Decrypt for the checksum, on a miss"
        );
        assert_eq!(value(&calls, "delete.sse-kms"), "none");
        assert_eq!(value(&calls, "get.sse-kms"), "1 Decrypt");
        assert_eq!(value(&calls, "put.sse-c"), "none");
        assert_eq!(value(&calls, "put.dsse-kms"), "1 GenerateDataKey");
        let errors = errors();
        assert!(value(&errors, "kms-slow-down").starts_with("503 SlowDown: "));
        for facts in [quotas(None, None, Eras::All), prices, calls, errors] {
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
