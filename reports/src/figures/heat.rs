//! The use of the quota over hours and days, one cell for each stretch of minutes.
use super::load::all_calls;
use super::{Figure, Part, both};
use crate::clock::Clock;
use crate::draw::{Anchor, Canvas, Drawing, Fill, Hue, Ink, Size, text_width};
use crate::number::{count, in_words, share};
use crate::table::{Cell, Table};
use crate::text::Text;
use keystorm_record::{Record, Variant};

/// Shorter runs have no map.
const SECONDS_MIN: usize = 7_200;
/// Up to so many hours have a row each; longer runs a row for each day.
const HOURS_MAX: usize = 48;
/// Upper ends of the shades; what is above the last is red.
const LEVELS: [f64; 6] = [0.25, 0.5, 0.7, 0.85, 0.95, 1.0];
/// Words of the key.
const KEY: [&str; 7] = [
    "under 25", "25–50", "50–70", "70–85", "85–95", "95–100", "over 100",
];

/// The use of the quota.
struct Map {
    /// Seconds of a cell and of a row.
    cell: usize,
    row: usize,
    rows: Vec<Row>,
    /// Row, column and use of the busiest cell.
    busiest: (usize, usize, f64),
}

/// One hour or day.
struct Row {
    name: String,
    /// Busiest second of each cell, as a share of the quota; `None` outside of the run.
    cells: Vec<Option<f64>>,
    /// Busiest clock minute, as a share of the quota.
    minute: f64,
    /// Minutes with a second above the quota.
    over: usize,
}

impl Map {
    fn of(record: &Record, variant: &Variant) -> Option<Self> {
        let series = &variant.series;
        if series.seconds() < SECONDS_MIN {
            return None;
        }
        let clock = Clock::of(record);
        let offset = usize::try_from(clock.second_of_day(0)).unwrap_or(0);
        let hours = (offset + series.seconds()).div_ceil(3_600) - offset / 3_600;
        let (cell, row) = if hours > HOURS_MAX {
            (900, 86_400)
        } else {
            (60, 3_600)
        };
        let usage = |second: usize| {
            let quota = variant.setup.kms_quota_at(second as u64).as_f64().max(1.0);
            all_calls(series, second) / quota
        };
        let first = offset / row;
        let count = (offset + series.seconds()).div_ceil(row) - first;
        let rows = (0..count).map(|i| {
            let begins = (first + i) * row;
            let inside = |at: usize| at.checked_sub(offset).filter(|s| *s < series.seconds());
            let uses = |from: usize, length: usize| {
                (from..from + length)
                    .filter_map(inside)
                    .map(usage)
                    .collect::<Vec<_>>()
            };
            let most = |uses: &[f64]| uses.iter().copied().reduce(f64::max);
            let minutes: Vec<_> = (0..row / 60).map(|m| uses(begins + m * 60, 60)).collect();
            let mean = |uses: &Vec<f64>| uses.iter().sum::<f64>() / uses.len().max(1) as f64;
            let cells = minutes.chunks(cell / 60).map(|it| most(&it.concat()));
            let name = if row == 3_600 {
                format!("{:02}", (first + i) % 24)
            } else {
                let second = begins.saturating_sub(offset) as u64;
                clock.rfc3339(second).chars().take(10).collect()
            };
            Row {
                name,
                cells: cells.collect(),
                minute: minutes.iter().map(mean).fold(0.0, f64::max),
                over: minutes.iter().filter(|it| most(it) > Some(1.0)).count(),
            }
        });
        let rows: Vec<Row> = rows.collect();
        let mut busiest = (0, 0, 0.0);
        for (i, row) in rows.iter().enumerate() {
            for (k, cell) in row.cells.iter().enumerate() {
                if cell.is_some_and(|cell| cell > busiest.2) {
                    busiest = (i, k, cell.unwrap_or(0.0));
                }
            }
        }
        Some(Self {
            cell,
            row,
            rows,
            busiest,
        })
    }

    fn over(&self) -> usize {
        self.rows.iter().map(|row| row.over).sum()
    }

    /// The clock time of a cell; with its day where rows are days.
    fn time(&self, row: usize, column: usize) -> String {
        if self.row == 3_600 {
            return format!("{}:{column:02}", self.rows[row].name);
        }
        let minutes = column * self.cell / 60;
        format!(
            "{} {:02}:{:02}",
            self.rows[row].name,
            minutes / 60,
            minutes % 60
        )
    }
}

pub(super) fn figure(record: &Record) -> Option<Figure> {
    let baseline = record.variants.first()?;
    // Where all cells have the palest shade there is nothing to see.
    let map = Map::of(record, baseline).filter(|map| map.busiest.2 > LEVELS[0])?;
    let days = map.row == 86_400;
    let (row, cell) = if days {
        ("day", "quarter of an hour")
    } else {
        ("hour", "minute")
    };
    let part = Part {
        id: "fig-day-1".into(),
        heading: String::new(),
        title: format!("Use of the KMS quota by {row} and {cell}"),
        desc: "A map of cells: the darker (on a dark page, the brighter), the more of the quota \
               the busiest second takes; red is above it. The table holds each row."
            .into(),
        drawings: both(|size| draw(&map, size)),
        summary: if days {
            "Days as a table"
        } else {
            "Hours as a table"
        }
        .into(),
        table: table(&map),
    };
    let (busy, column, most) = map.busiest;
    let minute = map.rows.iter().map(|row| row.minute).fold(0.0, f64::max);
    Some(Figure {
        id: "fig-day",
        number: 0,
        word: "Day",
        subject: if days { "Days of use" } else { "A day of use" }.into(),
        note: format!(
            "{}: one cell is one {cell}, its shade the busiest second in it.",
            baseline.name
        ),
        headline: headline(&map),
        lede: format!(
            "Row: {row}. Column: {cell}. All callers of the account, percent of the quota."
        ),
        parts: vec![part],
        caption: Text::new(format!(
            "The outlined cell, {}, reaches {} of the quota; the busiest minute of CloudWatch \
             shows {}.",
            map.time(busy, column),
            share(most),
            share(minute)
        )),
    })
}

