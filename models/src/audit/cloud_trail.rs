use super::place::{ACCOUNT, BUCKET, KEY, OTHER_ACCOUNT, Object, Place, Requester};
use super::text::{self, Clock};
use crate::kms::Call;
use crate::s3::Refusal;
use keystorm_sim::Time;

/// Writes the `CloudTrail` records of KMS calls.
///
/// Fields and their order are those of a `GenerateDataKey` or `Decrypt` that S3 makes for a caller
/// through a forward access session, or that the caller makes itself.
///
/// # Source
/// AWS KMS Developer Guide, log entries of `GenerateDataKey` and `Decrypt`, and records of 2026. Of
/// a call that is refused for the quota no record was found: that it has its request parameters and
/// its key is assumed.
#[derive(Clone, Debug)]
pub struct CloudTrail {
    clock: Clock,
    /// By role: before, between and after the two names of the session.
    identities: Vec<[Box<[u8]>; 3]>,
    service: Box<[u8]>,
    context_s3: Box<[u8]>,
    key: Box<[u8]>,
    ending: Box<[u8]>,
    tls: Box<[u8]>,
}

/// A call of KMS.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KmsEntry {
    /// When it was made.
    pub at: Time,
    /// What was called.
    pub call: Call,
    /// Who called.
    pub caller: Caller,
    /// For whom.
    pub requester: Requester,
    /// What the data key is bound to.
    pub context: Context,
    /// What KMS itself answered, if that was no key.
    pub error: Option<&'static Refusal>,
    /// Random bits of the request's id and of the record's.
    pub ids: [[u64; 2]; 2],
}

/// Who calls KMS.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Caller {
    /// S3, for a requester.
    S3,
    /// The requester's own client.
    Client,
}

/// The encryption context of a call.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Context {
    /// The object's ARN.
    Object(Object),
    /// The bucket's ARN: a Bucket Key is asked for.
    Bucket,
    /// The content cipher, as the S3 Encryption Client binds it.
    Cipher,
    /// None: a program calls KMS by itself.
    None,
}

const S3: &str = "fas.s3.amazonaws.com";
/// Tells everyone that nobody made this call.
const AGENT: &str = "aws-sdk-java/2 AmazonS3EncryptionClient/4 keystorm-simulation";
const PLAIN_AGENT: &str = "aws-sdk-java/2 keystorm-simulation";
/// Which version of the key's material was used: one, since no key is rotated.
const MATERIAL: &str = "7468697369736e6f72656164616c6b65796d6174657269616c69647369676e65";

impl CloudTrail {
    /// A writer for a run at `place`.
    #[must_use]
    pub fn new(place: &Place) -> Self {
        let (partition, region) = (place.partition(), &place.region);
        let start = String::from_utf8_lossy(&Clock::new(place.start).iso).into_owned();
        let identity = |(number, role): (u64, String)| {
            // Made up, and marked as AWS marks examples.
            let mut id = Vec::new();
            text::upper_hex::<9>(&mut id, number);
            let id = String::from_utf8_lossy(&id);
            [
                json(&format!(
                    "{{'eventVersion':'1.11','userIdentity':{{'type':'AssumedRole',\
                     'principalId':'AROA0{id}EXAMPLE:"
                )),
                json(&format!(
                    "','arn':'arn:{partition}:sts::{ACCOUNT}:assumed-role/{role}/"
                )),
                json(&format!(
                    "','accountId':'{ACCOUNT}','accessKeyId':'ASIA{id}EXAMPLE',\
                     'sessionContext':{{'sessionIssuer':{{'type':'Role',\
                     'principalId':'AROA0{id}EXAMPLE',\
                     'arn':'arn:{partition}:iam::{ACCOUNT}:role/{role}',\
                     'accountId':'{ACCOUNT}','userName':'{role}'}},\
                     'attributes':{{'creationDate':'{start}','mfaAuthenticated':'false'}}}}"
                )),
            ]
        };
        let owner = if place.key_of_other_account {
            OTHER_ACCOUNT
        } else {
            ACCOUNT
        };
        let key = format!("arn:{partition}:kms:{region}:{owner}:key/{KEY}");
        let host = format!("kms.{region}.{}", place.domain());
        Self {
            clock: Clock::new(place.start),
            identities: (0..).zip(place.role_names()).map(identity).collect(),
            service: json(&format!("','awsRegion':'{region}','sourceIPAddress':'")),
            context_s3: json(&format!("'aws:s3:arn':'arn:{partition}:s3:::{BUCKET}")),
            ending: json(&format!(
                "','readOnly':true,'resources':[{{'accountId':'{owner}',\
                 'type':'AWS::KMS::Key','ARN':'{key}'}}],'eventType':'AwsApiCall',\
                 'managementEvent':true,'recipientAccountId':'{ACCOUNT}',\
                 'eventCategory':'Management'"
            )),
            key: json(&key),
            tls: json(&format!(
                ",'tlsDetails':{{'tlsVersion':'TLSv1.3','cipherSuite':'TLS_AES_128_GCM_SHA256',\
                 'clientProvidedHostHeader':'{host}'}}"
            )),
        }
    }

