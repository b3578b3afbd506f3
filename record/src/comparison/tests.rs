use super::*;
use proptest::prelude::*;
use rand_distr::{Distribution, Normal};
use rand_pcg::Pcg64;
use rand_pcg::rand_core::SeedableRng;
use serde_json::json;

fn pairs(base: &[f64], new: &[f64]) -> Vec<(f64, f64)> {
    base.iter().copied().zip(new.iter().copied()).collect()
}

// Goal: what both variants share does not widen the interval, which is Student's.
// Method: five pairs whose differences are 1, 2, 3, 4, 5: mean 3, standard error sqrt(2.5 / 5),
// t = 2.776445 for four degrees (printed tables: 2.776); their common part is large.
#[test]
fn pairs_lose_what_they_have_in_common() {
    let base = [100.0, 7.0, 55.5, 31.0, 12.0];
    let new = [101.0, 9.0, 58.5, 35.0, 17.0];
    let difference = Difference::paired(&pairs(&base, &new)).unwrap();
    let (low, high) = difference.interval.unwrap();
    let half = 2.776_445 * 0.5_f64.sqrt();
    assert!((difference.mean - 3.0).abs() < 1e-12);
    assert!((low - 3.0 + half).abs() < 1e-6 && (high - 3.0 - half).abs() < 1e-6);
    assert_eq!(difference.shown(), Shown::More);
    // Without the pairs nothing is left of it.
    assert_eq!(
        Difference::welch(&base, &new).unwrap().shown(),
        Shown::Unclear
    );
}

// Goal: Welch's interval is that of the textbook.
// Method: variances 2.5 and 10 over five values each: squared error 2.5, Satterthwaite's degrees
// 2.5^2 / (0.5^2 / 4 + 2^2 / 4) = 5.882, whose t is 2.459 (between 2.571 of 5 and 2.447 of 6).
#[test]
fn unequal_variances_have_satterthwaites_degrees() {
    let base = [1.0, 2.0, 3.0, 4.0, 5.0];
    let new = [12.0, 14.0, 16.0, 18.0, 20.0];
    let difference = Difference::welch(&base, &new).unwrap();
    let (low, high) = difference.interval.unwrap();
    assert!((difference.mean - 13.0).abs() < 1e-12);
    let t = (high - low) / 2.0 / 2.5_f64.sqrt();
    assert!((2.455..2.465).contains(&t), "{t}");
}

// Goal: each thing that can be shown, and nothing of too few values.
// Method: one list of pairs for each.
#[test]
fn a_difference_is_shown_only_where_the_interval_leaves_out_zero() {
    let shown = |pairs: &[(f64, f64)]| Difference::paired(pairs).map(|it| it.shown());
    assert_eq!(shown(&[]), None);
    assert_eq!(shown(&[(1.0, 2.0)]), Some(Shown::TooFew));
    assert_eq!(shown(&[(1.0, 1.0)]), Some(Shown::Same));
    assert_eq!(shown(&[(1.0, 1.0), (2.0, 2.0)]), Some(Shown::Same));
    assert_eq!(shown(&[(1.0, 2.0), (2.0, 1.0)]), Some(Shown::Unclear));
    assert_eq!(shown(&[(1.0, 2.0), (2.0, 3.0)]), Some(Shown::More));
    assert_eq!(shown(&[(2.0, 1.0), (3.0, 2.1)]), Some(Shown::Less));
    // A sum in another order is no difference.
    assert_eq!(shown(&[(0.1 + 0.2, 0.3), (1.0, 1.0)]), Some(Shown::Same));
}

