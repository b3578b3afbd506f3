//! From what `plotters` writes to what the page wants: classes for colours, decimals for tenths.
use super::Ink;
use super::canvas::TENTHS;
use std::fmt::{self, Write as _};

/// Why a drawing cannot be put on the page.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum ClassError {
    /// A colour that no [`Ink`] reserves.
    UnknownColour(String),
    /// An element that the page has no style for.
    UnknownElement(String),
}

impl fmt::Display for ClassError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownColour(colour) => {
                write!(
                    f,
                    "colour {colour} is not reserved by an ink; draw with `Ink` only"
                )
            }
            Self::UnknownElement(name) => write!(f, "element `{name}` has no style on the page"),
        }
    }
}

/// The content of an SVG of the backend with classes instead of colours and fonts.
///
/// # Errors
/// [`ClassError`] for a colour or an element that the page does not know.
pub(super) fn classed(svg: &str) -> Result<String, ClassError> {
    let mut out = String::with_capacity(svg.len() / 2);
    for part in svg.split('<').skip(1) {
        let (tag, content) = part.split_once('>').unwrap_or((part, ""));
        let name = tag.split([' ', '/']).next().unwrap_or("");
        match name {
            // The frame is the page's; closing tags are written with their element.
            "svg" | "" => {}
            "text" => {
                let (class, geometry) = attributes(tag)?;
                let end = ["start", "middle", "end"]
                    .into_iter()
                    .find(|a| tag.contains(&format!("text-anchor=\"{a}\"")));
                let anchor = match end {
                    Some("middle") => " text-anchor=\"middle\"",
                    Some("end") => " text-anchor=\"end\"",
                    _ => "",
                };
                let content = content.trim_matches('\n');
                push(
                    &mut out,
                    format_args!("<text class=\"{class}\"{geometry}{anchor}>{content}</text>"),
                );
            }
            "line" | "polyline" | "polygon" | "rect" | "circle" => {
                match ink(tag) {
                    Some(Ink::SeriesBegins(number)) => {
                        push(&mut out, format_args!("<g data-s=\"{number}\">"));
                        continue;
                    }
                    Some(Ink::SeriesEnds) => {
                        out.push_str("</g>");
                        continue;
                    }
                    _ => {}
                }
                let (class, geometry) = attributes(tag)?;
                push(
                    &mut out,
                    format_args!("<{name} class=\"{class}\"{geometry}/>"),
                );
            }
            other => return Err(ClassError::UnknownElement(other.into())),
        }
    }
    Ok(out)
}

fn push(out: &mut String, text: fmt::Arguments<'_>) {
    out.write_fmt(text).expect("memory takes any text");
}

/// The ink that fills a tag.
fn ink(tag: &str) -> Option<Ink> {
    let (_, after) = tag.split_once(" fill=\"")?;
    Ink::of(after.split('"').next()?)
}

/// Class and geometry of a tag: everything else (fonts, opacity, widths) is the page's.
fn attributes(tag: &str) -> Result<(String, String), ClassError> {
    let mut class = String::new();
    let mut bold = false;
    let mut geometry = String::new();
    let mut rest = tag;
    while let Some((before, after)) = rest.split_once("=\"") {
        let key = before.rsplit(' ').next().unwrap_or("");
        let (value, next) = after.split_once('"').unwrap_or((after, ""));
        rest = next;
        match key {
            "fill" | "stroke" if value != "none" => {
                let ink = Ink::of(value).ok_or_else(|| ClassError::UnknownColour(value.into()))?;
                class = ink.class();
            }
            "font-weight" => bold = value == "bold",
            "x" | "y" | "x1" | "y1" | "x2" | "y2" | "cx" | "cy" | "r" | "width" | "height" => {
                push(&mut geometry, format_args!(" {key}=\"{}\"", pixels(value)));
            }
            "points" => {
                let points: Vec<String> = value
                    .split_ascii_whitespace()
                    .map(|p| p.split(',').map(pixels).collect::<Vec<_>>().join(","))
                    .collect();
                push(
                    &mut geometry,
                    format_args!(" points=\"{}\"", points.join(" ")),
                );
            }
            _ => {}
        }
    }
    if bold {
        class.push_str(" b");
    }
    Ok((class, geometry))
}

/// Tenths as pixels, without a trailing `.0`.
fn pixels(tenths: &str) -> String {
    let value: f64 = tenths.parse().unwrap_or(0.0);
    (value / TENTHS).to_string()
}

#[cfg(test)]
mod tests {
    use super::{ClassError, classed};
    use crate::draw::Ink;

    fn written(ink: Ink) -> String {
        let rgb = ink.rgb();
        format!("#{:02X}{:02X}{:02X}", rgb.0, rgb.1, rgb.2)
    }

    // Goal: colours, fonts and opacity go, classes come, tenths become pixels.
    // Method: a line and a text as the backend writes them.
    #[test]
    fn colours_become_classes_and_tenths_pixels() {
        let svg = format!(
            "<svg width=\"8640\" xmlns=\"x\">\n<polyline fill=\"none\" opacity=\"1\" \
             stroke=\"{}\" stroke-width=\"1\" points=\"520,1863 525,20 \"/>\n\
             <text x=\"10\" y=\"25\" dy=\"-0.5ex\" text-anchor=\"end\" font-family=\"sans-serif\" \
             font-size=\"10\" opacity=\"1\" fill=\"{}\" font-weight=\"bold\">\na &lt; b\n</text>\n\
             </svg>\n",
            written(Ink::Asked),
            written(Ink::Words)
        );
        assert_eq!(
            classed(&svg).unwrap(),
            "<polyline class=\"l-no\" points=\"52,186.3 52.5,2\"/>\
             <text class=\"t ink b\" x=\"1\" y=\"2.5\" text-anchor=\"end\">a &lt; b</text>"
        );
    }

    // Goal: a colour or an element that the page does not know is an error, not a black shape.
    // Method: one of each.
    #[test]
    fn unknown_colours_and_elements_are_errors() {
        assert_eq!(
            classed("<rect fill=\"#FF0000\"/>"),
            Err(ClassError::UnknownColour("#FF0000".into()))
        );
        assert_eq!(
            classed("<image/>"),
            Err(ClassError::UnknownElement("image".into()))
        );
    }
}
