use super::*;

fn with(from: &str, to: &str) -> Result<Calibration, CalibrationError> {
    assert!(DEFAULT.contains(from), "{from}");
    Calibration::read(&DEFAULT.replacen(from, to, 1))
}

// Goal: the calibration that comes along can be used, and says whose it is.
// Method: read it; times of 1 MiB must lie between those of memory and of a slow core.
#[test]
fn the_default_calibration_is_whole() {
    let default = Calibration::default_one();
    let provenance = default.provenance();
    assert!(provenance.is_default);
    assert!(provenance.cpu.starts_with("AMD EPYC"), "{}", provenance.cpu);
    assert_eq!(provenance.sha256.len(), 64);
    assert!(
        provenance
            .versions
            .iter()
            .any(|v| v.starts_with("aws-lc-rs "))
    );
    for kind in PerByte::ALL {
        let ns = default.time(kind, 1 << 20).unwrap().nanos();
        assert!((10_000..10_000_000).contains(&ns), "{kind:?}: {ns} ns");
    }
    for kind in Once::ALL {
        let ns = default.cost(kind).nanos();
        assert!((20..5_000_000).contains(&ns), "{kind:?}: {ns} ns");
    }
    assert_eq!(default.sizes(PerByte::Seal), (64, 64 << 20));
}

// Goal: a calibration that lacks something is refused by name, before anything is simulated.
// Method: rename figures, break numbers, raise the version.
#[test]
fn what_is_missing_is_named() {
    let why = |from, to| with(from, to).unwrap_err();
    assert_eq!(
        why("tls-resumed = {", "resumed = {"),
        CalibrationError::Missing("tls-resumed")
    );
    assert_eq!(
        why("\nmd5 = [", "\nmd4 = ["),
        CalibrationError::Missing("md5")
    );
    assert_eq!(
        why(
            "\nopen = [\n    { bytes = 64,",
            "\nopen = [\n    { bytes = 6400000,"
        ),
        CalibrationError::Curve("open")
    );
    assert_eq!(
        why("key-setup = { ns = ", "key-setup = { ns = -"),
        CalibrationError::Missing("key-setup")
    );
    assert_eq!(
        why("calibration = 1", "calibration = 2"),
        CalibrationError::Newer(2)
    );
    let malformed = Calibration::read("seed = 7").unwrap_err().to_string();
    assert!(malformed.starts_with("not a calibration: "), "{malformed}");
}

// Goal: another file is another calibration, to the last byte.
// Method: one more line end.
#[test]
fn every_file_has_its_own_hash() {
    let other = Calibration::read(&format!("{DEFAULT}\n")).unwrap();
    let default = Calibration::default_one();
    assert_ne!(other.provenance().sha256, default.provenance().sha256);
    assert!(!other.provenance().is_default);
    assert_eq!(other.cost(Once::DataKey), default.cost(Once::DataKey));
}

// Goal: a file from before V2 was measured is still read: what V3 costs, which is no less, stands
// in for it.
// Method: rename V2's sealing; its opening is still there.
#[test]
fn older_files_have_a_stand_in() {
    let older = with("envelope-v2-seal = {", "envelope-v0-seal = {").unwrap();
    let default = Calibration::default_one();
    let cost = |kind| older.cost(kind);
    assert_eq!(cost(Once::EnvelopeV2Seal), cost(Once::EnvelopeV3Seal));
    assert_eq!(
        cost(Once::EnvelopeV2Open),
        default.cost(Once::EnvelopeV2Open)
    );
    assert!(cost(Once::EnvelopeV2Open) < cost(Once::EnvelopeV3Open));
}
