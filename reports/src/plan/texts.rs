//! Texts to paste: a request for a higher quota, and an alarm before it is used up.
use crate::number::{grouped, plain, rate, round_up, share};
use crate::text::printable;
use keystorm_record::plan::{Estimate, Peaks, Plan, SmallestQuota};

/// Name and code of the quota in Service Quotas.
///
/// # Source
/// AWS KMS Developer Guide and General Reference, "Request quotas", read 2026.
const QUOTA: (&str, &str) = (
    "Cryptographic operations (symmetric) request rate",
    "L-6E3AF000",
);

/// Share of the quota in the busiest second at which the alarm rings. Ours: it leaves a fifth for
/// what a minute shows too late.
const ALARM_SHARE: f64 = 0.8;

/// Seconds of `CallCount`'s period.
const PERIOD_S: f64 = 60.0;

/// A request for a higher quota, ready to be sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct QuotaRequest {
    /// What to ask for \[1/s\].
    pub requested_per_s: u64,
    /// The text, with the reasons.
    pub text: String,
    /// The command that asks for it.
    pub command: String,
}

/// An alarm on the minute's sum that rings before a second uses up the quota.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Alarm {
    /// Sum of `CallCount` over a minute from which on it rings.
    pub threshold: u64,
    /// The same as a share of what the quota grants in a minute \[%\].
    pub threshold_percent: u64,
    /// Why it is so low, and what it cannot see; each a sentence.
    pub notes: Vec<String>,
    /// The command that makes it, with a fixed threshold.
    pub command: String,
    /// The command that makes one that follows the quota.
    pub command_by_quota: String,
}

/// The request for the quota that a plan advises to ask for; `None` if today's suffices, or none
/// would.
#[must_use]
pub fn quota_request(plan: &Plan) -> Option<QuotaRequest> {
    let Some(SmallestQuota::At {
        quota,
        ask_for,
        binding,
    }) = &plan.smallest_quota
    else {
        return None;
    };
    let now = plan.setup.kms_quota_per_s.as_f64();
    let requested = round_up(ask_for.as_f64());
    if requested <= now {
        return None;
    }
    let region = word(&plan.scenario.region);
    let per_s = |value: f64| format!("{} requests per second", grouped(value, 0));
    let head = [
        ("Service", "AWS Key Management Service (AWS KMS)".to_owned()),
        ("Quota", QUOTA.0.to_owned()),
        ("Quota code", QUOTA.1.to_owned()),
        ("Region", region.clone()),
        ("Current value", per_s(now)),
        ("Requested value", per_s(requested)),
    ];
    let mut lines: Vec<String> = head.map(|(name, value)| format!("{name}: {value}")).into();
    lines.extend([String::new(), "Justification:".to_owned()]);
    lines.extend(reasons(plan, quota, requested, &binding.condition));
    let text = lines.join("\n") + "\n";
    let command = format!(
        "aws service-quotas request-service-quota-increase --region {region} \\\n  \
         --service-code kms --quota-code {} --desired-value {requested:.0}",
        QUOTA.1
    );
    Some(QuotaRequest {
        requested_per_s: whole(requested),
        text: printable(&plain(&text)),
        command,
    })
}

/// Why so much, a sentence each.
fn reasons(plan: &Plan, quota: &Estimate, requested: f64, condition: &str) -> Vec<String> {
    let now = plan.setup.kms_quota_per_s.as_f64();
    let mut all = Vec::new();
    if let Some(peaks) = peaks(plan) {
        all.push(format!(
            "Our workload needs {}/s in its busiest second, {} of the current quota, and {}/s on \
             average in its busiest minute ({} a minute in CallCount), with all other use of the \
             account in the Region.",
            rate(peaks.second_per_s),
            share(peaks.second_per_s / now),
            rate(peaks.minute_per_s),
            grouped(peaks.minute_per_s * PERIOD_S, 0),
        ));
    }
    let refused = plan
        .mitigations
        .as_ref()
        .filter(|it| it.metric == "kms.throttled-share");
    if let Some(refused) = refused.and_then(|it| it.today.value).filter(|it| *it > 0.0) {
        all.push(format!(
            "Under the current quota AWS KMS refuses {} of our calls; behind Amazon S3 they come \
             back as 503 SlowDown, \"Please reduce your request rate for operations involving AWS \
             KMS.\"",
            share(refused)
        ));
    }
    let interval = match (quota.low, quota.high) {
        (Some(low), Some(high)) => {
            let percent = grouped(plan.confidence * 100.0, 0);
            format!(" ({percent} % interval {} to {}/s)", rate(low), rate(high))
        }
        _ => String::new(),
    };
    all.push(format!(
        "A simulation of it gives {}/s as the smallest quota at which \"{condition}\" \
         holds{interval}; we ask for the upper end, rounded up: {}/s.",
        rate(quota.value),
        grouped(requested, 0),
    ));
    if let Some(growth) = &plan.growth {
        let other = plan.setup.kms_other_load_per_s.as_f64();
        let then = round_up(other + (requested - other).max(0.0) * growth.load_at_horizon);
        all.push(format!(
            "The workload grows by {}; in {} months it needs about {}/s.",
            growth.rate.replace('/', " a "),
            grouped(growth.horizon_months, 0),
            grouped(then, 0),
        ));
    }
    all.push(format!(
        "Objects: {}. Retries of clients: {}.",
        plan.setup.mode.label(),
        plan.setup.retry
    ));
    all
}

