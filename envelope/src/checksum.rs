use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use crc_fast::CrcAlgorithm;
use md5::Digest as _;
use std::fmt;

/// A checksum that S3 keeps with an object.
///
/// # Source
/// S3 user guide, "Checking object integrity in Amazon S3" (read in a copy of 2026-04-13):
/// CRC64NVME is the default. CRC-32 is ISO-HDLC's, CRC-32C Castagnoli's.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Checksum {
    /// CRC-64/NVME, 8 bytes.
    Crc64Nvme,
    /// CRC-32, 4 bytes.
    Crc32,
    /// CRC-32C, 4 bytes.
    Crc32c,
    /// SHA-256, 32 bytes.
    Sha256,
    /// MD5, 16 bytes: `Content-MD5`, and the `ETag` of SSE-S3 objects of a single PUT. Not secure.
    Md5,
}

impl Checksum {
    /// All of them.
    pub const ALL: [Checksum; 5] = [
        Checksum::Crc64Nvme,
        Checksum::Crc32,
        Checksum::Crc32c,
        Checksum::Sha256,
        Checksum::Md5,
    ];

    /// The header that carries it.
    #[must_use]
    pub fn header(self) -> &'static str {
        match self {
            Checksum::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Checksum::Crc32 => "x-amz-checksum-crc32",
            Checksum::Crc32c => "x-amz-checksum-crc32c",
            Checksum::Sha256 => "x-amz-checksum-sha256",
            Checksum::Md5 => "content-md5",
        }
    }

    /// The checksum of `bytes`, in the order of bytes that S3 uses: most significant first.
    #[must_use]
    pub fn of(self, bytes: &[u8]) -> Vec<u8> {
        let mut sum = self.start();
        sum.update(bytes);
        sum.finish()
    }

    /// The checksum of `bytes` as the header's value: base64.
    #[must_use]
    pub fn header_value(self, bytes: &[u8]) -> String {
        STANDARD.encode(self.of(bytes))
    }

    /// Starts a checksum of bytes that come in pieces.
    #[must_use]
    pub fn start(self) -> Sum {
        let crc = |algorithm, len| State::Crc(Box::new(crc_fast::Digest::new(algorithm)), len);
        Sum(match self {
            Checksum::Crc64Nvme => crc(CrcAlgorithm::Crc64Nvme, 8),
            Checksum::Crc32 => crc(CrcAlgorithm::Crc32IsoHdlc, 4),
            Checksum::Crc32c => crc(CrcAlgorithm::Crc32Iscsi, 4),
            Checksum::Sha256 => {
                State::Sha256(aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256))
            }
            Checksum::Md5 => State::Md5(md5::Md5::new()),
        })
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Checksum::Crc64Nvme => "CRC64-NVME",
            Checksum::Crc32 => "CRC32",
            Checksum::Crc32c => "CRC32C",
            Checksum::Sha256 => "SHA-256",
            Checksum::Md5 => "MD5",
        })
    }
}

/// A checksum in the making.
pub struct Sum(State);

enum State {
    /// With the length of the result [bytes].
    Crc(Box<crc_fast::Digest>, usize),
    Sha256(aws_lc_rs::digest::Context),
    Md5(md5::Md5),
}

impl Sum {
    /// Adds the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Crc(digest, _) => digest.update(bytes),
            State::Sha256(context) => context.update(bytes),
            State::Md5(md5) => md5.update(bytes),
        }
    }

    /// The checksum of everything that was added.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        match self.0 {
            State::Crc(digest, len) => digest.finalize().to_be_bytes()[8 - len..].to_vec(),
            State::Sha256(context) => context.finish().as_ref().to_vec(),
            State::Md5(md5) => md5.finalize().to_vec(),
        }
    }
}

impl fmt::Debug for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sum").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // Goal: the checksums are the ones that their names promise.
    // Method: the check values of "123456789" (catalogue of parametrised CRC algorithms; RFC 1321
    // and FIPS 180-4 agree with coreutils' md5sum and sha256sum).
    #[test]
    fn check_values_of_the_nine_digits() {
        let of = |checksum: Checksum| {
            checksum
                .of(b"123456789")
                .iter()
                .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
        };
        assert_eq!(of(Checksum::Crc64Nvme), "ae8b14860a799888");
        assert_eq!(of(Checksum::Crc32), "cbf43926");
        assert_eq!(of(Checksum::Crc32c), "e3069283");
        assert_eq!(of(Checksum::Md5), "25f9e794323b453885f5181f1b624d0b");
        assert_eq!(
            of(Checksum::Sha256),
            "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"
        );
    }

    // Goal: an empty object has the header values that S3 gives it.
    // Method: well-known values of the empty string, in base64.
    #[test]
    fn header_values_of_an_empty_object() {
        assert_eq!(Checksum::Crc32.header_value(b""), "AAAAAA==");
        assert_eq!(Checksum::Crc64Nvme.header_value(b""), "AAAAAAAAAAA=");
        assert_eq!(Checksum::Md5.header_value(b""), "1B2M2Y8AsgTpgAmY7PhCfg==");
        assert_eq!(
            Checksum::Sha256.header_value(b""),
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
        );
    }

    proptest! {
        // Goal: pieces do not matter.
        // Method: any bytes, cut anywhere, against the whole.
        #[test]
        fn a_sum_of_pieces_is_the_sum_of_the_whole(
            bytes in prop::collection::vec(any::<u8>(), 0..2_000),
            cut in 0_usize..2_000,
        ) {
            let cut = cut.min(bytes.len());
            for checksum in Checksum::ALL {
                let mut sum = checksum.start();
                sum.update(&bytes[..cut]);
                sum.update(&bytes[cut..]);
                prop_assert_eq!(sum.finish(), checksum.of(&bytes));
            }
        }
    }
}
