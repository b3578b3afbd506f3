use super::{Answer, Policy};
use jiff::Timestamp;
use keystorm_models::policy::{self, Requester, S3Operation, S3Request};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A request that a policy is asked about, as flags or a line of JSON describe it.
///
/// Everything but the operation has a default: a role in the bucket's account, over TLS 1.3,
/// without headers.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Question {
    /// Operation of S3, such as `PutObject`.
    pub operation: String,
    /// Bucket; without it, the first that the policy names.
    pub bucket: Option<String>,
    /// Object key; without it `key`.
    pub key: Option<String>,
    /// Headers of the request; of parts, those that their upload was begun with.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Whether it comes over plain HTTP.
    #[serde(default)]
    pub http: bool,
    /// TLS version, such as `1.2`; without it 1.3.
    pub tls_version: Option<String>,
    /// Who sends it: ARN, `anonymous`, an account's 12 digits, or a service.
    pub principal: Option<String>,
    /// Address that it comes from.
    pub source_ip: Option<String>,
    /// Whether it is signed in its URL.
    #[serde(default)]
    pub presigned: bool,
    /// Account of the bucket; without it, that of the sender.
    pub bucket_account: Option<String>,
    /// ARN of the KMS key that is the bucket's default.
    pub default_kms_key: Option<String>,
    /// When it arrives, as RFC 3339 has it.
    pub at: Option<String>,
    /// Further condition keys.
    #[serde(default)]
    pub context: BTreeMap<String, OneOrMany>,
    /// What the sender's own policies say.
    #[serde(default)]
    pub identity: Identity,
    /// What the policy sees of the KMS key.
    #[serde(default)]
    pub kms_key_seen: KmsKeySeen,
    /// What the policy sees of a part's encryption.
    #[serde(default)]
    pub parts_seen: PartsSeen,
}

/// Values of a condition key.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Several, or none.
    Many(Vec<String>),
}

/// What the policies of the sender's user or role say to the request: keystorm does not have them.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Identity {
    /// They allow it.
    #[default]
    Allow,
    /// They say nothing.
    None,
}

/// What `s3:x-amz-server-side-encryption-aws-kms-key-id` holds.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum KmsKeySeen {
    /// The key that the object will be under: the header's, else the bucket's default.
    #[default]
    Effective,
    /// The header's only.
    Header,
}

/// What parts of a multipart upload show of its encryption.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum PartsSeen {
    /// What the upload was begun with.
    #[default]
    Inherited,
    /// Nothing.
    Without,
}

/// Who asks if nobody is named: a role in an account of AWS's examples.
const PRINCIPAL: &str = "arn:aws:iam::111122223333:role/app";

impl Question {
    /// Asks the policy. `now` is when the request arrives unless the question says.
    ///
    /// # Errors
    /// What the question lacks or cannot mean.
    pub fn ask(&self, policy: &Policy, now: Option<Timestamp>) -> Result<Answer, String> {
        let request = self.request(policy, now)?;
        let mut contexts = vec![request.context()];
        // A copy within the bucket reads its source under the same policy.
        let source = request.source_context();
        contexts.extend(source.filter(|it| {
            let bucket = format!("arn:aws:s3:::{}/", request.bucket);
            it.resource.starts_with(&bucket)
        }));
        for (key, values) in &self.context {
            for context in &mut contexts {
                match values {
                    OneOrMany::One(value) => context.set(key, [value.as_str()]),
                    OneOrMany::Many(values) => context.set(key, values.iter().cloned()),
                }
            }
        }
        Ok(Answer::new(policy, &request, &contexts, self.identity))
    }

    fn request(&self, policy: &Policy, now: Option<Timestamp>) -> Result<S3Request, String> {
        let operation: S3Operation = self.operation.parse()?;
        let principal = self.principal.as_deref().unwrap_or(PRINCIPAL);
        let requester: Requester = principal.parse().map_err(|error| format!("{error}"))?;
        let bucket = self.bucket.as_deref().or_else(|| policy.bucket());
        let bucket = bucket.unwrap_or("bucket");
        let key = self.key.as_deref().unwrap_or("key");
        let at = self.at.as_deref().map(|text| {
            text.parse::<Timestamp>()
                .map_err(|_| format!("{text:?} is no time such as \"2026-04-01T12:00:00Z\""))
        });
        let source_ip = self.source_ip.as_deref().map(|text| {
            text.parse()
                .map_err(|_| format!("{text:?} is no address such as \"203.0.113.7\""))
        });
        let tls = self.tls_version.as_deref().unwrap_or("1.3");
        if !["1.0", "1.1", "1.2", "1.3"].contains(&tls) {
            return Err(format!(
                "{tls:?} is no version of TLS; expected 1.0, 1.1, 1.2 or 1.3"
            ));
        }
        if self.http && self.tls_version.is_some() {
            return Err("plain HTTP has no TLS version".into());
        }
        let bucket_account = self
            .bucket_account
            .as_deref()
            .or_else(|| requester.account());
        let bucket_account = bucket_account.map(str::to_owned);
        Ok(S3Request {
            headers: self.headers.clone().into_iter().collect(),
            tls_version: (!self.http).then(|| tls.to_owned()),
            source_ip: source_ip.transpose()?,
            is_presigned: self.presigned,
            at: at.transpose()?.or(now),
            bucket_account,
            default_kms_key: self.default_kms_key.clone(),
            kms_key_seen: match self.kms_key_seen {
                KmsKeySeen::Effective => policy::KmsKeySeen::Effective,
                KmsKeySeen::Header => policy::KmsKeySeen::Header,
            },
            parts_seen: match self.parts_seen {
                PartsSeen::Inherited => policy::PartsSeen::Inherited,
                PartsSeen::Without => policy::PartsSeen::Without,
            },
            ..S3Request::new(operation, bucket, key, requester)
        })
    }
}
