//! What each setting does by itself: means over all the others.
use super::scale::Scale;
use super::{Effect, Shown, View, evenly, explained, label};
use crate::draw::{Anchor, Canvas, Drawing, Hue, Ink, Size, cut, text_width};
use crate::figures::{Figure, Part};
use crate::table::{Cell, Table};
use crate::text::Text;
use crate::verdict::in_unit;

/// Most figures, settings of each and values of each that are drawn.
const FIGURES_MAX: usize = 3;
const AXES_MAX: usize = 6;
const VALUES_MAX: usize = 24;
/// Panels beside one another.
const BESIDE: usize = 3;
const PANEL: f64 = 130.0;
const TOP: f64 = 42.0;
const BELOW: f64 = 42.0;
const GAP: f64 = 28.0;

pub(super) fn figure(view: &View<'_>) -> Option<Figure> {
    if view.axes.len() < 2 {
        return None;
    }
    let figures: Vec<_> = view.varying().take(FIGURES_MAX).collect();
    let parts: Vec<Part> = figures
        .iter()
        .zip(1..)
        .map(|(figure, number)| part(view, figure, number))
        .collect();
    let first = figures.first()?;
    let (axis, its) = (view.axes[0], view.effect(first, view.axes[0]).share);
    let path = &view.sweep.axes[axis].path;
    Some(Figure {
        id: "fig-effects",
        number: 0,
        word: "Effects",
        subject: "What each setting does".into(),
        note: "A dot is the mean over all points with that value, whatever the other settings \
               are. The percentage is how much of the differences between points it explains."
            .into(),
        headline: format!(
            "{} explains {} of the differences in {}",
            path,
            explained(its),
            first.noun
        ),
        lede: "Means over the other settings; settings that explain more come first.".into(),
        parts,
        caption: Text::new(
            "Shares of the sum of squared differences from the mean. What is left of \
             100\u{202f}% is how settings act together, and chance: where that is much, read the \
             surfaces, not the means.",
        ),
    })
}

fn part(view: &View<'_>, figure: &Shown, number: usize) -> Part {
    let mut effects: Vec<Effect> = view
        .axes
        .iter()
        .map(|&it| view.effect(figure, it))
        .collect();
    effects.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.axis.cmp(&b.axis)));
    effects.truncate(AXES_MAX);
    let together: f64 = effects.iter().map(|it| it.share).sum();
    Part {
        id: format!("fig-effects-{number}"),
        heading: format!(
            "{}: settings one by one explain {}",
            figure.head,
            explained(together.min(1.0))
        ),
        title: format!("Mean {} by setting", figure.noun),
        desc: "A panel for each setting with the mean at each of its values, all on one scale. \
               The table holds every mean."
            .into(),
        drawings: vec![
            draw(view, figure, &effects, Size::Wide),
            draw(view, figure, &effects, Size::Narrow),
        ],
        summary: format!("Effects on {} as a table", figure.noun),
        table: table(view, figure, &effects),
    }
}

fn draw(view: &View<'_>, figure: &Shown, effects: &[Effect], size: Size) -> Drawing {
    let means = effects.iter().flat_map(|it| it.means.iter().flatten());
    let range = means.fold((f64::MAX, f64::MIN), |range, it| {
        (range.0.min(it.0), range.1.max(it.0))
    });
    let scale = Scale::of(range, figure.unit);
    let labels = scale.ticks.iter().map(|it| text_width(&it.1, false));
    let left = labels.fold(0.0, f64::max) + 10.0;
    let beside = match size {
        Size::Wide => BESIDE.min(effects.len()),
        Size::Narrow => 1,
    };
    let width = (size.width() - left - GAP * (beside as f64 - 1.0)) / beside as f64;
    let pitch = TOP + PANEL + BELOW;
    let lines = effects.len().div_ceil(beside);
    let height = pitch * lines as f64;
    let body = Canvas::draw(size, height, |canvas| {
        for (i, effect) in effects.iter().enumerate() {
            let x = left + (width + GAP) * (i % beside) as f64;
            let y = pitch * (i / beside) as f64;
            let panel = Panel {
                left: x,
                width,
                top: y + TOP,
                scale: &scale,
            };
            if i % beside == 0 {
                for (value, text) in &scale.ticks {
                    canvas.text(
                        text,
                        left - 8.0,
                        panel.y(*value) + 4.0,
                        Anchor::End,
                        Ink::Ticks,
                    );
                }
            }
            panel.draw(canvas, view, effect);
        }
    });
    Drawing {
        size,
        height,
        body,
        readout: None,
    }
}

