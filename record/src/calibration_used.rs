use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The calibration of a run: core time of the real path, measured on some machine.
///
/// Every record has it; a fact with the id `calibration` says which variants used it.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct CalibrationUsed {
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// Name of the processor that was measured, as it reports itself.
    pub cpu: String,
    /// When it was measured, RFC 3339 in UTC.
    pub measured: String,
    /// Versions of what was measured, and of keystorm, such as `aws-lc-rs 1.19.0`.
    pub versions: Vec<String>,
    /// Whether it is the one that keystorm brings along, of another machine than the user's.
    pub is_default: bool,
}
