use crate::s3::Refusal;
use keystorm_sim::draw::unit;
use keystorm_sim::{Rng, Span, Time};

/// How KMS fails, if it is not for a quota.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Error {
    /// The key is not available for the moment.
    KeyUnavailable,
    /// An error inside KMS.
    Internal,
    /// Something that KMS depends on did not answer in time.
    DependencyTimeout,
}

/// Calls that fail for a while, by chance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fault {
    /// What they are answered with.
    pub error: Error,
    /// Share of the calls that fail, 0..=1.
    pub share: f64,
    /// From here.
    pub from: Time,
    /// To here, exclusively.
    pub to: Time,
    /// Time until the error is answered.
    pub takes: Span,
}

/// All faults of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Faults {
    faults: Vec<Fault>,
}

impl Faults {
    /// Of faults at the same time each call meets at most one; their shares add up.
    #[must_use]
    pub fn new(faults: Vec<Fault>) -> Self {
        Self { faults }
    }

    /// Whether no call ever fails.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.faults.is_empty()
    }

    /// The fault that a call at `now` meets, if it does: one number of the stream.
    pub fn strike(&self, now: Time, rng: &mut Rng) -> Option<&Fault> {
        let mut left = unit(rng);
        let active = |fault: &&Fault| (fault.from..fault.to).contains(&now);
        self.faults.iter().filter(active).find(|fault| {
            left -= fault.share;
            left < 0.0
        })
    }
}

impl Error {
    /// What a client is answered that calls KMS itself.
    #[must_use]
    pub fn to_client(self) -> &'static Refusal {
        match self {
            Self::KeyUnavailable => &Refusal::KMS_KEY_UNAVAILABLE,
            Self::Internal => &Refusal::KMS_INTERNAL,
            Self::DependencyTimeout => &Refusal::KMS_DEPENDENCY_TIMEOUT,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keystorm_sim::Streams;

    // Goal: calls fail by their shares, within their time, one fault each.
    // Method: two faults that overlap for a while; 4.4 standard errors (of at most 0.35 %).
    #[test]
    fn calls_fail_by_their_shares_and_times() {
        const N: usize = 20_000;
        let fault = |error, share, from, to| Fault {
            error,
            share,
            from: Time::from_secs(from),
            to: Time::from_secs(to),
            takes: Span::from_millis(3),
        };
        let faults = Faults::new(vec![
            fault(Error::Internal, 0.4, 10, 20),
            fault(Error::KeyUnavailable, 0.2, 15, 30),
        ]);
        let mut rng = Streams::new(1, 0).key("faults", 0).rng();
        let mut shares = |second| {
            let mut counts = [0.0; 2];
            for _ in 0..N {
                match faults.strike(Time::from_secs(second), &mut rng) {
                    Some(it) if it.error == Error::Internal => counts[0] += 1.0 / N as f64,
                    Some(_) => counts[1] += 1.0 / N as f64,
                    None => {}
                }
            }
            counts
        };
        for (second, expected) in [
            (9, [0.0, 0.0]),
            (10, [0.4, 0.0]),
            (15, [0.4, 0.2]),
            (20, [0.0, 0.2]),
        ] {
            let found = shares(second);
            let near = |index: usize| (found[index] - expected[index]).abs() < 0.0155;
            assert!(near(0) && near(1), "{second}: {found:?}");
        }
        assert!(shares(30).iter().all(|&it| it <= 0.0));
    }
}
