use crate::context::EncryptionContext;
use crate::derive::Derivation;
use crate::error::{Error, within};
use crate::gcm::{Gcm, TAG_LEN, counted};
use crate::key::{DataKey, KEY_LEN, random};
use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrap};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

const VERSION: u8 = 1;
const SALT_LEN: usize = 32;
/// Version, salt, number, key, tag.
const WRAPPED_LEN: usize = 1 + SALT_LEN + 8 + KEY_LEN + TAG_LEN;
/// Wraps per handle: where NIST SP 800-38D, section 8.3, stops even random nonces.
const WRAPS_MAX: u64 = 1 << 32;
const LABEL: &[u8] = b"keystorm wrapping key 1";

/// What the formats of the S3 Encryption Client need of KMS: a fresh data key under a context, and
/// the way back.
pub trait KeyService {
    /// A fresh data key, in plain text and wrapped under `context`: KMS `GenerateDataKey`.
    ///
    /// # Errors
    /// [`Error::System`] if the service fails.
    fn generate_data_key(&self, context: &EncryptionContext) -> Result<(DataKey, Vec<u8>), Error>;

    /// The data key that was wrapped under `context`: KMS `Decrypt`.
    ///
    /// # Errors
    /// [`Error::Refused`] unless key, bytes and context belong together.
    fn decrypt(&self, wrapped: &[u8], context: &EncryptionContext) -> Result<DataKey, Error>;
}

/// A master key that wraps data keys: the local stand-in for a KMS key.
///
/// Every handle wraps under a subkey of its own, derived with a random 256-bit salt, and numbers
/// its wraps: a pair of subkey and nonce cannot come twice, however many handles one master key
/// has. The context is authenticated data, as in KMS.
///
/// A wrapped key is 89 bytes: version (1), salt (32), number (8, big-endian), sealed key (32), tag
/// (16). It is not KMS's own format, which is not published.
pub struct MasterKey {
    secret: DataKey,
    salt: [u8; SALT_LEN],
    subkey: Gcm,
    next: AtomicU64,
}

impl MasterKey {
    /// A handle of the master key with this secret.
    ///
    /// # Errors
    /// [`Error::System`] if the system's generator fails.
    pub fn new(secret: DataKey) -> Result<MasterKey, Error> {
        let salt = random()?;
        let subkey = subkey(&secret, &salt)?;
        Ok(MasterKey {
            secret,
            salt,
            subkey,
            next: AtomicU64::new(0),
        })
    }

    /// A handle of a fresh master key.
    ///
    /// # Errors
    /// [`Error::System`] if the system's generator fails.
    pub fn generate() -> Result<MasterKey, Error> {
        MasterKey::new(DataKey::generate()?)
    }

    /// Wraps `key` under `context`.
    ///
    /// # Errors
    /// [`Error::Limit`] after 2^32 wraps by this handle; [`Error::System`].
    pub fn wrap(&self, key: &DataKey, context: &EncryptionContext) -> Result<Vec<u8>, Error> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        within(
            "keys wrapped by one handle",
            number + 1,
            WRAPS_MAX,
            "make a new handle",
        )?;
        let mut wrapped = Vec::with_capacity(WRAPPED_LEN);
        wrapped.push(VERSION);
        wrapped.extend(self.salt);
        wrapped.extend(number.to_be_bytes());
        let body = wrapped.len();
        wrapped.resize(WRAPPED_LEN, 0);
        let sealed = &mut wrapped[body..];
        self.subkey
            .seal_into(counted(number), &context.canonical(), key.expose(), sealed)?;
        Ok(wrapped)
    }

    /// Unwraps a key that [`MasterKey::wrap`] of any handle of this master key wrapped.
    ///
    /// # Errors
    /// [`Error::Refused`] unless master key, bytes and context belong together.
    pub fn unwrap(&self, wrapped: &[u8], context: &EncryptionContext) -> Result<DataKey, Error> {
        let wrapped: &[u8; WRAPPED_LEN] = wrapped.try_into().map_err(|_| Error::Refused)?;
        let (version, rest) = wrapped.split_first().expect("the length is checked");
        let (salt, rest) = rest.split_first_chunk().expect("the length is checked");
        let (number, sealed) = rest.split_first_chunk().expect("the length is checked");
        if *version != VERSION {
            return Err(Error::Refused);
        }
        let nonce = counted(u64::from_be_bytes(*number));
        let mut key = DataKey::blank();
        let aad = context.canonical();
        if *salt == self.salt {
            self.subkey
                .open_into(nonce, &aad, sealed, key.expose_mut())?;
        } else {
            subkey(&self.secret, salt)?.open_into(nonce, &aad, sealed, key.expose_mut())?;
        }
        Ok(key)
    }
}

impl KeyService for MasterKey {
    fn generate_data_key(&self, context: &EncryptionContext) -> Result<(DataKey, Vec<u8>), Error> {
        let key = DataKey::generate()?;
        let wrapped = self.wrap(&key, context)?;
        Ok((key, wrapped))
    }

    fn decrypt(&self, wrapped: &[u8], context: &EncryptionContext) -> Result<DataKey, Error> {
        self.unwrap(wrapped, context)
    }
}

/// Says only what it is.
impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(..)")
    }
}

fn subkey(secret: &DataKey, salt: &[u8; SALT_LEN]) -> Result<Gcm, Error> {
    Gcm::new(
        Derivation::new(secret.expose(), salt)?
            .key(&[LABEL])?
            .expose(),
    )
}

/// Length of a data key wrapped by AES-KW \[bytes\].
pub const KEY_WRAP_LEN: usize = KEY_LEN + 8;

/// AES-KW (RFC 3394, NIST SP 800-38F) with a 256-bit key: deterministic, without a context.
pub struct KeyWrapKey(DataKey);

impl KeyWrapKey {
    /// The wrapping key with this secret.
    #[must_use]
    pub fn new(secret: DataKey) -> KeyWrapKey {
        KeyWrapKey(secret)
    }

    /// Wraps `key`; the same key gives the same bytes.
    ///
    /// # Errors
    /// [`Error::System`] if the cryptographic library fails.
    pub fn wrap(&self, key: &DataKey) -> Result<[u8; KEY_WRAP_LEN], Error> {
        let mut wrapped = [0; KEY_WRAP_LEN];
        self.kek()?
            .wrap(key.expose(), &mut wrapped)
            .map_err(|_| Error::System)?;
        Ok(wrapped)
    }

    /// Unwraps a key that was wrapped under this one.
    ///
    /// # Errors
    /// [`Error::Refused`] unless key and bytes belong together.
    pub fn unwrap(&self, wrapped: &[u8]) -> Result<DataKey, Error> {
        if wrapped.len() != KEY_WRAP_LEN {
            return Err(Error::Refused);
        }
        // The library asks for room for what it reads, not for what it writes.
        let mut room = zeroize::Zeroizing::new([0; KEY_WRAP_LEN]);
        let key = self
            .kek()?
            .unwrap(wrapped, &mut room[..])
            .map_err(|_| Error::Refused)?;
        DataKey::from_slice(key)
    }

    fn kek(&self) -> Result<AesKek, Error> {
        AesKek::new(&AES_256, self.0.expose()).map_err(|_| Error::System)
    }
}

/// Says only what it is.
impl fmt::Debug for KeyWrapKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyWrapKey(..)")
    }
}
