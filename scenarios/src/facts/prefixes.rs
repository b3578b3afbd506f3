//! Facts about what S3 admits, and how its latency drifts.
use super::words::rate;
use super::{Facts, assumed, sourced};
use crate::assemble;
use crate::schema::{LatencyFactor, Splitting};
use keystorm_models::tables;
use keystorm_record::Fact;

impl Facts<'_> {
    /// What S3 admits: of a directory bucket, or of each prefix.
    pub(super) fn rates(&self) -> Vec<Fact> {
        let s3 = &self.scenario.s3;
        let express = assemble::is_express(self.scenario);
        let (what, from, reads, writes, promised) = if express {
            let promised = tables::s3_directory_bucket_rates();
            let rates = (s3.bucket_read_rate, s3.bucket_write_rate);
            ("directory bucket", "bucket", rates.0, rates.1, promised)
        } else {
            let rates = (s3.prefix_read_rate, s3.prefix_write_rate);
            let promised = tables::s3_prefix_rates();
            ("prefix", "prefix", rates.0, rates.1, promised)
        };
        let promised = promised.map(|_| ());
        let mut list = vec![
            self.setting(
                &format!("s3.{from}-read-rate"),
                &format!("Reads (GET, HEAD, LIST) admitted per second and {what}"),
                rate(reads),
                &promised,
            ),
            self.setting(
                &format!("s3.{from}-write-rate"),
                &format!("Writes (PUT, COPY, DELETE, parts) admitted per second and {what}"),
                rate(writes),
                &promised,
            ),
            sourced(
                &format!("s3-{from}-interval"),
                &format!("How a {what} counts requests"),
                "a counter per one-second interval".to_owned(),
                &assumed("not published"),
            ),
        ];
        if !express {
            list.extend(self.splitting());
        }
        list
    }

    pub(super) fn latency_factor(&self) -> Vec<Fact> {
        let subject = "Factor on the times to first byte";
        let path = "s3.latency-factor";
        let drift = tables::s3_latency_drift().map(|_| ());
        let fact = match self.scenario.s3.latency_factor {
            LatencyFactor::Constant(factor) => {
                let value = format!("{factor}, the same in every replication");
                let none = assumed(
                    "as in the measured runs; those of another hour had medians of 0.9 to 2.1 of \
                     the table's",
                );
                self.setting(path, subject, value, &none)
            }
            LatencyFactor::Lognormal(it) => {
                let value = format!("lognormal, median 1, sigma {}, by replication", it.sigma);
                let path = &format!("{path}.lognormal.sigma");
                self.setting(path, subject, value, &drift)
            }
        };
        vec![fact]
    }

    fn splitting(&self) -> Vec<Fact> {
        let subject = "Prefixes under lasting load";
        let Splitting::ByHeat(times) = self.scenario.s3.splitting else {
            let promised = tables::s3_prefix_rates().map(|_| ());
            return vec![
                self.setting(
                    "s3.splitting",
                    subject,
                    "keep their rates; S3 would split them, after a time that AWS does not publish"
                        .to_owned(),
                    &promised,
                ),
            ];
        };
        let rule = tables::s3_prefix_splitting();
        let heat = format!(
            "split in two; hot from {} % of a rate, pauses of {} s allowed",
            rule.value.heat_percent, rule.value.pause_s
        );
        let path = |key: &str| format!("s3.splitting.by-heat.{key}");
        vec![
            sourced(
                "s3-splitting-heat",
                subject,
                heat,
                &assumed("not published; the measured bucket fits 40 to 95 %"),
            ),
            self.setting(
                &path("until-split"),
                "Time under heat until a prefix splits",
                times.until_split.to_string(),
                &rule.clone().map(|_| ()),
            ),
            self.setting(
                &path("until-merge"),
                "Time without heat until two halves join",
                times.until_merge.to_string(),
                &assumed(
                    "a warm bucket kept most of its throughput for one day and had lost it after \
                     five",
                ),
            ),
        ]
    }
}
