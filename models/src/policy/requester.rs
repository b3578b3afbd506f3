use super::mistakes::quoted;
use std::error::Error;
use std::fmt;
use std::str::FromStr;

/// Who sends a request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Requester {
    /// Nobody that AWS knows.
    Anonymous,
    /// The root user of an account, by its number.
    Root(String),
    /// An IAM user.
    User {
        /// Number of its account.
        account: String,
        /// Path and name: `team/ann`.
        name: String,
    },
    /// A role, in a session that somebody opened.
    Role {
        /// Number of its account.
        account: String,
        /// Name, after its path if that is known.
        name: String,
        /// Name of the session, if that is known.
        session: Option<String>,
    },
    /// A federated user, by `GetFederationToken`.
    FederatedUser {
        /// Number of its account.
        account: String,
        /// Name.
        name: String,
    },
    /// Somebody whom a provider vouches for: `cognito-identity.amazonaws.com` or the ARN of a
    /// SAML provider.
    Federated(String),
    /// A service of AWS in its own name, such as `logging.s3.amazonaws.com`.
    Service(String),
}

/// A text that names no requester.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RequesterError(String);

impl fmt::Display for RequesterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} names nobody; expected `anonymous`, an account's 12 digits, the ARN of a user, \
             role, role session or federated user, or a service such as `logging.s3.amazonaws.com`",
            quoted(&self.0)
        )
    }
}

impl Error for RequesterError {}

impl Requester {
    /// Number of the account that it belongs to.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Root(account)
            | Self::User { account, .. }
            | Self::Role { account, .. }
            | Self::FederatedUser { account, .. } => Some(account),
            Self::Anonymous | Self::Federated(_) | Self::Service(_) => None,
        }
    }

    /// `aws:PrincipalArn`: of a role session, the role's.
    #[must_use]
    pub fn principal_arn(&self) -> Option<String> {
        Some(match self {
            Self::Root(account) => format!("arn:aws:iam::{account}:root"),
            Self::User { account, name } => format!("arn:aws:iam::{account}:user/{name}"),
            Self::Role { account, name, .. } => format!("arn:aws:iam::{account}:role/{name}"),
            Self::FederatedUser { account, name } => {
                format!("arn:aws:sts::{account}:federated-user/{name}")
            }
            Self::Anonymous | Self::Federated(_) | Self::Service(_) => return None,
        })
    }

    /// `aws:PrincipalType`.
    #[must_use]
    pub fn principal_type(&self) -> Option<&'static str> {
        Some(match self {
            Self::Anonymous => "Anonymous",
            Self::Root(_) => "Account",
            Self::User { .. } => "User",
            Self::Role { .. } | Self::Federated(_) => "AssumedRole",
            Self::FederatedUser { .. } => "FederatedUser",
            Self::Service(_) => return None,
        })
    }
}

impl fmt::Display for Requester {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.write_str("anonymous"),
            Self::Role {
                account,
                name,
                session: Some(session),
            } => write!(f, "arn:aws:sts::{account}:assumed-role/{name}/{session}"),
            Self::Federated(name) | Self::Service(name) => f.write_str(name),
            other => f.write_str(&other.principal_arn().unwrap_or_default()),
        }
    }
}

impl FromStr for Requester {
    type Err = RequesterError;

    fn from_str(text: &str) -> Result<Self, RequesterError> {
        requester(text).ok_or_else(|| RequesterError(text.to_owned()))
    }
}

fn requester(text: &str) -> Option<Requester> {
    if text == "anonymous" || text == "*" {
        return Some(Requester::Anonymous);
    }
    if is_account(text) {
        return Some(Requester::Root(text.to_owned()));
    }
    if !text.starts_with("arn:") {
        let is_provider = ["cognito-identity.amazonaws.com", "accounts.google.com"].contains(&text);
        return if is_provider {
            Some(Requester::Federated(text.to_owned()))
        } else {
            is_service(text).then(|| Requester::Service(text.to_owned()))
        };
    }
    let (service, account, resource) = iam_arn(text)?;
    let account = account.to_owned();
    let (kind, name) = resource.split_once('/').unwrap_or((resource, ""));
    match (service, kind) {
        ("iam", "root") if name.is_empty() => Some(Requester::Root(account)),
        _ if name.is_empty() => None,
        ("iam", "user") => Some(Requester::User {
            account,
            name: name.to_owned(),
        }),
        ("iam", "role") => Some(Requester::Role {
            account,
            name: name.to_owned(),
            session: None,
        }),
        ("iam", "saml-provider") => Some(Requester::Federated(text.to_owned())),
        ("sts", "assumed-role") => {
            let (role, session) = name.rsplit_once('/')?;
            Some(Requester::Role {
                account,
                name: role.to_owned(),
                session: Some(session.to_owned()),
            })
        }
        ("sts", "federated-user") => Some(Requester::FederatedUser {
            account,
            name: name.to_owned(),
        }),
        _ => None,
    }
}

/// Whether it is an account's number.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether it is the name of a service of AWS.
pub(super) fn is_service(text: &str) -> bool {
    let name = |it: &str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        !it.is_empty() && it.chars().all(plain)
    };
    [".amazonaws.com", ".amazonaws.com.cn", ".aws.internal"]
        .iter()
        .any(|end| text.strip_suffix(end).is_some_and(name))
}

/// Service, account and resource of an ARN of IAM or STS, which have no Region.
pub(super) fn iam_arn(text: &str) -> Option<(&str, &str, &str)> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    match parts[..] {
        [
            "arn",
            partition,
            service @ ("iam" | "sts"),
            "",
            account,
            resource,
        ] if partition.starts_with("aws") && is_account(account) && !resource.is_empty() => {
            Some((service, account, resource))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: everybody who can send a request is read, and written as read.
    // Method: one of each kind, and what IAM says of it.
    #[test]
    fn requesters_are_written_as_they_are_read() {
        for (text, arn) in [
            ("anonymous", None),
            (
                "arn:aws:iam::111122223333:root",
                Some("arn:aws:iam::111122223333:root"),
            ),
            (
                "arn:aws:iam::111122223333:user/a/b",
                Some("arn:aws:iam::111122223333:user/a/b"),
            ),
            (
                "arn:aws:iam::111122223333:role/r",
                Some("arn:aws:iam::111122223333:role/r"),
            ),
            (
                "arn:aws:sts::111122223333:assumed-role/r/s",
                Some("arn:aws:iam::111122223333:role/r"),
            ),
            (
                "arn:aws:sts::111122223333:federated-user/f",
                Some("arn:aws:sts::111122223333:federated-user/f"),
            ),
            ("arn:aws:iam::111122223333:saml-provider/p", None),
            ("logging.s3.amazonaws.com", None),
            ("cognito-identity.amazonaws.com", None),
        ] {
            let requester: Requester = text.parse().unwrap();
            assert_eq!(requester.to_string(), text);
            assert_eq!(requester.principal_arn().as_deref(), arn);
        }
        for wrong in [
            "",
            "ann",
            "1234",
            "arn:aws:iam::1:user/x",
            "arn:aws:iam::111122223333:user/",
        ] {
            let error = wrong.parse::<Requester>().unwrap_err().to_string();
            assert!(error.contains("names nobody"), "{error}");
        }
    }
}
