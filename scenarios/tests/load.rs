//! Scenario files are loaded, or refused with every mistake at its place.
use keystorm_scenarios::load::{Overrides, load};

// Goal: the shipped scenario means what its comments say.
// Method: load it and look at question, variants and what they change.
#[test]
fn the_quickstart_has_five_variants_of_one_question() {
    let text = include_str!("../library/quickstart.toml");
    let study = load("quickstart.toml", text, &Overrides::default()).unwrap();
    assert!(study.question.starts_with("Will KMS throttle"), "{}", study.question);
    let names: Vec<_> = study.variants.iter().map(|v| v.name.as_str()).collect();
    assert_eq!(names, ["SSE-KMS", "SSE-KMS, Bucket Key", "SSE-S3", "SSE-C", "Client-side"]);
    for variant in &study.variants {
        assert_eq!(variant.name, keystorm_scenarios::load::mode_label(&variant.scenario));
        assert!(variant.defaulted.contains(&"kms.request-quota".to_owned()));
    }
}
