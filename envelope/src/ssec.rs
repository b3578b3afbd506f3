//! SSE-C: the arithmetic of its headers, and what S3 keeps of the key.
use crate::checksum::Checksum;
use crate::error::Error;
use crate::key::{DataKey, KEY_LEN, random, same};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fmt;
use zeroize::Zeroizing;

/// The only algorithm.
pub const ALGORITHM: &str = "AES256";

/// Which of the two sets of headers: the request's object, or the source of a copy.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum HeaderSet {
    /// `x-amz-server-side-encryption-customer-...`
    Object,
    /// `x-amz-copy-source-server-side-encryption-customer-...`
    CopySource,
}

impl HeaderSet {
    /// Names of the headers for algorithm, key and MD5 of the key.
    #[must_use]
    pub fn names(self) -> [&'static str; 3] {
        match self {
            HeaderSet::Object => [
                "x-amz-server-side-encryption-customer-algorithm",
                "x-amz-server-side-encryption-customer-key",
                "x-amz-server-side-encryption-customer-key-MD5",
            ],
            HeaderSet::CopySource => [
                "x-amz-copy-source-server-side-encryption-customer-algorithm",
                "x-amz-copy-source-server-side-encryption-customer-key",
                "x-amz-copy-source-server-side-encryption-customer-key-MD5",
            ],
        }
    }
}

/// Values of the three headers, in the order of [`HeaderSet::names`]. The second holds the key.
pub struct HeaderValues {
    /// `AES256`.
    pub algorithm: &'static str,
    /// The key in base64; erased on drop.
    pub key: Zeroizing<String>,
    /// The MD5 of the key's bytes in base64.
    pub key_md5: String,
}

/// Without the key.
impl fmt::Debug for HeaderValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeaderValues")
            .field("key_md5", &self.key_md5)
            .finish_non_exhaustive()
    }
}

/// The headers that a request with this key carries, over HTTPS only.
#[must_use]
pub fn header_values(key: &DataKey) -> HeaderValues {
    HeaderValues {
        algorithm: ALGORITHM,
        key: Zeroizing::new(STANDARD.encode(key.expose())),
        key_md5: Checksum::Md5.header_value(key.expose()),
    }
}

/// Why S3 would answer 400 to a request with these headers, in the order in which it looks.
///
/// # Source
/// Answers recorded from S3 on 2026-02-21 (localstack 8b9a79f0,
/// `tests/aws/services/s3/test_s3.snapshot.json`); that MD5 comes before the length, from clients'
/// bug reports. No answer to a missing MD5 header is known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum HeaderError {
    /// No algorithm: `InvalidArgument`.
    NoAlgorithm,
    /// Not `AES256`: `InvalidEncryptionAlgorithmError`.
    OtherAlgorithm,
    /// No key, or not base64: `InvalidArgument`.
    NoKey,
    /// The MD5 is missing or another key's: `InvalidArgument`.
    OtherMd5,
    /// Not 32 bytes: `InvalidArgument`. A key of 44 bytes was encoded twice.
    KeyLen,
}

impl HeaderError {
    /// S3's error code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            HeaderError::OtherAlgorithm => "InvalidEncryptionAlgorithmError",
            _ => "InvalidArgument",
        }
    }
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            HeaderError::NoAlgorithm => "no algorithm header; expected `AES256`",
            HeaderError::OtherAlgorithm => "the algorithm is not supported; expected `AES256`",
            HeaderError::NoKey => "no key header in base64; expected 32 bytes in base64",
            HeaderError::OtherMd5 => {
                "the MD5 header is not the MD5 of the key; take it of the key's 32 bytes, not of \
                 their base64"
            }
            HeaderError::KeyLen => {
                "the key has not 32 bytes; one of 44 was encoded in base64 twice"
            }
        })
    }
}

impl std::error::Error for HeaderError {}

/// Reads the key from the values of the three headers, as S3 does.
///
/// # Errors
/// [`HeaderError`], whichever S3 would find first.
pub fn key_of_headers(
    algorithm: Option<&str>,
    key: Option<&str>,
    key_md5: Option<&str>,
) -> Result<DataKey, HeaderError> {
    let algorithm = algorithm.ok_or(HeaderError::NoAlgorithm)?;
    if algorithm != ALGORITHM {
        return Err(HeaderError::OtherAlgorithm);
    }
    let key = key
        .filter(|key| !key.is_empty())
        .ok_or(HeaderError::NoKey)?;
    let key = Zeroizing::new(STANDARD.decode(key).map_err(|_| HeaderError::NoKey)?);
    let md5 = key_md5.ok_or(HeaderError::OtherMd5)?;
    if !same(Checksum::Md5.header_value(&key).as_bytes(), md5.as_bytes()) {
        return Err(HeaderError::OtherMd5);
    }
    DataKey::from_slice(&key).map_err(|_| HeaderError::KeyLen)
}

