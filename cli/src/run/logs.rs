//! The logs of a run as files: names, rotation, compression, and nothing half-written.
use crate::exit::Failure;
use crate::files;
use flate2::Compression;
use flate2::write::GzEncoder;
use keystorm_scenarios::units::ByteSize;
use keystorm_scenarios::{LogKind, LogSink, Logs, Study};
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Logs that are wanted, and where.
#[derive(Debug, Default, clap::Args)]
pub(super) struct Wanted {
    /// Write a CloudTrail record for every KMS call, as AWS would, as {"Records":[…]}
    ///
    /// The calls are those of the measured window of the first replication. FILE.gz is gzipped.
    /// With several variants, each has its own file: its name goes before the extension. Account,
    /// roles, keys and addresses are examples.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, help_heading = "Logs")]
    audit: Option<PathBuf>,

    /// Begin another file when one has this size, before compression, such as 256MiB
    #[arg(long, value_name = "SIZE", requires = "audit", help_heading = "Logs")]
    audit_rotate: Option<ByteSize>,

    /// Write a line of S3's server access log for every request that S3 answers
    ///
    /// The same holds as for --audit.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, help_heading = "Logs")]
    access_log: Option<PathBuf>,
}

/// Smallest size at which a log is continued in another file.
const ROTATE_MIN: u64 = 1 << 20;

impl Wanted {
    /// The files of a study's logs, or `None` if none are wanted.
    ///
    /// # Errors
    /// [`Failure::Input`] if one of them is there already and is not to be replaced, or cannot be
    /// told from another; [`Failure::Internal`] if nothing can be written there.
    pub(super) fn files(&self, study: &Study, force: bool) -> Result<Option<Files>, Failure> {
        if self.audit.is_none() && self.access_log.is_none() {
            return Ok(None);
        }
        let mut scenarios = study.variants.iter().map(|it| &it.scenario);
        if scenarios.any(|it| !it.other_accounts.is_empty()) {
            return Err(Failure::Input(
                "--audit and --access-log write the logs of one account, but the scenario has \
                 `other-accounts`; leave one of them out"
                    .to_owned(),
            ));
        }
        let wanted = [&self.audit, &self.access_log].into_iter().flatten();
        if wanted.into_iter().any(|file| files::is_stdout(file)) {
            let text = "`-` is standard output, which has the result\n  = help: name a file";
            return Err(Failure::Input(text.to_owned()));
        }
        let rotate = self.audit_rotate.map(|size| size.0);
        if let Some(size) = rotate.filter(|size| *size < ROTATE_MIN) {
            return Err(Failure::Input(format!(
                "--audit-rotate is {}; expected at least {}",
                ByteSize(size),
                ByteSize(ROTATE_MIN)
            )));
        }
        let files = Files {
            audit: self.audit.clone(),
            access: self.access_log.clone(),
            rotate,
            variants: names(study),
        };
        files.check(force)?;
        Ok(Some(files))
    }
}

/// Where the logs of a run go.
#[derive(Debug)]
pub(super) struct Files {
    audit: Option<PathBuf>,
    access: Option<PathBuf>,
    rotate: Option<u64>,
    /// Each variant with what its files are named with: nothing if there is only one.
    variants: Vec<(String, String)>,
}

/// Variants with words for files' names, each once.
fn names(study: &Study) -> Vec<(String, String)> {
    let mut names: Vec<(String, String)> = Vec::new();
    for variant in &study.variants {
        let mut word = if study.variants.len() == 1 {
            String::new()
        } else {
            word(&variant.name)
        };
        while names.iter().any(|(_, other)| *other == word) {
            word.push('-');
        }
        names.push((variant.name.clone(), word));
    }
    names
}

/// A name with only what every file system takes.
fn word(name: &str) -> String {
    let parts = name.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.');
    let parts: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
    parts.join("-")
}

impl Files {
    fn path(&self, kind: LogKind) -> Option<&Path> {
        match kind {
            LogKind::Audit => self.audit.as_deref(),
            LogKind::Access => self.access.as_deref(),
        }
    }

    fn rotate(&self, kind: LogKind) -> Option<u64> {
        self.rotate.filter(|_| kind == LogKind::Audit)
    }

    /// The log of a variant.
    fn target(&self, kind: LogKind, variant: &str) -> Option<Target> {
        let word = self.variants.iter().find(|(name, _)| name == variant);
        Some(Target {
            path: files::named(self.path(kind)?, &[word.map_or("", |(_, word)| word)]),
            rotate: self.rotate(kind),
        })
    }

    fn check(&self, force: bool) -> Result<(), Failure> {
        let mut paths = Vec::new();
        for (variant, _) in &self.variants {
            for kind in [LogKind::Audit, LogKind::Access] {
                paths.extend(self.target(kind, variant).map(|it| it.file(1)));
            }
        }
        for path in &paths {
            let twice = paths.iter().filter(|it| *it == path).count() > 1;
            let (text, help) = if twice {
                ("would hold two logs", "give each a name of its own")
            } else if path.is_dir() {
                ("is a folder", "name a file in it")
            } else if path.exists() && !force {
                (
                    "is there already",
                    "choose another name, or replace it with --force",
                )
            } else {
                continue;
            };
            return Err(Failure::Input(format!(
                "{} {text}\n  = help: {help}",
                path.display()
            )));
        }
        let folders = [LogKind::Audit, LogKind::Access].map(|kind| self.path(kind));
        for folder in folders.into_iter().flatten().map(folder) {
            files::ensure_writable(folder)?;
        }
        Ok(())
    }
}

