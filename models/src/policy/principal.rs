use super::Requester;
use super::mistakes::quoted;
use super::requester::{iam_arn, is_account, is_service};
use std::fmt;

/// Whom a statement names in `Principal` or `NotPrincipal`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Principals {
    /// Whether it is `NotPrincipal`.
    pub(super) is_negated: bool,
    pub(super) list: Vec<Principal>,
}

/// One of them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Principal {
    /// `*`: everybody, also those whom AWS does not know.
    Everyone,
    /// Everybody in the account with this number.
    Account(String),
    /// A user, role, role session, federated user, service or identity provider.
    Named(Requester),
    /// An account by its canonical id, which only S3 knows.
    CanonicalUser(String),
    /// A user or role that was deleted: AWS shows its id, and it is nobody.
    Deleted(String),
}

impl Principals {
    /// Whether it is `NotPrincipal`.
    #[must_use]
    pub fn is_negated(&self) -> bool {
        self.is_negated
    }

    /// Those who are named.
    #[must_use]
    pub fn list(&self) -> &[Principal] {
        &self.list
    }

    /// Whether the statement is about this requester.
    ///
    /// `NotPrincipal` spares a requester only if everything that it is is named: a role session
    /// its session, its role and its account.
    ///
    /// # Source
    /// IAM User Guide, "AWS JSON policy elements: Principal" and "`NotPrincipal`", read 2023-06.
    #[must_use]
    pub fn include(&self, requester: &Requester) -> bool {
        if self.is_negated {
            !self.spare(requester)
        } else {
            self.list.iter().any(|it| it.includes(requester))
        }
    }

    /// Whether it includes this requester only as somebody of its account.
    ///
    /// # Source
    /// IAM User Guide, "AWS JSON policy elements: Principal", on AWS accounts, read 2023-06.
    pub(super) fn delegates(&self, requester: &Requester) -> bool {
        let by_name = |it: &Principal| it.includes(requester) && !it.is_account_of(requester);
        !self.is_negated
            && self.list.iter().any(|it| it.is_account_of(requester))
            && !self.list.iter().any(by_name)
    }

    fn spare(&self, requester: &Requester) -> bool {
        if self.list.contains(&Principal::Everyone) {
            return true;
        }
        let names = |wanted: &Requester| self.list.iter().any(|it| it.is(wanted));
        let account = requester.account();
        let account = account.is_none_or(|it| names(&Requester::Root(it.to_owned())));
        let role = match requester {
            Requester::Role {
                account,
                name,
                session: Some(_),
            } => self.list.iter().any(|it| match it {
                Principal::Named(Requester::Role {
                    account: its_account,
                    name: its_name,
                    session: None,
                }) => account == its_account && base(name) == base(its_name),
                _ => false,
            }),
            _ => true,
        };
        account && role && names(requester)
    }
}

impl Principal {
    fn includes(&self, requester: &Requester) -> bool {
        match self {
            Self::Everyone => true,
            Self::Account(account) => requester.account() == Some(account),
            Self::Named(named) => match (named, requester) {
                (
                    Requester::Role {
                        account,
                        name,
                        session: None,
                    },
                    Requester::Role {
                        account: its_account,
                        name: its_name,
                        session: Some(_),
                    },
                ) => account == its_account && base(name) == base(its_name),
                _ => self.is(requester),
            },
            Self::CanonicalUser(_) | Self::Deleted(_) => false,
        }
    }

    /// Whether it is the account of a requester that is not its root user.
    fn is_account_of(&self, requester: &Requester) -> bool {
        let Self::Account(account) = self else {
            return false;
        };
        requester.account() == Some(account) && !matches!(requester, Requester::Root(_))
    }

    /// Whether it is this very requester.
    fn is(&self, requester: &Requester) -> bool {
        match (self, requester) {
            (Self::Account(account), Requester::Root(its)) => account == its,
            (Self::Named(named), _) => named == requester,
            _ => false,
        }
    }

    /// Reads one name of a kind: `AWS`, `Service`, `Federated`, `CanonicalUser`.
    ///
    /// # Errors
    /// What was expected.
    pub(super) fn parse(kind: &str, text: &str) -> Result<Self, String> {
        let expected = match kind {
            "AWS" => match aws(text) {
                Some(principal) => return Ok(principal),
                None if text.contains(['*', '?']) => {
                    return Err(format!(
                        "{} is no principal: a wildcard stands alone there; name everybody and \
                         narrow it with a condition on `aws:PrincipalArn`",
                        quoted(text)
                    ));
                }
                None => {
                    "an account's 12 digits, or the ARN of an account's root, a user, a role, a \
                     role session or a federated user"
                }
            },
            "Service" if is_service(text) => {
                return Ok(Self::Named(Requester::Service(text.to_owned())));
            }
            "Service" => "a service such as `logging.s3.amazonaws.com`",
            "Federated" => {
                let is_saml = iam_arn(text).is_some_and(|(service, _, resource)| {
                    service == "iam"
                        && (resource.starts_with("saml-provider/")
                            || resource.starts_with("oidc-provider/"))
                });
                if is_saml || (text.contains('.') && !text.contains(['*', '?', ':'])) {
                    return Ok(Self::Named(Requester::Federated(text.to_owned())));
                }
                "a provider such as `cognito-identity.amazonaws.com`, or the ARN of one"
            }
            _ if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                return Ok(Self::CanonicalUser(text.to_lowercase()));
            }
            _ => "64 hexadecimal digits",
        };
        Err(format!(
            "{} is no principal; expected {expected}",
            quoted(text)
        ))
    }
}

