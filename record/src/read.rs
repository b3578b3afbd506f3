use crate::{Record, SCHEMA_VERSION};
use serde::Deserialize;
use std::fmt;

/// Why a text is not a record that this version reads.
#[derive(Debug)]
pub enum ReadError {
    /// It is not JSON, or not a record. Write it again with `keystorm run`.
    Malformed(serde_json::Error),
    /// A newer keystorm wrote it. Update keystorm.
    Newer {
        /// Version of its format.
        version: u32,
        /// The newest version that is read here.
        reads: u32,
    },
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(error) => write!(f, "not a keystorm record: {error}"),
            Self::Newer { version, reads } => write!(
                f,
                "it has format {version}, this keystorm reads formats up to {reads}; update \
                 keystorm"
            ),
        }
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Malformed(error) => Some(error),
            Self::Newer { .. } => None,
        }
    }
}

impl Record {
    /// Reads a record.
    ///
    /// # Errors
    /// [`ReadError::Newer`] if a newer format is named, [`ReadError::Malformed`] for anything else.
    pub fn from_json(text: &str) -> Result<Self, ReadError> {
        #[derive(Deserialize)]
        struct Head {
            schema: u32,
        }
        // The version first: a newer record may lack or add fields.
        let Head { schema } = serde_json::from_str(text).map_err(ReadError::Malformed)?;
        if schema > SCHEMA_VERSION {
            return Err(ReadError::Newer {
                version: schema,
                reads: SCHEMA_VERSION,
            });
        }
        serde_json::from_str(text).map_err(ReadError::Malformed)
    }

    /// The record as JSON, indented, with a line end.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self)
            .expect("a record has string keys and finite numbers only");
        text.push('\n');
        text
    }
}

#[cfg(test)]
mod tests {
    use super::{ReadError, Record, SCHEMA_VERSION};

    // Goal: a record of a newer format is refused for that reason, whatever else it holds.
    // Method: read the smallest text that names one, and one that is no record.
    #[test]
    fn newer_records_are_refused_by_version() {
        let newer = Record::from_json(r#"{"schema": 99}"#);
        assert!(matches!(
            newer,
            Err(ReadError::Newer {
                version: 99,
                reads: SCHEMA_VERSION
            })
        ));
        let text = newer.unwrap_err().to_string();
        assert_eq!(
            text,
            "it has format 99, this keystorm reads formats up to 1; update keystorm"
        );
        assert!(matches!(
            Record::from_json("{}"),
            Err(ReadError::Malformed(_))
        ));
    }
}
