//! Wrapped keys, contexts, headers of SSE-C and of sealers: any bytes and texts.
#![no_main]
use keystorm_envelope::ssec::{header_values, key_of_headers};
use keystorm_envelope::{
    Checksum, DataKey, EncryptionContext, HEADER_LEN, KeyWrapKey, MasterKey, Opener,
};
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

#[derive(Arbitrary, Debug)]
enum Input<'a> {
    /// Bytes in place of a wrapped key.
    Wrapped(&'a [u8]),
    /// Masks over a wrapped key: which byte, and what is flipped there.
    Flipped(Vec<(u8, u8)>),
    Context(&'a str),
    Headers(Option<&'a str>, Option<&'a str>, Option<&'a str>),
    /// A key in headers, and the text in place of its MD5.
    Md5([u8; 32], &'a str),
    Header([u8; HEADER_LEN]),
    /// Bytes, and where they are cut.
    Sum(&'a [u8], u16),
}

static MASTER: LazyLock<MasterKey> =
    LazyLock::new(|| MasterKey::new(DataKey::new(&[3; 32])).expect("the system is sound"));
static KEK: LazyLock<KeyWrapKey> = LazyLock::new(|| KeyWrapKey::new(DataKey::new(&[4; 32])));

fn flip(bytes: &[u8], masks: &[(u8, u8)]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for (at, mask) in masks {
        let at = usize::from(*at) % bytes.len();
        bytes[at] ^= mask;
    }
    bytes
}

fuzz_target!(|input: Input<'_>| {
    let (key, context) = (
        DataKey::new(&[9; 32]),
        EncryptionContext::new().with("a", "b"),
    );
    match input {
        Input::Wrapped(bytes) => {
            // libFuzzer learns true wrappings from the comparisons below.
            if let Ok(unwrapped) = MASTER.unwrap(bytes, &context) {
                assert!(unwrapped == key);
            }
            if let Ok(key) = KEK.unwrap(bytes) {
                assert_eq!(KEK.wrap(&key).expect("the system is sound"), bytes);
            }
            assert_eq!(DataKey::from_slice(bytes).is_ok(), bytes.len() == 32);
        }
        Input::Flipped(masks) => {
            let wrapped = MASTER.wrap(&key, &context).expect("the system is sound");
            let flipped = flip(&wrapped, &masks);
            assert_eq!(
                MASTER.unwrap(&flipped, &context).is_ok(),
                flipped == wrapped
            );
            let wrapped = KEK.wrap(&key).expect("the system is sound");
            let flipped = flip(&wrapped, &masks);
            assert_eq!(KEK.unwrap(&flipped).is_ok(), flipped == wrapped);
        }
        Input::Context(text) => {
            if let Ok(context) = EncryptionContext::from_json(text) {
                assert_eq!(
                    EncryptionContext::from_json(&context.to_json()),
                    Ok(context)
                );
            }
        }
        Input::Headers(algorithm, key, md5) => {
            if let Ok(read) = key_of_headers(algorithm, key, md5) {
                let values = header_values(&read);
                assert_eq!((Some(&**values.key), Some(&*values.key_md5)), (key, md5));
            }
        }
        Input::Md5(bytes, md5) => {
            let values = header_values(&DataKey::new(&bytes));
            let read = key_of_headers(Some(values.algorithm), Some(&values.key), Some(md5));
            assert_eq!(read.is_ok(), md5 == values.key_md5);
        }
        Input::Header(header) => assert!(Opener::new(&key, &context, &header).is_err()),
        Input::Sum(bytes, at) => {
            let (first, second) = bytes.split_at(usize::from(at).min(bytes.len()));
            for checksum in Checksum::ALL {
                let mut sum = checksum.start();
                sum.update(first);
                sum.update(second);
                assert_eq!(sum.finish(), checksum.of(bytes));
            }
        }
    }
});
