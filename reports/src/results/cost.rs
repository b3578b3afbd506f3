//! Cost by item, and by groups of items.
use crate::number::{significant, usd};
use crate::table::{Cell, Table};
use crate::view::{Period, amount, mean};
use keystorm_record::{Cost, Record, Variant};

/// Groups of items that are shown as one: name, prefix of the items. The first two are always
/// shown, the others where a variant pays for them.
const GROUPS: [(&str, &str); 5] = [
    ("S3 requests", "s3-"),
    ("KMS", "kms-"),
    ("CloudTrail", "cloudtrail-"),
    ("Storage", "storage"),
    ("Transfer", "transfer-"),
];
const ALWAYS: usize = 2;

/// Sums of the groups, and of whatever is in none.
pub(crate) const SUMS: usize = GROUPS.len() + 1;

/// Name of a group.
pub(crate) fn name(group: usize) -> &'static str {
    GROUPS.get(group).map_or("Other", |(name, _)| name)
}

/// Dollars a month, or a run, of an item.
fn dollars(variant: &Variant, cost: &Cost, period: Period) -> f64 {
    match period {
        Period::Month => cost.usd_per_month,
        Period::Run => {
            // Replications may end at different times: the items are parts of their mean.
            let hour: f64 = variant.costs.iter().map(|it| it.usd_per_hour).sum();
            let hours = if hour > 0.0 {
                amount(variant, period.metric()) / hour
            } else {
                0.0
            };
            cost.usd_per_hour * hours
        }
    }
}

/// Dollars a month, or a run, of each group, and of whatever is in none.
pub(crate) fn sums(variant: &Variant, period: Period) -> [f64; SUMS] {
    let mut sums = [0.0; SUMS];
    for cost in &variant.costs {
        let group = GROUPS
            .iter()
            .position(|(_, prefix)| cost.item.starts_with(prefix));
        sums[group.unwrap_or(GROUPS.len())] += dollars(variant, cost, period);
    }
    sums
}

/// The groups that a reader should see.
pub(crate) fn shown(record: &Record) -> Vec<usize> {
    let period = Period::of(record);
    let paid = |group: usize| record.variants.iter().any(|v| sums(v, period)[group] > 0.0);
    (0..SUMS)
        .filter(|&group| group < ALWAYS || paid(group))
        .collect()
}

/// Cost a month, or a run, by group, for narrow places; `None` if nothing but requests and keys is
/// paid for.
pub(crate) fn brief(record: &Record) -> Option<Table> {
    let shown = shown(record);
    if shown.len() == ALWAYS {
        return None;
    }
    let mut head = vec!["Variant"];
    head.extend(shown.iter().map(|&group| name(group)));
    head.push("Total");
    let mut table = Table::new(&head);
    for variant in &record.variants {
        let sums = sums(variant, Period::of(record));
        let mut cells: Vec<Cell> = shown
            .iter()
            .map(|&group| Cell::number(sums[group], usd(sums[group])))
            .collect();
        let total = sums.iter().sum();
        cells.push(Cell::number(total, usd(total)));
        table.row(&variant.name, cells);
    }
    Some(table)
}

/// Items of cost, in the order of their first appearance.
fn items(record: &Record) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    for cost in record.variants.iter().flat_map(|v| &v.costs) {
        if !items.contains(&cost.item) {
            items.push(cost.item.clone());
        }
    }
    items
}

/// Name of a cost item.
pub(crate) fn label(item: &str) -> String {
    match item {
        "kms-requests" => "KMS requests".into(),
        "kms-keys" => "KMS keys".into(),
        "s3-put-requests" => "S3 PUT".into(),
        "s3-get-requests" => "S3 GET".into(),
        "storage" => "Storage".into(),
        "transfer-out" => "Transfer out".into(),
        "cloudtrail-management-events" => "CloudTrail KMS events".into(),
        "cloudtrail-data-events" => "CloudTrail data events".into(),
        other => other.replace('-', " "),
    }
}

/// Cost a month, or a run, by item, with the total of an hour and of a month.
pub(crate) fn table(record: &Record) -> Table {
    let items = items(record);
    let labels: Vec<String> = items.iter().map(|i| label(i)).collect();
    let mut head = vec!["Variant"];
    head.extend(labels.iter().map(String::as_str));
    let period = Period::of(record);
    let total = format!("Total {}", period.each());
    head.extend([total.as_str(), "Total an hour", "Against the first"]);
    let mut table = Table::new(&head);
    let first = record
        .variants
        .first()
        .map_or(0.0, |v| amount(v, period.metric()));
    for variant in &record.variants {
        let mut cells: Vec<Cell> = items
            .iter()
            .map(|item| {
                let cost = variant.costs.iter().find(|c| c.item == *item);
                Cell::optional(cost.map(|c| dollars(variant, c, period)), usd)
            })
            .collect();
        let total = amount(variant, period.metric());
        cells.push(Cell::number(total, usd(total)));
        cells.push(Cell::optional(mean(variant, "cost.hour"), usd));
        cells.push(match first {
            f if f > 0.0 => Cell::number(total / f, format!("{}×", significant(total / f, 2))),
            _ => Cell::nothing(),
        });
        table.row(&variant.name, cells);
    }
    table
}
