//! What copying old objects under Bucket Keys costs and saves.
use super::candidate::{Today, set};
use super::{Question, Try, mean, unit_prices};
use crate::costs::HOURS_PER_MONTH;
use crate::experiment::plan::sensitivity::assumed::{BUCKET_KEY_BEST, BUCKET_KEY_WORST};
use crate::load::Setting;
use crate::schema::{Encryption, StorageClass};
use keystorm_models::workload::Operation;
use keystorm_record::Variant;
use keystorm_record::plan::{Kept, Migration};

/// Days of a month of 730 h.
const DAYS_PER_MONTH: f64 = HOURS_PER_MONTH as f64 / 24.0;
/// Shares of old objects of which it is told what Bucket Keys save.
const SHARES: [f64; 6] = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0];

/// Cost per month \[USD\] with Bucket Keys: when no read finds an old object, and when all do.
///
/// Each read of an old object calls KMS, the others share what Bucket Keys leave: in between, cost
/// is a straight line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ends {
    pub(super) none_old: f64,
    pub(super) all_old: f64,
}

impl Ends {
    /// Cost per month \[USD\] when this share of the reads finds an old object.
    pub(super) fn at(self, old_share: f64) -> f64 {
        self.none_old + old_share * (self.all_old - self.none_old)
    }

    /// Dollars per day that copying all old objects saves.
    pub(super) fn saved_per_day(self, old_share: f64) -> f64 {
        (self.at(old_share) - self.none_old) / DAYS_PER_MONTH
    }
}

/// What a million objects cost once \[USD\]: COPY, one KMS request for the key of the old object,
/// and none or one for the new one, for which a Bucket Key may serve.
pub(super) fn usd_per_million(usd_per_copy: f64, usd_per_kms_request: f64) -> (f64, f64) {
    let with = |requests: f64| 1e6 * (usd_per_copy + requests * usd_per_kms_request);
    (with(1.0), with(2.0))
}

/// Days until what costs `one_off` has paid for itself: at least and at most; `None` if it saves
/// nothing, in it if it may save nothing.
pub(super) fn break_even(one_off: (f64, f64), per_day: (f64, f64)) -> Option<(f64, Option<f64>)> {
    let (least, most) = per_day;
    let longest = (least > 0.0).then(|| one_off.1 / least);
    (most > 0.0).then(|| (one_off.0 / most, longest))
}

/// The migration of a scenario whose reads can have Bucket Keys; `None` for others.
pub(super) fn migration<E>(
    question: &Question<'_>,
    today: &Today<'_>,
    try_it: &mut Try<'_, E>,
) -> Result<Option<Migration>, E> {
    let scenario = today.scenario();
    let bucket = &scenario.bucket;
    let reads = [Operation::Get, Operation::RangedGet];
    let fits = scenario.uses(Encryption::SseKms)
        && bucket.storage_class == StorageClass::Standard
        && scenario.fleets.values().any(|fleet| {
            scenario.encryption_of(fleet) == Encryption::SseKms
                && reads.iter().any(|&it| fleet.asks_for(it))
        });
    if !fits {
        return Ok(None);
    }
    let mut month = |settings: &[Setting]| -> Result<Option<f64>, E> {
        let variant = try_it(settings)?;
        Ok(variant.and_then(|it| mean(&it, "cost.month")))
    };
    let off = [set("bucket.bucket-key", false)];
    let without = if bucket.bucket_key {
        month(&off)?
    } else {
        mean(question.today, "cost.month")
    };
    let given = !today.is_default("bucket.old-objects");
    let mut ends_of = |more: &[(&str, &str)]| -> Result<Option<Ends>, E> {
        let mut settings = Vec::new();
        if !bucket.bucket_key {
            settings.push(set("bucket.bucket-key", true));
        }
        settings.extend(more.iter().map(|&(path, value)| set(path, value)));
        let with = |share: u32, needed: bool| -> Vec<Setting> {
            let old = needed.then(|| set("bucket.old-objects", share));
            settings.iter().cloned().chain(old).collect()
        };
        let none_old = month(&with(0, given))?;
        let all_old = month(&with(1, true))?;
        Ok(none_old
            .zip(all_old)
            .map(|(none_old, all_old)| Ends { none_old, all_old }))
    };
    let (Some(assumed), Some(best), Some(worst), Some(without)) = (
        ends_of(&[])?,
        ends_of(&BUCKET_KEY_BEST)?,
        ends_of(&BUCKET_KEY_WORST)?,
        without,
    ) else {
        return Ok(None);
    };
    let old_share = if given { bucket.old_objects } else { 1.0 };
    let saved = [assumed, best, worst].map(|it| it.saved_per_day(old_share));
    let least = saved.iter().copied().fold(f64::INFINITY, f64::min);
    let most = saved.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (usd_per_copy, usd_per_kms_request) = unit_prices(question);
    let per_million = usd_per_million(usd_per_copy, usd_per_kms_request);
    let objects = objects(scenario.cost.storage.0, question.today);
    let one_off = objects.map(|it| (per_million.0 * it / 1e6, per_million.1 * it / 1e6));
    let kms_usd = kms_usd(question.today, bucket.bucket_key, without, assumed);
    let kept = SHARES.map(|share| {
        let usd = without - assumed.at(share);
        Kept {
            old_share: share,
            usd_per_month: usd,
            share: if kms_usd > 0.0 { usd / kms_usd } else { 0.0 },
        }
    });
    Ok(Some(Migration {
        objects,
        usd_per_copy,
        usd_per_kms_request,
        usd_per_million: per_million,
        one_off_usd: one_off,
        old_share,
        old_share_given: given,
        usd_saved_per_day: (least, saved[0], most),
        break_even_days: break_even(one_off.unwrap_or(per_million), (least, most)),
        kept: kept.into(),
    }))
}

/// What KMS requests cost per month without Bucket Keys \[USD\].
fn kms_usd(today: &Variant, has_bucket_key: bool, without: f64, assumed: Ends) -> f64 {
    let of_today = today.costs.iter().find(|it| it.item == "kms-requests");
    let of_today = of_today.map_or(0.0, |it| it.usd_per_month);
    // All but KMS requests costs the same with and without Bucket Keys.
    if has_bucket_key {
        let now = mean(today, "cost.month").unwrap_or(assumed.none_old);
        of_today + without - now
    } else {
        of_today
    }
}

/// Objects in so many bytes, by the mean size of those that are asked for; `None` without storage.
fn objects(storage: u64, today: &Variant) -> Option<f64> {
    let bytes = mean(today, "all.bytes-rate")?;
    let requests = mean(today, "all.throughput")?;
    let size = bytes / requests;
    (storage > 0 && size > 0.0).then(|| (storage as f64 / size).round())
}
