use super::*;

/// A policy of these statements.
fn policy(statements: &str) -> Policy {
    let text = format!("{{\"Version\": \"2012-10-17\", \"Statement\": [{statements}]}}");
    Policy::parse(&text).unwrap()
}

/// A statement about the objects of a bucket.
fn statement(effect: &str, action: &str, condition: &str) -> String {
    format!(
        "{{\"Effect\": \"{effect}\", \"Principal\": \"*\", \"Action\": \"{action}\", \"Resource\": \
         [\"arn:aws:s3:::bucket\", \"arn:aws:s3:::bucket/*\"], \"Condition\": {condition}}}"
    )
}

fn traps(statements: &str) -> Vec<Trap> {
    policy(statements)
        .lint()
        .iter()
        .map(|finding| finding.trap)
        .collect()
}

fn traps_of(effect: &str, condition: &str) -> Vec<Trap> {
    traps(&statement(effect, "s3:PutObject", condition))
}

// Goal: ids are unique and stay; every trap has its words.
// Method: the whole table, with its ids written a second time.
#[test]
fn traps_have_their_words() {
    let ids = Trap::ALL.map(Trap::id);
    assert_eq!(
        ids.join(" "),
        "too-large old-version principal-missing not-principal-allow principal-deleted \
         objects-not-covered bucket-not-covered null-and-value tls-version-alone \
         allow-is-no-deny no-header service-writers redacted-key multipart-needs-decrypt \
         log-target sse-c-blocked sse-c-presigned for-all-values-allow set-operator-missing \
         kms-key-not-arn arn-pattern object-context unknown-key no-values"
    );
    for trap in Trap::ALL {
        for words in [trap.explanation(), trap.remedy(), trap.source()] {
            assert!(words.len() > 10 && !words.ends_with('.'), "{words}");
        }
    }
}

