use crate::commit::{Committed, HEADER_LEN, Header};
use crate::context::EncryptionContext;
use crate::error::{Error, within};
use crate::gcm::{Gcm, TAG_LEN, counted};
use crate::key::DataKey;
use std::fmt;

const LABEL: &[u8] = b"keystorm objects 1";
const SEALS_MAX: u64 = 1 << 32;

/// What a sealed object needs besides its bytes and its [`Opener`]: its number and its tag.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Seal {
    /// The how-manieth object of its sealer this is, from 0.
    pub number: u64,
    /// The tag over ciphertext and authenticated data.
    pub tag: [u8; TAG_LEN],
}

/// Seals whole objects in place under one data key, key set-up done once.
///
/// The key in use is derived from the data key and a random 256-bit salt, and objects are numbered:
/// a pair of key and nonce cannot come twice, even if several sealers share a data key.
pub struct Sealer {
    header: Header,
    key: Gcm,
    next: u64,
}

impl Sealer {
    /// A sealer under `key`; `context` must be given again to open.
    ///
    /// # Errors
    /// [`Error::System`] if the system's generator fails.
    pub fn new(key: &DataKey, context: &EncryptionContext) -> Result<Sealer, Error> {
        let Committed { header, key } = Committed::fresh(key, LABEL, &context.canonical())?;
        Ok(Sealer {
            header,
            key,
            next: 0,
        })
    }

    /// What an [`Opener`] needs: salt and key commitment, both public.
    #[must_use]
    pub fn header(&self) -> [u8; HEADER_LEN] {
        self.header.to_bytes()
    }

    /// Seals `in_out` in place, together with `aad`, which stays outside.
    ///
    /// # Errors
    /// [`Error::Limit`] above [`GCM_LEN_MAX`](crate::GCM_LEN_MAX) or after 2^32 objects;
    /// [`Error::System`].
    pub fn seal_in_place(&mut self, aad: &[u8], in_out: &mut [u8]) -> Result<Seal, Error> {
        let number = self.next;
        within(
            "objects sealed by one sealer",
            number + 1,
            SEALS_MAX,
            "make a new sealer",
        )?;
        self.next += 1;
        let tag = self.key.seal(counted(number), aad, in_out)?;
        Ok(Seal { number, tag })
    }
}

/// Opens what one [`Sealer`] sealed.
pub struct Opener(Gcm);

impl Opener {
    /// An opener for the sealer with this header.
    ///
    /// # Errors
    /// [`Error::Refused`] unless the header commits to this key and context; compared in constant
    /// time.
    pub fn new(
        key: &DataKey,
        context: &EncryptionContext,
        header: &[u8; HEADER_LEN],
    ) -> Result<Opener, Error> {
        let header = Header::from_bytes(header);
        Committed::check(key, LABEL, &context.canonical(), header).map(|it| Opener(it.key))
    }

    /// Opens `in_out` in place.
    ///
    /// # Errors
    /// [`Error::Refused`] unless bytes, seal and `aad` belong together; `in_out` is then zeroed.
    pub fn open_in_place(&self, aad: &[u8], seal: Seal, in_out: &mut [u8]) -> Result<(), Error> {
        self.0.open(counted(seal.number), aad, &seal.tag, in_out)
    }
}

/// Says only what it is.
impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer")
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

/// Says only what it is.
impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opener(..)")
    }
}
