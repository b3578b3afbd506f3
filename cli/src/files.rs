//! The output folder: whose it is, and writing into it in one go.
use crate::exit::Failure;
use crate::print;
use keystorm_record::Record;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Names of the files that a run writes, the record first: it says whose the others are.
pub(crate) const NAMES: [&str; 4] = ["record.json", "report.html", "series.csv", "summary.csv"];

/// Refuses a folder that holds the output of another scenario.
///
/// `path` and `title` are those of the scenario that is about to be written.
///
/// # Errors
/// [`Failure::Input`] if it does, or if what it holds cannot be told.
pub(crate) fn ensure_ours(folder: &Path, path: &str, title: &str) -> Result<(), Failure> {
    let record = folder.join(NAMES[0]);
    let whose = match fs::read_to_string(&record) {
        Ok(text) => match Record::from_json(&text) {
            Ok(theirs) if same_scenario(&theirs, path, title) => return Ok(()),
            Ok(theirs) => format!(
                "the output of {} ({})",
                theirs.scenario.path, theirs.scenario.title
            ),
            Err(error) => format!("a {} that says not whose it is ({error})", NAMES[0]),
        },
        Err(error) if is_absent(&error) => {
            let Some(other) = NAMES[1..].iter().find(|name| folder.join(name).exists()) else {
                return Ok(());
            };
            format!("a {other} without the record that says whose it is")
        }
        Err(error) => format!("a {} that cannot be read ({error})", NAMES[0]),
    };
    Err(Failure::Input(format!(
        "{} holds {whose}\n  = help: choose another folder with --output, or replace it with \
         --force",
        folder.display()
    )))
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// A scenario is known by its path. An absolute path leaves only the file's name in a record, so
/// that name and title together are taken for the same scenario, too.
fn same_scenario(theirs: &Record, path: &str, title: &str) -> bool {
    let name = |path: &str| path.rsplit('/').next().map(str::to_owned);
    theirs.scenario.path == path
        || (name(&theirs.scenario.path) == name(path) && theirs.scenario.title == title)
}

/// Tries to write where the folder is or will be, so that an hour of simulating is not lost. Leaves
/// nothing behind.
///
/// # Errors
/// [`Failure::Internal`] if nothing can be written there.
pub(crate) fn ensure_writable(folder: &Path) -> Result<(), Failure> {
    let existing = folder.ancestors().find(|ancestor| ancestor.exists());
    write_beside(existing.unwrap_or(Path::new(".")), "")
        .map(drop)
        .map_err(|error| failed(folder, &error))
}

/// Writes files into a folder: all of them beside their places first, then each is renamed, so that
/// a reader never sees half a file and a failure leaves what was there.
///
/// # Errors
/// [`Failure::Internal`] naming the file that cannot be written.
pub(crate) fn write<'a>(
    folder: &Path,
    files: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    let mut written = Vec::new();
    for (name, text) in files {
        let target = folder.join(name);
        let file = write_beside(folder, text).map_err(|error| failed(&target, &error))?;
        written.push((file, target));
    }
    for (file, target) in written {
        file.persist(&target)
            .map_err(|error| failed(&target, &error.error))?;
    }
    // The renames themselves: not every system lets a folder be opened for this.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// `path` with words before its extension; `.json.gz` is one.
pub(crate) fn named(path: &Path, words: &[&str]) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let (name, gz) = match name.strip_suffix(".gz") {
        Some(name) => (name, ".gz"),
        None => (&*name, ""),
    };
    let dot = name.rfind('.').filter(|at| *at > 0).unwrap_or(name.len());
    let (stem, extension) = name.split_at(dot);
    let words = words.iter().filter(|word| !word.is_empty());
    let words: String = words.flat_map(|word| [".", word]).collect();
    path.with_file_name(format!("{stem}{words}{extension}{gz}"))
}

/// Whether something is there that is neither a file nor a folder, such as `/dev/null`: to be
/// written into, but neither read nor replaced.
pub(crate) fn is_device(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|it| !it.is_file() && !it.is_dir())
}

/// Whether a file's name means standard output.
pub(crate) fn is_stdout(file: &Path) -> bool {
    file == Path::new("-")
}

/// Writes one file in the same way; `-` is standard output. What is no ordinary file, such as
/// `/dev/stdout` or a named pipe, is written into, not replaced, and a link stays one.
///
/// # Errors
/// [`Failure::Internal`] naming the file.
pub(crate) fn write_one(file: &Path, text: &str) -> Result<(), Failure> {
    if is_stdout(file) {
        return print::result(text);
    }
    if is_device(file) {
        let into = File::options().write(true).open(file);
        let done = into.and_then(|mut it| it.write_all(text.as_bytes()));
        return match done {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(failed(file, &error)),
            _ => Ok(()),
        };
    }
    let file = &file.canonicalize().unwrap_or(file.to_owned());
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    write(folder.unwrap_or(Path::new(".")), [(name.as_ref(), text)])
}

fn failed(what: &Path, error: &io::Error) -> Failure {
    Failure::Internal(format!("cannot write {}: {error}", what.display()))
}

fn write_beside(folder: &Path, text: &str) -> io::Result<NamedTempFile> {
    let mut file = unnamed(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// A file in a folder that is removed unless it gets a name.
///
/// # Errors
/// If it cannot be made there.
pub(crate) fn unnamed(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".keystorm-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any new file, less what the umask takes away; private is only the default of tempfile.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}
