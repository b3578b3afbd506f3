use std::error::Error;
use std::fmt;

/// Why a text is not a quantity: what was expected, and what to write instead.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct QuantityError {
    text: String,
    expected: &'static str,
    help: String,
}

impl QuantityError {
    pub(super) fn new(text: &str, expected: &'static str, help: impl Into<String>) -> Self {
        Self {
            text: text.to_owned(),
            expected,
            help: help.into(),
        }
    }

    /// The same, of a quantity that may be this or something else.
    pub(super) fn instead(self, expected: &'static str) -> Self {
        Self { expected, ..self }
    }

    /// What was expected, with an example: `a length of time such as "250 ms"`.
    #[must_use]
    pub fn expected(&self) -> &'static str {
        self.expected
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &str {
        &self.help
    }
}

impl fmt::Display for QuantityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "expected {}, found {:?}: {}",
            self.expected, self.text, self.help
        )
    }
}

impl Error for QuantityError {}
