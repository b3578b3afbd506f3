//! Objects of the S3 Encryption Client with parts that are put in place of the right ones.
//!
//! Whatever is changed, added or left out: an object opens to what was sealed, or not at all; and
//! a range never panics.
#![no_main]
use keystorm_envelope::client::{Client, ClientObject, Format, Wrapping};
use keystorm_envelope::{DataKey, EncryptionContext, MasterKey};
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

const PLAIN: &[u8] = b"some plain text of more than two blocks";

#[derive(Arbitrary, Debug)]
enum Edit<'a> {
    /// Puts a text under one of the names that are there.
    Put(u8, &'a str),
    /// Puts a text under any name.
    Add(&'a str, &'a str),
    Remove(u8),
    /// Takes a part from the object in the other format.
    Take(u8),
    FlipBody(u16, u8),
    TruncateBody(u16),
    ExtendBody(&'a [u8]),
    /// Moves parts into an instruction file, and back from this one instead, if there is one.
    Instruction(Option<&'a [u8]>),
}

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    v3: bool,
    edits: Vec<Edit<'a>>,
    offset: u64,
    len: u8,
}

static MASTER: LazyLock<MasterKey> =
    LazyLock::new(|| MasterKey::new(DataKey::new(&[3; 32])).expect("the system is sound"));

static SEALED: LazyLock<[ClientObject; 2]> = LazyLock::new(|| {
    [Format::V2, Format::V3].map(|format| {
        let sealed = client().seal(format, &context(), PLAIN.to_vec());
        sealed.expect("the system is sound")
    })
});

fn client() -> Client<'static> {
    Client::new(Wrapping::Kms(&*MASTER)).accepting_v2()
}

fn context() -> EncryptionContext {
    EncryptionContext::new().with("team", "data")
}

/// The edited object, if its instruction file can be read.
fn edited(input: &Input<'_>) -> Option<ClientObject> {
    let mut object = SEALED[usize::from(input.v3)].clone();
    let other = &SEALED[usize::from(!input.v3)];
    for edit in &input.edits {
        let count = object.metadata.len();
        let name = |at: u8| {
            object
                .metadata
                .keys()
                .nth(usize::from(at) % count.max(1))
                .cloned()
        };
        match edit {
            Edit::Put(at, text) => {
                if let Some(name) = name(*at) {
                    object.metadata.insert(name, (*text).to_owned());
                }
            }
            Edit::Add(name, text) => {
                object
                    .metadata
                    .insert((*name).to_owned(), (*text).to_owned());
            }
            Edit::Remove(at) => {
                if let Some(name) = name(*at) {
                    object.metadata.remove(&name);
                }
            }
            Edit::Take(at) => {
                let at = usize::from(*at) % other.metadata.len();
                let part = other.metadata.iter().nth(at).expect("at is in range");
                object.metadata.insert(part.0.clone(), part.1.clone());
            }
            Edit::FlipBody(at, mask) => {
                let len = object.body.len().max(1);
                if let Some(byte) = object.body.get_mut(usize::from(*at) % len) {
                    *byte ^= mask;
                }
            }
            Edit::TruncateBody(len) => object.body.truncate(usize::from(*len)),
            Edit::ExtendBody(bytes) => object.body.extend_from_slice(bytes),
            Edit::Instruction(file) => {
                let (rest, ours) = object.with_instruction_file();
                let _ = rest.needs_instruction_file();
                object = rest
                    .merge_instruction_file(file.unwrap_or(ours.as_bytes()))
                    .ok()?;
            }
        }
    }
    Some(object)
}

fuzz_target!(|input: Input<'_>| {
    let Some(object) = edited(&input) else {
        return;
    };
    let mut range = vec![0; usize::from(input.len)];
    let len = object.body.len() as u64;
    let _ = client().open_range(&context(), &object.metadata, len, input.offset, &mut range);
    let is_whole = object.body == SEALED[usize::from(input.v3)].body;
    if let Ok(plain) = client().open(&context(), object) {
        assert_eq!(plain, PLAIN);
        assert!(is_whole);
    } else {
        assert!(!input.edits.is_empty());
    }
});
