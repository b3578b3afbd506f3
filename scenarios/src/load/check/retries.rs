use super::Check;
use crate::schema::{ClientPer, Clients, Outer, Retry};
use keystorm_models::client::StateScope;

/// Most attempts of one request: each has random numbers of its own.
const ATTEMPTS_MAX: u32 = 255;
/// Calls of the SDK that S3A makes for one request at most.
const S3A_CALLS_MAX: u32 = 21;

/// What clients do when calls fail.
pub(super) fn check(clients: &Clients, check: &mut Check<'_>) {
    let mode = match &clients.retry {
        Retry::None => return,
        Retry::Standard(_) => "standard",
        Retry::Adaptive(_) => "adaptive",
        Retry::Legacy(_) => "legacy",
        Retry::Custom(_) => "custom",
    };
    let rules = match clients.retry.rules() {
        Ok(rules) => rules.value,
        Err(missing) => {
            return check.wrong(
                &["clients", "retry", mode],
                format!("`clients.retry.{mode}`: {missing}"),
                "take one of these, or rules of your own with retry.custom",
            );
        }
    };
    if let Retry::Custom(own) = &clients.retry
        && own.cap < own.base
    {
        check.wrong(
            &["clients", "retry", "custom", "cap"],
            format!(
                "`clients.retry.custom.cap` is \"{}\"; expected at least \"{}\", the base",
                own.cap, own.base
            ),
            "the first back-off would already be longer than the longest",
        );
    }
    if clients.outer_retry == Outer::S3a {
        let attempts = S3A_CALLS_MAX * u32::from(rules.attempts_max);
        if attempts > ATTEMPTS_MAX {
            check.wrong(
                &["clients", "retry", mode],
                format!(
                    "`clients.retry.{mode}` makes up to {} attempts a call, and S3A up to \
                     {S3A_CALLS_MAX} calls; expected at most {} attempts a call",
                    rules.attempts_max,
                    ATTEMPTS_MAX / S3A_CALLS_MAX
                ),
                "S3A itself asks for 6 (fs.s3a.attempts.maximum = 5)",
            );
        }
    }
    if clients.client_per == ClientPer::Worker && rules.scope == StateScope::Process {
        check.wrong(
            &["clients", "client-per"],
            "`clients.client-per` is \"worker\", but this SDK keeps the state of its retries for \
             the whole process"
                .to_owned(),
            "leave it out, or model processes as `instances` with less `concurrency`",
        );
    }
}
