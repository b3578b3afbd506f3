//! The committed figures of network bursts are what the program gives, and the models follow them.
#[path = "../examples/fit_network.rs"]
mod fit_network;

use fit_network::{EC2_FILE, GOOD_PERCENT, LAMBDA_FILE, Series};
use keystorm_models::client::network::{BurstRules, Link, LinkRules, Refill};
use keystorm_models::tables::{self, Way};
use keystorm_sim::Time;
use std::path::Path;

// Goal: nobody has edited the figures by hand.
// Method: compute them again and compare the texts.
#[test]
fn committed_figures_are_those_of_the_measurement() {
    let Some(data) = std::env::var_os("KEYSTORM_DATA") else {
        println!("not run: measured network bursts (KEYSTORM_DATA is not set)");
        return;
    };
    let bursts = fit_network::bursts(Path::new(&data)).unwrap();
    assert_eq!((bursts.ec2.len(), bursts.lambda.len()), (10, 8));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    for (file, text) in [
        (EC2_FILE, fit_network::ec2_table(&bursts)),
        (LAMBDA_FILE, fit_network::lambda_table(&bursts)),
    ] {
        let committed = std::fs::read_to_string(folder.join(file)).unwrap();
        assert_eq!(committed, text, "{file}");
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "what was measured is positive and small"
)]
/// Length \[s\] of the second burst in the model of a link, after a first one and a pause.
fn modelled(series: &Series) -> f64 {
    let bytes_per_s = |gbits: f64| (gbits * 1e9 / 8.0) as u64;
    let size = (series.credits() * 1e9) as u64;
    let link = |start, peak| {
        let rules = LinkRules::Burst(BurstRules {
            baseline_per_s: bytes_per_s(series.baseline),
            burst_per_s: bytes_per_s(peak),
            size,
            start,
            refill: Refill::Steadily,
        });
        Link::new(rules, 100_000_000_000)
    };
    // The peaks of the two bursts may differ; so the second is of a link that the first has left.
    let mut first = link(size, series.first.peak);
    first.add(Time::ZERO, 1 << 52, ());
    let over = first.first_change();
    let lasted = over.nanos() as f64 / 1e9;
    assert!(
        (lasted / series.first.lasted - 1.0).abs() < 1e-3,
        "{lasted}"
    );
    assert_eq!((first.take(over), first.credits(over)), (None, Some(0)));

    let mut second = link(0, series.second.peak);
    let starts = Time::from_nanos((series.pause * 1e9) as u64);
    assert!(second.credits(starts).is_some());
    second.add(starts, 1 << 52, ());
    second.first_change().since(starts).nanos() as f64 / 1e9
}

// Goal: the model of a link does what the law says, and the errors that the documentation states
// are true.
// Method: each series through the model; errors counted anew.
#[test]
fn the_model_follows_the_law() {
    let Some(data) = std::env::var_os("KEYSTORM_DATA") else {
        println!("not run: measured network bursts (KEYSTORM_DATA is not set)");
        return;
    };
    let bursts = fit_network::bursts(Path::new(&data)).unwrap();
    let mut errors = Vec::new();
    for series in &bursts.ec2 {
        let model = modelled(series);
        assert!(
            (model / series.law() - 1.0).abs() < 1e-3,
            "{series:?}: {model}"
        );
        errors.push((model / series.second.lasted - 1.0) * 100.0);
    }
    let good = errors.iter().filter(|it| it.abs() <= GOOD_PERCENT).count();
    assert_eq!(good, 7, "{errors:?}");
    assert!(errors.iter().all(|it| *it < GOOD_PERCENT), "{errors:?}");
    let rms = fit_network::root_mean_square(&errors);
    assert!((22.0..24.0).contains(&rms), "{rms}");
    // How much longer the other three were.
    let mut longer: Vec<f64> = errors
        .iter()
        .filter(|it| **it < -GOOD_PERCENT)
        .map(|it| (100.0 / (100.0 + it) - 1.0) * 100.0)
        .collect();
    longer.sort_unstable_by(f64::total_cmp);
    for (longer, stated) in longer.iter().zip([26.0, 53.0, 159.0]) {
        assert!((longer - stated).abs() < 1.0, "{longer:?}");
    }
}

// Goal: credits and rates of the tables are those that were measured, and no instance was ever
// measured above what its table allows.
// Method: baselines and peaks of the series within 2 %; S3 downloads of 155 types of 2019, which
// are given in MiB.
#[test]
fn tables_agree_with_what_was_measured() {
    let Some(data) = std::env::var_os("KEYSTORM_DATA") else {
        println!("not run: measured network bursts (KEYSTORM_DATA is not set)");
        return;
    };
    let bursts = fit_network::bursts(Path::new(&data)).unwrap();
    for series in &bursts.ec2 {
        let it = tables::instance_type(&series.instance).unwrap().value;
        let baseline = it.baseline_per_s as f64 * 8e-9;
        assert!(
            (series.baseline / baseline - 1.0).abs() < 0.02,
            "{series:?}"
        );
        assert!(
            series.first.peak <= it.burst_per_s as f64 * 8e-9,
            "{series:?}"
        );
    }
    let LinkRules::Burst(lambda) = tables::lambda_link(Way::In).value else {
        panic!("Lambda bursts");
    };
    for burst in &bursts.lambda {
        let refill = burst.refill * 1e7 / lambda.baseline_per_s as f64;
        assert!((0.85..1.15).contains(&refill), "{burst:?}");
    }

    let file = "dvassallo-s3-benchmark/max_throughput_by_instance_2019-04.csv";
    let mut reader = csv::Reader::from_path(Path::new(&data).join(file)).unwrap();
    let mut known = 0;
    for row in reader.records() {
        let row = row.unwrap();
        let Some(it) = tables::instance_type(&row[0]) else {
            continue;
        };
        let bytes = row[1].parse::<f64>().unwrap() * f64::from(1 << 20);
        let most = it.value.burst_per_s as f64;
        assert!(bytes <= most, "{}: {bytes} of {most}", it.value.name);
        known += 1;
    }
    assert!(known >= 30, "{known} types are in both");
}
