//! Traps that policies of buckets fall into: nothing that AWS refuses, much that people regret.
mod conditions;
mod scope;
mod trap;

pub use trap::Trap;

use super::condition::Condition;
use super::{Effect, Policy, Statement, Version};
use serde::Serialize;
use std::ops::Range;

/// A trap in a policy.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    /// Which one.
    pub trap: Trap,
    /// Number of the statement, from 1; `None` if it is the policy's.
    pub statement: Option<usize>,
    /// What it is here.
    pub what: String,
    /// Bytes of the policy's text.
    pub span: Range<usize>,
}

/// How much a trap matters.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The policy does not do what it seems to do.
    Warning,
    /// The policy does what it says; somebody will be surprised.
    Note,
}

/// Most bytes of a bucket policy.
///
/// # Source
/// Amazon S3 User Guide, "Bucket policies for Amazon S3", read 2026-04-13.
const BUCKET_POLICY_BYTES_MAX: usize = 20 * 1024;

/// Header of an upload that says how the object is encrypted.
const SSE: &str = "s3:x-amz-server-side-encryption";
const SSE_KMS_KEY: &str = "s3:x-amz-server-side-encryption-aws-kms-key-id";
const SSE_C: &str = "s3:x-amz-server-side-encryption-customer-algorithm";
const IS_SERVICE: &str = "aws:PrincipalIsAWSService";

impl Policy {
    /// The known traps that the policy is in: its own, then each statement's, in their order.
    #[must_use]
    pub fn lint(&self) -> Vec<Finding> {
        let mut lint = Lint {
            policy: self,
            findings: Vec::new(),
        };
        lint.policy();
        for (statement, number) in self.statements().iter().zip(1..) {
            lint.scope(statement, number);
            lint.conditions(statement, number);
        }
        lint.findings
    }
}

struct Lint<'p> {
    policy: &'p Policy,
    findings: Vec<Finding>,
}

impl Lint<'_> {
    fn policy(&mut self) {
        let bytes = self.policy.bytes();
        if bytes > BUCKET_POLICY_BYTES_MAX {
            self.findings.push(Finding {
                trap: Trap::TooLarge,
                statement: None,
                what: format!("it has {bytes} bytes without white space"),
                span: 0..0,
            });
        }
        let mut statements = self.policy.statements().iter();
        if self.policy.version() < Version::V2012
            && let Some(statement) = statements.find(|it| it.seems_to_have_variables())
        {
            self.findings.push(Finding {
                trap: Trap::OldVersion,
                statement: None,
                what: "a `${…}` stands in it".into(),
                span: statement.span(),
            });
        }
    }

    /// A finding about a statement as a whole.
    fn whole(&mut self, trap: Trap, statement: &Statement, number: usize, what: String) {
        self.findings.push(Finding {
            trap,
            statement: Some(number),
            what,
            span: statement.span(),
        });
    }

    /// A finding about one of its conditions.
    fn about(&mut self, trap: Trap, condition: &Condition, number: usize, what: String) {
        self.findings.push(Finding {
            trap,
            statement: Some(number),
            what,
            span: condition.span(),
        });
    }
}

impl Statement {
    fn seems_to_have_variables(&self) -> bool {
        let in_conditions = self
            .conditions()
            .iter()
            .flat_map(Condition::values)
            .any(|value| value.contains("${"));
        in_conditions || self.resources.list.iter().any(|it| it.text.contains("${"))
    }

    fn is_deny(&self) -> bool {
        self.effect() == Effect::Deny
    }

    /// Its conditions on a key.
    fn about<'s>(&'s self, key: &'s str) -> impl Iterator<Item = &'s Condition> {
        self.conditions().iter().filter(move |it| it.is_about(key))
    }

    /// Whether it says anything of services that call in their own name.
    fn knows_services(&self) -> bool {
        let keys = [IS_SERVICE, "aws:PrincipalServiceName", "aws:PrincipalArn"];
        keys.iter().any(|key| self.about(key).next().is_some())
    }
}

impl Condition {
    /// Whether one of its values is this word.
    fn has_value(&self, word: &str) -> bool {
        self.values().any(|value| value.eq_ignore_ascii_case(word))
    }

    /// Whether it is `Null` with `true`: the key must be absent.
    fn wants_absence(&self) -> bool {
        self.operator().is_null() && self.has_value("true")
    }

    /// Whether it holds for requests without the key.
    fn holds_when_absent(&self) -> bool {
        if self.operator().is_null() {
            self.wants_absence()
        } else {
            self.operator().holds_when_absent()
        }
    }
}

#[cfg(test)]
mod tests;
