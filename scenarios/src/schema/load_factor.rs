//! A scenario with so many times its load.
use super::{Arrivals, Fleet, Job, Scenario, Stage};
use crate::units::Rate;
use std::borrow::Cow;

/// From so many on, steps of one are fine enough: at most 5 % each.
const FINE: u32 = 20;

impl Scenario {
    /// The scenario whose fleets ask for [`Scenario::load_factor`] times as much, as if they had
    /// been written so.
    #[must_use]
    pub fn with_its_load(&self) -> Cow<'_, Self> {
        let factor = self.load_factor;
        if super::is_one(&factor) {
            return Cow::Borrowed(self);
        }
        let mut scaled = self.clone();
        for fleet in scaled.fleets.values_mut() {
            fleet.times(factor);
        }
        scaled.load_factor = 1.0;
        Cow::Owned(scaled)
    }
}

impl Fleet {
    fn times(&mut self, factor: f64) {
        let rate = |it: &mut Rate| it.0 *= factor;
        match &mut self.arrivals {
            Arrivals::Poisson(it) => rate(&mut it.rate),
            Arrivals::Deterministic(it) => rate(&mut it.rate),
            Arrivals::Profile(it) => it.points.iter_mut().for_each(|it| rate(&mut it.rate)),
            Arrivals::Mmpp(it) => it.states.iter_mut().for_each(|it| rate(&mut it.rate)),
            Arrivals::Daily(it) => it.points.iter_mut().for_each(|it| rate(&mut it.rate)),
            Arrivals::Weekly(it) => it.points.iter_mut().for_each(|it| rate(&mut it.rate)),
            Arrivals::OnOff(it) => {
                rate(&mut it.rate);
                rate(&mut it.off_rate);
            }
            // More instances start, each with the requests that it has.
            Arrivals::ColdStart(_) => times(&mut self.instances, factor),
            Arrivals::Cron(it) => times(&mut it.requests, factor),
            Arrivals::Closed(_) => {
                // On the instances that there are, unless that is too coarse.
                if self.concurrency >= FINE || self.concurrency >= self.instances {
                    times(&mut self.concurrency, factor);
                } else {
                    times(&mut self.instances, factor);
                }
            }
            Arrivals::Job(it) => it.times(factor),
        }
    }
}

impl Job {
    fn times(&mut self, factor: f64) {
        self.stages.iter_mut().for_each(|it| it.times(factor));
    }
}

impl Stage {
    /// More tasks; of a driver's few tasks, more requests of each.
    fn times(&mut self, factor: f64) {
        if self.tasks >= FINE || self.tasks >= self.reads.max(self.writes) {
            times(&mut self.tasks, factor);
        } else {
            for requests in [&mut self.reads, &mut self.writes] {
                if *requests > 0 {
                    times(requests, factor);
                }
            }
        }
    }
}

/// A number of things, at least one.
fn times(count: &mut u32, factor: f64) {
    let scaled = (f64::from(*count) * factor).round();
    // Saturates, which the check of the scenario refuses.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let whole = scaled as u32;
    *count = whole.max(1);
}