/// The alarm for today's quota; `None` if nothing here calls KMS.
#[must_use]
pub fn alarm(plan: &Plan) -> Option<Alarm> {
    let peaks = peaks(plan)?;
    let quota = plan.setup.kms_quota_per_s.as_f64();
    // At the load at which the busiest second uses the alarm's share of the quota, the minute that
    // holds it has a sum that is lower by as much as today.
    let of_second = (peaks.minute_per_s / peaks.second_per_s).min(1.0);
    let threshold = (PERIOD_S * quota * ALARM_SHARE * of_second).floor();
    let percent = (100.0 * ALARM_SHARE * of_second).floor();
    let region = word(&plan.scenario.region);
    Some(Alarm {
        threshold: whole(threshold),
        threshold_percent: whole(percent),
        notes: notes(plan, peaks, threshold),
        command: by_sum(&region, threshold),
        command_by_quota: by_quota(&region, percent),
    })
}

fn notes(plan: &Plan, peaks: Peaks, threshold: f64) -> Vec<String> {
    let quota = plan.setup.kms_quota_per_s.as_f64();
    let sum_now = peaks.minute_per_s * PERIOD_S;
    let mut notes = vec![
        format!(
            "KMS counts by the second, CloudWatch by the minute: here the busiest second has {} \
             times the calls of a mean second of its minute, so a minute that looks {} used can \
             have a second that is used up.",
            grouped(peaks.second_per_s / peaks.minute_per_s, 2),
            share((peaks.minute_per_s / peaks.second_per_s).min(1.0)),
        ),
        format!(
            "The threshold is the sum of the minute in which the busiest second uses {} of the \
             quota of {}/s, as long as that ratio stays: {} calls of {} a minute.",
            share(ALARM_SHARE),
            grouped(quota, 0),
            grouped(threshold, 0),
            grouped(quota * PERIOD_S, 0),
        ),
    ];
    if sum_now >= threshold {
        notes.push(format!(
            "Today's load rings it: its busiest minute has {} calls{}.",
            grouped(sum_now, 0),
            if peaks.quota_lifted {
                ", if none is refused"
            } else {
                ""
            }
        ));
    } else {
        notes.push(format!(
            "It rings at {} times today's load.",
            grouped(threshold / sum_now, 2)
        ));
    }
    notes.push(
        "A sum of a minute comes a minute late and says nothing of a burst that is shorter: it \
         warns of growth, not of the second that is about to be refused."
            .to_owned(),
    );
    notes.push(
        "Whether CallCount counts refused calls is not published. AWS's example takes a quota of \
         10,000/s for 600,000 a minute; look at SERVICE_QUOTA(usage) on a graph before you rely on \
         the second form: if it shows the quota of a second, divide by 60*SERVICE_QUOTA(usage)."
            .to_owned(),
    );
    notes.into_iter().map(|it| plain(&it)).collect()
}

/// Dimensions of the metric.
///
/// # Source
/// AWS Security Blog, "Manage your AWS KMS API request rates using Service Quotas and Amazon
/// CloudWatch".
const DIMENSIONS: [(&str, &str); 4] = [
    ("Service", "KMS"),
    ("Type", "API"),
    ("Resource", "CryptographicOperationsSymmetric"),
    ("Class", "None"),
];

fn by_sum(region: &str, threshold: f64) -> String {
    let dimension = |(name, value): (&str, &str)| format!("Name={name},Value={value}");
    let dimensions = DIMENSIONS.map(dimension).join(" \\\n    ");
    format!(
        "aws cloudwatch put-metric-alarm --region {region} \\\n  \
         --alarm-name kms-symmetric-requests-near-quota \\\n  \
         --namespace AWS/Usage --metric-name CallCount \\\n  \
         --dimensions {dimensions} \\\n  \
         --statistic Sum --period 60 --evaluation-periods 1 \\\n  \
         --comparison-operator GreaterThanOrEqualToThreshold --threshold {threshold:.0} \\\n  \
         --treat-missing-data notBreaching"
    )
}

fn by_quota(region: &str, percent: f64) -> String {
    let dimension =
        |(name, value): (&str, &str)| serde_json::json!({ "Name": name, "Value": value });
    let dimensions = DIMENSIONS.map(dimension);
    let metrics = serde_json::json!([
        {
            "Id": "usage",
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/Usage",
                    "MetricName": "CallCount",
                    "Dimensions": dimensions,
                },
                "Period": 60,
                "Stat": "Sum",
            },
            "ReturnData": false,
        },
        {
            "Id": "used",
            "Expression": "usage/SERVICE_QUOTA(usage)*100",
            "Label": "Percent of the KMS request quota",
            "ReturnData": true,
        },
    ]);
    format!(
        "aws cloudwatch put-metric-alarm --region {region} \\\n  \
         --alarm-name kms-symmetric-requests-share-of-quota \\\n  \
         --metrics '{metrics}' \\\n  \
         --evaluation-periods 1 --comparison-operator GreaterThanOrEqualToThreshold \\\n  \
         --threshold {percent:.0} --treat-missing-data notBreaching"
    )
}

fn peaks(plan: &Plan) -> Option<Peaks> {
    let peaks = plan.mitigations.as_ref()?.peaks?;
    (peaks.minute_per_s > 0.0 && peaks.second_per_s > 0.0).then_some(peaks)
}

/// A Region as a shell takes it: a plan that was edited by hand may hold anything.
fn word(region: &str) -> String {
    let fits = |c: &char| c.is_ascii_alphanumeric() || *c == '-';
    region.chars().filter(fits).collect()
}

/// A figure that was rounded to whole.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rates and their sums over a minute"
)]
fn whole(value: f64) -> u64 {
    value.max(0.0) as u64
}
