/// Mean of independent values and the Student-t confidence interval of the mean.
///
/// Results of replications (runs with other [`Streams`](crate::Streams) numbers) are independent;
/// values of one run are not: use [`BatchMeans`](super::BatchMeans) for them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Mean of the values.
    pub mean: f64,
    /// Half of the interval's width.
    pub half_width: f64,
}

impl Interval {
    /// The interval that covers the true mean with probability `confidence` (0..1), if the values
    /// are independent and roughly normal. `None` with fewer than two values.
    #[must_use]
    pub fn of(values: &[f64], confidence: f64) -> Option<Self> {
        if values.len() < 2 {
            return None;
        }
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values
            .iter()
            .map(|value| (value - mean) * (value - mean))
            .sum();
        let error = (squares / (n - 1.0) / n).sqrt();
        let degrees = u32::try_from(values.len() - 1).unwrap_or(u32::MAX);
        Some(Self {
            mean,
            half_width: student_t(confidence, degrees) * error,
        })
    }

    /// The interval of the mean of `left[i] - right[i]`: two variants under common random numbers,
    /// compared replication by replication. `None` with fewer than two pairs; values without a
    /// partner are left out.
    ///
    /// # Source
    /// Paired t: Law, Simulation Modeling and Analysis, 5th ed. (2015), section 10.2.1.
    #[must_use]
    pub fn of_differences(left: &[f64], right: &[f64], confidence: f64) -> Option<Self> {
        let differences: Vec<f64> = left.iter().zip(right).map(|(a, b)| a - b).collect();
        Self::of(&differences, confidence)
    }

    /// Whether `value` lies inside, ends included.
    #[must_use]
    pub fn covers(&self, value: f64) -> bool {
        (value - self.mean).abs() <= self.half_width
    }
}

/// The value that |t| stays below with probability `confidence`, for Student's t with `degrees`
/// (1 or more) of freedom.
///
/// # Source
/// Finite series of the distribution for whole degrees of freedom: Abramowitz and Stegun, Handbook
/// of Mathematical Functions, 26.7.3 and 26.7.4; inverted by bisection.
#[must_use]
pub fn student_t(confidence: f64, degrees: u32) -> f64 {
    // Beyond this the series is long and the difference from the normal is below 1e-4.
    let degrees = degrees.clamp(1, 20_000);
    let (mut low, mut high) = (0.0, 1.0);
    while central(high, degrees) < confidence {
        high *= 2.0;
    }
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if central(middle, degrees) < confidence {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// Probability that |t| is at most `t`.
fn central(t: f64, degrees: u32) -> f64 {
    let nu = f64::from(degrees);
    let (sin, cos) = (t / (nu + t * t).sqrt(), (nu / (nu + t * t)).sqrt());
    let odd = degrees % 2 == 1;
    // Powers of the cosine, odd ones for odd degrees, with their coefficients.
    let (mut term, mut sum) = if odd { (cos, 0.0) } else { (1.0, 0.0) };
    let mut power = u32::from(odd);
    while power + 2 <= degrees {
        sum += term;
        term *= cos * cos * f64::from(power + 1) / f64::from(power + 2);
        power += 2;
    }
    if odd {
        let angle = libm::atan(t / nu.sqrt());
        return 2.0 / std::f64::consts::PI * (angle + sin * sum);
    }
    sin * sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{ContinuousCDF, StudentsT};

    // Goal: the critical values are those of Student's t, for odd and even degrees.
    // Method: compare with statrs' distribution, and with the printed table's 2.776 for 4 degrees.
    #[test]
    fn critical_values_agree_with_statrs() {
        for degrees in [1, 2, 3, 4, 5, 9, 10, 29, 30, 199, 1_000] {
            for confidence in [0.5, 0.9, 0.95, 0.999] {
                let t = student_t(confidence, degrees);
                let exact = StudentsT::new(0.0, 1.0, f64::from(degrees)).unwrap();
                let covered = 1.0 - 2.0 * exact.cdf(-t);
                assert!(
                    (covered - confidence).abs() < 1e-8,
                    "{degrees} {confidence}: {covered}"
                );
            }
        }
        assert!((student_t(0.95, 4) - 2.776_445).abs() < 1e-6);
    }

    // Goal: what both variants share does not widen the interval of their difference.
    // Method: two series that differ by 1 almost exactly, with a large common part.
    #[test]
    fn differences_lose_what_is_common() {
        let left = [101.0, 7.0, 55.5, 31.0];
        let right = [100.0, 6.1, 54.5, 29.9];
        let interval = Interval::of_differences(&left, &right, 0.95).unwrap();
        assert!(interval.covers(1.0) && interval.half_width < 0.2);
        assert!(!interval.covers(0.0));
    }

    // Goal: one value has no interval, equal values have one of no width.
    // Method: the two smallest cases.
    #[test]
    fn few_values_have_no_interval() {
        assert_eq!(Interval::of(&[1.0], 0.95), None);
        assert_eq!(
            Interval::of(&[2.0, 2.0], 0.95),
            Some(Interval {
                mean: 2.0,
                half_width: 0.0
            })
        );
    }
}
