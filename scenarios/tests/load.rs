//! Scenario files are loaded, or refused with every mistake at its place.
use keystorm_scenarios::schema::{Arrivals, Encryption, ObjectSize, Retry};
use keystorm_scenarios::units::{ByteSize, Rate};
use keystorm_scenarios::{Diagnostics, Overrides, Setting, SettingError, Study, load};

const QUICKSTART: &str = include_str!("../library/quickstart.toml");

/// A small scenario without variants.
const SMALL: &str = r#"# Does it fit?
schema = 1
name = "Small"
run = { start = 2026-11-24T12:00:00Z, measure = "60 s" }
account.region = "eu-west-3"
bucket.encryption = "sse-kms"
[fleets.web]
concurrency = 50
arrivals.poisson = { rate = "2_000/s" }
operations = { get = 80, put = 20 }
size.lognormal = { median = "64 KiB", sigma = 1, max = "16 MiB" }
"#;

fn overrides(settings: &[&str]) -> Overrides {
    let settings = settings
        .iter()
        .map(|text| text.parse().expect("path=value"))
        .collect();
    Overrides {
        settings,
        expectations: Vec::new(),
    }
}

fn good(text: &str, settings: &[&str]) -> Study {
    load("small.toml", text, &overrides(settings)).unwrap_or_else(|found| panic!("{found}"))
}

fn bad(text: &str, settings: &[&str]) -> Diagnostics {
    load("small.toml", text, &overrides(settings)).expect_err("the text has mistakes")
}

/// `SMALL` with more text behind it.
fn with(more: &str) -> String {
    format!("{SMALL}\n{more}")
}

// Goal: the shipped scenario means what its comments say.
// Method: load it and look at question, variants and what they change.
#[test]
fn the_quickstart_has_five_variants_of_one_question() {
    let study = good(QUICKSTART, &[]);
    assert!(
        study.question.starts_with("Will KMS throttle"),
        "{}",
        study.question
    );
    let names: Vec<_> = study.variants.iter().map(|v| v.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "SSE-KMS",
            "SSE-KMS, Bucket Key",
            "SSE-S3",
            "SSE-C",
            "Client-side"
        ]
    );
    for variant in &study.variants {
        assert_eq!(variant.name, variant.scenario.mode().label());
        assert!(variant.defaulted.contains(&"kms.request-quota".to_owned()));
    }
}

// Goal: a file without variants is one variant, named by its encryption.
// Method: load the small scenario in each mode.
#[test]
fn without_variants_the_mode_is_the_name() {
    let name = |settings: &[&str]| {
        let study = good(SMALL, settings);
        assert_eq!(study.variants.len(), 1);
        study.variants[0].name.clone()
    };
    assert_eq!(name(&[]), "SSE-KMS");
    assert_eq!(name(&["bucket.bucket-key=true"]), "SSE-KMS, Bucket Key");
    assert_eq!(name(&["bucket.encryption=sse-s3"]), "SSE-S3");
    assert_eq!(name(&["bucket.encryption=sse-c"]), "SSE-C");
    assert_eq!(
        name(&["clients.encryption=s3-encryption-client"]),
        "Client-side"
    );
}

// Goal: question and digest identify the file that was loaded.
// Method: the digest of `sha256sum` for a known text; a file without a comment.
#[test]
fn question_and_digest_are_those_of_the_text() {
    let study = good(SMALL, &[]);
    assert_eq!(study.question, "Does it fit?");
    assert_eq!(study.sha256.len(), 64);
    assert_ne!(study.sha256, good(&with(""), &[]).sha256);
    let bare = SMALL.split_once('\n').unwrap().1;
    assert_eq!(good(bare, &[]).question, "");
    assert_eq!(
        good(&format!("\u{feff}{SMALL}"), &[]).question,
        "Does it fit?"
    );
}

