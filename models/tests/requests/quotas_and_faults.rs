use crate::every_row::is_by_chance;
use keystorm_models::s3::Refusal;

const RATE: &str = "You have exceeded the rate at which you may call KMS. Reduce the frequency of \
                    your calls.";
const PROXY: &str = "The external key store proxy did not respond to the request in the time \
                     allotted. Retry the request.";
const RATE_OF_S3: &str = "Please reduce your request rate for operations involving AWS KMS.";

// Goal: the rows that no request triggers by itself, but quotas and faults of KMS, stay as they
// are; the simulation meets them.
// Method: every such row, spelled out.
#[test]
fn rows_of_quotas_and_faults_are_as_they_were() {
    let rows: Vec<_> = Refusal::ALL
        .iter()
        .filter(|it| is_by_chance(it))
        .map(|it| (it.id, it.status, it.code, it.message))
        .collect();
    let throttled = "ThrottlingException";
    let not_in_time = "the system timed out; the request can be tried again";
    let expected = [
        ("kms-slow-down", 503, "SlowDown", RATE_OF_S3),
        (
            "prefix-slow-down",
            503,
            "SlowDown",
            "Please reduce your request rate.",
        ),
        ("kms-throttling", 400, throttled, RATE),
        ("key-store-slow-down", 503, "SlowDown", RATE_OF_S3),
        ("key-store-throttling", 400, throttled, RATE),
        (
            "kms-fault",
            503,
            "ServiceUnavailable",
            "Service is unable to handle request.",
        ),
        (
            "kms-key-unavailable",
            500,
            "KeyUnavailableException",
            "the KMS key is not available; the request can be tried again",
        ),
        (
            "kms-internal",
            500,
            "KMSInternalException",
            "an error inside KMS; the request can be tried again",
        ),
        (
            "kms-dependency-timeout",
            500,
            "DependencyTimeoutException",
            not_in_time,
        ),
    ];
    let of_proxy = [
        (
            "key-store-timeout-of-s3",
            400,
            "KMS.KMSInvalidStateException",
            PROXY,
        ),
        ("key-store-timeout", 400, "KMSInvalidStateException", PROXY),
    ];
    let (proxy, others): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .partition(|row| row.0.starts_with("key-store-timeout"));
    assert_eq!(others, expected);
    assert_eq!(proxy, of_proxy);
}
