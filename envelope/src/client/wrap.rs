use super::envelope::{Envelope, RESERVED_KEYS, Wrap};
use super::{ClientError, Format};
use crate::context::EncryptionContext;
use crate::error::{Error, within};
use crate::gcm::{Gcm, TAG_LEN};
use crate::key::{DataKey, KEY_LEN, random};
use crate::master::KeyService;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// Pair that the client adds to every context for KMS.
const CIPHER_KEY: &str = RESERVED_KEYS[0];

/// Who wraps the data keys.
#[derive(Clone, Copy)]
pub enum Wrapping<'a> {
    /// KMS, or what stands in for it; the context is authenticated by it.
    Kms(&'a dyn KeyService),
    /// An AES-256 key of one's own; the context is only a description, and not authenticated.
    AesGcm(&'a AesGcmKey),
}

/// A fresh data key, and what goes into the metadata.
pub(super) struct Fresh {
    pub(super) key: DataKey,
    pub(super) wrapped: Vec<u8>,
    pub(super) context: EncryptionContext,
}

impl Wrapping<'_> {
    pub(super) fn kind(&self) -> Wrap {
        match self {
            Wrapping::Kms(_) => Wrap::KmsContext,
            Wrapping::AesGcm(_) => Wrap::AesGcm,
        }
    }

    pub(super) fn generate(
        &self,
        format: Format,
        context: &EncryptionContext,
    ) -> Result<Fresh, Error> {
        match self {
            Wrapping::Kms(kms) => {
                let context = context.clone().with(CIPHER_KEY, cipher(format));
                let (key, wrapped) = kms.generate_data_key(&context)?;
                Ok(Fresh {
                    key,
                    wrapped,
                    context,
                })
            }
            Wrapping::AesGcm(wrapping) => {
                let key = DataKey::generate()?;
                let wrapped = wrapping.wrap(&key, format)?;
                Ok(Fresh {
                    key,
                    wrapped,
                    context: context.clone(),
                })
            }
        }
    }

    pub(super) fn unwrap(
        &self,
        envelope: &Envelope,
        context: &EncryptionContext,
    ) -> Result<DataKey, ClientError> {
        super::envelope::check_context(context)?;
        let stored = RESERVED_KEYS
            .iter()
            .fold(envelope.context.clone(), |c, key| c.without(key));
        if stored != *context {
            return Err(Error::Refused.into());
        }
        match (self, envelope.wrap) {
            (Wrapping::Kms(kms), Wrap::KmsContext) => {
                // What was sealed as V3 must not be read as V2.
                if envelope.context.get(CIPHER_KEY) != Some(cipher(envelope.format())) {
                    return Err(Error::Refused.into());
                }
                Ok(kms.decrypt(&envelope.wrapped_key, &envelope.context)?)
            }
            (Wrapping::AesGcm(wrapping), Wrap::AesGcm) => {
                Ok(wrapping.unwrap(&envelope.wrapped_key, envelope.format())?)
            }
            _ => Err(Error::Refused.into()),
        }
    }
}

/// The content cipher as it is bound to a wrapped key.
fn cipher(format: Format) -> &'static str {
    match format {
        Format::V2 => super::envelope::V2_CIPHER,
        Format::V3 => super::envelope::V3_CIPHER,
    }
}

impl fmt::Debug for Wrapping<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Wrapping::Kms(_) => "Kms(..)",
            Wrapping::AesGcm(_) => "AesGcm(..)",
        })
    }
}

const IV_LEN: usize = 12;
/// Wraps per handle; NIST SP 800-38D, section 8.3, for random nonces.
const WRAPS_MAX: u64 = 1 << 32;

/// The wrapping key of the client's raw AES keyring.
///
/// The format gives it random 96-bit nonces under the key itself. Nothing but chance keeps them
/// apart between handles, so one handle stops after 2^32 keys; prefer
/// [`MasterKey`](crate::MasterKey) where the format is free.
pub struct AesGcmKey {
    key: Gcm,
    wraps: AtomicU64,
}

impl AesGcmKey {
    /// The wrapping key with this secret.
    ///
    /// # Errors
    /// [`Error::System`] if the cryptographic library fails.
    pub fn new(secret: &DataKey) -> Result<AesGcmKey, Error> {
        Ok(AesGcmKey {
            key: Gcm::new(secret.expose())?,
            wraps: AtomicU64::new(0),
        })
    }

    fn wrap(&self, key: &DataKey, format: Format) -> Result<Vec<u8>, Error> {
        let wraps = self.wraps.fetch_add(1, Ordering::Relaxed) + 1;
        within(
            "keys wrapped by one handle",
            wraps,
            WRAPS_MAX,
            "use another wrapping key",
        )?;
        let iv: [u8; IV_LEN] = random()?;
        let mut wrapped = vec![0; IV_LEN + KEY_LEN + TAG_LEN];
        let (head, sealed) = wrapped.split_at_mut(IV_LEN);
        head.copy_from_slice(&iv);
        self.key
            .seal_into(iv, cipher(format).as_bytes(), key.expose(), sealed)?;
        Ok(wrapped)
    }

    fn unwrap(&self, wrapped: &[u8], format: Format) -> Result<DataKey, Error> {
        let (iv, sealed) = wrapped
            .split_first_chunk::<IV_LEN>()
            .ok_or(Error::Refused)?;
        if sealed.len() != KEY_LEN + TAG_LEN {
            return Err(Error::Refused);
        }
        let mut key = DataKey::blank();
        self.key
            .open_into(*iv, cipher(format).as_bytes(), sealed, key.expose_mut())?;
        Ok(key)
    }
}

/// Says only what it is.
impl fmt::Debug for AesGcmKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AesGcmKey(..)")
    }
}
