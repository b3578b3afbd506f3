//! Ranges of AES-GCM objects, by AES-256-CTR: as the S3 Encryption Client reads them.
use crate::error::Error;
use crate::key::KEY_LEN;
use aws_lc_rs::cipher::{AES_256, DecryptingKey, DecryptionContext, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;

const BLOCK_LEN: u64 = 16;

/// Decrypts `bytes`, which stand at `offset` of the ciphertext, in place.
///
/// Block i of an AES-GCM message is encrypted with the counter i + 2 (NIST SP 800-38D, section 7.1,
/// with a nonce of 96 bits). Nothing is authenticated.
pub(crate) fn decrypt_at(
    key: &[u8; KEY_LEN],
    nonce: [u8; 12],
    offset: u64,
    bytes: &mut [u8],
) -> Result<(), Error> {
    let block = u32::try_from(offset / BLOCK_LEN + 2).map_err(|_| Error::Refused)?;
    let blocks = (offset % BLOCK_LEN + bytes.len() as u64).div_ceil(BLOCK_LEN);
    // Beyond that GCM's counter would wrap, CTR's would not.
    if u64::from(block) + blocks > 1 << 32 {
        return Err(Error::Refused);
    }
    let mut counter = [0; 16];
    counter[..12].copy_from_slice(&nonce);
    counter[12..].copy_from_slice(&block.to_be_bytes());

    // The part of the first block that stands before the range.
    let skipped = usize::try_from(offset % BLOCK_LEN).expect("less than a block");
    if skipped > 0 {
        let head = bytes.len().min(16 - skipped);
        let mut first = [0; 16];
        first[skipped..skipped + head].copy_from_slice(&bytes[..head]);
        apply(key, counter, &mut first)?;
        bytes[..head].copy_from_slice(&first[skipped..skipped + head]);
        counter[12..].copy_from_slice(&block.wrapping_add(1).to_be_bytes());
        return apply(key, counter, &mut bytes[head..]);
    }
    apply(key, counter, bytes)
}

fn apply(key: &[u8; KEY_LEN], counter: [u8; 16], bytes: &mut [u8]) -> Result<(), Error> {
    if bytes.is_empty() {
        return Ok(());
    }
    let key = UnboundCipherKey::new(&AES_256, key).map_err(|_| Error::System)?;
    let key = DecryptingKey::ctr(key).map_err(|_| Error::System)?;
    let counter = DecryptionContext::Iv128(FixedLength::from(counter));
    key.decrypt(bytes, counter).map_err(|_| Error::System)?;
    Ok(())
}