    /// Appends the record of a call, one JSON object on one line without its end.
    ///
    /// # Panics
    /// If the place has no such role.
    pub fn write(&mut self, out: &mut Vec<u8>, entry: &KmsEntry) {
        let by_s3 = entry.caller == Caller::S3;
        self.clock.set(entry.at);
        self.identity(out, entry.requester);
        if by_s3 {
            put(out, r#","invokedBy":""#);
            put(out, S3);
            out.push(b'"');
        }
        put(out, r#"},"eventTime":""#);
        out.extend_from_slice(&self.clock.iso);
        put(out, r#"","eventSource":"kms.amazonaws.com","eventName":""#);
        put(out, entry.call.name());
        out.extend_from_slice(&self.service);
        if by_s3 {
            put(out, S3);
        } else {
            entry.requester.address(out);
        }
        put(out, r#"","userAgent":""#);
        let agent = match (by_s3, entry.context) {
            (true, _) => S3,
            (false, Context::Cipher) => AGENT,
            (false, _) => PLAIN_AGENT,
        };
        put(out, agent);
        if let Some(error) = entry.error {
            put(out, r#"","errorCode":""#);
            put(out, error.code);
            put(out, r#"","errorMessage":""#);
            put(out, error.message);
        }
        self.parameters(out, entry);
        put(out, r#"},"responseElements":null,"#);
        if entry.error.is_none() {
            put(out, r#""additionalEventData":{"keyMaterialId":""#);
            put(out, MATERIAL);
            put(out, r#""},"#);
        }
        put(out, r#""requestID":""#);
        text::uuid(out, entry.ids[0]);
        put(out, r#"","eventID":""#);
        text::uuid(out, entry.ids[1]);
        out.extend_from_slice(&self.ending);
        if !by_s3 {
            out.extend_from_slice(&self.tls);
        }
        out.push(b'}');
    }

    fn identity(&self, out: &mut Vec<u8>, requester: Requester) {
        let [before, between, after] = &self.identities[usize::from(requester.role)];
        out.extend_from_slice(before);
        requester.session(out);
        out.extend_from_slice(between);
        requester.session(out);
        out.extend_from_slice(after);
    }

    fn parameters(&self, out: &mut Vec<u8>, entry: &KmsEntry) {
        put(out, r#"","requestParameters":{"#);
        match entry.call {
            Call::GenerateDataKey => {
                put(out, r#""keyId":""#);
                out.extend_from_slice(&self.key);
                put(out, r#"","keySpec":"AES_256""#);
            }
            Call::Decrypt => put(out, ALGORITHM),
            Call::Encrypt => {
                put(out, r#""keyId":""#);
                out.extend_from_slice(&self.key);
                put(out, r#"","#);
                put(out, ALGORITHM);
            }
        }
        if entry.context == Context::None {
            return;
        }
        put(out, r#","encryptionContext":{"#);
        match entry.context {
            Context::None => {}
            Context::Cipher => put(out, r#""aws:x-amz-cek-alg":"115"#),
            Context::Bucket => out.extend_from_slice(&self.context_s3),
            Context::Object(object) => {
                out.extend_from_slice(&self.context_s3);
                out.push(b'/');
                object.key(out);
            }
        }
        put(out, r#""}"#);
    }
}

/// How KMS itself encrypts and decrypts.
const ALGORITHM: &str = r#""encryptionAlgorithm":"SYMMETRIC_DEFAULT""#;

/// A piece of JSON that was written with single quotes, which no name in it has.
fn json(text: &str) -> Box<[u8]> {
    text.replace('\'', "\"").into_bytes().into_boxed_slice()
}

fn put(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn place(region: &str) -> Place {
        Place {
            region: region.to_owned(),
            start: "2026-01-01T00:00:00Z".parse().unwrap(),
            https: true,
            key_of_other_account: false,
            roles: vec!["web".to_owned(), "night \"job\" 'x'".to_owned()],
        }
    }

    fn entry() -> KmsEntry {
        KmsEntry {
            at: Time::from_millis(1_500),
            call: Call::GenerateDataKey,
            caller: Caller::S3,
            requester: Requester {
                role: 1,
                instance: 300,
            },
            context: Context::Object(Object {
                prefix: 4,
                number: 0xabc,
            }),
            error: None,
            ids: [[1, 2], [3, 4]],
        }
    }

    fn record(region: &str, entry: &KmsEntry) -> (String, Value) {
        let mut out = Vec::new();
        CloudTrail::new(&place(region)).write(&mut out, entry);
        let text = String::from_utf8(out).unwrap();
        let value = serde_json::from_str(&text).unwrap_or_else(|it| panic!("{it}: {text}"));
        (text, value)
    }

    /// Fields of the outermost object in the order of the text.
    fn fields(text: &str, value: &Value) -> Vec<String> {
        let keys = value.as_object().unwrap().keys();
        let mut found: Vec<_> = keys
            .map(|key| (text.rfind(&format!("\"{key}\":")).unwrap(), key.clone()))
            .collect();
        // `accountId` and the like stand inside, too, but are no outer field.
        found.sort();
        found.into_iter().map(|(_, key)| key).collect()
    }

    // Goal: a key of another account is named as its owner's; the record stays the caller's.
    // Method: the same entry at such a place.
    #[test]
    fn a_key_of_another_account_is_its_owners() {
        let place = Place {
            key_of_other_account: true,
            ..place("eu-west-3")
        };
        let mut out = Vec::new();
        CloudTrail::new(&place).write(&mut out, &entry());
        let value: Value = serde_json::from_slice(&out).unwrap();
        let resource = &value["resources"][0];
        assert_eq!(resource["accountId"], OTHER_ACCOUNT);
        let arn = format!("arn:aws:kms:eu-west-3:{OTHER_ACCOUNT}:key/{KEY}");
        assert_eq!(resource["ARN"], arn);
        assert_eq!(value["recipientAccountId"], ACCOUNT);
        assert_eq!(value["userIdentity"]["accountId"], ACCOUNT);
    }

    // Goal: a call that S3 makes has the fields of AWS's records, in their order.
    // Method: GenerateDataKey for an object; the order of the outer fields, and what they hold.
    #[test]
    fn a_call_of_s3_looks_like_one() {
        let (text, value) = record("eu-west-3", &entry());
        assert_eq!(
            fields(&text, &value),
            [
                "eventVersion",
                "userIdentity",
                "eventTime",
                "eventSource",
                "eventName",
                "awsRegion",
                "sourceIPAddress",
                "userAgent",
                "requestParameters",
                "responseElements",
                "additionalEventData",
                "requestID",
                "eventID",
                "readOnly",
                "resources",
                "eventType",
                "managementEvent",
                "recipientAccountId",
                "eventCategory",
            ]
        );
        let identity = &value["userIdentity"];
        assert_eq!(identity["invokedBy"], S3);
        assert_eq!(
            identity["arn"],
            "arn:aws:sts::111122223333:assumed-role/night--job---x-/i-0000000000000012c"
        );
        let key = "arn:aws:kms:eu-west-3:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        assert_eq!(value["eventTime"], "2026-01-01T00:00:01Z");
        assert_eq!(value["resources"][0]["ARN"], key);
        assert_eq!(
            value["requestParameters"],
            serde_json::json!({
                "keyId": key,
                "keySpec": "AES_256",
                "encryptionContext": {
                    "aws:s3:arn": "arn:aws:s3:::amzn-s3-demo-bucket/prefix-4/00000000000abc"
                }
            })
        );
        assert_eq!(
            value["requestID"].as_str().unwrap(),
            "00000000-0000-4001-8000-000000000002"
        );
    }

    // Goal: what differs between calls differs in their records.
    // Method: a refused Decrypt for a Bucket Key; a client's own; another partition.
    #[test]
    fn calls_differ_as_they_should() {
        let refused = KmsEntry {
            call: Call::Decrypt,
            context: Context::Bucket,
            error: Some(&Refusal::KMS_THROTTLING),
            ..entry()
        };
        let (_, value) = record("cn-north-1", &refused);
        assert_eq!(value["errorCode"], "ThrottlingException");
        assert_eq!(value["errorMessage"], Refusal::KMS_THROTTLING.message);
        assert!(value.get("additionalEventData").is_none());
        assert_eq!(
            value["requestParameters"],
            serde_json::json!({
                "encryptionAlgorithm": "SYMMETRIC_DEFAULT",
                "encryptionContext": {"aws:s3:arn": "arn:aws-cn:s3:::amzn-s3-demo-bucket"}
            })
        );
        let direct = KmsEntry {
            caller: Caller::Client,
            context: Context::Cipher,
            ..entry()
        };
        let (text, value) = record("us-gov-west-1", &direct);
        assert!(value["userIdentity"].get("invokedBy").is_none());
        assert_eq!(value["sourceIPAddress"], "192.0.2.47");
        assert_eq!(value["userAgent"], AGENT);
        assert_eq!(
            value["tlsDetails"]["clientProvidedHostHeader"],
            "kms.us-gov-west-1.amazonaws.com"
        );
        assert!(text.contains("arn:aws-us-gov:kms:us-gov-west-1:"));
        let encrypt = KmsEntry {
            call: Call::Encrypt,
            context: Context::None,
            ..direct
        };
        let (_, value) = record("eu-west-3", &encrypt);
        assert_eq!(value["eventName"], "Encrypt");
        assert_eq!(value["userAgent"], PLAIN_AGENT);
        let parameters = &value["requestParameters"];
        assert_eq!(parameters["encryptionAlgorithm"], "SYMMETRIC_DEFAULT");
        assert!(parameters["keyId"].is_string());
        assert!(parameters.get("encryptionContext").is_none());
    }

    // Goal: nothing is allocated for a record.
    // Method: a buffer with room for it does not grow.
    #[test]
    fn a_record_fits_into_the_room_that_there_is() {
        let mut trail = CloudTrail::new(&place("eu-west-3"));
        let mut out = Vec::with_capacity(4_096);
        let room = out.capacity();
        trail.write(&mut out, &entry());
        assert_eq!(out.capacity(), room);
    }
}