/// The folder of a file.
fn folder(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

impl Logs for Files {
    fn open(&self, kind: LogKind, variant: &str) -> io::Result<Option<Box<dyn LogSink>>> {
        let Some(target) = self.target(kind, variant) else {
            return Ok(None);
        };
        fs::create_dir_all(folder(&target.path))?;
        let sink = Sink {
            kind,
            target,
            part: None,
            full: Vec::new(),
        };
        Ok(Some(Box::new(sink)))
    }
}

/// A log's name and the size of its files.
#[derive(Debug)]
struct Target {
    path: PathBuf,
    rotate: Option<u64>,
}

impl Target {
    /// Its file number `number`, from 1.
    fn file(&self, number: usize) -> PathBuf {
        match self.rotate {
            None => self.path.clone(),
            Some(_) => files::named(&self.path, &[&format!("{number:04}")]),
        }
    }
}

/// A log that is being written, into files without a name until all are complete.
struct Sink {
    kind: LogKind,
    target: Target,
    part: Option<Part>,
    full: Vec<NamedTempFile>,
}

/// The file that is being written.
struct Part {
    out: Out,
    /// Before compression \[bytes\].
    size: u64,
}

enum Out {
    Plain(BufWriter<NamedTempFile>),
    Gzip(Box<GzEncoder<BufWriter<NamedTempFile>>>),
}

impl Out {
    fn writer(&mut self) -> &mut dyn Write {
        match self {
            Self::Plain(out) => out,
            Self::Gzip(out) => out,
        }
    }

    fn finish(self) -> io::Result<NamedTempFile> {
        let out = match self {
            Self::Plain(out) => out,
            Self::Gzip(out) => out.finish()?,
        };
        let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        Ok(file)
    }
}

impl Sink {
    /// What stands around the entries of a file: a `CloudTrail` file is one JSON object.
    fn frame(&self) -> [&'static [u8]; 2] {
        match self.kind {
            LogKind::Audit => [b"{\"Records\":[\n", b"\n]}\n"],
            LogKind::Access => [b"", b""],
        }
    }

    fn begin(&self) -> io::Result<Part> {
        let file = BufWriter::new(files::unnamed(folder(&self.target.path))?);
        let mut out = if self.target.path.extension().is_some_and(|it| it == "gz") {
            Out::Gzip(Box::new(GzEncoder::new(file, Compression::fast())))
        } else {
            Out::Plain(file)
        };
        out.writer().write_all(self.frame()[0])?;
        Ok(Part { out, size: 0 })
    }

    fn end(&mut self, part: Part) -> io::Result<()> {
        let mut out = part.out;
        out.writer().write_all(self.frame()[1])?;
        self.full.push(out.finish()?);
        Ok(())
    }
}

impl LogSink for Sink {
    fn take(&mut self, entries: &[u8]) -> io::Result<()> {
        let size = entries.len() as u64;
        let full = |part: &Part| self.target.rotate.is_some_and(|max| part.size + size > max);
        let mut part = match self.part.take() {
            Some(part) if full(&part) => {
                self.end(part)?;
                self.begin()?
            }
            Some(mut part) => {
                part.out.writer().write_all(self.kind.separator())?;
                part
            }
            None => self.begin()?,
        };
        part.out.writer().write_all(entries)?;
        part.size += size;
        self.part = Some(part);
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        let part = match self.part.take() {
            Some(part) => part,
            // Nothing happened; a log that says so is still a log.
            None => self.begin()?,
        };
        self.end(part)?;
        let Self { target, full, .. } = *self;
        let mut number = 1;
        for file in full {
            file.persist(target.file(number))
                .map_err(|error| error.error)?;
            number += 1;
        }
        // Files of an earlier, longer log would look like this one's.
        while target.rotate.is_some() && target.file(number).is_file() {
            fs::remove_file(target.file(number))?;
            number += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: files have names that file systems take, with the extension at their end.
    // Method: words before one extension, before two, before none; a hidden file.
    #[test]
    fn words_go_before_the_extension() {
        for (path, name) in [
            ("logs/a.json", "logs/a.SSE-KMS.0001.json"),
            ("logs/a.json.gz", "logs/a.SSE-KMS.0001.json.gz"),
            ("a", "a.SSE-KMS.0001"),
            (".a", ".a.SSE-KMS.0001"),
        ] {
            let words = ["SSE-KMS", "", "0001"];
            assert_eq!(files::named(Path::new(path), &words), Path::new(name));
        }
        assert_eq!(word("SSE-KMS, Bucket Key"), "SSE-KMS-Bucket-Key");
        assert_eq!(word("a/b: ü"), "a-b");
    }
}
