//! HKDF with SHA-512 (RFC 5869): subkeys, and commitments to the key they came from.
use crate::error::Error;
use crate::key::DataKey;
use aws_lc_rs::hkdf::{HKDF_SHA512, KeyType, Prk};
use aws_lc_rs::hmac::{HMAC_SHA512, Key, sign_to_buffer};
use zeroize::Zeroizing;

/// Length of what is extracted \[bytes\]: SHA-512's.
const PRK_LEN: usize = 64;

struct Len(usize);

impl KeyType for Len {
    fn len(&self) -> usize {
        self.0
    }
}

/// What one secret and one salt give, by label.
///
/// The secret is extracted once, however many labels follow; the library's own `Salt::extract` would
/// do it again for each.
pub(crate) struct Derivation(Prk);

impl Derivation {
    pub(crate) fn new(secret: &[u8], salt: &[u8]) -> Result<Derivation, Error> {
        let mut prk = Zeroizing::new([0; PRK_LEN]);
        sign_to_buffer(&Key::new(HMAC_SHA512, salt), secret, &mut prk[..])
            .map_err(|_| Error::System)?;
        Ok(Derivation(Prk::new_less_safe(HKDF_SHA512, &prk[..])))
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
