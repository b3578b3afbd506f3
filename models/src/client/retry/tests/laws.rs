//! What holds of every SDK's rules, whatever happens.
use super::*;
use proptest::prelude::*;

fn any_rules() -> impl Strategy<Value = RetryRules> {
    let all: Vec<_> = Sdk::ALL
        .into_iter()
        .flat_map(|sdk| RetryMode::ALL.map(|mode| (sdk, mode)))
        .flat_map(|(sdk, mode)| RuleSet::ALL.map(|set| RetryRules::of(sdk, mode, set)))
        .filter_map(|row| row.ok().map(|row| row.value))
        .collect();
    prop::sample::select(all)
}

/// Calls, each the kinds of its attempts' errors; it succeeds after them if it may go on.
fn calls() -> impl Strategy<Value = Vec<Vec<ErrorKind>>> {
    let kind = prop::sample::select(ErrorKind::ALL.to_vec());
    prop::collection::vec(prop::collection::vec(kind, 0..8), 0..150)
}

proptest! {
    // Goal: the quota is never above its capacity, what a decision says it took is what is gone,
    // and whoever gives up for another reason than the quota pays nothing.
    // Method: random calls under every SDK's rules.
    #[test]
    fn the_quota_is_charged_what_is_said(rules in any_rules(), calls in calls(), seed: u64) {
        let mut rng = Streams::new(seed, 0).key("back-off", 0).rng();
        let mut quota = rules.quota();
        for call in calls {
            let (mut attempt, mut last_cost, mut goes_on) = (1, None, true);
            for kind in call {
                let before = quota.tokens();
                match rules.decide(Failure::new(kind, attempt), &mut quota, &mut rng) {
                    Decision::Retry { back_off, cost } => {
                        prop_assert_eq!(quota.tokens() + cost, before);
                        prop_assert!(cost <= u16::from(rules.class(kind).cost) && cost < 256);
                        prop_assert!(attempt < rules.attempts_max);
                        prop_assert!(back_off <= rules.back_off_max);
                        last_cost = Some(cost);
                        attempt += 1;
                    }
                    Decision::GiveUp(why) => {
                        prop_assert_eq!(quota.tokens(), before);
                        let cost = u16::from(rules.class(kind).cost);
                        match why {
                            GiveUp::RetryQuota => prop_assert!(before < cost.max(1)),
                            GiveUp::AttemptsMax => prop_assert_eq!(attempt, rules.attempts_max),
                            GiveUp::NotRetryable => prop_assert!(!rules.class(kind).retried),
                        }
                        goes_on = false;
                    }
                }
                if !goes_on {
                    break;
                }
            }
            if goes_on {
                let before = quota.tokens();
                quota.give_back(rules.refund(last_cost));
                prop_assert!((before..=rules.quota_capacity).contains(&quota.tokens()));
            }
        }
    }

    // Goal: refunds come to the same in any order and as one sum.
    // Method: random refunds forwards, backwards and summed.
    #[test]
    fn refunds_come_in_any_order(
        refunds in prop::collection::vec(0_u16..256, 0..200),
        held in 0_u16..=500,
    ) {
        let filled = |refunds: &mut dyn Iterator<Item = u16>| {
            let mut quota = RetryQuota::empty();
            quota.give_back(held);
            refunds.for_each(|tokens| quota.give_back(tokens));
            quota.tokens()
        };
        let forwards = filled(&mut refunds.iter().copied());
        prop_assert_eq!(forwards, filled(&mut refunds.iter().rev().copied()));
        prop_assert_eq!(forwards, filled(&mut std::iter::once(refunds.iter().sum())));
    }
}
