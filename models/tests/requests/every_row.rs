use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use keystorm_models::policy::{Policy, Verdict};
use keystorm_models::s3::request_check::{
    Applied, Bucket, CustomerKeyHeaders, DefaultEncryption, KeyRing, KeyState, KeyUsage, KmsKey,
    PolicyAnswer, Request, S3Operation, Served, Signature, Situation, SseAlgorithm, SseHeaders,
    TlsVersion, Transport, check,
};
use keystorm_models::s3::{Outcome, Refusal};
use md5::{Digest, Md5};

const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/134f2428-cec1-4b25-a1ae-9048164dba47";
const AWS_MANAGED: &str =
    "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-8000-000000000000";

/// Whether quotas or faults, not requests, decide on a row; the simulation's tests hold them.
pub(crate) fn is_by_chance(refusal: &Refusal) -> bool {
    matches!(refusal.outcome, Outcome::Throttled | Outcome::Failed)
}

/// A request and what it meets.
struct Case {
    request: Request<'static>,
    key: KmsKey<'static>,
    bucket: Bucket<'static>,
    object: Option<Applied>,
    source: Option<Applied>,
    policy: PolicyAnswer,
}

impl Case {
    /// A request that is served, if nothing is changed.
    fn new(operation: S3Operation, headers: SseHeaders<'static>) -> Self {
        Self {
            request: Request {
                operation,
                caller: "arn:aws:iam::111122223333:role/app",
                resource: "arn:aws:s3:::shop/order",
                headers,
                transport: Transport::Https(TlsVersion::V1_3),
                signature: Signature::V4,
            },
            key: KmsKey {
                arn: KEY,
                alias: Some("alias/shop"),
                state: KeyState::Enabled,
                usage: KeyUsage::EncryptDecrypt,
                may_generate_data_key: true,
                may_decrypt: true,
            },
            bucket: Bucket {
                region: "eu-west-1",
                default: DefaultEncryption::SSE_S3,
                blocks_sse_c: false,
            },
            object: None,
            source: None,
            policy: PolicyAnswer::Passes,
        }
    }

    fn put(headers: SseHeaders<'static>) -> Self {
        Self::new(S3Operation::PutObject, headers)
    }

    fn get(object: Applied) -> Self {
        let mut case = Self::new(S3Operation::GetObject, SseHeaders::default());
        case.object = Some(object);
        case
    }

    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// Status, code and message; `Ok` if it is served.
    fn answer(&self) -> Result<Served, (&'static Refusal, Option<String>)> {
        let situation = Situation {
            bucket: self.bucket,
            object: self.object.as_ref(),
            source: self.source.as_ref(),
            keys: KeyRing {
                aws_managed: AWS_MANAGED,
                keys: std::slice::from_ref(&self.key),
            },
            policy: self.policy,
            salt: [9; 16],
        };
        check(&self.request, &situation).map_err(|it| (it.refusal, it.message))
    }
}

fn leaked(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

/// Headers of a key of `len` equal bytes.
fn customer_key(byte: u8, len: usize) -> CustomerKeyHeaders<'static> {
    let key = vec![byte; len];
    CustomerKeyHeaders {
        algorithm: Some("AES256"),
        key: Some(leaked(STANDARD.encode(&key))),
        key_md5: Some(leaked(STANDARD.encode(Md5::digest(&key)))),
    }
}

fn sse_c(customer: CustomerKeyHeaders<'static>) -> SseHeaders<'static> {
    SseHeaders {
        customer,
        ..SseHeaders::default()
    }
}

fn good_key() -> CustomerKeyHeaders<'static> {
    customer_key(1, 32)
}