const SALT_LEN: usize = 16;
const MAC_LEN: usize = 32;

/// What is kept of a key to recognise it later: a salted HMAC, never the key.
///
/// S3 says that it keeps a randomly salted HMAC of the key; which one is not published. This is
/// HMAC-SHA-256 with a random key of 16 bytes.
#[derive(Clone, Copy, Debug)]
pub struct KeyCheck {
    salt: [u8; SALT_LEN],
    mac: [u8; MAC_LEN],
}

impl KeyCheck {
    /// Of `key`, with a fresh salt.
    ///
    /// # Errors
    /// [`Error::System`] if the system's generator fails.
    pub fn new(key: &DataKey) -> Result<KeyCheck, Error> {
        let salt = random()?;
        Ok(KeyCheck {
            salt,
            mac: mac(&salt, key.expose()),
        })
    }

    /// Whether `key` is the one this was made of; in constant time.
    #[must_use]
    pub fn matches(&self, key: &DataKey) -> bool {
        same(&self.mac, &mac(&self.salt, key.expose()))
    }
}

fn mac(salt: &[u8; SALT_LEN], key: &[u8; KEY_LEN]) -> [u8; MAC_LEN] {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, salt), key);
    tag.as_ref().try_into().expect("HMAC-SHA-256 has 32 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // Goal: the headers are the ones that other clients send.
    // Method: a key of 32 times "a"; base64 and MD5 by coreutils.
    #[test]
    fn headers_of_a_known_key() {
        let values = header_values(&DataKey::new(b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
        assert_eq!(values.algorithm, "AES256");
        assert_eq!(*values.key, "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=");
        assert_eq!(values.key_md5, "Xsqb0+sHwAbNQ65I395/0w==");
    }

    // Goal: every misuse is named as S3 names it, the first one first.
    // Method: leave out or spoil one header after the other.
    #[test]
    fn misuse_is_named_in_the_order_in_which_s3_looks() {
        let HeaderValues {
            algorithm,
            key,
            key_md5,
        } = header_values(&DataKey::new(&[7; KEY_LEN]));
        let read = key_of_headers;
        assert_eq!(read(None, None, None), Err(HeaderError::NoAlgorithm));
        assert_eq!(
            read(Some("aws:kms"), None, None),
            Err(HeaderError::OtherAlgorithm)
        );
        assert_eq!(read(Some(algorithm), None, None), Err(HeaderError::NoKey));
        assert_eq!(
            read(Some(algorithm), Some("%"), None),
            Err(HeaderError::NoKey)
        );
        assert_eq!(
            read(Some(algorithm), Some(&key), None),
            Err(HeaderError::OtherMd5)
        );
        let other = header_values(&DataKey::new(&[8; KEY_LEN])).key_md5;
        assert_eq!(
            read(Some(algorithm), Some(&key), Some(&other)),
            Err(HeaderError::OtherMd5)
        );
        let twice = STANDARD.encode(key.as_bytes());
        let md5 = Checksum::Md5.header_value(key.as_bytes());
        assert_eq!(
            read(Some(algorithm), Some(&twice), Some(&md5)),
            Err(HeaderError::KeyLen)
        );
        assert_eq!(
            read(Some(algorithm), Some(&key), Some(&key_md5)),
            Ok(DataKey::new(&[7; KEY_LEN]))
        );
    }

    proptest! {
        // Goal: a key comes back from its headers, and its check knows it from any other.
        // Method: arbitrary pairs of keys; two checks of one key differ by their salt.
        #[test]
        fn a_key_is_recognised_and_no_other_is(a: [u8; KEY_LEN], b: [u8; KEY_LEN]) {
            let (a, b) = (DataKey::new(&a), DataKey::new(&b));
            let values = header_values(&a);
            let read = key_of_headers(Some("AES256"), Some(&values.key), Some(&values.key_md5));
            prop_assert!(read.as_ref() == Ok(&a));
            let check = KeyCheck::new(&a).unwrap();
            prop_assert!(check.matches(&a));
            prop_assert_eq!(check.matches(&b), a == b);
            prop_assert_ne!(check.mac, KeyCheck::new(&a).unwrap().mac);
        }

        // Goal: no header makes the parser panic.
        // Method: arbitrary text in all three.
        #[test]
        fn any_text_is_a_key_or_an_error(a in ".*", b in ".*", c in ".*") {
            let _ = key_of_headers(Some(&a), Some(&b), Some(&c));
            let _ = key_of_headers(Some("AES256"), Some(&b), Some(&c));
        }
    }
}
