use crate::page::sound_page;
use crate::plan_fixture::plan;
use keystorm_record::plan::{Binding, HighestLoad, Reached, SmallestQuota, json_schema};
use keystorm_record::{Int, Unit};
use keystorm_reports::{Terminal, alarm, plan_html, plan_terminal, quota_request};

// Goal: the text of a quota request has what Service Quotas asks for, and the reasons with numbers.
// Method: golden text of the fixture.
#[test]
fn a_quota_request_says_what_and_why() {
    let request = quota_request(&plan()).expect("today's quota is too small");
    assert_eq!(request.requested_per_s, 13_000);
    insta::assert_snapshot!(
        "quota_request",
        format!("{}\n{}\n", request.text, request.command)
    );
}

// Goal: nobody is told to ask for what there is, or for what would not help.
// Method: a smallest quota below today's; none that helps; nothing that calls KMS.
#[test]
fn no_request_without_need() {
    let mut enough = plan();
    if let Some(SmallestQuota::At { ask_for, .. }) = &mut enough.smallest_quota {
        *ask_for = Int(9_000);
    }
    assert_eq!(quota_request(&enough), None);
    enough.smallest_quota = Some(SmallestQuota::Any { tried: Int(10) });
    assert_eq!(quota_request(&enough), None);
    enough.smallest_quota = Some(SmallestQuota::NoCalls);
    enough.mitigations.as_mut().unwrap().peaks = None;
    assert_eq!((quota_request(&enough), alarm(&enough)), (None, None));
}

// Goal: the alarm rings before a second uses up the quota, in the metric's own terms.
// Method: golden text; the arithmetic of the threshold: 12,600 calls in the busiest second and
// 9,450 on average in its minute are a ratio of 4 to 3, so that a fifth below 10,000/s is a sum of
// 60 × 8,000 × 3 / 4 a minute, 60 % of the minute's quota.
#[test]
fn an_alarm_rings_before_a_second_is_used_up() {
    let alarm = alarm(&plan()).expect("the fleets call KMS");
    assert_eq!((alarm.threshold, alarm.threshold_percent), (360_000, 60));
    let notes = alarm.notes.join("\n");
    let text = format!(
        "{notes}\n\n{}\n\n{}\n",
        alarm.command, alarm.command_by_quota
    );
    insta::assert_snapshot!("alarm", text);
    let metrics = alarm.command_by_quota.split('\'').nth(1).expect("quoted");
    assert!(serde_json::from_str::<serde_json::Value>(metrics).is_ok());
}

// Goal: the page of a plan is sound, loads nothing, and has every part with a table under each
// picture.
// Method: the checks of the report's page; ids of all sections.
#[test]
fn the_page_of_a_plan_is_sound() {
    let page = sound_page(plan_html(&plan()));
    for id in [
        "verdict",
        "fig-limits",
        "fig-quota",
        "fig-growth",
        "fig-mitigations",
        "fig-migration",
        "fig-cost",
        "changes",
        "texts",
        "assumptions",
        "provenance",
    ] {
        assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
    }
    assert_eq!(page.matches("<svg class=\"w\"").count(), 8);
    assert_eq!(page.matches("<svg class=\"n\"").count(), 8);
    assert!(page.contains("Today’s load needs a KMS quota of 12,355/s; it has 10,000/s."));
    assert!(page.contains("--set &#39;bucket.bucket-key=true&#39;"));
    assert!(page.len() < 250_000, "{} bytes", page.len());
}

