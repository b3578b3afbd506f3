use super::RequestContext;
use super::operator::{Operator, Quantifier, Test};
use super::value::Value;
use std::ops::Range;

/// One key of one operator: `"StringNotEquals": {"s3:x-amz-server-side-encryption": "AES256"}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    operator: Operator,
    key: String,
    values: Vec<(String, Value)>,
    /// Bytes of the policy's text.
    span: Range<usize>,
}

impl Condition {
    pub(super) fn new(
        operator: Operator,
        key: String,
        values: Vec<(String, Value)>,
        span: Range<usize>,
    ) -> Self {
        Self {
            operator,
            key,
            values,
            span,
        }
    }

    /// The operator.
    #[must_use]
    pub fn operator(&self) -> Operator {
        self.operator
    }

    /// The condition key, as the policy writes it; keys have no case.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Whether it is about this key.
    #[must_use]
    pub fn is_about(&self, key: &str) -> bool {
        self.key.eq_ignore_ascii_case(key)
    }

    /// The values, as the policy writes them.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.values.iter().map(|(text, _)| text.as_str())
    }

    /// The bytes of the policy's text that hold the key and its values.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    pub(super) fn parsed(&self) -> impl Iterator<Item = &Value> {
        self.values.iter().map(|(_, value)| value)
    }

    /// Whether it holds for a request.
    ///
    /// Several values need a quantifier: AWS says so, but not what it makes of them without one.
    /// Here such a condition does not hold, as `iam-simulate` has it from AWS's people; assumed.
    /// A variable without value is like no value of the request, so that negated operators hold.
    ///
    /// # Source
    /// IAM User Guide, "IAM JSON policy elements: Condition operators", "Set operators for
    /// multi-valued context keys" and "Policy variables with no value", read 2023-06.
    #[must_use]
    pub fn holds(&self, context: &RequestContext) -> bool {
        let values = context.values(&self.key).unwrap_or_default();
        if self.operator.test == Test::Null {
            let is_absent = Value::Bool(values.is_empty());
            return self.parsed().any(|wanted| *wanted == is_absent);
        }
        let passes = |value: &String| {
            let test = self.operator.test;
            self.parsed()
                .any(|wanted| wanted.passes(test, value, context))
        };
        let is_negated = self.operator.is_negated;
        match self.operator.quantifier {
            _ if values.is_empty() => self.operator.holds_when_absent(),
            None => values.len() == 1 && passes(&values[0]) != is_negated,
            // For a set, one empty string is as good as nothing.
            Some(_) if values.iter().all(String::is_empty) => self.operator.holds_when_absent(),
            Some(Quantifier::ForAllValues) => values.iter().all(|it| passes(it) != is_negated),
            Some(Quantifier::ForAnyValue) => values.iter().any(|it| passes(it) != is_negated),
        }
    }
}
