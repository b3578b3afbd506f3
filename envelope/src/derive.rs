//! HKDF with SHA-512 (RFC 5869): subkeys, and commitments to the key they came from.
use crate::error::Error;
use crate::key::DataKey;
use aws_lc_rs::hmac::{HMAC_SHA512, Key, sign_to_buffer};
use zeroize::Zeroizing;

/// Length of a block \[bytes\]: SHA-512's.
const BLOCK_LEN: usize = 64;

/// What one secret and one salt give, by label.
///
/// The secret is extracted once and the key of the blocks set up once, however many labels follow.
/// The library's own HKDF does both again for each, a sixth of the time of a V3 object.
pub(crate) struct Derivation(Key);

impl Derivation {
    pub(crate) fn new(secret: &[u8], salt: &[u8]) -> Result<Derivation, Error> {
        let extracted = block(&Key::new(HMAC_SHA512, salt), secret)?;
        Ok(Derivation(Key::new(HMAC_SHA512, &extracted[..])))
    }

    /// Fills `out` from the label, which is the concatenation of `info`.
    pub(crate) fn fill(&self, info: &[&[u8]], out: &mut [u8]) -> Result<(), Error> {
        let label = info.concat();
        // With room for all, so that nothing of a block is left behind in a smaller vector.
        let mut message = Zeroizing::new(Vec::with_capacity(BLOCK_LEN + label.len() + 1));
        for (number, part) in (1_usize..).zip(out.chunks_mut(BLOCK_LEN)) {
            let number = u8::try_from(number).map_err(|_| Error::System)?;
            message.extend_from_slice(&label);
            message.push(number);
            let block = block(&self.0, &message)?;
            part.copy_from_slice(&block[..part.len()]);
            message.clear();
            message.extend_from_slice(&block[..]);
        }
        Ok(())
    }

    /// A subkey by label.
    pub(crate) fn key(&self, info: &[&[u8]]) -> Result<DataKey, Error> {
        let mut key = DataKey::blank();
        self.fill(info, key.expose_mut())?;
        Ok(key)
    }
}

fn block(key: &Key, message: &[u8]) -> Result<Zeroizing<[u8; BLOCK_LEN]>, Error> {
    let mut block = Zeroizing::new([0; BLOCK_LEN]);
    sign_to_buffer(key, message, &mut block[..]).map_err(|_| Error::System)?;
    Ok(block)
}
