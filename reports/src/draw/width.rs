//! How wide a text is, so that labels can be placed without a font library.
//!
//! The page names Inter first and falls back to the system's sans. The table holds, per ASCII
//! character, the wider of Inter and Arial (advance widths \[1/1000 em\], digits tabular), so a
//! label that fits by this table fits on the page.

/// Size of text in figures \[px\].
const SIZE_PX: f64 = 12.5;

/// From space to tilde, weight 400.
#[rustfmt::skip]
const REGULAR: [u16; 95] = [
    281, 278, 403, 631, 638, 889, 667, 222, 362, 362, 500, 659, 280, 460, 278, 357,
    650, 650, 650, 650, 650, 650, 650, 650, 650, 650, 278, 280, 659, 659, 659, 556,
    1015, 676, 667, 727, 722, 667, 611, 778, 740, 278, 543, 667, 562, 889, 753, 778,
    667, 778, 722, 667, 642, 741, 676, 949, 667, 667, 625, 362, 357, 362, 469, 556,
    497, 564, 621, 558, 621, 582, 361, 609, 591, 237, 237, 544, 237, 869, 585, 597,
    609, 609, 372, 523, 364, 581, 557, 812, 540, 557, 541, 362, 327, 362, 659,
];

/// From space to tilde, weight 600.
#[rustfmt::skip]
const BOLD: [u16; 95] = [
    278, 309, 396, 643, 649, 889, 667, 213, 393, 393, 543, 673, 295, 466, 290, 379,
    667, 650, 650, 652, 666, 650, 650, 650, 650, 650, 290, 295, 673, 673, 673, 556,
    1015, 724, 667, 744, 724, 667, 611, 778, 744, 278, 561, 677, 566, 906, 741, 778,
    667, 778, 722, 667, 660, 734, 724, 1007, 690, 705, 653, 393, 379, 393, 481, 556,
    497, 575, 630, 577, 630, 593, 377, 625, 613, 261, 261, 569, 261, 898, 610, 608,
    625, 625, 397, 549, 380, 608, 576, 837, 562, 576, 562, 393, 358, 393, 673,
];

/// Width of a text in figures \[px\].
pub(crate) fn text_width(text: &str, bold: bool) -> f64 {
    let table = if bold { &BOLD } else { &REGULAR };
    let thousandths: f64 = text.chars().map(|c| f64::from(advance(c, table))).sum();
    thousandths * SIZE_PX / 1_000.0
}

fn advance(c: char, table: &[u16; 95]) -> u16 {
    match c {
        ' '..='~' => table[c as usize - ' ' as usize],
        '\u{202f}' => 190,
        '\u{ad}' => 0,
        '\u{2212}' | '×' | '±' | '–' | 'µ' => 660,
        '·' => 290,
        // The ellipsis and wide scripts; for the rest a guess on the safe side.
        _ => 1_000,
    }
}

/// The text, cut with an ellipsis so that it is at most `width` px wide.
pub(crate) fn cut(text: &str, width: f64, bold: bool) -> String {
    if text_width(text, bold) <= width {
        return text.into();
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if text_width(&kept, bold) + text_width("…", bold) > width {
            kept.pop();
            break;
        }
    }
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::{cut, text_width};

    // Goal: widths follow the letters, not the bytes, and a cut text fits.
    // Method: narrow against wide letters, a letter of two bytes, a long name.
    #[test]
    fn widths_follow_the_letters() {
        assert!(text_width("iiii", false) < text_width("WWWW", false) / 2.0);
        assert!(text_width("µ", false) < text_width("mm", false));
        let name = "a variant with a name that is far too long for its column";
        let short = cut(name, 120.0, true);
        assert!(text_width(&short, true) <= 120.0 && short.ends_with('…') && short.len() > 12);
        assert_eq!(cut("SSE-S3", 120.0, true), "SSE-S3");
    }
}
