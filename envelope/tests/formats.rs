//! Master keys, whole objects and the client's formats, from outside.
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use keystorm_envelope::client::{
    AesGcmKey, Client, ClientError, ClientObject, Format, MetadataError, Wrapping,
};
use keystorm_envelope::{
    DataKey, EncryptionContext, Error, KeyService, MasterKey, Opener, Sealer, TAG_LEN,
};
use proptest::prelude::*;

const FORMATS: [Format; 2] = [Format::V2, Format::V3];
const REFUSED: ClientError = ClientError::Key(Error::Refused);

fn context() -> EncryptionContext {
    EncryptionContext::new().with("team", "data")
}

fn client(master: &MasterKey) -> Client<'_> {
    Client::new(Wrapping::Kms(master)).accepting_v2()
}

fn seal(master: &MasterKey, format: Format) -> ClientObject {
    client(master)
        .seal(format, &context(), b"some plain text".to_vec())
        .expect("a short object under a fresh key is sealed")
}

// Goal: a data key comes back under its context only, from any handle of its master key only.
// Method: unwrap by the same handle, by another one of the same secret, and by a stranger.
#[test]
fn a_wrapped_key_opens_under_its_master_and_context_only() {
    let secret = DataKey::generate().unwrap();
    let master = MasterKey::new(DataKey::new(secret.expose())).unwrap();
    let again = MasterKey::new(secret).unwrap();
    let (key, wrapped) = master.generate_data_key(&context()).unwrap();
    assert_eq!(master.unwrap(&wrapped, &context()).as_ref(), Ok(&key));
    assert_eq!(again.unwrap(&wrapped, &context()), Ok(key));
    let stranger = MasterKey::generate().unwrap();
    assert_eq!(stranger.unwrap(&wrapped, &context()), Err(Error::Refused));
    assert_eq!(
        master.unwrap(&wrapped, &EncryptionContext::new()),
        Err(Error::Refused)
    );
    for at in 0..wrapped.len() {
        let mut broken = wrapped.clone();
        broken[at] ^= 1;
        assert_eq!(
            master.unwrap(&broken, &context()),
            Err(Error::Refused),
            "byte {at}"
        );
        assert_eq!(
            master.unwrap(&wrapped[..at], &context()),
            Err(Error::Refused)
        );
    }
}

// Goal: whole objects open with their own seal, data and header only.
// Method: two objects of one sealer; swap each part in turn; what failed is zeroed.
#[test]
fn an_object_opens_with_its_own_seal_only() {
    let key = DataKey::generate().unwrap();
    let mut sealer = Sealer::new(&key, &context()).unwrap();
    let (mut first, mut second) = (b"first!".to_vec(), b"second".to_vec());
    let seal = sealer.seal_in_place(b"a", &mut first).unwrap();
    let other = sealer.seal_in_place(b"a", &mut second).unwrap();
    assert_eq!((seal.number, other.number), (0, 1));

    let opener = Opener::new(&key, &context(), &sealer.header()).unwrap();
    for (aad, seal) in [(b"b", seal), (b"a", other)] {
        let mut bytes = first.clone();
        assert_eq!(
            opener.open_in_place(aad, seal, &mut bytes),
            Err(Error::Refused)
        );
        assert_eq!(bytes, [0; 6]);
    }
    opener.open_in_place(b"a", seal, &mut first).unwrap();
    assert_eq!(first, b"first!");

    let stranger = DataKey::generate().unwrap();
    assert!(Opener::new(&stranger, &context(), &sealer.header()).is_err());
    assert!(Opener::new(&key, &EncryptionContext::new(), &sealer.header()).is_err());
    let anew = Sealer::new(&key, &context()).unwrap();
    assert_ne!(anew.header(), sealer.header());
}