fn aws(text: &str) -> Option<Principal> {
    if text == "*" {
        return Some(Principal::Everyone);
    }
    if is_account(text) {
        return Some(Principal::Account(text.to_owned()));
    }
    let id = |it: &str| it.len() >= 16 && it.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if (text.starts_with("AIDA") || text.starts_with("AROA")) && id(text) {
        return Some(Principal::Deleted(text.to_owned()));
    }
    if !text.starts_with("arn:") || text.contains(['*', '?']) {
        return None;
    }
    match text.parse().ok()? {
        Requester::Root(account) => Some(Principal::Account(account)),
        named @ (Requester::User { .. }
        | Requester::Role { .. }
        | Requester::FederatedUser { .. }) => Some(Principal::Named(named)),
        _ => None,
    }
}

/// The name without its path: a session's ARN does not have the role's path.
fn base(name: &str) -> &str {
    name.rsplit_once('/').map_or(name, |(_, base)| base)
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everyone => f.write_str("*"),
            Self::Named(requester) => write!(f, "{requester}"),
            Self::Account(id) | Self::CanonicalUser(id) | Self::Deleted(id) => f.write_str(id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn principals(is_negated: bool, names: &[&str]) -> Principals {
        let list = names.iter().map(|name| aws(name).unwrap()).collect();
        Principals { is_negated, list }
    }

    const ACCOUNT: &str = "111122223333";
    const USER: &str = "arn:aws:iam::111122223333:user/ann";
    const ROLE: &str = "arn:aws:iam::111122223333:role/path/app";
    const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/app/one";

    // Goal: a name includes whom AWS says it includes.
    // Method: pairs of a name and a requester.
    #[test]
    fn names_include_requesters() {
        for (name, requester, answer) in [
            ("*", "anonymous", true),
            (ACCOUNT, USER, true),
            (ACCOUNT, SESSION, true),
            (ACCOUNT, "arn:aws:iam::444455556666:user/ann", false),
            (ACCOUNT, "anonymous", false),
            (USER, USER, true),
            (USER, "arn:aws:iam::111122223333:user/bob", false),
            (ROLE, SESSION, true),
            (ROLE, ROLE, true),
            (SESSION, SESSION, true),
            (
                SESSION,
                "arn:aws:sts::111122223333:assumed-role/app/two",
                false,
            ),
            ("AROAEXAMPLEEXAMPLE12", SESSION, false),
        ] {
            let requester = requester.parse().unwrap();
            assert_eq!(
                principals(false, &[name]).include(&requester),
                answer,
                "{name}"
            );
        }
    }

    // Goal: `NotPrincipal` spares only those of whom everything is named.
    // Method: lists that lack one name each.
    #[test]
    fn not_principal_wants_all_names() {
        let session = SESSION.parse().unwrap();
        assert!(!principals(true, &[ACCOUNT, ROLE, SESSION]).include(&session));
        for names in [[ACCOUNT, ROLE], [ACCOUNT, SESSION], [ROLE, SESSION]] {
            assert!(principals(true, &names).include(&session), "{names:?}");
        }
        let user = USER.parse().unwrap();
        assert!(!principals(true, &[ACCOUNT, USER]).include(&user));
        assert!(principals(true, &[ACCOUNT]).include(&user));
        assert!(principals(true, &[ACCOUNT, USER]).include(&Requester::Anonymous));
        assert!(!principals(true, &["*"]).include(&Requester::Anonymous));
    }

    // Goal: an account that is named hands the decision to its own policies.
    // Method: the account alone, beside the user, and for its root user and another account's.
    #[test]
    fn accounts_delegate() {
        let delegates = |names: &[&str], requester: &str| {
            principals(false, names).delegates(&requester.parse().unwrap())
        };
        assert!(delegates(&[ACCOUNT], USER) && delegates(&[ACCOUNT], SESSION));
        assert!(!delegates(&[ACCOUNT, USER], USER) && !delegates(&["*", ACCOUNT], USER));
        assert!(!delegates(&[ACCOUNT], "arn:aws:iam::111122223333:root"));
        assert!(!delegates(&[ACCOUNT], "arn:aws:iam::444455556666:user/ann"));
    }

    // Goal: what names nobody is refused with what was expected.
    // Method: one text for each kind.
    #[test]
    fn names_of_nobody_are_refused() {
        for (kind, text, part) in [
            (
                "AWS",
                "arn:aws:iam::111122223333:user/*",
                "aws:PrincipalArn",
            ),
            ("AWS", "ann", "12 digits"),
            ("AWS", "arn:aws:s3:::bucket", "12 digits"),
            ("Service", "*", "logging.s3"),
            ("Federated", "*", "cognito"),
            ("CanonicalUser", "79a5", "64 hexadecimal"),
        ] {
            let error = Principal::parse(kind, text).unwrap_err();
            assert!(error.contains(part), "{kind} {text}: {error}");
        }
    }
}
