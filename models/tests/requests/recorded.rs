//! Answers recorded from real AWS, replayed.
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use keystorm_models::s3::request_check::{
    Applied, Bucket, CustomerKeyHeaders, DefaultEncryption, KeyRing, KeyState, KeyUsage, KmsKey,
    PolicyAnswer, Refused, Request, S3Operation, Served, Signature, Situation, SseAlgorithm,
    SseHeaders, TlsVersion, Transport, check,
};
use md5::{Digest, Md5};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

const REGION: &str = "us-east-2";
const UUID: &str = "11111111-1111-4111-8111-111111111111";
const OTHER_UUID: &str = "134f2428-cec1-4b25-a1ae-9048164dba47";

/// What the steps of one recorded test have built so far.
#[derive(Default)]
struct World {
    /// By bucket: what `PutBucketEncryption` set.
    defaults: BTreeMap<String, (SseAlgorithm, Option<String>, bool)>,
    /// By bucket, key and version.
    objects: BTreeMap<String, Applied>,
    upload: Option<Applied>,
}

/// What becomes of a record.
#[derive(Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Fate {
    Checked,
    /// Not a request that the check knows.
    Left(&'static str),
}

/// Arguments of the recorded call: `Name=value` at the outermost level.
fn arguments(request: &str) -> BTreeMap<&str, &str> {
    let inner = request.split_once('(').map_or("", |it| it.1);
    let (mut depth, mut from, mut quoted) = (0, 0, false);
    let mut found = BTreeMap::new();
    for (at, byte) in inner.bytes().enumerate() {
        match byte {
            b'\'' => quoted = !quoted,
            b'(' | b'[' | b'{' if !quoted => depth += 1,
            b')' | b',' if !quoted && depth == 0 => {
                if let Some((name, value)) = inner[from..at].split_once('=') {
                    found.insert(name.trim(), value.trim());
                }
                from = at + 1;
            }
            b')' | b']' | b'}' if !quoted => depth -= 1,
            _ => {}
        }
    }
    found
}

/// The text of a literal or of a variable of the recorded tests.
fn text(value: &str) -> String {
    if let Some(literal) = value.strip_prefix('\'') {
        return literal.trim_end_matches('\'').to_owned();
    }
    match value {
        "kms_key['KeyId']" | "create_kms_key['KeyId']" | "key_id" | "kms_key_id" | "<key-id>" => {
            UUID.to_owned()
        }
        "create_kms_key['Arn']" => {
            format!("arn:aws:kms:us-west-2:111111111111:key/{UUID}")
        }
        "fake_key_uuid" => OTHER_UUID.to_owned(),
        "wrong_id_arn" => format!("arn:aws:kms:{REGION}:111111111111:key/{OTHER_UUID}"),
        other => other.to_owned(),
    }
}

/// Bytes of the keys that the recorded tests name.
fn key_bytes(name: &str) -> Vec<u8> {
    match name {
        "cus_key" => vec![1; 32],
        "cus_key_2" | "key_2" => vec![2; 32],
        "bad_key_size" => vec![3; 16],
        other => panic!("a key that is not known: {other}"),
    }
}

/// Headers of a key as they were on the wire: without an MD5, boto3 encodes the key once more and
/// adds the MD5 itself.
fn customer_key(arguments: &BTreeMap<&str, &str>, start: &str) -> [Option<String>; 3] {
    let argument = |name: &str| arguments.get(format!("{start}{name}").as_str());
    let mut key = argument("SSECustomerKey").map(|it| STANDARD.encode(key_bytes(it)));
    let mut md5 = argument("SSECustomerKeyMD5").map(|it| {
        let of = it.strip_suffix("_md5").filter(|it| *it != "bad");
        STANDARD.encode(Md5::digest(of.map_or_else(Vec::new, key_bytes)))
    });
    if md5.is_none()
        && let Some(once) = &key
    {
        md5 = Some(STANDARD.encode(Md5::digest(once)));
        key = Some(STANDARD.encode(once));
    }
    [
        argument("SSECustomerAlgorithm").map(|it| text(it)),
        key,
        md5,
    ]
}

fn headers([algorithm, key, md5]: &[Option<String>; 3]) -> CustomerKeyHeaders<'_> {
    CustomerKeyHeaders {
        algorithm: algorithm.as_deref(),
        key: key.as_deref(),
        key_md5: md5.as_deref(),
    }
}

fn operation(name: &str) -> Option<S3Operation> {
    Some(match name {
        "put_object" => S3Operation::PutObject,
        "get_object" => S3Operation::GetObject,
        "head_object" => S3Operation::HeadObject,
        "copy_object" => S3Operation::CopyObject,
        "create_multipart_upload" => S3Operation::CreateMultipartUpload,
        "upload_part" => S3Operation::UploadPart,
        "complete_multipart_upload" => S3Operation::CompleteMultipartUpload,
        "delete_object" => S3Operation::DeleteObject,
        _ => return None,
    })
}