/// Where an axis's means lie.
struct Panel<'a> {
    left: f64,
    width: f64,
    top: f64,
    scale: &'a Scale,
}

impl Panel<'_> {
    fn y(&self, value: f64) -> f64 {
        self.top + PANEL * (1.0 - self.scale.at(value))
    }

    fn draw(&self, canvas: &Canvas<'_>, view: &View<'_>, effect: &Effect) {
        let axis = &view.sweep.axes[effect.axis];
        let (left, right, bottom) = (self.left, self.left + self.width, self.top + PANEL);
        let head = cut(&axis.path, self.width, true);
        canvas.bold(&head, left, self.top - 28.0, Anchor::Start, Ink::Words);
        let explains = format!("explains {}", explained(effect.share));
        canvas.text(&explains, left, self.top - 12.0, Anchor::Start, Ink::Ticks);
        for (value, _) in &self.scale.ticks {
            canvas.line(
                &[(left, self.y(*value)), (right, self.y(*value))],
                Ink::Grid,
            );
        }
        canvas.line(&[(left, bottom), (right, bottom)], Ink::Axis);
        let shown = evenly(effect.means.len(), VALUES_MAX);
        let last = shown.len().saturating_sub(1).max(1) as f64;
        let x = |i: usize| left + 10.0 + (self.width - 20.0) * i as f64 / last;
        let dots: Vec<(f64, f64)> = shown
            .iter()
            .enumerate()
            .filter_map(|(i, &value)| Some((x(i), self.y(effect.means[value]?.0))))
            .collect();
        if dots.len() > 1 {
            let ink = if axis.numbers.is_empty() {
                // A line between names would say that there is something between them.
                Ink::Leader
            } else {
                Ink::Curve(Hue::Blue)
            };
            canvas.line(&dots, ink);
        }
        for &dot in &dots {
            canvas.dot(dot, 3.5, Ink::Disc(Hue::Blue));
        }
        let name = |it: usize, room: f64| cut(label(axis, shown[it]), room, false);
        let whole = shown
            .iter()
            .map(|&it| text_width(label(axis, it), false) + 12.0);
        let each = (self.width - 20.0) / last;
        let base = bottom + 18.0;
        if shown.len() > 2 && whole.fold(0.0, f64::max) <= each {
            for i in 0..shown.len() {
                let (text, half) = (name(i, each), text_width(&name(i, each), false) / 2.0);
                let at = x(i).max(left + half).min(right - half);
                canvas.text(&text, at, base, Anchor::Middle, Ink::Ticks);
            }
        } else if let Some(end) = shown.len().checked_sub(1) {
            let room = self.width / 2.0 - 6.0;
            canvas.text(&name(0, room), left, base, Anchor::Start, Ink::Ticks);
            if end > 0 {
                canvas.text(&name(end, room), right, base, Anchor::End, Ink::Ticks);
            }
        }
    }
}

fn table(view: &View<'_>, figure: &Shown, effects: &[Effect]) -> Table {
    let mut table = Table::new(&["Setting", "Mean", "Points", "Explains"]);
    for effect in effects {
        let axis = &view.sweep.axes[effect.axis];
        for (i, value) in evenly(effect.means.len(), VALUES_MAX)
            .into_iter()
            .enumerate()
        {
            let mean = effect.means[value];
            table.row(
                format!("{} = {}", axis.path, label(axis, value)),
                vec![
                    Cell::optional(mean.map(|it| it.0), |it| in_unit(it, figure.unit)),
                    Cell::optional(mean.map(|it| it.1 as f64), |it| it.to_string()),
                    if i == 0 {
                        Cell::number(effect.share, explained(effect.share))
                    } else {
                        Cell::nothing()
                    },
                ],
            );
        }
    }
    table.noted("Means over all points with that value.")
}
