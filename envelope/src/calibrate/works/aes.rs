//! AES-256-GCM: sealing, opening, the library alone, the floor.
use super::SIZES;
use crate::calibrate::sampler::{Run, Work};
use crate::calibrate::{CalibrateError, FLOOR_LEN};
use crate::context::EncryptionContext;
use crate::gcm::{Gcm, TAG_LEN, counted};
use crate::key::DataKey;
use crate::object::{Opener, Sealer};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use keystorm_machine::Floor;
use std::cell::RefCell;
use std::hint::black_box;

/// Largest size that is opened into another buffer \[bytes\]; larger ones are opened in place.
///
/// What was opened must be sealed again before it can be opened again, outside of the time that
/// counts. Looking at the clock in between would cost more than opening something small.
const APART_MAX: usize = 64 << 10;

/// Sizes at which the library is measured without this crate \[bytes\].
const BARE_SIZES: [usize; 2] = [64, 1 << 20];

/// Sizes that are measured to see how far a line between its neighbours in [`SIZES`] is off.
const BETWEEN: [usize; 3] = [2 << 10, 32 << 10, 256 << 10];

/// Keys in use.
pub(super) struct Means {
    key: DataKey,
    sealer: RefCell<Sealer>,
    opener: Opener,
    gcm: Gcm,
    bare: LessSafeKey,
}

impl Means {
    pub(super) fn new() -> Result<Self, CalibrateError> {
        let key = DataKey::generate()?;
        let context = EncryptionContext::new();
        let sealer = Sealer::new(&key, &context)?;
        let bare = UnboundKey::new(&AES_256_GCM, key.expose())
            .map_err(|_| CalibrateError::from(crate::Error::System))?;
        Ok(Self {
            opener: Opener::new(&key, &context, &sealer.header())?,
            sealer: sealer.into(),
            gcm: Gcm::new(key.expose())?,
            bare: LessSafeKey::new(bare),
            key,
        })
    }

    pub(super) fn works<'w>(
        &'w self,
        room: &'w RefCell<Vec<u8>>,
        other: &'w RefCell<Vec<u8>>,
    ) -> Vec<Work<'w>> {
        let mut works: Vec<Work<'w>> = floor().into_iter().collect();
        let between = BETWEEN.map(|len| (len, "seal-between", "open-between"));
        let curve = SIZES.map(|len| (len, "seal", "open"));
        for (len, seal, open) in curve.into_iter().chain(between) {
            let bytes = Some(len as u64);
            works.push(Work::plain(seal, bytes, move || {
                let mut sealer = self.sealer.borrow_mut();
                black_box(sealer.seal_in_place(&[], &mut room.borrow_mut()[..len])?);
                Ok(())
            }));
            let run: Run<'w> = if len <= APART_MAX {
                self.open_apart(len, room, other)
            } else {
                self.open_in_place(len, room)
            };
            works.push(Work {
                name: open,
                bytes,
                run,
            });
        }
        for len in BARE_SIZES {
            works.push(self.bare(len, room));
        }
        works.push(Work::plain("key-setup", None, || {
            black_box(Gcm::new(black_box(self.key.expose()))?);
            Ok(())
        }));
        works
    }

    fn open_apart<'w>(
        &'w self,
        len: usize,
        room: &'w RefCell<Vec<u8>>,
        other: &'w RefCell<Vec<u8>>,
    ) -> Run<'w> {
        Box::new(move |times, timer| {
            let (mut plain, mut sealed) = (room.borrow_mut(), other.borrow_mut());
            let (plain, sealed) = (&mut plain[..len], &mut sealed[..len + TAG_LEN]);
            self.gcm.seal_into(counted(0), &[], plain, sealed)?;
            timer.time(|| {
                for _ in 0..times {
                    self.gcm
                        .open_into(counted(0), &[], black_box(sealed), plain)?;
                }
                Ok(())
            })
        })
    }

    fn open_in_place<'w>(&'w self, len: usize, room: &'w RefCell<Vec<u8>>) -> Run<'w> {
        Box::new(move |times, timer| {
            let mut room = room.borrow_mut();
            for _ in 0..times {
                let seal = self
                    .sealer
                    .borrow_mut()
                    .seal_in_place(&[], &mut room[..len])?;
                timer.time(|| self.opener.open_in_place(&[], seal, &mut room[..len]))?;
            }
            Ok(())
        })
    }

    /// `aws-lc-rs` alone, with a counter for the nonce as any user of it needs.
    fn bare<'w>(&'w self, len: usize, room: &'w RefCell<Vec<u8>>) -> Work<'w> {
        let mut number = 0_u64;
        Work::plain("seal-bare", Some(len as u64), move || {
            number += 1;
            let nonce = Nonce::assume_unique_for_key(counted(number));
            let mut room = room.borrow_mut();
            let tag = self
                .bare
                .seal_in_place_separate_tag(nonce, Aad::empty(), &mut room[..len])
                .map_err(|_| crate::Error::System)?;
            let _ = black_box(tag);
            Ok(())
        })
    }
}

/// The floor of this machine, if a loop for it is known.
fn floor<'w>() -> Option<Work<'w>> {
    let floor = Floor::detect()?;
    Some(Work::plain("floor", Some(FLOOR_LEN), move || {
        black_box(floor.run(black_box(FLOOR_LEN)));
        Ok(())
    }))
}
