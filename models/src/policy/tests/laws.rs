use super::*;
use proptest::prelude::*;

/// Operators that have a positive and a negated form, and values that mean something to them.
const PAIRS: [(&str, &str, &[&str]); 6] = [
    (
        "StringEquals",
        "StringNotEquals",
        &["a", "A", "a*", "", "${aws:username}"],
    ),
    (
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        &["a", "A", "b"],
    ),
    (
        "StringLike",
        "StringNotLike",
        &["a", "a*", "*", "?", "${*}"],
    ),
    (
        "NumericEquals",
        "NumericNotEquals",
        &["1", "1.0", "2", "-1e3"],
    ),
    (
        "DateEquals",
        "DateNotEquals",
        &["2026-01-01", "2026-01-01T00:00:00Z", "1767225600"],
    ),
    (
        "IpAddress",
        "NotIpAddress",
        &["203.0.113.0/24", "203.0.113.7", "2001:db8::/32"],
    ),
];

const KEYS: [&str; 3] = ["aws:a", "aws:b", "aws:username"];

/// A condition out of [`PAIRS`].
fn condition() -> impl Strategy<Value = String> {
    (0..PAIRS.len(), any::<bool>(), 0..4_usize, 0..KEYS.len()).prop_flat_map(
        |(pair, negated, form, key)| {
            let (plain, not, values) = PAIRS[pair];
            let name = if negated { not } else { plain };
            let name = match form {
                0 => name.to_owned(),
                1 => format!("{name}IfExists"),
                2 => format!("ForAllValues:{name}"),
                _ => format!("ForAnyValue:{name}"),
            };
            prop::collection::vec(0..values.len(), 1..3).prop_map(move |chosen| {
                let chosen: Vec<String> = chosen
                    .iter()
                    .map(|it| format!("\"{}\"", values[*it]))
                    .collect();
                format!(
                    "{{\"{name}\": {{\"{}\": [{}]}}}}",
                    KEYS[key],
                    chosen.join(",")
                )
            })
        },
    )
}

fn statement() -> impl Strategy<Value = String> {
    let action = prop::sample::select(vec!["s3:PutObject", "s3:*", "s3:Get*", "*"]);
    let resource = prop::sample::select(vec!["*", "arn:aws:s3:::bucket/*", "arn:aws:s3:::other"]);
    let effect = prop::sample::select(vec!["Allow", "Deny"]);
    (effect, action, resource, condition()).prop_map(|(effect, action, resource, condition)| {
        format!(
            "{{\"Effect\": \"{effect}\", \"Principal\": \"*\", \"Action\": \"{action}\", \
             \"Resource\": \"{resource}\", \"Condition\": {condition}}}"
        )
    })
}

fn policy(statements: &[String]) -> Policy {
    let text = format!(
        "{{\"Version\": \"2012-10-17\", \"Statement\": [{}]}}",
        statements.join(",")
    );
    Policy::parse(&text).unwrap()
}