// Goal: metadata are those that AWS's clients write, and grow the object by the tag alone.
// Method: the names and the fixed values of both formats, with KMS.
#[test]
fn metadata_are_the_clients_own() {
    let master = MasterKey::generate().unwrap();
    let v2 = seal(&master, Format::V2);
    let names: Vec<_> = v2.metadata.keys().map(String::as_str).collect();
    let expected = [
        "x-amz-cek-alg",
        "x-amz-iv",
        "x-amz-key-v2",
        "x-amz-matdesc",
        "x-amz-tag-len",
        "x-amz-wrap-alg",
    ];
    assert_eq!(names, expected);
    assert_eq!(v2.metadata["x-amz-cek-alg"], "AES/GCM/NoPadding");
    assert_eq!(v2.metadata["x-amz-wrap-alg"], "kms+context");
    assert_eq!(v2.metadata["x-amz-tag-len"], "128");
    assert_eq!(
        v2.metadata["x-amz-matdesc"],
        r#"{"aws:x-amz-cek-alg":"AES/GCM/NoPadding","team":"data"}"#
    );
    let v3 = seal(&master, Format::V3);
    let names: Vec<_> = v3.metadata.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "x-amz-3", "x-amz-c", "x-amz-d", "x-amz-i", "x-amz-t", "x-amz-w"
        ]
    );
    assert_eq!(
        (&*v3.metadata["x-amz-c"], &*v3.metadata["x-amz-w"]),
        ("115", "12")
    );
    assert_eq!(
        v3.metadata["x-amz-t"],
        r#"{"aws:x-amz-cek-alg":"115","team":"data"}"#
    );
    assert_eq!(v3.body.len(), b"some plain text".len() + TAG_LEN);
}

// Goal: both formats come back whole, in ranges, and through an instruction file.
// Method: KMS and AES wraps; any range against the plain text.
#[test]
fn both_formats_come_back_whole_in_ranges_and_by_instruction_file() {
    let master = MasterKey::generate().unwrap();
    let raw = AesGcmKey::new(&DataKey::generate().unwrap()).unwrap();
    let plain: Vec<u8> = (0..100).collect();
    for wrapping in [Wrapping::Kms(&master), Wrapping::AesGcm(&raw)] {
        let client = Client::new(wrapping).accepting_v2();
        for format in FORMATS {
            let object = client.seal(format, &context(), plain.clone()).unwrap();
            let len = object.body.len() as u64;
            for (from, to) in [(0, 100), (0, 1), (5, 20), (16, 48), (33, 34), (99, 100)] {
                let mut bytes = object.body[from..to].to_vec();
                client
                    .open_range(&context(), &object.metadata, len, from as u64, &mut bytes)
                    .unwrap();
                assert_eq!(bytes, plain[from..to]);
            }
            let into_tag = client.open_range(&context(), &object.metadata, len, 90, &mut [0; 11]);
            assert!(matches!(
                into_tag,
                Err(ClientError::Key(Error::Limit { .. }))
            ));

            let (object, file) = object.with_instruction_file();
            assert!(object.needs_instruction_file());
            assert_eq!(
                object.metadata.len(),
                if format == Format::V3 { 3 } else { 0 }
            );
            let object = object.merge_instruction_file(file.as_bytes()).unwrap();
            assert_eq!(client.open(&context(), object).unwrap(), plain);
        }
    }
}

// Goal: a wrong key, context, commitment or body is refused, and all look the same.
// Method: one of them wrong at a time, in both formats.
#[test]
fn whatever_is_wrong_is_refused_alike() {
    let (master, stranger) = (
        MasterKey::generate().unwrap(),
        MasterKey::generate().unwrap(),
    );
    for format in FORMATS {
        let object = seal(&master, format);
        let open = |object: &ClientObject| client(&master).open(&context(), object.clone());
        assert!(open(&object).is_ok());
        assert_eq!(
            client(&stranger).open(&context(), object.clone()),
            Err(REFUSED)
        );
        let other = context().with("team", "other");
        assert_eq!(client(&master).open(&other, object.clone()), Err(REFUSED));
        for at in 0..object.body.len() {
            let mut broken = object.clone();
            broken.body[at] ^= 1;
            assert_eq!(open(&broken), Err(REFUSED), "byte {at} of the body");
            broken.body.truncate(at);
            assert_eq!(open(&broken), Err(REFUSED));
        }
        for name in ["x-amz-key-v2", "x-amz-iv", "x-amz-3", "x-amz-d", "x-amz-i"] {
            let mut broken = object.clone();
            let Some(value) = broken.metadata.get_mut(name) else {
                continue;
            };
            let mut bytes = STANDARD.decode(&*value).unwrap();
            bytes[5] ^= 0x10;
            *value = STANDARD.encode(bytes);
            assert_eq!(open(&broken), Err(REFUSED), "{name}");
        }
    }
}

