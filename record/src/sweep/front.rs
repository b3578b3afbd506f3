use super::{Sweep, SweepPoint};
use std::cmp::Ordering;

impl Sweep {
    /// The points that no other one beats in both of two figures, less of which is better: the
    /// Pareto front, from the least of the first figure to the least of the second. Of points that
    /// are equal in both, the first. Points without a value, or at which S3 refuses a whole
    /// operation, are not on it.
    #[must_use]
    pub fn front(&self, first: &str, second: &str) -> Vec<&SweepPoint> {
        let both = |point| {
            Some((
                Self::choice(point, first)?,
                Self::choice(point, second)?,
                point,
            ))
        };
        let mut points: Vec<_> = self.points.iter().filter_map(both).collect();
        points.sort_by(|a, b| {
            let by_second = || a.1.total_cmp(&b.1);
            let by_number = || a.2.number.cmp(&b.2.number);
            a.0.total_cmp(&b.0)
                .then_with(by_second)
                .then_with(by_number)
        });
        let mut least = f64::INFINITY;
        points.retain(|it| {
            let beats = it.1.total_cmp(&least) == Ordering::Less;
            least = least.min(it.1);
            beats
        });
        points.into_iter().map(|it| it.2).collect()
    }

    /// The points with the least and the most of a figure, the first of equal ones; `None` if no
    /// point has a value. Points at which S3 refuses a whole operation do not count: who is refused
    /// everything pays little.
    #[must_use]
    pub fn extremes(&self, metric: &str) -> Option<[&SweepPoint; 2]> {
        let valued = || {
            let points = self.points.iter();
            points.filter_map(|point| Some((Self::choice(point, metric)?, point)))
        };
        let least = valued().reduce(|a, b| if b.0 < a.0 { b } else { a })?;
        let most = valued().reduce(|a, b| if b.0 > a.0 { b } else { a })?;
        Some([least.1, most.1])
    }

    /// A point's figure, if the point is one that can be chosen.
    fn choice(point: &SweepPoint, metric: &str) -> Option<f64> {
        point.mean(metric).filter(|_| point.refusals.is_empty())
    }
}
