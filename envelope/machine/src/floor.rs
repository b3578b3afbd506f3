use std::fmt;

/// The least work that AES-256-GCM can be: its instructions, and nothing else.
///
/// Per block of 16 bytes 14 AES rounds and 4 carry-less multiplications, in the widest form that
/// the processor has, on registers, independent of each other. What a real implementation has to do
/// besides is left out: loading and storing, counters, the exclusive-or, the reduction of the hash.
/// No implementation of this shape can be faster, so the share of the floor that one reaches says
/// how much is left to gain.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Floor(Width);

/// Bytes that the narrowest floor handles in one step; every width handles a multiple of it.
pub const STEP_LEN: u64 = 8 * 16;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "x86 only"))]
enum Width {
    Bits128,
    Bits256,
    Bits512,
}

impl Floor {
    /// The floor of this processor; `None` where no loop for it is known.
    #[must_use]
    pub fn detect() -> Option<Floor> {
        detect().map(Floor)
    }

    /// Works as much as `bytes` of AES-256-GCM need at least, rounded up to whole steps. The result
    /// depends on all of it, so that nothing can be left out.
    #[must_use]
    pub fn run(self, bytes: u64) -> u64 {
        run(self.0, bytes)
    }

    /// Bits that one instruction works on: 128, 256 or 512.
    #[must_use]
    pub fn bits(self) -> u16 {
        match self.0 {
            Width::Bits128 => 128,
            Width::Bits256 => 256,
            Width::Bits512 => 512,
        }
    }
}

/// The instructions, such as `vaesenc and vpclmulqdq, 512 bits`.
impl fmt::Display for Floor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = match self.0 {
            Width::Bits128 => "aesenc and pclmulqdq",
            Width::Bits256 | Width::Bits512 => "vaesenc and vpclmulqdq",
        };
        write!(f, "{names}, {} bits", self.bits())
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn detect() -> Option<Width> {
    None
}

#[cfg(not(target_arch = "x86_64"))]
fn run(_: Width, _: u64) -> u64 {
    unreachable!("`detect` returns none here")
}

#[cfg(target_arch = "x86_64")]
fn detect() -> Option<Width> {
    use std::arch::is_x86_feature_detected as has;
    if !(has!("aes") && has!("pclmulqdq")) {
        None
    } else if !(has!("vaes") && has!("vpclmulqdq") && has!("avx2")) {
        Some(Width::Bits128)
    } else if has!("avx512f") {
        Some(Width::Bits512)
    } else {
        Some(Width::Bits256)
    }
}

#[cfg(target_arch = "x86_64")]
#[expect(
    unsafe_code,
    reason = "the processor's instructions are checked where a `Floor` is made"
)]
fn run(width: Width, bytes: u64) -> u64 {
    let steps = bytes.div_ceil(STEP_LEN * u64::from(Floor(width).bits()) / 128);
    // SAFETY: a `Width` comes from `detect` alone, which found every feature that its loop enables.
    unsafe {
        match width {
            Width::Bits128 => x86::step_128(steps),
            Width::Bits256 => x86::step_256(steps),
            Width::Bits512 => x86::step_512(steps),
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{
        __m128i, __m256i, __m512i, _mm_aesenc_si128, _mm_clmulepi64_si128, _mm_cvtsi128_si64,
        _mm_set1_epi64x, _mm_xor_si128, _mm256_aesenc_epi128, _mm256_castsi256_si128,
        _mm256_clmulepi64_epi128, _mm256_set1_epi64x, _mm256_xor_si256, _mm512_aesenc_epi128,
        _mm512_castsi512_si128, _mm512_clmulepi64_epi128, _mm512_set1_epi64, _mm512_xor_si512,
    };
    use std::hint::black_box;

    /// Blocks under way at a time; the hash uses half as many registers, so that all of them fit.
    const LANES: usize = 8;

    macro_rules! step {
        ($name:ident, $features:literal, $vector:ty, $set:ident, $aes:ident, $mul:ident,
         $xor:ident, $low:expr) => {
            #[target_feature(enable = $features)]
            pub(super) fn $name(steps: u64) -> u64 {
                let key: $vector = $set(black_box(0x0123_4567_89ab_cdef));
                let mut blocks = [key; LANES];
                for (number, block) in (0_i64..).zip(&mut blocks) {
                    *block = $set(black_box(number));
                }
                let mut hash = [key; LANES / 2];
                for _ in 0..steps {
                    for round in 0..14 {
                        for block in &mut blocks {
                            *block = $aes(*block, key);
                        }
                        // 8 rounds of 4 multiplications: 4 for each of the 8 blocks.
                        if round < 8 {
                            for part in &mut hash {
                                *part = $mul::<0x01>(*part, key);
                            }
                        }
                    }
                }
                let all = blocks[1..].iter().chain(&hash);
                let sum = all.fold(blocks[0], |sum, part| $xor(sum, *part));
                _mm_cvtsi128_si64($low(sum)).cast_unsigned()
            }
        };
    }

    step!(
        step_128,
        "aes,pclmulqdq,sse2",
        __m128i,
        _mm_set1_epi64x,
        _mm_aesenc_si128,
        _mm_clmulepi64_si128,
        _mm_xor_si128,
        |sum| sum
    );
    step!(
        step_256,
        "aes,pclmulqdq,vaes,vpclmulqdq,avx2",
        __m256i,
        _mm256_set1_epi64x,
        _mm256_aesenc_epi128,
        _mm256_clmulepi64_epi128,
        _mm256_xor_si256,
        |sum| _mm256_castsi256_si128(sum)
    );
    step!(
        step_512,
        "aes,pclmulqdq,vaes,vpclmulqdq,avx2,avx512f",
        __m512i,
        _mm512_set1_epi64,
        _mm512_aesenc_epi128,
        _mm512_clmulepi64_epi128,
        _mm512_xor_si512,
        |sum| _mm512_castsi512_si128(sum)
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: the floor does the work that it is timed for, whatever its width.
    // Method: every width gives the same lanes, so the same result for the same number of steps,
    // and another one for another number.
    #[cfg(target_arch = "x86_64")]
    #[test]
    fn every_width_does_the_same_steps() {
        let Some(Floor(widest)) = Floor::detect() else {
            return;
        };
        let results = |width, steps: u64| {
            let bits = u64::from(Floor(width).bits());
            run(width, steps * STEP_LEN * bits / 128)
        };
        let available: &[Width] = match widest {
            Width::Bits128 => &[Width::Bits128],
            Width::Bits256 => &[Width::Bits128, Width::Bits256],
            Width::Bits512 => &[Width::Bits128, Width::Bits256, Width::Bits512],
        };
        for &width in available {
            assert_eq!(results(width, 3), results(Width::Bits128, 3), "{width:?}");
            assert_ne!(results(width, 3), results(width, 4), "{width:?}");
        }
    }

    // Goal: a part of a step is a whole step, none is none.
    // Method: bytes around one step of the widest form.
    #[test]
    fn bytes_are_rounded_up_to_steps() {
        let Some(floor) = Floor::detect() else { return };
        let step = STEP_LEN * u64::from(floor.bits()) / 128;
        assert_eq!(floor.run(1), floor.run(step));
        assert_ne!(floor.run(0), floor.run(1));
        assert_ne!(floor.run(step), floor.run(step + 1));
    }
}
