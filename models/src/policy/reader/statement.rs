use super::super::condition::Condition;
use super::super::element::{Action, Actions, Resource, Resources};
use super::super::mistakes::{did_you_mean, quoted};
use super::super::operator::Operator;
use super::super::principal::{Principal, Principals};
use super::super::template::Template;
use super::super::{Effect, Statement, Version};
use super::{Reader, get, listed, name_span, range, span};
use jsonc_parser::ast::{Object, ObjectProp, Value};

/// Elements of a statement.
const ELEMENTS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// Kinds of principals.
const KINDS: [&str; 4] = ["AWS", "Service", "Federated", "CanonicalUser"];

impl Reader<'_> {
    /// A statement; `None` if something that it needs is missing, which was noted.
    pub(super) fn statement(&mut self, value: &Value<'_>, version: Version) -> Option<Statement> {
        let Value::Object(statement) = value else {
            let message = format!("{} is no statement; expected an object", self.shown(value));
            self.notebook.mistake(span(value), message);
            return None;
        };
        self.unknown(statement, "a statement", &ELEMENTS);
        let sid = self.optional_text(statement, "Sid");
        let effect = self.effect(statement);
        let principals = self.principals(statement);
        let actions = self.actions(statement);
        let resources = self.resources(statement, version);
        let conditions = self.conditions(statement, version);
        Some(Statement {
            sid,
            effect: effect?,
            principals,
            actions: actions?,
            resources: resources?,
            conditions,
            span: range(statement),
        })
    }

    fn effect(&mut self, statement: &Object<'_>) -> Option<Effect> {
        match get(statement, "Effect") {
            Some(Value::StringLit(text)) if text.value == "Allow" => Some(Effect::Allow),
            Some(Value::StringLit(text)) if text.value == "Deny" => Some(Effect::Deny),
            Some(other) => {
                let message = format!(
                    "{} is no effect; expected `Allow` or `Deny`",
                    self.shown(other)
                );
                self.notebook.mistake(span(other), message);
                None
            }
            None => {
                let at = statement.range.start..statement.range.start + 1;
                let message = "the statement has no `Effect`; expected `Allow` or `Deny`";
                self.notebook.mistake(at, message);
                None
            }
        }
    }

    /// The one of `Name` and `NotName` that is there, and whether it is the second.
    fn either<'o, 'a>(
        &mut self,
        statement: &'o Object<'a>,
        [plain, negated]: [&str; 2],
        is_needed: bool,
    ) -> Option<(bool, &'o ObjectProp<'a>)> {
        let find = |name: &str| {
            let mut properties = statement.properties.iter();
            properties.find(|property| property.name.as_str() == name)
        };
        match (find(plain), find(negated)) {
            (Some(property), None) => Some((false, property)),
            (None, Some(property)) => Some((true, property)),
            (Some(_), Some(second)) => {
                let message =
                    format!("the statement has `{plain}` and `{negated}`; expected one of them");
                self.notebook.mistake(name_span(second), message);
                None
            }
            (None, None) => {
                if is_needed {
                    let at = statement.range.start..statement.range.start + 1;
                    let message = format!(
                        "the statement has no `{plain}`; expected `{plain}` or `{negated}`"
                    );
                    self.notebook.mistake(at, message);
                }
                None
            }
        }
    }

    fn actions(&mut self, statement: &Object<'_>) -> Option<Actions> {
        let (is_negated, property) = self.either(statement, ["Action", "NotAction"], true)?;
        let mut list = Vec::new();
        for (text, span) in self.texts(property.name.as_str(), &property.value) {
            if let Some(action) = Action::parse(&text) {
                list.push(action);
            } else {
                let message = format!(
                    "{} is no action; expected `*` or one such as `s3:PutObject`",
                    quoted(&text)
                );
                self.notebook.mistake(span, message);
            }
        }
        self.not_empty(property, list.len());
        Some(Actions { is_negated, list })
    }

    fn resources(&mut self, statement: &Object<'_>, version: Version) -> Option<Resources> {
        let (is_negated, property) = self.either(statement, ["Resource", "NotResource"], true)?;
        let mut list = Vec::new();
        for (text, span) in self.texts(property.name.as_str(), &property.value) {
            if text != "*" && !text.starts_with("arn:") {
                let message = format!(
                    "{} is no resource; expected `*` or an ARN such as `arn:aws:s3:::bucket/*`",
                    quoted(&text)
                );
                self.notebook.mistake(span, message);
                continue;
            }
            match Template::parse(&text, version) {
                Ok(template) => list.push(Resource { text, template }),
                Err(message) => self.notebook.mistake(span, message),
            }
        }
        self.not_empty(property, list.len());
        Some(Resources { is_negated, list })
    }

    /// Notes a list without anything in it; what was in it and wrong was noted before.
    fn not_empty(&mut self, property: &ObjectProp<'_>, read: usize) {
        if read == 0
            && property
                .value
                .as_array()
                .is_some_and(|it| it.elements.is_empty())
        {
            let message = format!("`{}` is empty", property.name.as_str());
            self.notebook.mistake(span(&property.value), message);
        }
    }

    fn principals(&mut self, statement: &Object<'_>) -> Option<Principals> {
        let (is_negated, property) =
            self.either(statement, ["Principal", "NotPrincipal"], false)?;
        let mut list = Vec::new();
        match &property.value {
            Value::StringLit(text) if text.value == "*" => list.push(Principal::Everyone),
            Value::Object(kinds) => {
                for (property, index) in kinds.properties.iter().zip(0..) {
                    let kind = property.name.as_str();
                    self.twice(kinds, index);
                    if !KINDS.contains(&kind) {
                        let close = did_you_mean(kind, KINDS.into_iter());
                        let message = format!(
                            "{} is no kind of principal{close}; expected {}",
                            quoted(kind),
                            listed(&KINDS)
                        );
                        self.notebook.mistake(name_span(property), message);
                        continue;
                    }
                    for (text, span) in self.texts(kind, &property.value) {
                        match Principal::parse(kind, &text) {
                            Ok(principal) => list.push(principal),
                            Err(message) => self.notebook.mistake(span, message),
                        }
                    }
                    self.not_empty(property, list.len());
                }
                if kinds.properties.is_empty() {
                    let message = format!("`{}` is empty", property.name.as_str());
                    self.notebook.mistake(range(kinds), message);
                }
            }
            other => {
                let message = format!(
                    "{} is no principal; expected `\"*\"` or an object such as `{{\"AWS\": \
                     \"arn:aws:iam::111122223333:role/app\"}}`",
                    self.shown(other)
                );
                self.notebook.mistake(span(other), message);
            }
        }
        Some(Principals { is_negated, list })
    }

    fn conditions(&mut self, statement: &Object<'_>, version: Version) -> Vec<Condition> {
        let mut conditions = Vec::new();
        let Some(value) = get(statement, "Condition") else {
            return conditions;
        };
        let Value::Object(operators) = value else {
            let message = format!(
                "`Condition` is {}; expected an object such as `{{\"Bool\": \
                 {{\"aws:SecureTransport\": \"false\"}}}}`",
                self.shown(value)
            );
            self.notebook.mistake(span(value), message);
            return conditions;
        };
        for (property, index) in operators.properties.iter().zip(0..) {
            self.twice(operators, index);
            let operator = property.name.as_str().parse::<Operator>();
            if let Err(message) = &operator {
                self.notebook.mistake(name_span(property), message.clone());
            }
            let Value::Object(keys) = &property.value else {
                let message = format!(
                    "{} is {}; expected an object of condition keys and values",
                    quoted(property.name.as_str()),
                    self.shown(&property.value)
                );
                self.notebook.mistake(span(&property.value), message);
                continue;
            };
            let Ok(operator) = operator else { continue };
            for (key, index) in keys.properties.iter().zip(0..) {
                self.twice(keys, index);
                conditions.extend(self.condition(operator, key, version));
            }
        }
        conditions
    }

    fn condition(
        &mut self,
        operator: Operator,
        property: &ObjectProp<'_>,
        version: Version,
    ) -> Option<Condition> {
        let key = property.name.as_str();
        if !key.split_once(':').is_some_and(|(service, name)| {
            !service.is_empty() && !name.is_empty() && !key.contains(['*', '?'])
        }) {
            let message = format!(
                "{} is no condition key; expected one such as `aws:SecureTransport`",
                quoted(key)
            );
            self.notebook.mistake(name_span(property), message);
            return None;
        }
        let words = self.words(key, &property.value, |value| match value {
            Value::StringLit(text) => Some(text.value.clone().into_owned()),
            Value::NumberLit(number) => Some(number.value.to_owned()),
            Value::BooleanLit(it) => Some(it.value.to_string()),
            _ => None,
        });
        let mut values = Vec::new();
        for (text, span) in words {
            match super::super::value::Value::parse(operator, &text, version) {
                Ok(value) => values.push((text, value)),
                Err(expected) => {
                    let message = if expected.contains("${") {
                        expected
                    } else {
                        format!(
                            "{} is no value of `{operator}`; expected {expected}",
                            quoted(&text)
                        )
                    };
                    self.notebook.mistake(span, message);
                }
            }
        }
        let span = range(property);
        Some(Condition::new(operator, key.to_owned(), values, span))
    }
}
