//! An axis of the grid for the result: its values in words, and as numbers where they are some.
use super::super::vary::Vary;
use crate::units::{ByteRate, ByteSize, Duration, Rate};
use keystorm_record::SweepAxis;

/// How a text is read as a number, and the unit of that.
type Reading = (&'static str, fn(&str) -> Option<f64>);

const READINGS: [Reading; 5] = [
    ("1", plain),
    ("1/s", |text| text.parse().ok().map(|it: Rate| it.0)),
    ("s", |text| {
        text.parse().ok().map(|it: Duration| it.0.as_secs_f64())
    }),
    ("B", |text| {
        text.parse().ok().map(|it: ByteSize| it.0 as f64)
    }),
    ("B/s", |text| {
        text.parse().ok().map(|it: ByteRate| it.0 as f64)
    }),
];

pub(super) fn axis(vary: &Vary) -> SweepAxis {
    let bare = |it: &String| it.trim_matches(['"', '\'']).to_owned();
    let bare: Vec<_> = vary.values.iter().map(bare).collect();
    let read = |&(unit, read): &Reading| {
        let numbers: Option<Vec<f64>> = bare.iter().map(|it| read(it)).collect();
        Some((unit.to_owned(), numbers?))
    };
    let (unit, numbers) = READINGS.iter().find_map(read).unwrap_or_default();
    SweepAxis {
        path: vary.path.clone(),
        values: vary.values.clone(),
        labels: (0..vary.values.len())
            .map(|it| vary.value_label(it))
            .collect(),
        numbers,
        unit,
    }
}

/// A number of a scenario, with underscores if wanted.
fn plain(text: &str) -> Option<f64> {
    let number: f64 = text.replace('_', "").parse().ok()?;
    number.is_finite().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: values that are numbers of one kind are told as that, and others are not.
    // Method: an axis of each unit, one with two kinds, and modes.
    #[test]
    fn axes_of_numbers_are_known() {
        for (vary, unit, numbers) in [
            (
                "kms.request-quota=10_000/s,\"2.5k/s\"",
                "1/s",
                &[10_000.0, 2_500.0][..],
            ),
            ("bucket.prefixes=1,1_0", "1", &[1.0, 10.0]),
            ("clients.keep-alive=250 ms,1 min", "s", &[0.25, 60.0]),
            ("fleets.web.size.fixed='64 KiB',1 MB", "B", &[65_536.0, 1e6]),
            ("bucket.prefixes=1,2/s", "", &[]),
            ("mode=sse-s3,client", "", &[]),
        ] {
            let axis = axis(&vary.parse().unwrap());
            assert_eq!(
                (axis.unit.as_str(), &axis.numbers[..]),
                (unit, numbers),
                "{vary}"
            );
        }
        let modes = axis(&"mode=sse-s3,client".parse().unwrap());
        assert_eq!(modes.labels, ["SSE-S3", "Client-side"]);
    }
}
