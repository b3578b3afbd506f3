use super::bars::{BarRow, Bars, Number, Weight};
use super::{Figure, Part, both};
use crate::draw::Fill;
use crate::number::{count, share, share_fine};
use crate::table::{Cell, Table};
use crate::text::Text;
use crate::view::{self, ratio};
use keystorm_record::{Int, Record, Variant};

/// Shares of a variant's requests by how they ended.
struct Shares {
    first: f64,
    retried: f64,
    given_up: f64,
    other: f64,
    requests: Int,
}

impl Shares {
    fn of(variant: &Variant) -> Self {
        let c = view::counts(variant, None);
        let retried = ratio(c.ok_after_retry, c.requests);
        Self {
            first: (ratio(c.ok, c.requests) - retried).max(0.0),
            retried,
            given_up: ratio(c.throttled, c.requests),
            other: ratio(c.denied + c.rejected + c.failed + c.unfinished, c.requests),
            requests: c.requests,
        }
    }
}

/// Share of other outcomes from which they are worth a colour: a few requests are always under
/// way when a run ends.
const OTHER_MIN: f64 = 0.01;

pub(super) fn figure(record: &Record) -> Option<Figure> {
    let baseline = record.variants.first()?;
    let rows = record
        .variants
        .iter()
        .map(|v| row(v, v.name == baseline.name))
        .collect();
    let bars = Bars {
        rows,
        columns: vec![
            ("First try".into(), Some(Fill::Calm)),
            ("After retry".into(), Some(Fill::Amber)),
            ("Given up".into(), Some(Fill::Red)),
            ("Other".into(), Some(Fill::Ink)),
        ],
        key: vec![
            ("First try".into(), Fill::Calm),
            ("After retry".into(), Fill::Amber),
            ("Given up".into(), Fill::Red),
            ("Other".into(), Fill::Ink),
        ],
        ticks: [0.0, 0.5, 1.0].map(|v| (v, share(v))).into(),
    };
    let part = Part {
        id: "fig-outcomes-1".into(),
        heading: String::new(),
        title: "Outcomes of requests by mode".into(),
        desc: "Share of requests that succeed at the first try, succeed after a retry, are given \
               up after throttles, or end otherwise; the table below holds every number."
            .into(),
        drawings: both(|size| bars.draw(size)),
        summary: "Outcomes as a table".into(),
        table: table(record),
    };
    Some(Figure {
        id: "fig-outcomes",
        number: 2,
        word: "Outcomes",
        subject: "Outcomes by mode".into(),
        note: "Every request ends in exactly one outcome. Rows add up to 100\u{202f}%.".into(),
        headline: headline(record, baseline),
        lede: "Share of all requests whose intended start lies in the measured window.".into(),
        parts: vec![part],
        caption: caption(record),
    })
}

fn row(variant: &Variant, strong: bool) -> BarRow {
    let s = Shares::of(variant);
    let cell = |value: f64, bad: bool| match value {
        0.0 => Number::new("0", Weight::Faint),
        v if bad => Number::new(share_fine(v), Weight::Bad),
        v => Number::new(share_fine(v), Weight::Normal),
    };
    let end = match (s.given_up, s.other) {
        (0.0, o) if o <= OTHER_MIN => Number::new("none given up", Weight::Faint),
        (g, o) if g >= o => Number::new(format!("{} given up", share(g)), Weight::Bad),
        (_, o) => Number::new(format!("{} other", share(o)), Weight::Bad),
    };
    BarRow {
        name: variant.name.clone(),
        strong,
        segments: vec![
            (s.first, Fill::Calm),
            (s.retried, Fill::Amber),
            (s.given_up, Fill::Red),
            (s.other, Fill::Ink),
        ],
        cells: vec![
            cell(s.first, false),
            cell(s.retried, false),
            cell(s.given_up, true),
            cell(s.other, s.other > OTHER_MIN),
        ],
        end,
    }
}

fn headline(record: &Record, baseline: &Variant) -> String {
    let mine = Shares::of(baseline);
    if mine.other > 0.5 {
        return format!(
            "{} gets {} of its requests through",
            baseline.name,
            share(1.0 - mine.other)
        );
    }
    if mine.given_up > 0.0 {
        let relief = view::bucket_key(record).map(|v| Shares::of(v).given_up);
        let relief = match relief {
            Some(0.0) => "; with Bucket Keys, none".into(),
            Some(g) if g < mine.given_up => format!("; with Bucket Keys, {}", share(g)),
            _ => String::new(),
        };
        return format!(
            "{} gives up {} of its requests{relief}",
            baseline.name,
            share(mine.given_up)
        );
    }
    let worst = record
        .variants
        .iter()
        .max_by(|a, b| Shares::of(a).given_up.total_cmp(&Shares::of(b).given_up));
    match worst.map(|v| (v, Shares::of(v).given_up)) {
        Some((v, g)) if g > 0.0 => {
            format!(
                "{} gives up nothing; {} gives up {}",
                baseline.name,
                v.name,
                share(g)
            )
        }
        _ if record.variants.iter().all(|v| Shares::of(v).other == 0.0) => {
            "No mode gives up a request".into()
        }
        _ => "No mode gives up a request after throttles".into(),
    }
}

fn caption(record: &Record) -> Text {
    let mut text = Text::new("Given up: throttled at the last attempt that the retry rules allow");
    let mut rules: Vec<&str> = record
        .variants
        .iter()
        .map(|v| v.setup.retry.as_str())
        .collect();
    rules.dedup();
    text = match rules.as_slice() {
        [one] => text.plain(format!(" ({one}). ")),
        _ => text.plain(". "),
    };
    let (mut kms, mut s3) = (Int(0), Int(0));
    for variant in &record.variants {
        let counts = view::counts(variant, None);
        kms += counts.attempts_throttled_kms;
        s3 += counts.attempts_throttled_s3;
    }
    text.plain(match (kms.0, s3.0) {
        (0, 0) => "No attempt is refused for a quota or a rate.",
        (_, 0) => "Every refusal is KMS's; no prefix reaches its request rate.",
        (0, _) => "Every refusal is S3's, for the request rate of a prefix; KMS refuses nothing.",
        _ => "Both KMS and the request rate of S3's prefixes refuse attempts.",
    })
}

fn table(record: &Record) -> Table {
    let mut table = Table::new(&[
        "Variant",
        "First try",
        "After retry",
        "Given up",
        "Denied",
        "Rejected",
        "Failed",
        "Unfinished",
        "Requests a run",
    ]);
    for variant in &record.variants {
        let c = view::counts(variant, None);
        let s = Shares::of(variant);
        let cell = |value: f64| Cell::number(value, share_fine(value));
        let part = |n: Int| cell(ratio(n, c.requests));
        let replications = variant.replications.len().max(1) as f64;
        table.row(
            &variant.name,
            vec![
                cell(s.first),
                cell(s.retried),
                cell(s.given_up).marked(s.given_up > 0.0),
                part(c.denied),
                part(c.rejected),
                part(c.failed),
                part(c.unfinished),
                Cell::number(
                    s.requests.as_f64() / replications,
                    count((s.requests.as_f64() / replications).round()),
                ),
            ],
        );
    }
    table
        .noted("Over all replications. Failed: faults and time-outs. Unfinished: at the run's end.")
}
