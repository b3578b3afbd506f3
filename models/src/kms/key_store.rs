use super::Call;
use keystorm_sim::blocks::FixedWindow;
use keystorm_sim::{Span, Time};

/// The request quota of a custom key store: a counter per one-second interval of the clock, beside
/// the account's quota. Both must grant a call; what the store refuses the account has granted.
///
/// # Source
/// See [`key_store_quota`](crate::tables::key_store_quota). In which order they are asked is not
/// published: the account's first is assumed.
#[derive(Clone, Copy, Debug)]
pub struct KeyStore {
    window: FixedWindow,
    data_key_weight: u64,
}

impl KeyStore {
    /// A store of `quota_per_s`, of which a `GenerateDataKey` takes `data_key_weight`.
    #[must_use]
    pub fn new(quota_per_s: u64, data_key_weight: u64) -> Self {
        Self {
            window: FixedWindow::new(quota_per_s, Span::from_secs(1)),
            data_key_weight,
        }
    }

    /// A call at `now`: `true` if it is granted.
    pub fn ask(&mut self, now: Time, call: Call) -> bool {
        let weight = match call {
            Call::GenerateDataKey => self.data_key_weight,
            Call::Decrypt | Call::Encrypt => 1,
        };
        self.window.ask_for(now, weight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Goal: a store grants its quota, of which data keys may take more.
    // Method: 1,800/s with and without the weight of 2020, both calls.
    #[test]
    fn a_store_grants_its_quota() {
        let granted = |weight, call| {
            let mut store = KeyStore::new(1_800, weight);
            (0..3_000)
                .filter(|_| store.ask(Time::from_secs(7), call))
                .count()
        };
        assert_eq!(granted(1, Call::GenerateDataKey), 1_800);
        assert_eq!(granted(3, Call::GenerateDataKey), 600);
        assert_eq!(granted(3, Call::Decrypt), 1_800);
    }
}
