//! A plan with every part in it, from plain numbers: 12,600 calls/s against a quota of 10,000/s.
use crate::fixture::record;
use keystorm_record::plan::{
    Binding, Case, Change, CostAnswer, Crossing, Effect, Effort, End, Estimate, Growth,
    HighestLoad, Kept, Limit, LimitKind, Measure, Migration, Mitigation, Mitigations, Outcome,
    PLAN_VERSION, Peaks, Plan, QuotaCurve, QuotaPoint, Reached, Sensitivity, SmallestQuota,
};
use keystorm_record::{Better, Expectation, Int, Unit};

const CONDITION: &str = "kms.throttled-share < 0.1 %";
const METRIC: &str = "kms.throttled-share";

fn estimate(value: f64, half: f64) -> Estimate {
    Estimate {
        value,
        low: Some(value - half),
        high: Some(value + half),
        replications: 10,
    }
}

/// The plan.
pub(crate) fn plan() -> Plan {
    let record = record();
    let variant = &record.variants[0];
    let binding = |value| Binding {
        condition: CONDITION.into(),
        metric: METRIC.into(),
        unit: Unit::Share,
        value: Some(value),
    };
    Plan {
        schema: PLAN_VERSION,
        tool: record.tool,
        scenario: record.scenario,
        variant: variant.name.clone(),
        setup: variant.setup.clone(),
        resolved: variant.resolved.clone(),
        defaulted: variant.defaulted.clone(),
        seed: record.seed,
        command: "keystorm plan scenarios/library/quickstart.toml --growth 5%/month".into(),
        window: record.window,
        status: record.status,
        confidence: 0.95,
        simulations: Int(310),
        simulated_requests: Int(130_000_000),
        replications_max: 40,
        calibration: None,
        prices: None,
        expectations: vec![Expectation {
            condition: CONDITION.into(),
            metric: METRIC.into(),
            value: Some(0.112),
            holds: false,
            holding_replications: Int(0),
        }],
        default_expectation: true,
        limits: limits(),
        highest_load: Some(HighestLoad::At {
            load: estimate(0.701, 0.004),
            binding: binding(0.001),
        }),
        smallest_quota: Some(SmallestQuota::At {
            quota: estimate(12_310.0, 45.0),
            ask_for: Int(12_355),
            binding: binding(0.001),
        }),
        quota_curve: Some(curve()),
        growth: Some(growth()),
        mitigations: Some(mitigations()),
        cost: Some(cost()),
        facts: record.facts,
        warnings: record.warnings,
    }
}

fn limits() -> Vec<Limit> {
    let limit = |kind, of: &str, capacity, demand: f64, at: Reached| Limit {
        kind,
        of: of.into(),
        capacity,
        measure: Measure::Counted,
        peak_second: estimate(demand, 0.01),
        headroom: 1.0 - demand,
        peak_minute: (kind == LimitKind::KmsQuota).then(|| estimate(0.94, 0.01)),
        reached: at,
    };
    vec![
        limit(
            LimitKind::KmsQuota,
            "",
            10_000.0,
            1.26,
            Reached::At(estimate(0.698, 0.005)),
        ),
        limit(
            LimitKind::PrefixReads,
            "",
            5_500.0,
            0.35,
            Reached::At(estimate(2.85, 0.03)),
        ),
        limit(
            LimitKind::Places,
            "nightly-job",
            2_560.0,
            0.12,
            Reached::NotUpTo(8.0),
        ),
    ]
}

fn curve() -> QuotaCurve {
    let point = |quota: f64| {
        // As if refused calls fell by a straight line until the quota suffices.
        let value = ((12_340.0 - quota) / 20_000.0).max(0.0);
        QuotaPoint {
            quota_per_s: quota,
            value,
            interval: Some(((value - 0.004).max(0.0), value + 0.004)),
            replications: 10,
        }
    };
    let quotas = [
        10_000.0, 11_200.0, 11_900.0, 12_200.0, 12_310.0, 12_400.0, 13_000.0, 40_000.0,
    ];
    QuotaCurve {
        condition: CONDITION.into(),
        metric: METRIC.into(),
        unit: Unit::Share,
        allowed: (None, Some(0.001)),
        points: quotas.map(point).into(),
    }
}

fn growth() -> Growth {
    let crossing = |limit, of: &str, months: f64, date: &str, within| Crossing {
        limit,
        of: of.into(),
        months: estimate(months, 0.6),
        date: Some(date.into()),
        date_low: Some(date.into()),
        date_high: Some(date.into()),
        within_horizon: within,
    };
    Growth {
        rate: "5%/month".into(),
        per_month: 0.05,
        horizon_months: 12.0,
        load_at_horizon: 1.796,
        crossings: vec![
            crossing(Some(LimitKind::KmsQuota), "", -7.4, "2026-11-24", true),
            crossing(Some(LimitKind::PrefixReads), "", 21.5, "2028-09-10", false),
        ],
    }
}

fn outcome(value: f64, usd: f64, multiple: Option<f64>) -> Outcome {
    Outcome {
        value: Some(value),
        interval: Some(((value - 0.001).max(0.0), value + 0.001)),
        given_up_share: Some(value / 5.0),
        p99_s: Some(0.3 + 10.0 * value),
        kms_peak_per_s: Some(12_600.0),
        kms_quota_per_s: Int(10_000),
        kms_load_multiple: multiple,
        usd_per_month: usd,
        breached: (value >= 0.001)
            .then(|| CONDITION.to_owned())
            .into_iter()
            .collect(),
    }
}

