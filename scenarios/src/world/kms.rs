//! What KMS answers to a call: the account's quota, a custom key store, a fault.
use super::World;
use super::log::{AskedFor, Recorder};
use super::request::Request;
use crate::assemble;
use keystorm_models::kms::{Call, Error, Limits, RequestQuota};
use keystorm_models::s3::Refusal;
use keystorm_sim::draw::uniform_span;
use keystorm_sim::{Span, StreamKey, Streams, Time};

/// Why KMS does not answer a call with a key.
#[derive(Clone, Copy, Debug)]
pub(super) enum NotGranted {
    /// The account's quota is used up.
    Quota,
    /// The key store's quota is used up.
    StoreQuota,
    /// The proxy of the key store did not answer in time.
    StoreTimeout,
    /// KMS failed.
    Fault(Error),
}

/// KMS's quota of the bucket's account.
pub(super) fn request_quota(kms: &assemble::Kms, streams: &Streams) -> RequestQuota {
    let limits = limits(kms, streams, 0);
    RequestQuota::new(kms.quota.clone(), kms.other.clone(), limits)
}

/// Quotas of further accounts. They are counted the same way.
pub(super) fn other_accounts(kms: &assemble::Kms, streams: &Streams) -> Vec<RequestQuota> {
    let quota = |(number, it): (u64, &assemble::OtherAccount)| {
        let limits = limits(kms, streams, number);
        RequestQuota::new(it.quota.clone(), it.other.clone(), limits)
    };
    (1..).zip(&kms.other_accounts).map(quota).collect()
}

/// How an account's calls are counted: each has intervals of its own, where they are drawn.
fn limits(kms: &assemble::Kms, streams: &Streams, account: u64) -> Limits {
    let mut limits = kms.limits;
    if kms.phase_is_drawn {
        let mut rng = streams.key("kms-window", account).rng();
        limits.phase = uniform_span(&mut rng, Span::from_secs(1));
    }
    limits
}

impl<R: Recorder> World<'_, R> {
    /// A call to KMS at `now` for the current attempt of a request, the `nth` of several with the
    /// same aim: `None` if it is granted. `kms_extra` then has the time that it takes beyond that
    /// of a call, or until it is answered with an error.
    #[inline(always)]
    pub(super) fn kms_answers(
        &mut self,
        request: &Request,
        call: Call,
        asked: AskedFor,
        nth: u32,
        now: Time,
    ) -> Option<NotGranted> {
        let account = self.account(request);
        let granted = match account {
            None => self.kms.ask(now),
            Some(account) => self.other_accounts[account].ask(now),
        };
        let answer = if self.kms_is_plain || !granted {
            (!granted).then_some(NotGranted::Quota)
        } else {
            self.beyond_the_quota(request, call, asked, nth, now)
        };
        let refused = matches!(answer, Some(NotGranted::Quota | NotGranted::StoreQuota));
        if refused {
            self.kms_extra = self.assembly.kms.refusal_latency;
        }
        let first = request.attempt == 1;
        match account {
            None => self.tally.kms_call(now, call, first, !refused),
            Some(account) => self.tally.kms_call_in(account, now, call, first, !refused),
        }
        let error = answer.map(NotGranted::to_client);
        self.recorder.kms_call(now, request, call, asked, error);
        answer
    }

    /// The account that a request's calls count on, where it is not the bucket's.
    #[inline(always)]
    fn account(&self, request: &Request) -> Option<usize> {
        if self.other_accounts.is_empty() {
            return None;
        }
        self.assembly.fleets[usize::from(request.fleet)].account
    }

    /// What becomes of a call that the account's quota has granted: the key store's quota, faults
    /// of KMS and the store's proxy decide, in this order.
    #[inline(never)]
    fn beyond_the_quota(
        &mut self,
        request: &Request,
        call: Call,
        asked: AskedFor,
        nth: u32,
        now: Time,
    ) -> Option<NotGranted> {
        if !self.key_store.as_mut().is_none_or(|it| it.ask(now, call)) {
            self.tally.key_store_refused(self.account(request), now);
            return Some(NotGranted::StoreQuota);
        }
        let kms = &self.assembly.kms;
        let keys = &self.fleets[usize::from(request.fleet)].keys;
        let who = u64::from(asked == AskedFor::Client);
        let index = (u64::from(nth) << 2) + (who << 1) + call as u64;
        let stream = |key: StreamKey| request.stream(key).child(index).rng();
        if !kms.faults.is_empty()
            && let Some(fault) = kms.faults.strike(now, &mut stream(keys.kms_fault))
        {
            self.kms_extra = fault.takes;
            self.tally.kms_failed(self.account(request), now);
            return Some(NotGranted::Fault(fault.error));
        }
        let proxy = kms.proxy.as_ref()?;
        match proxy.answer(&mut stream(keys.key_store_proxy)) {
            // Several calls for one attempt go side by side.
            Ok(takes) => {
                self.kms_extra = self.kms_extra.max(takes);
                None
            }
            Err(waited) => {
                self.kms_extra = waited;
                self.tally.kms_failed(self.account(request), now);
                Some(NotGranted::StoreTimeout)
            }
        }
    }
}

impl NotGranted {
    /// What a client is answered by S3, which has made the call.
    pub(super) fn through_s3(self) -> &'static Refusal {
        match self {
            Self::Quota => &Refusal::KMS_SLOW_DOWN,
            Self::StoreQuota => &Refusal::KEY_STORE_SLOW_DOWN,
            Self::StoreTimeout => &Refusal::KEY_STORE_TIMEOUT_OF_S3,
            Self::Fault(_) => &Refusal::KMS_FAULT,
        }
    }

    /// What KMS answers to who has made the call.
    pub(super) fn to_client(self) -> &'static Refusal {
        match self {
            Self::Quota => &Refusal::KMS_THROTTLING,
            Self::StoreQuota => &Refusal::KEY_STORE_THROTTLING,
            Self::StoreTimeout => &Refusal::KEY_STORE_TIMEOUT,
            Self::Fault(error) => error.to_client(),
        }
    }
}
