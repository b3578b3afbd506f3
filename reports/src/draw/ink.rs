use plotters::style::RGBColor;

/// What something is drawn as: its role, from which its colour follows on the page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Ink {
    // Lines.
    /// Hairline at a labelled value.
    Grid,
    /// Fainter hairline between labelled values.
    GridFaint,
    /// Base line and ticks.
    Axis,
    /// Base line of bars.
    AxisFaint,
    /// The threshold.
    Quota,
    /// Upper edge of what is admitted.
    Admitted,
    /// Upper edge of what is asked for.
    Asked,
    /// The bracket over a throttled interval.
    Bracket,
    /// First attempts.
    First,
    /// `CloudWatch`'s minute.
    Minute,
    /// From a label to what it names.
    Leader,
    /// Below a line that crosses dark areas: as the page, and wider.
    Under,
    /// The read-out's cursor.
    Cursor,
    /// A mode's curve.
    Curve(Hue),
    /// A mode's curve that coincides with another, or is the second of its hue.
    CurveDashed(Hue),
    /// The interval of a difference.
    Interval(Hue),
    /// The third of its hue and others.
    CurveDotted(Hue),
    /// No ink: what follows belongs to the series with this number, so that it can be hidden.
    SeriesBegins(u8),
    /// No ink: the series ends.
    SeriesEnds,
    // Areas.
    /// The throttled interval.
    Band,
    /// Admitted calls.
    AreaAdmitted,
    /// Refused calls.
    AreaRefused,
    /// A bar's segment.
    Bar(Fill),
    /// A dot on a curve.
    Dot(Hue),
    /// The dot of a difference.
    Disc(Hue),
    /// The hollow dot of a difference that cannot be shown.
    Hollow,
    /// A dot among many that none of them matters.
    Faint,
    // Text.
    /// Ticks and secondary words.
    Ticks,
    /// Words in ink.
    Words,
    /// Words in a hue.
    Hued(Hue),
    /// Words in a hue that stand on lines: with a halo of the page's colour.
    HuedHalo(Hue),
    /// Words in ink that stand on lines, with a halo.
    WordsHalo,
    /// Words on the darkest shade of a map (on a dark page, the brightest).
    WordsOnDark,
}

/// Hue of a mode.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Hue {
    /// SSE-S3, SSE-C: what costs nothing extra.
    Base,
    /// SSE-KMS, and whatever went wrong.
    Red,
    /// Bucket Keys.
    Blue,
    /// Client-side encryption.
    Green,
    /// DSSE-KMS.
    Pink,
}

/// Fill of a bar's segment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fill {
    /// Went well at once.
    Calm,
    /// Went well after a retry.
    Amber,
    /// Went wrong.
    Red,
    /// Went wrong in another way.
    Ink,
    /// Waiting in the client.
    Slate,
    /// Every mode pays it: darkest grey.
    Grey1,
    /// Every mode pays it.
    Grey2,
    /// Every mode pays it: lightest grey.
    Grey3,
    /// KMS.
    Blue,
    /// Client-side encryption.
    Green,
    /// Refused attempts.
    Pale,
    /// KMS, the other API.
    Sky,
    /// A shade of the heat map, 0..=6; the last is above the quota.
    Heat(u8),
}

const HUES: [Hue; 5] = [Hue::Base, Hue::Red, Hue::Blue, Hue::Green, Hue::Pink];
const FILLS: [Fill; 19] = [
    Fill::Calm,
    Fill::Amber,
    Fill::Red,
    Fill::Ink,
    Fill::Slate,
    Fill::Grey1,
    Fill::Grey2,
    Fill::Grey3,
    Fill::Blue,
    Fill::Green,
    Fill::Pale,
    Fill::Sky,
    Fill::Heat(0),
    Fill::Heat(1),
    Fill::Heat(2),
    Fill::Heat(3),
    Fill::Heat(4),
    Fill::Heat(5),
    Fill::Heat(6),
];

/// Most series of a drawing that can be hidden.
pub(super) const SERIES_MAX: u8 = 16;

/// The first two bytes of every reserved colour.
const RESERVED: (u8, u8) = (0x4b, 0x53);

impl Ink {
    /// All inks, in the order of their reserved colours.
    pub(super) fn all() -> Vec<Self> {
        let mut all = vec![
            Self::Grid,
            Self::GridFaint,
            Self::Axis,
            Self::AxisFaint,
            Self::Quota,
            Self::Admitted,
            Self::Asked,
            Self::Bracket,
            Self::First,
            Self::Minute,
            Self::Leader,
            Self::Cursor,
            Self::Band,
            Self::AreaAdmitted,
            Self::AreaRefused,
            Self::Ticks,
            Self::Words,
            Self::WordsHalo,
            Self::Hollow,
            Self::Faint,
            Self::WordsOnDark,
            Self::Under,
        ];
        all.extend((0..SERIES_MAX).map(Self::SeriesBegins));
        all.push(Self::SeriesEnds);
        all.extend(FILLS.map(Self::Bar));
        for hue in HUES {
            all.extend([
                Self::Curve(hue),
                Self::CurveDashed(hue),
                Self::CurveDotted(hue),
            ]);
            all.extend([Self::Hued(hue), Self::HuedHalo(hue), Self::Interval(hue)]);
            all.extend([Self::Dot(hue), Self::Disc(hue)]);
        }
        all
    }

