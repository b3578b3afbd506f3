//! Chunked objects that are cut, extended, put together anew and flipped.
//!
//! Whatever is done to one: it gives what was sealed, or an error after some of its first bytes;
//! and both ways of reading agree.
#![no_main]
use keystorm_envelope::chunked::{
    CHUNKED_HEADER_LEN, ChunkLen, ChunkReader, open_stream, seal_stream,
};
use keystorm_envelope::{DataKey, EncryptionContext, TAG_LEN};
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use std::io::Read;
use std::sync::LazyLock;

const CHUNK: usize = 1 << 16;
const SEALED: usize = CHUNK + TAG_LEN;

#[derive(Arbitrary, Debug)]
enum Edit<'a> {
    Flip(u32, u8),
    Truncate(u32),
    Extend(&'a [u8]),
    /// Copies a chunk over another one.
    Copy(u8, u8),
    Swap(u8, u8),
    /// Drops a chunk.
    Drop(u8),
    Header(&'a [u8]),
}

#[derive(Arbitrary, Debug)]
enum Input<'a> {
    Edited(Vec<Edit<'a>>),
    /// Bytes that nobody sealed.
    Any(&'a [u8]),
}

static KEY: LazyLock<DataKey> = LazyLock::new(|| DataKey::new(&[5; 32]));
static CONTEXT: LazyLock<EncryptionContext> =
    LazyLock::new(|| EncryptionContext::new().with("bucket", "b"));
static PLAIN: LazyLock<Vec<u8>> =
    LazyLock::new(|| (0..=250).cycle().take(2 * CHUNK + 100).collect());
static OBJECT: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut sealed = Vec::new();
    seal_stream(&PLAIN[..], &mut sealed, &KEY, &CONTEXT, ChunkLen::Kib64)
        .expect("the system is sound");
    sealed
});

/// Where a whole chunk stands.
fn chunk(at: u8, object: &[u8]) -> Option<std::ops::Range<usize>> {
    let start = CHUNKED_HEADER_LEN + usize::from(at % 3) * SEALED;
    (start + SEALED <= object.len()).then_some(start..start + SEALED)
}

fn apply(edit: &Edit<'_>, object: &mut Vec<u8>) {
    match edit {
        Edit::Flip(at, mask) => {
            let len = object.len().max(1);
            if let Some(byte) = object.get_mut(*at as usize % len) {
                *byte ^= mask;
            }
        }
        Edit::Truncate(len) => object.truncate(*len as usize % (OBJECT.len() + 1)),
        Edit::Extend(bytes) => object.extend_from_slice(bytes),
        Edit::Copy(from, to) => {
            if let (Some(from), Some(to)) = (chunk(*from, object), chunk(*to, object)) {
                object.copy_within(from, to.start);
            }
        }
        Edit::Swap(one, two) => {
            if let (Some(one), Some(two)) = (chunk(*one, object), chunk(*two, object)) {
                let first = object[one.clone()].to_vec();
                object.copy_within(two.clone(), one.start);
                object[two].copy_from_slice(&first);
            }
        }
        Edit::Drop(at) => {
            if let Some(range) = chunk(*at, object) {
                object.drain(range);
            }
        }
        Edit::Header(bytes) => {
            let len = bytes.len().min(object.len()).min(CHUNKED_HEADER_LEN);
            object[..len].copy_from_slice(&bytes[..len]);
        }
    }
}

fuzz_target!(|input: Input<'_>| {
    let object = match &input {
        Input::Edited(edits) => {
            let mut object = OBJECT.clone();
            edits.iter().for_each(|edit| apply(edit, &mut object));
            object
        }
        Input::Any(bytes) => bytes.to_vec(),
    };
    let mut streamed = Vec::new();
    let result = open_stream(&object[..], &mut streamed, &KEY, &CONTEXT);
    assert_eq!(result.is_ok(), object == *OBJECT);
    assert!(PLAIN.starts_with(&streamed));
    if let Ok(len) = result {
        assert_eq!(len, PLAIN.len() as u64);
        assert_eq!(streamed, *PLAIN);
    }
    let mut read = Vec::new();
    let by_reader = ChunkReader::new(&object[..], &KEY, &CONTEXT)
        .and_then(|mut reader| reader.read_to_end(&mut read));
    assert_eq!(by_reader.is_ok(), object == *OBJECT);
    assert_eq!(read, streamed);
});
