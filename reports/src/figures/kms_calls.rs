//! Who calls KMS, and what for.
use super::bars::{BarRow, Bars, Number, Weight};
use super::{Figure, Part, both, bucket_key_calls};
use crate::draw::{Fill, ticks};
use crate::number::{grouped, rate, share};
use crate::table::{Cell, Table};
use crate::text::Text;
use crate::view;
use keystorm_record::{Int, KmsCounts, KmsRetries, Record, Variant};

/// What is told apart, in stacking order.
const KINDS: [(&str, Fill); 5] = [
    ("GenerateDataKey", Fill::Sky),
    ("Decrypt", Fill::Blue),
    ("Encrypt", Fill::Green),
    ("Retries", Fill::Red),
    ("Other load", Fill::Grey2),
];

/// Calls per second of a variant, mean over the measured windows of all replications.
struct Calls {
    /// First attempts by API, then all retries, then other load.
    kinds: [f64; 5],
    /// Retries by API, if the record knows.
    retries: Option<[f64; 3]>,
    refused: f64,
}

impl Calls {
    fn of(variant: &Variant) -> Option<Self> {
        let replications = &variant.replications;
        let seconds: f64 = replications
            .iter()
            .map(|it| it.measured_ns.as_f64() / 1e9)
            .sum();
        if seconds <= 0.0 {
            return None;
        }
        let rate = |of: &dyn Fn(&KmsCounts) -> Int| {
            let sum: Int = replications.iter().map(|it| of(&it.kms)).sum();
            sum.as_f64() / seconds
        };
        let known = replications.iter().all(|it| it.kms.retries.is_some());
        let again =
            |of: fn(&KmsRetries) -> Int| rate(&|kms| kms.retries.as_ref().map_or(Int(0), of));
        let retries = [
            again(|it| it.generate_data_key),
            again(|it| it.decrypt),
            again(|it| it.encrypt),
        ];
        Some(Self {
            kinds: [
                rate(&|kms| kms.generate_data_key) - retries[0],
                rate(&|kms| kms.decrypt) - retries[1],
                rate(&|kms| kms.encrypt) - retries[2],
                retries.iter().sum(),
                rate(&|kms| kms.other),
            ],
            retries: known.then_some(retries),
            refused: rate(&|kms| kms.refused),
        })
    }

    fn total(&self) -> f64 {
        self.kinds.iter().sum()
    }
}

pub(super) fn figure(record: &Record) -> Option<Figure> {
    let baseline = record.variants.first()?;
    if record.variants.iter().all(|v| view::fleet_calls(v) == 0) {
        return None;
    }
    let calls: Vec<_> = record.variants.iter().map(Calls::of).collect();
    let of_baseline = calls.first()?.as_ref()?;
    let bars = bars(record, &calls);
    let bucket_keys = bucket_key_calls::part(record);
    let part = Part {
        id: "fig-calls-1".into(),
        heading: String::new(),
        title: "KMS calls per second by API and caller".into(),
        desc: "One bar per variant: first attempts of the fleets by API, their retries, and the \
               other load of the account."
            .into(),
        drawings: both(|size| bars.draw(size)),
        summary: "Calls by API as a table".into(),
        table: table(record, &calls),
    };
    Some(Figure {
        id: "fig-calls",
        number: 0,
        word: "Calls",
        subject: "KMS calls by API and caller".into(),
        note: "Mean of the measured window. Blue: what the fleets ask for. Red: the same again \
               after a refusal. Grey: everybody else of the account."
            .into(),
        headline: headline(baseline, of_baseline),
        lede: "KMS calls per second, refused ones included.".into(),
        parts: [part].into_iter().chain(bucket_keys).collect(),
        caption: Text::new(
            "Writes take GenerateDataKey, reads Decrypt; a Bucket Key spares both while it lasts. \
             AWS publishes neither how long that is nor how many S3 keeps.",
        ),
    })
}