fn kms(key: Option<&'static str>) -> SseHeaders<'static> {
    SseHeaders {
        encryption: Some("aws:kms"),
        kms_key_id: key,
        ..SseHeaders::default()
    }
}

fn under_kms() -> Applied {
    Applied::SseKms {
        key: KEY.to_owned(),
        bucket_key: false,
    }
}

fn under_sse_c() -> Applied {
    let served = Case::put(sse_c(good_key())).answer();
    served
        .ok()
        .and_then(|it| it.written)
        .expect("a good key is taken")
}

/// Cases of SSE-C with status, code and message.
#[rustfmt::skip]
fn sse_c_cases() -> Vec<(Case, u16, &'static str, &'static str)> {
    use S3Operation::{CompleteMultipartUpload, CopyObject, GetObject, UploadPart};
    let invalid = "InvalidArgument";
    let put = |customer| Case::put(sse_c(customer));
    let part = |customer, upload| {
        Case::new(UploadPart, sse_c(customer)).with(|it| it.object = upload)
    };
    let blocked = put(good_key()).with(|it| it.bucket.blocks_sse_c = true);
    let http = put(good_key()).with(|it| it.request.transport = Transport::Http);
    let both = SseHeaders { encryption: Some("AES256"), ..sse_c(good_key()) };
    let copy = SseHeaders { copy_source: customer_key(2, 32), ..SseHeaders::default() };
    let bad_key = CustomerKeyHeaders { key: Some("?"), ..good_key() };
    let key_needed = "The object was stored using a form of Server Side Encryption. The correct \
                      parameters must be provided to retrieve the object.";
    let wrong_key = "Requests specifying Server Side Encryption with Customer provided keys must \
                     provide the correct secret key.";
    let part_needs = "The multipart upload initiate requested encryption. Subsequent part requests \
                      must include the appropriate encryption parameters.";
    vec![
        (blocked, 403, "AccessDenied",
         "User: arn:aws:iam::111122223333:role/app is not authorized to perform: s3:PutObject on \
          resource: \"arn:aws:s3:::shop/order\" because this bucket has blocked upload requests \
          that specify Server Side Encryption with Customer provided keys (SSE-C). Please specify \
          a different server-side encryption type"),
        (http, 400, "InvalidRequest",
         "Requests specifying Server Side Encryption with Customer provided keys must be made over \
          a secure connection."),
        (Case::put(both), 400, invalid,
         "Server Side Encryption with Customer provided key is incompatible with the encryption \
          method specified"),
        (put(CustomerKeyHeaders { algorithm: None, ..good_key() }), 400, invalid,
         "Requests specifying Server Side Encryption with Customer provided keys must provide a \
          valid encryption algorithm."),
        (put(CustomerKeyHeaders { algorithm: Some("KMS"), ..good_key() }), 400,
         "InvalidEncryptionAlgorithmError",
         "The Encryption request you specified is not valid. Supported value: AES256."),
        (put(CustomerKeyHeaders { key: None, ..good_key() }), 400, invalid,
         "Requests specifying Server Side Encryption with Customer provided keys must provide an \
          appropriate secret key."),
        (put(CustomerKeyHeaders { key_md5: None, ..good_key() }), 400, invalid,
         "Requests specifying Server Side Encryption with Customer provided keys must provide the \
          client calculated MD5 of the secret key."),
        (put(CustomerKeyHeaders { key_md5: customer_key(2, 32).key_md5, ..good_key() }),
         400, invalid,
         "The calculated MD5 hash of the key did not match the hash that was provided."),
        (put(customer_key(1, 44)), 400, invalid,
         "The secret key was invalid for the specified algorithm."),
        (put(bad_key), 400, invalid, "The secret key was invalid for the specified algorithm."),
        (Case::get(under_sse_c()), 400, "InvalidRequest", key_needed),
        (Case::new(CopyObject, SseHeaders::default()).with(|it| it.source = Some(under_sse_c())),
         400, "InvalidRequest", key_needed),
        (Case::new(GetObject, sse_c(customer_key(2, 32)))
            .with(|it| it.object = Some(under_sse_c())),
         403, "AccessDenied", wrong_key),
        (Case::new(CopyObject, copy).with(|it| it.source = Some(under_sse_c())),
         403, "AccessDenied", wrong_key),
        (Case::new(GetObject, sse_c(good_key())).with(|it| it.object = Some(Applied::SseS3)),
         400, "InvalidRequest", "The encryption parameters are not applicable to this object."),
        (part(good_key(), Some(Applied::SseS3)), 400, "InvalidRequest", part_needs),
        (part(CustomerKeyHeaders::default(), Some(under_sse_c())),
         400, "InvalidRequest", part_needs),
        (part(customer_key(2, 32), Some(under_sse_c())), 400, "InvalidRequest",
         "The provided encryption parameters did not match the ones used originally."),
        (Case::new(CompleteMultipartUpload, sse_c(customer_key(2, 32)))
            .with(|it| it.object = Some(under_sse_c())),
         400, "InvalidRequest",
         "The provided encryption parameters did not match the ones used originally."),
    ]
}

/// Cases of headers, policies and keys.
#[rustfmt::skip]
fn other_cases() -> Vec<(Case, u16, &'static str, &'static str)> {
    use S3Operation::{GetObject, UploadPart};
    let (invalid, not_found) = ("InvalidArgument", "KMS.NotFoundException");
    let header = |value| SseHeaders { encryption: Some(value), ..SseHeaders::default() };
    let no_kms = SseHeaders { kms_key_id: Some(KEY), ..SseHeaders::default() };
    let aes_with_key = SseHeaders { kms_key_id: Some(KEY), ..header("AES256") };
    let context = |value: &str| {
        Case::put(SseHeaders { context: Some(leaked(STANDARD.encode(value))), ..kms(Some(KEY)) })
    };
    let not_base64 = SseHeaders { context: Some("{}"), ..kms(Some(KEY)) };
    let put = || Case::put(kms(Some(KEY)));
    let get = || Case::get(under_kms());
    let dual = || Case::get(Applied::DsseKms { key: KEY.to_owned() });
    let without_kms = "Server Side Encryption with AWS KMS managed key requires HTTP header \
                       x-amz-server-side-encryption : aws:kms";
    let elsewhere = "x-amz-server-side-encryption header is not supported for this operation.";
    let no_context = "The header 'x-amz-server-side-encryption-context' shall be Base64-encoded \
                      UTF-8 string holding JSON which represents a string-string map";
    let signature = "Requests specifying Server Side Encryption with AWS KMS managed keys require \
                     AWS Signature Version 4.";
    let over_http = "requests for objects under AWS KMS keys must be made over TLS";
    let disabled = "arn:aws:kms:eu-west-1:111122223333:key/134f2428-cec1-4b25-a1ae-9048164dba47 is \
                    disabled.";
    vec![
        (put().with(|it| it.policy = PolicyAnswer::Denied), 403, "AccessDenied",
         "User: arn:aws:iam::111122223333:role/app is not authorized to perform: s3:PutObject on \
          resource: \"arn:aws:s3:::shop/order\" with an explicit deny in a resource-based policy"),
        (put().with(|it| it.policy = PolicyAnswer::DeniedToStranger), 403, "AccessDenied",
         "Access Denied"),
        (Case::put(header("")), 400, invalid, "The encryption method specified is not supported"),
        (Case::put(header("aes256")), 400, invalid,
         "The encryption method specified is not supported"),
        (Case::new(UploadPart, header("AES256")), 400, invalid, elsewhere),
        (Case::new(GetObject, header("AES256")), 400, invalid, elsewhere),
        (Case::put(no_kms), 400, invalid, without_kms),
        (Case::put(aes_with_key), 400, invalid, without_kms),
        (Case::put(not_base64), 400, invalid, no_context),
        (context("{\"a\": 1}"), 400, invalid, no_context),
        (put().with(|it| it.request.signature = Signature::V2), 400, invalid, signature),
        (get().with(|it| it.request.signature = Signature::Anonymous), 400, invalid, signature),
        (put().with(|it| it.request.transport = Transport::Http), 400, "InvalidRequest", over_http),
        (dual().with(|it| it.request.transport = Transport::Http),
         400, "InvalidRequest", over_http),
        (Case::put(kms(Some("fake-key-id"))), 400, not_found, "Invalid keyId 'fake-key-id'"),
        (Case::put(kms(Some("arn:aws:kms:us-west-2:111122223333:key/x"))), 400, not_found,
         "Invalid arn us-west-2"),
        (Case::put(kms(Some("234f2428-cec1-4b25-a1ae-9048164dba47"))), 400, not_found,
         "Key 'arn:aws:kms:eu-west-1:111122223333:key/234f2428-cec1-4b25-a1ae-9048164dba47' does \
          not exist"),
        (Case::put(kms(Some("alias/other"))), 400, not_found,
         "Key 'arn:aws:kms:eu-west-1:111122223333:alias/other' does not exist"),
        (put().with(|it| it.key.may_generate_data_key = false), 403, "AccessDenied",
         "Access Denied"),
        (get().with(|it| it.key.may_decrypt = false), 403, "AccessDenied", "Access Denied"),
        (Case::new(UploadPart, SseHeaders::default()).with(|it| {
            it.object = Some(under_kms());
            it.key.may_decrypt = false;
         }), 403, "AccessDenied", "Access Denied"),
        (put().with(|it| it.key.usage = KeyUsage::SignVerify), 400,
         "KMS.InvalidKeyUsageException",
         "arn:aws:kms:eu-west-1:111122223333:key/134f2428-cec1-4b25-a1ae-9048164dba47 key usage is \
          SIGN_VERIFY which is not valid for GenerateDataKey."),
        (put().with(|it| it.key.state = KeyState::Disabled),
         400, "KMS.DisabledException", disabled),
        (get().with(|it| it.key.state = KeyState::Disabled),
         400, "KMS.DisabledException", disabled),
        (get().with(|it| it.key.state = KeyState::PendingDeletion), 400,
         "KMS.KMSInvalidStateException",
         "arn:aws:kms:eu-west-1:111122223333:key/134f2428-cec1-4b25-a1ae-9048164dba47 is pending \
          deletion."),
        (put().with(|it| it.key.state = KeyState::PendingImport), 400,
         "KMS.KMSInvalidStateException",
         "arn:aws:kms:eu-west-1:111122223333:key/134f2428-cec1-4b25-a1ae-9048164dba47 is pending \
          import."),
    ]
}

// Goal: every row of the table answers the request that it is for, with its status, code and
// message; a row without a request fails this test, and so does a row that changes.
// Method: a request for each row, answers spelled out here; the bucket's own row by its setting.
#[test]
fn every_row_of_the_table_answers_its_request() {
    let by_chance = |it: &&Refusal| is_by_chance(it);
    let mut seen: Vec<_> = Refusal::ALL.iter().copied().filter(by_chance).collect();
    for (case, status, code, message) in sse_c_cases().into_iter().chain(other_cases()) {
        let (refusal, said) = case.answer().expect_err(message);
        assert_eq!(
            (refusal.status, refusal.code, said.as_deref()),
            (status, code, Some(message))
        );
        seen.push(refusal);
    }
    let default = DefaultEncryption::new(SseAlgorithm::Aes256, Some(KEY), false);
    let refusal = default.unwrap_err();
    assert_eq!(
        (refusal.status, refusal.code, refusal.message),
        (
            400,
            "InvalidArgument",
            "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or \
             aws:kms:dsse"
        )
    );
    seen.push(refusal);
    for refusal in Refusal::ALL {
        assert!(seen.contains(refusal), "no request for {}", refusal.id);
    }
}

// Goal: a HEAD request is told the status and nothing else, and asks KMS for nothing.
// Method: HEAD of an SSE-C object without its key; of an object whose KMS key is disabled.
#[test]
fn a_head_request_sees_neither_code_nor_message() {
    let head = |object| {
        Case::new(S3Operation::HeadObject, SseHeaders::default()).with(|it| it.object = object)
    };
    let (refusal, message) = head(Some(under_sse_c())).answer().unwrap_err();
    assert_eq!((refusal.status, message), (400, None));
    let disabled = head(Some(under_kms())).with(|it| it.key.state = KeyState::Disabled);
    assert_eq!(disabled.answer().unwrap().read, Some(under_kms()));
}

// Goal: the policy comes before the syntax of headers, which comes before keys.
// Method: requests with two mistakes.
#[test]
fn the_first_mistake_in_s3s_order_is_answered() {
    let algorithm = CustomerKeyHeaders {
        algorithm: Some("AES192"),
        ..good_key()
    };
    let both = Case::put(sse_c(algorithm)).with(|it| it.policy = PolicyAnswer::Denied);
    assert_eq!(both.answer().unwrap_err().0, &Refusal::POLICY_DENIED);
    let twice = SseHeaders {
        encryption: Some("AES256"),
        ..sse_c(algorithm)
    };
    let answer = Case::put(twice).answer();
    assert_eq!(answer.unwrap_err().0, &Refusal::SSE_C_WITH_ENCRYPTION);
    let length_and_md5 = CustomerKeyHeaders {
        key_md5: good_key().key_md5,
        ..customer_key(1, 16)
    };
    let answer = Case::put(sse_c(length_and_md5)).answer();
    assert_eq!(answer.unwrap_err().0, &Refusal::SSE_C_MD5);
    let both = Case::put(kms(Some(KEY))).with(|it| {
        it.key.state = KeyState::Disabled;
        it.key.may_generate_data_key = false;
    });
    assert_eq!(both.answer().unwrap_err().0, &Refusal::KMS_ACCESS_DENIED);
}

// Goal: a header overrides the bucket's default, and the default fills in what no header says.
// Method: each header over a bucket whose default is SSE-KMS with a Bucket Key.
#[test]
fn headers_override_the_buckets_default() {
    let default = DefaultEncryption::new(SseAlgorithm::Kms, Some("alias/shop"), true).unwrap();
    let written = |headers| {
        let case = Case::put(headers).with(|it| it.bucket.default = default);
        case.answer().unwrap().written.unwrap()
    };
    let with_key = |key: &str, bucket_key| Applied::SseKms {
        key: key.to_owned(),
        bucket_key,
    };
    let header = |encryption| SseHeaders {
        encryption: Some(encryption),
        ..SseHeaders::default()
    };
    assert_eq!(written(SseHeaders::default()), with_key(KEY, true));
    assert_eq!(written(header("AES256")), Applied::SseS3);
    // Without a key id, the header asks for `aws/s3`, not for the default's key.
    assert_eq!(written(header("aws:kms")), with_key(AWS_MANAGED, true));
    let no_bucket_key = SseHeaders {
        bucket_key_enabled: Some(false),
        ..kms(Some(KEY))
    };
    assert_eq!(written(no_bucket_key), with_key(KEY, false));
    let key = AWS_MANAGED.to_owned();
    assert_eq!(written(header("aws:kms:dsse")), Applied::DsseKms { key });
    assert_eq!(written(sse_c(good_key())), under_sse_c());
}

// Goal: policies see headers as they were sent, but the KMS key that will be used.
// Method: a request without headers and one with, over HTTP and HTTPS, same bucket.
#[test]
fn policies_see_what_was_sent_and_the_key_that_will_be_used() {
    let default = DefaultEncryption::new(SseAlgorithm::Kms, Some(KEY), true).unwrap();
    let verdict = |case: Case, condition: &str| {
        let policy = format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Deny", "Principal": "*",
            "Action": "s3:PutObject", "Resource": "arn:aws:s3:::shop/*",
            "Condition": {{{condition}}}}}]}}"#
        );
        let policy = Policy::parse(&policy).unwrap();
        policy.verdict(&case.request.for_policy(&case.bucket).context())
    };
    let bare = || Case::put(SseHeaders::default()).with(|it| it.bucket.default = default);
    let http = || bare().with(|it| it.request.transport = Transport::Http);
    let no_header = r#""Null": {"s3:x-amz-server-side-encryption": "true"}"#;
    let other_key = format!(
        r#""ArnNotEqualsIfExists": {{"s3:x-amz-server-side-encryption-aws-kms-key-id": "{KEY}"}}"#
    );
    let plain = r#""Bool": {"aws:SecureTransport": "false"}"#;
    let sse_c_sent = r#""Null": {"s3:x-amz-server-side-encryption-customer-algorithm": "false"}"#;
    let caller = r#""ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/app"}"#;
    assert_eq!(verdict(bare(), no_header), Verdict::DeniedExplicitly);
    assert_eq!(
        verdict(Case::put(kms(None)), no_header),
        Verdict::DeniedImplicitly
    );
    assert_eq!(verdict(bare(), &other_key), Verdict::DeniedImplicitly);
    assert_eq!(
        verdict(Case::put(kms(Some("x"))), &other_key),
        Verdict::DeniedExplicitly
    );
    assert_eq!(verdict(bare(), plain), Verdict::DeniedImplicitly);
    assert_eq!(verdict(http(), plain), Verdict::DeniedExplicitly);
    assert_eq!(verdict(bare(), sse_c_sent), Verdict::DeniedImplicitly);
    assert_eq!(
        verdict(Case::put(sse_c(good_key())), sse_c_sent),
        Verdict::DeniedExplicitly
    );
    assert_eq!(verdict(bare(), caller), Verdict::DeniedExplicitly);
}
