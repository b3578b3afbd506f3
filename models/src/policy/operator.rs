use super::mistakes::{did_you_mean, quoted};
use std::fmt;
use std::str::FromStr;

/// A condition operator, taken apart: `ForAllValues:StringNotEqualsIfExists`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Operator {
    pub(super) test: Test,
    pub(super) is_negated: bool,
    pub(super) if_exists: bool,
    pub(super) quantifier: Option<Quantifier>,
}

/// How a condition treats a key with several values.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Quantifier {
    /// Every value of the request passes; so does a request without values.
    ForAllValues,
    /// Some value of the request passes; a request without values does not.
    ForAnyValue,
}

/// How one value of the request is held against one of the policy, before negation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Test {
    StringEquals,
    StringEqualsIgnoreCase,
    StringLike,
    Numeric(Order),
    Date(Order),
    Bool,
    BinaryEquals,
    IpAddress,
    /// `ArnEquals` and `ArnLike` do the same.
    Arn {
        is_like: bool,
    },
    Null,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Order {
    Equals,
    LessThan,
    LessThanEquals,
    GreaterThan,
    GreaterThanEquals,
}

impl Order {
    pub(super) fn holds<T: PartialOrd>(self, left: &T, right: &T) -> bool {
        match self {
            Self::Equals => left == right,
            Self::LessThan => left < right,
            Self::LessThanEquals => left <= right,
            Self::GreaterThan => left > right,
            Self::GreaterThanEquals => left >= right,
        }
    }
}

/// Every operator without prefix and suffix: name, test, whether it is negated.
const NAMES: [(&str, Test, bool); 27] = {
    use Order::{Equals, GreaterThan, GreaterThanEquals, LessThan, LessThanEquals};
    use Test::{
        Arn, BinaryEquals, Bool, Date, IpAddress, Null, Numeric, StringEquals,
        StringEqualsIgnoreCase, StringLike,
    };
    [
        ("StringEquals", StringEquals, false),
        ("StringNotEquals", StringEquals, true),
        ("StringEqualsIgnoreCase", StringEqualsIgnoreCase, false),
        ("StringNotEqualsIgnoreCase", StringEqualsIgnoreCase, true),
        ("StringLike", StringLike, false),
        ("StringNotLike", StringLike, true),
        ("NumericEquals", Numeric(Equals), false),
        ("NumericNotEquals", Numeric(Equals), true),
        ("NumericLessThan", Numeric(LessThan), false),
        ("NumericLessThanEquals", Numeric(LessThanEquals), false),
        ("NumericGreaterThan", Numeric(GreaterThan), false),
        (
            "NumericGreaterThanEquals",
            Numeric(GreaterThanEquals),
            false,
        ),
        ("DateEquals", Date(Equals), false),
        ("DateNotEquals", Date(Equals), true),
        ("DateLessThan", Date(LessThan), false),
        ("DateLessThanEquals", Date(LessThanEquals), false),
        ("DateGreaterThan", Date(GreaterThan), false),
        ("DateGreaterThanEquals", Date(GreaterThanEquals), false),
        ("Bool", Bool, false),
        ("BinaryEquals", BinaryEquals, false),
        ("IpAddress", IpAddress, false),
        ("NotIpAddress", IpAddress, true),
        ("ArnEquals", Arn { is_like: false }, false),
        ("ArnNotEquals", Arn { is_like: false }, true),
        ("ArnLike", Arn { is_like: true }, false),
        ("ArnNotLike", Arn { is_like: true }, true),
        ("Null", Null, false),
    ]
};

const IF_EXISTS: &str = "IfExists";

impl Operator {
    /// Whether the key must be absent or present; every other operator compares its values.
    #[must_use]
    pub fn is_null(self) -> bool {
        self.test == Test::Null
    }

    /// Whether it holds for what is not like the policy's values: `…Not…`.
    #[must_use]
    pub fn is_negated(self) -> bool {
        self.is_negated
    }

    /// Whether it also holds for requests without the key.
    #[must_use]
    pub fn if_exists(self) -> bool {
        self.if_exists
    }

