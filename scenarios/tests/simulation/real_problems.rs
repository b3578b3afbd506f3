//! Shipped scenarios that expect something are tests of their answers.
use crate::common::{options, run_with, shipped};

// Goal: what a shipped scenario expects of its variants holds, and so what it tells of a user's
// problem stays true.
// Method: run each of them that has an expectation, at full length.
#[test]
fn what_shipped_scenarios_expect_holds() {
    let expecting = |text: &str| {
        text.lines()
            .any(|it| it == "[expect]" || it.starts_with("expect."))
    };
    let mut count = 0;
    for (path, text) in shipped().into_iter().filter(|(_, text)| expecting(text)) {
        let record = run_with(&path, &text, &[], &options());
        for variant in &record.variants {
            for it in &variant.expectations {
                let name = &variant.name;
                assert!(
                    it.holds,
                    "{path}, {name}: {} but is {:?}",
                    it.condition, it.value
                );
                count += 1;
            }
        }
    }
    assert!(count > 20, "only {count} expectations");
}
