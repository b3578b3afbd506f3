//! What the requests of a fleet meet at S3's front door: decided once, before a run.
use crate::schema::{
    BlockedEncryptionType, CustomerKey, Encryption, EncryptionHeader, Fleet, KmsKey, KmsKeyState,
    KmsPermission, Scenario, Scheme, Signature, TlsVersion,
};
use keystorm_models::policy::{Policy, Verdict};
use keystorm_models::s3;
use keystorm_models::s3::request_check::{
    self, Applied, Bucket, CustomerKeyHeaders, CustomerKeyValues, DefaultEncryption, KeyMark,
    KeyRing, KeyState, KeyUsage, PolicyAnswer, Refused, Request, S3Operation, Situation,
    SseAlgorithm, SseHeaders, Transport,
};
use keystorm_models::workload::Operation;

/// The account that owns the bucket and, mostly, the key: one of AWS's examples.
const ACCOUNT: &str = "111122223333";
/// The account whose key it is otherwise.
const OTHER_ACCOUNT: &str = "444455556666";
/// Id of the scenario's KMS key: one of AWS's examples.
const KEY_ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";
/// Alias of the scenario's KMS key.
const KEY_ALIAS: &str = "alias/app";
/// Bytes of the SSE-C keys; which they are decides nothing.
const RIGHT: [u8; 32] = [1; 32];
const WRONG: [u8; 32] = [2; 32];
const SALT: [u8; KeyMark::SALT_LEN] = [0; KeyMark::SALT_LEN];

/// What becomes of a fleet's requests for one operation, were no quota in their way.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Why every one of them is refused, if it is.
    pub(crate) refused: Option<Refused>,
    /// Encryption of the objects that they write or read.
    pub(crate) encryption: s3::Encryption,
}

/// What the requests of the fleet called `name` meet.
pub(crate) fn entry(operation: Operation, name: &str, fleet: &Fleet, scenario: &Scenario) -> Entry {
    let cast = Cast::new(name, fleet, scenario);
    let object = cast.object();
    Entry {
        refused: api(operation).and_then(|api| cast.check(operation, api, object.as_ref()).err()),
        encryption: encryption(object.as_ref()),
    }
}

/// The operation as S3's API names it. Replication is a copy, which S3 makes; what goes to KMS is
/// none.
fn api(operation: Operation) -> Option<S3Operation> {
    Some(match operation {
        Operation::Get | Operation::RangedGet => S3Operation::GetObject,
        Operation::Put => S3Operation::PutObject,
        Operation::Head => S3Operation::HeadObject,
        Operation::Delete => S3Operation::DeleteObject,
        Operation::List => S3Operation::ListObjectsV2,
        Operation::Copy | Operation::Replicate => S3Operation::CopyObject,
        Operation::CreateMultipartUpload => S3Operation::CreateMultipartUpload,
        Operation::UploadPart => S3Operation::UploadPart,
        Operation::UploadPartCopy => S3Operation::UploadPartCopy,
        Operation::CompleteMultipartUpload => S3Operation::CompleteMultipartUpload,
        Operation::AbortMultipartUpload => S3Operation::AbortMultipartUpload,
        Operation::GenerateDataKey | Operation::Decrypt | Operation::Encrypt => return None,
    })
}

fn encryption(applied: Option<&Applied>) -> s3::Encryption {
    match applied {
        None => s3::Encryption::Unencrypted,
        Some(Applied::SseS3) => s3::Encryption::SseS3,
        Some(Applied::SseKms { bucket_key, .. }) if *bucket_key => s3::Encryption::SseKmsBucketKey,
        Some(Applied::SseKms { .. }) => s3::Encryption::SseKms,
        Some(Applied::DsseKms { .. }) => s3::Encryption::DsseKms,
        Some(Applied::SseC(_)) => s3::Encryption::SseC,
    }
}

/// Who takes part in a fleet's requests, by name.
struct Cast<'a> {
    fleet: &'a Fleet,
    scenario: &'a Scenario,
    caller: String,
    object: String,
    /// ARN of the scenario's key.
    key: String,
    /// ARN of `aws/s3`.
    aws_managed: String,
    /// SSE-C keys of uploads and of reads.
    on_write: CustomerKeyValues,
    on_read: CustomerKeyValues,
}

