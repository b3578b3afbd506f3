//! Instance types of EC2, and Lambda: cores and network.
use super::csv_text::{integer, rows, sourced};
use crate::client::network::{BurstRules, LinkRules, Refill};
use crate::{Certainty, Sourced};
use keystorm_sim::Span;
use std::sync::LazyLock;

/// What an instance type has.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InstanceType {
    /// Name, such as `c6gd.large`.
    pub name: String,
    /// Virtual CPUs.
    pub vcpus: u32,
    /// What each direction of its network sustains \[bytes/s\].
    pub baseline_per_s: u64,
    /// What it moves while it has credits \[bytes/s\]; the baseline if it needs none.
    pub burst_per_s: u64,
}

/// Every instance type of the table, by family and size.
#[must_use]
pub fn instance_types() -> &'static [InstanceType] {
    &TYPES
}

/// An instance type by its name; `None` if the table has no such type.
///
/// The bandwidth is that to S3 in the same Region. In the benchmark of 2019 the largest types did
/// not reach theirs: c5n.18xlarge downloaded 67 of its 100 Gbit/s from S3.
#[must_use]
pub fn instance_type(name: &str) -> Option<Sourced<&'static InstanceType>> {
    let found = TYPES.iter().find(|it| it.name == name)?;
    let note = "each direction; within the Region; the largest types reach less with S3";
    Some(sourced(
        found,
        "ec2-network-2026",
        Certainty::Documented,
        note,
    ))
}

/// Seconds of the baseline that credits are worth where they were not measured.
const CREDITS_S: u64 = 3_600;

/// What a link of an instance type may move: each direction has this for itself.
///
/// # How well it holds
/// The law is that of [`BurstRules`]: the bucket is filled at the baseline, so a burst after a
/// pause R lasts R · B / (P − B). Of ten series of c6g and c6gd instances it meets seven within
/// 2 %; in the other three the second burst lasted longer than it says (26, 53 and 159 %
/// longer), and none was shorter. The root mean square of the errors is 23 %. EC2 promises bursts
/// on a "best effort" only.
///
/// # The size of the bucket
/// AWS says "typically from 5 to 60 minutes, depending on the instance size" and no more. For c6g
/// and c6gd it is what the first burst of an instance moved beyond its baseline: 3,050 to 3,780 s
/// of the baseline, and 1,850 s for c6gd.4xlarge. For the others an hour of the baseline is
/// assumed: with it a burst lasts 5 minutes at 0.75 of 10 Gbit/s, 60 minutes at 5 of 10.
///
/// # Source
/// `data/network-bursts-ec2.csv`, whose head says how it was made.
#[must_use]
pub fn instance_link(instance: &InstanceType) -> Sourced<LinkRules> {
    let &InstanceType {
        baseline_per_s,
        burst_per_s,
        ..
    } = instance;
    if baseline_per_s == burst_per_s {
        let rules = LinkRules::Constant(baseline_per_s);
        let note = "sustained without credits";
        return sourced(rules, "ec2-network-2026", Certainty::Documented, note);
    }
    let burst = |size| {
        LinkRules::Burst(BurstRules {
            baseline_per_s,
            burst_per_s,
            size,
            start: size,
            refill: Refill::Steadily,
        })
    };
    let measured = CREDITS.iter().filter(|(name, _)| *name == instance.name);
    let measured: Vec<u64> = measured.map(|(_, credits)| *credits).collect();
    if measured.is_empty() {
        let note = "an hour of the baseline, by which bursts last the 5 to 60 minutes that AWS \
                    names; its size is not published";
        let rules = burst(CREDITS_S * baseline_per_s);
        return sourced(rules, "ec2-network-credits-2026", Certainty::Assumed, note);
    }
    let size = measured.iter().sum::<u64>() / measured.len() as u64;
    let note = "what first bursts moved beyond the baseline; AWS publishes no size";
    sourced(
        burst(size),
        "network-bursts-2024",
        Certainty::Measured,
        note,
    )
}

/// Which way bytes go, seen from the instance.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Way {
    /// Downloads.
    In,
    /// Uploads.
    Out,
}

/// What a Lambda function's link may move.
///
/// Credits come in at once every 100 ms, and what a function has at its start is more than it gets
/// back by resting: 289 and 180 MB on average of four bursts each, which went from 154 to 229 MB
/// after a pause of 5 s. Rates were measured at one size, 7,076 MB, to another EC2 instance;
/// downloads had 1.2 GB/s in 2024 and 2.0 GB/s in 2025.
///
/// # Source
/// `data/network-burst-lambda.csv`, whose head says how it was made.
#[must_use]
pub fn lambda_link(way: Way) -> Sourced<LinkRules> {
    let [start, size, refill, download, upload] = *LAMBDA;
    let every = Span::from_millis(100);
    let rules = BurstRules {
        baseline_per_s: refill * 1_000 * 10,
        burst_per_s: match way {
            Way::In => download,
            Way::Out => upload,
        } * 1_000_000,
        size: size * 1_000_000,
        start: start * 1_000_000,
        refill: Refill::Every(every),
    };
    let note = "one size of function, 7,076 MB; not published by AWS";
    sourced(
        LinkRules::Burst(rules),
        "network-bursts-2024",
        Certainty::Measured,
        note,
    )
}

