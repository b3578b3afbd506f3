//! Sealing and opening by size, in place, with the key ready.
use super::{Effort, median, ratio};
use aes_gcm::aead::{AeadInOut, KeyInit};
use keystorm_envelope::{DataKey, EncryptionContext, Opener, Seal, Sealer};
use std::error::Error;
use std::io::Write;
use std::process::Command;
use std::time::{Duration, Instant};

const KEY: [u8; 32] = [7; 32];
const TAG: usize = 16;
/// Bytes of all buffers that one turn seals: as many as stay in a cache of the core's own.
const TURN: usize = 256 << 10;
const SIZES: [usize; 8] = [
    64,
    1 << 10,
    16 << 10,
    64 << 10,
    256 << 10,
    1 << 20,
    16 << 20,
    64 << 20,
];

/// Seals and opens buffers in place; the last 16 bytes of each take the tag.
trait Cipher {
    fn name(&self) -> &'static str;
    fn seal(&mut self, buffers: &mut [Vec<u8>]);
    /// Opens what the last call of `seal` sealed.
    fn open(&mut self, buffers: &mut [Vec<u8>]);
}

struct Ours {
    sealer: Sealer,
    opener: Opener,
    /// Number of the first seal of the last call.
    first: u64,
    next: u64,
}

fn split(buffer: &mut [u8]) -> (&mut [u8], &mut [u8; TAG]) {
    buffer
        .split_last_chunk_mut()
        .expect("there is room for a tag")
}

impl Cipher for Ours {
    fn name(&self) -> &'static str {
        "keystorm"
    }

    fn seal(&mut self, buffers: &mut [Vec<u8>]) {
        self.first = self.next;
        for buffer in buffers {
            let (text, tag) = split(buffer);
            let seal = self.sealer.seal_in_place(&[], text).expect("it seals");
            *tag = seal.tag;
            self.next = seal.number + 1;
        }
    }

    fn open(&mut self, buffers: &mut [Vec<u8>]) {
        for (number, buffer) in (self.first..).zip(buffers) {
            let (text, tag) = split(buffer);
            let seal = Seal { number, tag: *tag };
            self.opener
                .open_in_place(&[], seal, text)
                .expect("it opens");
        }
    }
}

/// A nonce that holds a number.
fn nonce(number: u64) -> [u8; 12] {
    let mut nonce = [0; 12];
    nonce[4..].copy_from_slice(&number.to_be_bytes());
    nonce
}

/// `aws-lc-rs` and `ring` have the same interface.
macro_rules! bare {
    ($type:ident, $library:ident, $name:literal) => {
        struct $type {
            key: $library::aead::LessSafeKey,
            first: u64,
            next: u64,
        }

        impl $type {
            fn new() -> $type {
                let key = $library::aead::UnboundKey::new(&$library::aead::AES_256_GCM, &KEY);
                let key = $library::aead::LessSafeKey::new(key.expect("the length is right"));
                $type {
                    key,
                    first: 0,
                    next: 0,
                }
            }
        }

        impl Cipher for $type {
            fn name(&self) -> &'static str {
                $name
            }

            fn seal(&mut self, buffers: &mut [Vec<u8>]) {
                use $library::aead::{Aad, Nonce};
                self.first = self.next;
                for buffer in buffers {
                    let (text, room) = split(buffer);
                    let nonce = Nonce::assume_unique_for_key(nonce(self.next));
                    let tag = self
                        .key
                        .seal_in_place_separate_tag(nonce, Aad::empty(), text);
                    room.copy_from_slice(tag.expect("it seals").as_ref());
                    self.next += 1;
                }
            }

            fn open(&mut self, buffers: &mut [Vec<u8>]) {
                use $library::aead::{Aad, Nonce};
                for (number, buffer) in (self.first..).zip(buffers) {
                    let nonce = Nonce::assume_unique_for_key(nonce(number));
                    let opened = self.key.open_in_place(nonce, Aad::empty(), buffer);
                    opened.expect("it opens");
                }
            }
        }
    };
}

bare!(AwsLc, aws_lc_rs, "aws-lc-rs");
bare!(Ring, ring, "ring");

struct RustCrypto {
    key: aes_gcm::Aes256Gcm,
    first: u64,
    next: u64,
}

impl Cipher for RustCrypto {
    fn name(&self) -> &'static str {
        "aes-gcm"
    }

    fn seal(&mut self, buffers: &mut [Vec<u8>]) {
        self.first = self.next;
        for buffer in buffers {
            let (text, room) = split(buffer);
            let nonce = nonce(self.next).into();
            let tag = self.key.encrypt_inout_detached(&nonce, &[], text.into());
            *room = tag.expect("it seals").into();
            self.next += 1;
        }
    }

    fn open(&mut self, buffers: &mut [Vec<u8>]) {
        for (number, buffer) in (self.first..).zip(buffers) {
            let (text, tag) = split(buffer);
            let (nonce, tag) = (nonce(number).into(), (*tag).into());
            let opened = self
                .key
                .decrypt_inout_detached(&nonce, &[], text.into(), &tag);
            opened.expect("it opens");
        }
    }
}