impl<'a> Cast<'a> {
    fn new(name: &str, fleet: &'a Fleet, scenario: &'a Scenario) -> Self {
        let region = scenario.account.region.as_str();
        let partition = match region {
            _ if region.starts_with("cn-") => "aws-cn",
            _ if region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        };
        let key_region = match (scenario.kms.key_state, region) {
            (KmsKeyState::OtherRegion, "us-east-1") => "us-west-2",
            (KmsKeyState::OtherRegion, _) => "us-east-1",
            _ => region,
        };
        let key = |region: &str, account: &str, id: &str| {
            format!("arn:{partition}:kms:{region}:{account}:key/{id}")
        };
        let owner = match scenario.kms.key {
            KmsKey::CustomerManaged | KmsKey::AwsManaged => ACCOUNT,
            KmsKey::OtherAccount => OTHER_ACCOUNT,
        };
        let role = || format!("arn:{partition}:iam::{ACCOUNT}:role/{name}");
        let right = CustomerKeyValues::of(&RIGHT);
        let twice = CustomerKeyValues::of(right.key().as_bytes());
        let (on_write, on_read) = match fleet.request.customer_key {
            CustomerKey::EncodedTwice => (twice.clone(), twice),
            CustomerKey::WrongOnRead => (right, CustomerKeyValues::of(&WRONG)),
            CustomerKey::Right | CustomerKey::MissingOnRead | CustomerKey::NoMd5 => {
                (right.clone(), right)
            }
        };
        Self {
            fleet,
            scenario,
            caller: fleet.request.principal.clone().unwrap_or_else(role),
            object: format!(
                "arn:{partition}:s3:::{}/{name}/object",
                scenario.bucket.name
            ),
            key: key(key_region, owner, KEY_ID),
            aws_managed: key(region, ACCOUNT, "00000000-0000-4000-8000-000000000000"),
            on_write,
            on_read,
        }
    }

    /// Encryption of the objects that the fleet writes, and of those that it finds: they were
    /// written when nothing stood in the way, or by others if its headers never pass.
    fn object(&self) -> Option<Applied> {
        let good = CustomerKeyValues::of(&RIGHT);
        let mut headers = self.headers(S3Operation::PutObject);
        if headers.customer.any() {
            headers.customer = good.headers();
        }
        let before_2023 = self.scenario.bucket.encryption == Encryption::None;
        if before_2023 && headers == SseHeaders::default() {
            return None;
        }
        let written = self.written(headers);
        written.or_else(|| self.written(SseHeaders::default()))
    }

    /// What an upload with these headers is encrypted under, when nothing else is wrong with it.
    fn written(&self, headers: SseHeaders<'_>) -> Option<Applied> {
        let request = Request {
            headers,
            transport: Transport::Https(request_check::TlsVersion::V1_3),
            signature: request_check::Signature::V4,
            ..self.request(S3Operation::PutObject)
        };
        let keys = [self.kms_key(KeyState::Enabled, KeyUsage::EncryptDecrypt, true, true)];
        let situation = Situation {
            bucket: Bucket {
                // Then, the key was where the bucket is.
                region: region_of(&self.key),
                blocks_sse_c: false,
                ..self.bucket()
            },
            object: None,
            source: None,
            keys: self.key_ring(&keys),
            policy: PolicyAnswer::Passes,
            salt: SALT,
        };
        request_check::check(&request, &situation).ok()?.written
    }

    /// Encryption of the objects that copies read: the fleet's `own`, if nothing else is said.
    fn copy_source(&self, own: Option<&Applied>) -> Option<Applied> {
        let Some(source) = &self.scenario.bucket.copy_source else {
            return own.cloned();
        };
        let key = || self.key.clone();
        match source.encryption {
            Encryption::None => None,
            Encryption::SseS3 => Some(Applied::SseS3),
            Encryption::SseKms => Some(Applied::SseKms {
                key: key(),
                bucket_key: source.bucket_key,
            }),
            Encryption::DsseKms => Some(Applied::DsseKms { key: key() }),
            Encryption::SseC => self.written(SseHeaders {
                customer: CustomerKeyValues::of(&RIGHT).headers(),
                ..SseHeaders::default()
            }),
        }
    }

