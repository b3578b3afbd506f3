//! The chunked format: objects of any length through bounded memory.
//!
//! ```text
//! magic "KSC1" (4) | log2 of the chunk length (1) | salt (32) | key commitment (32)
//! chunk 0: ciphertext (chunk length), tag (16)
//! ...
//! last chunk: ciphertext (0 to chunk length), tag (16)
//! ```
//! The key in use follows from data key, salt, chunk length and encryption context. A chunk's nonce
//! is seven zero bytes, its number (32 bits, big-endian) and 1 for the last chunk, 0 for others: a
//! truncated, extended or reordered object has a chunk whose number or flag is not the one that it
//! was sealed with. The last chunk is empty only if the object is.
//!
//! No plaintext leaves before its chunk is authenticated. What leaves before the last chunk was
//! read is authentic but may not be all: only a reader that reached the end, or an
//! [`open_stream`] that returned, says so.
mod reader;
mod writer;

use crate::commit::{Committed, HEADER_LEN, Header};
use crate::context::EncryptionContext;
use crate::error::Error;
use crate::gcm::{Gcm, TAG_LEN};
use crate::key::DataKey;
use std::io;

pub use reader::{ChunkReader, open_stream};
pub use writer::{ChunkWriter, seal_stream};

const LABEL: &[u8] = b"keystorm chunks 1";
const MAGIC: [u8; 4] = *b"KSC1";
/// Length of what stands before the first chunk \[bytes\].
pub const CHUNKED_HEADER_LEN: usize = MAGIC.len() + 1 + HEADER_LEN;

/// Length of the chunks of plaintext.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum ChunkLen {
    /// 64 KiB.
    Kib64,
    /// 128 KiB.
    Kib128,
    /// 256 KiB.
    Kib256,
    /// 512 KiB.
    Kib512,
    /// 1 MiB.
    Mib1,
}

impl ChunkLen {
    /// All lengths, from short to long.
    pub const ALL: [ChunkLen; 5] = [
        ChunkLen::Kib64,
        ChunkLen::Kib128,
        ChunkLen::Kib256,
        ChunkLen::Kib512,
        ChunkLen::Mib1,
    ];

    /// In bytes.
    #[must_use]
    pub fn bytes(self) -> usize {
        1 << self.log2()
    }

    /// Longest plaintext \[bytes\]: 2^32 chunks.
    #[must_use]
    pub fn object_len_max(self) -> u64 {
        (self.bytes() as u64) << 32
    }

    fn log2(self) -> u8 {
        match self {
            ChunkLen::Kib64 => 16,
            ChunkLen::Kib128 => 17,
            ChunkLen::Kib256 => 18,
            ChunkLen::Kib512 => 19,
            ChunkLen::Mib1 => 20,
        }
    }

    fn of_log2(log2: u8) -> Option<ChunkLen> {
        ChunkLen::ALL.into_iter().find(|len| len.log2() == log2)
    }
}

/// Key and number of the next chunk; the last chunk ends it.
struct Chunks {
    key: Gcm,
    len: ChunkLen,
    next: u64,
}

impl Chunks {
    /// A fresh object: its chunks, and the bytes that stand before them.
    fn fresh(
        key: &DataKey,
        context: &EncryptionContext,
        len: ChunkLen,
    ) -> Result<(Chunks, [u8; CHUNKED_HEADER_LEN]), Error> {
        let committed = Committed::fresh(key, LABEL, &bound(len, context))?;
        let mut header = [0; CHUNKED_HEADER_LEN];
        header[..4].copy_from_slice(&MAGIC);
        header[4] = len.log2();
        header[5..].copy_from_slice(&committed.header.to_bytes());
        Ok((
            Chunks {
                key: committed.key,
                len,
                next: 0,
            },
            header,
        ))
    }

    /// The chunks of the object with this header.
    fn stored(
        key: &DataKey,
        context: &EncryptionContext,
        header: &[u8; CHUNKED_HEADER_LEN],
    ) -> Result<Chunks, Error> {
        let (magic, rest) = header.split_first_chunk::<4>().expect("a header holds all");
        let (log2, rest) = rest.split_first().expect("a header holds all");
        let committed = rest.first_chunk().expect("a header holds all");
        let len = ChunkLen::of_log2(*log2)
            .filter(|_| *magic == MAGIC)
            .ok_or(Error::Refused)?;
        let header = Header::from_bytes(committed);
        let committed = Committed::check(key, LABEL, &bound(len, context), header)?;
        Ok(Chunks {
            key: committed.key,
            len,
            next: 0,
        })
    }

    fn nonce(&mut self, last: bool) -> Result<[u8; 12], Error> {
        let number = u32::try_from(self.next).map_err(|_| Error::Limit {
            what: "chunks of one object",
            value: self.next + 1,
            max: 1 << 32,
            remedy: "use longer chunks, or several objects",
        })?;
        self.next += 1;
        let mut nonce = [0; 12];
        nonce[7..11].copy_from_slice(&number.to_be_bytes());
        nonce[11] = u8::from(last);
        Ok(nonce)
    }

    /// Seals `plain` into `sealed`, which is longer by the tag.
    fn seal_into(&mut self, last: bool, plain: &[u8], sealed: &mut [u8]) -> Result<(), Error> {
        let nonce = self.nonce(last)?;
        self.key.seal_into(nonce, &[], plain, sealed)
    }

    /// Seals the first bytes of `in_out` in place; the last bytes take the tag.
    fn seal_in_place(&mut self, last: bool, in_out: &mut [u8]) -> Result<(), Error> {
        let nonce = self.nonce(last)?;
        let (plain, tag) = in_out
            .split_last_chunk_mut::<TAG_LEN>()
            .ok_or(Error::System)?;
        *tag = self.key.seal(nonce, &[], plain)?;
        Ok(())
    }

    /// Opens a chunk in place and returns its plaintext.
    fn open<'a>(&mut self, last: bool, sealed: &'a mut [u8]) -> Result<&'a [u8], Error> {
        let first = self.next == 0;
        let nonce = self.nonce(last)?;
        let (text, tag) = sealed
            .split_last_chunk_mut::<TAG_LEN>()
            .ok_or(Error::Refused)?;
        if text.is_empty() && !first {
            return Err(Error::Refused);
        }
        self.key.open(nonce, &[], tag, text)?;
        Ok(text)
    }
}

fn bound(len: ChunkLen, context: &EncryptionContext) -> Vec<u8> {
    let mut bound = vec![len.log2()];
    bound.extend(context.canonical());
    bound
}

/// Our error as one of a stream; [`Error::Refused`] is of kind `InvalidData`.
fn into_io(error: Error) -> io::Error {
    let kind = match error {
        Error::Refused => io::ErrorKind::InvalidData,
        Error::Limit { .. } => io::ErrorKind::FileTooLarge,
        Error::System => io::ErrorKind::Other,
    };
    io::Error::new(kind, error)
}

#[cfg(test)]
mod tests;