// Goal: a variant changes what it names and nothing beside it.
// Method: change one parameter of a choice, then the choice itself, in two variants.
#[test]
fn variants_change_parameters_and_choices() {
    let study = good(
        &with(
            r#"
[[variants]]
name = "larger"
fleets.web.size.lognormal.median = "1 MiB"
[[variants]]
name = "other choices"
fleets.web.size.fixed = "1 MiB"
fleets.web.arrivals.closed = { think-time = "1 s" }
clients.retry = "none"
kms.request-quota = "5_500/s"
"#,
        ),
        &[],
    );
    let [larger, other] = &study.variants[..] else {
        panic!("two variants")
    };
    let ObjectSize::Lognormal(size) = &larger.scenario.fleets["web"].size else {
        panic!("{:?}", larger.scenario.fleets["web"].size)
    };
    assert_eq!(
        (size.median, size.max),
        (ByteSize(1 << 20), ByteSize(16 << 20))
    );
    assert_eq!(larger.scenario.kms.request_quota, None);
    let fleet = &other.scenario.fleets["web"];
    assert!(
        matches!(fleet.size, ObjectSize::Fixed(ByteSize(1_048_576))),
        "{:?}",
        fleet.size
    );
    assert!(
        matches!(fleet.arrivals, Arrivals::Closed(_)),
        "{:?}",
        fleet.arrivals
    );
    assert_eq!(fleet.operations.get, 80);
    assert_eq!(other.scenario.clients.retry, Retry::None);
    assert_eq!(other.scenario.kms.request_quota, Some(Rate(5_500.0)));
    assert!(!other.defaulted.contains(&"kms.request-quota".to_owned()));
    assert!(larger.defaulted.contains(&"kms.request-quota".to_owned()));
}

// Goal: a setting wins over file and variants, with or without quotes, and makes new fleets.
// Method: set values of each kind and look at the scenarios.
#[test]
fn settings_win_over_file_and_variants() {
    let text = with("[[variants]]\nname = \"a\"\nbucket.encryption = \"sse-s3\"");
    let study = good(
        &text,
        &[
            "bucket.encryption=sse-c",
            "bucket.blocked-encryption-types=[]",
            "kms.request-quota = \"7_000/s\"",
            "s3.prefix-read-rate=5_400/s",
            "fleets.web.size.fixed=1 MiB",
            "fleets.\"night job\".concurrency=2",
            "fleets.\"night job\".arrivals.closed={ think-time = '1 s' }",
            "fleets.\"night job\".operations.get=1",
            "fleets.\"night job\".size.fixed=\"1 B\"",
        ],
    );
    let scenario = &study.variants[0].scenario;
    assert_eq!(scenario.bucket.encryption, Encryption::SseC);
    assert!(scenario.bucket.blocked_encryption_types.is_empty());
    assert_eq!(scenario.kms.request_quota, Some(Rate(7_000.0)));
    assert_eq!(scenario.s3.prefix_read_rate, Rate(5_400.0));
    assert_eq!(
        scenario.fleets.keys().collect::<Vec<_>>(),
        ["night job", "web"]
    );
    assert!(matches!(
        scenario.fleets["web"].size,
        ObjectSize::Fixed(ByteSize(1_048_576))
    ));
}

// Goal: a setting is a path and a value, apart at the first `=` outside of quotes.
// Method: one with `=` in a quoted key, one without `=`, without path, and over two lines.
#[test]
fn settings_are_path_and_value() {
    let setting: Setting = "fleets.\"a=b\".concurrency = 5".parse().unwrap();
    assert_eq!(setting.path, "fleets.\"a=b\".concurrency");
    assert_eq!(setting.value, "5");
    assert_eq!("bucket".parse::<Setting>(), Err(SettingError::NoPath));
    assert_eq!("=5".parse::<Setting>(), Err(SettingError::NoPath));
    assert_eq!(
        "seed=5\nname=6".parse::<Setting>(),
        Err(SettingError::Control)
    );
}

