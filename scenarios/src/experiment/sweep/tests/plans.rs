use super::*;

fn mistakes(varies: &[&str]) -> String {
    prepared(input(TEXT, varies)).unwrap_err().to_string()
}

// Goal: a mistake at any point is found when the sweep is prepared, with the point that has it.
// Method: one quota of nine that is none, together with two modes.
#[test]
fn a_mistake_is_told_with_its_point() {
    let text = mistakes(&[
        "kms.request-quota=9/s,8/s,7/s,0/s,5/s",
        "mode=sse-kms,sse-s3",
    ]);
    assert!(text.contains("expected a positive whole rate"), "{text}");
    let point = "= note: at point 6 of 10: request-quota 0/s, SSE-KMS";
    assert!(text.contains(point), "{text}");
}

// Goal: sweeps that are too large are refused before any point is looked at.
// Method: 400² points; 100 points of 10,000 replications and one more; more than 64 bits hold.
#[test]
fn too_many_points_or_runs_are_refused() {
    let rates = |path: &str, count| {
        let rates: Vec<_> = (1..=count).map(|it| format!("{it}/s")).collect();
        format!("{path}={}", rates.join(","))
    };
    let (quotas, loads) = (
        rates("kms.request-quota", 400),
        rates("kms.other-load", 400),
    );
    assert_eq!(
        mistakes(&[&quotas, &loads]),
        "--vary asks for 160_000 points; a sweep has at most 100_000"
    );
    let most = TEXT.replace("replications = 2", "replications = 10_000");
    let many = rates("kms.request-quota", 101);
    assert_eq!(
        prepared(input(&most, &[&many])).unwrap_err().to_string(),
        "101 points × 10000 replications are 1_010_000 runs; a sweep has at most 1_000_000"
    );
    let many: Vec<&str> = vec![&quotas; 8];
    assert!(mistakes(&many).contains("asks for more than 2^64 points"));
}

// Goal: a plan is read as it was written, and holds all that the points need.
// Method: a scenario that names a file, opened from the plan's text alone; other inputs.
#[test]
fn a_plan_needs_no_other_file() {
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*",
        "Action":"s3:GetObject","Resource":"*"}]}"#;
    let text = TEXT.replace("[expect]", "[bucket]\npolicy-file = \"a.json\"\n[expect]");
    let text = text.replace("bucket.encryption = \"sse-kms\"\n", "");
    let reader = |name: &str| match name {
        "a.json" => Ok(policy.to_owned()),
        _ => Err("not found".to_owned()),
    };
    let mut input = input(&text, &["bucket.encryption=sse-kms,sse-s3"]);
    input.tie_break = TieBreak::Shuffled;
    input
        .overrides
        .settings
        .push("kms.other-load=3/s".parse().unwrap());
    input.prices = Some(SweepSource {
        path: "prices.toml".to_owned(),
        text: "[price]\nkms-requests = \"$0.01\"\n".to_owned(),
    });
    let work = SweepWork::prepare(input, &reader, &Watch::default()).unwrap();
    let json = work.plan().to_json();
    let read = SweepPlan::from_json(&json).unwrap();
    assert_eq!(&read, work.plan());
    let again = SweepWork::open(read).unwrap();
    let point = again.point(1).unwrap();
    let scenario = &point.variants[0].scenario;
    assert_eq!(scenario.bucket.policy.as_deref(), Some(policy));
    assert_eq!(again.plan().tie_break(), TieBreak::Shuffled);
    assert_eq!(point.prices.unwrap().path, "prices.toml");
    assert_eq!((again.plan().points(), again.runs()), (2, 4));
}

// Goal: a plan that was changed, or that another version wrote, is refused with what to do.
// Method: change a digit; name a newer format, another keystorm; cut it.
#[test]
fn changed_plans_are_refused() {
    let json = work().plan().to_json();
    let refused = |from: &str, to: &str| {
        assert!(json.contains(from));
        SweepPlan::from_json(&json.replacen(from, to, 1)).unwrap_err()
    };
    let changed = refused("\"replications\": 2", "\"replications\": 3");
    assert!(matches!(changed, PlanError::Changed), "{changed}");
    assert!(matches!(refused("90/s", "91/s"), PlanError::Changed));
    let newer = refused("\"sweep-plan\": 1", "\"sweep-plan\": 2");
    assert!(matches!(newer, PlanError::Newer(2)), "{newer}");
    let version = format!("\"keystorm\": \"{}\"", env!("CARGO_PKG_VERSION"));
    let other = refused(&version, "\"keystorm\": \"9.9.9\"");
    assert!(
        other
            .to_string()
            .starts_with("keystorm 9.9.9 prepared the plan"),
        "{other}"
    );
    let cut = SweepPlan::from_json(&json[..json.len() / 2]).unwrap_err();
    assert!(matches!(cut, PlanError::Malformed(_)), "{cut}");
    // Only spaces are free to change.
    assert!(SweepPlan::from_json(&json.replace('\n', " ")).is_ok());
}

// Goal: whoever forges a plan's sum does not make keystorm panic.
// Method: numbers that contradict one another, sealed again.
#[test]
fn forged_plans_are_refused() {
    let plan = work().plan().clone();
    let opened = |change: &dyn Fn(&mut SweepPlan)| {
        let mut plan = plan.clone();
        change(&mut plan);
        SweepWork::open(plan.sealed()).map(drop)
    };
    opened(&|_| ()).unwrap();
    for change in [
        &(|it: &mut SweepPlan| it.points.0 = 4) as &dyn Fn(&mut SweepPlan),
        &|it| it.replications = 0,
        &|it| it.requests = vec![1.into()],
        &|it| it.vary = vec!["kms".to_owned()],
        &|it| it.set = vec!["kms".to_owned()],
        &|it| it.calibration = Some("no".to_owned()),
    ] {
        assert!(matches!(opened(change), Err(PlanError::Part(_))));
    }
}
