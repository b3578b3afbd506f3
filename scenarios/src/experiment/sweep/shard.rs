use std::error::Error;
use std::fmt;
use std::num::NonZero;
use std::str::FromStr;

/// One part of a sweep's runs, of as many equal ones: written `I/N`, from `0/N` to `N-1/N`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Shard {
    index: u32,
    count: u32,
}

/// Why something is no shard.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ShardError {
    /// It is not two whole numbers with a slash between them.
    Form,
    /// There is no shard with this index among so many: indices begin at 0.
    Beyond {
        /// The index.
        index: u32,
        /// How many shards there are.
        count: u32,
    },
}

impl Shard {
    /// All runs in one shard.
    pub const WHOLE: Self = Self { index: 0, count: 1 };

    /// Shard number `index`, from 0, of `count`.
    ///
    /// # Errors
    /// [`ShardError::Beyond`] if `index` is not less than `count`.
    pub fn new(index: u32, count: NonZero<u32>) -> Result<Self, ShardError> {
        let count = count.get();
        if index < count {
            Ok(Self { index, count })
        } else {
            Err(ShardError::Beyond { index, count })
        }
    }

    /// Its number, from 0.
    #[must_use]
    pub fn index(self) -> u32 {
        self.index
    }

    /// How many shards there are, at least 1.
    #[must_use]
    pub fn count(self) -> u32 {
        self.count
    }

    /// Whether it has what stands at this place of the order of work.
    pub(super) fn has(self, place: u64) -> bool {
        place % u64::from(self.count) == u64::from(self.index)
    }

    /// The places that it has, of so many: every `count`-th.
    pub(super) fn places(self, all: u64) -> impl Iterator<Item = u64> {
        (u64::from(self.index)..all).step_by(self.count as usize)
    }

    /// How many places it has, of so many.
    pub(super) fn len(self, all: u64) -> u64 {
        all.saturating_sub(self.index.into())
            .div_ceil(self.count.into())
    }
}

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        let (index, count) = text.split_once('/').ok_or(ShardError::Form)?;
        // `parse` would take a sign.
        let number = |text: &str| {
            let digits = text.bytes().all(|it| it.is_ascii_digit());
            digits.then(|| text.parse().ok()).flatten()
        };
        let (index, count) = number(index).zip(number(count)).ok_or(ShardError::Form)?;
        let count = NonZero::new(count).ok_or(ShardError::Form)?;
        Self::new(index, count)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

impl fmt::Display for ShardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => f.write_str("expected I/N, such as 0/40 for the first of 40 shards"),
            Self::Beyond { index, count } => write!(
                f,
                "there is no shard {index} of {count}; the first is 0 and the last is {}",
                count - 1
            ),
        }
    }
}

impl Error for ShardError {}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: every place belongs to exactly one shard, and shards have as many as they say.
    // Method: few and many places in one shard, in some, and in more shards than places.
    #[test]
    fn shards_have_every_place_once() {
        for all in [0, 1, 6, 100] {
            for count in [1, 2, 7, 40, 101] {
                let mut found = vec![0; usize::try_from(all).unwrap()];
                for index in 0..count {
                    let shard = Shard { index, count };
                    let places: Vec<_> = shard.places(all).collect();
                    assert_eq!(places.len() as u64, shard.len(all), "{shard} of {all}");
                    for place in places {
                        assert!(shard.has(place));
                        found[usize::try_from(place).unwrap()] += 1;
                    }
                }
                assert!(
                    found.iter().all(|&it| it == 1),
                    "{all} places, {count} shards"
                );
            }
        }
    }

    // Goal: a shard is read as it is written, and what is none is told with the reason.
    // Method: the first and the last of seven; texts of other forms; one beyond the last.
    #[test]
    fn shards_are_read_and_written() {
        for text in ["0/7", "6/7", "0/1"] {
            assert_eq!(text.parse::<Shard>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "3",
            "1/0",
            "-1/2",
            "+1/2",
            "a/2",
            "1/2/3",
            " 1/2",
            "0/5000000000",
        ] {
            assert_eq!(text.parse::<Shard>(), Err(ShardError::Form), "{text}");
        }
        let beyond = "7/7".parse::<Shard>().unwrap_err();
        assert_eq!(
            beyond.to_string(),
            "there is no shard 7 of 7; the first is 0 and the last is 6"
        );
    }
}
