use crate::diagnostic::Diagnostics;
use crate::run::RunError;
use std::fmt;

/// Why there is no plan.
#[derive(Debug)]
pub enum PlanError {
    /// Settings that were tried make no scenario.
    Mistakes(Diagnostics),
    /// It could not be simulated, or was cancelled before anything was known.
    Run(RunError),
}

impl From<RunError> for PlanError {
    fn from(error: RunError) -> Self {
        Self::Run(error)
    }
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mistakes(found) => f.write_str(found.render(false).trim_end()),
            Self::Run(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for PlanError {}
