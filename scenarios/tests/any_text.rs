//! No text makes loading panic, and what it refuses it explains.
use keystorm_scenarios::{Overrides, Setting, load};
use proptest::prelude::*;

const QUICKSTART: &str = include_str!("../library/quickstart.toml");

/// Loads, and renders what is wrong: neither may panic.
fn try_load(text: &str, overrides: &Overrides) -> Result<(), TestCaseError> {
    match load("any.toml", text, overrides) {
        Ok(study) => prop_assert!(!study.variants.is_empty()),
        Err(found) => {
            prop_assert!(!found.list.is_empty());
            let message = found.render(false);
            prop_assert!(message.contains("nothing was run"));
            for mistake in &found.list {
                let upper = mistake
                    .message
                    .starts_with(|c: char| c.is_ascii_uppercase());
                prop_assert!(
                    !upper && !mistake.message.ends_with('.'),
                    "{}",
                    mistake.message
                );
            }
        }
    }
    Ok(())
}

/// Words out of which a mutation may come.
const WORDS: [&str; 24] = [
    "[",
    "]",
    "{",
    "}",
    "=",
    "\"",
    "'",
    "\n",
    ".",
    ",",
    "#",
    "-1",
    "nan",
    "1e999",
    "true",
    "[[variants]]",
    "99999999999999999999999999999999999999999",
    "\"0 s\"",
    "\"1/s\"",
    "\u{0}",
    "é",
    "[bucket]",
    "name",
    "expect.\"kms.calls\" = \"<\"",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    // Goal: any bytes are a scenario or are refused.
    // Method: random bytes as text, and random characters.
    #[test]
    fn random_bytes_are_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..400), text in "\\PC*",
    ) {
        try_load(&String::from_utf8_lossy(&bytes), &Overrides::default())?;
        try_load(&text, &Overrides::default())?;
    }

    // Goal: a damaged scenario is a scenario or is refused.
    // Method: cut out a part of the quickstart and put in words that matter.
    #[test]
    fn damaged_scenarios_are_explained(
        at in 0_usize..3_500, cut in 0_usize..60,
        words in prop::collection::vec(0..WORDS.len(), 0..4),
    ) {
        let start = QUICKSTART.floor_char_boundary(at.min(QUICKSTART.len()));
        let end = QUICKSTART.ceil_char_boundary((start + cut).min(QUICKSTART.len()));
        let words: String = words.into_iter().map(|word| WORDS[word]).collect();
        let text = format!("{}{words}{}", &QUICKSTART[..start], &QUICKSTART[end..]);
        try_load(&text, &Overrides::default())?;
    }

    // Goal: whole lines out of order, doubled or missing are explained.
    // Method: take any lines of the quickstart in any order.
    #[test]
    fn shuffled_lines_are_explained(lines in prop::collection::vec(0_usize..90, 0..60)) {
        let all: Vec<&str> = QUICKSTART.lines().collect();
        let text: Vec<&str> = lines.into_iter().map(|line| all[line % all.len()]).collect();
        try_load(&text.join("\n"), &Overrides::default())?;
    }

    // Goal: any command line is accepted or refused.
    // Method: settings and conditions out of random texts and of real beginnings.
    #[test]
    fn any_setting_is_explained(
        path in "(bucket|fleets|run|expect|name|kms\\.latency)?[a-z.\"' -]{0,16}",
        value in "\\PC{0,20}",
        condition in "(kms.calls|get.latency.p99)?[<>=]{0,2}\\PC{0,10}",
    ) {
        let settings = format!("{path}={value}").parse::<Setting>().into_iter().collect();
        try_load(QUICKSTART, &Overrides { settings, expectations: vec![condition] })?;
    }
}
