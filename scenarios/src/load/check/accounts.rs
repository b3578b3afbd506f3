//! Further accounts, and the fleets that belong to them.
use super::Check;
use crate::load::words;
use crate::schema::{Fleet, KmsKey, Scenario};

/// Every account has a quota that can be counted and a fleet; every fleet's account is there.
pub(super) fn check(scenario: &Scenario, check: &mut Check<'_>) {
    for (name, account) in &scenario.other_accounts {
        let path = |key| ["other-accounts", name.as_str(), key];
        if let Some(quota) = account.request_quota {
            check.whole(
                &path("request-quota"),
                quota,
                1.0,
                "a positive whole rate such as \"20_000/s\"",
                "quotas are per second; divide a per-minute figure by 60",
            );
        }
        check.whole(
            &path("other-load"),
            account.other_load,
            0.0,
            "a whole rate such as \"4_000/s\"",
            "one call in n seconds is not modelled; round it",
        );
        let belongs = |fleet: &Fleet| fleet.account.as_ref() == Some(name);
        if !scenario.fleets.values().any(belongs) {
            let message = format!("no fleet belongs to `other-accounts.{name}`");
            let help = format!("write account = \"{name}\" in a fleet, or leave the account out");
            check.wrong(&["other-accounts", name], message, &help);
        }
    }
    for (name, fleet) in &scenario.fleets {
        if let Some(account) = &fleet.account {
            fleet_of(account, name, fleet, scenario, check);
        }
    }
}

fn fleet_of(account: &str, name: &str, fleet: &Fleet, scenario: &Scenario, check: &mut Check<'_>) {
    let path = ["fleets", name, "account"];
    if !scenario.other_accounts.contains_key(account) {
        let known: Vec<&str> = scenario.other_accounts.keys().map(String::as_str).collect();
        let message = format!("`fleets.{name}.account` is \"{account}\"; no account has this name");
        let near = words::did_you_mean(account, &known);
        let help = if near.is_empty() {
            format!("add a table [other-accounts.{account}]; leave `account` out for the bucket's")
        } else {
            near
        };
        check.wrong(&path, message, &help);
        return;
    }
    if scenario.kms.key == KmsKey::AwsManaged && scenario.calls_kms() {
        let message =
            format!("`fleets.{name}.account` is another account, but `kms.key` is \"aws-managed\"");
        let help = "aws/s3 cannot be shared with other accounts: KMS would deny every request; \
                    write kms.key = \"customer-managed\"";
        check.wrong(&path, message, help);
    }
    if scenario.bucket.policy.is_some() && fleet.request.principal.is_none() {
        let message = format!(
            "`fleets.{name}.account` is another account, and `bucket.policy` must know who asks"
        );
        let help = format!(
            "write fleets.{name}.request.principal, such as \
             \"arn:aws:iam::444455556666:role/{name}\", and allow it in the policy"
        );
        check.wrong(&path, message, &help);
    }
}
