//! Standard output, where a reader that leaves early is no error.
use crate::args::When;
use crate::exit::Failure;
use indicatif::HumanCount;
use keystorm_record::plan::Plan;
use keystorm_record::{Calibration, Fact, Record, Sweep};
use keystorm_reports::{Diff, Terminal};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

/// Columns of a table that does not go to a terminal.
const WIDTH: usize = 100;

/// Writes a result to standard output.
///
/// # Errors
/// [`Failure::Internal`] if it cannot be written; a closed pipe (`keystorm ... | head`) is fine.
pub(crate) fn result(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::Internal(format!(
            "cannot write to standard output: {error}"
        ))),
        _ => Ok(()),
    }
}

/// Writes a remark to standard error, for people who watch; whether anyone does is no concern.
pub(crate) fn remark(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// What `--verbose` tells on standard error: what is being done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Details(pub(crate) bool);

impl Details {
    /// Tells a detail, if they are wanted.
    pub(crate) fn say(self, detail: impl FnOnce() -> String) {
        if self.0 {
            remark(&detail());
        }
    }

    /// Tells that a file was written.
    pub(crate) fn written(self, file: &Path, text: &str) {
        self.say(|| {
            format!(
                "wrote {}, {} bytes",
                file.display(),
                HumanCount(text.len() as u64)
            )
        });
    }
}

/// Verdict and tables, as wide as the terminal.
pub(crate) fn table(record: &Record, color: When) -> String {
    keystorm_reports::terminal(record, style(color))
}

/// Two records set against one another, as wide as the terminal.
pub(crate) fn diff(diff: &Diff, color: When) -> String {
    keystorm_reports::diff_terminal(diff, style(color))
}

/// The answers of a plan, as wide as the terminal.
pub(crate) fn plan(plan: &Plan, color: When) -> String {
    keystorm_reports::plan_terminal(plan, style(color))
}

/// What a sweep found, as wide as the terminal.
pub(crate) fn sweep(sweep: &Sweep, color: When) -> String {
    keystorm_reports::sweep_terminal(sweep, style(color))
}

/// What was measured, as wide as the terminal.
pub(crate) fn calibration(calibration: &Calibration, color: When) -> String {
    keystorm_reports::calibration_terminal(calibration, style(color))
}

/// Facts, as wide as the terminal.
pub(crate) fn facts(title: &str, facts: &[Fact], color: When) -> String {
    keystorm_reports::facts_terminal(title, facts, style(color))
}

/// Columns of the terminal that standard output is, if it is one.
pub(crate) fn terminal_width() -> Option<usize> {
    let size = terminal_size::terminal_size_of(io::stdout());
    size.map(|(terminal_size::Width(columns), _)| usize::from(columns))
}

fn style(color: When) -> Terminal {
    Terminal {
        width: terminal_width().unwrap_or(WIDTH),
        color: color.colors(&io::stdout()),
    }
}
