use keystorm_record::{CALIBRATION_VERSION, Calibration, CoreCost, FloorCost, Machine, Point};
use keystorm_record::{COSTS, CURVES, Quality};
use keystorm_reports::{Terminal, calibration_html, calibration_terminal};

/// A calibration with everything in it: a machine whose floor is 10 GB/s.
fn sample() -> Calibration {
    let point = |bytes: u64, ns: f64| Point {
        bytes,
        ns,
        low: ns * 0.99,
        high: ns * 1.01,
        samples: 200,
    };
    let curve = |slower: f64| {
        [64, 1 << 10, 64 << 10, 1 << 20, 64 << 20]
            .map(|bytes| point(bytes, 100.0 + bytes as f64 / 8.0 * slower))
            .to_vec()
    };
    let cost = |ns: f64| CoreCost {
        ns,
        low: ns * 0.98,
        high: ns * 1.02,
        samples: 200,
    };
    let numbered = |at: usize| at as f64 + 1.0;
    Calibration {
        calibration: CALIBRATION_VERSION,
        keystorm: "0.1.0".into(),
        measured: "2026-11-24T17:45:00Z".into(),
        effort: "full".into(),
        build: "release".into(),
        seconds: 41.5,
        machine: Machine {
            cpu: "Example <b>processor</b>".into(),
            revision: "family 25".into(),
            features: vec!["aes".into()],
            is_virtual: Some(true),
            threads: 2,
            os: "linux".into(),
            arch: "x86_64".into(),
        },
        crates: [("aws-lc-rs".into(), "1.19.0".into())].into(),
        quality: Quality {
            samples: 1_000,
            preempted: 150,
            drifted: 50,
            noise: Vec::new(),
        },
        floor: Some(FloorCost {
            instructions: "vaesenc, 512 bits".into(),
            bytes: 1 << 20,
            ns: 104_857.6,
            low: 104_000.0,
            high: 105_000.0,
        }),
        cost: COSTS
            .iter()
            .enumerate()
            .map(|(at, (name, _))| ((*name).into(), cost(1_000.0 * numbered(at))))
            .collect(),
        curve: CURVES
            .iter()
            .enumerate()
            .map(|(at, (name, _))| ((*name).into(), curve(numbered(at))))
            .collect(),
    }
}

fn text(calibration: &Calibration) -> String {
    let style = Terminal {
        width: 100,
        color: false,
    };
    calibration_terminal(calibration, style)
}

// Goal: the terminal says where, how quiet and how fast, and has a line per size.
// Method: figures worked out by hand from the sample: 1 MiB takes 100 + 131072 ns, 7.99 GB/s, 80 %
// of 10 GB/s; with 7000 ns for the envelope 10^12 bytes take 0.0366 hours.
#[test]
fn the_terminal_shows_rates_and_shares_of_the_floor() {
    let text = text(&sample());
    assert!(text.contains("80 % count"), "{text}");
    assert!(
        text.contains("Sealing 1 MiB: 7.99 GB/s per core, 80 % of the 10.0 GB/s"),
        "{text}"
    );
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        words.contains("Lines between measured sizes are off by: seal 64 B"),
        "{text}"
    );
    let line = text
        .lines()
        .find(|line| line.starts_with("1 MiB "))
        .unwrap();
    for cell in ["131 µs", "1.0 %", "7.99", "80 %", "0.0366"] {
        assert!(line.contains(cell), "{cell}: {line}");
    }
    assert!(
        text.lines().all(|line| line.chars().count() <= 100),
        "{text}"
    );
}

// Goal: nothing is claimed that was not measured.
// Method: without a floor, without curves and costs; with reasons to doubt.
#[test]
fn what_was_not_measured_is_not_shown() {
    let mut calibration = sample();
    calibration.floor = None;
    assert!(!text(&calibration).contains("Of floor"));
    assert!(calibration_html(&calibration).contains("The floor of this processor is unknown"));
    calibration.curve.clear();
    calibration.cost.clear();
    calibration
        .quality
        .noise
        .push("`seal` of 64 bytes is wide".into());
    assert!(text(&calibration).contains("too noisy: `seal` of 64 bytes is wide"));
    let page = calibration_html(&calibration);
    assert!(page.contains("Sealing was not measured"));
    assert!(page.contains("Too noisy to be believed") && page.contains("<code>seal</code>"));
}

// Goal: the page holds the curves with the floor drawn in, loads nothing, and what comes from the
// file is escaped.
// Method: look for them; a processor whose name is markup.
#[test]
fn the_page_is_self_contained_and_has_the_floor() {
    let page = calibration_html(&sample());
    assert_eq!(page, calibration_html(&sample()));
    assert!(page.contains("the floor, 10.0"));
    assert!(page.matches("<svg ").count() == 6 && page.matches("class=\"quota\"").count() == 2);
    assert!(page.contains("default-src "));
    assert!(!page.contains("<b>processor</b>") && !page.contains("http://"));
    assert!(!page.contains("https://") && !page.contains("src=\""));
    assert!(page.contains("One core seals 7.99"));
}
