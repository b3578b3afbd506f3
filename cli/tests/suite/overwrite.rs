//! The output folder belongs to a scenario.
use crate::tool::{Tool, quick, stderr};

const CUT: &str = "--requests-max 200 --replications 1 --quiet";

// Goal: a run never replaces what another scenario wrote, unless it is forced to.
// Method: another scenario into the same folder, without and with --force; the first stays as it
// was, byte for byte, until then.
#[test]
fn output_of_another_scenario_stays_without_force() {
    let tool = Tool::new();
    tool.put(
        "other/quickstart.toml",
        &quick().replace("Nightly job", "Daily job"),
    );
    tool.run(&format!("run quickstart.toml {CUT}"), 0);
    let before = tool.text("out/quickstart/record.json");

    let refusal = stderr(&tool.run(&format!("run other/quickstart.toml {CUT}"), 2));
    assert!(
        refusal.contains("out/quickstart holds the output of quickstart.toml"),
        "{refusal}"
    );
    assert!(
        refusal.contains("--output") && refusal.contains("--force"),
        "{refusal}"
    );
    assert_eq!(tool.text("out/quickstart/record.json"), before);

    tool.run(&format!("run other/quickstart.toml {CUT} --force"), 0);
    assert_ne!(tool.text("out/quickstart/record.json"), before);
}

// Goal: the same scenario may be run again and again, however its path is written.
// Method: relative, with a dot, and absolute.
#[test]
fn output_of_the_same_scenario_is_replaced() {
    let tool = Tool::new();
    let absolute = tool.path("quickstart.toml").display().to_string();
    for path in ["quickstart.toml", "./quickstart.toml", &absolute] {
        tool.run(&format!("run {path} {CUT}"), 0);
    }
}

// Goal: files that nobody vouches for are kept, too.
// Method: a report without a record, and a record that cannot be read.
#[test]
fn files_of_unknown_origin_stay() {
    for (file, part) in [
        ("report.html", "report.html without"),
        ("record.json", "record.json"),
    ] {
        let tool = Tool::new();
        tool.put(&format!("out/quickstart/{file}"), "mine");
        let refusal = stderr(&tool.run(&format!("run quickstart.toml {CUT}"), 2));
        assert!(refusal.contains(part), "{refusal}");
        assert_eq!(tool.text(&format!("out/quickstart/{file}")), "mine");
    }
}

// Goal: a folder that cannot be written to is noticed before the run, as exit code 1.
// Method: a file stands where the folder should be.
#[test]
fn an_unwritable_folder_is_an_internal_error() {
    let tool = Tool::new();
    tool.put("taken", "a file");
    let text = stderr(&tool.run("run quickstart.toml --output taken/here", 1));
    assert!(text.contains("cannot write taken/here"), "{text}");
}
