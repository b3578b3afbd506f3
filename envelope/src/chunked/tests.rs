use super::*;
use proptest::prelude::*;
use std::io::{Read, Write};

const LEN: ChunkLen = ChunkLen::Kib64;
const CHUNK: usize = 1 << 16;
const SEALED: usize = CHUNK + TAG_LEN;

fn key(byte: u8) -> DataKey {
    DataKey::new(&[byte; 32])
}

fn context() -> EncryptionContext {
    EncryptionContext::new().with("bucket", "b")
}

/// Bytes that differ from chunk to chunk.
fn plain(len: usize) -> Vec<u8> {
    (0..len)
        .map(|at| u8::try_from((at + at / CHUNK) % 251).unwrap())
        .collect()
}

fn seal(plain: &[u8]) -> Vec<u8> {
    let mut sealed = Vec::new();
    seal_stream(plain, &mut sealed, &key(1), &context(), LEN).unwrap();
    sealed
}

/// Both ways to read must agree; says what came out, or of which kind the error was.
fn open(
    sealed: &[u8],
    key: &DataKey,
    context: &EncryptionContext,
) -> Result<Vec<u8>, io::ErrorKind> {
    let mut streamed = Vec::new();
    let result = open_stream(sealed, &mut streamed, key, context);
    let mut read = Vec::new();
    let reader = ChunkReader::new(sealed, key, context);
    let by_reader = reader.and_then(|mut reader| reader.read_to_end(&mut read));
    assert_eq!(result.is_ok(), by_reader.is_ok());
    assert_eq!(streamed, read);
    result.map(|_| streamed).map_err(|error| error.kind())
}

fn refused(sealed: &[u8]) -> bool {
    open(sealed, &key(1), &context()) == Err(io::ErrorKind::InvalidData)
}

// Goal: objects of every length around the borders of chunks come back, whoever seals them.
// Method: seal by stream and by writer in odd pieces; the lengths of both are as documented.
#[test]
fn lengths_around_chunk_borders_round_trip() {
    for len in [
        0,
        1,
        15,
        CHUNK - 1,
        CHUNK,
        CHUNK + 1,
        2 * CHUNK,
        2 * CHUNK + 7,
    ] {
        let plain = plain(len);
        let sealed = seal(&plain);
        let chunks = len.div_ceil(CHUNK).max(1);
        assert_eq!(sealed.len(), CHUNKED_HEADER_LEN + len + chunks * TAG_LEN);
        assert_eq!(open(&sealed, &key(1), &context()).as_ref(), Ok(&plain));

        let mut writer = ChunkWriter::new(Vec::new(), &key(1), &context(), LEN).unwrap();
        for piece in plain.chunks(CHUNK / 3 + 1) {
            writer.write_all(piece).unwrap();
        }
        writer.flush().unwrap();
        let written = writer.finish().unwrap();
        assert_eq!(written.len(), sealed.len());
        assert_eq!(open(&written, &key(1), &context()), Ok(plain));
    }
}

// Goal: every chunk length works, and says itself how long it is.
// Method: an object of a chunk and a byte for each.
#[test]
fn every_chunk_length_round_trips() {
    for len in ChunkLen::ALL {
        let plain = plain(len.bytes() + 1);
        let mut sealed = Vec::new();
        seal_stream(&plain[..], &mut sealed, &key(1), &context(), len).unwrap();
        assert_eq!(sealed.len(), CHUNKED_HEADER_LEN + plain.len() + 2 * TAG_LEN);
        assert_eq!(open(&sealed, &key(1), &context()), Ok(plain));
    }
}

// Goal: a truncated object is refused, above all where a chunk ends.
// Method: cut an object of three chunks at, before and after every border, and in the middle.
#[test]
fn truncation_is_caught_at_every_border() {
    let sealed = seal(&plain(2 * CHUNK + 100));
    let borders = [0, 1, 2].map(|chunk| CHUNKED_HEADER_LEN + chunk * SEALED);
    for border in borders.into_iter().chain([sealed.len()]) {
        for cut in [
            border - 17,
            border - 16,
            border - 1,
            border,
            border + 1,
            border + 16,
        ] {
            if cut < sealed.len() {
                assert!(refused(&sealed[..cut]), "cut at {cut}");
            }
        }
    }
    assert!(refused(&sealed[..CHUNKED_HEADER_LEN + SEALED + SEALED / 2]));
}

// Goal: chunks cannot be reordered, repeated, dropped, or taken from another object.
// Method: put an object of three whole chunks together wrongly.
#[test]
fn reordering_is_caught() {
    let sealed = seal(&plain(3 * CHUNK));
    let other = seal(&plain(3 * CHUNK));
    let (header, body) = sealed.split_at(CHUNKED_HEADER_LEN);
    let chunk = |n: usize| &body[n * SEALED..(n + 1) * SEALED];
    let foreign = &other[CHUNKED_HEADER_LEN..CHUNKED_HEADER_LEN + SEALED];
    let build = |chunks: &[&[u8]]| [&[header], chunks].concat().concat();
    assert!(open(&build(&[chunk(0), chunk(1), chunk(2)]), &key(1), &context()).is_ok());
    assert!(refused(&build(&[chunk(1), chunk(0), chunk(2)])));
    assert!(refused(&build(&[chunk(0), chunk(0), chunk(2)])));
    assert!(refused(&build(&[chunk(0), chunk(2)])));
    assert!(refused(&build(&[chunk(0), chunk(1)])));
    assert!(refused(&build(&[chunk(0), chunk(1), chunk(2), chunk(2)])));
    assert!(refused(&build(&[foreign, chunk(1), chunk(2)])));
}

