//! Whose plan lies in the folder.
use super::NAME;
use crate::exit::Failure;
use crate::files;
use keystorm_record::plan::Plan;
use std::fs;
use std::path::Path;

/// Refuses a folder with the plan of another scenario, or one that cannot be written.
pub(super) fn ensure_ours(
    folder: &Path,
    path: &str,
    title: &str,
    force: bool,
) -> Result<(), Failure> {
    if !force && let Some(whose) = others(folder, path, title) {
        return Err(Failure::Input(format!(
            "{} holds {whose}\n  = help: choose another folder with --output, or replace it with \
             --force",
            folder.display()
        )));
    }
    files::ensure_writable(folder)
}

/// What is there, if it is not this scenario's.
fn others(folder: &Path, path: &str, title: &str) -> Option<String> {
    // What is not there is nobody's; what cannot be read is found out by writing.
    let text = fs::read_to_string(folder.join(NAME)).ok()?;
    match serde_json::from_str::<Plan>(&text) {
        Ok(plan) => {
            let name = |path: &str| path.rsplit('/').next().map(str::to_owned);
            let theirs = &plan.scenario;
            let same =
                theirs.path == path || (name(&theirs.path) == name(path) && theirs.title == title);
            (!same).then(|| format!("the plan of {} ({})", theirs.path, theirs.title))
        }
        Err(error) => Some(format!("a {NAME} that says not whose it is ({error})")),
    }
}
