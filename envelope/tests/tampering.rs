//! Whatever is done to what was sealed, it does not open: as properties, from outside.
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use keystorm_envelope::client::{
    AesGcmKey, Client, ClientError, ClientObject, Format, Metadata, Wrapping,
};
use keystorm_envelope::{
    DataKey, EncryptionContext, Error, HEADER_LEN, KeyWrapKey, MasterKey, Opener, Seal, Sealer,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

const REFUSED: ClientError = ClientError::Key(Error::Refused);

fn context() -> EncryptionContext {
    EncryptionContext::new().with("team", "data")
}

fn formats() -> impl Strategy<Value = Format> {
    select(vec![Format::V2, Format::V3])
}

/// A client under one of two kinds of wrapping keys, with the secret `byte`.
fn with_client<T>(kms: bool, byte: u8, use_it: impl FnOnce(&Client<'_>) -> T) -> T {
    let secret = DataKey::new(&[byte; 32]);
    if kms {
        let master = MasterKey::new(secret).expect("the system is sound");
        use_it(&Client::new(Wrapping::Kms(&master)).accepting_v2())
    } else {
        let key = AesGcmKey::new(&secret).expect("the system is sound");
        use_it(&Client::new(Wrapping::AesGcm(&key)).accepting_v2())
    }
}

/// Every part of the metadata that holds bytes.
const BYTES: [&str; 5] = ["x-amz-key-v2", "x-amz-iv", "x-amz-3", "x-amz-d", "x-amz-i"];

fn flip(metadata: &mut Metadata, name: &str, at: Index, bit: u8) {
    let value = metadata.get_mut(name).expect("the part is there");
    let mut bytes = STANDARD.decode(&*value).expect("it was sealed here");
    let at = at.index(bytes.len());
    bytes[at] ^= 1_u8 << bit;
    *value = STANDARD.encode(bytes);
}

proptest! {
    // Goal: no bit of a client's object can be flipped, wherever it is and whoever wraps the key.
    // Method: any object; one bit of the ciphertext or tag, and one of each part that holds bytes.
    #[test]
    fn any_flipped_bit_of_a_client_object_is_refused(
        plain in vec(any::<u8>(), 0..300),
        (format, kms) in (formats(), any::<bool>()),
        (at, bit) in (any::<Index>(), 0_u8..8),
    ) {
        with_client(kms, 1, |client| {
            let object = client.seal(format, &context(), plain.clone()).unwrap();
            let mut broken = object.clone();
            let at_body = at.index(broken.body.len());
            broken.body[at_body] ^= 1_u8 << bit;
            prop_assert_eq!(client.open(&context(), broken), Err(REFUSED));
            for name in BYTES.into_iter().filter(|name| object.metadata.contains_key(*name)) {
                let mut broken = object.clone();
                flip(&mut broken.metadata, name, at, bit);
                prop_assert_eq!(client.open(&context(), broken), Err(REFUSED), "{}", name);
            }
            prop_assert_eq!(client.open(&context(), object), Ok(plain));
            Ok(())
        })?;
    }

    // Goal: a client's object is cut or extended nowhere, and no two can be mixed.
    // Method: any two objects of one key and context; any cut; each part of the one in the other.
    #[test]
    fn cut_extended_and_mixed_client_objects_are_refused(
        plains in (vec(any::<u8>(), 0..300), vec(any::<u8>(), 0..300)),
        (format, kms) in (formats(), any::<bool>()),
        (cut, more) in (any::<Index>(), vec(any::<u8>(), 1..40)),
    ) {
        with_client(kms, 1, |client| {
            let one = client.seal(format, &context(), plains.0).unwrap();
            let two = client.seal(format, &context(), plains.1).unwrap();
            let body = |body: &[u8]| ClientObject {
                body: body.to_vec(),
                metadata: one.metadata.clone(),
            };
            let open = |object| client.open(&context(), object);
            let end = cut.index(one.body.len());
            prop_assert_eq!(open(body(&one.body[..end])), Err(REFUSED));
            prop_assert_eq!(open(body(&one.body[end + 1..])), Err(REFUSED));
            prop_assert_eq!(open(body(&[&one.body[..], &more].concat())), Err(REFUSED));
            prop_assert_eq!(open(body(&two.body)), Err(REFUSED));
            for name in BYTES {
                let Some(part) = two.metadata.get(name) else { continue };
                let mut mixed = one.clone();
                mixed.metadata.insert(name.to_owned(), part.clone());
                prop_assert_eq!(open(mixed), Err(REFUSED), "{}", name);
            }
            Ok(())
        })?;
    }

    // Goal: another key or another context opens nothing.
    // Method: any other secret; any other pair of texts in plain ASCII, also beside the right one.
    #[test]
    fn another_key_or_context_is_refused(
        (format, kms) in (formats(), any::<bool>()),
        byte in 2_u8..,
        (name, value) in ("[ -~]{0,8}", "[ -~]{0,8}"),
    ) {
        prop_assume!((&*name, &*value) != ("team", "data"));
        let object = with_client(kms, 1, |client| {
            let object = client.seal(format, &context(), b"plain".to_vec()).unwrap();
            for other in [EncryptionContext::new(), context()] {
                let other = other.with(&*name, &*value);
                prop_assert_eq!(client.open(&other, object.clone()), Err(REFUSED));
            }
            Ok(object)
        })?;
        with_client(kms, byte, |stranger| {
            prop_assert_eq!(stranger.open(&context(), object), Err(REFUSED));
            Ok(())
        })?;
    }

    // Goal: a whole object opens under its own header, number, tag, data and bytes only, and
    // nothing stays in the buffer otherwise.
    // Method: any object; one bit of one of them at a time.
    #[test]
    fn any_flipped_bit_of_a_whole_object_is_refused(
        plain in vec(any::<u8>(), 1..300),
        aad in vec(any::<u8>(), 1..40),
        (at, bit) in (any::<Index>(), 0_u8..8),
    ) {
        let flipped = |bytes: &[u8]| {
            let mut bytes = bytes.to_vec();
            let at = at.index(bytes.len());
            bytes[at] ^= 1_u8 << bit;
            bytes
        };
        let key = DataKey::generate().unwrap();
        let mut sealer = Sealer::new(&key, &context()).unwrap();
        let mut sealed = plain.clone();
        let seal = sealer.seal_in_place(&aad, &mut sealed).unwrap();
        let opener = Opener::new(&key, &context(), &sealer.header()).unwrap();
        let open = |aad: &[u8], seal: Seal, sealed: &[u8]| {
            let mut bytes = sealed.to_vec();
            (opener.open_in_place(aad, seal, &mut bytes), bytes)
        };
        let nothing = (Err(Error::Refused), vec![0; plain.len()]);
        let tag = flipped(&seal.tag).try_into().unwrap();
        let number = seal.number ^ (1_u64 << bit);
        prop_assert_eq!(&open(&aad, seal, &flipped(&sealed)), &nothing);
        prop_assert_eq!(&open(&flipped(&aad), seal, &sealed), &nothing);
        prop_assert_eq!(&open(&aad, Seal { tag, ..seal }, &sealed), &nothing);
        prop_assert_eq!(&open(&aad, Seal { number, ..seal }, &sealed), &nothing);
        prop_assert_eq!(open(&aad, seal, &sealed), (Ok(()), plain));

        let header: [u8; HEADER_LEN] = flipped(&sealer.header()).try_into().unwrap();
        prop_assert!(Opener::new(&key, &context(), &header).is_err());
    }

    // Goal: no bytes pass for a wrapped key or a header, and none make a parser panic.
    // Method: arbitrary bytes of arbitrary length, and of the right ones.
    #[test]
    fn any_bytes_are_no_wrapped_key(
        bytes in prop_oneof![vec(any::<u8>(), 0..200), vec(any::<u8>(), 40), vec(any::<u8>(), 89)],
        version_fits: bool,
        header in vec(any::<u8>(), HEADER_LEN),
    ) {
        let mut bytes = bytes;
        if let (true, Some(version)) = (version_fits, bytes.first_mut()) {
            *version = 1;
        }
        let master = MasterKey::new(DataKey::new(&[1; 32])).unwrap();
        prop_assert_eq!(master.unwrap(&bytes, &context()), Err(Error::Refused));
        let kek = KeyWrapKey::new(DataKey::new(&[1; 32]));
        prop_assert_eq!(kek.unwrap(&bytes), Err(Error::Refused));
        let header: [u8; HEADER_LEN] = header.try_into().unwrap();
        prop_assert!(Opener::new(&DataKey::new(&[1; 32]), &context(), &header).is_err());
    }

    // Goal: a wrapped key opens unchanged only, by either wrap.
    // Method: any key; any one bit.
    #[test]
    fn any_flipped_bit_of_a_wrapped_key_is_refused(
        secret: [u8; 32],
        at: Index,
        bit in 0_u8..8,
    ) {
        let key = DataKey::new(&secret);
        let master = MasterKey::new(DataKey::new(&[1; 32])).unwrap();
        let kek = KeyWrapKey::new(DataKey::new(&[1; 32]));
        let mut wrapped = master.wrap(&key, &context()).unwrap();
        let mut wrapped_by_kek = kek.wrap(&key).unwrap();
        prop_assert!(master.unwrap(&wrapped, &context()).is_ok_and(|back| back == key));
        prop_assert!(kek.unwrap(&wrapped_by_kek).is_ok_and(|back| back == key));
        let (one, other) = (at.index(wrapped.len()), at.index(wrapped_by_kek.len()));
        wrapped[one] ^= 1_u8 << bit;
        wrapped_by_kek[other] ^= 1_u8 << bit;
        prop_assert_eq!(master.unwrap(&wrapped, &context()), Err(Error::Refused));
        prop_assert_eq!(kek.unwrap(&wrapped_by_kek), Err(Error::Refused));
    }
}
