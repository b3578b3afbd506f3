//! Prices of one's own: a file that replaces those of the tables.
use super::node::{At, Entry, Node, Table, Value};
use super::{sha256, syntax, words};
use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::units::decimal::Decimal;
use keystorm_models::tables::{Price, PriceItem, Prices};
use keystorm_models::{Certainty, Sourced};

/// The table of a price file, and what stands before the names of prices in `keystorm facts`.
pub(crate) const TABLE: &str = "price";
/// KMS requests that are free in a month, as a name of a price file.
pub(crate) const KMS_FREE: &str = "kms-free-requests";
/// GB to the internet that are free in a month, as a name of a price file.
pub(crate) const TRANSFER_FREE: &str = "transfer-free-gb";

/// Billionths of a dollar in one.
const NANO: u64 = 1_000_000_000;

/// A file of prices that replace those of keystorm's tables, in every Region and on every day.
///
/// ```toml
/// [price]
/// kms-requests = "$0.03"      # of as many units as `keystorm facts prices` says: 10,000 requests
/// kms-free-requests = 20_000
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PriceFile {
    /// Path of the file, as given.
    pub path: String,
    /// SHA-256 of the file's text, in lower-case hexadecimal.
    pub sha256: String,
    prices: Vec<(PriceItem, Price)>,
    kms_free: Option<u64>,
    transfer_free: Option<u64>,
}

impl PriceFile {
    /// Reads the text of a price file. `path` is only for messages; no file is read.
    ///
    /// # Errors
    /// All mistakes at once: of syntax, or else unknown names and values that are no prices.
    pub fn read(path: &str, text: &str) -> Result<Self, Diagnostics> {
        let mut file = Self {
            path: path.to_owned(),
            sha256: sha256(text),
            prices: Vec::new(),
            kms_free: None,
            transfer_free: None,
        };
        let found = match syntax::parse(text) {
            Ok(document) => file.take(&document),
            Err(found) => found,
        };
        if found.is_empty() {
            return Ok(file);
        }
        let sources = vec![Source {
            name: path.to_owned(),
            text: text.to_owned(),
        }];
        Err(Diagnostics {
            sources,
            list: found,
        })
    }

    fn take(&mut self, document: &Table) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for (key, entry) in &document.entries {
            match &entry.node.value {
                Value::Table(prices) if key == TABLE => {
                    let prices = prices.entries.iter();
                    let wrong = prices.filter_map(|(name, it)| self.price(name, it).err());
                    found.extend(wrong.map(|it| *it));
                }
                _ if key == TABLE => {
                    let message = format!("`{TABLE}` is {}", entry.node.describe());
                    let place = entry.node.at.place();
                    let help = format!("begin the file with a line [{TABLE}]");
                    found.push(Diagnostic::new(place, message).help(help));
                }
                _ => found.push(stray(key, entry)),
            }
        }
        found.sort_by_key(|it| it.place.span.as_ref().map(|span| span.start));
        found
    }

    fn price(&mut self, name: &str, entry: &Entry) -> Result<(), Box<Diagnostic>> {
        let free = match name {
            KMS_FREE => Some(&mut self.kms_free),
            TRANSFER_FREE => Some(&mut self.transfer_free),
            _ => None,
        };
        if let Some(free) = free {
            *free = Some(whole(name, &entry.node)?);
            return Ok(());
        }
        let item = PriceItem::ALL.into_iter().find(|it| it.name() == name);
        let item = item.ok_or_else(|| Box::new(unknown(name, entry.key_at)))?;
        self.prices.push((item, dollars(item, &entry.node)?));
        Ok(())
    }

    /// Puts this file's prices in the place of the tables'.
    pub(crate) fn apply(&self, prices: &mut Prices) {
        for &(item, price) in &self.prices {
            prices.set(item, self.given(price));
        }
        if let Some(free) = self.kms_free {
            prices.kms_free_requests_per_month = self.given(free);
        }
        if let Some(free) = self.transfer_free {
            prices.transfer_free_gb_per_month = self.given(free);
        }
    }

    /// Where its values come from, as facts say it.
    pub(crate) fn source(&self) -> String {
        format!("{}, SHA-256 {}", self.path, &self.sha256[..12])
    }

    fn given<T>(&self, value: T) -> Sourced<T> {
        Sourced {
            value,
            source: self.source().into(),
            date: "".into(),
            certainty: Certainty::Documented,
            note: "".into(),
        }
    }
}

/// All names, those of free amounts included.
fn names() -> Vec<&'static str> {
    let items = PriceItem::ALL.into_iter().map(PriceItem::name);
    items.chain([KMS_FREE, TRANSFER_FREE]).collect()
}

fn unknown(name: &str, at: At) -> Diagnostic {
    let names = names();
    Diagnostic::new(at.place(), format!("there is no price `{name}`"))
        .label(words::did_you_mean(name, &names))
        .help(format!("prices are {}", names.join(", ")))
}

