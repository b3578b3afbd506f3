use super::{Effect, Policy, RequestContext, Statement};
use serde::Serialize;

/// What a policy says to a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// A statement allows it and none denies it.
    Allowed,
    /// A statement denies it, whatever else allows it.
    DeniedExplicitly,
    /// No statement is about it. Within the bucket's account the caller's own policies may still
    /// allow it.
    DeniedImplicitly,
}

/// What a policy says to a request, by which statement, and what became of each.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Decision {
    /// The answer.
    pub verdict: Verdict,
    /// Number of the statement that decides, from 1; none decides an implicit denial.
    pub statement: Option<usize>,
    /// Whether it is allowed only as somebody of its account: the account is allowed to allow it,
    /// so that the requester's own policies must do so.
    pub is_delegated: bool,
    /// Every statement, in the policy's order.
    pub statements: Vec<StatementTrace>,
}

/// Why a statement matched a request, or why not.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct StatementTrace {
    /// Its place in the policy, from 1.
    pub number: usize,
    /// Its name.
    pub sid: Option<String>,
    /// What it does with what it matches.
    pub effect: Effect,
    /// Whether all its elements match.
    pub matches: bool,
    /// Each of its elements, in the order of evaluation.
    pub checks: Vec<Check>,
}

/// One element of a statement held against a request.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Check {
    /// Which element.
    pub element: Element,
    /// Name as the policy writes it: `NotAction`, or a condition's operator.
    pub name: String,
    /// The condition's key; empty for other elements.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// What the policy has.
    pub policy: Vec<String>,
    /// What the request has; `None` if it does not have the key.
    pub request: Option<Vec<String>>,
    /// Whether it matches.
    pub matches: bool,
}

/// Elements of a statement that a request is held against.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Element {
    /// `Principal` or `NotPrincipal`.
    Principal,
    /// `Action` or `NotAction`.
    Action,
    /// `Resource` or `NotResource`.
    Resource,
    /// One key of one operator in `Condition`.
    Condition,
}

impl Policy {
    /// What the policy says to a request.
    #[must_use]
    pub fn verdict(&self, context: &RequestContext) -> Verdict {
        self.deciding(context).0
    }

    /// What the policy says to a request, and why.
    #[must_use]
    pub fn decide(&self, context: &RequestContext) -> Decision {
        let (verdict, deciding) = self.deciding(context);
        let is_direct = |it: &Statement| {
            let mut named = it.principals.iter();
            it.effect == Effect::Allow
                && !named.any(|it| it.delegates(&context.requester))
                && it.matches(context)
        };
        let is_delegated = verdict == Verdict::Allowed && !self.statements().iter().any(is_direct);
        let statements = self.statements().iter().zip(1..);
        Decision {
            is_delegated,
            verdict,
            statement: deciding.map(|index| index + 1),
            statements: statements
                .map(|(statement, number)| statement.trace(number, context))
                .collect(),
        }
    }

    /// The verdict and the index of the first statement that makes it.
    ///
    /// # Source
    /// IAM User Guide, "Policy evaluation logic", read 2023-06: a denial by any statement ends it,
    /// what no statement allows is denied.
    fn deciding(&self, context: &RequestContext) -> (Verdict, Option<usize>) {
        let first = |effect| {
            let mut statements = self.statements().iter();
            statements.position(|it| it.effect == effect && it.matches(context))
        };
        if let Some(index) = first(Effect::Deny) {
            return (Verdict::DeniedExplicitly, Some(index));
        }
        match first(Effect::Allow) {
            Some(index) => (Verdict::Allowed, Some(index)),
            None => (Verdict::DeniedImplicitly, None),
        }
    }
}

impl Statement {
    /// Whether all its elements match the request.
    ///
    /// A statement without principal speaks of everybody whom its policy is attached to.
    #[must_use]
    pub fn matches(&self, context: &RequestContext) -> bool {
        self.principals
            .as_ref()
            .is_none_or(|it| it.include(&context.requester))
            && self.actions.include(&context.action)
            && self.resources.include(context)
            && self.conditions.iter().all(|it| it.holds(context))
    }

    fn trace(&self, number: usize, context: &RequestContext) -> StatementTrace {
        let mut checks = Vec::new();
        let mut check = |element, name: String, policy, request, matches| {
            checks.push(Check {
                element,
                name,
                key: String::new(),
                policy,
                request,
                matches,
            });
        };
        let named = |is_negated, name: &str| {
            if is_negated {
                format!("Not{name}")
            } else {
                name.to_owned()
            }
        };
        if let Some(principals) = &self.principals {
            check(
                Element::Principal,
                named(principals.is_negated, "Principal"),
                principals.list.iter().map(ToString::to_string).collect(),
                Some(vec![context.requester.to_string()]),
                principals.include(&context.requester),
            );
        }
        check(
            Element::Action,
            named(self.actions.is_negated, "Action"),
            self.actions.list.iter().map(|it| it.text.clone()).collect(),
            Some(vec![context.action.clone()]),
            self.actions.include(&context.action),
        );
        check(
            Element::Resource,
            named(self.resources.is_negated, "Resource"),
            self.resources
                .list
                .iter()
                .map(|it| it.text.clone())
                .collect(),
            Some(vec![context.resource.clone()]),
            self.resources.include(context),
        );
        checks.extend(self.conditions.iter().map(|condition| Check {
            element: Element::Condition,
            name: condition.operator().to_string(),
            key: condition.key().to_owned(),
            policy: condition.values().map(str::to_owned).collect(),
            request: context.values(condition.key()).map(<[String]>::to_vec),
            matches: condition.holds(context),
        }));
        StatementTrace {
            number,
            sid: self.sid.clone(),
            effect: self.effect,
            matches: checks.iter().all(|check| check.matches),
            checks,
        }
    }
}
