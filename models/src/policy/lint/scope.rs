//! Traps in whom and what a statement is about.
use super::super::element::Resources;
use super::super::principal::Principal;
use super::super::{Effect, Requester, Statement};
use super::{Lint, Trap};

/// Actions on objects and on buckets that encryption policies are about, one or two of each kind.
const ON_OBJECTS: [&str; 5] = [
    "s3:PutObject",
    "s3:GetObject",
    "s3:DeleteObject",
    "s3:GetObjectVersion",
    "s3:AbortMultipartUpload",
];
const ON_BUCKETS: [&str; 4] = [
    "s3:ListBucket",
    "s3:ListBucketVersions",
    "s3:GetBucketLocation",
    "s3:ListBucketMultipartUploads",
];

/// The service that writes server access logs.
const LOGGING: &str = "logging.s3.amazonaws.com";

impl Lint<'_> {
    pub(super) fn scope(&mut self, statement: &Statement, number: usize) {
        match statement.principals() {
            None => {
                let what = "the statement has no `Principal`".to_owned();
                self.whole(Trap::PrincipalMissing, statement, number, what);
            }
            Some(principals) => {
                if principals.is_negated() && statement.effect() == Effect::Allow {
                    let what = "an Allow with `NotPrincipal`".to_owned();
                    self.whole(Trap::NotPrincipalAllow, statement, number, what);
                }
                for principal in principals.list() {
                    if let Principal::Deleted(id) = principal {
                        let what = format!("the principal is `{id}`");
                        self.whole(Trap::PrincipalDeleted, statement, number, what);
                    }
                }
                let logging = Principal::Named(Requester::Service(LOGGING.to_owned()));
                let writes = statement.actions.include("s3:PutObject");
                if writes && !statement.is_deny() && principals.list().contains(&logging) {
                    let what = format!("the statement lets `{LOGGING}` write");
                    self.whole(Trap::LogTarget, statement, number, what);
                }
            }
        }
        self.resources(statement, number);
    }

    fn resources(&mut self, statement: &Statement, number: usize) {
        // What an exception leaves over is rarely a list of actions that one can reason about.
        if statement.actions.is_negated || statement.resources.is_negated {
            return;
        }
        let (objects, buckets) = covers(&statement.resources);
        let wants = |actions: &[&'static str]| {
            let mut actions = actions.iter();
            actions.find(|it| statement.actions.include(it)).copied()
        };
        if let Some(action) = wants(&ON_OBJECTS)
            && !objects
        {
            let what = format!("`{action}` is about objects, and no resource is");
            self.whole(Trap::ObjectsNotCovered, statement, number, what);
        }
        if let Some(action) = wants(&ON_BUCKETS)
            && !buckets
        {
            let what = format!("`{action}` is about the bucket, and no resource is");
            self.whole(Trap::BucketNotCovered, statement, number, what);
        }
    }
}

/// Whether some resource can be an object, and some a bucket.
fn covers(resources: &Resources) -> (bool, bool) {
    let (mut objects, mut buckets) = (false, false);
    for resource in &resources.list {
        // Parts that are missing are `*`.
        let part = resource.text.splitn(6, ':').nth(5).unwrap_or("*");
        let is_open = part.ends_with('*') || part.contains("${");
        let is_object = part.contains('/');
        objects |= is_object || is_open;
        buckets |= !is_object;
    }
    (objects, buckets)
}
