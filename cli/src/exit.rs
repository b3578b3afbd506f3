//! How a command ends, and the exit code that says so.
use std::io::{self, Write};
use std::process::ExitCode;

/// A command that did what it was asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    /// Exit code 0.
    Fine,
    /// Exit code 10: an expectation of the scenario or the command line does not hold, or a policy
    /// denies a request.
    Breached,
    /// Exit code 11: a metric of a new record is worse than tolerated.
    Regression,
    /// Exit code 12: done, but not to be believed.
    Inconclusive,
    /// Exit code 130: interrupted, what had finished was kept.
    Interrupted,
}

/// A command that could not do what it was asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Exit code 1: a file cannot be written, or a bug.
    Internal(String),
    /// Exit code 2: a flag, a scenario or a record is not as it must be; nothing was written.
    Input(String),
    /// Exit code 2, with messages that are ready to be shown.
    Diagnostics(String),
    /// Exit code 130: interrupted before anything had finished.
    Interrupted,
}

/// Says what went wrong, if anything, and turns the end of a command into an exit code.
pub(crate) fn code(end: Result<Outcome, Failure>) -> ExitCode {
    let mut stderr = io::stderr().lock();
    // There is nowhere left to complain to if standard error is gone.
    let (code, _) = match end {
        Ok(Outcome::Fine) => (0, Ok(())),
        Ok(Outcome::Breached) => (10, Ok(())),
        Ok(Outcome::Regression) => (11, Ok(())),
        Ok(Outcome::Inconclusive) => (12, Ok(())),
        Ok(Outcome::Interrupted) => (130, Ok(())),
        Err(Failure::Internal(text)) => (1, writeln!(stderr, "error: {text}")),
        Err(Failure::Input(text)) => (2, writeln!(stderr, "error: {text}")),
        Err(Failure::Diagnostics(text)) => (2, writeln!(stderr, "{}", text.trim_end())),
        Err(Failure::Interrupted) => (
            130,
            writeln!(
                stderr,
                "interrupted before a replication had finished; nothing written"
            ),
        ),
    };
    ExitCode::from(code)
}

/// Makes a panic of any thread end the program with exit code 1 and say that it is a bug.
pub(crate) fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        // If even this fails there is nothing left to do but end.
        let _ = writeln!(
            io::stderr(),
            "internal error: {panic}\n  = help: this is a bug in keystorm {}; please report it \
             with the scenario and the command",
            env!("CARGO_PKG_VERSION"),
        );
        #[expect(clippy::exit, reason = "no thread may go on after a broken invariant")]
        std::process::exit(1);
    }));
}
