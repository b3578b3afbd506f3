use crate::error::Error;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use std::fmt;
use zeroize::Zeroizing;

/// Length of every key here \[bytes\]: AES-256.
pub const KEY_LEN: usize = 32;

/// A 256-bit data key in plain text.
///
/// Zeroised on drop, never printed, compared in constant time, and not `Clone`: whoever needs it
/// twice unwraps it twice. The bytes stay in one place on the heap: moving leaves no copy behind.
pub struct DataKey(Box<Zeroizing<[u8; KEY_LEN]>>);

impl DataKey {
    /// A fresh key from the system's generator.
    ///
    /// # Errors
    /// [`Error::System`] if the generator fails.
    pub fn generate() -> Result<DataKey, Error> {
        let mut key = DataKey::blank();
        aws_lc_rs::rand::fill(key.expose_mut()).map_err(|_| Error::System)?;
        Ok(key)
    }

    /// The key with these bytes, for example those that KMS `GenerateDataKey` answered. The
    /// caller's own copy stays the caller's to erase.
    #[must_use]
    pub fn new(bytes: &[u8; KEY_LEN]) -> DataKey {
        let mut key = DataKey::blank();
        key.expose_mut().copy_from_slice(bytes);
        key
    }

    /// Like [`DataKey::new`], from a slice.
    ///
    /// # Errors
    /// [`Error::Refused`] unless there are exactly 32 bytes.
    pub fn from_slice(bytes: &[u8]) -> Result<DataKey, Error> {
        bytes
            .try_into()
            .map(DataKey::new)
            .map_err(|_| Error::Refused)
    }

    /// The secret itself. Whatever is copied out is the caller's to erase.
    #[must_use]
    pub fn expose(&self) -> &[u8; KEY_LEN] {
        &self.0
    }

    /// A key of zeros, to be filled.
    pub(crate) fn blank() -> DataKey {
        DataKey(Box::new(Zeroizing::new([0; KEY_LEN])))
    }

    pub(crate) fn expose_mut(&mut self) -> &mut [u8; KEY_LEN] {
        &mut self.0
    }
}

/// In constant time.
impl PartialEq for DataKey {
    fn eq(&self, other: &DataKey) -> bool {
        verify_slices_are_equal(self.expose(), other.expose()).is_ok()
    }
}

impl Eq for DataKey {}

/// Says only that it is a key.
impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(..)")
    }
}

/// `len` bytes from the system's generator.
pub(crate) fn random<const LEN: usize>() -> Result<[u8; LEN], Error> {
    let mut bytes = [0; LEN];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Error::System)?;
    Ok(bytes)
}

/// Compares public values of secret origin in constant time.
pub(crate) fn same(left: &[u8], right: &[u8]) -> bool {
    verify_slices_are_equal(left, right).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: a key never shows up in a log.
    // Method: print one whose bytes are known, in both forms of `Debug`.
    #[test]
    fn debug_shows_no_byte_of_the_key() {
        let key = DataKey::new(&[0xAB; KEY_LEN]);
        assert_eq!(format!("{key:?} {key:#?}"), "DataKey(..) DataKey(..)");
    }

    // Goal: keys are fresh, and compare by all of their bytes.
    // Method: two generated keys differ; a copy with any one bit flipped differs from the original.
    #[test]
    fn keys_are_equal_only_if_every_bit_is() {
        let key = DataKey::generate().unwrap();
        assert_ne!(key, DataKey::generate().unwrap());
        assert_eq!(key, DataKey::new(key.expose()));
        for bit in 0..KEY_LEN * 8 {
            let mut bytes = *key.expose();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(key, DataKey::new(&bytes));
        }
    }

    // Goal: only 32 bytes make a key.
    // Method: every other length up to 64.
    #[test]
    fn a_key_of_another_length_is_refused() {
        for len in (0..64).filter(|len| *len != KEY_LEN) {
            assert_eq!(
                DataKey::from_slice(&vec![1; len]).unwrap_err(),
                Error::Refused
            );
        }
    }
}
