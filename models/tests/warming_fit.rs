//! The committed rule for splits of a prefix is what the program gives, and as good as it says.
#[path = "../examples/fit_warming.rs"]
mod fit_warming;

use fit_warming::{AS_GOOD, FILE, HEAT_PERCENT, PAUSE_S};
use keystorm_models::s3::PrefixRates;
use keystorm_models::workload::Operation;
use keystorm_models::{Certainty, tables};
use keystorm_sim::Time;
use std::path::Path;

// Goal: the rule is the committed one and carries its source.
// Method: its numbers against the program's constants and the stated ones.
#[test]
fn the_rule_has_a_source() {
    let rule = tables::s3_prefix_splitting();
    assert_eq!(rule.value.heat_percent, HEAT_PERCENT);
    assert_eq!(rule.value.pause_s, PAUSE_S);
    assert_eq!(rule.value.until_split_s, 300);
    assert!(rule.source.contains("hpides/skyrise@37fbfdcf"));
    assert_eq!(
        (&*rule.date, rule.certainty),
        ("2024-03-19", Certainty::Assumed)
    );
}

// Goal: nobody has edited the rule by hand, its stated error is true, and the model does what the
// fit says of it.
// Method: fit again and compare the text; compute the error without the fit's code; drive the
// prefix with the rates that the functions ask for, second by second, at a twentieth of all rates.
#[test]
fn the_committed_rule_is_what_the_steps_give() {
    let Some(data) = std::env::var_os("KEYSTORM_DATA") else {
        println!("not run: refit of the splitting rule (KEYSTORM_DATA is not set)");
        return;
    };
    let repetitions = fit_warming::repetitions(Path::new(&data)).unwrap();
    assert_eq!(repetitions.len(), 150);
    let fit = fit_warming::fit(&repetitions);
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("data")
        .join(FILE);
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(fit_warming::table(&fit), text, "{FILE}");
    assert!(fit.error < 0.1 && fit.without > 0.4, "{fit:?}");
    for until_split_s in (20..=fit.until_split_s).step_by(5) {
        let best = (240..=360)
            .map(|it| fit_warming::predict(&repetitions, until_split_s, it).error)
            .fold(f64::INFINITY, f64::min);
        assert!(best <= AS_GOOD * fit.best.0, "{until_split_s} s: {best}");
    }

    let scale = 20;
    let rule = Some(tables::s3_prefix_splitting().value);
    let mut prefix = PrefixRates::new(1, 5_500 / scale, 3_500 / scale, rule);
    let mut steps = vec![(0.0, 0.0, 0.0); fit.steps.len()];
    let (mut second, mut place) = (0, 0_u64);
    for it in &repetitions {
        let asked = it.functions * fit.per_function / scale;
        let mut admitted = 0;
        // The functions are at work up to this repetition's time, but for the pause between steps.
        for at in second.max(it.at.saturating_sub(5))..=it.at {
            admitted = (0..asked)
                .filter(|_| {
                    place = place.wrapping_add(0x9e37_79b9_7f4a_7c15);
                    prefix.admit(Time::from_secs(at.into()), 0, Operation::Get, || place)
                })
                .count();
        }
        second = it.at + 1;
        let sum = &mut steps[it.step - 1];
        sum.0 += it.rate;
        sum.1 += f64::from(scale) * admitted as f64;
        sum.2 += 1.0;
    }
    let mut square = 0.0;
    for ((is, gives, count), (_, measured, fitted)) in steps.iter().zip(&fit.steps) {
        assert!((is / count / measured - 1.0).abs() < 1e-9);
        // A split may fall a repetition earlier or later: a tenth of a step.
        assert!(
            (gives / count / fitted - 1.0).abs() < 0.11,
            "{gives} {fitted}"
        );
        square += (gives / is - 1.0).powi(2);
    }
    let error = (square / steps.len() as f64).sqrt();
    assert!((error - fit.error).abs() < 0.01, "{error}");
}
