use super::{ChunkLen, Chunks, TAG_LEN, into_io};
use crate::context::EncryptionContext;
use crate::key::DataKey;
use std::fmt;
use std::io::{self, Read, Write};
use zeroize::Zeroizing;

/// Seals what is written to it, chunk by chunk, and writes it on.
///
/// Holds two chunks at most. [`ChunkWriter::finish`] writes the last chunk; what was not finished
/// has none, and no reader accepts it.
pub struct ChunkWriter<W: Write> {
    to: W,
    chunks: Chunks,
    /// Plaintext that waits for more: a full chunk may turn out to be the last.
    waiting: Zeroizing<Vec<u8>>,
    sealed: Vec<u8>,
    /// After an error nothing more is sealed: the object on the other side is broken.
    broken: bool,
}

impl<W: Write> ChunkWriter<W> {
    /// Starts an object under `key`; `context` must be given again to open it.
    ///
    /// # Errors
    /// What writing to `to` gives; the system's generator may fail.
    pub fn new(
        mut to: W,
        key: &DataKey,
        context: &EncryptionContext,
        len: ChunkLen,
    ) -> io::Result<ChunkWriter<W>> {
        let (chunks, header) = Chunks::fresh(key, context, len).map_err(into_io)?;
        to.write_all(&header)?;
        let waiting = Zeroizing::new(Vec::with_capacity(len.bytes()));
        let sealed = vec![0; len.bytes() + TAG_LEN];
        Ok(ChunkWriter {
            to,
            chunks,
            waiting,
            sealed,
            broken: false,
        })
    }

    /// Seals and writes the last chunk, flushes, and gives back what was written to.
    ///
    /// # Errors
    /// What writing gives; after an error of an earlier write, that there was one.
    pub fn finish(mut self) -> io::Result<W> {
        self.check()?;
        let waiting = std::mem::take(&mut self.waiting);
        self.seal(true, &waiting)?;
        self.to.flush()?;
        Ok(self.to)
    }

    fn seal(&mut self, last: bool, plain: &[u8]) -> io::Result<()> {
        self.broken = true;
        let sealed = &mut self.sealed[..plain.len() + TAG_LEN];
        self.chunks
            .seal_into(last, plain, sealed)
            .map_err(into_io)?;
        self.to.write_all(sealed)?;
        self.broken = false;
        Ok(())
    }

    fn check(&self) -> io::Result<()> {
        if self.broken {
            return Err(io::Error::other(
                "an earlier chunk could not be written: start again",
            ));
        }
        Ok(())
    }
}

impl<W: Write> Write for ChunkWriter<W> {
    fn write(&mut self, plain: &[u8]) -> io::Result<usize> {
        self.check()?;
        let len = self.chunks.len.bytes();
        if plain.is_empty() {
            return Ok(0);
        }
        if self.waiting.len() == len {
            let mut waiting = std::mem::take(&mut self.waiting);
            let result = self.seal(false, &waiting);
            waiting.clear();
            self.waiting = waiting;
            result?;
        }
        // A whole chunk with more behind it needs no copy.
        if self.waiting.is_empty() && plain.len() > len {
            self.seal(false, &plain[..len])?;
            return Ok(len);
        }
        let taken = plain.len().min(len - self.waiting.len());
        self.waiting.extend_from_slice(&plain[..taken]);
        Ok(taken)
    }

    /// Flushes what was written to; chunks that are not full stay here until
    /// [`ChunkWriter::finish`].
    fn flush(&mut self) -> io::Result<()> {
        self.check()?;
        self.to.flush()
    }
}

impl<W: Write> fmt::Debug for ChunkWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChunkWriter")
            .field("chunks", &self.chunks.next)
            .finish_non_exhaustive()
    }
}

/// Seals everything that `from` gives into `to`, through one buffer of two chunks, and returns the
/// length of the plaintext \[bytes\].
///
/// # Errors
/// What reading and writing give, and the limit of 2^32 chunks (kind `FileTooLarge`).
pub fn seal_stream(
    mut from: impl Read,
    mut to: impl Write,
    key: &DataKey,
    context: &EncryptionContext,
    len: ChunkLen,
) -> io::Result<u64> {
    let (mut chunks, header) = Chunks::fresh(key, context, len).map_err(into_io)?;
    to.write_all(&header)?;
    let room = len.bytes() + TAG_LEN;
    let (mut chunk, mut ahead) = (blank(room), blank(room));
    let mut filled = fill(&mut from, &mut chunk[..len.bytes()])?;
    let mut total = 0;
    loop {
        let next = if filled < len.bytes() {
            0
        } else {
            fill(&mut from, &mut ahead[..filled])?
        };
        let last = next == 0;
        let sealed = &mut chunk[..filled + TAG_LEN];
        chunks.seal_in_place(last, sealed).map_err(into_io)?;
        to.write_all(sealed)?;
        total += filled as u64;
        if last {
            to.flush()?;
            return Ok(total);
        }
        std::mem::swap(&mut chunk, &mut ahead);
        filled = next;
    }
}

/// Reads until `room` is full or the source ends, and returns how much it holds \[bytes\].
pub(super) fn fill(from: &mut impl Read, room: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < room.len() {
        match from.read(&mut room[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// A buffer for plaintext: erased on drop.
pub(super) fn blank(len: usize) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(vec![0; len])
}
