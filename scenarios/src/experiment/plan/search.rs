//! Where conditions begin or cease to hold, on one axis.
use super::judge::{By, Scores};
use super::{NARROW, PlanError};
use keystorm_record::plan::Estimate;

/// Two points that are so near to each other, as a share of the value, are near enough: between
/// them curves are straight.
const NEAR: f64 = 0.01;

/// Replications that are enough to find the neighbourhood of a threshold.
const COARSE: u32 = 3;

/// Steps after which a search ends in any case.
const STEPS_MAX: usize = 60;

/// Where to look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    /// A point at which all conditions are expected to hold, or the end of the axis on that side.
    pub(super) good_end: f64,
    /// The end on the side where they are not.
    pub(super) bad_end: f64,
    /// Where to begin.
    pub(super) guess: f64,
    /// Whether there are whole numbers only.
    pub(super) whole: bool,
    /// Replications of the first answer, and most of them.
    pub(super) replications: (u32, u32),
}

/// What a search finds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Threshold {
    /// Conditions hold on the good side of this value only.
    At(Estimate),
    /// They hold up to the bad end.
    HoldsAtBadEnd,
    /// They do not hold at the good end.
    FailsAtGoodEnd,
}

/// Two points, at one of which conditions hold and at the other not, with their scores.
#[derive(Clone, Copy, Debug)]
struct Bracket {
    good: (f64, f64),
    bad: (f64, f64),
}

/// Finds the threshold on an axis; `scores` simulates a point over so many replications.
pub(super) fn threshold(
    axis: Axis,
    mut scores: impl FnMut(f64, u32) -> Result<Scores, PlanError>,
) -> Result<Threshold, PlanError> {
    let (first, most) = axis.replications;
    let mut search = Search {
        axis,
        scores: &mut scores,
    };
    let coarse = match search.find(By::Mean, axis.guess, 0.05, COARSE.min(first), 4.0 * NEAR)? {
        Ok(bracket) => bracket.crossing(),
        Err(end) => return Ok(end),
    };
    let (mut replications, mut centre, mut spread) = (first, coarse, [-0.01, 0.0, 0.01]);
    loop {
        let mut found = [None; 3];
        for by in [By::Mean, By::Best, By::Worst] {
            let guess = centre * (1.0 + spread[by as usize] * axis.to_good());
            let step = NEAR.max(spread[by as usize].abs() / 2.0);
            found[by as usize] = match search.find(by, guess, step, replications, NEAR)? {
                Ok(bracket) => Some(bracket.crossing()),
                Err(end) if by == By::Mean => return Ok(end),
                Err(_) => None,
            };
            if by == By::Mean {
                centre = found[1].unwrap_or(centre);
            }
        }
        let [best, _, worst] = found;
        let width = best.zip(worst).map(|(a, b)| (a - b).abs() / centre);
        if replications >= most || width.is_some_and(|it| it <= NARROW) {
            let (low, high) = if axis.to_good() < 0.0 {
                (worst, best)
            } else {
                (best, worst)
            };
            let whole = |it: f64| if axis.whole { it.ceil() } else { it };
            let value = whole(centre);
            // Each end is searched by itself, to within what is near enough.
            return Ok(Threshold::At(Estimate {
                value,
                low: low.map(|it| whole(it).min(value)),
                high: high.map(|it| whole(it).max(value)),
                replications,
            }));
        }
        // The interval shrinks about as the root of their number.
        let next = replications.saturating_mul(2).min(most);
        let shrinks = (f64::from(replications) / f64::from(next)).sqrt();
        let part = |end: Option<f64>| end.map_or(0.0, |it| (it / centre - 1.0).abs() * shrinks);
        spread = [-part(best), 0.0, part(worst)];
        replications = next;
    }
}

struct Search<'a> {
    axis: Axis,
    scores: &'a mut dyn FnMut(f64, u32) -> Result<Scores, PlanError>,
}