/// Thousandths of a vCPU that a Lambda function with so much memory \[MB\] has; `None` if there is
/// no such function.
#[must_use]
pub fn lambda_vcpus(memory_mb: u64) -> Option<Sourced<u64>> {
    (128..=10_240).contains(&memory_mb).then(|| {
        let note = "in proportion to the memory, one vCPU at 1,769 MB";
        let thousandths = memory_mb * 1_000 / 1_769;
        sourced(
            thousandths,
            "lambda-memory-2026",
            Certainty::Documented,
            note,
        )
    })
}

/// Bytes per second of a cell in Mbit/s.
fn per_s(mbps: &str) -> u64 {
    integer(mbps) * 1_000_000 / 8
}

static TYPES: LazyLock<Vec<InstanceType>> = LazyLock::new(|| {
    let table = include_str!("../../data/instance-types.csv");
    rows(table, ["type", "vcpus", "baseline_mbps", "burst_mbps"])
        .into_iter()
        .map(|[name, vcpus, baseline, burst]| InstanceType {
            name,
            vcpus: u32::try_from(integer(&vcpus)).expect("the cell holds a small number"),
            baseline_per_s: per_s(&baseline),
            burst_per_s: per_s(&burst),
        })
        .collect()
});

/// Instance type and measured credits \[bytes\] of each series.
static CREDITS: LazyLock<Vec<(String, u64)>> = LazyLock::new(|| {
    let table = include_str!("../../data/network-bursts-ec2.csv");
    let columns = [
        "type",
        "pause_s",
        "baseline_mbps",
        "first_mbps",
        "first_s",
        "credits_mb",
        "second_mbps",
        "second_s",
        "law_s",
        "error_percent",
    ];
    rows(table, columns)
        .into_iter()
        .map(|[name, _, _, _, _, credits, ..]| (name, integer(&credits) * 1_000_000))
        .collect()
});

static LAMBDA: LazyLock<[u64; 5]> = LazyLock::new(|| {
    let table = include_str!("../../data/network-burst-lambda.csv");
    let columns = [
        "start_mb",
        "size_mb",
        "refill_kb",
        "download_mb_per_s",
        "upload_mb_per_s",
    ];
    let [row] = &rows(table, columns)[..] else {
        unreachable!("the table has one row")
    };
    std::array::from_fn(|column| integer(&row[column]))
});

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: the table is in order, has no type twice, and no burst below its baseline.
    // Method: all of them, and a few by their pages.
    #[test]
    fn types_are_those_of_their_pages() {
        let types = instance_types();
        assert!(types.len() >= 40);
        for it in types {
            let same = types.iter().filter(|other| other.name == it.name);
            assert_eq!(same.count(), 1, "{}", it.name);
            assert!(
                it.baseline_per_s <= it.burst_per_s && it.vcpus > 0,
                "{it:?}"
            );
        }
        let told = |name| {
            let it = instance_type(name).unwrap().value;
            (it.vcpus, it.baseline_per_s, it.burst_per_s)
        };
        assert_eq!(told("c5.large"), (2, 93_750_000, 1_250_000_000));
        assert_eq!(told("c7gn.xlarge"), (4, 1_562_500_000, 5_000_000_000));
        assert_eq!(told("m5.24xlarge"), (96, 3_125_000_000, 3_125_000_000));
        assert_eq!(instance_type("c5.huge"), None);
    }

    // Goal: a type has credits if it bursts, measured ones where they were; their bursts last as
    // long as AWS says, but for the largest.
    // Method: every type, the length of a burst from a full bucket.
    #[test]
    fn bursts_last_minutes() {
        for it in instance_types() {
            let link = instance_link(it);
            let LinkRules::Burst(rules) = link.value else {
                assert_eq!(link.value, LinkRules::Constant(it.baseline_per_s));
                continue;
            };
            let minutes = rules.size / (rules.burst_per_s - rules.baseline_per_s) / 60;
            if link.certainty == Certainty::Measured {
                assert!(it.name.starts_with("c6g"), "{}", it.name);
            }
            let expected = if it.name.starts_with('t') {
                0..=60
            } else {
                2..=90
            };
            assert!(expected.contains(&minutes), "{}: {minutes} min", it.name);
        }
        let measured = instance_link(instance_type("c6gd.4xlarge").unwrap().value);
        assert_eq!(measured.certainty, Certainty::Measured);
        let assumed = instance_link(instance_type("c5.4xlarge").unwrap().value);
        assert_eq!(assumed.certainty, Certainty::Assumed);
    }

    // Goal: Lambda's cores follow its memory, its links are filled every 100 ms.
    // Method: the ends of the range, the page's example, beyond the range.
    #[test]
    fn lambda_has_cores_by_memory() {
        let vcpus = |memory| lambda_vcpus(memory).map(|it| it.value);
        assert_eq!([127, 10_241].map(vcpus), [None, None]);
        assert_eq!(
            [128, 1_769, 10_240].map(vcpus),
            [Some(72), Some(1_000), Some(5_788)]
        );
        for way in [Way::In, Way::Out] {
            let LinkRules::Burst(rules) = lambda_link(way).value else {
                panic!("Lambda bursts");
            };
            assert_eq!(rules.refill, Refill::Every(Span::from_millis(100)));
            assert!(rules.baseline_per_s > 75_000_000 && rules.start > rules.size);
        }
    }
}
