//! The shipped policies do what their names say.
#![expect(
    clippy::unwrap_used,
    reason = "a test may panic, and so may what it calls"
)]
use keystorm_scenarios::policy::{Found, Question, Severity, read};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/policies"))
}

fn text(name: &str) -> String {
    fs::read_to_string(folder().join(format!("{name}.json"))).unwrap()
}

/// Whether the policy lets the request pass.
fn passes(name: &str, question: &str) -> bool {
    let policy = read(name, &text(name)).unwrap();
    // Written as JSON, with single quotes for the eye.
    let question: Question = serde_json::from_str(&question.replace('\'', "\"")).unwrap();
    question.ask(&policy, None).unwrap().allowed
}

const PLAIN: &str = "{'operation': 'PutObject'}";
const SSE_S3: &str =
    "{'operation': 'PutObject', 'headers': {'x-amz-server-side-encryption': 'AES256'}}";
const SSE_KMS: &str = "{'operation': 'PutObject', 'headers': {'x-amz-server-side-encryption': \
    'aws:kms', 'x-amz-server-side-encryption-aws-kms-key-id': \
    'arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555'}}";
const OTHER_KEY: &str = "{'operation': 'PutObject', 'headers': {'x-amz-server-side-encryption': \
    'aws:kms', 'x-amz-server-side-encryption-aws-kms-key-id': \
    'arn:aws:kms:us-east-1:111122223333:key/99999999-2222-3333-4444-555555555555'}}";
const DSSE: &str =
    "{'operation': 'PutObject', 'headers': {'x-amz-server-side-encryption': 'aws:kms:dsse'}}";
const SSE_C: &str = "{'operation': 'PutObject', 'headers': \
    {'x-amz-server-side-encryption-customer-algorithm': 'AES256'}}";
const BY_DEFAULT: &str = "{'operation': 'PutObject', 'default-kms-key': \
    'arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555'}";
const GET: &str = "{'operation': 'GetObject'}";
const GET_HTTP: &str = "{'operation': 'GetObject', 'http': true}";
const LIST_HTTP: &str = "{'operation': 'ListObjectsV2', 'http': true}";
const GET_OLD_TLS: &str = "{'operation': 'GetObject', 'tls-version': '1.1'}";
const GET_TLS: &str = "{'operation': 'GetObject', 'tls-version': '1.2'}";

/// Name, requests that pass, requests that are denied.
const POLICIES: [(&str, &[&str], &[&str]); 9] = [
    (
        "deny-unencrypted-put",
        &[SSE_S3, SSE_KMS, DSSE, GET],
        &[PLAIN, BY_DEFAULT, SSE_C],
    ),
    ("forbid-sse-c", &[PLAIN, SSE_S3, SSE_KMS, GET], &[SSE_C]),
    (
        "require-dsse",
        &[DSSE, GET],
        &[PLAIN, SSE_S3, SSE_KMS, SSE_C, BY_DEFAULT],
    ),
    (
        "require-kms-key",
        &[SSE_KMS, OTHER_KEY, BY_DEFAULT, GET],
        &[PLAIN, SSE_S3, SSE_C],
    ),
    (
        "require-one-kms-key",
        &[SSE_KMS, BY_DEFAULT, GET],
        &[OTHER_KEY, PLAIN, SSE_S3],
    ),
    (
        "require-secure-transport",
        &[PLAIN, GET, GET_OLD_TLS],
        &[GET_HTTP, LIST_HTTP],
    ),
    ("require-sse-c", &[SSE_C, GET], &[PLAIN, SSE_S3, SSE_KMS]),
    (
        "require-sse-s3",
        &[SSE_S3, GET],
        &[PLAIN, SSE_KMS, DSSE, SSE_C, BY_DEFAULT],
    ),
    (
        "require-tls-1.2",
        &[GET_TLS, GET, PLAIN],
        &[GET_HTTP, LIST_HTTP, GET_OLD_TLS],
    ),
];

// Goal: every shipped policy denies what it is for and nothing else.
// Method: requests of every mode and connection against each of them; no file is left out.
#[test]
fn shipped_policies_do_what_they_say() {
    for (name, allowed, denied) in POLICIES {
        for question in allowed {
            assert!(passes(name, question), "{name} denies {question}");
        }
        for question in denied {
            assert!(!passes(name, question), "{name} allows {question}");
        }
    }
    let files = fs::read_dir(folder()).unwrap();
    let files: BTreeSet<_> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    let known = POLICIES.map(|(name, ..)| format!("{name}.json"));
    assert_eq!(files, BTreeSet::from(known));
}

// Goal: no shipped policy is in a trap that is not of its purpose.
// Method: the warnings of each; services that write must be denied only where that is the point.
#[test]
fn shipped_policies_are_in_no_trap() {
    for (name, ..) in POLICIES {
        let text = text(name);
        let found = Found::all(&read(name, &text).unwrap(), &text);
        let warnings: Vec<_> = found
            .iter()
            .filter(|it| it.severity == Severity::Warning)
            .map(|it| it.id)
            .collect();
        assert_eq!(warnings, [""; 0], "{name}");
    }
}

// Goal: the sender's own policies count as AWS says.
// Method: an Allow for a role, an account and another account, with and without own policies.
#[test]
fn own_policies_count_within_and_across_accounts() {
    let asks = |principal: &str, question: &str| {
        let text = format!(
            r#"{{"Statement": {{"Effect": "Allow", "Principal": {{"AWS": "{principal}"}},
                "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}}}}"#
        );
        let policy = read("p", &text).unwrap();
        let question: Question = serde_json::from_str(&question.replace('\'', "\"")).unwrap();
        let answer = question.ask(&policy, None).unwrap();
        (answer.allowed, answer.asked[0].because.clone())
    };
    let role = "arn:aws:iam::111122223333:role/app";
    let alone = "{'operation': 'GetObject', 'identity': 'none'}";
    assert!(asks(role, alone).0, "the bucket's policy is enough");
    let (allowed, because) = asks("111122223333", alone);
    assert!(!allowed && because.contains("leaves it to"), "{because}");
    assert!(asks("111122223333", GET).0);
    let (allowed, because) = asks("444455556666", alone);
    assert!(!allowed && because.contains("do not either"), "{because}");
    assert!(asks("444455556666", GET).0, "its own policies are enough");
    let across = GET.replace('}', ", 'bucket-account': '444455556666'}");
    assert!(asks(role, &across).0, "both allow");
    let (allowed, because) = asks("444455556666", &across);
    assert!(
        !allowed && because.contains("must allow it too"),
        "{because}"
    );
    let (allowed, because) = asks(role, &across.replace('}', ", 'identity': 'none'}"));
    assert!(
        !allowed && because.contains("own policies must"),
        "{because}"
    );
}
