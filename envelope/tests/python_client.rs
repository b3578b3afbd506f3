//! Objects that the Python client of AWS wrote, read here.
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use keystorm_envelope::client::{Client, ClientObject, Wrapping};
use keystorm_envelope::{DataKey, EncryptionContext, Error, KeyService};

/// KMS with one answer: the data key 00 01 .. 1f, wrapped as the word "wrapped".
struct OneKey(&'static str);

impl KeyService for OneKey {
    fn generate_data_key(&self, _: &EncryptionContext) -> Result<(DataKey, Vec<u8>), Error> {
        Err(Error::System)
    }

    fn decrypt(&self, wrapped: &[u8], context: &EncryptionContext) -> Result<DataKey, Error> {
        let expected = EncryptionContext::new()
            .with("team", "data")
            .with("aws:x-amz-cek-alg", self.0);
        if wrapped != b"wrapped" || *context != expected {
            return Err(Error::Refused);
        }
        Ok(DataKey::new(&std::array::from_fn(|at| {
            at.try_into().expect("below 32")
        })))
    }
}

/// Opens an object with this metadata under the context of both tests.
fn open(cipher: &'static str, body: &str, metadata: &[(&str, &str)]) -> Vec<u8> {
    let kms = OneKey(cipher);
    let metadata = metadata
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    let body = STANDARD.decode(body).expect("the fixture is base64");
    let context = EncryptionContext::new().with("team", "data");
    let client = Client::new(Wrapping::Kms(&kms)).accepting_v2();
    client
        .open(&context, ClientObject { body, metadata })
        .expect("AWS's client wrote it")
}

// Goal: an object of format V2 that AWS's own client wrote is opened.
// Method: written once by amazon-s3-encryption-client-python 4.0.0 with a known data key.
#[test]
fn a_v2_object_of_the_python_client_opens() {
    let plain = open(
        "AES/GCM/NoPadding",
        "xU1oczYeVZSrbkVxEdd1BjpV0yS1V3BIvp+qaqyQG8ARK8+V2KxCTfsk1/U=",
        &[
            ("x-amz-key-v2", "d3JhcHBlZA=="),
            ("x-amz-wrap-alg", "kms+context"),
            (
                "x-amz-matdesc",
                r#"{"team": "data", "aws:x-amz-cek-alg": "AES/GCM/NoPadding"}"#,
            ),
            ("x-amz-iv", "C5pdoPPWwHY5fmE2"),
            ("x-amz-cek-alg", "AES/GCM/NoPadding"),
            ("x-amz-tag-len", "128"),
        ],
    );
    assert_eq!(plain, b"written by the Python client");
}

// Goal: an object of format V3 that AWS's own client wrote is opened.
// Method: written once by amazon-s3-encryption-client-python 4.0.0 with a known data key.
#[test]
fn a_v3_object_of_the_python_client_opens() {
    let plain = open(
        "115",
        "o1yZiZXyLQjtH54XcBJwfGsbkBEOe1q+2lxlR9+sV+G0Aq9nzlcCDU8AI6c=",
        &[
            ("x-amz-c", "115"),
            ("x-amz-3", "d3JhcHBlZA=="),
            ("x-amz-t", r#"{"team": "data", "aws:x-amz-cek-alg": "115"}"#),
            ("x-amz-w", "12"),
            ("x-amz-d", "TOSDouGRpZv/TsxQTYLe/xrtlp8IlaOL06cj9A=="),
            ("x-amz-i", "yggFgRzCsn8PHWIgUn5jSQc9uz3aUCBjKPjgPQ=="),
        ],
    );
    assert_eq!(plain, b"written by the Python client");
}