// Goal: what comes from a scenario is escaped, and a plan without answers is still a page.
// Method: names that would do harm; everything optional left out.
#[test]
fn a_hostile_plan_and_an_empty_one_are_sound() {
    let mut hostile = plan();
    hostile.scenario.title = "<script>alert(1)</script> & \"quotes\"".into();
    hostile.scenario.region = "eu'; rm -rf $(HOME); '".into();
    hostile.command = "keystorm plan '</code><script>'".into();
    let found = hostile.mitigations.as_mut().unwrap();
    found.list[0].name = "</title><script>alert(2)</script>".into();
    found.list[0].cases[0].settings = vec!["fleets.\"it's\".requesters='<b>'".into()];
    let page = sound_page(plan_html(&hostile));
    assert_eq!(page.matches("<script>").count(), 1);
    let request = quota_request(&hostile).unwrap();
    assert!(
        request.command.contains("--region eurm-rfHOME "),
        "{}",
        request.command
    );

    let mut empty = plan();
    empty.mitigations.as_mut().unwrap().list.clear();
    empty.cost.as_mut().unwrap().sensitivity.clear();
    drop(sound_page(plan_html(&empty)));
    empty.limits.clear();
    empty.expectations.clear();
    (empty.highest_load, empty.smallest_quota, empty.quota_curve) = (None, None, None);
    (empty.growth, empty.mitigations, empty.cost) = (None, None, None);
    let page = sound_page(plan_html(&empty));
    assert_eq!(page.matches("<svg").count(), 0);
}

// Goal: a plan is read as it was written, and its schema names every part.
// Method: there and back; the names of the parts.
#[test]
fn a_plan_is_read_as_it_was_written() {
    let plan = plan();
    let read: keystorm_record::plan::Plan = serde_json::from_str(&plan.to_json()).unwrap();
    assert_eq!(read, plan);
    let schema = json_schema().to_string();
    for part in [
        "mitigations",
        "migration",
        "usd-saved-per-day",
        "sensitivity",
        "quota-curve",
    ] {
        assert!(schema.contains(part), "{part}");
    }
}

// Goal: the terminal has the answers first, then tables, and says what each is about.
// Method: golden text of the fixture.
#[test]
fn the_answers_come_first() {
    let style = Terminal {
        width: 100,
        color: false,
    };
    insta::assert_snapshot!("terminal", plan_terminal(&plan(), style));
}

// Goal: every kind of answer has its sentence, and none has control characters of a scenario's.
// Method: golden sentences of a plan with other answers in turn.
#[test]
fn every_kind_of_answer_has_its_sentence() {
    let style = Terminal {
        width: 100,
        color: false,
    };
    let mut plan = plan();
    plan.mitigations = None;
    plan.cost = None;
    plan.growth = None;
    plan.scenario.title = "a\u{1b}[31mb".into();
    let binding = Binding {
        condition: "get.latency.p99 < 200 ms".into(),
        metric: "get.latency.p99".into(),
        unit: Unit::Seconds,
        value: Some(0.21),
    };
    let mut told = String::new();
    for (limit, load, quota) in [
        (
            Reached::Always,
            HighestLoad::Never {
                tried: 0.01,
                binding: binding.clone(),
            },
            SmallestQuota::None {
                binding: binding.clone(),
            },
        ),
        (
            Reached::NotUpTo(10.0),
            HighestLoad::Beyond { tried: 10.0 },
            SmallestQuota::Any { tried: Int(1) },
        ),
        (
            Reached::NotUpTo(10.0),
            HighestLoad::Unordered {
                holds: 1.0,
                fails: 0.01,
                binding: binding.clone(),
            },
            SmallestQuota::Unordered {
                holds: Int(10_000),
                fails: Int(1_000_000_000),
                binding,
            },
        ),
    ] {
        plan.limits.truncate(1);
        plan.limits[0].reached = limit;
        plan.highest_load = Some(load);
        plan.smallest_quota = Some(quota);
        let text = plan_terminal(&plan, style);
        assert!(!text.contains('\u{1b}'), "{text}");
        let (head, _) = text.split_once("\nLimits").expect("it has limits");
        told += head;
        told += "\n----\n";
    }
    plan.limits.clear();
    plan.smallest_quota = Some(SmallestQuota::NoCalls);
    told += &plan_terminal(&plan, style);
    insta::assert_snapshot!("sentences", told);
}
