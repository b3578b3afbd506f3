use std::borrow::Cow;

/// A number from outside, with what it takes to judge it.
///
/// The one way in which quotas, prices, rates and measured tables are carried: whoever has the
/// value has its source, and a report prints both.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sourced<T> {
    /// The value; its unit is that of the type, or stands in the name of the function giving it.
    pub value: T,
    /// Page title and section, or data set; why it was chosen if it is an assumption of ours.
    pub source: Cow<'static, str>,
    /// When the source was read, published or measured: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub date: Cow<'static, str>,
    /// How far it can be trusted.
    pub certainty: Certainty,
    /// What limits it or how a conflict was decided; empty if there is nothing to say.
    pub note: Cow<'static, str>,
}

/// How far a number from outside can be trusted.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Certainty {
    /// AWS documents it.
    Documented,
    /// It was measured, by the source named.
    Measured,
    /// Not published, inferred, or from one informal source: an assumption.
    Assumed,
}

impl<T> Sourced<T> {
    /// The same source for a value made from this one.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Sourced<U> {
        Sourced {
            value: make(self.value),
            source: self.source,
            date: self.date,
            certainty: self.certainty,
            note: self.note,
        }
    }

    /// Marks the value as assumed; `reason` goes before what the note already says.
    #[must_use]
    pub(crate) fn assumed(mut self, reason: &str) -> Self {
        self.certainty = Certainty::Assumed;
        self.note = if self.note.is_empty() {
            Cow::Owned(reason.to_owned())
        } else {
            Cow::Owned(format!("{reason}; {}", self.note))
        };
        self
    }
}