    /// The same curve dashed, for one that another hides.
    pub(crate) fn dashed(self) -> Self {
        match self {
            Self::Curve(hue) => Self::CurveDashed(hue),
            other => other,
        }
    }

    /// The reserved colour in which `plotters` draws it.
    pub(super) fn rgb(self) -> RGBColor {
        let index = Self::all().iter().position(|&ink| ink == self).unwrap_or(0);
        RGBColor(
            RESERVED.0,
            RESERVED.1,
            u8::try_from(index).unwrap_or(u8::MAX),
        )
    }

    /// The ink of a colour as the backend writes it, `#4B5300` for the first.
    pub(super) fn of(colour: &str) -> Option<Self> {
        let value = u32::from_str_radix(colour.strip_prefix('#')?, 16).ok()?;
        let reserved = u32::from(RESERVED.0) << 8 | u32::from(RESERVED.1);
        (value >> 8 == reserved).then_some(())?;
        Self::all().get((value & 0xff) as usize).copied()
    }

    /// Its CSS classes.
    pub(super) fn class(self) -> String {
        let class = match self {
            Self::Grid => "grid",
            Self::GridFaint => "grid2",
            Self::Axis => "axis",
            Self::AxisFaint => "axis0",
            Self::Quota => "quota",
            Self::Admitted => "l-ok",
            Self::Asked => "l-no",
            Self::Bracket => "l-no2",
            Self::First => "l-ink",
            Self::Minute => "l-cw",
            Self::Leader => "lead",
            Self::Cursor => "cur",
            Self::Band => "band",
            Self::AreaAdmitted => "a-ok",
            Self::AreaRefused => "a-no",
            Self::Ticks => "t",
            Self::Words => "t ink",
            Self::WordsHalo => "t ink hl",
            Self::Hollow => "dotw",
            Self::Faint => "dotg",
            Self::Under => "under",
            Self::WordsOnDark => "t page",
            Self::SeriesBegins(number) => return number.to_string(),
            Self::SeriesEnds => "",
            Self::Curve(hue) => return format!("l-{}", hue.name()),
            Self::CurveDashed(hue) => return format!("l-{} dash", hue.name()),
            Self::Disc(hue) => return format!("dotf {}", hue.name()),
            Self::CurveDotted(hue) => return format!("l-{} dots", hue.name()),
            Self::Dot(hue) => return format!("dot {}", hue.name()),
            Self::Hued(hue) => return format!("t {}", hue.name()),
            Self::HuedHalo(hue) => return format!("t {} hl", hue.name()),
            Self::Interval(hue) => return format!("ci {}", hue.name()),
            Self::Bar(fill) => fill.class(),
        };
        class.into()
    }
}

impl Hue {
    fn name(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Red => "red",
            Self::Blue => "blue",
            Self::Green => "green",
            Self::Pink => "pink",
        }
    }
}

impl Fill {
    fn class(self) -> &'static str {
        match self {
            Self::Calm => "s-calm",
            Self::Amber => "s-amber",
            Self::Red => "s-no",
            Self::Ink => "s-ink",
            Self::Slate => "s-slate",
            Self::Grey1 => "s-g1",
            Self::Grey2 => "s-g2",
            Self::Grey3 => "s-g3",
            Self::Blue => "s-blue",
            Self::Green => "s-green",
            Self::Pale => "s-pale",
            Self::Sky => "s-sky",
            Self::Heat(0) => "s-h0",
            Self::Heat(1) => "s-h1",
            Self::Heat(2) => "s-h2",
            Self::Heat(3) => "s-h3",
            Self::Heat(4) => "s-h4",
            Self::Heat(5) => "s-h5",
            Self::Heat(_) => "s-h6",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Ink;
    use std::collections::BTreeSet;

    // Goal: every ink has a colour of its own and comes back from it, with a class of its own.
    // Method: draw each as the backend writes colours, read it back, count.
    #[test]
    fn every_ink_comes_back_from_its_colour() {
        let all = Ink::all();
        for &ink in &all {
            let rgb = ink.rgb();
            let written = format!("#{:02X}{:02X}{:02X}", rgb.0, rgb.1, rgb.2);
            assert_eq!(Ink::of(&written), Some(ink));
        }
        let classes: BTreeSet<String> = all.iter().map(|i| i.class()).collect();
        assert_eq!(classes.len(), all.len());
        assert_eq!(Ink::of("#000000"), None);
        assert_eq!(Ink::of("#4B53FF"), None);
    }
}
