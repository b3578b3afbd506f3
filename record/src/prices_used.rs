use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The file whose prices were taken in place of keystorm's.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct PricesUsed {
    /// Its path as it was given, with `/`; only its name if it was absolute.
    pub path: String,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
}
