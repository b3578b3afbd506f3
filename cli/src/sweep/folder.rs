//! The folder of a sweep: its plan, and whose it is.
use crate::exit::Failure;
use crate::{files, scenario};
use keystorm_scenarios::experiment::sweep::{PLAN_FILE, SweepPlan, SweepWork, shard_files};
use std::fs;
use std::path::{Path, PathBuf};

/// Names of the files that a merge writes.
pub(crate) const RESULT: &str = "result.json";
pub(crate) const CSV: &str = "result.csv";
pub(crate) const PAGE: &str = "report.html";

/// The default folder of a sweep of this scenario.
pub(super) fn of_scenario(scenario: &Path) -> PathBuf {
    let mut name = scenario.file_stem().unwrap_or_default().to_owned();
    name.push("-sweep");
    Path::new("out").join(name)
}

/// Whether a path names a plan or the folder of one, not a scenario.
pub(super) fn is_prepared(path: &Path) -> bool {
    path.is_dir() || path.extension().is_some_and(|it| it == "json")
}

/// The plan, from its path or that of its folder.
pub(super) fn plan_of(path: &Path) -> PathBuf {
    if path.is_dir() {
        path.join(PLAN_FILE)
    } else {
        path.to_owned()
    }
}

/// The folder of a sweep and its plan, from the path of either.
///
/// # Errors
/// [`Failure::Input`] if there is no plan that can be worked on.
pub(super) fn open(path: &Path) -> Result<(PathBuf, SweepWork), Failure> {
    let (folder, plan) = if path.is_dir() {
        (path.to_owned(), path.join(PLAN_FILE))
    } else {
        let folder = path.parent().unwrap_or(Path::new(""));
        // The folder of a bare name is here.
        let here = if folder == Path::new("") {
            Path::new(".")
        } else {
            folder
        };
        (here.to_owned(), path.to_owned())
    };
    let text = fs::read_to_string(&plan).map_err(|error| {
        scenario::unreadable(&plan, &error, "`keystorm sweep prepare` writes one")
    })?;
    let wrong =
        |error: &dyn std::fmt::Display| Failure::Input(format!("{}: {error}", plan.display()));
    let read = SweepPlan::from_json(&text).map_err(|error| wrong(&error))?;
    let work = SweepWork::open(read).map_err(|error| wrong(&error))?;
    Ok((folder, work))
}

/// Writes the plan into its folder, unless it lies there already. What another sweep left there is
/// removed with `force`.
///
/// # Errors
/// [`Failure::Input`] if the folder holds something else and `force` is not given.
pub(super) fn write(folder: &Path, work: &SweepWork, force: bool) -> Result<(), Failure> {
    let path = folder.join(PLAN_FILE);
    let there = fs::read_to_string(&path).ok();
    let known = there.as_deref().map(SweepPlan::from_json);
    if let Some(Ok(known)) = &known
        && known.sha256() == work.plan().sha256()
    {
        return Ok(());
    }
    let shards = shard_files(folder).unwrap_or_default();
    let of_others = match &known {
        Some(Ok(known)) => Some(format!("another sweep, of {}", known.path())),
        Some(Err(_)) => Some(format!("a {PLAN_FILE} that cannot be read")),
        None if !shards.0.is_empty() || !shards.1.is_empty() => {
            Some("shards without their plan".to_owned())
        }
        None => {
            let names = [RESULT, CSV].into_iter().chain(files::NAMES);
            let mut names = names.filter(|name| folder.join(name).exists());
            names.next().map(|name| format!("a {name}"))
        }
    };
    if let (Some(what), false) = (of_others, force) {
        return Err(Failure::Input(format!(
            "{} holds {what}\n  = help: choose another folder with --output, or replace it with \
             --force",
            folder.display()
        )));
    }
    for (_, file) in shards.0.iter().chain(&shards.1) {
        remove(file)?;
    }
    for name in [RESULT, CSV, PAGE] {
        let file = folder.join(name);
        if file.exists() {
            remove(&file)?;
        }
    }
    files::write(folder, [(PLAN_FILE, work.plan().to_json().as_str())])
}

fn remove(file: &Path) -> Result<(), Failure> {
    let removed = fs::remove_file(file);
    removed.map_err(|error| Failure::Internal(format!("cannot remove {}: {error}", file.display())))
}
