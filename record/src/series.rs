use crate::Int;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What happened in each second of the run, warm-up included, summed over replications.
///
/// Column `i` covers `[i, i+1)` seconds from t = 0; all columns have the same length. Divide by
/// `replications` for the mean of one run.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Series {
    /// Replications summed up here.
    pub replications: u32,
    /// Requests by intended start.
    pub requests: Vec<Int>,
    /// Requests that ended `ok`.
    pub ok: Vec<Int>,
    /// Requests given up after throttles.
    pub throttled: Vec<Int>,
    /// Bytes of objects of requests that ended `ok`.
    pub bytes_ok: Vec<Int>,
    /// KMS calls made for first attempts: what the load asks for without retries.
    pub kms_first_calls: Vec<Int>,
    /// KMS calls made for all attempts, refused ones included.
    pub kms_calls: Vec<Int>,
    /// Of `kms-calls`: refused for the quota.
    pub kms_refused: Vec<Int>,
    /// Calls of the account's other load, refused ones included.
    pub kms_other_calls: Vec<Int>,
    /// Replications in which KMS refused at least one call in this second.
    pub kms_refusing_replications: Vec<Int>,
    /// Attempts that S3 refused for the request rate of a prefix.
    pub s3_refused: Vec<Int>,
    /// Partitions of all prefixes at the first attempt of the second, or of the last one that had
    /// any. Empty where prefixes are never split, and in older records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub s3_partitions: Vec<Int>,
}

impl Series {
    /// A series of `seconds` zeros, of one replication.
    #[must_use]
    pub fn new(seconds: usize) -> Self {
        let mut series = Self {
            replications: 1,
            ..Self::default()
        };
        for column in series.columns_mut() {
            column.resize(seconds, Int(0));
        }
        series
    }

    /// Number of seconds.
    #[must_use]
    pub fn seconds(&self) -> usize {
        self.requests.len()
    }

    /// The columns with their names in CSV and JSON.
    #[must_use]
    pub fn columns(&self) -> [(&'static str, &[Int]); 10] {
        [
            ("requests", &self.requests),
            ("ok", &self.ok),
            ("throttled", &self.throttled),
            ("bytes-ok", &self.bytes_ok),
            ("kms-first-calls", &self.kms_first_calls),
            ("kms-calls", &self.kms_calls),
            ("kms-refused", &self.kms_refused),
            ("kms-other-calls", &self.kms_other_calls),
            ("kms-refusing-replications", &self.kms_refusing_replications),
            ("s3-refused", &self.s3_refused),
        ]
    }

    fn columns_mut(&mut self) -> [&mut Vec<Int>; 10] {
        [
            &mut self.requests,
            &mut self.ok,
            &mut self.throttled,
            &mut self.bytes_ok,
            &mut self.kms_first_calls,
            &mut self.kms_calls,
            &mut self.kms_refused,
            &mut self.kms_other_calls,
            &mut self.kms_refusing_replications,
            &mut self.s3_refused,
        ]
    }

    /// Adds the replications of another series; exact, in any order. Of runs that were cut, only
    /// the seconds that all of them reached are kept, so that sums stay comparable.
    pub fn add(&mut self, other: &Self) {
        self.replications += other.replications;
        for (mine, (_, theirs)) in self.columns_mut().into_iter().zip(other.columns()) {
            add(mine, theirs);
        }
        add(&mut self.s3_partitions, &other.s3_partitions);
    }
}

fn add(sums: &mut Vec<Int>, values: &[Int]) {
    sums.truncate(values.len());
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += *value;
    }
}

#[cfg(test)]
mod tests {
    use super::{Int, Series};

    // Goal: pooling is exact in any order and keeps the seconds that all replications reached.
    // Method: add a longer series to a shorter one and the other way round.
    #[test]
    fn adding_is_exact_in_any_order() {
        let mut short = Series::new(1);
        short.kms_calls[0] = Int(3);
        let mut long = Series::new(2);
        long.kms_calls = vec![Int(1), Int(2)];
        let (mut ab, mut ba) = (short.clone(), long.clone());
        ab.add(&long);
        ba.add(&short);
        assert_eq!(ab, ba);
        assert_eq!(ab.kms_calls, [Int(4)]);
        assert_eq!(ab.replications, 2);
    }
}
