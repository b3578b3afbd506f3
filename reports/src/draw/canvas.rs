use super::classes::classed;
use super::ink::SERIES_MAX;
use super::{Ink, Size};
use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::prelude::{Cartesian2d, DrawingArea, IntoDrawingArea, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontFamily, FontStyle, ShapeStyle, TextStyle};
use std::ops::Range;

/// Tenths of a pixel: the backend's grid.
pub(super) const TENTHS: f64 = 10.0;

/// Where a text is anchored.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Anchor {
    /// At its beginning.
    Start,
    /// At its middle.
    Middle,
    /// At its end.
    End,
}

/// A drawing under way; lengths in px, y downwards.
#[derive(Clone)]
pub(crate) struct Canvas<'a> {
    root: DrawingArea<SVGBackend<'a>, Shift>,
}

/// A part of a canvas with value axes.
#[derive(Clone)]
pub(crate) struct Panel<'a> {
    area: DrawingArea<SVGBackend<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>,
}

/// Why drawing cannot fail: the backend writes to memory.
const MEMORY: &str = "the backend writes to memory, in colours of `Ink` only";

impl<'a> Canvas<'a> {
    /// Draws on a canvas of that size and height and returns the SVG's content in classes.
    pub(crate) fn draw(size: Size, height: f64, draw: impl FnOnce(&Canvas<'_>)) -> String {
        let mut svg = String::new();
        let extent = (px(size.width()).unsigned_abs(), px(height).unsigned_abs());
        {
            let root = SVGBackend::with_string(&mut svg, extent).into_drawing_area();
            let canvas = Canvas { root };
            draw(&canvas);
            canvas.root.present().expect(MEMORY);
        }
        classed(&svg).expect(MEMORY)
    }

    /// A panel whose values `x` and `y` cover these pixels; `y` grows upwards.
    pub(crate) fn panel(
        &self,
        x: Range<f64>,
        y: Range<f64>,
        across: Range<f64>,
        down: Range<f64>,
    ) -> Panel<'a> {
        // Logarithmic axes are drawn on linear ones: the caller takes the logarithm with libm,
        // since plotters' own differs in the last bit between machines.
        let coord = Cartesian2d::new(
            x,
            y,
            (
                px(across.start)..px(across.end),
                px(down.end)..px(down.start),
            ),
        );
        Panel {
            area: self.root.clone().apply_coord_spec(coord),
        }
    }

    /// A line through points.
    pub(crate) fn line(&self, points: &[(f64, f64)], ink: Ink) {
        let points: Vec<_> = points.iter().map(|&p| at(p)).collect();
        self.root
            .draw(&PathElement::new(points, ink.rgb()))
            .expect(MEMORY);
    }

    /// A filled rectangle from its upper left to its lower right corner.
    pub(crate) fn rect(&self, from: (f64, f64), to: (f64, f64), ink: Ink) {
        let style = ink.rgb().filled();
        self.root
            .draw(&Rectangle::new([at(from), at(to)], style))
            .expect(MEMORY);
    }

    /// A dot.
    pub(crate) fn dot(&self, centre: (f64, f64), radius: f64, ink: Ink) {
        let style = ink.rgb().filled();
        self.root
            .draw(&Circle::new(at(centre), px(radius), style))
            .expect(MEMORY);
    }

    /// Draws a series that the page can hide, by its number.
    pub(crate) fn series(&self, number: usize, draw: impl FnOnce()) {
        let number = u8::try_from(number).ok().filter(|it| *it < SERIES_MAX);
        let Some(number) = number else { return draw() };
        let mark = |ink| self.rect((0.0, 0.0), (0.0, 0.0), ink);
        mark(Ink::SeriesBegins(number));
        draw();
        mark(Ink::SeriesEnds);
    }

    /// A text with its baseline at `y`.
    pub(crate) fn text(&self, text: &str, x: f64, y: f64, anchor: Anchor, ink: Ink) {
        self.words(text, (x, y), anchor, ink, FontStyle::Normal);
    }

    /// A bold text with its baseline at `y`.
    pub(crate) fn bold(&self, text: &str, x: f64, y: f64, anchor: Anchor, ink: Ink) {
        self.words(text, (x, y), anchor, ink, FontStyle::Bold);
    }

    fn words(&self, text: &str, place: (f64, f64), anchor: Anchor, ink: Ink, font: FontStyle) {
        let h = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        // Font and vertical place are the page's: the class pass drops what plotters writes.
        let colour = ink.rgb();
        let style = TextStyle::from((FontFamily::SansSerif, 12.5, font))
            .color(&colour)
            .pos(Pos::new(h, VPos::Bottom));
        self.root
            .draw(&Text::new(text, at(place), style))
            .expect(MEMORY);
    }
}

impl Panel<'_> {
    /// A line through values.
    pub(crate) fn line(&self, points: &[(f64, f64)], ink: Ink) {
        if points.len() > 1 {
            let style: ShapeStyle = ink.rgb().into();
            self.area
                .draw(&PathElement::new(points.to_vec(), style))
                .expect(MEMORY);
        }
    }

    /// A filled area with these corners.
    pub(crate) fn area(&self, corners: Vec<(f64, f64)>, ink: Ink) {
        if corners.len() > 2 {
            self.area
                .draw(&Polygon::new(corners, ink.rgb()))
                .expect(MEMORY);
        }
    }

    /// The pixel of a value.
    pub(crate) fn place(&self, x: f64, y: f64) -> (f64, f64) {
        let (x, y) = self.area.map_coordinate(&(x, y));
        (f64::from(x) / TENTHS, f64::from(y) / TENTHS)
    }
}

fn at((x, y): (f64, f64)) -> (i32, i32) {
    (px(x), px(y))
}

/// Pixels to the backend's whole tenths.
#[allow(
    clippy::cast_possible_truncation,
    reason = "drawings are a few thousand pixels"
)]
fn px(value: f64) -> i32 {
    (value * TENTHS).round() as i32
}