// Goal: each trap in a condition is found, and not where its remedy was taken.
// Method: pairs of a condition in the trap and one beside it.
#[test]
fn traps_in_conditions_are_found() {
    for (trap, effect, within, beside) in [
        (
            Trap::NullAndValue,
            "Deny",
            r#"{"Null": {"s3:x-amz-server-side-encryption": "true"},
                "StringNotEquals": {"s3:x-amz-server-side-encryption": "AES256"}}"#,
            r#"{"Null": {"s3:x-amz-server-side-encryption": "false"},
                "StringNotEquals": {"s3:x-amz-server-side-encryption": "AES256"}}"#,
        ),
        (
            Trap::NoHeader,
            "Deny",
            r#"{"StringNotEquals": {"s3:x-amz-server-side-encryption": "AES256"}}"#,
            r#"{"Null": {"s3:x-amz-server-side-encryption": "false"},
                "StringNotEquals": {"s3:x-amz-server-side-encryption": "AES256"}}"#,
        ),
        (
            Trap::ServiceWriters,
            "Deny",
            r#"{"Null": {"s3:x-amz-server-side-encryption": true}}"#,
            r#"{"Null": {"s3:x-amz-server-side-encryption": true},
                "Bool": {"aws:PrincipalIsAWSService": "false"}}"#,
        ),
        (
            Trap::TlsVersionAlone,
            "Deny",
            r#"{"NumericLessThan": {"s3:TlsVersion": 1.2}}"#,
            r#"{"NumericLessThanIfExists": {"s3:TlsVersion": 1.2}}"#,
        ),
        (
            Trap::RedactedKey,
            "Deny",
            r#"{"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#,
            r#"{"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"},
                "Bool": {"aws:PrincipalIsAWSService": "false"}}"#,
        ),
        (
            Trap::RedactedKey,
            "Deny",
            r#"{"BoolIfExists": {"aws:SecureTransport": "false"}}"#,
            r#"{"Bool": {"aws:SecureTransport": "false"}}"#,
        ),
        (
            Trap::AllowIsNoDeny,
            "Allow",
            r#"{"Bool": {"aws:SecureTransport": "true"}}"#,
            r#"{"Bool": {"aws:SecureTransport": "false"}}"#,
        ),
        (
            Trap::MultipartNeedsDecrypt,
            "Deny",
            r#"{"Null": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "true"}}"#,
            r#"{"Null": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "false"}}"#,
        ),
        (
            Trap::SseCBlocked,
            "Deny",
            r#"{"Null": {"s3:x-amz-server-side-encryption-customer-algorithm": "true"}}"#,
            r#"{"Null": {"s3:x-amz-server-side-encryption-customer-algorithm": "false"}}"#,
        ),
        (
            Trap::SseCPresigned,
            "Deny",
            r#"{"Null": {"s3:x-amz-server-side-encryption-customer-algorithm": "true"}}"#,
            r#"{"Null": {"s3:x-amz-server-side-encryption-customer-algorithm": "false"}}"#,
        ),
        (
            Trap::ForAllValuesAllow,
            "Allow",
            r#"{"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}"#,
            r#"{"ForAllValues:StringEquals": {"aws:TagKeys": "a"},
                "Null": {"aws:TagKeys": false}}"#,
        ),
        (
            Trap::SetOperatorMissing,
            "Allow",
            r#"{"StringEquals": {"aws:TagKeys": "a"}}"#,
            r#"{"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}}"#,
        ),
        (
            Trap::KmsKeyNotArn,
            "Deny",
            r#"{"StringNotEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "alias/a"}}"#,
            r#"{"ArnNotEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id":
                "arn:aws:kms:eu-west-1:111122223333:key/1"}}"#,
        ),
        (
            Trap::ArnPattern,
            "Allow",
            r#"{"ArnLike": {"aws:SourceArn": "*"}}"#,
            r#"{"ArnLike": {"aws:SourceArn": ["arn:aws:s3:::a*", "${aws:PrincipalArn}"]}}"#,
        ),
        (
            Trap::ObjectContext,
            "Allow",
            r#"{"StringLike": {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::bucket/*"}}"#,
            r#"{"StringLike": {"kms:EncryptionContext:aws:s3:arn":
                ["arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket"]}}"#,
        ),
        (
            Trap::UnknownKey,
            "Deny",
            r#"{"Bool": {"aws:SecureTransports": "false"}}"#,
            r#"{"StringEquals": {"aws:securetransport": "x", "aws:PrincipalTag/a": "b",
                "x:y": "z"}}"#,
        ),
        (
            Trap::NoValues,
            "Deny",
            r#"{"StringEquals": {"aws:userid": []}}"#,
            r#"{"StringEquals": {"aws:userid": [""]}}"#,
        ),
    ] {
        assert!(
            traps_of(effect, within).contains(&trap),
            "{trap:?} is not found in {within}"
        );
        assert!(
            !traps_of(effect, beside).contains(&trap),
            "{trap:?} is found in {beside}"
        );
    }
}

// Goal: each trap in whom and what a statement is about is found, and not beside it.
// Method: whole statements.
#[test]
fn traps_in_scope_are_found() {
    let by = |principal: &str, effect: &str, action: &str, resource: &str| {
        format!(
            "{{\"Effect\": \"{effect}\", {principal} \"Action\": \"{action}\", \"Resource\": \
             \"{resource}\"}}"
        )
    };
    let all = r#""Principal": "*","#;
    let logging = r#""Principal": {"Service": "logging.s3.amazonaws.com"},"#;
    let (bucket, objects) = ("arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*");
    for (trap, within, beside) in [
        (
            Trap::PrincipalMissing,
            by("", "Deny", "s3:PutObject", objects),
            by(all, "Deny", "s3:PutObject", objects),
        ),
        (
            Trap::NotPrincipalAllow,
            by(
                r#""NotPrincipal": {"AWS": "111122223333"},"#,
                "Allow",
                "s3:PutObject",
                objects,
            ),
            by(
                r#""NotPrincipal": {"AWS": "111122223333"},"#,
                "Deny",
                "s3:PutObject",
                objects,
            ),
        ),
        (
            Trap::PrincipalDeleted,
            by(
                r#""Principal": {"AWS": "AROAEXAMPLEEXAMPLE12"},"#,
                "Deny",
                "s3:*",
                "*",
            ),
            by(
                r#""Principal": {"AWS": "111122223333"},"#,
                "Deny",
                "s3:*",
                "*",
            ),
        ),
        (
            Trap::ObjectsNotCovered,
            by(all, "Deny", "s3:*", bucket),
            by(all, "Deny", "s3:ListBucket", bucket),
        ),
        (
            Trap::ObjectsNotCovered,
            by(all, "Allow", "s3:GetObject", bucket),
            by(all, "Allow", "s3:GetObject", "arn:aws:s3:::bucket*"),
        ),
        (
            Trap::BucketNotCovered,
            by(all, "Deny", "s3:*", objects),
            by(all, "Deny", "s3:*", "*"),
        ),
        (
            Trap::LogTarget,
            by(logging, "Allow", "s3:PutObject", objects),
            by(logging, "Allow", "s3:GetObject", objects),
        ),
    ] {
        assert!(
            traps(&within).contains(&trap),
            "{trap:?} is not found in {within}"
        );
        assert!(
            !traps(&beside).contains(&trap),
            "{trap:?} is found in {beside}"
        );
    }
}

