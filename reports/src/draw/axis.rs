//! Round values for axes.

/// Round values from 0 up to at least `most`: three to five steps of 1, 2, 2.5 or 5.
///
/// The last is the end of the axis. Empty ranges get an axis of 0 to 1.
pub(crate) fn ticks(most: f64) -> Vec<f64> {
    if most <= 0.0 || !most.is_finite() {
        return vec![0.0, 1.0];
    }
    let mut decade = 1.0;
    while decade * 10.0 <= most {
        decade *= 10.0;
    }
    while decade > most {
        decade /= 10.0;
    }
    let steps = [0.2, 0.25, 0.5, 1.0, 2.0, 2.5, 5.0];
    let step = steps
        .into_iter()
        .map(|s| s * decade)
        .find(|step| most / step <= 4.0)
        .unwrap_or(5.0 * decade);
    let count = (most / step).ceil().max(1.0);
    let mut values = vec![0.0];
    while (values.len() as f64) <= count {
        values.push(step * values.len() as f64);
    }
    values
}

/// Range \[log10\] from 1, 2 or 5 times a power of ten below `least` to one above `most`.
pub(crate) fn log_range(least: f64, most: f64) -> (f64, f64) {
    let steps: Vec<f64> = [1.0, 2.0, 5.0].into_iter().map(libm::log10).collect();
    let place = |value: f64| libm::log10(value.max(1e-9));
    let marks = |value: f64| {
        let decade = place(value).floor();
        [decade - 1.0, decade, decade + 1.0]
            .map(|d| steps.iter().map(move |s| d + s))
            .into_iter()
            .flatten()
    };
    let low = marks(least)
        .filter(|m| *m <= place(least) + 1e-9)
        .fold(f64::MIN, f64::max);
    let high = marks(most)
        .filter(|m| *m >= place(most) - 1e-9)
        .fold(f64::MAX, f64::min);
    (low, if high > low { high } else { low + 1.0 })
}

/// Steps \[s\] at which clock times are round.
const TIME_STEPS: [u64; 16] = [
    1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400,
];

/// Seconds of a run of `seconds` whose clock time is round, with at most `most` of them.
///
/// `second_of_day` is the clock time of t = 0.
pub(crate) fn clock_ticks(second_of_day: u64, seconds: u64, most: u64) -> Vec<u64> {
    let step = TIME_STEPS
        .into_iter()
        .find(|s| seconds / s <= most)
        .unwrap_or(86_400);
    (0..=seconds)
        .filter(|s| (second_of_day + s).is_multiple_of(step))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{clock_ticks, log_range, ticks};

    // Goal: axes have three to six round values and hold the largest one.
    // Method: values over six decades, and none.
    #[test]
    fn axes_are_round_and_hold_the_most() {
        assert_eq!(
            ticks(18_000.0),
            [0.0, 5_000.0, 10_000.0, 15_000.0, 20_000.0]
        );
        assert_eq!(ticks(0.0), [0.0, 1.0]);
        let mut most = 0.013;
        while most < 1e5 {
            let values = ticks(most);
            assert!(values.len() >= 3 && values.len() <= 6, "{most}: {values:?}");
            assert!(values.last().copied().unwrap() >= most * 0.999_999);
            most *= 1.37;
        }
        let (low, high) = log_range(0.011, 2.97);
        assert!((low + 2.0).abs() < 1e-9 && (high - libm::log10(5.0)).abs() < 1e-9);
    }

    // Goal: time labels stand at round clock times, whatever second the run starts at.
    // Method: a run of two minutes from 01:58:10.
    #[test]
    fn time_labels_stand_at_round_clock_times() {
        let start = 3_600 + 58 * 60 + 10;
        assert_eq!(clock_ticks(start, 120, 7), [10, 30, 50, 70, 90, 110]);
    }
}
