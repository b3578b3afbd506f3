use std::fmt;

/// Why an operation on keys or bytes did not happen.
///
/// Whatever has to do with secrets is one opaque variant: nobody learns from an error whether the
/// key, the context, the commitment or a byte was wrong. No variant is worth a retry with the same
/// arguments, except [`Error::System`] if the system recovers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Error {
    /// The key, the encryption context and the bytes do not belong together. Final.
    Refused,
    /// A stated size limit would be exceeded; nothing was done. Final for this input.
    Limit {
        /// What is too large, as a noun with its unit.
        what: &'static str,
        /// How large it is.
        value: u64,
        /// The largest value that is allowed.
        max: u64,
        /// What to do instead.
        remedy: &'static str,
    },
    /// The system's random generator or the cryptographic library failed.
    System,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Refused => f.write_str(
                "refused: the key, the encryption context and the bytes do not belong together",
            ),
            Error::Limit {
                what,
                value,
                max,
                remedy,
            } => {
                write!(f, "{what}: {value} exceeds the limit of {max}; {remedy}")
            }
            Error::System => f.write_str(
                "the system's random generator or cryptographic library failed; nothing was sealed",
            ),
        }
    }
}

impl std::error::Error for Error {}

/// Checks `value` against a stated limit.
pub(crate) fn within(
    what: &'static str,
    value: u64,
    max: u64,
    remedy: &'static str,
) -> Result<(), Error> {
    if value <= max {
        Ok(())
    } else {
        Err(Error::Limit {
            what,
            value,
            max,
            remedy,
        })
    }
}
