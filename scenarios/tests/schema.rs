//! The committed JSON Schema is the one that the types give.
use keystorm_scenarios::json_schema;

// Goal: editors check scenario files with the schema that this version loads them by.
// Method: generate it and compare with the committed file, byte for byte.
#[test]
fn committed_schema_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.json");
    if std::env::var_os("KEYSTORM_REWRITE").is_some() {
        std::fs::write(path, json_schema::scenario_text()).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == json_schema::scenario_text(),
        "scenarios/schema.json is stale: write it again with \
         `cargo run -- schema > scenarios/schema.json`"
    );
}
