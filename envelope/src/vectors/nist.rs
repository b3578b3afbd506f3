//! NIST's vectors (CAVP), as the Python package `cryptography-vectors` ships them.
//!
//! They are too large to be kept here: `scripts/judges.sh` fetches them and runs these tests, with
//! their folder in `CRYPTOGRAPHY_VECTORS`. Every vector is run or refused, and both are counted, so
//! that none is left out unnoticed.
use super::{hex, key};
use crate::checksum::Checksum;
use crate::error::Error;
use crate::gcm::Gcm;
use crate::key::DataKey;
use crate::master::KeyWrapKey;
use std::collections::BTreeMap;
use std::path::Path;

/// Names and values of one vector, those of its section included; `FAIL` has no value.
type Case = BTreeMap<String, String>;

fn cases(file: &str) -> Vec<Case> {
    let folder = std::env::var("CRYPTOGRAPHY_VECTORS").expect("set by scripts/judges.sh");
    let text = std::fs::read_to_string(Path::new(&folder).join(file)).unwrap();
    let (mut cases, mut section, mut case) = (Vec::new(), Case::new(), Case::new());
    let pair = |line: &str| {
        let (name, value) = line.split_once('=').unwrap_or((line, ""));
        (name.trim().to_owned(), value.trim().to_owned())
    };
    for line in text
        .lines()
        .chain([""])
        .filter(|line| !line.starts_with('#'))
    {
        if let Some(line) = line
            .strip_prefix('[')
            .and_then(|line| line.strip_suffix(']'))
        {
            section.extend([pair(line)]);
        } else if !line.trim().is_empty() {
            case.extend([pair(line)]);
        } else if !case.is_empty() {
            let mut whole = section.clone();
            whole.append(&mut case);
            cases.push(whole);
        }
    }
    cases
}

#[derive(Debug, Default, PartialEq)]
struct GcmCount {
    run: usize,
    /// Keys of 128 and 192 bits: everything here is AES-256.
    key_len: usize,
    /// Nonces of other than 96 bits: no format has them, and long ones can collide.
    nonce_len: usize,
    /// Tags under 128 bits, which S3's clients do not write: never accepted.
    tag_len: usize,
}

/// Key and nonce, if such can be used.
fn usable(case: &Case, count: &mut GcmCount) -> Option<(Gcm, [u8; 12])> {
    let Ok(key) = DataKey::from_slice(&hex(&case["Key"])) else {
        count.key_len += 1;
        return None;
    };
    let Ok(nonce) = <[u8; 12]>::try_from(hex(&case["IV"])) else {
        count.nonce_len += 1;
        return None;
    };
    Some((Gcm::new(key.expose()).unwrap(), nonce))
}

// Goal: what is sealed is what NIST seals.
// Method: CAVP's gcmEncryptExtIV; where its tag is cut, ours begins with it.
#[test]
#[ignore = "needs NIST's vectors, which scripts/judges.sh fetches"]
fn gcm_seals_as_nist_does() {
    let mut count = GcmCount::default();
    for bits in [128, 192, 256] {
        for case in cases(&format!("ciphers/AES/GCM/gcmEncryptExtIV{bits}.rsp")) {
            let Some((gcm, nonce)) = usable(&case, &mut count) else {
                continue;
            };
            let mut text = hex(&case["PT"]);
            let tag = gcm.seal(nonce, &hex(&case["AAD"]), &mut text).unwrap();
            assert_eq!(text, hex(&case["CT"]), "{case:?}");
            assert!(tag.starts_with(&hex(&case["Tag"])), "{case:?}");
            count.run += 1;
        }
    }
    let expected = GcmCount {
        run: 2_625,
        key_len: 15_750,
        nonce_len: 5_250,
        tag_len: 0,
    };
    assert_eq!(count, expected);
}

// Goal: what NIST opens is opened, what it refuses is refused.
// Method: CAVP's gcmDecrypt.
#[test]
#[ignore = "needs NIST's vectors, which scripts/judges.sh fetches"]
fn gcm_opens_as_nist_does() {
    let (mut count, mut fail) = (GcmCount::default(), 0);
    for bits in [128, 192, 256] {
        for case in cases(&format!("ciphers/AES/GCM/gcmDecrypt{bits}.rsp")) {
            let Some((gcm, nonce)) = usable(&case, &mut count) else {
                continue;
            };
            let Ok(tag) = hex(&case["Tag"]).try_into() else {
                count.tag_len += 1;
                continue;
            };
            let mut text = hex(&case["CT"]);
            let opened = gcm.open(nonce, &hex(&case["AAD"]), &tag, &mut text);
            if case.contains_key("FAIL") {
                assert_eq!(opened, Err(Error::Refused), "{case:?}");
                fail += 1;
            } else {
                assert_eq!((opened, text), (Ok(()), hex(&case["PT"])), "{case:?}");
            }
            count.run += 1;
        }
    }
    let expected = GcmCount {
        run: 375,
        key_len: 15_750,
        nonce_len: 5_250,
        tag_len: 2_250,
    };
    assert_eq!((count, fail > 100), (expected, true));
}

