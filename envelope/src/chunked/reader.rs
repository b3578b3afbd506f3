use super::writer::{blank, fill};
use super::{CHUNKED_HEADER_LEN, Chunks, TAG_LEN, into_io};
use crate::context::EncryptionContext;
use crate::error::Error;
use crate::key::DataKey;
use std::fmt;
use std::io::{self, Read, Write};
use zeroize::Zeroizing;

/// Opens what a [`ChunkWriter`](super::ChunkWriter) wrote, chunk by chunk.
///
/// Holds two chunks at most. Every byte it gives is authentic; that it was all is certain once
/// `read` returned 0. A broken object is an error of kind `InvalidData`, now and ever after.
pub struct ChunkReader<R: Read> {
    from: R,
    chunks: Chunks,
    chunk: Zeroizing<Vec<u8>>,
    ahead: Zeroizing<Vec<u8>>,
    /// How much of `ahead` is filled \[bytes\].
    next: usize,
    /// What of `chunk` is opened and not yet given.
    ready: std::ops::Range<usize>,
    state: State,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum State {
    More,
    AtLast,
    Broken,
}

impl<R: Read> ChunkReader<R> {
    /// Reads the header and the first chunk.
    ///
    /// # Errors
    /// What reading gives; kind `InvalidData` unless the object was sealed under `key` and
    /// `context`.
    pub fn new(
        mut from: R,
        key: &DataKey,
        context: &EncryptionContext,
    ) -> io::Result<ChunkReader<R>> {
        let chunks = start(&mut from, key, context)?;
        let room = chunks.len.bytes() + TAG_LEN;
        let mut ahead = blank(room);
        let next = fill(&mut from, &mut ahead)?;
        let chunk = blank(room);
        Ok(ChunkReader {
            from,
            chunks,
            chunk,
            ahead,
            next,
            ready: 0..0,
            state: State::More,
        })
    }

    fn advance(&mut self) -> io::Result<()> {
        self.state = State::Broken;
        std::mem::swap(&mut self.chunk, &mut self.ahead);
        let sealed = self.next;
        let whole = sealed == self.chunk.len();
        self.next = if whole {
            fill(&mut self.from, &mut self.ahead)?
        } else {
            0
        };
        let last = self.next == 0;
        let plain = self
            .chunks
            .open(last, &mut self.chunk[..sealed])
            .map_err(into_io)?;
        self.ready = 0..plain.len();
        self.state = if last { State::AtLast } else { State::More };
        Ok(())
    }
}

impl<R: Read> Read for ChunkReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        while self.ready.is_empty() {
            match self.state {
                State::More => self.advance()?,
                State::AtLast => return Ok(0),
                State::Broken => return Err(into_io(Error::Refused)),
            }
        }
        let given = out.len().min(self.ready.len());
        let start = self.ready.start;
        out[..given].copy_from_slice(&self.chunk[start..start + given]);
        self.ready.start += given;
        Ok(given)
    }
}

impl<R: Read> fmt::Debug for ChunkReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChunkReader")
            .field("chunks", &self.chunks.next)
            .finish_non_exhaustive()
    }
}

/// Opens everything that `from` gives into `to`, through one buffer of two chunks, and returns the
/// length of the plaintext \[bytes\]. Returning `Ok` says that it was all.
///
/// # Errors
/// What reading and writing give; kind `InvalidData` unless the object is whole and was sealed
/// under `key` and `context`. What was written before an error is authentic, but not all.
pub fn open_stream(
    mut from: impl Read,
    mut to: impl Write,
    key: &DataKey,
    context: &EncryptionContext,
) -> io::Result<u64> {
    let mut chunks = start(&mut from, key, context)?;
    let room = chunks.len.bytes() + TAG_LEN;
    let (mut chunk, mut ahead) = (blank(room), blank(room));
    let mut filled = fill(&mut from, &mut chunk)?;
    let mut total = 0;
    loop {
        let next = if filled < room {
            0
        } else {
            fill(&mut from, &mut ahead)?
        };
        let last = next == 0;
        let plain = chunks.open(last, &mut chunk[..filled]).map_err(into_io)?;
        to.write_all(plain)?;
        total += plain.len() as u64;
        if last {
            to.flush()?;
            return Ok(total);
        }
        std::mem::swap(&mut chunk, &mut ahead);
        filled = next;
    }
}

/// Reads the header and sets up the key.
fn start(from: &mut impl Read, key: &DataKey, context: &EncryptionContext) -> io::Result<Chunks> {
    let mut header = [0; CHUNKED_HEADER_LEN];
    if fill(from, &mut header)? < header.len() {
        return Err(into_io(Error::Refused));
    }
    Chunks::stored(key, context, &header).map_err(into_io)
}
