//! What a cache of data keys comes to in the long run, where a formula is known.
use super::CacheRules;

/// Data keys per second that one cache asks KMS for, when messages to encrypt under one encryption
/// context arrive as a Poisson process of `rate` \[1/s\] and keys arrive at once.
///
/// A key serves the message it was fetched for, and those that arrive within its age, up to its
/// number of messages: N = 1 + E\[min(K, m - 1)\] of them on average, K being Poisson with mean
/// rate × age. The next one asks for a new key, and everything begins again: rate / N. Bytes are
/// taken not to matter.
///
/// Without a limit of messages this is rate / (1 + rate × age).
#[must_use]
pub fn keys_per_second(rate: f64, rules: &CacheRules) -> f64 {
    if !rules.keep() {
        return rate;
    }
    let mean = rate * rules.max_age.as_secs_f64();
    rate / (1.0 + mean_of_least(mean, rules.max_messages.saturating_sub(1)))
}

/// The same without limits of messages and bytes, when KMS takes `latency` \[s\], no more than the
/// age, and every message that finds no key asks for one of its own.
///
/// The first miss has Poisson(rate × latency) others behind it, before its key arrives. The last of
/// them sets the entry's age: its key was asked for E = latency - (1 - e^(-rate × latency)) / rate
/// after the first on average. So 1 + rate × latency keys are asked for in every
/// E + latency + age + 1 / rate seconds.
#[must_use]
pub fn keys_per_second_with_latency(rate: f64, age: f64, latency: f64) -> f64 {
    let misses = 1.0 + rate * latency;
    let last = latency - (1.0 - libm::exp(-rate * latency)) / rate;
    misses / (last + latency + age + 1.0 / rate)
}

/// E\[min(K, most)\], K being Poisson with `mean`.
fn mean_of_least(mean: f64, most: u64) -> f64 {
    // Beyond 12 standard deviations nothing is left that a float could tell.
    let reach = 12.0 * mean.sqrt() + 40.0;
    if most as f64 > mean + reach {
        return mean;
    }
    let first = keystorm_sim::draw::whole((mean - reach).max(0.0));
    if most < first {
        return most as f64;
    }
    // E[min(K, most)] = most - Σ_{k < most} (most - k)·P(K = k).
    let log_mean = libm::log(mean);
    let missing = (first..most).map(|k| {
        let of_k = k as f64;
        let log_chance = of_k * log_mean - mean - libm::lgamma(of_k + 1.0);
        (most - k) as f64 * libm::exp(log_chance)
    });
    most as f64 - missing.sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::data_keys::{Expiry, Misses};
    use keystorm_sim::Span;

    fn rules(age_s: u64, max_messages: u64) -> CacheRules {
        CacheRules {
            capacity: 1,
            max_age: Span::from_secs(age_s),
            max_messages,
            max_bytes: CacheRules::MAX_BYTES,
            expiry: Expiry::Each,
            misses: Misses::Separate,
        }
    }

    // Goal: the formula at its ends: no cache, no reuse, no limit of messages, all messages used.
    // Method: by hand; AWS's own example is 100 uses of a key: 500 encryptions/s become 5 calls/s.
    #[test]
    fn its_ends_are_known() {
        let near = |found: f64, expected: f64| {
            assert!((found - expected).abs() < 1e-9 * expected, "{found}");
        };
        near(keys_per_second(7.0, &rules(0, 100)), 7.0);
        near(keys_per_second(7.0, &rules(60, 1)), 7.0);
        near(keys_per_second(7.0, &rules(60, 1 << 32)), 7.0 / 421.0);
        near(keys_per_second(500.0, &rules(3_600, 100)), 5.0);
        near(keys_per_second_with_latency(7.0, 60.0, 0.0), 7.0 / 421.0);
    }

    // Goal: the mean of the smaller of a Poisson number and a bound.
    // Method: by adding up chances one after another, for means and bounds around each other.
    #[test]
    fn the_mean_of_the_smaller_is_that_of_the_sum() {
        for mean in [0.1_f64, 3.0, 30.0, 400.0] {
            for most in [0_u64, 1, 2, 5, 30, 390, 500, 2_000] {
                let (mut chance, mut sum) = (libm::exp(-mean), 0.0);
                for k in 0..3_000_u64 {
                    sum += chance * k.min(most) as f64;
                    chance *= mean / (k + 1) as f64;
                }
                let found = mean_of_least(mean, most);
                assert!((found - sum).abs() < 1e-9, "{mean}, {most}: {found}, {sum}");
            }
        }
    }
}
