use crate::{Class, Int, Operation, Replication};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What one run of a sweep leaves: a replication at a point, without what goes by the second.
///
/// Rows of a point pool to its figures exactly as the replications of a record do.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SweepRow {
    /// Number of the run: point × replications + replication.
    pub run: Int,
    /// What it counted.
    pub replication: Replication,
    /// Values of its figures; `null` where one is undefined.
    pub metrics: BTreeMap<String, Option<f64>>,
    /// Its requests by fleet and operation, without the bands of latency.
    pub classes: Vec<Class>,
    /// Requests that were all refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<RefusedRequests>,
}

/// An operation whose requests were refused, whatever the load.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct RefusedRequests {
    /// Operation.
    pub operation: Operation,
    /// Name of the error's row in `keystorm facts errors`.
    pub id: String,
}
