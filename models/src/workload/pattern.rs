use super::{Bursts, RateProfile, States};
use keystorm_sim::Time;

/// When the requests of an open fleet arrive.
#[derive(Clone, Debug, PartialEq)]
pub enum Pattern {
    /// At random, at a mean rate that follows a profile.
    Poisson(RateProfile),
    /// Evenly spaced: whenever the profile expects another whole request, the first at once.
    Even(RateProfile),
    /// At random, at a mean rate that switches at random.
    Modulated(States),
    /// In bursts of an exact number.
    Bursts(Bursts),
}

impl Pattern {
    /// Mean rate at `at`, as far as it does not hang on chance \[1/s\].
    #[must_use]
    pub fn rate_at(&self, at: Time) -> f64 {
        match self {
            Self::Poisson(profile) | Self::Even(profile) => profile.rate_at(at),
            Self::Modulated(states) => states.mean_rate(),
            Self::Bursts(bursts) => bursts.rate_at(at),
        }
    }

    /// Highest mean rate from `from` to `to`, whatever chance does \[1/s\]. Of bursts, the most
    /// that one second is expected to have.
    #[must_use]
    pub fn rate_max(&self, from: Time, to: Time) -> f64 {
        match self {
            Self::Poisson(profile) | Self::Even(profile) => profile.rate_max(from, to),
            Self::Modulated(states) => states.rate_max(),
            Self::Bursts(bursts) => bursts.rate_max(from, to),
        }
    }

    /// Mean rate with which the fleet has been at work until t = 0 \[1/s\].
    #[must_use]
    pub fn rate_before(&self) -> f64 {
        match self {
            Self::Poisson(profile) | Self::Even(profile) => profile.rate_before(),
            Self::Modulated(states) => states.mean_rate(),
            Self::Bursts(bursts) => bursts.rate_before(),
        }
    }
}
