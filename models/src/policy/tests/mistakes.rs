use super::*;

fn mistakes(text: &str) -> Vec<String> {
    let found = Policy::parse(text).unwrap_err();
    found.list.iter().map(ToString::to_string).collect()
}

// Goal: every mistake is reported, in one go, where it stands.
// Method: a policy with a mistake on almost every line.
#[test]
fn all_mistakes_are_reported_at_once() {
    let text = r#"{
  "Version": "2024-01-01",
  "Statment": [],
  "Statement": [
    {"Effect": "deny", "Principal": "everyone", "Action": "PutObject", "Resource": "bucket",
     "Condition": {"StringNotEqual": {"s3:x-amz-server-side-encryption": "AES256"}}},
    {"Sid": "a", "Effect": "Deny", "Principal": {"AWS": 7, "Servce": "x"},
     "Action": "s3:*", "NotAction": "s3:*", "Resource": [],
     "Condition": {"NullIfExists": {"aws:x": "true"},
       "Bool": {"SecureTransport": "false", "aws:SecureTransport": "no"},
       "Bool": {"aws:SecureTransport": null}}},
    {"Sid": "a", "Action": "*", "Condition": []},
    7
  ]
}"#;
    let found = mistakes(text);
    let expected = [
        ("2:14", "`2024-01-01` is no version; expected `2012-10-17`"),
        (
            "3:3",
            "`Statment` is no element of a policy; did you mean `Statement`",
        ),
        ("5:16", "`deny` is no effect; expected `Allow` or `Deny`"),
        ("5:37", "`everyone` is no principal"),
        ("5:59", "`PutObject` is no action"),
        ("5:84", "`bucket` is no resource"),
        (
            "6:20",
            "`StringNotEqual` is no condition operator; did you mean `StringNotEquals`",
        ),
        ("7:57", "`7` cannot stand in `AWS`"),
        (
            "7:60",
            "`Servce` is no kind of principal; did you mean `Service`",
        ),
        ("8:24", "the statement has `Action` and `NotAction`"),
        ("8:57", "`Resource` is empty"),
        ("9:20", "`NullIfExists` does not exist"),
        ("10:17", "`SecureTransport` is no condition key"),
        (
            "10:68",
            "`no` is no value of `Bool`; expected `true` or `false`",
        ),
        ("11:8", "`Bool` stands here a second time"),
        ("11:40", "`null` cannot stand in `aws:SecureTransport`"),
        ("12:5", "the statement has no `Effect`"),
        ("12:5", "the statement has no `Resource`"),
        ("12:13", "two statements have the `Sid` `a`"),
        ("12:46", "`Condition` is a list"),
        ("13:5", "`7` is no statement"),
    ];
    for ((place, message), found) in expected.iter().zip(&found) {
        assert!(
            found.starts_with(&format!("{place}: {message}")),
            "expected {place}: {message}\nfound    {found}"
        );
    }
    assert_eq!(found.len(), expected.len(), "{found:#?}");
}

// Goal: what is no policy at all is said in one sentence.
// Method: texts that are no JSON, no object, or an object without statements.
#[test]
fn other_texts_are_refused() {
    for (text, expected) in [
        ("", "1:1: expected a policy"),
        ("[]", "1:1: expected a policy"),
        ("{\"Version\": }", "1:13: this is no JSON"),
        ("{} {}", "1:4: this is no JSON"),
        ("{'Version': 1}", "1:2: this is no JSON"),
        ("// x\n{}", "1:1: this is no JSON"),
        ("{\"Statement\": [],}", "1:17: this is no JSON"),
        ("{}", "1:1: the policy has no `Statement`"),
        ("\u{feff}{}", "1:1: the file begins with a byte-order mark"),
    ] {
        let found = mistakes(text);
        assert!(found[0].starts_with(expected), "{text}: {found:?}");
    }
    let deep = "[".repeat(100_000);
    assert!(mistakes(&deep)[0].contains("no JSON"));
}

// Goal: AWS counts no white space between values.
// Method: the same policy, wide and narrow, with a name that has blanks and quotes.
#[test]
fn size_is_without_white_space() {
    let narrow = r#"{"Id":"a \" b","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#;
    let wide = narrow.replace("\":", "\" :\n  ");
    assert_eq!(Policy::parse(&wide).unwrap().bytes(), narrow.len());
    assert_eq!(Policy::parse(narrow).unwrap().id(), Some("a \" b"));
}
