//! KMS: the request quota of an account in a Region.
use keystorm_sim::blocks::FixedWindow;
use keystorm_sim::{NANOS_PER_S, Span, Time};

/// A call of KMS's API.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Call {
    /// A new data key, for an object that is written.
    GenerateDataKey,
    /// A data key (or Bucket Key) of an object that is read.
    Decrypt,
}

/// The quota of symmetric cryptographic requests of one account in one Region.
///
/// A counter per one-second interval: when it reaches the quota, every further call is refused
/// until the interval ends. Refused calls are not counted (not published: assumed). Intervals begin
/// at full seconds of the wall clock (not published: assumed), as a run does.
///
/// The account's other load comes evenly spaced; its calls are counted the same way, in whole
/// calls, without an event for each.
///
/// # Source
/// AWS KMS Developer Guide, "Request quotas" and "Throttling AWS KMS requests"; AWS General
/// Reference, AWS KMS quotas; all read 2026.
#[derive(Clone, Debug)]
pub struct RequestQuota {
    window: FixedWindow,
    other_per_s: u64,
}

impl RequestQuota {
    /// A quota of `quota_per_s`, of which other load asks for `other_per_s`; an interval begins at
    /// t = 0.
    #[must_use]
    pub fn new(quota_per_s: u64, other_per_s: u64) -> Self {
        Self {
            window: FixedWindow::new(quota_per_s, Span::from_secs(1)),
            other_per_s,
        }
    }

    /// A call at `now`: `true` if it is granted.
    #[inline]
    pub fn ask(&mut self, now: Time) -> bool {
        // Whole calls of the other load so far in this interval. It only grows: what was refused
        // once stays refused to the end.
        let other_per_s = self.other_per_s;
        self.window.ask_beside(now, |since| {
            // Nearly always 64 bits do, at a fraction of the cost of dividing 128.
            if let Some(scaled) = other_per_s.checked_mul(since.nanos()) {
                return scaled / NANOS_PER_S;
            }
            let calls =
                u128::from(other_per_s) * u128::from(since.nanos()) / u128::from(NANOS_PER_S);
            u64::try_from(calls).unwrap_or(u64::MAX)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // Goal: the arithmetic of KMS's documentation: 7,000 + 2,000 calls in a second pass a quota of
    // 10,000, of 9,500 + 1,000 the last 500 are refused.
    // Method: calls spread over one second, and the first of the next.
    #[test]
    fn calls_above_the_quota_are_refused_until_the_interval_ends() {
        let granted = |calls: u64| {
            let mut quota = RequestQuota::new(10_000, 0);
            let at = |call| Time::from_nanos(call * NANOS_PER_S / calls);
            let granted = (0..calls).filter(|&call| quota.ask(at(call))).count();
            assert!(quota.ask(Time::from_secs(1)));
            granted
        };
        assert_eq!(granted(9_000), 9_000);
        assert_eq!(granted(10_500), 10_000);
    }

    // Goal: other load takes its share, evenly over the second, and does not need events.
    // Method: 4 of 10 calls are other's; ours at the very end of the second find 6 left.
    #[test]
    fn other_load_takes_its_share() {
        let mut quota = RequestQuota::new(10, 4);
        let end = Time::from_nanos(NANOS_PER_S - 1);
        assert_eq!((0..20).filter(|_| quota.ask(end)).count(), 7);
        let mut quota = RequestQuota::new(10, 4);
        assert_eq!((0..20).filter(|_| quota.ask(Time::ZERO)).count(), 10);
    }

    proptest! {
        // Goal: no interval grants more than the quota, and a refusal holds to its end.
        // Method: random quotas, loads and instants in order.
        #[test]
        fn refusal_holds_to_the_end_of_the_interval(
            (quota_per_s, other_per_s) in (1_u64..50, 0_u64..60),
            mut nanos in prop::collection::vec(0_u64..3 * NANOS_PER_S, 1..300),
        ) {
            nanos.sort_unstable();
            let mut quota = RequestQuota::new(quota_per_s, other_per_s);
            let mut granted = [0; 3];
            let mut refused = [false; 3];
            for at in nanos {
                let second = usize::try_from(at / NANOS_PER_S).unwrap();
                if quota.ask(Time::from_nanos(at)) {
                    granted[second] += 1;
                    prop_assert!(!refused[second]);
                } else {
                    refused[second] = true;
                }
                prop_assert!(granted[second] <= quota_per_s);
            }
        }
    }
}
