//! What is measured.
mod aes;
mod certificates;
mod envelopes;
mod sums;
mod tls;

pub(super) use envelopes::OBJECT_LEN;

use super::CalibrateError;
use super::sampler::Work;
use certificates::Chains;

/// Sizes of objects \[bytes\], 64 B to 64 MiB.
///
/// Close enough that a straight line between neighbours is within 5 %: AES-GCM starts slowly, so
/// they lie closer where the time is not yet proportional to the size.
pub(super) const SIZES: [usize; 12] = [
    64,
    256,
    1 << 10,
    4 << 10,
    16 << 10,
    64 << 10,
    128 << 10,
    512 << 10,
    1 << 20,
    4 << 20,
    16 << 20,
    64 << 20,
];

/// Sizes at which proportional things are measured \[bytes\]: checksums, copies.
pub(super) const FEW_SIZES: [usize; 8] = [
    64,
    256,
    1 << 10,
    4 << 10,
    16 << 10,
    64 << 10,
    1 << 20,
    64 << 20,
];

/// Sizes of transfers over TLS \[bytes\].
pub(super) const TLS_SIZES: [usize; 7] =
    [64, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 1 << 20, 16 << 20];

/// Everything that the works use, made once.
pub(super) struct Means {
    aes: aes::Means,
    envelopes: envelopes::Means,
    tls: tls::Means,
    room: std::cell::RefCell<Vec<u8>>,
    other: std::cell::RefCell<Vec<u8>>,
}

impl Means {
    pub(super) fn new() -> Result<Self, CalibrateError> {
        let largest = SIZES[SIZES.len() - 1];
        Ok(Self {
            aes: aes::Means::new()?,
            envelopes: envelopes::Means::new()?,
            tls: tls::Means::new(&Chains::new()?)?,
            // Written to, so that the pages are there before anything is timed.
            room: vec![0x5a; largest].into(),
            other: vec![0xa5; largest].into(),
        })
    }

    /// All works, in the order in which they are measured.
    pub(super) fn works(&self) -> Vec<Work<'_>> {
        let mut works = self.aes.works(&self.room, &self.other);
        works.extend(self.envelopes.works());
        works.extend(sums::works(&self.room, &self.other));
        works.extend(self.tls.works(&self.room));
        works
    }
}