// Goal: an object cannot be extended, even by an empty chunk or by what looks like its end.
// Method: append bytes of several lengths.
#[test]
fn extension_is_caught() {
    for len in [0, 100, CHUNK] {
        let sealed = seal(&plain(len));
        for more in [1, 16, SEALED] {
            assert!(refused(&[&sealed[..], &vec![0; more]].concat()));
        }
    }
}

// Goal: a wrong key, context or commitment opens nothing, and all look the same.
// Method: one of them wrong at a time; flip every byte of the header.
#[test]
fn wrong_key_context_and_header_are_refused_alike() {
    let sealed = seal(&plain(100));
    assert_eq!(
        open(&sealed, &key(2), &context()),
        Err(io::ErrorKind::InvalidData)
    );
    let other = EncryptionContext::new().with("bucket", "c");
    assert_eq!(
        open(&sealed, &key(1), &other),
        Err(io::ErrorKind::InvalidData)
    );
    for at in 0..CHUNKED_HEADER_LEN {
        let mut broken = sealed.clone();
        broken[at] ^= 1;
        assert!(refused(&broken), "byte {at} of the header");
    }
}

// Goal: nothing of a chunk leaves before it is authenticated, and a broken reader stays broken.
// Method: break the second chunk; read on after the error.
#[test]
fn a_broken_chunk_gives_only_what_stood_before_it() {
    let plain = plain(3 * CHUNK);
    let mut sealed = seal(&plain);
    sealed[CHUNKED_HEADER_LEN + SEALED + 5] ^= 0x80;
    let mut out = Vec::new();
    assert!(open_stream(&sealed[..], &mut out, &key(1), &context()).is_err());
    assert_eq!(out, plain[..CHUNK]);

    let mut reader = ChunkReader::new(&sealed[..], &key(1), &context()).unwrap();
    reader.read_exact(&mut vec![0; CHUNK]).unwrap();
    for _ in 0..2 {
        let error = reader.read(&mut [0; 8]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }
}

// Goal: what was not finished is not an object.
// Method: drop a writer after one chunk and a bit.
#[test]
fn an_unfinished_object_is_refused() {
    let mut sealed = Vec::new();
    let mut writer = ChunkWriter::new(&mut sealed, &key(1), &context(), LEN).unwrap();
    writer.write_all(&plain(CHUNK + 10)).unwrap();
    drop(writer);
    assert!(refused(&sealed));
}

// Goal: after a failed write nothing more is sealed, or a chunk would be missing in the middle.
// Method: a sink that fails once.
#[test]
fn a_writer_that_failed_stays_failed() {
    struct FailsOnce(usize);
    impl Write for FailsOnce {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += 1;
            if self.0 == 2 {
                Err(io::ErrorKind::StorageFull.into())
            } else {
                Ok(bytes.len())
            }
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut writer = ChunkWriter::new(FailsOnce(0), &key(1), &context(), LEN).unwrap();
    let error = writer.write_all(&plain(2 * CHUNK)).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    assert!(writer.write_all(b"more").is_err());
    assert!(writer.finish().is_err());
}

// Goal: no nonce comes twice within an object, and the limit of chunks is held.
// Method: numbers at the start and at the end of their range, as last chunk and not.
#[test]
fn nonces_are_unique_up_to_the_limit() {
    let (mut chunks, _) = Chunks::fresh(&key(1), &context(), LEN).unwrap();
    assert_eq!(chunks.nonce(false).unwrap(), [0; 12]);
    assert_eq!(
        chunks.nonce(true).unwrap(),
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]
    );
    chunks.next = u64::from(u32::MAX);
    assert_eq!(
        chunks.nonce(false).unwrap(),
        [0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 0]
    );
    let error = chunks.nonce(true).unwrap_err();
    assert_eq!(
        error.to_string(),
        "chunks of one object: 4294967297 exceeds the limit of 4294967296; \
         use longer chunks, or several objects"
    );
    assert_eq!(into_io(error).kind(), io::ErrorKind::FileTooLarge);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    // Goal: any object comes back through any sizes of pieces.
    // Method: arbitrary lengths of object, writes and reads.
    #[test]
    fn pieces_do_not_matter(len in 0..3 * CHUNK, write in 1..2 * CHUNK, read in 1..2 * CHUNK) {
        let plain = plain(len);
        let mut writer = ChunkWriter::new(Vec::new(), &key(1), &context(), LEN).unwrap();
        for piece in plain.chunks(write) {
            writer.write_all(piece).unwrap();
        }
        let sealed = writer.finish().unwrap();
        let mut reader = ChunkReader::new(&sealed[..], &key(1), &context()).unwrap();
        let (mut back, mut room) = (Vec::new(), vec![0; read]);
        loop {
            match reader.read(&mut room).unwrap() {
                0 => break,
                given => back.extend_from_slice(&room[..given]),
            }
        }
        prop_assert!(back == plain);
    }

    // Goal: any flipped bit is caught.
    // Method: flip one anywhere in an object of two chunks.
    #[test]
    fn any_flipped_bit_is_caught(at in 0..CHUNKED_HEADER_LEN + 2 * SEALED, bit in 0_u8..8) {
        let mut sealed = seal(&plain(2 * CHUNK));
        sealed[at] ^= 1_u8 << bit;
        prop_assert!(refused(&sealed));
    }

    // Goal: no bytes make the reader panic, or pass for an object.
    // Method: arbitrary bytes, with and without a header that looks right.
    #[test]
    fn any_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(refused(&bytes));
        prop_assert!(refused(&[&MAGIC[..], &[16], &bytes].concat()));
    }
}
