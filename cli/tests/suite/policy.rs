//! `keystorm policy`: verdicts, exit codes, traps, mistakes.
use crate::tool::{Tool, quick, stderr, stdout};

const DENY: &str = include_str!("../../../scenarios/policies/deny-unencrypted-put.json");
const TLS: &str = include_str!("../../../scenarios/policies/require-secure-transport.json");

fn tool() -> Tool {
    let tool = Tool::new();
    tool.put("deny.json", DENY);
    tool.put("tls.json", TLS);
    tool
}

// Goal: the verdict comes first, with its statement and condition, and decides the exit code.
// Method: requests that are denied and allowed, and the first line of each answer.
#[test]
fn verdict_comes_first() {
    let tool = tool();
    for (arguments, code, first) in [
        (
            "deny.json --operation PutObject",
            10,
            "Denied by statement 1 \"DenyOtherEncryption\": s3:x-amz-server-side-encryption is \
             not in the request (StringNotEquals",
        ),
        (
            "deny.json --operation PutObject --header X-Amz-Server-Side-Encryption=aws:kms",
            0,
            "Allowed: no statement denies it, and the sender's own policies",
        ),
        (
            "deny.json --operation PutObject --header x-amz-server-side-encryption=AES256 \
             --identity none",
            10,
            "Denied: no statement allows it",
        ),
        (
            "tls.json --operation GetObject --http",
            10,
            "Denied by statement 1 \"DenyPlainHttp\": aws:SecureTransport is \"false\" (Bool \
             \"false\")",
        ),
        (
            "tls.json --operation GetObject --tls-version 1.0",
            0,
            "Allowed: ",
        ),
    ] {
        let text = stdout(&tool.run(&format!("policy {arguments}"), code));
        assert!(text.starts_with(first), "{arguments}:\n{text}");
        assert!(
            text.contains("Statement 1 ") && text.contains("Traps: "),
            "{text}"
        );
    }
}