fn mitigations() -> Mitigations {
    let today = outcome(0.112, 25_400.0, Some(0.698));
    let case = |name: &str, settings: &[&str], counts, outcome: Outcome| Case {
        name: name.into(),
        settings: settings.iter().map(|&it| it.to_owned()).collect(),
        counts,
        difference: outcome.value.map(|it| Change {
            mean: it - 0.112,
            interval: Some((it - 0.114, it - 0.11)),
        }),
        outcome,
    };
    let change = |id: &str, name: &str, effort, effect, cases| Mitigation {
        id: id.into(),
        name: name.into(),
        effort,
        effect,
        cases,
        one_off_usd: (effort <= Effort::Request).then_some((0.0, 0.0)),
        caveats: vec!["What to know before.".into()],
    };
    let on = "bucket.bucket-key=true";
    let list = vec![
        change(
            "bucket-key",
            "Bucket Keys",
            Effort::Setting,
            Effect::Meets,
            vec![
                case("as assumed", &[on], true, outcome(0.0, 8_300.0, Some(41.0))),
                case("optimistic", &[on], true, outcome(0.0, 7_900.0, None)),
                case("pessimistic", &[on], true, outcome(0.0, 9_900.0, Some(4.2))),
                case(
                    "first day",
                    &[on, "bucket.old-objects=1"],
                    false,
                    outcome(0.08, 21_500.0, Some(0.8)),
                ),
            ],
        ),
        change(
            "quota-increase",
            "A quota of 12,355/s",
            Effort::Request,
            Effect::Meets,
            vec![case(
                "as assumed",
                &["kms.request-quota=\"12_355/s\""],
                true,
                outcome(0.0, 26_100.0, Some(0.97)),
            )],
        ),
        change(
            "retry-adaptive",
            "Adaptive retries",
            Effort::Setting,
            Effect::None,
            vec![case(
                "as assumed",
                &["clients.retry={ adaptive = { sdk = \"botocore\" } }"],
                true,
                outcome(0.111, 25_400.0, Some(0.698)),
            )],
        ),
        change(
            "retry-standard-1",
            "Standard retries, 1 attempt",
            Effort::Setting,
            Effect::Harms,
            vec![case(
                "as assumed",
                &[],
                true,
                outcome(0.09, 25_000.0, Some(0.698)),
            )],
        ),
    ];
    Mitigations {
        condition: CONDITION.into(),
        metric: METRIC.into(),
        unit: Unit::Share,
        better: Some(Better::Lower),
        replications: 5,
        rule: "First what meets all expectations, then the rest.".into(),
        today,
        list,
        migration: Some(migration()),
        peaks: Some(Peaks {
            second_per_s: 12_600.0,
            minute_per_s: 9_450.0,
            quota_lifted: true,
        }),
    }
}

fn migration() -> Migration {
    Migration {
        objects: Some(250e6),
        usd_per_copy: 5e-6,
        usd_per_kms_request: 3e-6,
        usd_per_million: (8.0, 11.0),
        one_off_usd: Some((2_000.0, 2_750.0)),
        old_share: 1.0,
        old_share_given: false,
        usd_saved_per_day: (380.0, 430.0, 450.0),
        break_even_days: Some((2_000.0 / 450.0, Some(2_750.0 / 380.0))),
        kept: [0.0, 0.5, 1.0]
            .map(|old_share| Kept {
                old_share,
                usd_per_month: 17_100.0 - 13_000.0 * old_share,
                share: 0.99 - 0.75 * old_share,
            })
            .into(),
    }
}

fn cost() -> CostAnswer {
    let record = record();
    let change = |mean: f64, half: f64| Change {
        mean,
        interval: Some((mean - half, mean + half)),
    };
    let end = |value: &str, usd: f64, metric: f64| End {
        value: value.into(),
        settings: vec!["kms.latency={ constant = \"5 ms\" }".into()],
        usd_per_month: change(usd, usd.abs() / 50.0),
        metric: Some(change(metric, metric.abs() / 20.0)),
    };
    let row = |path: &str, subject: &str, low: End, high: End| Sensitivity {
        path: path.into(),
        subject: subject.into(),
        reason: "not published".into(),
        source: "keystorm's assumption".into(),
        low,
        high,
    };
    CostAnswer {
        usd_per_month: 25_400.0,
        interval: Some((25_300.0, 25_500.0)),
        items: record.variants[0].costs.clone(),
        replications: 5,
        sensitivity: vec![
            row(
                "kms.other-load",
                "Other load of the account on the KMS quota",
                end("0/s", 900.0, -0.1),
                end("1_000/s", -310.0, 0.04),
            ),
            row(
                "kms.refused-calls-billed",
                "Whether KMS bills the calls that it refuses",
                end("no", 0.0, 0.0),
                end("yes", 640.0, 0.0),
            ),
            row(
                "clients.round-trip",
                "Network round trip between clients and AWS",
                end("300 us", 0.0, 0.0),
                end("3 ms", 0.0, 0.0),
            ),
        ],
    }
}
