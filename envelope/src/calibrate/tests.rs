use super::*;

fn figure(name: &'static str, bytes: Option<u64>, median: f64, half: f64) -> Figure {
    Figure {
        name,
        bytes,
        ns: Estimate {
            median,
            low: median - half,
            high: median + half,
        },
        samples: 30,
        rejected: 0,
    }
}

// Goal: versions that go into the file are those that were linked.
// Method: against the lock file of the workspace.
#[test]
fn versions_are_those_of_the_lock_file() {
    let lock = include_str!("../../../Cargo.lock");
    for (name, version) in CRATES {
        let entry = format!("name = \"{name}\"\nversion = \"{version}\"\n");
        assert!(
            lock.contains(&entry),
            "{name} {version} is not in Cargo.lock"
        );
    }
}

// Goal: a noisy machine is called noisy, with the numbers; a quiet one is not.
// Method: intervals inside and outside of the limit; many samples that do not count.
#[test]
fn noise_is_said_with_its_numbers() {
    let quiet = Rejected {
        samples: 1_000,
        preempted: 300,
        drifted: 100,
    };
    let good = [
        figure("seal", Some(1 << 20), 100_000.0, 1_900.0),
        figure("seal", Some(64 << 20), 7e6, 7e5),
        figure("md5", Some(64), 500.0, 100.0),
    ];
    assert_eq!(noise(&good, &[], quiet), Vec::<String>::new());
    let lane = Lane {
        name: "md5",
        bytes: None,
        values: vec![1.0],
        rejected: 1,
        is_disturbed: true,
    };
    let disturbed = noise(&good, &[lane], quiet);
    assert_eq!(disturbed.len(), 1);
    assert!(
        disturbed[0].starts_with("1 of 1 figures rest on disturbed"),
        "{disturbed:?}"
    );
    let wide = [figure("open", Some(64), 100.0, 3.0)];
    let said = noise(
        &wide,
        &[],
        Rejected {
            drifted: 400,
            ..quiet
        },
    );
    assert_eq!(said.len(), 2);
    assert!(said[0].starts_with("only 30 % of 1000 samples count, 50 % should: during 300 "));
    assert!(
        said[1].starts_with("`open` of 64 bytes: 100.0 ns ±3.0 %"),
        "{said:?}"
    );
}

// Goal: what an envelope costs does not hold the sealing that it is measured with.
// Method: lanes of known times.
#[test]
fn envelopes_are_what_remains_after_the_sealing() {
    let lane = |name, bytes, ns: f64| Lane {
        name,
        bytes,
        values: vec![ns; 9],
        rejected: 0,
        is_disturbed: false,
    };
    let lanes = [
        lane("seal", Some(64), 90.0),
        lane("open", Some(64), 80.0),
        lane("envelope-v3-seal", None, 4_090.0),
        lane("envelope-v3-open", None, 4_080.0),
        lane("envelope-v2-seal", None, 2_090.0),
        lane("envelope-v2-open", None, 2_080.0),
    ];
    let figures = figures(&lanes).unwrap();
    let medians: Vec<f64> = figures.iter().map(|f| f.ns.median).collect();
    assert_eq!(medians, [90.0, 80.0, 4_000.0, 4_000.0, 2_000.0, 2_000.0]);
    let empty = Lane {
        values: Vec::new(),
        ..lane("seal", Some(64), 0.0)
    };
    let error = super::figures(&[empty]).unwrap_err().to_string();
    assert!(error.contains("`seal` has no sample"), "{error}");
}

// Goal: every work can be done, however often, and handshakes are of the kind that they claim.
// Method: each of them once and a few times, on the system's clock.
#[test]
fn every_work_works() {
    let means = Means::new().unwrap();
    let clock = SystemClock::new();
    let works = means.works();
    assert!(works.len() > 80, "{}", works.len());
    for mut work in works
        .into_iter()
        .filter(|work| work.bytes.is_none_or(|len| len <= 1 << 20))
    {
        for times in [1, 3, 11] {
            let mut timer = timer::Timer::new(&clock);
            (work.run)(times, &mut timer).unwrap();
            assert!(timer.spent().cpu_ns > 0, "{}", work.name);
        }
    }
}