// Goal: without a request the policy is only searched for traps, and that is said.
// Method: a policy in a trap; the trap's id, place and remedy.
#[test]
fn policy_alone_is_searched_for_traps() {
    let tool = tool();
    tool.put("trap.json", &TLS.replace("\"Bool\"", "\"BoolIfExists\""));
    let text = stdout(&tool.run("policy trap.json", 0));
    for part in [
        "no request was given",
        "Traps: 1 warning, 0 notes",
        "warning[redacted-key]",
        " --> trap.json:11:",
        "  = help: ",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let text = stdout(&tool.run("policy tls.json", 0));
    assert!(text.contains("Traps: none of those known"), "{text}");
}

// Goal: programs get one object, and several requests in one go.
// Method: three requests of which one is denied; verdicts, traces and traps in the JSON.
#[test]
fn several_requests_are_answered_as_json() {
    let tool = tool();
    tool.put(
        "requests.jsonl",
        "{\"operation\": \"PutObject\"}\n\n\
         {\"operation\": \"GetObject\", \"context\": {\"aws:TagKeys\": [\"a\", \"b\"]}}\n\
         {\"operation\": \"PutObject\", \"headers\": {\"x-amz-server-side-encryption\": \
         \"AES256\", \"x-amz-server-side-encryption-bucket-key-enabled\": \"true\"}}\n",
    );
    let output = tool.run(
        "policy deny.json --requests requests.jsonl --format json",
        10,
    );
    let json: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    let allowed: Vec<_> = json["answers"].as_array().unwrap().iter().collect();
    let allowed: Vec<_> = allowed
        .iter()
        .map(|it| it["allowed"].as_bool().unwrap())
        .collect();
    assert_eq!(allowed, [false, true, true]);
    let denied = &json["answers"][0]["asked"][0];
    assert_eq!(denied["verdict"], "denied-explicitly");
    assert_eq!(denied["statement"], 1);
    assert_eq!(
        denied["statements"][0]["checks"][3]["name"],
        "StringNotEquals"
    );
    assert_eq!(
        denied["statements"][0]["checks"][3]["request"],
        serde_json::Value::Null
    );
    assert_eq!(
        json["answers"][1]["asked"][0]["keys"]["aws:tagkeys"][1],
        "b"
    );
    let unseen = &json["answers"][2]["headers-unseen"][0];
    assert_eq!(unseen, "x-amz-server-side-encryption-bucket-key-enabled");
    assert_eq!(json["lint"][0]["id"], "no-header");
}

// Goal: a mistake in policy, request or flag is exit code 2 and says what was expected.
// Method: one of each.
#[test]
fn mistakes_are_explained() {
    let tool = tool();
    tool.put(
        "broken.json",
        &DENY.replace("StringNotEquals", "StringNotEqual"),
    );
    tool.put(
        "bad.jsonl",
        "{\"operation\": \"PutObject\"}\n{\"operation\": 7}\n",
    );
    for (arguments, parts) in [
        (
            "broken.json",
            &["broken.json:12:9", "did you mean `StringNotEquals`", "^^^"][..],
        ),
        ("missing.json", &["missing.json", "get-bucket-policy"]),
        (
            "deny.json --operation Put",
            &["no operation \"Put\"", "PutObject"],
        ),
        (
            "deny.json --operation PutObject --principal ann",
            &["names nobody"],
        ),
        (
            "deny.json --operation PutObject --source-ip x",
            &["203.0.113.7"],
        ),
        ("deny.json --operation PutObject --tls-version 3", &["1.2"]),
        (
            "deny.json --operation PutObject --header x",
            &["name=value"],
        ),
        ("deny.json --http", &["--operation"]),
        (
            "deny.json --requests bad.jsonl",
            &["bad.jsonl:2", "a request is an object"],
        ),
        (
            "deny.json --request {\"operatio\":\"x\"}",
            &["unknown field `operatio`"],
        ),
    ] {
        let output = tool.run(&format!("policy {arguments}"), 2);
        let text = stderr(&output);
        for part in parts {
            assert!(text.contains(part), "{arguments}: {part} is not in\n{text}");
        }
        assert!(output.stdout.is_empty(), "{arguments} printed an answer");
    }
}

// Goal: a policy cannot write to the terminal.
// Method: an escape sequence in the name of a statement.
#[test]
fn control_characters_are_shown_escaped() {
    let tool = tool();
    tool.put(
        "odd.json",
        &DENY.replace("DenyOtherEncryption", "a\\u001b[31mb"),
    );
    let text = stdout(&tool.run("policy odd.json --operation PutObject", 10));
    assert!(!text.contains('\u{1b}') && text.contains("[31mb"), "{text}");
}

// Goal: a scenario finds its policy beside itself, from wherever it is run, and its record is that
// of the policy as text; a mistake in the file is told at its place.
// Method: both ways in a folder below, then a file with a mistake and one that is missing.
#[test]
fn a_scenario_finds_its_policy_beside_itself() {
    let tool = tool();
    let with = |policy: &str| quick().replace("[bucket]\n", &format!("[bucket]\n{policy}\n"));
    tool.put("jobs/tls.json", TLS);
    tool.put("jobs/file.toml", &with("policy-file = \"tls.json\""));
    tool.put("jobs/text.toml", &with(&format!("policy = '''{TLS}'''")));
    let cut = "--replications 1 --requests-max 2000 -q";
    tool.run(&format!("run jobs/file.toml {cut} -o a"), 0);
    tool.run(&format!("run jobs/text.toml {cut} -o b"), 0);
    let (file, text) = (tool.record("a/record.json"), tool.record("b/record.json"));
    assert!(file.variants == text.variants && file.facts == text.facts);
    assert!(tool.text("a/record.json").contains("DenyPlainHttp"));

    tool.put("jobs/tls.json", &TLS.replace("Deny\"", "Forbid\""));
    let broken = stderr(&tool.run("check jobs/file.toml", 2));
    assert!(broken.contains("jobs/tls.json:7:17"), "{broken}");
    tool.put("jobs/file.toml", &with("policy-file = \"none.json\""));
    let missing = stderr(&tool.run("check jobs/file.toml", 2));
    assert!(
        missing.contains("\"none.json\" cannot be read"),
        "{missing}"
    );
}
