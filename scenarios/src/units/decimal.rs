/// A decimal number as written, without rounding: `digits × 10^-scale`, and what follows it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Decimal {
    /// All digits, underscores and point removed.
    digits: String,
    /// Number of digits after the point.
    scale: usize,
}

/// Why a decimal times a unit is not a `u64`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum NotWhole {
    /// The product has a fraction.
    TooFine,
    /// The product is above `u64::MAX`.
    TooLarge,
}

impl Decimal {
    /// Splits `text` into a number such as `2_000` or `0.25` at its beginning and the rest,
    /// spaces trimmed. `None` if it does not begin with a number.
    pub(crate) fn split(text: &str) -> Option<(Self, &str)> {
        let text = text.trim();
        let (whole, rest) = split_digits(text)?;
        let (fraction, rest) = match rest.strip_prefix('.') {
            Some(after) => split_digits(after)?,
            None => ("", rest),
        };
        let mut digits: String = whole.chars().filter(|&c| c != '_').collect();
        let before = digits.len();
        digits.extend(fraction.chars().filter(|&c| c != '_'));
        Some((
            Self {
                scale: digits.len() - before,
                digits,
            },
            rest.trim_start(),
        ))
    }

    /// The number times `unit`, exactly.
    pub(crate) fn times(&self, unit: u64) -> Result<u64, NotWhole> {
        let (whole, fraction) = self.digits.split_at(self.digits.len() - self.scale);
        let fraction = fraction.trim_end_matches('0');
        let whole = parse(whole).and_then(|n| n.checked_mul(u128::from(unit)));
        let whole = whole.ok_or(NotWhole::TooLarge)?;
        // No unit has more than 12 factors of ten or 30 of two: more digits leave a fraction.
        if fraction.len() > 30 {
            return Err(NotWhole::TooFine);
        }
        let power = 10_u128.pow(u32::try_from(fraction.len()).expect("at most 30"));
        let part = parse(fraction).expect("30 digits fit into 128 bits");
        let (unit, power) = reduce(u128::from(unit), power);
        if !part.is_multiple_of(power) {
            return Err(NotWhole::TooFine);
        }
        let part = part / power * unit;
        whole
            .checked_add(part)
            .and_then(|n| n.try_into().ok())
            .ok_or(NotWhole::TooLarge)
    }

    /// The nearest `f64` to the number times `10^exponent`.
    pub(super) fn to_f64(&self, exponent: i64) -> f64 {
        let exponent = exponent - i64::try_from(self.scale).expect("a text is shorter than 2^63");
        format!("{}e{exponent}", self.digits)
            .parse()
            .expect("digits and an exponent are a float")
    }
}

/// Digits and single underscores between them; at least one digit.
fn split_digits(text: &str) -> Option<(&str, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '_')
        .unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    let tidy = !number.is_empty()
        && !number.starts_with('_')
        && !number.ends_with('_')
        && !number.contains("__");
    tidy.then_some((number, rest))
}

/// A number of only digits, `""` being 0.
fn parse(digits: &str) -> Option<u128> {
    if digits.is_empty() {
        Some(0)
    } else {
        digits.parse().ok()
    }
}

/// Both numbers without their common factor.
fn reduce(a: u128, b: u128) -> (u128, u128) {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    (a / x, b / x)
}

/// Digits in groups of three: `2_000`.
pub(crate) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}
