//! Checksums and copies.
use super::FEW_SIZES;
use crate::calibrate::sampler::Work;
use crate::checksum::Checksum;
use std::cell::RefCell;
use std::hint::black_box;

pub(super) fn works<'w>(room: &'w RefCell<Vec<u8>>, other: &'w RefCell<Vec<u8>>) -> Vec<Work<'w>> {
    let mut works = Vec::new();
    for len in FEW_SIZES {
        let bytes = Some(len as u64);
        works.push(Work::plain("memcpy", bytes, move || {
            let (from, mut to) = (room.borrow(), other.borrow_mut());
            black_box(&mut to[..len]).copy_from_slice(black_box(&from[..len]));
            Ok(())
        }));
        for checksum in Checksum::ALL {
            works.push(Work::plain(name(checksum), bytes, move || {
                black_box(checksum.of(black_box(&room.borrow()[..len])));
                Ok(())
            }));
        }
    }
    works
}

/// As it stands in the file.
fn name(checksum: Checksum) -> &'static str {
    match checksum {
        Checksum::Crc64Nvme => "crc64-nvme",
        Checksum::Crc32 => "crc32",
        Checksum::Crc32c => "crc32c",
        Checksum::Sha256 => "sha-256",
        Checksum::Md5 => "md5",
    }
}
