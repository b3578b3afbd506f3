use super::template::Glyph;

/// Whether the whole text fits the pattern.
///
/// Linear in the pattern for every character of the text: a failed guess of what `*` covers is
/// taken back to the last `*` only.
pub(super) fn fits(pattern: &[Glyph], text: &[char]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut last_many = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(Glyph::Many) => {
                last_many = Some((p, t));
                p += 1;
            }
            Some(Glyph::One) => {
                p += 1;
                t += 1;
            }
            Some(Glyph::Char(c)) if *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((many, covered)) = last_many else {
                    return false;
                };
                last_many = Some((many, covered + 1));
                p = many + 1;
                t = covered + 1;
            }
        }
    }
    pattern[p..].iter().all(|glyph| *glyph == Glyph::Many)
}

/// Glyphs of a text in which `*` and `?` are wildcards, without regard to case.
pub(super) fn caseless(text: &str) -> Vec<Glyph> {
    text.chars()
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            '*' => Glyph::Many,
            '?' => Glyph::One,
            c => Glyph::Char(c),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(pattern: &str, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        fits(&caseless(pattern), &text)
    }

    /// The definition, as slow as it is plain.
    fn defined(pattern: &[Glyph], text: &[char]) -> bool {
        match (pattern, text) {
            ([], _) => text.is_empty(),
            ([Glyph::Many, rest @ ..], _) => (0..=text.len()).any(|n| defined(rest, &text[n..])),
            ([Glyph::One, p @ ..], [_, t @ ..]) => defined(p, t),
            ([Glyph::Char(c), p @ ..], [first, t @ ..]) => c == first && defined(p, t),
            (_, []) => false,
        }
    }

    // Goal: wildcards cover what they are said to cover.
    // Method: cases by hand.
    #[test]
    fn wildcards_fit() {
        for (pattern, text) in [
            ("*", ""),
            ("a*", "a"),
            ("a?c", "abc"),
            ("*b*", "aabb"),
            ("", ""),
        ] {
            assert!(check(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("?", ""),
            ("a", "ab"),
            ("a*b", "abc"),
            ("", "a"),
            ("a?", "a"),
        ] {
            assert!(!check(pattern, text), "{pattern} {text}");
        }
        assert!(!check(&"*a".repeat(60), &"a".repeat(59)), "and ends soon");
    }

    proptest! {
        // Goal: the quick matcher is the plain one.
        // Method: short patterns and texts of two letters.
        #[test]
        fn matcher_is_its_definition(pattern in "[ab*?]{0,8}", text in "[ab]{0,8}") {
            let glyphs = caseless(&pattern);
            let chars: Vec<char> = text.chars().collect();
            prop_assert_eq!(fits(&glyphs, &chars), defined(&glyphs, &chars));
        }
    }
}
