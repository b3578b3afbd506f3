//! Several accounts in one run: each has a quota of its own.
use crate::common::{mean, record_of};
use keystorm_record::{ClassCounts, Record};

/// Two fleets that each ask for more than a quota of 150/s, with the lines that place them.
fn scenario(kms: &str, web: &str, batch: &str) -> String {
    let fleet = |name: &str, account: &str| {
        if account == "absent" {
            return String::new();
        }
        format!(
            "[fleets.{name}]\n{account}\ninstances = 2\nconcurrency = 50\n\
             operations = {{ get = 3, put = 1 }}\nsize.fixed = \"64 KiB\"\n\
             arrivals.poisson.rate = \"100/s\"\n"
        )
    };
    format!(
        "schema = 1\nname = \"accounts\"\nseed = 3\naccount.region = \"eu-west-3\"\n\
         run = {{ start = \"2026-11-24T00:00:00Z\", warm-up = \"2 s\", measure = \"30 s\", \
         replications = 2 }}\nbucket.encryption = \"sse-kms\"\n{kms}\n{}{}",
        fleet("web", web),
        fleet("batch", batch)
    )
}

fn counts_of(record: &Record, fleet: &str) -> Vec<ClassCounts> {
    let variant = &record.variants[0];
    let numbers: Vec<_> = (0..variant.classes.len())
        .filter(|&it| variant.classes[it].fleet == fleet)
        .collect();
    let counts = variant.replications.iter();
    counts
        .flat_map(|it| numbers.iter().map(|&number| it.classes[number]))
        .collect()
}

// Goal: accounts share nothing of their quotas: each fleet fares as if it were alone with its own.
// Method: a fleet in the bucket's account and one in another, both beyond their quotas; then each
// alone, with that quota and other load as the bucket's account's. All counts are equal.
#[test]
fn a_fleet_in_an_account_of_its_own_fares_as_if_it_were_alone() {
    let other = "[other-accounts.lake]\nrequest-quota = \"120/s\"\nother-load = \"30/s\"";
    let kms = "kms = { request-quota = \"150/s\" }";
    let both = record_of(&scenario(
        &format!("{kms}\n{other}"),
        "",
        "account = \"lake\"",
    ));
    let web = record_of(&scenario(kms, "", "absent"));
    let kms = "kms = { request-quota = \"120/s\", other-load = \"30/s\" }";
    let batch = record_of(&scenario(kms, "absent", ""));
    assert_eq!(counts_of(&both, "web"), counts_of(&web, "web"));
    assert_eq!(counts_of(&both, "batch"), counts_of(&batch, "batch"));
    for (index, replication) in both.variants[0].replications.iter().enumerate() {
        assert_eq!(replication.kms, web.variants[0].replications[index].kms);
        assert_eq!(
            replication.other_accounts,
            [batch.variants[0].replications[index].kms]
        );
        assert!(replication.other_accounts[0].refused.0 > 0);
    }
    let (both, web, batch) = (&both.variants[0], &web.variants[0], &batch.variants[0]);
    for (of_others, of_it) in [
        ("other-accounts.kms.calls", "kms.calls"),
        ("other-accounts.kms.throttled-share", "kms.throttled-share"),
        ("other-accounts.kms.headroom", "kms.headroom"),
    ] {
        assert!((mean(both, of_others) - mean(batch, of_it)).abs() < 1e-12);
    }
    let kms_cost = |variant: &keystorm_record::Variant| {
        let mut items = variant.costs.iter();
        let item = items.find(|it| it.item == "kms-requests");
        item.map_or(0.0, |it| it.usd_per_hour)
    };
    let sum = kms_cost(web) + kms_cost(batch);
    assert!((kms_cost(both) - sum).abs() < 1e-9, "each is billed");
    assert_eq!(both.setup.other_accounts[0].name, "lake");
}

// Goal: an account left at AWS's default has the quota of the Region's table.
// Method: eu-west-3 on 2026-11-24: 10,000/s (the same as the bucket's account has by default).
#[test]
fn another_account_has_the_default_quota_of_the_region() {
    let both = record_of(&scenario("[other-accounts.lake]", "", "account = \"lake\""));
    let setup = &both.variants[0].setup;
    assert_eq!(
        setup.other_accounts[0].kms_quota_per_s,
        setup.kms_quota_per_s
    );
    assert_eq!(setup.kms_quota_per_s.0, 10_000);
}
