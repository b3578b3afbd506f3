//! Drawing with `plotters`' SVG backend, themes by class.
//!
//! Every figure is drawn in reserved colours, one per [`Ink`], on a grid of tenths of a pixel
//! (the backend knows whole numbers only); [`classes`] then turns the tenths into decimals and
//! the reserved colours into CSS classes, so that one drawing serves the light and the dark page.
mod axis;
mod canvas;
mod classes;
mod ink;
mod labels;
mod width;

pub(crate) use axis::{clock_ticks, log_range, ticks};
pub(crate) use canvas::{Anchor, Canvas, Panel};
pub(crate) use ink::{Fill, Hue, Ink};
pub(crate) use labels::spread;
pub(crate) use width::{cut, text_width};

/// The two widths in which every figure is drawn, so that type is never scaled.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Size {
    /// 864 px: the main column.
    Wide,
    /// 350 px: a phone.
    Narrow,
}

impl Size {
    /// Width of the drawing \[px\].
    pub(crate) fn width(self) -> f64 {
        match self {
            Self::Wide => 864.0,
            Self::Narrow => 350.0,
        }
    }

    /// Class of the `svg` element.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Wide => "w",
            Self::Narrow => "n",
        }
    }
}

/// A figure's drawing in one size.
#[derive(Clone, Debug)]
pub(crate) struct Drawing {
    /// In which size.
    pub(crate) size: Size,
    /// Height \[px\].
    pub(crate) height: f64,
    /// What stands between `<svg …>` and `</svg>`: classes, no colours.
    pub(crate) body: String,
    /// Where the read-out line finds its rows; `None` if the drawing has no cursor.
    pub(crate) readout: Option<Readout>,
}

impl Drawing {
    /// Whether it shows with a linear axis what another one shows with a logarithmic one.
    pub(crate) fn is_linear(&self) -> bool {
        self.readout.as_ref().is_some_and(|it| it.linear)
    }
}

/// How the page's script finds the table row under the pointer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Readout {
    /// Left and right end of the plotted range \[px\].
    pub(crate) x: (f64, f64),
    /// Largest value of the percentile axis, if it is one; otherwise rows are equally wide.
    pub(crate) percentile_max: Option<f64>,
    /// Names of the series that can be hidden, by their numbers.
    pub(crate) series: Vec<String>,
    /// Its value axis is linear, and another drawing of the same has a logarithmic one.
    pub(crate) linear: bool,
}