// Goal: each judgement, on both sides of its edge.
// Method: pairs whose interval is known: mean ± 12.706 · spread / sqrt(2), for a tolerance of 5 %
// of 100.
#[test]
fn a_regression_lies_wholly_beyond_the_tolerance() {
    let judge = |a: f64, b: f64, better| {
        Difference::paired(&[(100.0, 100.0 + a), (100.0, 100.0 + b)])
            .unwrap()
            .judge(better, 0.05)
    };
    let lower = Some(Better::Lower);
    // Spread 0.1414, half-width 1.27.
    for (middle, want, mirrored) in [
        (-3.0, Judgement::Better, Judgement::Tolerated),
        (-1.0, Judgement::NoDifference, Judgement::NoDifference),
        (1.0, Judgement::NoDifference, Judgement::NoDifference),
        (3.0, Judgement::Tolerated, Judgement::Better),
        (4.5, Judgement::Inconclusive, Judgement::Better),
        (5.5, Judgement::Inconclusive, Judgement::Better),
        (6.5, Judgement::Worse, Judgement::Better),
    ] {
        assert_eq!(judge(middle - 0.1, middle + 0.1, lower), want, "{middle}");
        let higher = Some(Better::Higher);
        assert_eq!(
            judge(middle - 0.1, middle + 0.1, higher),
            mirrored,
            "{middle}"
        );
    }
    assert_eq!(judge(0.0, 0.0, lower), Judgement::Same);
    assert_eq!(judge(2.9, 3.1, None), Judgement::Differs);
    assert_eq!(judge(-0.1, 0.1, None), Judgement::NoDifference);
    let one = Difference::paired(&[(1.0, 2.0)]).unwrap();
    assert_eq!(one.judge(lower, 0.05), Judgement::Inconclusive);
    assert_eq!(one.replications_needed(lower, 0.05), None);
    // Of nothing no share is tolerated.
    let from_zero = Difference::paired(&[(0.0, 0.1), (0.0, 0.11)]).unwrap();
    assert_eq!(from_zero.judge(lower, 0.05), Judgement::Worse);
    assert_eq!(from_zero.relative(), None);
}

// Goal: the interval covers the true difference in 95 % of cases, paired and by Welch.
// Method: 4,000 draws with a fixed seed of five pairs with a common part, and of five and eight
// independent values; the share of hits lies within 3.3 standard errors (99.9 %) of 0.95. Welch's
// is an approximation: up to 0.01 more is granted.
#[test]
fn intervals_cover_the_truth_as_often_as_they_say() {
    const ROUNDS: u32 = 4_000;
    let mut random = Pcg64::seed_from_u64(20_261_126);
    let normal = |mean, sd| Normal::new(mean, sd).unwrap();
    let (common, own, other) = (normal(50.0, 20.0), normal(0.0, 1.0), normal(3.0, 2.0));
    let mut hits = [0_u32; 2];
    for _ in 0..ROUNDS {
        let pairs: Vec<(f64, f64)> = (0..5)
            .map(|_| {
                let shared = common.sample(&mut random);
                (
                    shared + own.sample(&mut random),
                    shared + other.sample(&mut random),
                )
            })
            .collect();
        let base: Vec<f64> = (0..5).map(|_| own.sample(&mut random)).collect();
        let new: Vec<f64> = (0..8).map(|_| other.sample(&mut random)).collect();
        let found = [Difference::paired(&pairs), Difference::welch(&base, &new)];
        for (hit, difference) in hits.iter_mut().zip(found) {
            let (low, high) = difference.unwrap().interval.unwrap();
            *hit += u32::from((low..=high).contains(&3.0));
        }
    }
    let error = (0.95 * 0.05 / f64::from(ROUNDS)).sqrt();
    for (hit, granted) in hits.into_iter().zip([0.0, 0.01]) {
        let share = f64::from(hit) / f64::from(ROUNDS);
        assert!((share - 0.95).abs() < 3.3 * error + granted, "{share}");
    }
}