// Goal: data keys are wrapped and unwrapped as NIST does.
// Method: CAVP's KW with a 256-bit key. What is wrapped there has 256 bits here, or is refused.
#[test]
#[ignore = "needs NIST's vectors, which scripts/judges.sh fetches"]
fn key_wrap_agrees_with_nist() {
    let (mut run, mut data_len) = (0, 0);
    for case in cases("keywrap/kwtestvectors/KW_AE_256.txt") {
        let kek = KeyWrapKey::new(key(&hex(&case["K"])));
        let Ok(data) = DataKey::from_slice(&hex(&case["P"])) else {
            data_len += 1;
            continue;
        };
        assert_eq!(kek.wrap(&data).unwrap()[..], hex(&case["C"]), "{case:?}");
        run += 1;
    }
    for case in cases("keywrap/kwtestvectors/KW_AD_256.txt") {
        let unwrapped = KeyWrapKey::new(key(&hex(&case["K"]))).unwrap(&hex(&case["C"]));
        let data = case.get("P").map(|data| DataKey::from_slice(&hex(data)));
        match data {
            Some(Ok(data)) => assert_eq!(unwrapped, Ok(data), "{case:?}"),
            _ => assert_eq!(unwrapped, Err(Error::Refused), "{case:?}"),
        }
        if hex(&case["C"]).len() == crate::KEY_WRAP_LEN {
            run += 1;
        } else {
            data_len += 1;
        }
    }
    assert_eq!((run, data_len), (200, 800));
}

// Goal: no other key wrap passes for AES-KW under a 256-bit key.
// Method: CAVP's vectors of shorter keys, of the inverse cipher, with padding, and of Triple DES.
#[test]
#[ignore = "needs NIST's vectors, which scripts/judges.sh fetches"]
fn other_key_wraps_are_refused() {
    let (mut key_len, mut function) = (0, 0);
    let aes = ["KW", "KWP"]
        .into_iter()
        .flat_map(|wrap| ["AD", "AE"].map(|way| format!("{wrap}_{way}")))
        .flat_map(|name| [128, 192, 256].map(|bits| format!("{name}_{bits}")));
    let names = aes.chain(["TKW_AD", "TKW_AE"].map(str::to_owned));
    for name in names.flat_map(|name| [format!("{name}_inv"), name]) {
        if matches!(&*name, "KW_AD_256" | "KW_AE_256") {
            continue;
        }
        for case in cases(&format!("keywrap/kwtestvectors/{name}.txt")) {
            let Ok(kek) = DataKey::from_slice(&hex(&case["K"])) else {
                key_len += 1;
                continue;
            };
            let unwrapped = KeyWrapKey::new(kek).unwrap(&hex(&case["C"]));
            assert_eq!(unwrapped, Err(Error::Refused), "{name}: {case:?}");
            function += 1;
        }
    }
    assert_eq!((key_len, function), (10_000, 3_000));
}

// Goal: the checksum is SHA-256, in one piece and in several.
// Method: CAVP's short and long messages, cut in three.
#[test]
#[ignore = "needs NIST's vectors, which scripts/judges.sh fetches"]
fn sha_256_agrees_with_nist() {
    let mut run = 0;
    for name in ["Short", "Long"] {
        for case in cases(&format!("hashes/SHA2/SHA256{name}Msg.rsp")) {
            let bits: usize = case["Len"].parse().unwrap();
            let text = &hex(&case["Msg"])[..bits / 8];
            let expected = hex(&case["MD"]);
            assert_eq!(Checksum::Sha256.of(text), expected, "{case:?}");
            let mut sum = Checksum::Sha256.start();
            text.chunks(text.len() / 3 + 1)
                .for_each(|piece| sum.update(piece));
            assert_eq!(sum.finish(), expected, "{case:?}");
            run += 1;
        }
    }
    assert_eq!(run, 129);
}
