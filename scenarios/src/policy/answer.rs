use super::{Identity, Policy};
use keystorm_models::policy::{Check, Decision, Element, RequestContext, S3Request, Severity};
use keystorm_models::policy::{StatementTrace, Verdict};
use serde::Serialize;
use std::collections::BTreeMap;

/// Whether a request passes, and why.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Answer {
    /// Whether it passes: everything that S3 asks the policy for it.
    pub allowed: bool,
    /// Operation of S3.
    pub operation: &'static str,
    /// What S3 asks the policy: of a copy within the bucket two things, else one.
    pub asked: Vec<Asked>,
    /// Headers of the request that no condition key shows to a policy.
    pub headers_unseen: Vec<String>,
}

/// One action on one resource that the policy is asked about.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Asked {
    /// IAM action.
    pub action: String,
    /// ARN of bucket or object.
    pub resource: String,
    /// Who asks.
    pub principal: String,
    /// Condition keys of the request and their values.
    pub keys: BTreeMap<String, Vec<String>>,
    /// Whether it passes: by the policy, or else by the sender's own.
    pub allowed: bool,
    /// One sentence, without full stop: by which statement, and why.
    pub because: String,
    /// What the policy alone says.
    #[serde(flatten)]
    pub decision: Decision,
}

/// A trap that the policy is in, with its place.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Found {
    /// Name of the trap, which stays.
    pub id: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// Number of the statement, from 1; `None` if it is the policy's.
    pub statement: Option<usize>,
    /// Line of the policy's text, from 1.
    pub line: usize,
    /// Column \[characters\], from 1.
    pub column: usize,
    /// What it is here.
    pub what: String,
    /// Why it is a trap.
    pub explanation: &'static str,
    /// What to do.
    pub remedy: &'static str,
    /// Where it is written, or who fell into it.
    pub source: &'static str,
}

impl Found {
    /// The traps that a policy is in; `text` is what it was read from.
    #[must_use]
    pub fn all(policy: &Policy, text: &str) -> Vec<Self> {
        let found = policy.lint().into_iter();
        found
            .map(|finding| {
                let before = &text[..text.floor_char_boundary(finding.span.start)];
                let line = before.rsplit('\n').next().unwrap_or_default();
                Self {
                    id: finding.trap.id(),
                    severity: finding.trap.severity(),
                    statement: finding.statement,
                    line: before.matches('\n').count() + 1,
                    column: line.chars().count() + 1,
                    what: finding.what,
                    explanation: finding.trap.explanation(),
                    remedy: finding.trap.remedy(),
                    source: finding.trap.source(),
                }
            })
            .collect()
    }
}

impl Answer {
    pub(super) fn new(
        policy: &Policy,
        request: &S3Request,
        contexts: &[RequestContext],
        identity: Identity,
    ) -> Self {
        let owner = request.bucket_account.as_deref();
        let asked: Vec<Asked> = contexts
            .iter()
            .map(|context| Asked::new(policy, context, owner, identity))
            .collect();
        Self {
            allowed: asked.iter().all(|it| it.allowed),
            operation: request.operation.row().name,
            asked,
            headers_unseen: request.headers_unseen().map(str::to_owned).collect(),
        }
    }
}

impl Asked {
    fn new(
        policy: &Policy,
        context: &RequestContext,
        owner: Option<&str>,
        identity: Identity,
    ) -> Self {
        let decision = policy.decide(context);
        let (allowed, because) = verdict(&decision, context, owner, identity);
        let keys = context.keys();
        Self {
            action: context.action.clone(),
            resource: context.resource.clone(),
            principal: context.requester.to_string(),
            keys: keys
                .map(|(key, values)| (key.to_owned(), values.to_vec()))
                .collect(),
            allowed,
            because,
            decision,
        }
    }
}

/// Whether a request passes by bucket policy and the sender's own together, and why.
///
/// # Source
/// IAM User Guide, "Policy evaluation logic", read 2023-06: within an account one of the two is
/// enough, across accounts both must allow; nobody's own policies are those of anonymous senders
/// and of services.
fn verdict(
    decision: &Decision,
    context: &RequestContext,
    owner: Option<&str>,
    identity: Identity,
) -> (bool, String) {
    let account = context.requester.account();
    let is_same = account.is_some() && account == owner;
    let own_allow = account.is_some() && identity == Identity::Allow;
    let passes = account.is_none() || own_allow || (is_same && !decision.is_delegated);
    let by = decision
        .statement
        .and_then(|number| decision.statements.get(number - 1))
        .map(|statement| format!("{}: {}", named(statement), reasons(statement)));
    let by = by.unwrap_or_default();
    match decision.verdict {
        Verdict::DeniedExplicitly => (false, format!("denied by {by}")),
        Verdict::Allowed if passes => (true, format!("allowed by {by}")),
        Verdict::Allowed => {
            let why = if is_same {
                "it allows the account, which leaves it to the sender's own policies"
            } else {
                "the sender is of another account, so that its own policies must allow it too"
            };
            (false, format!("denied, although {by}: {why}"))
        }
        Verdict::DeniedImplicitly if is_same && own_allow => (
            true,
            "allowed: no statement denies it, and the sender's own policies are taken to allow it"
                .into(),
        ),
        Verdict::DeniedImplicitly => {
            let why = if own_allow {
                "the sender is of another account, so that the bucket policy must allow it too"
            } else if account.is_none() {
                "the sender has no policies of its own"
            } else {
                "the sender's own policies do not either"
            };
            (false, format!("denied: no statement allows it, and {why}"))
        }
    }
}

/// `statement 2 "RequireTls"`.
fn named(statement: &StatementTrace) -> String {
    match &statement.sid {
        Some(sid) => format!("statement {} {sid:?}", statement.number),
        None => format!("statement {}", statement.number),
    }
}

/// What makes the statement match: its conditions, or else whom and what it is about.
fn reasons(statement: &StatementTrace) -> String {
    let conditions: Vec<String> = statement
        .checks
        .iter()
        .filter(|check| check.element == Element::Condition)
        .map(reason)
        .collect();
    if conditions.is_empty() {
        let checks = statement.checks.iter();
        let words = checks.map(|check| format!("{} {}", check.name, check.policy.join(", ")));
        return words.collect::<Vec<_>>().join("; ");
    }
    conditions.join("; and ")
}

fn reason(check: &Check) -> String {
    let has = match check.request.as_deref() {
        None => "is not in the request".to_owned(),
        Some([]) => "has no value".to_owned(),
        Some(values) => format!("is {}", quoted(values)),
    };
    format!(
        "{} {has} ({} {})",
        check.key,
        check.name,
        quoted(&check.policy)
    )
}

/// `"a", "b"`.
fn quoted(values: &[String]) -> String {
    let values = values.iter().map(|value| format!("{value:?}"));
    values.collect::<Vec<_>>().join(", ")
}
