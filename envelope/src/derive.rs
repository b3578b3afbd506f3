//! HKDF with SHA-512 (RFC 5869): subkeys, and commitments to the key they came from.
use crate::error::Error;
use crate::key::DataKey;
use aws_lc_rs::hkdf::{HKDF_SHA512, KeyType, Prk, Salt};

struct Len(usize);

impl KeyType for Len {
    fn len(&self) -> usize {
        self.0
    }
}

/// What one secret and one salt give, by label.
pub(crate) struct Derivation(Prk);

impl Derivation {
    pub(crate) fn new(secret: &[u8], salt: &[u8]) -> Derivation {
        Derivation(Salt::new(HKDF_SHA512, salt).extract(secret))
    }

    /// Fills `out` from the label, which is the concatenation of `info`.
    pub(crate) fn fill(&self, info: &[&[u8]], out: &mut [u8]) -> Result<(), Error> {
        let okm = self
            .0
            .expand(info, Len(out.len()))
            .map_err(|_| Error::System)?;
        okm.fill(out).map_err(|_| Error::System)
    }

    /// A subkey by label.
    pub(crate) fn key(&self, info: &[&[u8]]) -> Result<DataKey, Error> {
        let mut key = DataKey::blank();
        self.fill(info, key.expose_mut())?;
        Ok(key)
    }
}
