//! Bucket policies as S3 reads them: JSON in, a decision with its reasons out.
//!
//! [`Policy::parse`] reads a policy and reports every mistake with its place. [`Policy::decide`]
//! answers for one request; [`S3Request`] says which action, resource and condition keys S3
//! derives from a request, before default encryption has a say.
mod arn;
mod condition;
mod context;
mod decide;
mod element;
mod keys;
mod lint;
mod mistakes;
mod operator;
mod pattern;
mod principal;
mod reader;
mod requester;
mod s3_request;
mod template;
#[cfg(test)]
mod tests;
mod value;

pub use condition::Condition;
pub use context::RequestContext;
pub use decide::{Check, Decision, Element, StatementTrace, Verdict};
pub use lint::{Finding, Severity, Trap};
pub use mistakes::{Mistake, Mistakes};
pub use operator::{Operator, Quantifier};
pub use principal::{Principal, Principals};
pub use requester::{Requester, RequesterError};
pub use s3_request::{ActionRow, KmsKeySeen, PartsSeen, S3Operation, S3Request};

use element::{Actions, Resources};
use serde::Serialize;
use std::ops::Range;

/// A policy that was read without mistakes.
#[derive(Clone, Debug)]
pub struct Policy {
    version: Version,
    id: Option<String>,
    statements: Vec<Statement>,
    /// Characters that AWS counts: white space between values is free.
    bytes: usize,
}

/// The policy language; policy variables exist only in the newer one.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub enum Version {
    /// What holds if a policy names no version.
    #[serde(rename = "2008-10-17")]
    V2008,
    /// The current one.
    #[serde(rename = "2012-10-17")]
    V2012,
}

/// What a statement does with the requests that it matches.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub enum Effect {
    /// Allows them, if no statement denies them.
    Allow,
    /// Denies them, whatever else allows them.
    Deny,
}

/// One statement of a policy.
#[derive(Clone, Debug)]
pub struct Statement {
    sid: Option<String>,
    effect: Effect,
    /// `None` if it names nobody: an identity policy, which speaks of whom it is attached to.
    principals: Option<Principals>,
    actions: Actions,
    resources: Resources,
    conditions: Vec<Condition>,
    /// Bytes of the text.
    span: Range<usize>,
}

impl Policy {
    /// Reads a policy as AWS keeps it.
    ///
    /// # Errors
    /// [`Mistakes`] with everything that is wrong; a text that is no JSON has one.
    pub fn parse(text: &str) -> Result<Self, Mistakes> {
        reader::read(text)
    }

    /// The version, which says whether `${…}` is replaced.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// What the policy calls itself.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The statements, in their order.
    #[must_use]
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// The first bucket that a statement names without wildcards.
    #[must_use]
    pub fn bucket(&self) -> Option<&str> {
        let resources = self.statements.iter().flat_map(|it| &it.resources.list);
        let mut names = resources.filter_map(|it| it.text.strip_prefix("arn:aws:s3:::"));
        names.find_map(|rest| {
            let name = rest.split('/').next()?;
            let is_plain = !name.is_empty() && !name.contains(['*', '?', '$', ':']);
            is_plain.then_some(name)
        })
    }

    /// Size as AWS counts it \[bytes\], without white space between values.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Statement {
    /// Its name.
    #[must_use]
    pub fn sid(&self) -> Option<&str> {
        self.sid.as_deref()
    }

    /// What it does.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// Whom it names, if anybody.
    #[must_use]
    pub fn principals(&self) -> Option<&Principals> {
        self.principals.as_ref()
    }

    /// Its conditions, in their order.
    #[must_use]
    pub fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    /// The bytes of the policy's text that hold it.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }
}
