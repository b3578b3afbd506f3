//! Runs the binary in a folder of its own.
use keystorm_record::Record;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// Text of the scenario that everybody sees first.
pub(crate) const QUICKSTART: &str = include_str!("../../../scenarios/library/quickstart.toml");

/// That scenario without its warm-up.
pub(crate) fn quick() -> String {
    let text = QUICKSTART.replace("warm-up = \"5 s\"", "warm-up = \"0 s\"");
    assert_ne!(text, QUICKSTART);
    text
}

/// A folder with `quickstart.toml` in it, where commands are run. It measures from the start, so
/// that few requests are enough.
pub(crate) struct Tool {
    folder: TempDir,
}

impl Tool {
    pub(crate) fn new() -> Self {
        let tool = Self {
            folder: TempDir::new().unwrap(),
        };
        tool.put("quickstart.toml", &quick());
        tool
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn put(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn record(&self, name: &str) -> Record {
        Record::from_json(&self.text(name)).unwrap()
    }

    /// `keystorm` with these arguments, ready to be run.
    pub(crate) fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keystorm"));
        command
            .args(arguments.split_whitespace())
            .current_dir(self.folder.path());
        command.env_remove("NO_COLOR").stdin(Stdio::null());
        command
    }

    /// Runs `keystorm` and expects this exit code.
    pub(crate) fn run(&self, arguments: &str, code: i32) -> Output {
        let output = self.command(arguments).output().unwrap();
        assert_eq!(
            output.status.code(),
            Some(code),
            "keystorm {arguments}\n{}{}",
            stdout(&output),
            stderr(&output)
        );
        output
    }
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}
