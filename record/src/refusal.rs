use crate::Operation;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An error that every request of some fleets with one operation gets, whatever the load.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Refusal {
    /// Names of the fleets; empty if it is all that use the operation.
    pub fleets: Vec<String>,
    /// Operation.
    pub operation: Operation,
    /// Name of the error's row in `keystorm facts errors`.
    pub id: String,
    /// HTTP status.
    pub status: u16,
    /// Error code.
    pub code: String,
    /// Error message; that of the first fleet, if it names the caller. A HEAD request does not see
    /// it.
    pub message: String,
}