// Goal: conditions of file, variant and command line all reach the variant.
// Method: one of each; a variant's condition on the same metric replaces the file's.
#[test]
fn conditions_come_from_file_variant_and_command_line() {
    let text = with(
        r#"
[expect]
"kms.throttled-share" = "< 0.1 %"
"get.latency.p99" = "<200ms"
[[variants]]
name = "a"
[[variants]]
name = "b"
expect."kms.throttled-share" = "0.10..0.60"
"#,
    );
    let overrides = Overrides {
        settings: Vec::new(),
        expectations: vec!["cost.month < $500".to_owned()],
    };
    let study = load("small.toml", &text, &overrides).unwrap();
    let conditions = |index: usize| {
        let all = study.variants[index].expectations.iter();
        all.map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        conditions(0),
        [
            "get.latency.p99 < 200 ms",
            "kms.throttled-share < 0.1 %",
            "cost.month < $500"
        ]
    );
    assert_eq!(conditions(1)[1], "kms.throttled-share = 10 %..60 %");
}

// Goal: what all variants share is reported once, and what only some have names them.
// Method: a typo in the base under three variants; a contradiction in one of them.
#[test]
fn a_shared_mistake_is_reported_once() {
    let variants = "[[variants]]\nname = \"a\"\n[[variants]]\nname = \"b\"\n\
                    bucket.encryption = \"sse-s3\"\n[[variants]]\nname = \"c\"\n";
    let typo = SMALL.replace("2_000/s", "2_000") + variants;
    assert_eq!(bad(&typo, &[]).list.len(), 1);
    let key = SMALL.replace("\"sse-kms\"", "\"sse-kms\"\nbucket.bucket-key = true") + variants;
    let found = bad(&key, &[]);
    assert_eq!(found.list.len(), 1, "{found}");
    assert_eq!(found.list[0].notes, ["in the variant `b`"]);
}

// Goal: a mistake that every variant overrides is still a mistake in the file.
// Method: a misspelt encryption under one variant that sets its own.
#[test]
fn an_overridden_mistake_is_reported() {
    let text = SMALL.replace("sse-kms", "sse_kms")
        + "[[variants]]\nname = \"a\"\nbucket.encryption = \"sse-s3\"\n";
    let found = bad(&text, &[]);
    assert!(found.list[0].message.contains("sse_kms"), "{found}");
}

// Goal: contradictions that the simulation shows are allowed, not refused.
// Method: SSE-C in a blocking bucket, HTTP with SSE-KMS, client-side encryption with SSE-C.
#[test]
fn what_the_simulation_shows_is_allowed() {
    good(SMALL, &["bucket.encryption=sse-c"]);
    good(SMALL, &["clients.scheme=http"]);
    good(
        SMALL,
        &[
            "bucket.encryption=sse-c",
            "clients.encryption=s3-encryption-client",
        ],
    );
    good(
        SMALL,
        &[
            "fleets.web.operations.put=0",
            "fleets.web.size.fixed=40 GiB",
        ],
    );
}

