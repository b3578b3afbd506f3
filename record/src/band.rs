use crate::{Int, Sum, TimeParts};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Requests of about the same latency that ended `ok`, and where their time went: from these a
/// report tells what a median request and a slow one consist of.
///
/// An octave of latencies has two bands of equal width: the latencies of a band differ by half of
/// its beginning at most.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct LatencyBand {
    /// Lowest latency of the band \[ns\]; the next band's is the first beyond it.
    pub from_ns: Int,
    /// Requests in it.
    pub requests: Int,
    /// Their time, summed by what it was spent on \[ns\], in this order: wait, connect, overhead,
    /// client-crypto, kms, first-byte, transfer, refused, back-off. Zeros at the end are left out.
    pub parts_ns: Vec<Sum>,
}

impl LatencyBand {
    /// A band with the parts of its requests.
    #[must_use]
    pub fn new(from_ns: u64, requests: u64, time: &TimeParts) -> Self {
        let mut parts_ns: Vec<Sum> = parts(&mut time.clone()).map(|part| *part).into();
        while parts_ns.last() == Some(&Sum(0)) {
            parts_ns.pop();
        }
        Self {
            from_ns: Int(from_ns),
            requests: Int(requests),
            parts_ns,
        }
    }

    /// Where the time of its requests went.
    #[must_use]
    pub fn time(&self) -> TimeParts {
        let mut time = TimeParts::default();
        for (part, sum) in parts(&mut time).into_iter().zip(&self.parts_ns) {
            *part = *sum;
        }
        time
    }

    /// Adds bands to others, both in ascending order; exact, in any order of adding.
    pub(crate) fn add_all(bands: &mut Vec<Self>, others: &[Self]) {
        for other in others {
            match bands.binary_search_by_key(&other.from_ns, |band| band.from_ns) {
                Ok(place) => {
                    let mut time = bands[place].time();
                    time.add(&other.time());
                    let requests = bands[place].requests + other.requests;
                    bands[place] = Self::new(other.from_ns.0, requests.0, &time);
                }
                Err(place) => bands.insert(place, other.clone()),
            }
        }
    }
}

/// The parts in the order of the record: new ones are appended, so that older records stay right.
fn parts(time: &mut TimeParts) -> [&mut Sum; 9] {
    [
        &mut time.wait_ns,
        &mut time.connect_ns,
        &mut time.overhead_ns,
        &mut time.client_crypto_ns,
        &mut time.kms_ns,
        &mut time.first_byte_ns,
        &mut time.transfer_ns,
        &mut time.refused_ns,
        &mut time.back_off_ns,
    ]
}

#[cfg(test)]
mod tests {
    use super::{Int, LatencyBand, Sum, TimeParts};

    // Goal: bands come back with the parts they were made from, and pooling is exact in any order.
    // Method: two lists that share one band, added both ways; the parts of the sum.
    #[test]
    fn pooling_bands_is_exact_in_any_order() {
        let time = |kms_ns, back_off_ns| TimeParts {
            kms_ns: Sum(kms_ns),
            back_off_ns: Sum(back_off_ns),
            ..TimeParts::default()
        };
        let a = vec![
            LatencyBand::new(8, 1, &time(8, 0)),
            LatencyBand::new(10, 2, &time(22, 0)),
        ];
        let b = vec![
            LatencyBand::new(10, 1, &time(1, 10)),
            LatencyBand::new(12, 1, &time(0, 12)),
        ];
        assert_eq!(a[0].parts_ns.len(), 5, "zeros at the end are left out");
        let (mut ab, mut ba) = (a.clone(), b.clone());
        LatencyBand::add_all(&mut ab, &b);
        LatencyBand::add_all(&mut ba, &a);
        assert_eq!(ab, ba);
        assert_eq!(
            ab.iter().map(|it| it.requests).collect::<Vec<_>>(),
            [1, 3, 1].map(Int)
        );
        assert_eq!(ab[1].time(), time(23, 10));
    }
}
