//! The scenario of `run` and `check`: the file, what the command line changes in it, and the
//! command that gives the same record again.
use crate::args::When;
use crate::exit::Failure;
use keystorm_scenarios::{Diagnostics, Overrides, Reader, Setting, Study};
use std::path::{Component, Path, PathBuf};

/// A scenario and what the command line changes in it.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Input {
    /// The scenario file (TOML); `keystorm examples` has some to start from
    #[arg(value_name = "SCENARIO")]
    pub(crate) path: PathBuf,

    #[command(flatten)]
    pub(crate) changes: Changes,
}

/// What the command line changes in a scenario.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Changes {
    /// Change a value, as the scenario would write it; can be repeated
    ///
    /// PATH names the value with dots, VALUE is what would stand there; quotes may be left out. It
    /// replaces the value in every variant. `keystorm schema` has all paths.
    #[arg(long, value_name = "PATH=VALUE", help_heading = "Scenario")]
    pub(crate) set: Vec<Setting>,

    /// Expect something, such as `get.latency.p99<200ms`; can be repeated
    ///
    /// A condition compares the mean over replications of a figure with a value, in every variant.
    /// If one does not hold, the exit code is 10. `keystorm schema metrics` lists the figures.
    #[arg(long, value_name = "CONDITION", help_heading = "Scenario")]
    pub(crate) expect: Vec<String>,

    /// Seed of every random stream: short for `--set seed=N`
    #[arg(long, value_name = "N", help_heading = "Scenario")]
    pub(crate) seed: Option<u64>,

    /// Independent repetitions: short for `--set run.replications=N`
    #[arg(long, value_name = "N", help_heading = "Scenario")]
    pub(crate) replications: Option<u32>,

    /// End each replication after N requests: short for `--set run.requests-max=N`
    #[arg(long, value_name = "N", help_heading = "Scenario")]
    pub(crate) requests_max: Option<u64>,
}

impl Input {
    /// Reads the file and checks everything that can be checked without simulating.
    ///
    /// # Errors
    /// [`Failure::Input`] if the file cannot be read, [`Failure::Diagnostics`] with every mistake
    /// that was found in it or in the flags.
    pub(crate) fn load(&self, color: When) -> Result<Study, Failure> {
        self.load_by(|path, text, overrides, reader| {
            keystorm_scenarios::load_with(path, text, overrides, reader)
                .map_err(|diagnostics| mistakes(&diagnostics, color))
        })
    }

    /// The same, by another function of the scenarios' path, text, overrides and files.
    pub(crate) fn load_by<T>(
        &self,
        load: impl FnOnce(&str, &str, &Overrides, &Reader<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let text = read(&self.path)?;
        let overrides = self.changes.overrides();
        load(&shown(&self.path), &text, &overrides, &beside(&self.path))
    }

    /// The command that gives the same record again: without jobs, output and absolute paths.
    ///
    /// `more` are further flags that change the result.
    pub(crate) fn command(&self, command: &str, more: &[String]) -> String {
        self.changes.command(command, &self.path, more)
    }
}

/// The text of a scenario.
///
/// # Errors
/// [`Failure::Input`] if the file cannot be read, or is no text.
pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(path)
        .map_err(|error| unreadable(path, &error, "`keystorm examples` lists scenarios"))?;
    String::from_utf8(bytes).map_err(|error| {
        Failure::Input(format!(
            "{}: byte {} is not UTF-8, so this is no scenario",
            path.display(),
            error.utf8_error().valid_up_to()
        ))
    })
}

/// Reads the files that a scenario names, relative to its folder.
pub(crate) fn beside(scenario: &Path) -> impl Fn(&str) -> Result<String, String> + Sync {
    let folder = scenario.parent().unwrap_or(Path::new(""));
    move |name| std::fs::read_to_string(folder.join(name)).map_err(|error| error.to_string())
}

impl Changes {
    /// What they change, for loading a scenario.
    pub(crate) fn overrides(&self) -> Overrides {
        Overrides {
            settings: self.settings(),
            expectations: self.expect.clone(),
        }
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.overrides() == Overrides::default()
    }