// Goal: with as many replications as are named, four of five runs decide.
// Method: a difference of 2 with a spread of 2 between pairs; the number that 40 pairs name; then
// 1,000 draws of so many pairs with a fixed seed, whose share lies within 3.3 standard errors of
// 0.8, and 0.05 for the estimates that the number rests on.
#[test]
fn so_many_replications_decide_as_often_as_promised() {
    const ROUNDS: u32 = 1_000;
    let mut random = Pcg64::seed_from_u64(7);
    let normal = Normal::new(2.0, 2.0).unwrap();
    let mut draw = |n: usize| {
        let pairs: Vec<_> = (0..n)
            .map(|_| (100.0, 100.0 + normal.sample(&mut random)))
            .collect();
        Difference::paired(&pairs).unwrap()
    };
    let lower = Some(Better::Lower);
    let needed: u32 = (0..25)
        .map(|_| draw(40).replications_needed(lower, 0.0).unwrap())
        .sum::<u32>()
        / 25;
    // (1.96 + 0.84)^2 = 7.85 for many, two more for Student's t.
    assert!((9..=12).contains(&needed), "{needed}");
    let decided = (0..ROUNDS)
        .filter(|_| draw(needed as usize).judge(lower, 0.0) == Judgement::Worse)
        .count();
    let share = decided as f64 / f64::from(ROUNDS);
    assert!((share - 0.8).abs() < 3.3 * 0.0127 + 0.05, "{share}");
}

fn values() -> impl Strategy<Value = Vec<(f64, f64)>> {
    proptest::collection::vec((-1e6..1e6_f64, -1e6..1e6_f64), 2..20)
}

proptest! {
    // Goal: which variant is called the first decides the sign and nothing else.
    // Method: any pairs, both ways round.
    #[test]
    fn differences_are_antisymmetric(pairs in values()) {
        let swapped: Vec<_> = pairs.iter().map(|&(a, b)| (b, a)).collect();
        let one = Difference::paired(&pairs).unwrap();
        let two = Difference::paired(&swapped).unwrap();
        let size = 1e-9 * pairs.iter().fold(1.0, |most: f64, it| most.max(it.0.abs() + it.1.abs()));
        let ((low, high), (low2, high2)) = (one.interval.unwrap(), two.interval.unwrap());
        prop_assert!((one.mean + two.mean).abs() < size);
        prop_assert!((low + high2).abs() < size && (high + low2).abs() < size);
        let opposite = match one.shown() {
            Shown::Less => Shown::More,
            Shown::More => Shown::Less,
            other => other,
        };
        prop_assert_eq!(two.shown(), opposite);
    }

    // Goal: what is added to every value of both changes nothing; added to one, it moves the
    // interval by itself.
    // Method: any pairs, shifted.
    #[test]
    fn differences_shift_with_the_values(pairs in values(), by in -1e6..1e6_f64) {
        let one = Difference::paired(&pairs).unwrap();
        let both: Vec<_> = pairs.iter().map(|&(a, b)| (a + by, b + by)).collect();
        let new: Vec<_> = pairs.iter().map(|&(a, b)| (a, b + by)).collect();
        let (both, new) = (Difference::paired(&both).unwrap(), Difference::paired(&new).unwrap());
        let near = |a: f64, b: f64| (a - b).abs() < 1e-3;
        let close = |a: (f64, f64), b: (f64, f64)| near(a.0, b.0) && near(a.1, b.1);
        let (low, high) = one.interval.unwrap();
        prop_assert!(close(both.interval.unwrap(), (low, high)));
        prop_assert!(close(new.interval.unwrap(), (low + by, high + by)));
    }
}

// Goal: a changed setting has the path by which it is set, added and removed ones included.
// Method: tables with one of each kind, and a list, which is compared as a whole.
#[test]
fn settings_differ_by_path() {
    let base = json!({ "run": { "seed": 7, "warm": [1, 2] }, "gone": true, "same": { "a": 1 } });
    let new = json!({ "run": { "seed": 8, "warm": [1, 3] }, "same": { "a": 1 }, "new": 0 });
    let found = changes(&base, &new);
    let paths: Vec<&str> = found.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(paths, ["gone", "new", "run.seed", "run.warm"]);
    assert_eq!(found[2].new, Some(json!(8)));
    assert_eq!(
        (found[0].base.clone(), found[0].new.clone()),
        (Some(json!(true)), None)
    );
    assert!(changes(&base, &base).is_empty());
}
