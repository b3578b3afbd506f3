//! How the keys of a fleet's requests spread over the prefixes of the bucket.
use super::request::split;
use keystorm_sim::draw::below_of_word;
use keystorm_sim::{Span, Time};

/// How the keys of a fleet's requests spread over the prefixes of the bucket.
#[derive(Clone, Debug)]
pub enum Keys {
    /// Evenly.
    Uniform,
    /// Some prefixes are asked for more than others.
    Zipf(Zipf),
    /// The date stands first in the key.
    Dated(Dated),
    /// A few prefixes get most requests.
    Hot(Hot),
}

/// How often each of several is asked for, or asks.
#[derive(Clone, Debug)]
pub enum Popularity {
    /// All alike.
    Even,
    /// Some more than others.
    Zipf(Zipf),
}

impl Popularity {
    /// The one of `count` that a number of a stream gives.
    #[inline]
    #[must_use]
    pub fn of_word(&self, word: u64, count: u32) -> u32 {
        match self {
            Self::Even => below_of_word(word, count),
            Self::Zipf(zipf) => zipf.of_word(word),
        }
    }

    /// Share of each of `count`, 0..=1.
    #[must_use]
    pub fn shares(&self, count: u32) -> Vec<f64> {
        match self {
            Self::Even => vec![1.0 / f64::from(count); count as usize],
            Self::Zipf(zipf) => zipf.shares(),
        }
    }
}

/// In what shares of requests are counted.
const SHARES: u64 = 1 << 20;

impl Keys {
    /// The prefix of a request that arrives at `at`, of `prefixes`: the one that a number of a
    /// stream gives.
    #[expect(clippy::cast_possible_truncation, reason = "each is below `prefixes`")]
    #[inline]
    #[must_use]
    pub fn prefix(&self, word: u64, prefixes: u32, at: Time) -> u32 {
        match self {
            Self::Uniform => split(word, prefixes.into()).0 as u32,
            Self::Zipf(zipf) => zipf.of_word(word),
            Self::Dated(dated) => dated.of_word(word, prefixes, at),
            Self::Hot(hot) => hot.of_word(word, prefixes),
        }
    }

    /// Largest share of requests that one of `prefixes` gets at a time, 0..=1.
    #[must_use]
    pub fn share_max(&self, prefixes: u32) -> f64 {
        let even = 1.0 / f64::from(prefixes);
        match self {
            Self::Uniform => even,
            Self::Zipf(zipf) => zipf.share_max,
            Self::Dated(dated) => {
                let share = dated.share as f64 / SHARES as f64;
                share + (1.0 - share) * even
            }
            Self::Hot(hot) => {
                let share = hot.share as f64 / SHARES as f64;
                let cold = (1.0 - share) / f64::from((prefixes - hot.prefixes).max(1));
                cold.max(share / f64::from(hot.prefixes))
            }
        }
    }
}

/// Zipf's law over prefixes: the r-th most popular one gets a share in proportion to r^-exponent.
/// Prefix 0 is the most popular one.
///
/// Drawn by Walker's and Vose's alias method: one look into a table, whatever its length. The table
/// is made with integers, so that it is the same on every machine.
#[derive(Clone, Debug)]
pub struct Zipf {
    columns: Vec<Column>,
    share_max: f64,
}

/// A column of the alias table: below `threshold` the prefix is the column's own.
#[derive(Clone, Copy, Debug)]
struct Column {
    /// Of 2^[`BITS`](Zipf::BITS).
    threshold: u64,
    alias: u32,
}

impl Zipf {
    /// Bits of a threshold.
    const BITS: u32 = 58;
    /// The most popular prefix's weight.
    const WEIGHT_MAX: f64 = (1_u64 << 52) as f64;

    /// Over `prefixes`, at least 1 and below 2^17, with an exponent of 0..=4; 0 is even.
    #[must_use]
    pub fn new(prefixes: u32, exponent: f64) -> Self {
        assert!((1..1 << 17).contains(&prefixes), "checked by the caller");
        let weight = |rank: u32| {
            let weight = Self::WEIGHT_MAX * libm::pow(f64::from(rank), -exponent);
            keystorm_sim::draw::whole(weight.min(Self::WEIGHT_MAX - 1.0)).max(1)
        };
        let weights: Vec<u64> = (1..=prefixes).map(weight).collect();
        let total: u128 = weights.iter().map(|&it| u128::from(it)).sum();
        // Of each column `total` is filled: below 2^69, so that 58 more bits fit.
        let mut left: Vec<u128> = weights
            .iter()
            .map(|&it| u128::from(it) * u128::from(prefixes))
            .collect();
        let (mut small, mut large): (Vec<u32>, Vec<u32>) =
            (0..prefixes).partition(|&it| left[it as usize] < total);
        let own = |prefix| Column {
            threshold: 1 << Self::BITS,
            alias: prefix,
        };
        let mut columns: Vec<Column> = (0..prefixes).map(own).collect();
        while let (Some(&less), Some(&more)) = (small.last(), large.last()) {
            small.pop();
            let filled = left[less as usize];
            columns[less as usize] = Column {
                threshold: u64::try_from((filled << Self::BITS) / total)
                    .expect("a column is filled by less than all of it"),
                alias: more,
            };
            left[more as usize] -= total - filled;
            if left[more as usize] < total {
                large.pop();
                small.push(more);
            }
        }
        Self {
            columns,
            share_max: weights[0] as f64 / total as f64,
        }
    }