    /// All changes as `PATH=VALUE`. The short flags come last and so win.
    fn settings(&self) -> Vec<Setting> {
        let short = [
            self.seed.map(|seed| format!("seed={seed}")),
            self.replications
                .map(|count| format!("run.replications={count}")),
            self.requests_max
                .map(|count| format!("run.requests-max={count}")),
        ];
        let short = short.into_iter().flatten();
        let short = short.map(|text| text.parse().expect("it has a path and a value"));
        self.set.iter().cloned().chain(short).collect()
    }

    /// As [`Input::command`] for a scenario at `path`; the command may have several words.
    pub(crate) fn command(&self, command: &str, path: &Path, more: &[String]) -> String {
        let command = command.split(' ').map(str::to_string);
        let mut words = vec!["keystorm".to_string()];
        words.extend(command.chain([shown(path)]));
        let mut flag = |name: &str, value: &str| {
            words.push(name.to_string());
            words.push(value.to_string());
        };
        if let Some(seed) = self.seed {
            flag("--seed", &seed.to_string());
        }
        if let Some(count) = self.replications {
            flag("--replications", &count.to_string());
        }
        if let Some(count) = self.requests_max {
            flag("--requests-max", &count.to_string());
        }
        for setting in &self.set {
            flag("--set", &setting.to_string());
        }
        for condition in &self.expect {
            flag("--expect", condition);
        }
        words.extend_from_slice(more);
        words
            .iter()
            .map(|word| quoted(word))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// The mistakes in a scenario, ready to be shown.
pub(crate) fn mistakes(found: &Diagnostics, color: When) -> Failure {
    Failure::Diagnostics(found.render(color.colors(&std::io::stderr())))
}

/// The path as records and messages show it: with `/`, without `.` parts, and only the file's name
/// if it is absolute, since a record must not depend on where somebody keeps a scenario.
pub(crate) fn shown(path: &Path) -> String {
    if path.is_absolute() {
        return path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
    }
    let parts = path.components().filter(|part| *part != Component::CurDir);
    let parts: Vec<_> = parts
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts.join("/")
}

/// Says that a file cannot be read, and what helps if it is not there.
pub(crate) fn unreadable(path: &Path, error: &std::io::Error, help: &str) -> Failure {
    let text = format!("cannot read {}: {error}", path.display());
    Failure::Input(match error.kind() {
        std::io::ErrorKind::NotFound => format!("{text}\n  = help: {help}"),
        _ => text,
    })
}

/// A word as a POSIX shell reads it back.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_string()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Changes, Input, quoted, shown};
    use std::path::Path;

    // Goal: the command in a record reproduces it, and says nothing of the machine.
    // Method: flags of every kind, one that needs quotes, and an absolute path.
    #[test]
    fn the_command_has_what_changes_the_result_and_no_absolute_path() {
        let args = Input {
            path: "/home/ann/nightly job.toml".into(),
            changes: Changes {
                set: vec!["kms.other-load=2_000/s".parse().unwrap()],
                expect: vec!["get.latency.p99<200ms".to_string()],
                seed: Some(3),
                requests_max: Some(1000),
                ..Changes::default()
            },
        };
        assert_eq!(
            args.command("run", &["--tie-break", "shuffled"].map(str::to_string)),
            "keystorm run 'nightly job.toml' --seed 3 --requests-max 1000 \
             --set kms.other-load=2_000/s --expect 'get.latency.p99<200ms' --tie-break shuffled"
        );
        let plain = Input {
            path: "./scenarios/library/quickstart.toml".into(),
            ..Input::default()
        };
        assert_eq!(
            plain.command("run", &[]),
            "keystorm run scenarios/library/quickstart.toml"
        );
    }

    // Goal: the short flags win over a `--set` of the same value.
    // Method: set the seed in both ways.
    #[test]
    fn short_flags_come_last() {
        let args = Changes {
            set: vec!["seed=1".parse().unwrap()],
            seed: Some(2),
            ..Changes::default()
        };
        let settings: Vec<_> = args.settings().iter().map(ToString::to_string).collect();
        assert_eq!(settings, ["seed=1", "seed=2"]);
    }

    // Goal: a shell reads quoted words back as they were.
    // Method: words with nothing, a space, a quote and a dollar sign.
    #[test]
    fn words_are_quoted_for_a_shell() {
        let words = ["a=b", "", "a b", "it's", "$x"].map(quoted);
        assert_eq!(words, ["a=b", "''", "'a b'", r"'it'\''s'", "'$x'"]);
        assert_eq!(shown(Path::new("./a/../b.toml")), "a/../b.toml");
    }
}
