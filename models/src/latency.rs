use keystorm_sim::draw::{Lognormal, Quantiles, whole, word};
use keystorm_sim::{Rng, Span};

/// A distribution of times, drawn from one number of a stream.
#[derive(Clone, Debug)]
pub enum Latency {
    /// Always the same.
    Constant(Span),
    /// Lognormal, of nanoseconds.
    Lognormal(Lognormal),
    /// Given by quantiles.
    Quantiles(Quantiles),
}

impl Latency {
    /// The distribution of the times multiplied by `factor`, 0 or more.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        match self {
            Self::Constant(span) => {
                Self::Constant(Span::from_nanos(whole(span.nanos() as f64 * factor)))
            }
            Self::Lognormal(lognormal) => Self::Lognormal(lognormal.scaled(factor)),
            Self::Quantiles(quantiles) => Self::Quantiles(quantiles.scaled(factor)),
        }
    }

    /// One time.
    #[inline]
    pub fn draw(&self, rng: &mut Rng) -> Span {
        self.of_word(word(rng))
    }

    /// The time that the number `word` of a stream gives.
    #[expect(
        clippy::inline_always,
        reason = "draws overlap only where all of them are in sight"
    )]
    #[inline(always)]
    #[must_use]
    pub fn of_word(&self, word: u64) -> Span {
        match self {
            Self::Constant(span) => *span,
            Self::Lognormal(nanos) => Span::from_nanos(whole(nanos.of_word(word))),
            Self::Quantiles(quantiles) => quantiles.of_word(word),
        }
    }
}
