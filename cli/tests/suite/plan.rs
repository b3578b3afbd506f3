//! `keystorm plan`, end to end.
use crate::tool::{Tool, stderr, stdout};
use keystorm_record::plan::{LimitKind, Plan, Reached, SmallestQuota};

/// A load of seconds: 200 calls/s against a quota of `quota`.
fn small(quota: &str) -> String {
    format!(
        r#"# Is the quota enough?
schema = 1
name = "Small"
run = {{ start = "2026-11-24T00:00:00Z", measure = "10 s" }}
account.region = "eu-west-3"
kms.request-quota = "{quota}"
bucket.encryption = "sse-kms"
[fleets.web]
concurrency = 500
operations.get = 1
size.fixed = "64 KiB"
arrivals.poisson.rate = "200/s"
[[variants]]
name = "plain"
[[variants]]
name = "keyed"
bucket.bucket-key = true
"#
    )
}

fn plan(tool: &Tool, name: &str) -> Plan {
    serde_json::from_str(&tool.text(name)).unwrap()
}

// Goal: a plan has its answers in words and in a file, says by its exit code whether a limit is
// hit, and its command gives the same bytes again whatever the jobs.
// Method: a quota below the load, and one that is not reached within a year; the command of the
// first into another folder with one job.
#[test]
fn a_plan_answers_and_can_be_made_again() {
    let tool = Tool::new();
    tool.put("small.toml", &small("150/s"));
    tool.put("large.toml", &small("1_000/s"));
    let flags = "--replications-max 6 --load-max 3 --growth 5%/month";
    let shown = stdout(&tool.run(&format!("plan small.toml {flags}"), 10));
    // Lines may end anywhere.
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "The KMS quota is hit first, at 0.",
        "Ask for a KMS quota of ",
        "crossed today",
    ] {
        assert!(shown.contains(words), "{shown}");
    }
    let made = plan(&tool, "out/small-plan/plan.json");
    assert_eq!(made.limits[0].kind, LimitKind::KmsQuota);
    let Some(SmallestQuota::At { ask_for, .. }) = &made.smallest_quota else {
        panic!("{:?}", made.smallest_quota);
    };
    assert!((200..300).contains(&ask_for.0), "{ask_for:?}");
    let drawn = stdout(&tool.run("report out/small-plan/plan.json --format html", 0));
    assert!(drawn == tool.text("out/small-plan/report.html"));
    let command = made.command.strip_prefix("keystorm ").unwrap();
    // The tool takes no quotes.
    let command = command.replace("'12 months'", "12months");
    tool.run(&format!("{command} -q -o again --jobs 1"), 10);
    assert_eq!(
        tool.text("again/plan.json"),
        tool.text("out/small-plan/plan.json")
    );

    let shown = stdout(&tool.run(&format!("plan large.toml {flags} --format json"), 0));
    let made: Plan = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown, made.to_json());
    assert!(
        matches!(made.limits[0].reached, Reached::NotUpTo(_)),
        "{:?}",
        made.limits
    );
    assert!(made.growth.unwrap().crossings.is_empty());
}

// Goal: another variant can be planned for.
// Method: one with a Bucket Key, which needs next to no quota.
#[test]
fn a_variant_can_be_chosen() {
    let tool = Tool::new();
    tool.put("small.toml", &small("150/s"));
    tool.run(
        "plan small.toml --variant keyed --replications-max 5 --load-max 2 -q",
        0,
    );
    let made = plan(&tool, "out/small-plan/plan.json");
    assert_eq!(made.variant, "keyed");
    assert!(made.command.contains("--variant keyed"), "{}", made.command);
}

// Goal: what is no plan is refused with what to do, and nothing is written.
// Method: a variant that there is not; forms, growths, horizons and loads that are none; a
// condition on nothing; the folder of another scenario.
#[test]
fn what_is_no_plan_is_refused() {
    let tool = Tool::new();
    tool.put("small.toml", &small("150/s"));
    for (flags, words) in [
        ("--variant none", "small.toml has plain; keyed"),
        ("--format csv", "--format of a plan is table or json"),
        ("--growth 5%", "such as 5%/month"),
        ("--growth 5%/month --horizon 3days", "such as \"12 months\""),
        ("--horizon 12months", "--growth"),
        ("--load-max 0.5", "from 1 to 1000"),
        ("--expect kms.throttle<1%", "unknown metric"),
        ("--set load-factor=0", "from 0.001 to 1000"),
    ] {
        let told = stderr(&tool.run(&format!("plan small.toml {flags}"), 2));
        assert!(told.contains(words), "{flags}: {told}");
        assert!(!tool.path("out").exists(), "{flags}");
    }
    tool.put("mine/plan.json", "{}");
    let told = stderr(&tool.run("plan small.toml -o mine", 2));
    assert!(told.contains("says not whose it is"), "{told}");
}