fn headline(baseline: &Variant, calls: &Calls) -> String {
    let fleets = calls.total() - calls.kinds[4];
    if fleets <= 0.0 {
        return format!("{} makes no call itself", baseline.name);
    }
    let apis = &KINDS[..3];
    let of_api = |i: usize| calls.kinds[i] + calls.retries.map_or(0.0, |it| it[i]);
    let most = (0..3).max_by(|&a, &b| of_api(a).total_cmp(&of_api(b)));
    let (name, part) = most.map_or(("", 0.0), |i| (apis[i].0, of_api(i) / fleets));
    let again = calls.kinds[3] / fleets;
    let what = if part > 0.999 {
        format!("All calls of the fleets are {name}")
    } else {
        format!("{} of the fleets’ calls are {name}", share(part))
    };
    if again > 0.005 {
        format!("{what}; {} are retries", share(again))
    } else {
        what
    }
}

fn bars(record: &Record, calls: &[Option<Calls>]) -> Bars {
    let found = || calls.iter().flatten();
    let most = found().map(Calls::total).fold(0.0, f64::max);
    let used: Vec<_> = (0..KINDS.len())
        .filter(|&i| found().any(|it| it.kinds[i] > 0.0))
        .collect();
    let number = |value: f64, weight| {
        let weight = if value == 0.0 { Weight::Faint } else { weight };
        Number::new(rate(value), weight)
    };
    let row = |(variant, calls): (&Variant, &Option<Calls>)| {
        let kinds = calls.as_ref().map_or([0.0; 5], |it| it.kinds);
        let numbers = used.iter().map(|&i| {
            let weight = if i == 3 { Weight::Bad } else { Weight::Normal };
            number(kinds[i], weight)
        });
        let total = kinds.iter().sum();
        BarRow {
            name: variant.name.clone(),
            strong: record
                .variants
                .first()
                .is_some_and(|v| v.name == variant.name),
            segments: KINDS
                .iter()
                .zip(kinds)
                .map(|(kind, value)| (value, kind.1))
                .collect(),
            cells: numbers.chain([number(total, Weight::Strong)]).collect(),
            end: number(total, Weight::Strong),
        }
    };
    let mut columns: Vec<_> = used
        .iter()
        .map(|&i| (KINDS[i].0.to_owned(), Some(KINDS[i].1)))
        .collect();
    columns.push(("All".into(), None));
    Bars {
        rows: record.variants.iter().zip(calls).map(row).collect(),
        columns,
        key: used
            .iter()
            .map(|&i| (KINDS[i].0.into(), KINDS[i].1))
            .collect(),
        ticks: ticks(most)
            .into_iter()
            .map(|v| (v, short(v, most)))
            .collect(),
    }
}

fn short(value: f64, most: f64) -> String {
    let decimals = usize::from(most < 10.0 && value.fract() != 0.0);
    grouped(value, decimals)
}

fn table(record: &Record, calls: &[Option<Calls>]) -> Table {
    let mut head = vec!["Variant".to_owned()];
    for (name, _) in &KINDS[..3] {
        head.extend([format!("{name}, first"), format!("{name}, again")]);
    }
    head.extend(["Refused", "Other load", "All"].map(String::from));
    let heads: Vec<_> = head.iter().map(String::as_str).collect();
    let mut table = Table::new(&heads);
    for (variant, calls) in record.variants.iter().zip(calls) {
        let Some(calls) = calls else { continue };
        let cell = |value: f64| Cell::number(value, rate(value));
        let mut row = Vec::new();
        for i in 0..3 {
            row.push(cell(calls.kinds[i]));
            row.push(Cell::optional(calls.retries.map(|it| it[i]), rate));
        }
        row.extend([calls.refused, calls.kinds[4], calls.total()].map(cell));
        table.row(&variant.name, row);
    }
    let apis = KINDS[..3].iter().map(|kind| kind.0);
    let unused: Vec<_> = apis
        .flat_map(|name| [format!("{name}, first"), format!("{name}, again")])
        .collect();
    let unused: Vec<_> = unused.iter().map(String::as_str).collect();
    let note = "Calls per second, mean over replications; again: made to try something again.";
    table.without_zeros(&unused).noted(note)
}
