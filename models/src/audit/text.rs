//! Numbers, instants and names as bytes, without allocation.
use jiff::Timestamp;
use jiff::tz::TimeZone;
use keystorm_sim::{NANOS_PER_S, Time};

/// Appends a number in decimal digits.
pub(super) fn decimal(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// The last digits of a number, with zeros in front.
fn padded<const N: usize>(mut number: u64) -> [u8; N] {
    let mut digits = [b'0'; N];
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
    digits
}

const LOWER: &[u8; 16] = b"0123456789abcdef";
const UPPER: &[u8; 16] = b"0123456789ABCDEF";

fn nibbles<const N: usize>(number: u64, digits: &[u8; 16]) -> [u8; N] {
    std::array::from_fn(|place| {
        let shift = u32::try_from(4 * (N - 1 - place)).unwrap_or(u32::MAX);
        let nibble = number.checked_shr(shift).unwrap_or(0) & 15;
        digits[usize::from(nibble as u8)]
    })
}

/// The last `N` hexadecimal digits of a number, lower case.
pub(super) fn hex<const N: usize>(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(&nibbles::<N>(number, LOWER));
}

/// The last `N` hexadecimal digits of a number, upper case.
pub(super) fn upper_hex<const N: usize>(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(&nibbles::<N>(number, UPPER));
}

/// Appends a version 4 UUID with the random bits of two words.
pub(super) fn uuid(out: &mut Vec<u8>, [high, low]: [u64; 2]) {
    let high = high & !0xf000 | 0x4000;
    let low = low & !(0b11 << 62) | 0b10 << 62;
    let (high, low) = (nibbles::<16>(high, LOWER), nibbles::<16>(low, LOWER));
    out.extend_from_slice(&high[..8]);
    out.push(b'-');
    out.extend_from_slice(&high[8..12]);
    out.push(b'-');
    out.extend_from_slice(&high[12..]);
    out.push(b'-');
    out.extend_from_slice(&low[..4]);
    out.push(b'-');
    out.extend_from_slice(&low[4..]);
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Appends 56 bytes in Base64, as long as S3's `x-amz-id-2`, with the random bits of a word.
pub(super) fn host_id(out: &mut Vec<u8>, word: u64) {
    // Knuth's MMIX generator; its upper bits are good enough to look like an id.
    let mut state = word;
    let mut chars = [b'='; 76];
    for block in chars[..75].chunks_mut(7) {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        for (place, char) in block.iter_mut().enumerate() {
            *char = BASE64[(state >> (58 - 6 * place) & 63) as usize];
        }
    }
    out.extend_from_slice(&chars);
}

const MONTHS: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";

/// The clock of a log: spells out the second of an instant, and keeps it for the next entry.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    start: Timestamp,
    second: Option<i64>,
    /// As `2026-01-31T23:59:59Z`.
    pub(super) iso: [u8; 20],
    /// As `31/Jan/2026:23:59:59 +0000`.
    pub(super) common: [u8; 26],
}

impl Clock {
    /// A clock whose t = 0 is `start`.
    pub(super) fn new(start: Timestamp) -> Self {
        let mut clock = Self {
            start,
            second: None,
            iso: *b"0000-00-00T00:00:00Z",
            common: *b"00/Jan/0000:00:00:00 +0000",
        };
        clock.set(Time::ZERO);
        clock
    }

    /// Goes to an instant.
    pub(super) fn set(&mut self, at: Time) {
        let fraction = self.start.subsec_nanosecond().unsigned_abs();
        let nanos = at.nanos() % NANOS_PER_S + u64::from(fraction);
        let since = at.nanos() / NANOS_PER_S + nanos / NANOS_PER_S;
        let second = self.start.as_second().saturating_add_unsigned(since);
        if self.second != Some(second) {
            self.second = Some(second);
            self.spell(second);
        }
    }

    #[cold]
    fn spell(&mut self, second: i64) {
        let instant = Timestamp::from_second(second).unwrap_or(Timestamp::MAX);
        let civil = TimeZone::UTC.to_datetime(instant);
        let number = |value: i8| u64::from(value.unsigned_abs());
        let year = padded::<4>(u64::from(civil.year().unsigned_abs()));
        let month = civil.month().unsigned_abs();
        let day = padded::<2>(number(civil.day()));
        let hour = padded::<2>(number(civil.hour()));
        let minute = padded::<2>(number(civil.minute()));
        let of_minute = padded::<2>(number(civil.second()));
        self.iso[..4].copy_from_slice(&year);
        self.iso[5..7].copy_from_slice(&padded::<2>(month.into()));
        self.iso[8..10].copy_from_slice(&day);
        self.common[..2].copy_from_slice(&day);
        let name = 3 * (usize::from(month) - 1);
        self.common[3..6].copy_from_slice(&MONTHS[name..name + 3]);
        self.common[7..11].copy_from_slice(&year);
        for (text, at) in [(&mut self.iso[..], 11), (&mut self.common[..], 12)] {
            text[at..at + 2].copy_from_slice(&hour);
            text[at + 3..at + 5].copy_from_slice(&minute);
            text[at + 6..at + 8].copy_from_slice(&of_minute);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    // Goal: numbers and ids have their shape.
    // Method: extremes, and the fixed bits of a UUID of version 4.
    #[test]
    fn numbers_and_ids_have_their_shape() {
        assert_eq!(text(|out| decimal(out, 0)), "0");
        assert_eq!(text(|out| decimal(out, u64::MAX)), u64::MAX.to_string());
        assert_eq!(text(|out| hex::<17>(out, 0xab)), "000000000000000ab");
        assert_eq!(text(|out| upper_hex::<4>(out, 0x1_00ab)), "00AB");
        let ones = text(|out| uuid(out, [u64::MAX; 2]));
        assert_eq!(ones, "ffffffff-ffff-4fff-bfff-ffffffffffff");
        let zeros = text(|out| uuid(out, [0; 2]));
        assert_eq!(zeros, "00000000-0000-4000-8000-000000000000");
        let id = text(|out| host_id(out, 7));
        assert_eq!((id.len(), &id[75..]), (76, "="));
        assert_ne!(id, text(|out| host_id(out, 8)));
    }

    // Goal: instants are spelled as each log wants them, second by second.
    // Method: a start with a fraction that carries, a leap day, and jiff's own spelling.
    #[test]
    fn instants_are_spelled_out() {
        let start: Timestamp = "2028-02-28T23:59:58.75Z".parse().unwrap();
        let mut clock = Clock::new(start);
        for millis in [0, 249, 250, 1_249, 1_250, 86_401_250] {
            clock.set(Time::from_millis(millis));
            let at = start + jiff::SignedDuration::from_millis(millis.cast_signed());
            let whole = Timestamp::from_second(at.as_second()).unwrap();
            assert_eq!(clock.iso, whole.to_string().as_bytes());
            let common = TimeZone::UTC.to_datetime(whole);
            let common = common.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string();
            assert_eq!(clock.common, common.as_bytes());
        }
        assert_eq!(&clock.common, b"01/Mar/2028:00:00:00 +0000");
    }
}
