//! Traps in when a statement applies.
use super::super::condition::Condition;
use super::super::keys::{GLOBAL, MULTIVALUED, REDACTED, S3, TAGS};
use super::super::mistakes::did_you_mean;
use super::super::operator::Test;
use super::super::value::Value;
use super::super::{Effect, Quantifier, Requester, Statement, principal::Principal};
use super::{Lint, SSE, SSE_C, SSE_KMS_KEY, Trap};

impl Lint<'_> {
    pub(super) fn conditions(&mut self, statement: &Statement, number: usize) {
        for condition in statement.conditions() {
            self.form(statement, condition, number);
            if REDACTED.iter().any(|key| condition.is_about(key)) {
                self.connection(statement, condition, number);
            }
        }
        self.null_and_value(statement, number);
        if statement.is_deny() && statement.actions.include("s3:PutObject") {
            self.uploads(statement, number);
        }
    }

    /// What is odd about a condition whatever the statement does.
    fn form(&mut self, statement: &Statement, condition: &Condition, number: usize) {
        let operator = condition.operator();
        let key = condition.key();
        if condition.values().next().is_none() {
            let what = format!("`{operator}` has no values for `{key}`");
            self.about(Trap::NoValues, condition, number, what);
        }
        if let Some(close) = unknown(key) {
            self.about(
                Trap::UnknownKey,
                condition,
                number,
                format!("`{key}`{close}"),
            );
        }
        let is_multivalued = MULTIVALUED.iter().any(|it| condition.is_about(it));
        if is_multivalued && !operator.is_null() && operator.quantifier().is_none() {
            let what = format!("`{operator}` on `{key}`");
            self.about(Trap::SetOperatorMissing, condition, number, what);
        }
        let mut others = statement.about(key);
        if operator.quantifier() == Some(Quantifier::ForAllValues)
            && statement.effect() == Effect::Allow
            && !others.any(|it| it.operator().is_null() && it.has_value("false"))
        {
            let what = format!("`{operator}` on `{key}` in an Allow");
            self.about(Trap::ForAllValuesAllow, condition, number, what);
        }
        if let Test::Arn { .. } = operator.test
            && !condition.parsed().all(Value::is_arn_pattern)
        {
            let what = format!("`{operator}` on `{key}` has a value that is no ARN");
            self.about(Trap::ArnPattern, condition, number, what);
        }
        let is_kms_key = condition.is_about(SSE_KMS_KEY) && !operator.is_null();
        let odd = |value: &&str| {
            !value.starts_with("arn:") && !value.starts_with('*') && !value.contains("${")
                || value.contains(":alias/")
        };
        if is_kms_key && let Some(value) = condition.values().find(odd) {
            let what = format!("the key is named `{value}`");
            self.about(Trap::KmsKeyNotArn, condition, number, what);
        }
        let names_object = |value: &str| {
            let part = value.strip_prefix("arn:aws:s3:::");
            part.is_some_and(|part| part.contains('/'))
        };
        if condition.is_about("kms:EncryptionContext:aws:s3:arn")
            && condition.values().all(names_object)
        {
            let what = format!("`{key}` names objects only");
            self.about(Trap::ObjectContext, condition, number, what);
        }
    }

    /// What is odd about a condition on how a request came in.
    fn connection(&mut self, statement: &Statement, condition: &Condition, number: usize) {
        let (operator, key) = (condition.operator(), condition.key());
        let holds_for_services = condition.holds_when_absent();
        if statement.is_deny() && holds_for_services && !statement.knows_services() {
            let what = format!("`{operator}` on `{key}` denies every service");
            self.about(Trap::RedactedKey, condition, number, what);
        }
        let is_for_services = statement.principals().is_some_and(|principals| {
            let service = |it: &Principal| matches!(it, Principal::Named(Requester::Service(_)));
            !principals.is_negated() && principals.list().iter().any(service)
        });
        if !statement.is_deny() && is_for_services && !holds_for_services {
            let what = format!("`{operator}` on `{key}` never allows the service");
            self.about(Trap::RedactedKey, condition, number, what);
        }
        let is_deny_of_http = |statement: &Statement| {
            statement.is_deny()
                && statement
                    .about("aws:SecureTransport")
                    .any(|it| it.has_value("false"))
        };
        let denies_http = self.policy.statements().iter().any(is_deny_of_http);
        if condition.is_about("s3:TlsVersion")
            && statement.is_deny()
            && !holds_for_services
            && !operator.is_null()
            && !denies_http
        {
            let what = format!("`{operator}` on `{key}`, and nothing denies plain HTTP");
            self.about(Trap::TlsVersionAlone, condition, number, what);
        }
        if condition.is_about("aws:SecureTransport")
            && !statement.is_deny()
            && !is_for_services
            && condition.has_value("true")
            && !denies_http
        {
            let what = format!("`{operator}` on `{key}` in an Allow");
            self.about(Trap::AllowIsNoDeny, condition, number, what);
        }
    }

    /// A key that must be absent and differ at once.
    fn null_and_value(&mut self, statement: &Statement, number: usize) {
        if !statement.is_deny() {
            return;
        }
        for null in statement
            .conditions()
            .iter()
            .filter(|it| it.wants_absence())
        {
            let other = statement
                .about(null.key())
                .find(|it| it.operator().is_negated());
            if let Some(other) = other {
                let what = format!(
                    "`Null` and `{}` on `{}` in one statement",
                    other.operator(),
                    null.key()
                );
                self.about(Trap::NullAndValue, null, number, what);
            }
        }
    }

    /// Statements that deny uploads for the way in which they are encrypted.
    fn uploads(&mut self, statement: &Statement, number: usize) {
        let spares = |key: &str| {
            let mut conditions = statement.about(key);
            conditions.any(|it| it.operator().is_null() && !it.wants_absence())
        };
        let wanted = |key: &'static str| {
            let mut conditions = statement.about(key);
            conditions.find(|it| it.holds_when_absent() && !spares(key))
        };
        let is_for_all = statement
            .principals()
            .is_none_or(|it| it.is_negated() || it.list().contains(&Principal::Everyone));
        if let Some(condition) = wanted(SSE) {
            let what = format!(
                "a PUT without the header is denied by `{}`",
                condition.operator()
            );
            self.about(Trap::NoHeader, condition, number, what);
            if is_for_all && !statement.knows_services() {
                let what = format!("everybody is denied who sends no `{}`", condition.key());
                self.about(Trap::ServiceWriters, condition, number, what);
            }
        }
        let kms = wanted(SSE).filter(|it| {
            !it.operator().is_null() && it.values().all(|value| value.starts_with("aws:kms"))
        });
        if let Some(condition) = kms.or_else(|| wanted(SSE_KMS_KEY)) {
            let what = "uploads must be under a KMS key".to_owned();
            self.about(Trap::MultipartNeedsDecrypt, condition, number, what);
        }
        if let Some(condition) = wanted(SSE_C) {
            let what = "uploads must use SSE-C".to_owned();
            self.about(Trap::SseCBlocked, condition, number, what.clone());
            self.about(Trap::SseCPresigned, condition, number, what);
        }
    }
}

/// Says that a key of S3 or of all services is not known, and which may be meant.
fn unknown(key: &str) -> Option<String> {
    let lower = key.to_lowercase();
    let is_ours = lower.starts_with("aws:") || lower.starts_with("s3:");
    let known = || GLOBAL.iter().chain(&S3).copied();
    let is_tag = TAGS.iter().any(|start| {
        let start = start.to_lowercase();
        lower.starts_with(&start) && lower.len() > start.len()
    });
    if !is_ours || is_tag || known().any(|it| it.eq_ignore_ascii_case(key)) {
        return None;
    }
    Some(did_you_mean(key, known()))
}
