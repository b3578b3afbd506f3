//! What KMS answers to a call: the account's quota, a custom key store, a fault.
use super::World;
use super::log::{AskedFor, Recorder};
use super::request::Request;
use crate::assemble;
use keystorm_models::kms::{Call, Error, RequestQuota};
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

/// KMS's quota of the account.
pub(super) fn request_quota(kms: &assemble::Kms, streams: &Streams) -> RequestQuota {
    let mut limits = kms.limits;
    if kms.phase_is_drawn {
        let mut rng = streams.key("kms-window", 0).rng();
        limits.phase = uniform_span(&mut rng, Span::from_secs(1));
    }
    RequestQuota::new(kms.quota.clone(), kms.other.clone(), limits)
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
        let granted = self.kms.ask(now);
        let answer = if self.kms_is_plain || !granted {
            (!granted).then_some(NotGranted::Quota)
        } else {
            self.beyond_the_quota(request, call, asked, nth, now)
        };
        let refused = matches!(answer, Some(NotGranted::Quota | NotGranted::StoreQuota));
        if refused {
            self.kms_extra = self.assembly.kms.refusal_latency;
        }
        self.tally
            .kms_call(now, call, request.attempt == 1, !refused);
        let error = answer.map(NotGranted::to_client);
        self.recorder.kms_call(now, request, call, asked, error);
        answer
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
            self.tally.key_store_refused(now);
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
            self.tally.kms_failed(now);
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
                self.tally.kms_failed(now);
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
