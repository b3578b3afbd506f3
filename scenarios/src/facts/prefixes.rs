//! Facts about the prefixes of the bucket.
use super::{Facts, assumed, sourced};
use crate::schema::Splitting;
use keystorm_models::tables;
use keystorm_record::Fact;

impl Facts<'_> {
    pub(super) fn splitting(&self) -> Vec<Fact> {
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
