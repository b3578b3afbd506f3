//! The arrows between the crates, read from `cargo metadata`.
use cargo_metadata::{DependencyKind, MetadataCommand, Package};
use std::collections::{BTreeMap, BTreeSet};

/// Crates of the workspace and those that each may build upon. Dev-dependencies are free, and so
/// is everything that the benches use: nothing builds upon them.
const ARROWS: [(&str, &[&str]); 8] = [
    ("keystorm-envelope", &["keystorm-machine"]),
    ("keystorm-machine", &[]),
    ("keystorm-sim", &[]),
    ("keystorm-models", &["keystorm-sim"]),
    ("keystorm-record", &[]),
    (
        "keystorm-scenarios",
        &["keystorm-models", "keystorm-record", "keystorm-sim"],
    ),
    ("keystorm-reports", &["keystorm-record"]),
    (
        "keystorm",
        &[
            "keystorm-envelope",
            "keystorm-record",
            "keystorm-reports",
            "keystorm-scenarios",
        ],
    ),
];
const BENCHES: &str = "keystorm-benches";

/// What the engine may use: arithmetic, chance and statistics. No formats, no files, no clocks.
const SIM_MAY_USE: [&str; 4] = ["hdrhistogram", "libm", "rand", "rand_pcg"];

fn workspace() -> Vec<Package> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let mut command = MetadataCommand::new();
    command
        .manifest_path(manifest)
        .no_deps()
        .other_options(["--offline".to_string()]);
    command.exec().unwrap().packages
}

fn dependencies(package: &Package) -> impl Iterator<Item = &str> {
    let linked = package
        .dependencies
        .iter()
        .filter(|d| d.kind != DependencyKind::Development);
    linked.map(|dependency| dependency.name.as_str())
}

// Goal: the direction of the design holds: sim <- models <- scenarios <- cli, and records alone
// stand between simulating and showing.
// Method: every dependency of a crate of ours on another must be one of the arrows above.
#[test]
fn arrows_between_crates_run_one_way() {
    let arrows: BTreeMap<_, _> = ARROWS.into_iter().collect();
    let packages = workspace();
    assert!(
        packages
            .iter()
            .any(|package| package.name == "keystorm-reports")
    );
    for package in packages.iter().filter(|package| package.name != BENCHES) {
        let name = package.name.as_str();
        let allowed = arrows
            .get(name)
            .unwrap_or_else(|| panic!("{name} has no line in ARROWS"));
        for dependency in dependencies(package).filter(|name| name.starts_with("keystorm")) {
            assert!(
                allowed.contains(&dependency),
                "{name} must not build upon {dependency}"
            );
        }
    }
}

// Goal: the table itself keeps the promises that people read in it.
// Method: follow the arrows: reports never reach the simulator, nothing reaches itself.
#[test]
fn the_arrows_keep_simulating_and_showing_apart() {
    let arrows: BTreeMap<_, _> = ARROWS.into_iter().collect();
    let reach = |from: &str| {
        let (mut reached, mut open) = (BTreeSet::new(), arrows[from].to_vec());
        while let Some(name) = open.pop() {
            if reached.insert(name) {
                open.extend(arrows[name]);
            }
        }
        reached
    };
    assert_eq!(
        reach("keystorm-reports"),
        BTreeSet::from(["keystorm-record"])
    );
    for (name, _) in ARROWS {
        assert!(!reach(name).contains(name), "{name} reaches itself");
    }
}

// Goal: the engine stays free of S3, formats and files.
// Method: everything that it links must stand in a short list.
#[test]
fn the_engine_links_arithmetic_and_chance_only() {
    let packages = workspace();
    let sim = packages
        .iter()
        .find(|package| package.name == "keystorm-sim")
        .unwrap();
    for dependency in dependencies(sim) {
        assert!(
            SIM_MAY_USE.contains(&dependency),
            "keystorm-sim must not use {dependency}"
        );
    }
}

// Goal: `cargo run` at the root needs no `--bin`.
// Method: count the binaries of the workspace.
#[test]
fn the_workspace_has_one_binary() {
    let packages = workspace();
    let targets = packages.iter().flat_map(|package| &package.targets);
    let binaries: Vec<_> = targets
        .filter(|target| target.is_bin())
        .map(|t| &t.name)
        .collect();
    assert_eq!(binaries, ["keystorm"]);
}
