//! AES-256-GCM with explicit nonces: private, so that only types that own a counter choose one.
use crate::error::{Error, within};
use crate::key::KEY_LEN;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

/// Length of a tag \[bytes\].
pub const TAG_LEN: usize = 16;

/// Longest plaintext of one AES-GCM message \[bytes\]: 2^39 - 256 bits.
///
/// # Source
/// NIST SP 800-38D (2007), section 5.2.1.1.
pub const GCM_LEN_MAX: u64 = (1 << 36) - 32;

const REMEDY: &str = "use the chunked format, or several objects";

/// A key that is ready for use.
pub(crate) struct Gcm(LessSafeKey);

impl Gcm {
    pub(crate) fn new(key: &[u8; KEY_LEN]) -> Result<Gcm, Error> {
        let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| Error::System)?;
        Ok(Gcm(LessSafeKey::new(key)))
    }

    /// Seals in place and returns the tag.
    pub(crate) fn seal(
        &self,
        nonce: [u8; 12],
        aad: &[u8],
        in_out: &mut [u8],
    ) -> Result<[u8; TAG_LEN], Error> {
        within(
            "bytes of one message",
            in_out.len() as u64,
            GCM_LEN_MAX,
            REMEDY,
        )?;
        let mut tag = [0; TAG_LEN];
        self.0
            .seal_in_place_scatter(nonce_of(nonce), Aad::from(aad), in_out, &[], &mut tag)
            .map_err(|_| Error::System)?;
        Ok(tag)
    }

    /// Seals `plain` into `sealed`, which is longer by the tag.
    pub(crate) fn seal_into(
        &self,
        nonce: [u8; 12],
        aad: &[u8],
        plain: &[u8],
        sealed: &mut [u8],
    ) -> Result<(), Error> {
        within(
            "bytes of one message",
            plain.len() as u64,
            GCM_LEN_MAX,
            REMEDY,
        )?;
        let (body, tag) = sealed.split_at_mut(plain.len());
        self.0
            .seal_out_of_place_scatter(nonce_of(nonce), Aad::from(aad), plain, body, &[], tag)
            .map_err(|_| Error::System)
    }

    /// Opens in place; on failure nothing of the plaintext stays in the buffer.
    pub(crate) fn open(
        &self,
        nonce: [u8; 12],
        aad: &[u8],
        tag: &[u8; TAG_LEN],
        in_out: &mut [u8],
    ) -> Result<(), Error> {
        self.0
            .open_in_place_separate_tag(nonce_of(nonce), Aad::from(aad), tag, in_out)
            .map(|_| ())
            .map_err(|_| {
                in_out.fill(0);
                Error::Refused
            })
    }

    /// Opens `sealed`, tag at its end, into `plain`; on failure `plain` is all zeros.
    pub(crate) fn open_into(
        &self,
        nonce: [u8; 12],
        aad: &[u8],
        sealed: &[u8],
        plain: &mut [u8],
    ) -> Result<(), Error> {
        let (body, tag) = sealed.split_last_chunk::<TAG_LEN>().ok_or(Error::Refused)?;
        self.0
            .open_separate_gather(nonce_of(nonce), Aad::from(aad), body, tag, plain)
            .map_err(|_| {
                plain.fill(0);
                Error::Refused
            })
    }

    /// Opens a body with its tag at the end, and shortens it to the plaintext.
    pub(crate) fn open_vec(
        &self,
        nonce: [u8; 12],
        aad: &[u8],
        body: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let (text, tag) = body
            .split_last_chunk_mut::<TAG_LEN>()
            .ok_or(Error::Refused)?;
        self.open(nonce, aad, tag, text)?;
        body.truncate(body.len() - TAG_LEN);
        Ok(())
    }
}

fn nonce_of(bytes: [u8; 12]) -> Nonce {
    Nonce::assume_unique_for_key(bytes)
}

/// A nonce that holds a number: unique as long as the number is.
pub(crate) fn counted(number: u64) -> [u8; 12] {
    let mut nonce = [0; 12];
    nonce[4..].copy_from_slice(&number.to_be_bytes());
    nonce
}
