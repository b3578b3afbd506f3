//! A key in use, derived with a random salt, and the commitment to the key that it came from.
use crate::derive::Derivation;
use crate::error::Error;
use crate::gcm::Gcm;
use crate::key::{DataKey, random, same};

const SALT_LEN: usize = 32;
const COMMITMENT_LEN: usize = 32;

/// Length of salt and commitment together \[bytes\].
pub const HEADER_LEN: usize = SALT_LEN + COMMITMENT_LEN;

/// Salt and commitment: public, and stored with what is sealed.
#[derive(Clone, Copy)]
pub(crate) struct Header {
    salt: [u8; SALT_LEN],
    commitment: [u8; COMMITMENT_LEN],
}

impl Header {
    pub(crate) fn to_bytes(self) -> [u8; HEADER_LEN] {
        let mut bytes = [0; HEADER_LEN];
        bytes[..SALT_LEN].copy_from_slice(&self.salt);
        bytes[SALT_LEN..].copy_from_slice(&self.commitment);
        bytes
    }

    pub(crate) fn from_bytes(bytes: &[u8; HEADER_LEN]) -> Header {
        let (salt, rest) = bytes.split_first_chunk().expect("a header holds both");
        let commitment = rest.first_chunk().expect("a header holds both");
        Header {
            salt: *salt,
            commitment: *commitment,
        }
    }
}

/// A header and the key in use that it belongs to.
///
/// Both follow from data key, salt, `label` (which format) and `bound` (what else must be the same:
/// the context, sizes). AES-GCM alone would let one ciphertext open under two keys.
pub(crate) struct Committed {
    pub(crate) header: Header,
    pub(crate) key: Gcm,
}

impl Committed {
    /// With a fresh salt.
    pub(crate) fn fresh(key: &DataKey, label: &[u8], bound: &[u8]) -> Result<Committed, Error> {
        Committed::derive(key, label, bound, random()?)
    }

    /// With the salt of `header`, refused unless its commitment fits, in constant time.
    pub(crate) fn check(
        key: &DataKey,
        label: &[u8],
        bound: &[u8],
        header: Header,
    ) -> Result<Committed, Error> {
        let derived = Committed::derive(key, label, bound, header.salt)?;
        if same(&derived.header.commitment, &header.commitment) {
            Ok(derived)
        } else {
            Err(Error::Refused)
        }
    }

    fn derive(
        key: &DataKey,
        label: &[u8],
        bound: &[u8],
        salt: [u8; SALT_LEN],
    ) -> Result<Committed, Error> {
        let derivation = Derivation::new(key.expose(), &salt)?;
        let in_use = derivation.key(&[label, b" key ", bound])?;
        let mut commitment = [0; COMMITMENT_LEN];
        derivation.fill(&[label, b" commitment ", bound], &mut commitment)?;
        Ok(Committed {
            header: Header { salt, commitment },
            key: Gcm::new(in_use.expose())?,
        })
    }
}
