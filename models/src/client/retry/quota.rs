/// Tokens that retries cost; one bucket for each SDK client object, mostly. Time adds nothing to
/// it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RetryQuota {
    tokens: u16,
    capacity: u16,
}

impl RetryQuota {
    /// Tokens at the start, and at most, in every SDK.
    pub const CAPACITY: u16 = 500;

    /// A full bucket of [`Self::CAPACITY`].
    #[must_use]
    pub const fn full() -> Self {
        Self::with_capacity(Self::CAPACITY)
    }

    /// A full bucket of `capacity` tokens.
    #[must_use]
    pub const fn with_capacity(capacity: u16) -> Self {
        Self {
            tokens: capacity,
            capacity,
        }
    }

    /// The same bucket, holding nothing.
    #[must_use]
    pub const fn empty() -> Self {
        Self {
            tokens: 0,
            capacity: Self::CAPACITY,
        }
    }

    /// Tokens held.
    #[must_use]
    pub const fn tokens(self) -> u16 {
        self.tokens
    }

    /// Tokens that a success gives back in most SDKs: what the call's last retry cost, or 1 if it
    /// had none or its retry cost nothing. [`RetryRules::refund`](super::RetryRules::refund) knows
    /// the others.
    #[inline]
    #[must_use]
    pub fn refund(last_cost: Option<u16>) -> u16 {
        last_cost.unwrap_or(0).max(1)
    }

    /// Gives tokens back. What several calls give back can come in any order, or as one sum, as
    /// long as nothing is taken in between.
    #[inline]
    pub fn give_back(&mut self, tokens: u16) {
        self.tokens = self.tokens.saturating_add(tokens).min(self.capacity);
    }

    /// Takes `cost` tokens, or none if there are fewer.
    #[inline]
    pub(super) fn take(&mut self, cost: u16) -> Option<u16> {
        self.tokens = self.tokens.checked_sub(cost)?;
        Some(cost)
    }

    /// Takes `cost` tokens, or what is left of them if that is anything.
    pub(super) fn take_what_is_left(&mut self, cost: u16) -> Option<u16> {
        if self.tokens == 0 {
            return None;
        }
        self.take(cost.min(self.tokens))
    }
}