// Goal: no value that contradicts another, or the world, gets through.
// Method: each such value as a setting over a good scenario, and the words that must appear.
#[test]
fn contradictions_are_refused() {
    let fleet = "={ concurrency = 1, arrivals.closed = { think-time = '1 s' }, \
                 operations = { get = 1 }, size.fixed = '1 B' }";
    let long = format!("fleets.{}{fleet}", "x".repeat(61));
    let nameless = format!("fleets.\"\"{fleet}");
    let cases: [(&[&str], &str); 28] = [
        (&["schema=2"], "`schema` is 2; expected 1"),
        (&["name="], "the title of the scenario has 0 characters"),
        (&["name=\"a\\tb\""], "printable"),
        (
            &["run.start=1970-01-01T00:00:00Z"],
            "expected 2006-03-14T00:00:00Z to 2100",
        ),
        (
            &["run.measure=0 s"],
            "expected more than 0, such as \"60 s\"",
        ),
        (&["run.measure=745 h"], "exceeds 31 days"),
        (&["run.warm-up=744 h"], "exceeds 31 days"),
        (&["run.replications=0"], "from 1 to 10_000"),
        (&["run.requests-max=0"], "at least 1"),
        (&[&long], "the fleet's name has 61 characters"),
        (&[&nameless], "the fleet's name is empty"),
        (
            &["bucket.encryption=sse-s3", "bucket.bucket-key=true"],
            "only with \"sse-kms\"",
        ),
        (
            &["bucket.bucket-key-cache.lifetime=0 s"],
            "a Bucket Key that is never kept",
        ),
        (
            &["kms.request-quota=0.5/s"],
            "expected a positive whole rate",
        ),
        (&["kms.other-load=0.5/s"], "expected a whole rate"),
        (
            &["kms.latency.lognormal={ median = '0 s', sigma = 1 }"],
            "such as \"5 ms\"",
        ),
        (
            &["kms.latency.lognormal={ median = '5 ms', sigma = 3.5 }"],
            "from 0 to 3",
        ),
        (
            &["kms.latency.quantiles=[]"],
            "expected its first point at 0.0",
        ),
        (
            &["s3.prefix-read-rate=0/s"],
            "expected a positive whole rate",
        ),
        (&["s3.connection-rate=0 B/s"], "no transfer would ever end"),
        (&["clients.crypto-rate=0 B/s"], "no transfer would ever end"),
        (
            &["fleets.web.arrivals.poisson.rate=0/s"],
            "expected a positive rate",
        ),
        (
            &["fleets.web.arrivals.profile={ points = [] }"],
            "expected at least one point",
        ),
        (
            &["fleets.web.arrivals.profile={ points = [{ at = '0 s', rate = '0/s' }] }"],
            "never rises above 0/s",
        ),
        (
            &[
                "fleets.web.arrivals.closed={ think-time = '1 s' }",
                "fleets.web.instances=99_999",
            ],
            "a closed loop can have at most 1_000_000",
        ),
        (
            &["fleets.web.operations={ get = 0, put = 0 }"],
            "has no weight above 0",
        ),
        (
            &["fleets.web.size.lognormal.max=1 KiB"],
            "is below the median",
        ),
        (
            &["fleets.web.size.lognormal.median=0 B"],
            "expected at least \"1 B\"",
        ),
    ];
    for (settings, words) in cases {
        let message = match load("small.toml", SMALL, &overrides(settings)) {
            Ok(_) => panic!("{settings:?} got through"),
            Err(found) => found.render(false),
        };
        assert!(message.contains(words), "{settings:?}:\n{message}");
    }
    let (head, _) = SMALL
        .split_once("[fleets.web]")
        .expect("the small scenario has one fleet");
    let found = bad(&format!("{head}[fleets]\n"), &[]);
    assert!(
        found.list[0].message.contains("`fleets` is empty"),
        "{found}"
    );
}

// Goal: a hostile or absurd file ends in clear words, not in memory.
// Method: one file beyond each limit.
#[test]
fn limits_are_refused_with_clear_words() {
    let message = |text: &str| bad(text, &[]).render(false);
    let huge = format!("{SMALL}{}", "#".repeat(1 << 20));
    assert!(
        message(&huge).contains("expected at most 1_048_576"),
        "{}",
        message(&huge)
    );
    let many = |count: usize, line: fn(usize) -> String| -> String {
        (0..count).map(line).collect::<Vec<_>>().concat()
    };
    let variants = many(101, |i| format!("[[variants]]\nname = \"{i}\"\n"));
    let text = format!("{SMALL}{variants}");
    assert!(
        message(&text).contains("101 variants; at most 100"),
        "{}",
        message(&text)
    );
    let fleets = many(1_001, |i| format!("[fleets.f{i}]\n"));
    let text = format!("{SMALL}{fleets}");
    assert!(
        message(&text).contains("1_002 fleets; at most 1_000"),
        "{}",
        message(&text)
    );
    let unknown = many(20_000, |i| format!("a{i} = 1\n"));
    let text = format!("{unknown}{SMALL}");
    assert!(
        message(&text).contains("more not shown"),
        "{}",
        message(&text)
    );
    let deep = format!("{} = 1\n{SMALL}", vec!["a"; 100_000].join("."));
    assert!(
        message(&deep).contains("this is not TOML"),
        "{}",
        message(&deep)
    );
}

// Goal: colours are added only when asked for.
// Method: look for an escape character in both forms.
#[test]
fn colours_are_asked_for() {
    let found = bad("schema = 2", &[]);
    assert!(!found.render(false).contains('\u{1b}'));
    assert!(found.render(true).contains('\u{1b}'));
}
