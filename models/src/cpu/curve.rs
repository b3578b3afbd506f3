use keystorm_sim::Span;
use std::fmt;

/// Times by size, linear between neighbours.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Curve {
    /// Bytes, ascending, and picoseconds. A larger size may be a little faster: small ones take
    /// other paths through a library.
    points: Vec<(u64, u64)>,
}

/// A size that was not measured, nor any beyond it: there is only a guess.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct OutsideFit {
    /// The size \[bytes\].
    pub len: u64,
    /// Smallest measured size \[bytes\].
    pub least: u64,
    /// Largest measured size \[bytes\].
    pub most: u64,
    /// A guess: below the smallest size its time; beyond the largest one, the last line goes on.
    pub guess: Span,
}

impl fmt::Display for OutsideFit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} bytes are outside of the calibration, which measured {} to {} bytes; {} is a guess",
            self.len, self.least, self.most, self.guess
        )
    }
}

impl std::error::Error for OutsideFit {}

impl Curve {
    /// A curve through these points; `None` unless there are two or more, with ascending sizes and
    /// positive times.
    pub(super) fn new(points: Vec<(u64, u64)>) -> Option<Self> {
        let ascend = points.windows(2).all(|w| w[0].0 < w[1].0);
        let positive = points.iter().all(|point| point.1 > 0);
        (points.len() >= 2 && ascend && positive).then_some(Self { points })
    }

    pub(super) fn sizes(&self) -> (u64, u64) {
        let last = self.points.len() - 1;
        (self.points[0].0, self.points[last].0)
    }

    pub(super) fn time(&self, len: u64) -> Result<Span, OutsideFit> {
        let (least, most) = self.sizes();
        let outside = |guess| OutsideFit {
            len,
            least,
            most,
            guess,
        };
        if len < least {
            return Err(outside(span(u128::from(self.points[0].1))));
        }
        // The line that ends at the first point at or beyond `len`, or the last one.
        let beyond = self.points.partition_point(|point| point.0 < len);
        let to = beyond.clamp(1, self.points.len() - 1);
        let time = span(line(self.points[to - 1], self.points[to], len));
        if len > most {
            Err(outside(time))
        } else {
            Ok(time)
        }
    }
}

/// Picoseconds at `len`, at or beyond `from`, on the line through two points; exact but for the
/// division, which rounds down. A line that falls goes on at the second point's height.
fn line(from: (u64, u64), to: (u64, u64), len: u64) -> u128 {
    let part = |rise: u64, run: u64| u128::from(rise) * u128::from(run) / u128::from(to.0 - from.0);
    if to.1 >= from.1 {
        u128::from(from.1) + part(to.1 - from.1, len - from.0)
    } else {
        u128::from(to.1) + part(from.1 - to.1, to.0.saturating_sub(len))
    }
}

/// Picoseconds to nanoseconds, to the nearest.
pub(super) fn span(picos: u128) -> Span {
    Span::from_nanos(u64::try_from((picos + 500) / 1_000).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn curve() -> Curve {
        Curve::new(vec![(64, 90_000), (1_024, 210_000), (4_096, 500_400)]).unwrap()
    }

    // Goal: measured sizes give what was measured, sizes between them what lies between.
    // Method: by hand, in picoseconds, rounded to nanoseconds at the end.
    #[test]
    fn between_measured_sizes_the_time_is_on_the_line() {
        let curve = curve();
        for (len, ns) in [
            (64, 90),
            (544, 150),
            (1_024, 210),
            (2_560, 355),
            (4_096, 500),
        ] {
            assert_eq!(curve.time(len), Ok(Span::from_nanos(ns)), "{len}");
        }
    }

    // Goal: nothing outside of the measured sizes looks measured.
    // Method: one byte on either side, none, and far away, with the guesses by hand.
    #[test]
    fn outside_of_measured_sizes_there_is_only_a_guess() {
        let curve = curve();
        for (len, ns) in [(63, 90), (0, 90), (4_097, 500), (7_168, 791)] {
            let outside = curve.time(len).unwrap_err();
            assert_eq!((outside.len, outside.least, outside.most), (len, 64, 4_096));
            assert_eq!(outside.guess, Span::from_nanos(ns), "{len}");
        }
        let text = curve.time(63).unwrap_err().to_string();
        assert!(
            text.starts_with("63 bytes are outside of the calibration"),
            "{text}"
        );
    }

    // Goal: a larger size may be faster, as short checksums are.
    // Method: a line that falls, at its ends, in its middle and beyond.
    #[test]
    fn a_line_may_fall() {
        let curve = Curve::new(vec![(64, 60_000), (128, 50_000)]).unwrap();
        for (len, ns) in [(64, 60), (96, 55), (128, 50)] {
            assert_eq!(curve.time(len), Ok(Span::from_nanos(ns)), "{len}");
        }
        assert_eq!(curve.time(1_000).unwrap_err().guess, Span::from_nanos(50));
    }

    // Goal: points that no time can be read from are refused.
    // Method: one point, equal sizes, descending ones, a time of zero.
    #[test]
    fn odd_points_are_no_curve() {
        for points in [
            vec![(64, 90)],
            vec![(64, 90), (64, 100)],
            vec![(128, 90), (64, 80)],
            vec![(64, 80), (128, 0)],
        ] {
            assert!(Curve::new(points.clone()).is_none(), "{points:?}");
        }
    }

    proptest! {
        // Goal: more bytes never take less time, and the largest sizes do not overflow.
        // Method: any two sizes, guesses included.
        #[test]
        fn more_bytes_take_no_less_time(a in any::<u64>(), b in any::<u64>(), small: bool) {
            let scale = if small { 5_000 } else { u64::MAX };
            let (a, b) = (a.min(b) % scale, a.max(b) % scale);
            let (a, b) = (a.min(b), a.max(b));
            let curve = curve();
            let time = |len| curve.time(len).unwrap_or_else(|outside| outside.guess);
            prop_assert!(time(a) <= time(b));
        }
    }
}