// Goal: an Allow on a key that S3 hides of services never allows them.
// Method: a service and an account with the same condition.
#[test]
fn hidden_keys_never_allow_services() {
    let allow = |principal: &str| {
        let everybody = statement(
            "Allow",
            "s3:PutObject",
            r#"{"Bool": {"aws:SecureTransport": "true"}}"#,
        );
        traps(&everybody.replace("\"*\", \"Action\"", &format!("{principal}, \"Action\"")))
    };
    assert!(allow(r#"{"Service": "logging.s3.amazonaws.com"}"#).contains(&Trap::RedactedKey));
    assert!(!allow(r#"{"AWS": "111122223333"}"#).contains(&Trap::RedactedKey));
}

// Goal: traps of a policy as a whole are found.
// Method: an old version with a variable, a policy of more than 20 KB, and TLS in two statements.
#[test]
fn traps_of_whole_policies_are_found() {
    let old = r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::bucket/${aws:username}/*"}}"#;
    let found = Policy::parse(old).unwrap().lint();
    assert_eq!(
        (found[0].trap, found[0].statement),
        (Trap::OldVersion, None)
    );
    let new = old.replacen('{', r#"{"Version": "2012-10-17", "#, 1);
    assert_eq!(Policy::parse(&new).unwrap().lint(), []);
    let filler = statement(
        "Deny",
        "s3:PutObject",
        r#"{"Bool": {"aws:SecureTransport": "false"}}"#,
    );
    assert!(traps(&vec![filler.clone(); 200].join(",")).contains(&Trap::TooLarge));
    let versions = statement(
        "Deny",
        "s3:*",
        r#"{"NumericLessThan": {"s3:TlsVersion": "1.2"}}"#,
    );
    assert_eq!(traps(&versions), [Trap::TlsVersionAlone]);
    assert_eq!(traps(&format!("{versions}, {filler}")), []);
}

// Goal: a finding says where it is.
// Method: the bytes of the second of two statements, and of its condition.
#[test]
fn findings_have_their_place() {
    let first = statement(
        "Deny",
        "s3:*",
        r#"{"Bool": {"aws:SecureTransport": "false"}}"#,
    );
    let second = statement(
        "Deny",
        "s3:*",
        r#"{"Bool": {"aws:SecureTransprt": "false"}}"#,
    );
    let text = format!("{{\"Version\": \"2012-10-17\", \"Statement\": [{first}, {second}]}}");
    let found = Policy::parse(&text).unwrap().lint();
    assert_eq!((found.len(), found[0].statement), (1, Some(2)));
    assert_eq!(
        &text[found[0].span.clone()],
        r#""aws:SecureTransprt": "false""#
    );
    assert_eq!(
        found[0].what,
        "`aws:SecureTransprt`; did you mean `aws:SecureTransport`"
    );
}