    /// Share of each, 0..=1.
    fn shares(&self) -> Vec<f64> {
        let columns = self.columns.len() as f64;
        let mut shares = vec![0.0; self.columns.len()];
        for (index, column) in self.columns.iter().enumerate() {
            let own = column.threshold as f64 / (1_u64 << Self::BITS) as f64;
            shares[index] += own / columns;
            shares[column.alias as usize] += (1.0 - own) / columns;
        }
        shares
    }

    #[expect(clippy::cast_possible_truncation, reason = "columns have u32 numbers")]
    #[inline]
    fn of_word(&self, word: u64) -> u32 {
        let (index, rest) = split(word, self.columns.len() as u64);
        let column = self.columns[index as usize];
        if rest >> (u64::BITS - Self::BITS) < column.threshold {
            index as u32
        } else {
            column.alias
        }
    }
}

/// Keys that begin with the date or the hour: what is asked for in a period lies mostly under that
/// period's prefix. Every period has the next prefix; after the last comes the first again.
#[derive(Clone, Copy, Debug)]
pub struct Dated {
    period_s: u64,
    /// Time of t = 0 \[s since 1970\].
    start_s: u64,
    /// Of requests that go to the period's prefix, of [`SHARES`].
    share: u64,
}

impl Dated {
    /// Periods of at least a second, by the clock that shows `start_s` \[s since 1970\] at t = 0;
    /// `share`, 0..=1, of all requests go to the period's prefix, the others evenly to all.
    #[must_use]
    pub fn new(period: Span, start_s: u64, share: f64) -> Self {
        let period_s = period.nanos() / keystorm_sim::NANOS_PER_S;
        assert!(period_s > 0, "checked by the caller");
        Self {
            period_s,
            start_s,
            share: keystorm_sim::draw::whole(share * SHARES as f64),
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "each is below `prefixes`")]
    #[inline]
    fn of_word(&self, word: u64, prefixes: u32, at: Time) -> u32 {
        let (which, rest) = split(word, SHARES);
        let prefix = if which < self.share {
            (self.start_s + at.second()) / self.period_s % u64::from(prefixes)
        } else {
            split(rest, prefixes.into()).0
        };
        prefix as u32
    }
}

/// A share of the requests goes evenly to the first prefixes, the others go evenly to the rest.
#[derive(Clone, Copy, Debug)]
pub struct Hot {
    /// How many are hot.
    prefixes: u32,
    /// Of requests that go to them, of [`SHARES`].
    share: u64,
}