fn headline(map: &Map) -> String {
    let (row, column, most) = map.busiest;
    let time = map.time(row, column);
    match map.over() {
        0 if most >= 0.8 => format!("{time} comes within {} of the quota", share(1.0 - most)),
        0 => format!(
            "The busiest second, at {time}, takes {} of the quota",
            share(most)
        ),
        1 => format!("One minute exceeds the quota, {time}"),
        n => {
            let minutes = if n < 10 { in_words(n) } else { count(n as f64) };
            format!(
                "{} minutes exceed the quota, {time} most",
                crate::text::capital(&minutes)
            )
        }
    }
}

fn shade(usage: f64) -> Fill {
    let level = LEVELS.iter().take_while(|end| usage > **end).count();
    Fill::Heat(u8::try_from(level).unwrap_or(0))
}

fn draw(map: &Map, size: Size) -> Drawing {
    let narrow = size == Size::Narrow;
    let names = map.rows.iter().map(|row| text_width(&row.name, true));
    let left = names.fold(20.0, f64::max).ceil() + 8.0;
    let columns = map.row / map.cell;
    let width = (size.width() - left) / columns as f64;
    let high = if map.row == 3_600 { 14.0 } else { 22.0 };
    let mut keys = vec![Vec::new()];
    let mut x = left;
    for (level, text) in KEY.iter().enumerate() {
        let wide = 15.0 + text_width(text, level == 6) + 14.0;
        if x + wide > size.width() + 14.0 {
            keys.push(Vec::new());
            x = left;
        }
        if let Some(line) = keys.last_mut() {
            line.push((x, level, *text));
        }
        x += wide;
    }
    let top = 18.0 * keys.len() as f64 + 30.0;
    let height = top + high * map.rows.len() as f64 + 4.0;
    let gap = if width > 4.0 { 1.0 } else { 0.0 };
    let body = Canvas::draw(size, height, |canvas| {
        for (i, line) in keys.iter().enumerate() {
            let y = 4.0 + 18.0 * i as f64;
            for &(x, level, text) in line {
                let fill = Fill::Heat(u8::try_from(level).unwrap_or(0));
                canvas.rect((x, y), (x + 10.0, y + 10.0), Ink::Bar(fill));
                if level == 6 {
                    canvas.bold(text, x + 15.0, y + 9.5, Anchor::Start, Ink::Hued(Hue::Red));
                } else {
                    canvas.text(text, x + 15.0, y + 9.5, Anchor::Start, Ink::Words);
                }
            }
        }
        let each = columns / if narrow { 3 } else { 6 };
        for column in (0..columns).step_by(each) {
            let text = match map.row {
                3_600 => format!(":{column:02}"),
                _ => format!("{:02}:00", column * map.cell / 3_600),
            };
            let x = left + column as f64 * width;
            canvas.text(&text, x, top - 8.0, Anchor::Start, Ink::Ticks);
        }
        for (i, row) in map.rows.iter().enumerate() {
            let y = top + high * i as f64;
            let base = y + high / 2.0 + 4.0;
            if row.over > 0 {
                let ink = Ink::Hued(Hue::Red);
                canvas.bold(&row.name, left - 8.0, base, Anchor::End, ink);
            } else {
                canvas.text(&row.name, left - 8.0, base, Anchor::End, Ink::Ticks);
            }
            for (column, cell) in row.cells.iter().enumerate() {
                let Some(usage) = cell else { continue };
                let x = left + column as f64 * width;
                let to = (x + width - gap, y + high - 1.0);
                canvas.rect((x, y), to, Ink::Bar(shade(*usage)));
            }
        }
        let (row, column, _) = map.busiest;
        let (x, y) = (
            left + column as f64 * width - 1.5,
            top + high * row as f64 - 1.5,
        );
        let (to_x, to_y) = (x + width - gap + 3.0, y + high + 2.0);
        let corners = [(x, y), (to_x, y), (to_x, to_y), (x, to_y), (x, y)];
        canvas.line(&corners, Ink::Axis);
    });
    Drawing {
        size,
        height,
        body,
        readout: None,
    }
}

fn table(map: &Map) -> Table {
    let first = if map.row == 3_600 { "Hour" } else { "Day" };
    let heads = [
        first,
        "Busiest second",
        "At",
        "Busiest minute",
        "Minutes over the quota",
    ];
    let mut table = Table::new(&heads);
    for (i, row) in map.rows.iter().enumerate() {
        let cells = row
            .cells
            .iter()
            .enumerate()
            .filter_map(|(k, cell)| Some((k, (*cell)?)));
        let most = cells.max_by(|a, b| a.1.total_cmp(&b.1));
        let over = row.over as f64;
        table.row(
            &row.name,
            vec![
                Cell::optional(most.map(|it| it.1), share),
                most.map_or_else(Cell::nothing, |it| Cell::words(map.time(i, it.0))),
                Cell::number(row.minute, share(row.minute)),
                Cell::number(over, count(over)).marked(row.over > 0),
            ],
        );
    }
    table.noted("Shares of the KMS quota, all callers of the account, mean over replications.")
}
