use super::*;
use proptest::prelude::*;

fn sample() -> Calibration {
    let cost = CoreCost {
        ns: 812.345,
        low: 810.0,
        high: 815.5,
        samples: 300,
    };
    let point = |bytes, ns| Point {
        bytes,
        ns,
        low: ns * 0.75,
        high: ns * 1.25,
        samples: 7,
    };
    Calibration {
        calibration: CALIBRATION_VERSION,
        keystorm: "0.1.0".into(),
        measured: "2026-11-24T17:45:00Z".into(),
        effort: "full".into(),
        build: "release".into(),
        seconds: 41.5,
        machine: Machine {
            cpu: "A \"quoted\" processor".into(),
            revision: String::new(),
            features: vec!["aes".into(), "vaes".into()],
            is_virtual: Some(true),
            threads: 2,
            os: "linux".into(),
            arch: "x86_64".into(),
        },
        crates: BTreeMap::from([("aws-lc-rs".into(), "1.19.0".into())]),
        quality: Quality {
            samples: 1_000,
            preempted: 20,
            drifted: 3,
            noise: vec!["`seal` of 64 bytes: too wide".into()],
        },
        floor: Some(FloorCost {
            instructions: "vaesenc and vpclmulqdq, 512 bits".into(),
            bytes: 1 << 20,
            ns: 80_688.0,
            low: 80_600.0,
            high: 80_700.5,
        }),
        cost: BTreeMap::from([("key-setup".into(), cost), ("data-key".into(), cost)]),
        curve: BTreeMap::from([
            (
                "seal".into(),
                vec![point(64, 92.0), point(1 << 20, 96_000.0)],
            ),
            ("a new one".into(), vec![point(64, 1.0)]),
        ]),
    }
}

// Goal: what is written is read back.
// Method: a calibration with everything in it, and one without what may be absent.
#[test]
fn a_calibration_comes_back_from_its_text() {
    let mut calibration = sample();
    assert_eq!(
        Calibration::from_toml(&calibration.to_toml()).unwrap(),
        calibration
    );
    calibration.floor = None;
    calibration.machine.is_virtual = None;
    calibration.quality.noise.clear();
    assert_eq!(
        Calibration::from_toml(&calibration.to_toml()).unwrap(),
        calibration
    );
}

// Goal: the file reads well: one line per figure, in a reader's order, keys without quotes.
// Method: lines that must be there, and their order.
#[test]
fn the_file_has_a_line_per_figure() {
    let text = sample().to_toml();
    let key = "key-setup = { ns = 812.345, low = 810.000, high = 815.500, samples = 300 }\n";
    let place = |part: &str| {
        text.find(part)
            .unwrap_or_else(|| panic!("{part} in {text}"))
    };
    assert!(place(key) < place("data-key = {"));
    assert!(place("seal = [") < place("\"a new one\" = ["));
    assert!(text.contains("    { bytes = 1048576, ns = 96000.0, low = 72000.0, "));
}

// Goal: files of others are told apart from ours, newer ones from broken ones.
// Method: a scenario, a newer version, a misspelt key.
#[test]
fn other_files_are_no_calibrations() {
    let why = |text: &str| Calibration::from_toml(text).unwrap_err().to_string();
    assert!(why("schema = 1\nseed = 7").starts_with("not a keystorm calibration: "));
    let newer = sample()
        .to_toml()
        .replace("calibration = 1", "calibration = 9");
    assert!(why(&newer).starts_with("calibration has format 9, this keystorm reads formats up to"));
    let misspelt = sample().to_toml().replace("threads  =", "thread =");
    assert!(why(&misspelt).contains("thread"), "{}", why(&misspelt));
}

proptest! {
    // Goal: no text makes the reader panic, and no name of a processor breaks the file.
    // Method: arbitrary text, alone and as a name.
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let _ = Calibration::from_toml(&text);
        let mut calibration = sample();
        calibration.machine.cpu.clone_from(&text);
        calibration.crates.insert(text, "1".into());
        prop_assert_eq!(Calibration::from_toml(&calibration.to_toml()).unwrap(), calibration);
    }
}
