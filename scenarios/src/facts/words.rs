//! Values in words, as a reader of a report wants them.
use crate::schema::{Jitter, Latency, Retry, Sdk, SdkRetry};
use crate::units::{ByteRate, Duration, Rate};
use keystorm_models::client::{ErrorKind, RetryMode, RetryRules};
use keystorm_sim::draw::{Quantiles, whole};

/// Retry rules in words.
pub(crate) fn retry(retry: &Retry) -> String {
    let attempts = retry.rules().map_or(0, |it| it.value.attempts_max);
    let rules = |mode: RetryMode, it: &SdkRetry| {
        let name = mode.name();
        let version = match mode {
            RetryMode::Legacy => String::new(),
            _ => format!(" {}", it.version(mode).name()),
        };
        match it.sdk {
            Sdk::Botocore => format!("{name}{version}, {attempts} attempts"),
            sdk => format!(
                "{name}{version} of {}, {attempts} attempts",
                sdk.model().name()
            ),
        }
    };
    match retry {
        Retry::None => "none, 1 attempt".to_owned(),
        Retry::Standard(it) => rules(RetryMode::Standard, it),
        Retry::Adaptive(it) => rules(RetryMode::Adaptive, it),
        Retry::Legacy(it) => rules(RetryMode::Legacy, it),
        Retry::Custom(it) => {
            let jitter = match it.jitter {
                Jitter::None => "no",
                Jitter::Full => "full",
                Jitter::Equal => "equal",
                Jitter::Decorrelated => "decorrelated",
            };
            format!(
                "own rules, {attempts} attempts, {} to {}, {jitter} jitter",
                it.base, it.cap
            )
        }
    }
}

/// What an SDK's rules are, in words: back-offs, then the retry quota.
pub(super) fn rules(rules: &RetryRules) -> String {
    let throttle = rules.class(ErrorKind::Throttling400);
    let other = rules.class(ErrorKind::Internal500);
    let cap = match rules.back_off_max {
        RetryRules::NO_CAP => String::new(),
        cap => format!(", at most {}", Duration(cap)),
    };
    let quota = if throttle.cost == 0 && other.cost == 0 {
        "no quota of retries".to_owned()
    } else {
        format!(
            "{} tokens a client, {} a retry after a throttle, {} after other errors",
            rules.quota_capacity, throttle.cost, other.cost
        )
    };
    let limiter = if rules.limiter.is_some() {
        "; a limiter of the sending rate that throttles cut"
    } else {
        ""
    };
    format!(
        "back-off up to {} after a throttle, {} after other errors, doubled each time{cap}; \
         {quota}{limiter}",
        Duration(throttle.base),
        Duration(other.base)
    )
}

pub(super) fn latency(latency: &Latency) -> String {
    match latency {
        Latency::Constant(span) => format!("{span}, constant"),
        Latency::Lognormal(it) => format!("lognormal, median {}, sigma {}", it.median, it.sigma),
        Latency::Quantiles(points) => {
            let points: Vec<_> = points.iter().map(|it| (it.at, it.time.0.nanos())).collect();
            quantiles(&points)
        }
    }
}

/// A table of quantiles by its median and 99th percentile.
pub(super) fn quantiles(points: &[(f64, u64)]) -> String {
    let table = Quantiles::new(points).expect("checked when it was loaded");
    let millis = |quantile| table.at(quantile).nanos() as f64 / 1e6;
    format!(
        "{} quantiles, p50 {:.1} ms, p99 {:.1} ms",
        points.len(),
        millis(0.5),
        millis(0.99)
    )
}

/// Dollars to the last digit that is not zero, at least cents.
pub(super) fn dollars(nano_usd: u64) -> String {
    let digits = format!("{:09}", nano_usd % 1_000_000_000);
    let kept = digits.trim_end_matches('0').len().max(2);
    format!(
        "${}.{}",
        thousands(nano_usd / 1_000_000_000),
        &digits[..kept]
    )
}

pub(crate) fn per_second(rate: u64) -> String {
    format!("{}/s", thousands(rate))
}

/// A rate of whole things per second.
pub(super) fn rate(rate: Rate) -> String {
    per_second(whole(rate.0))
}

/// Megabytes per second, as many decimals as it takes.
pub(super) fn bytes_per_second(rate: ByteRate) -> String {
    let decimals = format!("{:06}", rate.0 % 1_000_000);
    let decimals = decimals.trim_end_matches('0');
    let point = if decimals.is_empty() { "" } else { "." };
    format!("{}{point}{decimals} MB/s", thousands(rate.0 / 1_000_000))
}

pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{bytes_per_second, dollars, thousands};
    use crate::units::ByteRate;

    // Goal: amounts show every digit that is not zero, and cents at least.
    // Method: the prices of the tables.
    #[test]
    fn amounts_are_exact() {
        assert_eq!(dollars(30_000_000), "$0.03");
        assert_eq!(dollars(5_300_000), "$0.0053");
        assert_eq!(dollars(1_000_000_000), "$1.00");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(thousands(999), "999");
        assert_eq!(bytes_per_second(ByteRate(99_900_000)), "99.9 MB/s");
        assert_eq!(bytes_per_second(ByteRate(2_000_000_000)), "2,000 MB/s");
    }
}
