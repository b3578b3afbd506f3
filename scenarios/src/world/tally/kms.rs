//! Calls of KMS, account by account.
use super::{Second, Tally, index};
use keystorm_models::kms::Call;
use keystorm_sim::Time;

/// Calls of KMS of one account.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct KmsTally {
    /// By call: for first attempts, for others.
    pub(crate) calls: [[u64; 2]; Call::COUNT],
    pub(crate) refused: u64,
    /// Of those: by a custom key store.
    pub(crate) key_store_refused: u64,
    /// Calls that failed, though no quota refused them.
    pub(crate) failed: u64,
}

/// Calls of KMS of one account, second by second too: nothing else of the seconds is counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct AccountTally {
    pub(crate) kms: KmsTally,
    pub(crate) seconds: Vec<Second>,
}

impl Tally {
    #[inline(always)]
    pub(in crate::world) fn kms_call(&mut self, now: Time, call: Call, first: bool, granted: bool) {
        self.second(now).kms_call(first, granted);
        if now >= self.warm_up {
            self.kms.call(call, first, granted);
        }
    }

    /// The same in another account than the bucket's.
    #[cold]
    pub(in crate::world) fn kms_call_in(
        &mut self,
        account: usize,
        now: Time,
        call: Call,
        first: bool,
        granted: bool,
    ) {
        let account = &mut self.other_accounts[account];
        let seconds = &mut account.seconds;
        let number = index(now);
        if number >= seconds.len() {
            seconds.resize(number + 1, Second::default());
        }
        seconds[number].kms_call(first, granted);
        if now >= self.warm_up {
            account.kms.call(call, first, granted);
        }
    }

    fn kms_of(&mut self, account: Option<usize>) -> &mut KmsTally {
        match account {
            None => &mut self.kms,
            Some(account) => &mut self.other_accounts[account].kms,
        }
    }

    /// A custom key store has refused a call, which is counted as refused.
    pub(in crate::world) fn key_store_refused(&mut self, account: Option<usize>, now: Time) {
        let counts = u64::from(now >= self.warm_up);
        self.kms_of(account).key_store_refused += counts;
    }

    /// A call has failed that is counted as granted.
    pub(in crate::world) fn kms_failed(&mut self, account: Option<usize>, now: Time) {
        let counts = u64::from(now >= self.warm_up);
        self.kms_of(account).failed += counts;
    }
}

impl KmsTally {
    #[inline(always)]
    fn call(&mut self, call: Call, first: bool, granted: bool) {
        self.calls[call as usize][usize::from(!first)] += 1;
        self.refused += u64::from(!granted);
    }

    pub(super) fn add(&mut self, next: &Self) {
        let next_calls = next.calls.iter().flatten();
        for (sum, calls) in self.calls.iter_mut().flatten().zip(next_calls) {
            *sum += calls;
        }
        self.refused += next.refused;
        self.key_store_refused += next.key_store_refused;
        self.failed += next.failed;
    }
}

impl Second {
    #[inline(always)]
    fn kms_call(&mut self, first: bool, granted: bool) {
        self.kms_calls += 1;
        self.kms_first_calls += u64::from(first);
        self.kms_refused += u64::from(!granted);
    }
}