/// A key beside the table.
fn stray(key: &str, entry: &Entry) -> Diagnostic {
    let found = Diagnostic::new(
        entry.key_at.place(),
        format!("`{key}` is not expected; a price file has one table, [{TABLE}]"),
    );
    if names().contains(&key) {
        found.help(format!("put a line [{TABLE}] before it"))
    } else {
        found.label(words::did_you_mean(key, &[TABLE]))
    }
}

/// A price in dollars, of as many units as AWS publishes it for.
fn dollars(item: PriceItem, node: &Node) -> Result<Price, Box<Diagnostic>> {
    let (name, units) = (item.name(), item.units());
    let wrong = |help: String| {
        let message = format!(
            "`{TABLE}.{name}` is {}; expected dollars for {}, such as \"$0.03\"",
            node.describe(),
            item.subject()
        );
        Box::new(Diagnostic::new(node.at.place(), message).help(help))
    };
    let text = match &node.value {
        Value::Text(text) => text.trim(),
        Value::Integer(Some(_)) | Value::Float(_) => {
            return Err(wrong(format!("write \"${}\"", node.describe())));
        }
        _ => return Err(wrong("write dollars in quotes".to_owned())),
    };
    let Some(amount) = text.strip_prefix('$') else {
        return Err(wrong(
            "prices are in US dollars; write $ at the beginning".to_owned(),
        ));
    };
    let amount = amount.replace(',', "");
    let Some((number, "")) = Decimal::split(&amount) else {
        return Err(wrong("write a number after $, and nothing else".to_owned()));
    };
    let nano = number.times(NANO).ok();
    let nano = nano.filter(|nano| nano.is_multiple_of(units));
    nano.map(|nano| Price::of_nano_usd(nano / units))
        .ok_or_else(|| wrong("the finest price of one unit is a billionth of a dollar".to_owned()))
}

fn whole(name: &str, node: &Node) -> Result<u64, Box<Diagnostic>> {
    let number = match &node.value {
        Value::Integer(Some(number)) => u64::try_from(*number).ok(),
        _ => None,
    };
    number.ok_or_else(|| {
        let message = format!(
            "`{TABLE}.{name}` is {}; expected a whole number, at least 0",
            node.describe()
        );
        let help = "such as 20_000, without quotes";
        Box::new(Diagnostic::new(node.at.place(), message).help(help))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::Date;
    use keystorm_models::tables::prices;

    // Goal: a file that the tables write is read back as the same prices, and one price changes
    // only itself.
    // Method: every Region; then a discount on KMS requests.
    #[test]
    fn what_is_written_is_read_back() {
        for region in crate::tables::regions() {
            let text = crate::tables::price_file(region, Date::MAX).unwrap();
            let file = PriceFile::read("prices.toml", &text);
            let file = file.unwrap_or_else(|it| panic!("{}\n{text}", it.render(false)));
            let table = prices(region, Date::MAX);
            let mut read = prices("us-west-1", Date::MAX);
            file.apply(&mut read);
            for item in PriceItem::ALL {
                assert_eq!(read.of(item).value, table.of(item).value, "{item:?}");
            }
            assert_eq!(
                read.kms_free_requests_per_month.value,
                table.kms_free_requests_per_month.value
            );
        }
        let file = PriceFile::read("mine.toml", "price.kms-requests = \"$0.02\"").unwrap();
        let mut read = prices("us-east-1", Date::MAX);
        let before = read.clone();
        file.apply(&mut read);
        for item in PriceItem::ALL {
            let changed = item == PriceItem::KmsRequests;
            assert_eq!(read.of(item) != before.of(item), changed, "{item:?}");
        }
        assert_eq!(read.of(PriceItem::KmsRequests).value.nano_usd(), 2_000);
        assert!(
            read.of(PriceItem::KmsRequests)
                .source
                .starts_with("mine.toml, SHA-256 ")
        );
    }

    // Goal: every mistake is told at once, with its place and what was probably meant.
    // Method: one of each kind in one file.
    #[test]
    fn mistakes_have_a_place_and_help() {
        let text = "kms-keys = \"$1\"\n[price]\nkms-request = \"$0.03\"\ns3-put-requests = 0.005\n\
                    s3-get-requests = \"0.0004\"\nstorage-first-50-tb = \"$-1\"\n\
                    kms-requests = \"$0.000000001\"\nkms-free-requests = \"many\"\n";
        let found = PriceFile::read("mine.toml", text).unwrap_err();
        let shown = found.render(false);
        for words in [
            "mine.toml:1:1",
            "put a line [price] before it",
            "mine.toml:3:1",
            "did you mean `kms-requests`?",
            "mine.toml:4:19",
            "write \"$0.005\"",
            "mine.toml:5:19",
            "write $ at the beginning",
            "mine.toml:6:23",
            "write a number after $",
            "mine.toml:7:16",
            "billionth",
            "mine.toml:8:21",
            "expected a whole number",
            "7 mistakes in mine.toml",
        ] {
            assert!(shown.contains(words), "no {words:?} in\n{shown}");
        }
        let broken = PriceFile::read("mine.toml", "[price\n").unwrap_err();
        assert!(broken.render(false).contains("mine.toml:1:"));
    }
}