    /// Checks one request on such an object.
    fn check(
        &self,
        operation: Operation,
        api: S3Operation,
        object: Option<&Applied>,
    ) -> Result<request_check::Served, Refused> {
        let source = self.copy_source(object);
        let key_of_source = CustomerKeyValues::of(&RIGHT);
        let mut request = self.request(api);
        if matches!(&source, Some(Applied::SseC(_)))
            && matches!(
                request.operation,
                S3Operation::CopyObject | S3Operation::UploadPartCopy
            )
        {
            request.headers.copy_source = key_of_source.headers();
        }
        let mut policy = self.policy(&request);
        if operation == Operation::Replicate {
            // S3 itself, with a role that was made for it.
            policy = PolicyAnswer::Passes;
            request.transport = Transport::Https(request_check::TlsVersion::V1_3);
            request.signature = request_check::Signature::V4;
        }
        let key = self.kms_key_as_it_stands();
        let keys = if self.scenario.kms.key_state == KmsKeyState::Missing {
            &[][..]
        } else {
            &[key]
        };
        let situation = Situation {
            bucket: self.bucket(),
            object,
            source: source.as_ref(),
            keys: self.key_ring(keys),
            policy,
            salt: SALT,
        };
        request_check::check(&request, &situation)
    }

    fn kms_key_as_it_stands(&self) -> request_check::KmsKey<'_> {
        let allowed = |permission| self.fleet.request.kms_permissions.contains(&permission);
        let (state, usage) = match self.scenario.kms.key_state {
            KmsKeyState::Disabled => (KeyState::Disabled, KeyUsage::EncryptDecrypt),
            KmsKeyState::PendingDeletion => (KeyState::PendingDeletion, KeyUsage::EncryptDecrypt),
            KmsKeyState::PendingImport => (KeyState::PendingImport, KeyUsage::EncryptDecrypt),
            KmsKeyState::Asymmetric => (KeyState::Enabled, KeyUsage::SignVerify),
            KmsKeyState::Enabled | KmsKeyState::Missing | KmsKeyState::OtherRegion => {
                (KeyState::Enabled, KeyUsage::EncryptDecrypt)
            }
        };
        self.kms_key(
            state,
            usage,
            allowed(KmsPermission::GenerateDataKey),
            allowed(KmsPermission::Decrypt),
        )
    }

    /// What the bucket policy says. Within the account, what it does not mention is taken to be
    /// allowed by the caller's own policies; to others it must allow it.
    fn policy(&self, request: &Request<'_>) -> PolicyAnswer {
        let Some(text) = &self.scenario.bucket.policy else {
            return PolicyAnswer::Passes;
        };
        let policy = Policy::parse(text).expect("checked when the scenario was loaded");
        let mut asked = request.for_policy(&self.bucket());
        asked.at = Some(self.scenario.run.start.0);
        asked.bucket_account = Some(ACCOUNT.to_owned());
        if asked.operation.is_within_upload() {
            let begun = self.request(S3Operation::CreateMultipartUpload);
            asked.headers = begun.for_policy(&self.bucket()).headers;
        }
        let mut context = asked.context();
        if request.signature == request_check::Signature::V2 {
            context.set("s3:signatureversion", ["AWS"]);
        }
        let own = asked.requester.account() == Some(ACCOUNT);
        match policy.verdict(&context) {
            Verdict::Allowed => PolicyAnswer::Passes,
            Verdict::DeniedImplicitly if own => PolicyAnswer::Passes,
            Verdict::DeniedExplicitly if own => PolicyAnswer::Denied,
            Verdict::DeniedExplicitly | Verdict::DeniedImplicitly => PolicyAnswer::DeniedToStranger,
        }
    }

    fn request(&self, operation: S3Operation) -> Request<'_> {
        let transport = match (
            self.scenario.clients.scheme,
            self.scenario.clients.tls_version,
        ) {
            (Scheme::Http, _) => Transport::Http,
            (Scheme::Https, TlsVersion::V1_2) => Transport::Https(request_check::TlsVersion::V1_2),
            (Scheme::Https, TlsVersion::V1_3) => Transport::Https(request_check::TlsVersion::V1_3),
        };
        Request {
            operation,
            caller: &self.caller,
            resource: &self.object,
            headers: self.headers(operation),
            transport,
            signature: match self.fleet.request.signature {
                Signature::Anonymous => request_check::Signature::Anonymous,
                Signature::V2 => request_check::Signature::V2,
                Signature::V4 => request_check::Signature::V4,
            },
        }
    }

    /// The headers that the fleet sends with an operation.
    fn headers(&self, operation: S3Operation) -> SseHeaders<'_> {
        let wanted = self.fleet.request.encryption_header;
        let wanted = wanted.unwrap_or(if self.scenario.bucket.encryption == Encryption::SseC {
            EncryptionHeader::SseC
        } else {
            EncryptionHeader::None
        });
        let mut headers = SseHeaders::default();
        if wanted == EncryptionHeader::SseC {
            headers.customer = self.customer_key(operation);
        } else if operation.chooses_encryption() {
            headers.encryption = match wanted {
                EncryptionHeader::None | EncryptionHeader::SseC => None,
                EncryptionHeader::SseS3 => Some(SseAlgorithm::Aes256.header()),
                EncryptionHeader::SseKms => Some(SseAlgorithm::Kms.header()),
                EncryptionHeader::DsseKms => Some(SseAlgorithm::KmsDsse.header()),
            };
            headers.kms_key_id = self.fleet.request.kms_key.as_deref();
        }
        headers
    }

    fn customer_key(&self, operation: S3Operation) -> CustomerKeyHeaders<'_> {
        let setting = self.fleet.request.customer_key;
        let reads = operation.row().action == "s3:GetObject";
        let mut headers = match (reads, setting) {
            (true, CustomerKey::MissingOnRead) => CustomerKeyHeaders::default(),
            (true, _) => self.on_read.headers(),
            (false, _) => self.on_write.headers(),
        };
        if setting == CustomerKey::NoMd5 {
            headers.key_md5 = None;
        }
        headers
    }

    fn bucket(&self) -> Bucket<'_> {
        let bucket = &self.scenario.bucket;
        let algorithm = match bucket.encryption {
            Encryption::None | Encryption::SseS3 | Encryption::SseC => SseAlgorithm::Aes256,
            Encryption::SseKms => SseAlgorithm::Kms,
            Encryption::DsseKms => SseAlgorithm::KmsDsse,
        };
        let own_key =
            algorithm != SseAlgorithm::Aes256 && self.scenario.kms.key != KmsKey::AwsManaged;
        let key = own_key.then_some(self.key.as_str());
        Bucket {
            region: &self.scenario.account.region,
            default: DefaultEncryption::new(algorithm, key, bucket.bucket_key)
                .unwrap_or(DefaultEncryption::SSE_S3),
            blocks_sse_c: bucket
                .blocked_encryption_types
                .contains(&BlockedEncryptionType::SseC),
        }
    }

    fn kms_key(
        &self,
        state: KeyState,
        usage: KeyUsage,
        may_generate_data_key: bool,
        may_decrypt: bool,
    ) -> request_check::KmsKey<'_> {
        request_check::KmsKey {
            arn: &self.key,
            alias: Some(KEY_ALIAS),
            state,
            usage,
            may_generate_data_key,
            may_decrypt,
        }
    }

    fn key_ring<'k>(&'k self, keys: &'k [request_check::KmsKey<'k>]) -> KeyRing<'k> {
        KeyRing {
            aws_managed: &self.aws_managed,
            keys,
        }
    }
}

/// Region of an ARN.
fn region_of(arn: &str) -> &str {
    arn.split(':').nth(3).unwrap_or_default()
}
