use keystorm_sim::draw::{self, Quantiles, whole};
use keystorm_sim::{Rng, Span};

/// A distribution of times, drawn from one number of a stream.
#[derive(Clone, Debug)]
pub enum Latency {
    /// Always the same.
    Constant(Span),
    /// Lognormal.
    Lognormal {
        /// Median.
        median: Span,
        /// Standard deviation of the logarithm.
        sigma: f64,
    },
    /// Given by quantiles.
    Quantiles(Quantiles),
}

impl Latency {
    /// One time.
    #[inline]
    pub fn draw(&self, rng: &mut Rng) -> Span {
        match self {
            Self::Constant(span) => *span,
            Self::Lognormal { median, sigma } => {
                Span::from_nanos(whole(draw::lognormal(rng, median.nanos() as f64, *sigma)))
            }
            Self::Quantiles(quantiles) => quantiles.draw(rng),
        }
    }
}