fn all() -> Result<Vec<Box<dyn Cipher>>, keystorm_envelope::Error> {
    let (key, context) = (DataKey::new(&KEY), EncryptionContext::new());
    let sealer = Sealer::new(&key, &context)?;
    let opener = Opener::new(&key, &context, &sealer.header())?;
    let ours = Ours {
        sealer,
        opener,
        first: 0,
        next: 0,
    };
    let rust_crypto = RustCrypto {
        key: aes_gcm::Aes256Gcm::new(&KEY.into()),
        first: 0,
        next: 0,
    };
    Ok(vec![
        Box::new(ours),
        Box::new(AwsLc::new()),
        Box::new(Ring::new()),
        Box::new(rust_crypto),
    ])
}

/// Nanoseconds per object of one cipher, by turn.
#[derive(Default)]
struct Times {
    seal: Vec<f64>,
    open: Vec<f64>,
}

fn turns(size: usize, effort: Effort) -> Result<Vec<(&'static str, Times)>, Box<dyn Error>> {
    let mut ciphers = all()?;
    let mut times: Vec<_> = ciphers
        .iter()
        .map(|it| (it.name(), Times::default()))
        .collect();
    let count = (TURN / size).clamp(1, 1_000);
    let plain: Vec<u8> = (0..=250).cycle().take(size).collect();
    let mut buffers = vec![[&plain[..], &[0; TAG]].concat(); count];
    let least = if effort == Effort::Full { 9 } else { 1 };
    let until =
        Instant::now() + Duration::from_millis(if effort == Effort::Full { 900 } else { 0 });
    while times[0].1.seal.len() < least || Instant::now() < until {
        for (cipher, (name, times)) in ciphers.iter_mut().zip(&mut times) {
            let start = Instant::now();
            cipher.seal(&mut buffers);
            let sealed = Instant::now();
            cipher.open(&mut buffers);
            let opened = Instant::now();
            let per_object = |time: Duration| time.as_secs_f64() * 1e9 / count as f64;
            times.seal.push(per_object(sealed - start));
            times.open.push(per_object(opened - sealed));
            if buffers.iter().any(|buffer| buffer[..size] != plain) {
                return Err(format!("{name} did not give back what it sealed").into());
            }
        }
    }
    Ok(times)
}

/// GB/s of `openssl speed`, which seals with 13 bytes of authenticated data; nothing without it.
fn openssl(size: usize, decrypt: bool) -> Option<f64> {
    let bytes = size.to_string();
    let mut command = Command::new("openssl");
    command.args([
        "speed",
        "-mr",
        "-seconds",
        "1",
        "-aead",
        "-evp",
        "aes-256-gcm",
        "-bytes",
        &bytes,
    ]);
    if decrypt {
        command.arg("-decrypt");
    }
    let answer = command
        .output()
        .ok()
        .filter(|answer| answer.status.success())?;
    let answer = String::from_utf8_lossy(&answer.stdout).into_owned();
    let rate = answer
        .lines()
        .find(|line| line.starts_with("+F:"))?
        .rsplit(':')
        .next()?;
    Some(rate.trim().parse::<f64>().ok()? / 1e9)
}

pub(crate) fn compare(effort: Effort, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    writeln!(
        out,
        "\nAES-256-GCM in place, key ready [GB/s]; ratio: our rate to aws-lc-rs'\n"
    )?;
    writeln!(
        out,
        "{:>12} {:>9} {:>9} {:>9} {:>9} {:>9} {:>7}",
        "bytes", "keystorm", "aws-lc-rs", "ring", "aes-gcm", "openssl", "ratio"
    )?;
    let sizes = if effort == Effort::Full {
        &SIZES[..]
    } else {
        &SIZES[..3]
    };
    for &size in sizes {
        let times = turns(size, effort)?;
        for (way, of) in [
            ("seal", (|times| &times.seal) as fn(&Times) -> &Vec<f64>),
            ("open", |times| &times.open),
        ] {
            write!(out, "{way} {size:>7}")?;
            for (_, times) in &times {
                write!(out, " {:>9.3}", size as f64 / median(of(times)))?;
            }
            match openssl(size, way == "open").filter(|_| effort == Effort::Full) {
                Some(rate) => write!(out, " {rate:>9.3}")?,
                None => write!(out, " {:>9}", "not run")?,
            }
            writeln!(out, " {:>7.3}", ratio(of(&times[1].1), of(&times[0].1)))?;
        }
    }
    Ok(())
}