/// A request with some of the keys, each with up to two values that operators know.
fn request() -> impl Strategy<Value = RequestContext> {
    let all: Vec<&str> = PAIRS
        .iter()
        .flat_map(|(.., values)| values.iter().copied())
        .collect();
    let values = prop::collection::vec(prop::sample::select(all), 0..3);
    prop::collection::vec(prop::option::of(values), KEYS.len()).prop_map(|values| {
        let mut context = put(&[]);
        for (key, values) in KEYS.iter().zip(values) {
            if let Some(values) = values {
                context.set(key, values);
            }
        }
        context
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    // Goal: a denial wins, whatever is added and wherever it stands.
    // Method: any statements and a Deny of everything put anywhere among them.
    #[test]
    fn deny_always_wins(
        mut statements in prop::collection::vec(statement(), 0..4), at in 0..5_usize,
        request in request(),
    ) {
        let deny = r#"{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}"#;
        statements.insert(at.min(statements.len()), deny.into());
        prop_assert_eq!(policy(&statements).verdict(&request), Verdict::DeniedExplicitly);
    }

    // Goal: an Allow more never denies, and never lifts a denial.
    // Method: any policy with and without an Allow of everything.
    #[test]
    fn allow_never_turns_a_deny(
        mut statements in prop::collection::vec(statement(), 1..4), request in request(),
    ) {
        let before = policy(&statements).verdict(&request);
        let allow = r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#;
        statements.push(allow.into());
        let after = policy(&statements).verdict(&request);
        let expected = match before {
            Verdict::DeniedExplicitly => Verdict::DeniedExplicitly,
            Verdict::Allowed | Verdict::DeniedImplicitly => Verdict::Allowed,
        };
        prop_assert_eq!(after, expected);
    }

    // Goal: the order of statements decides nothing.
    // Method: any policy, forwards and backwards.
    #[test]
    fn order_does_not_matter(
        mut statements in prop::collection::vec(statement(), 1..5), request in request(),
    ) {
        let forwards = policy(&statements).verdict(&request);
        statements.reverse();
        prop_assert_eq!(policy(&statements).verdict(&request), forwards);
    }

    // Goal: the trace and the quick verdict are of one mind.
    // Method: any policy and request; the verdict is worked out again from the trace.
    #[test]
    fn traces_explain_verdicts(
        statements in prop::collection::vec(statement(), 1..5), request in request(),
    ) {
        let policy = policy(&statements);
        let decision = policy.decide(&request);
        prop_assert_eq!(decision.verdict, policy.verdict(&request));
        let hits = |effect| {
            let mut traces = decision.statements.iter();
            traces.any(|it| it.matches && it.effect == effect)
        };
        let expected = match (hits(Effect::Deny), hits(Effect::Allow)) {
            (true, _) => Verdict::DeniedExplicitly,
            (false, true) => Verdict::Allowed,
            (false, false) => Verdict::DeniedImplicitly,
        };
        prop_assert_eq!(decision.verdict, expected);
    }

    // Goal: with one value, a negated operator is the complement, and IfExists changes nothing.
    // Method: every pair of operators over values that fit it and values that do not.
    #[test]
    fn negation_is_the_complement(
        pair in 0..PAIRS.len(), wanted in 0..5_usize, value in "[aA12*?]{0,2}|203.0.113.[0-9]",
    ) {
        let (plain, not, values) = PAIRS[pair];
        let wanted = values[wanted % values.len()];
        let holds = |name: &str, context: &RequestContext| {
            let policy = deny_if(&format!("{{\"{name}\": {{\"aws:a\": \"{wanted}\"}}}}"));
            policy.verdict(context) == Verdict::DeniedExplicitly
        };
        for value in [value.as_str(), wanted] {
            let context = put(&[("aws:a", value), ("aws:username", "a")]);
            let answer = holds(plain, &context);
            prop_assert_eq!(holds(not, &context), !answer);
            prop_assert_eq!(holds(&format!("{plain}IfExists"), &context), answer);
            prop_assert_eq!(holds(&format!("{not}IfExists"), &context), !answer);
        }
    }

    // Goal: no text makes reading panic, and what is refused is explained with its place.
    // Method: random text, and a policy with a part cut out and words put in.
    #[test]
    fn any_text_is_read_or_refused(
        text in "\\PC{0,200}", at in 0..400_usize, cut in 0..40_usize,
        words in prop::collection::vec(0..12_usize, 0..4),
    ) {
        const WORDS: [&str; 12] = [
            "{", "}", "[", "]", "\"", ",", ":", "null", "${", "\"Null\"", "\u{0}", "é\n",
        ];
        let whole = r#"{"Version": "2012-10-17", "Statement": [{"Sid": "a", "Effect": "Deny",
            "Principal": {"AWS": ["arn:aws:iam::111122223333:root"]}, "NotAction": ["s3:Get*"],
            "Resource": "arn:aws:s3:::b/${aws:username, 'x'}", "Condition":
            {"ForAnyValue:StringLike": {"aws:TagKeys": ["a", "b"]}, "Null": {"aws:x": true},
            "DateLessThan": {"aws:y": "2026"}}}]}"#;
        let start = whole.floor_char_boundary(at.min(whole.len()));
        let end = whole.ceil_char_boundary((start + cut).min(whole.len()));
        let words: String = words.into_iter().map(|word| WORDS[word]).collect();
        let damaged = format!("{}{words}{}", &whole[..start], &whole[end..]);
        for text in [text, damaged] {
            match Policy::parse(&text) {
                Ok(policy) => prop_assert!(!policy.statements().is_empty()),
                Err(found) => for mistake in found.list {
                    prop_assert!(mistake.line >= 1 && mistake.column >= 1);
                    prop_assert!(!mistake.message.ends_with('.'), "{}", mistake.message);
                    prop_assert!(text.is_char_boundary(mistake.span.start));
                    prop_assert!(mistake.span.end <= text.len().max(1));
                },
            }
        }
    }
}
