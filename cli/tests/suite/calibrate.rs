//! `keystorm calibrate`: real measurements, on whatever machine runs the tests.
use crate::tool::{Tool, stderr, stdout};
use keystorm_record::{COSTS, CURVES, Calibration};

// Goal: one command measures everything that the models need, in a few seconds, and writes it.
// Method: a quick calibration; the file holds every name, sizes and times ascend, the floor is
// below sealing. How noisy the machine is decides between the exit codes 0 and 12, and is said.
#[test]
fn a_quick_calibration_measures_everything() {
    let tool = Tool::new();
    let output = tool
        .command("calibrate --quick --html page.html")
        .output()
        .unwrap();
    let calibration = Calibration::from_toml(&tool.text("calibration.toml")).unwrap();
    let noisy = !calibration.quality.noise.is_empty();
    assert_eq!(
        output.status.code(),
        Some(if noisy { 12 } else { 0 }),
        "{}",
        stderr(&output)
    );
    assert_eq!(stderr(&output).contains("too noisy"), noisy);
    for (name, _) in COSTS {
        let cost = calibration
            .cost
            .get(name)
            .unwrap_or_else(|| panic!("no {name}"));
        assert!(
            cost.low <= cost.ns && cost.ns <= cost.high,
            "{name}: {cost:?}"
        );
    }
    for (name, _) in CURVES {
        let points = calibration
            .curve
            .get(name)
            .unwrap_or_else(|| panic!("no {name}"));
        assert!(points.windows(2).all(|w| w[0].bytes < w[1].bytes), "{name}");
        let (first, last) = (points[0], points[points.len() - 1]);
        assert!(first.ns > 0.0 && first.ns < last.ns, "{name}: {points:?}");
    }
    if let Some(floor) = &calibration.floor {
        let seal = calibration.curve["seal"]
            .iter()
            .find(|p| p.bytes == floor.bytes)
            .unwrap();
        assert!(
            floor.ns < seal.ns,
            "the floor {floor:?} is above sealing {seal:?}"
        );
    }
    let text = stdout(&output);
    for part in [
        "AES-256-GCM",
        "64 MiB",
        "S3 Encryption Client's V3",
        "figures: calibration.toml",
    ] {
        assert!(text.contains(part), "no {part} in\n{text}");
    }
    let page = tool.text("page.html");
    assert!(page.contains("default-src ") && page.ends_with("</html>"));
    // The models read the same text.
    keystorm_models::cpu::Calibration::read(&tool.text("calibration.toml")).unwrap();
    // Its own files may be written again; that is all that is looked at before measuring.
    assert!(
        tool.text("calibration.toml")
            .starts_with("# What encryption costs")
    );
}

// Goal: nothing of anybody else's is replaced, and that is noticed before measuring.
// Method: a scenario and a page of another program in the way; both stay.
#[test]
fn files_of_others_stay() {
    let tool = Tool::new();
    tool.put("page.html", "<!doctype html>mine");
    for arguments in ["-o quickstart.toml", "--html page.html"] {
        let output = tool.run(&format!("calibrate --quick {arguments}"), 2);
        let text = stderr(&output);
        assert!(
            text.contains("did not write") && text.contains("--force"),
            "{text}"
        );
        assert!(stdout(&output).is_empty());
    }
    assert_eq!(tool.text("quickstart.toml"), crate::tool::quick());
    assert_eq!(tool.text("page.html"), "<!doctype html>mine");
}

// Goal: a place that cannot hold a file is noticed before measuring.
// Method: a file stands where the folder should be.
#[test]
fn an_impossible_place_is_refused() {
    let tool = Tool::new();
    tool.put("taken", "a file");
    let text = stderr(&tool.run("calibrate --quick --html taken/page.html", 2));
    assert!(text.contains("taken/page.html cannot be read"), "{text}");
}
