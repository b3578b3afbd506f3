//! What Bucket Keys save while old objects are left as they are.
use crate::draw::{Fill, ticks};
use crate::figures::bars::{BarRow, Bars, Number, Weight};
use crate::figures::{Figure, Part, both};
use crate::number::{THIN, count, grouped, share, significant, usd};
use crate::table::{Cell, Table};
use crate::text::Text;
use keystorm_record::plan::{Migration, Plan};

pub(super) fn figure(plan: &Plan) -> Option<Figure> {
    let migration = plan.mitigations.as_ref()?.migration.as_ref()?;
    let bars = bars(migration)?;
    let part = Part {
        id: "fig-migration-1".into(),
        heading: String::new(),
        title: "Dollars that Bucket Keys save a month, by the share of reads that find an old \
                object"
            .into(),
        desc: "One bar per share of old objects; the table below holds the numbers.".into(),
        drawings: both(|size| bars.draw(size)),
        summary: "Savings as a table".into(),
        table: table(migration),
    };
    Some(Figure {
        id: "fig-migration",
        number: 0,
        word: "Old objects",
        subject: "Bucket Keys and old objects".into(),
        note: "Bucket Keys are for new objects only. A read of an old one calls KMS until it is \
               copied onto itself, or replaced."
            .into(),
        headline: headline(migration),
        lede: "Dollars saved a month against no Bucket Keys, by the share of reads that find an \
               old object."
            .into(),
        parts: vec![part],
        caption: caption(migration),
    })
}

fn bars(migration: &Migration) -> Option<Bars> {
    let saved = |it: f64| it.max(0.0);
    let most = migration
        .kept
        .iter()
        .map(|it| saved(it.usd_per_month))
        .fold(0.0, f64::max);
    let row = |it: &keystorm_record::plan::Kept| {
        let end = Number::new(usd(it.usd_per_month), Weight::Strong);
        BarRow {
            name: if it.old_share > 0.0 {
                format!("{} old", share(it.old_share))
            } else {
                "no old objects".to_owned()
            },
            strong: false,
            segments: vec![(saved(it.usd_per_month), Fill::Blue)],
            cells: vec![
                end.clone(),
                Number::new(share(it.share.max(0.0)), Weight::Normal),
            ],
            end,
        }
    };
    (most > 0.0).then(|| Bars {
        rows: migration.kept.iter().map(row).collect(),
        columns: vec![
            ("Saved".to_owned(), None),
            ("Of KMS requests".to_owned(), None),
        ],
        key: Vec::new(),
        ticks: ticks(most).into_iter().map(|it| (it, usd(it))).collect(),
    })
}

fn headline(migration: &Migration) -> String {
    let per = match migration.objects {
        Some(_) => "Copying the old objects",
        None => "Copying a million old objects",
    };
    match migration.break_even_days {
        Some((low, Some(high))) if days(low) == days(high) => {
            format!("{per} pays for itself in {}", days(high))
        }
        Some((low, Some(high))) => {
            let (low, high) = (days(low), days(high));
            // One unit is said once.
            let low = match (low.split_once(THIN), high.split_once(THIN)) {
                (Some((number, unit)), Some((_, other))) if unit == other => number.to_owned(),
                _ => low,
            };
            format!("{per} pays for itself in {low} to {high}")
        }
        Some((low, None)) => format!("{per} pays for itself in {} at best", days(low)),
        None => "Copying old objects saves nothing here".into(),
    }
}

fn days(days: f64) -> String {
    let hours = days * 24.0;
    let (value, unit) = match days {
        _ if hours < 2.0 => (hours * 60.0, "min"),
        d if d < 2.0 => (hours, "h"),
        d if d < 365.0 => (d, "days"),
        d => (d / 365.0, "years"),
    };
    format!("{}{THIN}{unit}", significant(value, 2))
}

fn table(migration: &Migration) -> Table {
    let mut table = Table::new(&[
        "Reads that find an old object",
        "Saved a month",
        "Of KMS requests",
    ]);
    for it in &migration.kept {
        table.row(
            share(it.old_share),
            vec![
                Cell::number(it.usd_per_month, usd(it.usd_per_month)),
                Cell::number(it.share, share(it.share)),
            ],
        );
    }
    table.noted(
        "Bucket Keys as they are assumed to be kept. The ends are simulated; in between, each read \
         of an old object is one more call of KMS: a straight line.",
    )
}

fn caption(migration: &Migration) -> Text {
    let (low, high) = migration.usd_per_million;
    let text = Text::new("A million copies cost ")
        .strong(format!("{} to {}", usd(low), usd(high)))
        .plain(format!(
            ": COPY at {} a thousand, and one or two KMS requests each at {} per ten thousand, \
             since a Bucket Key may serve the new object. ",
            usd(migration.usd_per_copy * 1e3),
            usd(migration.usd_per_kms_request * 1e4)
        ));
    let text = match (migration.objects, migration.one_off_usd) {
        (Some(objects), Some((low, high))) => text
            .plain(format!("The bucket has about {} objects (", count(objects)))
            .code("cost.storage")
            .plain(" over the mean size asked for): ")
            .strong(format!("{} to {} once", usd(low), usd(high)))
            .plain(". "),
        _ => text
            .plain("How many objects there are is not known: say ")
            .code("cost.storage")
            .plain(" to have it computed. "),
    };
    let (least, assumed, most) = migration.usd_saved_per_day;
    let of = if migration.old_share_given {
        format!(
            "Of the reads {} find an old object",
            share(migration.old_share)
        )
    } else {
        "If every read finds an old object, as on the day on which Bucket Keys are turned on".into()
    };
    text.plain(format!(
        "{of}: copying them all saves {} a day ({} to {}). ",
        usd(assumed),
        usd(least),
        usd(most)
    ))
    .plain(format!(
        "Not in it: the fee of S3 Batch Operations, objects above {}{THIN}GB, which a single COPY \
         does not take, and storage classes with a charge for early deletion.",
        grouped(5.0, 0)
    ))
}