impl Hot {
    /// `share`, 0..=1, of all requests go to the first `hot` of `prefixes`, at least 1; all of them
    /// if all are hot.
    #[must_use]
    pub fn new(hot: u32, prefixes: u32, share: f64) -> Self {
        assert!((1..=prefixes).contains(&hot), "checked by the caller");
        let share = if hot == prefixes { 1.0 } else { share };
        Self {
            prefixes: hot,
            share: keystorm_sim::draw::whole(share * SHARES as f64),
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "each is below `prefixes`")]
    #[inline]
    fn of_word(&self, word: u64, prefixes: u32) -> u32 {
        let (which, rest) = split(word, SHARES);
        if which < self.share {
            split(rest, self.prefixes.into()).0 as u32
        } else {
            self.prefixes + split(rest, (prefixes - self.prefixes).into()).0 as u32
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keystorm_sim::Streams;
    use keystorm_sim::draw::word;

    fn counts(keys: &Keys, prefixes: u32, draws: u32) -> Vec<f64> {
        let mut rng = Streams::new(5, 0).key("keys", 0).rng();
        let mut counts = vec![0.0; prefixes as usize];
        for _ in 0..draws {
            counts[keys.prefix(word(&mut rng), prefixes, Time::ZERO) as usize] += 1.0;
        }
        counts
    }

    // Goal: the draw follows Zipf's law.
    // Method: a million draws with a fixed seed over 100 prefixes against r^-s, for three
    // exponents; χ² with 99 degrees exceeds 99 + 4.4·√198 = 161 with a chance of about 1e-4 each.
    #[test]
    fn zipf_draws_agree_with_zipfs_law() {
        for exponent in [0.0, 0.8, 1.1] {
            let draws = 1_000_000;
            let found = counts(&Keys::Zipf(Zipf::new(100, exponent)), 100, draws);
            let weight = |rank: usize| libm::pow(rank as f64, -exponent);
            let total: f64 = (1..=100).map(weight).sum();
            let chi2: f64 = (1..=100)
                .map(|rank| {
                    let mean = f64::from(draws) * weight(rank) / total;
                    (found[rank - 1] - mean).powi(2) / mean
                })
                .sum();
            assert!(chi2 < 161.0, "exponent {exponent}: χ² = {chi2}");
        }
    }

    // Goal: the table's shares are those of the law, not only as far as draws tell.
    // Method: what all columns give to each prefix together, for 1 to 100,000 of them. A weight
    // below 2^-52 of the largest counts as that, which is 2e-11 for all of them.
    #[test]
    fn an_alias_table_holds_the_law() {
        for (prefixes, exponent) in [(1, 1.0), (7, 2.5), (1_000, 1.0), (100_000, 4.0)] {
            let zipf = Zipf::new(prefixes, exponent);
            let shares = zipf.shares();
            let total: f64 = (1..=prefixes)
                .map(|it| libm::pow(f64::from(it), -exponent))
                .sum();
            for (rank, share) in (1..=prefixes).zip(shares) {
                let law = libm::pow(f64::from(rank), -exponent) / total;
                assert!(
                    (share - law).abs() < 1e-10,
                    "{prefixes}, {exponent}: {rank}"
                );
            }
            let most = Keys::Zipf(zipf).share_max(prefixes);
            assert!((most - 1.0 / total).abs() < 1e-10);
        }
    }

    // Goal: dated keys lie under their period's prefix, which changes by the clock.
    // Method: hours from 23:30 on, four prefixes; the share over 100,000 draws within 4.4 standard
    // errors; then the hot prefix before and after midnight.
    #[test]
    fn dated_keys_move_with_the_clock() {
        let start = 23 * 3_600 + 1_800;
        let dated = |share| Keys::Dated(Dated::new(Span::from_secs(3_600), start, share));
        let found = counts(&dated(0.9), 4, 100_000);
        let expected = 0.9 + 0.1 / 4.0;
        assert!((dated(0.9).share_max(4) - expected).abs() < 1e-6);
        let error = (expected * (1.0 - expected) / 1e5_f64).sqrt();
        assert!((found[3] / 1e5 - expected).abs() < 4.4 * error, "{found:?}");
        let at = |seconds| dated(1.0).prefix(u64::MAX, 4, Time::from_secs(seconds));
        assert_eq!([at(0), at(1_799), at(1_800), at(5_400)], [3, 3, 0, 1]);
    }

    // Goal: even keys are drawn as they always were.
    // Method: the prefix as a share of the number, by hand.
    #[test]
    fn even_keys_are_a_share_of_the_number() {
        for word in [0, 1 << 62, 1 << 63, u64::MAX] {
            let by_hand = (u128::from(word) * 10) >> 64;
            let prefix = Keys::Uniform.prefix(word, 10, Time::ZERO);
            assert_eq!(u128::from(prefix), by_hand);
        }
    }

    // Goal: the hot set gets its share, evenly, and the rest gets the rest.
    // Method: a million draws with a fixed seed, 80 % to 3 of 10 prefixes; χ² with 9 degrees
    // exceeds 9 + 9·√18 = 47 with a chance below 1e-6. All prefixes hot is even.
    #[test]
    fn a_hot_set_gets_its_share() {
        let hot = Keys::Hot(Hot::new(3, 10, 0.8));
        let found = counts(&hot, 10, 1_000_000);
        let mean = |prefix| 1e6 * if prefix < 3 { 0.8 / 3.0 } else { 0.2 / 7.0 };
        let chi2: f64 = (0..10)
            .map(|it| (found[it] - mean(it)).powi(2) / mean(it))
            .sum();
        assert!(chi2 < 47.0, "χ² = {chi2}");
        assert!((hot.share_max(10) - 0.8 / 3.0).abs() < 1e-6);
        assert!((Keys::Hot(Hot::new(9, 10, 0.5)).share_max(10) - 0.5).abs() < 1e-6);
        let all = Keys::Hot(Hot::new(4, 4, 0.3));
        assert!((all.share_max(4) - 0.25).abs() < 1e-6);
        assert!(counts(&all, 4, 1_000).iter().all(|&it| it > 0.0));
    }
}
