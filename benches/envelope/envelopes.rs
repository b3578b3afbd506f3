//! What an envelope adds to a bare seal: a fresh data key, its wrap, its set-up.
use super::{Effort, median};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use keystorm_envelope::client::{Client, Format, Wrapping};
use keystorm_envelope::{DataKey, EncryptionContext, KeyService, KeyWrapKey, MasterKey};
use std::error::Error;
use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

/// Bytes of the object.
const SIZE: usize = 1 << 10;

type Work<'a> = Box<dyn FnMut() -> Result<(), Box<dyn Error>> + 'a>;

/// A seal with a key that is ready.
fn bare(key: &LessSafeKey, number: &mut u64, text: &mut [u8]) -> Result<(), Box<dyn Error>> {
    let mut nonce = [0; 12];
    nonce[4..].copy_from_slice(&number.to_be_bytes());
    *number += 1;
    let nonce = Nonce::assume_unique_for_key(nonce);
    let tag = key
        .seal_in_place_separate_tag(nonce, Aad::empty(), text)
        .map_err(|_| "it did not seal")?;
    let _ = black_box(tag);
    Ok(())
}

pub(crate) fn compare(effort: Effort, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let (turns, calls) = if effort == Effort::Full {
        (400, 200)
    } else {
        (1, 1)
    };
    let ready = |secret: &[u8; 32]| -> Result<LessSafeKey, Box<dyn Error>> {
        let key = UnboundKey::new(&AES_256_GCM, secret).map_err(|_| "no such key")?;
        Ok(LessSafeKey::new(key))
    };
    let key = ready(&[7; 32])?;
    let (data, context) = (
        DataKey::generate()?,
        EncryptionContext::new().with("team", "data"),
    );
    let (master, kek) = (
        MasterKey::generate()?,
        KeyWrapKey::new(DataKey::generate()?),
    );
    let client = Client::new(Wrapping::Kms(&master));
    let mut numbers = [0; 4];
    let [n0, n1, n2, n3] = &mut numbers;
    let mut texts = vec![vec![1_u8; SIZE]; 4];
    let [t0, t1, t2, t3] = &mut texts[..] else {
        unreachable!("four texts")
    };
    let room = vec![1_u8; SIZE + 16];
    let mut works: Vec<(&str, Work)> = vec![
        ("bare seal, key ready", Box::new(|| bare(&key, n0, t0))),
        (
            "seal, key set up",
            Box::new(|| bare(&ready(data.expose())?, n1, t1)),
        ),
        (
            "GCM wrap, seal",
            Box::new(|| {
                black_box(master.wrap(&data, &context)?);
                bare(&key, n2, t2)
            }),
        ),
        (
            "AES-KW wrap, seal",
            Box::new(|| {
                black_box(kek.wrap(&data)?);
                bare(&key, n3, t3)
            }),
        ),
        (
            "data key, GCM wrap",
            Box::new(|| {
                black_box(master.generate_data_key(&context)?);
                Ok(())
            }),
        ),
        (
            "V2 object, GCM wrap",
            Box::new(|| {
                let mut plain = Vec::with_capacity(room.len());
                plain.extend_from_slice(&room[..SIZE]);
                black_box(client.seal(Format::V2, &context, plain)?);
                Ok(())
            }),
        ),
        (
            "V3 object, GCM wrap",
            Box::new(|| {
                let mut plain = Vec::with_capacity(room.len());
                plain.extend_from_slice(&room[..SIZE]);
                black_box(client.seal(Format::V3, &context, plain)?);
                Ok(())
            }),
        ),
    ];
    let times = take_turns(&mut works, turns, calls)?;
    writeln!(
        out,
        "\nenvelope of an object of {SIZE} bytes [us]; more: than the bare seal\n"
    )?;
    writeln!(out, "{:<22} {:>8} {:>8}", "", "whole", "more")?;
    for ((name, _), own) in works.iter().zip(&times) {
        let more: Vec<f64> = own
            .iter()
            .zip(&times[0])
            .map(|(a, bare)| a - bare)
            .collect();
        writeln!(
            out,
            "{name:<22} {:>8.3} {:>8.3}",
            median(own),
            median(&more)
        )?;
    }
    Ok(())
}

/// Microseconds per call of each work, by turn.
fn take_turns(
    works: &mut [(&str, Work<'_>)],
    turns: u32,
    calls: u32,
) -> Result<Vec<Vec<f64>>, Box<dyn Error>> {
    let mut times = vec![Vec::new(); works.len()];
    for _ in 0..turns {
        for ((_, work), times) in works.iter_mut().zip(&mut times) {
            let start = Instant::now();
            for _ in 0..calls {
                work()?;
            }
            times.push(start.elapsed().as_secs_f64() * 1e6 / f64::from(calls));
        }
    }
    Ok(times)
}