// Goal: nobody turns one format into another, or slips parts in by an instruction file.
// Method: V2 without leave, parts of both formats, V1, CBC, RSA, foreign and doubled parts.
#[test]
fn downgrades_and_mixtures_are_named_and_refused() {
    let master = MasterKey::generate().unwrap();
    let (v2, v3) = (seal(&master, Format::V2), seal(&master, Format::V3));
    let strict = Client::new(Wrapping::Kms(&master));
    let open = |object: &ClientObject| client(&master).open(&context(), object.clone());
    assert_eq!(
        strict.open(&context(), v2.clone()),
        Err(ClientError::Metadata(MetadataError::NotCommitting))
    );
    let mixed = Err(ClientError::Metadata(MetadataError::Mixed));
    for name in ["x-amz-3", "x-amz-d", "x-amz-key"] {
        let mut object = v2.clone();
        object.metadata.insert(name.to_owned(), "AAAA".to_owned());
        assert_eq!(open(&object), mixed, "{name}");
    }
    for (object, name, value) in [
        (&v2, "x-amz-cek-alg", "AES/CBC/PKCS5Padding"),
        (&v2, "x-amz-tag-len", "96"),
        (&v2, "x-amz-wrap-alg", "kms"),
        (&v3, "x-amz-w", "22"),
        (&v3, "x-amz-c", "116"),
    ] {
        let mut object = object.clone();
        object.metadata.insert(name.to_owned(), value.to_owned());
        let error = open(&object).unwrap_err();
        assert!(matches!(
            error,
            ClientError::Metadata(MetadataError::Unsupported { .. })
        ));
    }
    let mut rsa = v3.clone();
    rsa.metadata.insert("x-amz-w".to_owned(), "22".to_owned());
    assert_eq!(
        open(&rsa).unwrap_err().to_string(),
        "`x-amz-w` is \"22\": no RSA keys are held here: data keys are unwrapped by KMS with a \
         context or by AES-GCM only; open it with AWS's client"
    );
    for file in ["[]", "{\"x-amz-3\": 1}", "{"] {
        let merged = v3
            .clone()
            .with_instruction_file()
            .0
            .merge_instruction_file(file.as_bytes());
        assert_eq!(merged, Err(MetadataError::Instruction));
    }
    let merged = v3.clone().merge_instruction_file(b"{\"x-amz-d\": \"\"}");
    assert!(matches!(
        merged,
        Err(MetadataError::InstructionForeign { .. })
    ));
    assert_eq!(
        v3.merge_instruction_file(b"{\"x-amz-3\": \"\"}"),
        Err(MetadataError::Mixed)
    );
}

// Goal: a context that would not survive, or is the client's own, is refused before anything.
// Method: a letter that is not ASCII, and the reserved key.
#[test]
fn a_context_that_cannot_be_kept_is_refused() {
    let master = MasterKey::generate().unwrap();
    for (key, value) in [("team", "dåta"), ("aws:x-amz-cek-alg", "115")] {
        let context = EncryptionContext::new().with(key, value);
        let sealed = client(&master).seal(Format::V3, &context, Vec::new());
        assert!(matches!(sealed, Err(ClientError::Metadata(_))));
    }
}

proptest! {
    // Goal: any object comes back, whatever its length.
    // Method: arbitrary bytes, both formats.
    #[test]
    fn any_object_round_trips(plain in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let master = MasterKey::generate().unwrap();
        for format in FORMATS {
            let object = client(&master).seal(format, &context(), plain.clone()).unwrap();
            prop_assert_eq!(&client(&master).open(&context(), object).unwrap(), &plain);
        }
    }

    // Goal: no metadata and no instruction file make a parser panic.
    // Method: put arbitrary text, and text of the right shape, in place of any part.
    #[test]
    fn any_metadata_are_read_or_refused(
        part in 0_usize..6,
        text in ".*",
        short in "[A-Za-z0-9+/]{0,12}={0,2}",
        file in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        let master = MasterKey::generate().unwrap();
        for format in FORMATS {
            let object = seal(&master, format);
            let name = object.metadata.keys().nth(part).unwrap().clone();
            for value in [&text, &short] {
                let mut object = object.clone();
                object.metadata.insert(name.clone(), value.clone());
                let _ = client(&master).open(&context(), object);
            }
            let _ = object.with_instruction_file().0.merge_instruction_file(&file);
        }
    }
}