impl Search<'_> {
    /// A bracket no wider than `near`, sought from `guess` on in growing steps; or the end of the
    /// axis at which there is no threshold.
    fn find(
        &mut self,
        by: By,
        guess: f64,
        step: f64,
        replications: u32,
        near: f64,
    ) -> Result<Result<Bracket, Threshold>, PlanError> {
        let mut at = self.axis.clamp(guess);
        let mut score = self.score(at, by, replications)?;
        let holds = score > 0.0;
        let toward = if holds {
            -self.axis.to_good()
        } else {
            self.axis.to_good()
        };
        let end = if holds {
            self.axis.bad_end
        } else {
            self.axis.good_end
        };
        let mut step = step;
        loop {
            if at.total_cmp(&end).is_eq() {
                return Ok(Err(if holds {
                    Threshold::HoldsAtBadEnd
                } else {
                    Threshold::FailsAtGoodEnd
                }));
            }
            let last = (at, score);
            at = self.axis.step(at, 1.0 + step * toward, toward);
            score = self.score(at, by, replications)?;
            if (score > 0.0) != holds {
                let (good, bad) = if holds {
                    (last, (at, score))
                } else {
                    ((at, score), last)
                };
                let bracket = Bracket { good, bad };
                return self.narrow(bracket, by, replications, near).map(Ok);
            }
            step *= 2.0;
        }
    }

    /// Narrows a bracket: by the straight line through its ends where that helps, else by half.
    fn narrow(
        &mut self,
        mut bracket: Bracket,
        by: By,
        replications: u32,
        near: f64,
    ) -> Result<Bracket, PlanError> {
        for turn in 0..STEPS_MAX {
            let width = bracket.width();
            if width <= near * bracket.middle() || (self.axis.whole && width <= 1.0) {
                break;
            }
            let straight = bracket.crossing();
            // Not at its very ends, or the other one never moves; by half each third time.
            let margin = 0.15 * width;
            let (low, high) = bracket.ends();
            let at = if turn % 3 == 2 {
                bracket.middle()
            } else {
                straight.clamp(low + margin, high - margin)
            };
            let at = self.axis.inside(at, low, high);
            let score = self.score(at, by, replications)?;
            if score > 0.0 {
                bracket.good = (at, score);
            } else {
                bracket.bad = (at, score);
            }
        }
        Ok(bracket)
    }

    fn score(&mut self, at: f64, by: By, replications: u32) -> Result<f64, PlanError> {
        Ok((self.scores)(at, replications)?.of(by))
    }
}

impl Axis {
    /// Direction in which conditions hold.
    fn to_good(self) -> f64 {
        (self.good_end - self.bad_end).signum()
    }

    fn clamp(&self, at: f64) -> f64 {
        let (low, high) = if self.good_end < self.bad_end {
            (self.good_end, self.bad_end)
        } else {
            (self.bad_end, self.good_end)
        };
        let at = if self.whole { at.round() } else { at };
        at.clamp(low, high)
    }

    /// The next point from `at` on, by a factor, at least one where there are whole numbers only.
    fn step(&self, at: f64, factor: f64, toward: f64) -> f64 {
        // Downward by the same ratio, so that nothing becomes negative.
        let next = if factor < 1.0 {
            at / (2.0 - factor)
        } else {
            at * factor
        };
        let next = if self.whole && (next - at).abs() < 1.0 {
            at + toward
        } else {
            next
        };
        self.clamp(next)
    }

    /// A point strictly between two others.
    fn inside(&self, at: f64, low: f64, high: f64) -> f64 {
        if self.whole {
            at.round().clamp(low + 1.0, high - 1.0)
        } else {
            at
        }
    }
}

impl Bracket {
    fn ends(&self) -> (f64, f64) {
        let (a, b) = (self.good.0, self.bad.0);
        if a < b { (a, b) } else { (b, a) }
    }

    fn width(&self) -> f64 {
        (self.good.0 - self.bad.0).abs()
    }

    fn middle(&self) -> f64 {
        f64::midpoint(self.good.0, self.bad.0)
    }

    /// Where the straight line through its ends crosses zero.
    fn crossing(&self) -> f64 {
        let ((good, above), (bad, below)) = (self.good, self.bad);
        good + (bad - good) * above / (above - below)
    }
}