/// The bucket's default that a recorded `PutBucketEncryption` sets.
fn put_bucket_encryption(
    world: &mut World,
    arguments: &BTreeMap<&str, &str>,
    record: &Value,
) -> Fate {
    let configuration = arguments["ServerSideEncryptionConfiguration"];
    if record["error_code"] == "NoSuchBucket" {
        return Fate::Left("buckets that do not exist are not modelled");
    }
    if configuration.matches("SSEAlgorithm").count() != 1 {
        return Fate::Left("malformed XML: a rule of PutBucketEncryption, not of requests");
    }
    let algorithm = if configuration.contains("'aws:kms'") {
        SseAlgorithm::Kms
    } else {
        SseAlgorithm::Aes256
    };
    let key = configuration.contains("KMSMasterKeyID").then_some(UUID);
    let bucket_key = configuration.contains("'BucketKeyEnabled': True");
    match DefaultEncryption::new(algorithm, key, bucket_key) {
        Ok(_) => {
            assert_eq!(record["status"], 200, "{record}");
            let default = (algorithm, key.map(str::to_owned), bucket_key);
            world
                .defaults
                .insert(arguments["Bucket"].to_owned(), default);
        }
        Err(refusal) => {
            assert_eq!(record["status"], refusal.status, "{record}");
            assert_eq!(record["error_code"], refusal.code, "{record}");
            assert_eq!(record["error_message"], refusal.message, "{record}");
        }
    }
    Fate::Checked
}

/// The state that a recorded step finds the key in; the step that changed it was not recorded.
fn key_state(step: &str) -> KeyState {
    match step {
        "get-obj-disabled-key" | "put-obj-disabled-key" => KeyState::Disabled,
        "get-obj-pending-deletion-key" => KeyState::PendingDeletion,
        _ => KeyState::Enabled,
    }
}

/// Where an object of a recorded step stands: bucket, key and version.
fn place(bucket: &str, key: &str, version: Option<&str>) -> String {
    let key = text(key);
    format!("{bucket}/{key}/{}", version.unwrap_or("latest"))
}

fn source_of_copy(bucket: &str, arguments: &BTreeMap<&str, &str>) -> Option<String> {
    let source = arguments.get("CopySource")?;
    let key = match source.strip_prefix("f'") {
        Some(path) => path.trim_end_matches('\'').split_once('/')?.1,
        None => source.split("'Key': ").nth(1)?,
    };
    Some(place(bucket, key.trim_matches(['{', '}']), None))
}

/// Replays one step and compares the answer.
fn replay(world: &mut World, record: &Value) -> Fate {
    let (Some(call), Some(name)) = (record["request"].as_str(), record["op"].as_str()) else {
        return Fate::Left("set-up of KMS keys");
    };
    let arguments = arguments(call);
    if name == "put_bucket_encryption" {
        return put_bucket_encryption(world, &arguments, record);
    }
    let Some(operation) = operation(name) else {
        return Fate::Left("reads of settings, parts or attributes: not modelled");
    };
    let step = record["name"].as_str().unwrap_or_default();
    let bucket = arguments.get("Bucket").copied().unwrap_or("s3_bucket");
    let sent = customer_key(&arguments, "");
    let of_source = customer_key(&arguments, "CopySource");
    let encryption = arguments.get("ServerSideEncryption").map(|it| text(it));
    let key_id = arguments.get("SSEKMSKeyId").map(|it| text(it));
    let request = Request {
        operation,
        caller: "arn:aws:iam::111111111111:user/test",
        resource: "arn:aws:s3:::bucket/key",
        headers: SseHeaders {
            encryption: encryption.as_deref(),
            kms_key_id: key_id.as_deref(),
            context: None,
            bucket_key_enabled: arguments.get("BucketKeyEnabled").map(|it| *it == "True"),
            customer: headers(&sent),
            copy_source: headers(&of_source),
        },
        transport: Transport::Https(TlsVersion::V1_3),
        signature: Signature::V4,
    };
    let version = match step {
        "put-obj-sse-c-version-1" => Some("version_1"),
        "put-obj-sse-c-version-2" => Some("version_2"),
        _ => arguments.get("VersionId").copied(),
    };
    let here = place(bucket, arguments.get("Key").unwrap_or(&"key"), version);
    let default = world.defaults.get(bucket);
    let default = default.map_or(DefaultEncryption::SSE_S3, |(algorithm, key, bucket_key)| {
        DefaultEncryption::new(*algorithm, key.as_deref(), *bucket_key).expect("set before")
    });
    let arn = format!("arn:aws:kms:{REGION}:111111111111:key/{UUID}");
    let keys = [KmsKey {
        arn: &arn,
        alias: None,
        state: key_state(step),
        usage: KeyUsage::EncryptDecrypt,
        may_generate_data_key: true,
        may_decrypt: true,
    }];
    // The key of this test is made in the other Region.
    let elsewhere = record["test"] == "TestS3::test_s3_sse_validate_kms_key";
    let source = source_of_copy(bucket, &arguments).and_then(|it| world.objects.get(&it));
    let in_upload = matches!(
        operation,
        S3Operation::UploadPart | S3Operation::CompleteMultipartUpload
    );
    let object = if in_upload {
        world.upload.as_ref()
    } else {
        world.objects.get(&here)
    };
    let reads = matches!(operation, S3Operation::GetObject | S3Operation::HeadObject);
    if reads && object.is_none() {
        return Fate::Left("the write of the object was not recorded");
    }
    let situation = Situation {
        bucket: Bucket {
            region: REGION,
            default,
            blocks_sse_c: false,
        },
        object,
        source,
        keys: KeyRing {
            aws_managed: "arn:aws:kms:us-east-2:111111111111:key/aws-managed",
            keys: if elsewhere { &[] } else { &keys },
        },
        policy: PolicyAnswer::Passes,
        salt: [5; 16],
    };
    let answer = check(&request, &situation);
    compare(record, operation, &answer);
    let written = answer.ok().and_then(|it| it.written);
    match (operation, written) {
        (S3Operation::CreateMultipartUpload, written) => world.upload = written,
        (S3Operation::UploadPart, _) | (_, None) => {}
        (_, Some(written)) => {
            let key = arguments.get("Key").unwrap_or(&"key_name");
            let latest = place(bucket, key, None);
            world.objects.insert(latest, written.clone());
            world.objects.insert(here, written);
        }
    }
    Fate::Checked
}