    /// How it treats several values.
    #[must_use]
    pub fn quantifier(self) -> Option<Quantifier> {
        self.quantifier
    }

    /// What it holds for if the request does not have the key.
    #[must_use]
    pub fn holds_when_absent(self) -> bool {
        match self.quantifier {
            Some(Quantifier::ForAllValues) => true,
            Some(Quantifier::ForAnyValue) => self.if_exists,
            None => self.if_exists || self.is_negated,
        }
    }
}

impl FromStr for Operator {
    type Err = String;

    /// Reads an operator's name; the error says what is known.
    fn from_str(whole: &str) -> Result<Self, String> {
        let (quantifier, name) = match whole.split_once(':') {
            None => (None, whole),
            Some(("ForAllValues", name)) => (Some(Quantifier::ForAllValues), name),
            Some(("ForAnyValue", name)) => (Some(Quantifier::ForAnyValue), name),
            Some((prefix, _)) => {
                let close = did_you_mean(prefix, ["ForAllValues", "ForAnyValue"].into_iter());
                return Err(format!(
                    "{} is no prefix of operators; expected `ForAllValues:` or \
                     `ForAnyValue:`{close}",
                    quoted(prefix)
                ));
            }
        };
        let (base, if_exists) = match name.strip_suffix(IF_EXISTS) {
            Some(base) => (base, true),
            None => (name, false),
        };
        let Some(&(_, test, is_negated)) = NAMES.iter().find(|(known, ..)| *known == base) else {
            let close = did_you_mean(base, NAMES.iter().map(|(known, ..)| *known));
            return Err(format!("{} is no condition operator{close}", quoted(whole)));
        };
        if test == Test::Null && (if_exists || quantifier.is_some()) {
            return Err(format!(
                "{} does not exist: `Null` asks whether the key is there, and stands alone",
                quoted(whole)
            ));
        }
        Ok(Self {
            test,
            is_negated,
            if_exists,
            quantifier,
        })
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = NAMES
            .iter()
            .find(|(_, test, is_negated)| (*test, *is_negated) == (self.test, self.is_negated))
            .map_or("", |(name, ..)| name);
        let prefix = match self.quantifier {
            None => "",
            Some(Quantifier::ForAllValues) => "ForAllValues:",
            Some(Quantifier::ForAnyValue) => "ForAnyValue:",
        };
        let suffix = if self.if_exists { IF_EXISTS } else { "" };
        write!(f, "{prefix}{name}{suffix}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: every operator is read, and written as it was read.
    // Method: each name, with each prefix and suffix.
    #[test]
    fn operators_are_written_as_they_are_read() {
        for (name, test, is_negated) in NAMES {
            for prefix in ["", "ForAllValues:", "ForAnyValue:"] {
                for suffix in ["", IF_EXISTS] {
                    let text = format!("{prefix}{name}{suffix}");
                    let read = text.parse::<Operator>();
                    if name == "Null" && text != "Null" {
                        assert!(read.unwrap_err().contains("stands alone"), "{text}");
                        continue;
                    }
                    let read = read.unwrap();
                    assert_eq!(read.to_string(), text);
                    assert_eq!((read.test, read.is_negated), (test, is_negated));
                    assert_eq!(read.if_exists, !suffix.is_empty());
                }
            }
        }
    }

    // Goal: a slip of the pen is answered with the operator that was meant.
    // Method: wrong case, a letter missing, a wrong prefix, and nonsense.
    #[test]
    fn unknown_operators_are_answered() {
        for (text, answer) in [
            ("stringEquals", "did you mean `StringEquals`"),
            ("StringNotEqual", "did you mean `StringNotEquals`"),
            ("ForAllValue:Bool", "did you mean `ForAllValues`"),
            ("StringEqualIfExists", "did you mean `StringEquals`"),
            ("IfExists", "`IfExists` is no condition operator"),
            ("", "`` is no condition operator"),
        ] {
            let error = text.parse::<Operator>().unwrap_err();
            assert!(error.contains(answer), "{text}: {error}");
        }
    }
}
