//! From the shards of a sweep to its result: files first, then words.
use super::folder::{CSV, PAGE, RESULT};
use crate::args::When;
use crate::exit::{Failure, Outcome};
use crate::{files, print};
use indicatif::HumanCount;
use keystorm_record::{Sweep, SweepPoint};
use keystorm_scenarios::Watch;
use keystorm_scenarios::experiment::sweep::{MergeError, Missing, Rows, SweepWork, merge};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Seek, Write};
use std::path::Path;
use tempfile::NamedTempFile;

/// What to print of a result.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
pub(super) enum Format {
    /// Words and tables for people
    Table,
    /// The result: result.json
    Json,
    /// One line per point and figure: result.csv
    Csv,
}

/// How to merge and what to print.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    pub(super) format: Format,
    pub(super) quiet: bool,
    pub(super) jobs: usize,
    pub(super) color: When,
}

/// Pools all rows, writes the result into the folder and prints it.
pub(super) fn written(
    folder: &Path,
    work: &SweepWork,
    rows: &Rows,
    wanted: Wanted,
    watch: &Watch,
) -> Result<Outcome, Failure> {
    let Some(sweep) = pooled(folder, work, rows, wanted.jobs, watch)? else {
        print::remark("interrupted before all points had been merged; no run is lost");
        return Ok(Outcome::Interrupted);
    };
    if !wanted.quiet {
        printed(&sweep, folder, wanted)?;
    }
    Ok(Outcome::Fine)
}

fn printed(sweep: &Sweep, folder: &Path, wanted: Wanted) -> Result<(), Failure> {
    match wanted.format {
        Format::Table => {
            let words = print::sweep(sweep, wanted.color);
            let [result, page] = [RESULT, PAGE].map(|it| folder.join(it));
            print::result(&format!(
                "{words}\nresult: {}\nreport: {}\n",
                result.display(),
                page.display()
            ))
        }
        Format::Json => copied(&folder.join(RESULT)),
        Format::Csv => copied(&folder.join(CSV)),
    }
}

/// A file to standard output.
fn copied(path: &Path) -> Result<(), Failure> {
    let copied =
        File::open(path).and_then(|mut file| io::copy(&mut file, &mut io::stdout().lock()));
    match copied {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::Internal(format!(
            "cannot print {}: {error}",
            path.display()
        ))),
        _ => Ok(()),
    }
}

/// Writes the files; gives the result with its points, but without their classes. `None` if the
/// watch cancels it: then nothing is written.
fn pooled(
    folder: &Path,
    work: &SweepWork,
    rows: &Rows,
    jobs: usize,
    watch: &Watch,
) -> Result<Option<Sweep>, Failure> {
    let failed = |error: io::Error| {
        Failure::Internal(format!("cannot write into {}: {error}", folder.display()))
    };
    let mut points = Vec::new();
    let mut texts = files::unnamed(folder).map_err(failed)?;
    let merged = {
        let mut into = BufWriter::new(&mut texts);
        let mut each = |mut point: SweepPoint| {
            if !points.is_empty() {
                into.write_all(Sweep::BETWEEN.as_bytes())?;
            }
            into.write_all(point.to_json().as_bytes())?;
            point.classes = Vec::new();
            points.push(point);
            Ok(())
        };
        let merged = merge(work, rows, jobs, watch, &mut each);
        into.flush().map_err(failed)?;
        merged
    };
    if matches!(merged, Err(MergeError::Cancelled)) {
        return Ok(None);
    }
    let mut sweep = merged.map_err(|error| match error {
        MergeError::Output(error) => failed(error),
        MergeError::Rows(_) | MergeError::Nothing => Failure::Input(error.to_string()),
        _ => Failure::Internal(error.to_string()),
    })?;
    let json = json(folder, &sweep, texts).map_err(failed)?;
    let csv = csv(folder, &sweep, &points).map_err(failed)?;
    sweep.points = points;
    let page = page(folder, &sweep).map_err(failed)?;
    for (file, name) in [(json, RESULT), (csv, CSV), (page, PAGE)] {
        file.persist(folder.join(name))
            .map_err(|error| failed(error.error))?;
    }
    Ok(Some(sweep))
}

/// The head and the points in one file.
fn json(folder: &Path, sweep: &Sweep, mut points: NamedTempFile) -> io::Result<NamedTempFile> {
    let mut file = files::unnamed(folder)?;
    file.write_all(sweep.head_json().as_bytes())?;
    points.rewind()?;
    io::copy(&mut BufReader::new(points.as_file()), file.as_file_mut())?;
    file.write_all(Sweep::END.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn page(folder: &Path, sweep: &Sweep) -> io::Result<NamedTempFile> {
    let mut file = files::unnamed(folder)?;
    file.write_all(keystorm_reports::sweep_html(sweep).as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn csv(folder: &Path, sweep: &Sweep, points: &[SweepPoint]) -> io::Result<NamedTempFile> {
    let mut file = files::unnamed(folder)?;
    let mut into = BufWriter::new(&mut file);
    into.write_all(keystorm_reports::sweep_csv_head(sweep).as_bytes())?;
    for point in points {
        into.write_all(keystorm_reports::sweep_csv_rows(sweep, point).as_bytes())?;
    }
    into.flush()?;
    drop(into);
    file.as_file().sync_all()?;
    Ok(file)
}

/// Says what is missing, and what to submit again.
pub(super) fn told(work: &SweepWork, missing: &Missing, folder: &Path) -> Outcome {
    let first: Vec<_> = missing.first.iter().map(ToString::to_string).collect();
    let more = if missing.runs > first.len() as u64 {
        ", …"
    } else {
        ""
    };
    let indices = ranges(&missing.indices);
    print::remark(&format!(
        "{} of {} runs are missing ({}{more})\n  = help: simulate these of {} shards again, with \
         `keystorm sweep run {} --shard I/{}`: --array={indices}",
        missing.runs,
        HumanCount(work.plan().runs()),
        first.join(", "),
        missing.shards,
        folder.display(),
        missing.shards,
    ));
    Outcome::Inconclusive
}

/// Indices as job schedulers take them: `3,17`, and `0-4` for five in a row.
fn ranges(indices: &[u32]) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut rest = indices;
    while let Some(&first) = rest.first() {
        let row = rest
            .iter()
            .zip(u64::from(first)..)
            .take_while(|(it, next)| u64::from(**it) == *next);
        let length = row.count();
        let (row, after) = rest.split_at(length);
        match row {
            [first, .., last] if length > 2 => words.push(format!("{first}-{last}")),
            few => words.extend(few.iter().map(ToString::to_string)),
        }
        rest = after;
    }
    words.join(",")
}

#[cfg(test)]
mod tests {
    use super::ranges;

    // Goal: indices are short, and in the form that `sbatch --array` takes.
    // Method: alone, two and three in a row, none.
    #[test]
    fn indices_are_told_as_ranges() {
        assert_eq!(ranges(&[3, 17]), "3,17");
        assert_eq!(ranges(&[0, 1, 4, 5, 6, 9]), "0,1,4-6,9");
        assert_eq!(ranges(&[]), "");
        assert_eq!(ranges(&[u32::MAX]), "4294967295");
    }
}
