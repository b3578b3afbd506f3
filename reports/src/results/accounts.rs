//! KMS in further accounts, each with a quota of its own.
use crate::number::{rate, share_fine};
use crate::table::{Cell, Table};
use keystorm_record::{Int, KmsCounts, OtherAccount, Record, Variant};

/// Title of the table.
pub(crate) const TITLE: &str = "KMS calls per second in other accounts";

/// What KMS counted in an account, over the replications.
pub(crate) struct OfAccount<'a> {
    pub(crate) account: &'a OtherAccount,
    counts: Vec<(&'a KmsCounts, f64)>,
}

/// The further accounts of a variant.
pub(crate) fn all(variant: &Variant) -> impl Iterator<Item = OfAccount<'_>> {
    let accounts = variant.setup.other_accounts.iter().enumerate();
    accounts.map(|(number, account)| {
        let counts = variant.replications.iter().filter_map(move |it| {
            let seconds = it.measured_ns.as_f64() / 1e9;
            Some((it.other_accounts.get(number)?, seconds))
        });
        OfAccount {
            account,
            counts: counts.collect(),
        }
    })
}

impl OfAccount<'_> {
    /// Mean over the replications; 0 without any.
    fn mean(&self, of: impl Fn(&KmsCounts, f64) -> f64) -> f64 {
        let sum: f64 = self
            .counts
            .iter()
            .map(|(it, seconds)| of(it, *seconds))
            .sum();
        sum / self.counts.len().max(1) as f64
    }

    /// Share of its calls that are refused.
    pub(crate) fn refused(&self) -> f64 {
        let sum = |of: fn(&KmsCounts) -> Int| self.mean(|it, _| of(it).as_f64());
        let calls = sum(KmsCounts::calls);
        let refused = sum(|it| it.refused);
        if calls > 0.0 { refused / calls } else { 0.0 }
    }

    /// What first attempts and other load ask for in the busiest second \[1/s\].
    pub(crate) fn demand(&self) -> f64 {
        self.mean(|it, _| it.peak_second_first.as_f64())
    }

    fn headroom(&self) -> f64 {
        1.0 - self.demand() / self.account.kms_quota_per_s.as_f64()
    }
}

/// A row per variant and account; `None` if no variant has any.
pub(crate) fn table(record: &Record) -> Option<Table> {
    let mut table = Table::new(&[
        "Variant, account",
        "Quota",
        "Calls/s",
        "Demand",
        "Peak",
        "Minute",
        "Headroom",
        "Refused",
    ]);
    for variant in &record.variants {
        for of in all(variant) {
            let number = |value: f64| Cell::number(value, rate(value));
            let (headroom, refused) = (of.headroom(), of.refused());
            let minute =
                of.mean(|it, _| it.peak_minute.as_f64() / it.peak_minute_seconds.as_f64().max(1.0));
            table.row(
                format!("{}, {}", variant.name, of.account.name),
                vec![
                    number(of.account.kms_quota_per_s.as_f64()),
                    number(of.mean(|it, seconds| it.calls().as_f64() / seconds)),
                    number(of.demand()),
                    number(of.mean(|it, _| it.peak_second.as_f64())),
                    number(minute),
                    Cell::number(headroom, share_fine(headroom)).marked(headroom < 0.0),
                    Cell::number(refused, share_fine(refused)).marked(refused > 0.0),
                ],
            );
        }
    }
    (!table.rows.is_empty()).then_some(table)
}
