//! A bucket policy in a file of its own.
#![expect(
    clippy::unwrap_used,
    reason = "a test may panic, and so may what it calls"
)]
use keystorm_scenarios::{Diagnostics, Overrides, Study, load, load_with};

const POLICY: &str = include_str!("../policies/require-secure-transport.json");

/// A scenario with `bucket` as the line of the policy.
fn scenario(bucket: &str) -> String {
    format!(
        r#"schema = 1
name = "Policy"
run = {{ start = 2026-11-24T12:00:00Z, measure = "60 s" }}
account.region = "eu-west-3"
bucket.encryption = "sse-kms"
{bucket}
[fleets.web]
concurrency = 50
arrivals.poisson = {{ rate = "2_000/s" }}
operations = {{ get = 80, put = 20 }}
size.lognormal = {{ median = "64 KiB", sigma = 1, max = "16 MiB" }}
"#
    )
}

fn read(text: &str) -> Result<Study, Diagnostics> {
    load_with(
        "jobs/nightly.toml",
        text,
        &Overrides::default(),
        &|name| match name {
            "good.json" => Ok(POLICY.to_owned()),
            "bad.json" => Ok(POLICY.replace("\"Deny\"", "\"Forbid\"")),
            "long.json" => Ok(" ".repeat((1 << 20) + 1)),
            _ => Err("no such file".to_owned()),
        },
    )
}

fn refused(text: &str) -> String {
    read(text).unwrap_err().render(false)
}

// Goal: a policy in a file is the same as one in the scenario, and the resolved scenario needs the
// file no more.
// Method: both ways; the variants as they are run and recorded.
#[test]
fn a_file_and_text_are_the_same() {
    let file = read(&scenario("bucket.policy-file = \"good.json\"")).unwrap();
    let text = read(&scenario(&format!("bucket.policy = '''{POLICY}'''"))).unwrap();
    assert_eq!(file.variants, text.variants);
    let resolved = serde_json::to_value(&file.variants[0].scenario).unwrap();
    assert_eq!(resolved["bucket"]["policy"], POLICY);
    assert!(resolved["bucket"].get("policy-file").is_none());
    let without = read(&scenario("")).unwrap();
    assert_ne!(file.variants, without.variants);
    assert!(
        without.variants[0]
            .defaulted
            .contains(&"bucket.policy".to_owned())
    );
}

// Goal: a mistake in the file has the file's name, line and column; one that many variants share
// is told once; those of the scenario are told with it.
// Method: an effect that is none, in all of three variants, and a mistake of the scenario.
#[test]
fn mistakes_are_told_where_they_are() {
    let variants = "variants = [
      { name = \"a\", bucket.policy-file = \"bad.json\" },
      { name = \"b\", bucket.policy-file = \"bad.json\", bucket.encryption = \"sse-s3\" },
      { name = \"c\" },
    ]\nbucket.policy-file = \"bad.json\"";
    let text = scenario(variants).replacen("schema = 1", "schema = 2", 1);
    let found = refused(&text);
    let line = POLICY
        .lines()
        .position(|it| it.contains("\"Deny\""))
        .unwrap();
    let column = POLICY.lines().nth(line).unwrap().find("\"Deny\"").unwrap();
    let place = format!("jobs/bad.json:{}:{}", line + 1, column + 1);
    assert_eq!(found.matches(&place).count(), 1, "{found}");
    assert!(found.contains("Forbid"), "{found}");
    assert!(found.contains("`schema` is 2"), "{found}");
    let end = "2 mistakes in jobs/nightly.toml and jobs/bad.json; nothing was run\n";
    assert!(found.ends_with(end), "{found}");
}

// Goal: a file that cannot be read is a mistake of the scenario, at its name, with the reason.
// Method: one that is missing, one that is too long, one where no files are read, and both ways at
// once.
#[test]
fn what_cannot_be_read_is_told() {
    let one = |name: &str| scenario(&format!("bucket.policy-file = \"{name}\""));
    let missing = refused(&one("missing.json"));
    for part in [
        "`bucket.policy-file` \"missing.json\" cannot be read: no such file",
        "jobs/nightly.toml:6:22",
        "relative to the folder of the scenario",
        "1 mistake in jobs/nightly.toml; nothing was run",
    ] {
        assert!(missing.contains(part), "{missing}");
    }
    assert!(refused(&one("long.json")).contains("1_048_577 bytes"));
    let alone = load("a.toml", &one("good.json"), &Overrides::default()).unwrap_err();
    assert!(alone.render(false).contains("no files are read here"));
    let both = format!("bucket.policy = '''{POLICY}'''\nbucket.policy-file = \"good.json\"");
    let both = refused(&scenario(&both));
    assert!(
        both.contains("are both given") && both.contains("the other"),
        "{both}"
    );
}

// Goal: the command line can give a file, too.
// Method: a setting with the good file, and with one that is missing.
#[test]
fn a_setting_can_name_a_file() {
    let with = |setting: &str| {
        let overrides = Overrides {
            settings: vec![setting.parse().unwrap()],
            ..Overrides::default()
        };
        load_with("a.toml", &scenario(""), &overrides, &|name| {
            (name == "good.json")
                .then(|| POLICY.to_owned())
                .ok_or("no such file".to_owned())
        })
    };
    let study = with("bucket.policy-file=good.json").unwrap();
    assert_eq!(
        study.variants[0].scenario.bucket.policy.as_deref(),
        Some(POLICY)
    );
    let found = with("bucket.policy-file=other.json")
        .unwrap_err()
        .render(false);
    assert!(
        found.ends_with("1 mistake on the command line; nothing was run\n"),
        "{found}"
    );
}
