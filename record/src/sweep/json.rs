use super::{SWEEP_VERSION, Sweep, SweepPoint};
use crate::ReadError;
use serde::Deserialize;

/// What the JSON of a sweep without points ends with.
const NO_POINTS: &str = "\"points\":[]}";

impl Sweep {
    /// Reads the result of a sweep.
    ///
    /// # Errors
    /// [`ReadError::Newer`] if a newer format is named, [`ReadError::Malformed`] for anything else.
    pub fn from_json(text: &str) -> Result<Self, ReadError> {
        #[derive(Deserialize)]
        struct Head {
            sweep: u32,
        }
        // The version first: a newer result may lack or add fields.
        let Head { sweep } = serde_json::from_str(text).map_err(ReadError::Malformed)?;
        if sweep > SWEEP_VERSION {
            return Err(ReadError::Newer {
                version: sweep,
                reads: SWEEP_VERSION,
            });
        }
        serde_json::from_str(text).map_err(ReadError::Malformed)
    }

    /// Everything before the points, as JSON; then come [`SweepPoint::to_json`] of each, with
    /// [`Sweep::BETWEEN`] between them, and [`Sweep::END`]. So a result can be written without all
    /// of its points being in memory. Points of this sweep are left out.
    #[must_use]
    pub fn head_json(&self) -> String {
        let head = Self {
            points: Vec::new(),
            ..self.clone()
        };
        let text = serde_json::to_string(&head).expect("it has string keys and finite numbers");
        let head = text.strip_suffix(NO_POINTS).expect("points come last");
        format!("{head}\"points\":[\n")
    }

    /// Between two points of [`Sweep::head_json`].
    pub const BETWEEN: &str = ",\n";

    /// Behind the last point of [`Sweep::head_json`].
    pub const END: &str = "\n]}\n";

    /// The result as JSON: its head and each point on a line.
    #[must_use]
    pub fn to_json(&self) -> String {
        let points: Vec<_> = self.points.iter().map(SweepPoint::to_json).collect();
        let points = points.join(Self::BETWEEN);
        format!("{}{points}{}", self.head_json(), Self::END)
    }
}

impl SweepPoint {
    /// The point as JSON, on one line without an end.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("it has string keys and finite numbers")
    }
}
