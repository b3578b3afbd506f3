use super::{Complaint, Request};
use crate::kms::Call;
use crate::s3::Refusal;

/// A KMS key, and what the caller of a request may do with it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KmsKey<'a> {
    /// Its ARN, such as `arn:aws:kms:eu-west-1:111122223333:key/…`.
    pub arn: &'a str,
    /// An alias of it, such as `alias/app`.
    pub alias: Option<&'a str>,
    /// State.
    pub state: KeyState,
    /// What it is made for.
    pub usage: KeyUsage,
    /// Whether the caller may ask for data keys under it (`kms:GenerateDataKey`).
    pub may_generate_data_key: bool,
    /// Whether the caller may have data keys decrypted (`kms:Decrypt`).
    pub may_decrypt: bool,
}

/// State of a KMS key.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum KeyState {
    /// It can be used.
    #[default]
    Enabled,
    /// Disabled by its owner.
    Disabled,
    /// Scheduled for deletion.
    PendingDeletion,
    /// Made for imported material that is not there.
    PendingImport,
}

/// What a KMS key is made for.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum KeyUsage {
    /// Symmetric encryption: the only usage that S3 takes.
    #[default]
    EncryptDecrypt,
    /// Signatures.
    SignVerify,
    /// Message authentication codes.
    GenerateVerifyMac,
}

/// The KMS keys that a request can meet.
#[derive(Clone, Copy, Debug)]
pub struct KeyRing<'a> {
    /// ARN of `aws/s3`, the key that AWS manages in the caller's account.
    pub aws_managed: &'a str,
    /// The others.
    pub keys: &'a [KmsKey<'a>],
}

/// The alias of the key that AWS manages for S3.
const AWS_MANAGED: &str = "alias/aws/s3";

impl<'a> KeyRing<'a> {
    /// The key of an id, an ARN or an alias (`aws/s3` without), if it can be used for `call`.
    pub(super) fn usable(
        &self,
        id: Option<&'a str>,
        region: &str,
        request: &Request<'a>,
        call: Call,
    ) -> Result<KmsKey<'a>, Complaint<'a>> {
        let key = self.find(id.unwrap_or(AWS_MANAGED), region, request)?;
        let may = match call {
            Call::GenerateDataKey => key.may_generate_data_key,
            Call::Decrypt => key.may_decrypt,
            Call::Encrypt => true,
        };
        if !may {
            return Err((&Refusal::KMS_ACCESS_DENIED).into());
        }
        let usage = match key.usage {
            KeyUsage::EncryptDecrypt => None,
            KeyUsage::SignVerify => Some("SIGN_VERIFY"),
            KeyUsage::GenerateVerifyMac => Some("GENERATE_VERIFY_MAC"),
        };
        let mut names = vec![("{key}", key.arn.into())];
        if let Some(usage) = usage {
            names.extend([("{usage}", usage.into()), ("{call}", call.name().into())]);
            return Err(Complaint(&Refusal::KMS_KEY_USAGE, names));
        }
        match key.state {
            KeyState::Enabled => Ok(key),
            KeyState::Disabled => Err(Complaint(&Refusal::KMS_KEY_DISABLED, names)),
            KeyState::PendingDeletion => Err(Complaint(&Refusal::KMS_KEY_PENDING_DELETION, names)),
            KeyState::PendingImport => Err(Complaint(&Refusal::KMS_KEY_PENDING_IMPORT, names)),
        }
    }

    fn find(
        &self,
        id: &'a str,
        region: &str,
        request: &Request<'a>,
    ) -> Result<KmsKey<'a>, Complaint<'a>> {
        if !may_be_an_id(id) {
            return Err(Complaint(&Refusal::KMS_KEY_ID, vec![("{key}", id.into())]));
        }
        let resource = match arn_parts(id) {
            Some((of_region, _)) if of_region != region => {
                let names = vec![("{region}", of_region.into())];
                return Err(Complaint(&Refusal::KMS_KEY_REGION, names));
            }
            Some((_, resource)) => resource,
            None => id,
        };
        if resource == AWS_MANAGED || id == self.aws_managed {
            return Ok(self.aws_managed_key());
        }
        let is_it = |key: &&KmsKey<'a>| {
            let bare = arn_parts(key.arn);
            key.arn == id
                || key.alias == Some(resource)
                || bare.is_some_and(|(of_region, resource)| {
                    of_region == region && resource.strip_prefix("key/") == Some(id)
                })
        };
        self.keys.iter().find(is_it).copied().ok_or_else(|| {
            let arn = if arn_parts(id).is_some() {
                id.to_owned()
            } else {
                let kind = if id.starts_with("alias/") { "" } else { "key/" };
                let (partition, account) = (request.partition(), request.account());
                format!("arn:{partition}:kms:{region}:{account}:{kind}{id}")
            };
            Complaint(&Refusal::KMS_KEY_NOT_FOUND, vec![("{key}", arn.into())])
        })
    }

    /// Everyone of its account may use it through S3.
    fn aws_managed_key(&self) -> KmsKey<'a> {
        KmsKey {
            arn: self.aws_managed,
            alias: Some(AWS_MANAGED),
            state: KeyState::Enabled,
            usage: KeyUsage::EncryptDecrypt,
            may_generate_data_key: true,
            may_decrypt: true,
        }
    }
}

/// Region and resource of a KMS ARN.
fn arn_parts(arn: &str) -> Option<(&str, &str)> {
    let mut parts = arn.splitn(6, ':');
    let head = (parts.next()?, parts.next()?, parts.next()?);
    let (region, _account, resource) = (parts.next()?, parts.next()?, parts.next()?);
    (head.0 == "arn" && head.2 == "kms").then_some((region, resource))
}

/// Whether a text has the form of a key's id, its ARN or an alias.
fn may_be_an_id(id: &str) -> bool {
    let hex = |text: &str| text.bytes().all(|it| it.is_ascii_hexdigit());
    let uuid = |id: &str| {
        let lengths = id.split('-').map(str::len);
        lengths.eq([8, 4, 4, 4, 12]) && id.split('-').all(hex)
    };
    let multi_region = |id: &str| {
        id.strip_prefix("mrk-")
            .is_some_and(|rest| rest.len() == 32 && hex(rest))
    };
    arn_parts(id).is_some() || id.starts_with("alias/") || uuid(id) || multi_region(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: what KMS takes for an id is one, what it called "Invalid keyId" is none.
    // Method: ids that were sent to KMS when its answers were recorded.
    #[test]
    fn ids_are_known_by_their_form() {
        let uuid = "134f2428-cec1-4b25-a1ae-9048164dba47";
        let arn = format!("arn:aws:kms:us-east-1:111122223333:key/{uuid}");
        for id in [
            uuid,
            &arn,
            "mrk-134f2428cec14b25a1ae9048164dba47",
            "alias/x",
        ] {
            assert!(may_be_an_id(id), "{id}");
        }
        let none = [
            "fake-key-id",
            "134f2428cec14b25a1ae9048164dba47",
            "mrk-fake-key-id",
            "key_id",
            "",
            "arn:aws:s3:us-east-1:111122223333:key/x",
        ];
        for id in none {
            assert!(!may_be_an_id(id), "{id}");
        }
    }
}
