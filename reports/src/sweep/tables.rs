//! Tables of a sweep's page that belong to no picture.
use super::{View, explained, label};
use crate::number::grouped;
use crate::table::{Cell, Table};
use crate::verdict::in_unit;
use keystorm_record::{Better, Unit};

/// Most values of an axis that are listed.
const VALUES_MAX: usize = 12;

/// The best point by each figure, and the worst.
pub(super) fn best(view: &View<'_>) -> Table {
    let mut table = Table::new(&["Figure", "Best", "At", "Worst", "At"]);
    for figure in view.figures.iter().filter(|it| it.varies()) {
        let Some(better) = figure.better else {
            continue;
        };
        let Some([least, most]) = view.sweep.extremes(&figure.name) else {
            continue;
        };
        let (best, worst) = match better {
            Better::Lower => (least, most),
            Better::Higher => (most, least),
        };
        let value = |it: Option<f64>| Cell::optional(it, |it| in_unit(it, figure.unit));
        table.row(
            &figure.head,
            vec![
                value(best.mean(&figure.name)),
                Cell::words(&best.name),
                value(worst.mean(&figure.name)),
                Cell::words(&worst.name),
            ],
        );
    }
    table
}

/// The settings that vary, and what each alone explains of the figures.
pub(super) fn settings(view: &View<'_>) -> Table {
    let figures: Vec<_> = view.varying().collect();
    let mut heads = vec!["Setting", "Values"];
    let explains: Vec<_> = figures.iter().map(|it| format!("Of {}", it.head)).collect();
    heads.extend(explains.iter().map(String::as_str));
    let mut table = Table::new(&heads);
    for (number, axis) in view.sweep.axes.iter().enumerate() {
        let all = axis.values.len();
        let listed = if all > VALUES_MAX {
            VALUES_MAX - 1
        } else {
            all
        };
        let mut values: Vec<_> = (0..listed).map(|it| label(axis, it).to_owned()).collect();
        if all > listed {
            values.push(format!("… {}", label(axis, all - 1)));
        }
        let mut cells = vec![Cell::words(values.join(", "))];
        cells.extend(figures.iter().map(|figure| {
            let its = view.effect(figure, number).share;
            Cell::number(its, explained(its))
        }));
        table.row(&axis.path, cells);
    }
    table
}

/// Conditions, and at how many points each holds.
pub(super) fn expectations(view: &View<'_>) -> Table {
    let mut table = Table::new(&["Condition", "Holds at", "Of points", "Least", "Most"]);
    // All points have the conditions of the scenario; the first with some has them in order.
    let points = &view.sweep.points;
    let Some(first) = points.iter().find(|it| !it.expectations.is_empty()) else {
        return table;
    };
    for condition in &first.expectations {
        let its = points.iter().flat_map(|it| &it.expectations);
        let its = its.filter(|it| it.condition == condition.condition);
        let all = its.clone().count();
        let holding = its.clone().filter(|it| it.holds).count();
        let values = its.filter_map(|it| it.value);
        let least = values.clone().reduce(f64::min);
        let most = values.reduce(f64::max);
        let kind = view.sweep.metrics.get(&condition.metric);
        let unit = kind.map_or(Unit::Count, |it| it.unit);
        let value = |it: Option<f64>| Cell::optional(it, |it| in_unit(it, unit));
        let number = |it: usize| Cell::number(it as f64, grouped(it as f64, 0));
        table.row(
            &condition.condition,
            vec![
                number(holding).marked(holding == 0),
                number(all),
                value(least),
                value(most),
            ],
        );
    }
    table
}
