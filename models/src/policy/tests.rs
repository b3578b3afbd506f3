//! What policies say to requests: AWS's own statements, and laws that hold for every policy.
use super::*;

mod laws;
mod mistakes;

/// A request by user `ann` with these condition keys.
pub(super) fn put(keys: &[(&str, &str)]) -> RequestContext {
    let requester = "arn:aws:iam::111122223333:user/ann".parse().unwrap();
    let mut context = RequestContext::new(requester, "s3:PutObject", "arn:aws:s3:::bucket/a");
    for (key, value) in keys {
        context.set(key, [*value]);
    }
    context
}

/// A policy that denies uploads under a condition.
pub(super) fn deny_if(condition: &str) -> Policy {
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Deny", "Principal": "*",
            "Action": "s3:PutObject", "Resource": "arn:aws:s3:::bucket/*",
            "Condition": {condition}}}}}"#
    );
    Policy::parse(&text).unwrap()
}

fn denies(condition: &str, keys: &[(&str, &str)]) -> bool {
    deny_if(condition).verdict(&put(keys)) == Verdict::DeniedExplicitly
}

const SSE: &str = "s3:x-amz-server-side-encryption";

// Goal: absent keys, negation, IfExists, Null and sets follow the documented table.
// Method: one row of the table after the other.
#[test]
fn absent_keys_are_decided_as_documented() {
    let equals = r#"{"StringEquals": {"s3:x-amz-server-side-encryption": ["AES256", "aws:kms"]}}"#;
    let differs = &equals.replace("StringEquals", "StringNotEquals");
    let if_exists = &equals.replace("StringEquals", "StringNotEqualsIfExists");
    assert!(!denies(equals, &[]), "positive, absent");
    assert!(denies(equals, &[(SSE, "aws:kms")]), "one of several");
    assert!(denies(differs, &[]), "negated, absent");
    assert!(
        !denies(differs, &[(SSE, "aws:kms")]),
        "negated must match none"
    );
    assert!(denies(differs, &[(SSE, "aws:kms:dsse")]));
    assert!(denies(if_exists, &[]), "IfExists denies when absent");
    assert!(!denies(if_exists, &[(SSE, "AES256")]));
    let null = r#"{"Null": {"S3:X-Amz-Server-Side-Encryption": true}}"#;
    assert!(denies(null, &[]), "keys have no case, and true is \"true\"");
    assert!(!denies(null, &[(SSE, "x")]));
    assert!(denies(&null.replace("true", "\"false\""), &[(SSE, "x")]));
    let all = &equals.replace("StringEquals", "ForAllValues:StringEquals");
    let any = &equals.replace("StringEquals", "ForAnyValue:StringEquals");
    assert!(denies(all, &[]) && !denies(any, &[]));
    assert!(denies(
        &any.replace("StringEquals", "StringEqualsIfExists"),
        &[]
    ));
}

