use super::CustomerKeyHeaders;
use crate::s3::Refusal;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use sha2::Sha256;

/// Values of the headers that carry an SSE-C key.
#[derive(Clone, Eq, PartialEq)]
pub struct CustomerKeyValues {
    key: String,
    key_md5: String,
}

/// Without the key.
impl std::fmt::Debug for CustomerKeyValues {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CustomerKeyValues")
            .field("key_md5", &self.key_md5)
            .finish_non_exhaustive()
    }
}

impl CustomerKeyValues {
    /// Of a key of any length; 32 bytes make a good one.
    #[must_use]
    pub fn of(key: &[u8]) -> Self {
        Self {
            key: STANDARD.encode(key),
            key_md5: STANDARD.encode(Md5::digest(key)),
        }
    }

    /// The key in base64.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The headers with these values.
    #[must_use]
    pub fn headers(&self) -> CustomerKeyHeaders<'_> {
        CustomerKeyHeaders {
            algorithm: Some("AES256"),
            key: Some(&self.key),
            key_md5: Some(&self.key_md5),
        }
    }
}

/// A key of the client, for as long as its request is looked at.
pub(super) struct CustomerKey(Vec<u8>);

impl CustomerKey {
    /// Length of a key of AES-256 \[bytes\].
    const LEN: usize = 32;

    /// The key of a header, which must have the MD5 that the other header says.
    pub(super) fn of_header(key: &str, md5: &str) -> Result<Self, &'static Refusal> {
        // What is not base64 is no key; how S3 words that is assumed.
        let key = STANDARD
            .decode(key)
            .map_err(|_| &Refusal::SSE_C_KEY_LENGTH)?;
        if STANDARD.encode(Md5::digest(&key)) != md5 {
            return Err(&Refusal::SSE_C_MD5);
        }
        Ok(Self(key))
    }

    pub(super) fn has_its_length(&self) -> Result<(), &'static Refusal> {
        if self.0.len() == Self::LEN {
            Ok(())
        } else {
            Err(&Refusal::SSE_C_KEY_LENGTH)
        }
    }

    /// What S3 keeps of it.
    pub(super) fn mark(&self, salt: [u8; KeyMark::SALT_LEN]) -> KeyMark {
        KeyMark {
            salt,
            mac: self.mac(salt).finalize().into_bytes().into(),
        }
    }

    fn mac(&self, salt: [u8; KeyMark::SALT_LEN]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&salt).expect("HMAC takes keys of any length");
        mac.update(&self.0);
        mac
    }
}

/// What S3 keeps of an SSE-C key: a salted HMAC, from which the key cannot be had back.
///
/// # Source
/// Amazon S3 User Guide, "Using server-side encryption with customer-provided keys": a randomly
/// salted HMAC value. That it is HMAC-SHA-256, and how long the salt is, is assumed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KeyMark {
    salt: [u8; Self::SALT_LEN],
    mac: [u8; 32],
}

impl KeyMark {
    /// Length of the salt \[bytes\].
    pub const SALT_LEN: usize = 16;

    /// Whether this is the mark of `key`.
    pub(super) fn is_of(&self, key: &CustomerKey) -> bool {
        key.mac(self.salt).verify_slice(&self.mac).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: the mark tells the key from others and does not hold it; equal keys have unequal marks.
    // Method: two keys, two salts.
    #[test]
    fn a_mark_knows_its_key_and_hides_it() {
        let [one, other] = [1, 2].map(|byte| CustomerKey(vec![byte; CustomerKey::LEN]));
        let mark = one.mark([7; 16]);
        assert!(mark.is_of(&one) && !mark.is_of(&other));
        assert_ne!(mark.mac, one.mark([8; 16]).mac);
        assert_ne!(&mark.mac[..], &one.0[..]);
    }
}