/// Holds an answer against the recorded one.
fn compare(record: &Value, operation: S3Operation, answer: &Result<Served, Refused>) {
    match answer {
        Err(refused) => {
            assert_eq!(record["status"], refused.refusal.status, "{record}");
            if let Some(message) = &refused.message {
                assert_eq!(record["error_code"], refused.refusal.code, "{record}");
                assert_eq!(&named(&record["error_message"]), message, "{record}");
            }
        }
        Ok(served) => {
            let status = record["status"].as_u64();
            assert!(
                status.is_some_and(|it| it / 100 == 2),
                "served, but: {record}"
            );
            // The end of an upload does not show SSE-C.
            let end = operation == S3Operation::CompleteMultipartUpload;
            let shown = served.written.as_ref().or(served.read.as_ref());
            let shown = shown.filter(|it| !(end && matches!(it, Applied::SseC(_))));
            assert_eq!(answered(&record["response"]), shown_of(shown), "{record}");
        }
    }
}

/// A recorded message with the placeholders of the recording replaced by this test's names.
fn named(message: &Value) -> String {
    let mut message = message.as_str().unwrap_or_default().to_owned();
    for (placeholder, name) in [
        ("<partition>", "aws"),
        ("<region>", REGION),
        ("<region_1>", REGION),
        ("<region_2>", "us-west-2"),
        ("<uuid:1>", UUID),
    ] {
        message = message.replace(placeholder, name);
    }
    message
}

/// What an answer says of encryption: header, Bucket Key, algorithm of SSE-C.
fn answered(response: &Value) -> (Option<&str>, bool, bool) {
    (
        response["ServerSideEncryption"].as_str(),
        response["BucketKeyEnabled"].as_bool().unwrap_or(false),
        response["SSECustomerAlgorithm"].is_string(),
    )
}

fn shown_of(applied: Option<&Applied>) -> (Option<&str>, bool, bool) {
    match applied {
        None => (None, false, false),
        Some(Applied::SseS3) => (Some("AES256"), false, false),
        Some(Applied::SseKms { bucket_key, .. }) => (Some("aws:kms"), *bucket_key, false),
        Some(Applied::DsseKms { .. }) => (Some("aws:kms:dsse"), false, false),
        Some(Applied::SseC(_)) => (None, false, true),
    }
}

// Goal: the check answers as AWS did.
// Method: replay every recorded step about encryption, test by test, each on what the steps before
// it built; compare status, code, message and the encryption that the answer shows.
#[test]
fn the_check_answers_as_aws_did_when_it_was_recorded() {
    let Some(data) = std::env::var_os("KEYSTORM_DATA") else {
        println!("not run: answers recorded from AWS (KEYSTORM_DATA is not set)");
        return;
    };
    let text = std::fs::read_to_string(Path::new(&data).join("aws-recorded.json")).unwrap();
    let recorded: Value = serde_json::from_str(&text).unwrap();
    let mut worlds: BTreeMap<&str, World> = BTreeMap::new();
    let mut fates: BTreeMap<Fate, u32> = BTreeMap::new();
    for record in recorded["records"].as_array().unwrap() {
        let category = record["cat"].as_str().unwrap();
        if !["sse-c", "sse-kms", "bucket-encryption", "other"].contains(&category) {
            continue;
        }
        let world = worlds.entry(record["test"].as_str().unwrap()).or_default();
        *fates.entry(replay(world, record)).or_default() += 1;
    }
    assert_eq!(fates[&Fate::Checked], 103, "{fates:#?}");
}