// Goal: sets ask every or any value, and negation is of each value.
// Method: two values of which one is the policy's.
#[test]
fn sets_ask_every_or_any_value() {
    let says = |operator: &str, values: &[&str]| {
        let mut context = put(&[]);
        context.set("aws:TagKeys", values.iter().copied());
        let policy = deny_if(&format!(
            r#"{{"{operator}": {{"aws:TagKeys": ["a", "b"]}}}}"#
        ));
        policy.verdict(&context) == Verdict::DeniedExplicitly
    };
    for (operator, values, answer) in [
        ("ForAllValues:StringEquals", &["a", "b"][..], true),
        ("ForAllValues:StringEquals", &["a", "c"], false),
        ("ForAllValues:StringEquals", &[], true),
        ("ForAnyValue:StringEquals", &["a", "c"], true),
        ("ForAnyValue:StringEquals", &["c"], false),
        ("ForAnyValue:StringEquals", &[], false),
        ("ForAllValues:StringNotEquals", &["c", "d"], true),
        ("ForAllValues:StringNotEquals", &["a", "c"], false),
        ("ForAnyValue:StringNotEquals", &["a", "c"], true),
        ("ForAnyValue:StringNotEquals", &["a", "b"], false),
        ("StringEquals", &["a"], true),
        ("StringEquals", &["a", "b"], false),
        ("StringNotEquals", &["c", "d"], false),
        ("Null", &[], true),
    ] {
        let says = if operator == "Null" {
            let mut context = put(&[]);
            context.set("aws:TagKeys", values.iter().copied());
            deny_if(r#"{"Null": {"aws:TagKeys": "true"}}"#).verdict(&context)
                == Verdict::DeniedExplicitly
        } else {
            says(operator, values)
        };
        assert_eq!(says, answer, "{operator} {values:?}");
    }
}

// Goal: all conditions of a statement must hold.
// Method: the trap of Null and StringNotEquals on one key: a wrong value passes.
#[test]
fn conditions_are_all_needed() {
    let trap = r#"{"Null": {"s3:x-amz-server-side-encryption": "true"},
                   "StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}"#;
    assert!(denies(trap, &[]));
    assert!(!denies(trap, &[(SSE, "AES256")]));
}

// Goal: a decision names its statement and its conditions.
// Method: a policy with an Allow and a Deny; a request for each of the three answers.
#[test]
fn decisions_give_their_reasons() {
    let policy = Policy::parse(
        r#"{"Version": "2012-10-17", "Id": "p", "Statement": [
            {"Sid": "Write", "Effect": "Allow", "Principal": {"AWS": "111122223333"},
             "NotAction": "s3:Delete*", "Resource": "arn:aws:s3:::bucket/${aws:username}/*"},
            {"Sid": "Tls", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
             "Resource": ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"],
             "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}"#,
    )
    .unwrap();
    let mut context = put(&[("aws:SecureTransport", "true"), ("aws:username", "ann")]);
    assert_eq!(policy.verdict(&context), Verdict::DeniedImplicitly);
    context.resource = "arn:aws:s3:::bucket/ann/a".into();
    let allowed = policy.decide(&context);
    assert_eq!(
        (allowed.verdict, allowed.statement),
        (Verdict::Allowed, Some(1))
    );
    context.action = "s3:deleteobject".into();
    assert_eq!(policy.verdict(&context), Verdict::DeniedImplicitly);
    context.set("aws:SecureTransport", ["false"]);
    let denied = policy.decide(&context);
    assert_eq!(
        (denied.verdict, denied.statement),
        (Verdict::DeniedExplicitly, Some(2))
    );
    let condition = denied.statements[1].checks.last().unwrap();
    assert_eq!(
        (condition.name.as_str(), condition.key.as_str()),
        ("Bool", "aws:SecureTransport")
    );
    assert_eq!(condition.policy, ["false"]);
    assert_eq!(
        condition.request.as_deref(),
        Some(&["false".to_owned()][..])
    );
    let action = &denied.statements[0].checks[1];
    assert!(action.name == "NotAction" && !action.matches);
    assert!(!denied.statements[0].matches);
}

// Goal: an old policy has no variables, and a variable without value matches nothing.
// Method: the same Allow in both versions.
#[test]
fn variables_belong_to_the_new_version() {
    let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*",
        "Action": "*", "Resource": "arn:aws:s3:::bucket/${aws:username}"}}"#;
    let mut context = put(&[("aws:username", "ann")]);
    context.resource = "arn:aws:s3:::bucket/ann".into();
    let old = text.replace(r#""Version": "2012-10-17","#, "");
    let (new, old) = (Policy::parse(text).unwrap(), Policy::parse(&old).unwrap());
    assert_eq!(new.verdict(&context), Verdict::Allowed);
    assert_eq!(old.verdict(&context), Verdict::DeniedImplicitly);
    context.remove("aws:username");
    assert_eq!(new.verdict(&context), Verdict::DeniedImplicitly);
    assert_eq!(
        (old.version(), new.version()),
        (Version::V2008, Version::V2012)
    );
}
