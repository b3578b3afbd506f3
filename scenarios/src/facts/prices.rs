//! Prices as facts.
use super::words::dollars;
use super::{Facts, assumed, fact, sourced, thousands};
use crate::assemble;
use crate::load::PriceFile;
use crate::load::prices::{KMS_FREE, TABLE, TRANSFER_FREE};
use crate::schema::{KmsEvents, KmsKey};
use keystorm_models::Sourced;
use keystorm_models::tables::{Price, PriceItem, Prices};
use keystorm_record::{Certainty, Fact};

/// Every price that the tables have, free tiers included.
pub(crate) fn all_prices(prices: &Prices) -> Vec<Fact> {
    let of = |item: &PriceItem| price(*item, prices.of(*item));
    let mut list: Vec<Fact> = PriceItem::ALL.iter().map(of).collect();
    let free = [kms_free(prices, false), transfer_free(prices)];
    for fact in free {
        // Beside what it is free of.
        let place = if fact.id == id(KMS_FREE) {
            PriceItem::KmsKeys
        } else {
            PriceItem::TransferOutFirst10Tb
        };
        let id = id(place.name());
        let at = list.iter().position(|it| it.id == id);
        list.insert(at.unwrap_or(list.len()), fact);
    }
    list
}

fn id(name: &str) -> String {
    format!("{TABLE}.{name}")
}

/// The price of as many units as AWS publishes it for.
fn price(item: PriceItem, price: &Sourced<Price>) -> Fact {
    let nano_usd = price.value.nano_usd().saturating_mul(item.units());
    let subject = format!("Price of {}", item.subject());
    fact(&id(item.name()), &subject, dollars(nano_usd), price.clone())
}

fn kms_free(prices: &Prices, in_words: bool) -> Fact {
    let free = prices.kms_free_requests_per_month.clone();
    let number = thousands(free.value);
    let value = if in_words {
        format!("{number} free")
    } else {
        number
    };
    fact(&id(KMS_FREE), "KMS requests free in a month", value, free)
}

fn transfer_free(prices: &Prices) -> Fact {
    let free = prices.transfer_free_gb_per_month.clone();
    let subject = "GB to the internet free in a month";
    fact(&id(TRANSFER_FREE), subject, thousands(free.value), free)
}

impl Facts<'_> {
    /// The prices that this scenario's costs use.
    pub(super) fn prices(&self, calls_kms: bool, file: Option<&PriceFile>) -> Vec<Fact> {
        let prices = assemble::prices(self.scenario, file);
        let of = |item: PriceItem| price(item, prices.of(item));
        let mut list = Vec::new();
        if calls_kms {
            list.push(of(PriceItem::KmsRequests));
            list.push(kms_free(&prices, true));
            list.push(sourced(
                "price.kms-refused",
                "KMS calls refused for a quota or failed",
                "not billed".to_owned(),
                &assumed("not published"),
            ));
            if self.scenario.kms.key == KmsKey::CustomerManaged {
                list.push(of(PriceItem::KmsKeys));
            }
        }
        let express = assemble::is_express(self.scenario);
        if express {
            list.extend([PriceItem::ExpressPut, PriceItem::ExpressGet].map(of));
            list.push(sourced(
                "express-data",
                "Charges of S3 Express One Zone for each GB written and read",
                "left out".to_owned(),
                &assumed("$0.0032 and $0.0006 in AWS's example; small for small objects"),
            ));
        } else {
            list.extend([PriceItem::S3Put, PriceItem::S3Get].map(of));
        }
        let cost = &self.scenario.cost;
        if cost.storage.0 > 0 && express {
            list.push(of(PriceItem::ExpressStorage));
        } else if cost.storage.0 > 0 {
            let tiers = [
                PriceItem::StorageFirst50Tb,
                PriceItem::StorageNext450Tb,
                PriceItem::StorageOver500Tb,
            ];
            list.extend(tiers.map(of));
        }
        if cost.transfer_out > 0.0 {
            list.push(transfer_free(&prices));
            let tiers = [
                PriceItem::TransferOutFirst10Tb,
                PriceItem::TransferOutNext40Tb,
                PriceItem::TransferOutNext100Tb,
                PriceItem::TransferOutOver150Tb,
            ];
            list.extend(tiers.map(of));
        }
        let trail = &cost.cloudtrail;
        let copies = trail.extra_management_copies > 0;
        if calls_kms && copies && trail.kms_events == KmsEvents::Included {
            list.push(of(PriceItem::CloudTrailManagementEvents));
            list.push(sourced(
                "cloudtrail-kms-refused",
                "KMS calls refused for the quota, in management events",
                "recorded and paid for".to_owned(),
                &assumed(
                    "that they are recorded is known, that they are paid for is not published",
                ),
            ));
        }
        if trail.data_events {
            list.push(of(PriceItem::CloudTrailDataEvents));
            list.push(sourced(
                "cloudtrail-refused",
                "Requests that S3 refuses, in data events",
                "recorded and paid for".to_owned(),
                &assumed("of a 503 not published"),
            ));
        }
        let source = file.map(PriceFile::source);
        for fact in &mut list {
            if source.as_ref() == Some(&fact.source) {
                fact.certainty = Certainty::Given;
            }
        }
        list
    }
}
