//! The client's side of a request: its calls one after the other, each with its attempts.
use super::World;
use super::event::Event;
use super::instance_of;
use super::log::Recorder;
use super::request::{Request, Step};
use keystorm_models::client::{ClientDuty, Decision, ErrorKind, Failure, Instance, SdkClient};
use keystorm_models::s3::{Outcome, Refusal};
use keystorm_models::workload::Operation;
use keystorm_sim::{Pending, Span, Time};

impl<R: Recorder> World<'_, R> {
    /// A request that has its place begins with its first call; so does a piece of a transfer.
    #[inline(always)]
    pub(super) fn begin(&mut self, request: &mut Request, now: Time, pending: &mut Pending<Event>) {
        request.step = match self.duty(request) {
            ClientDuty::Pass | ClientDuty::Open => Step::S3,
            ClientDuty::CallKms(_) => Step::Kms,
            ClientDuty::NewKey | ClientDuty::NewKeyAndSeal => {
                return self.need_key(request, now, pending);
            }
            ClientDuty::Seal => return self.encrypt(request, now, pending),
        };
        self.proceed(request, now, pending);
    }

    /// The next attempt of the current call begins, or the request is done.
    #[inline(always)]
    pub(super) fn proceed(
        &mut self,
        request: &mut Request,
        now: Time,
        pending: &mut Pending<Event>,
    ) {
        if request.step == Step::Done {
            return self.leave(request, None, now, pending);
        }
        request.retried |= request.attempt > 1;
        let overhead = self.assembly.client.overhead;
        if overhead == Span::ZERO {
            return self.send_if_let(request, now, pending);
        }
        let done = self.instance(request).cores.work(now, overhead);
        self.tally.cores.is_busy(done, overhead);
        request.time.overhead += done - now;
        self.park(
            *request,
            done,
            |request| Event::Prepared { request },
            pending,
        );
    }

    /// An attempt is prepared, and goes out as soon as the client's rate limiter lets it.
    #[inline(always)]
    pub(super) fn send_if_let(
        &mut self,
        request: &mut Request,
        now: Time,
        pending: &mut Pending<Event>,
    ) {
        if self.assembly.client.retry.limiter.is_none() || self.may_send(request, now, pending) {
            self.go_out(request, now, pending);
        }
    }

    /// Whether the client's rate limiter lets an attempt go out; if not, the request waits.
    fn may_send(&mut self, request: &Request, now: Time, pending: &mut Pending<Event>) -> bool {
        let client = sdk_client(instance_of(&mut self.fleets, request), request);
        let Some(Err(at)) = client.send_limit.as_mut().map(|it| it.ask(now)) else {
            return true;
        };
        let number = self.requests.insert(request);
        self.requests.waiting(number).attempt_began = now;
        self.wait_to_send(number, at, pending);
        false
    }

    /// Request `number` waits for the rate limiter until `at`.
    fn wait_to_send(&mut self, number: u32, at: Time, pending: &mut Pending<Event>) {
        let request = *self.requests.waiting(number);
        let client = sdk_client(instance_of(&mut self.fleets, &request), &request);
        if let Some(limit) = &mut client.send_limit {
            limit.wait(number, at);
        }
        if at < Time::NEVER {
            pending.schedule(at, Event::Acquire { request: number });
        }
    }

    /// Request `number` looks whether the rate limiter lets it through by now; unless it has been
    /// woken earlier, and this is what was planned before.
    pub(super) fn look_again(&mut self, number: u32, now: Time, pending: &mut Pending<Event>) {
        let Some(&request) = self.requests.get(number) else {
            return;
        };
        let client = sdk_client(instance_of(&mut self.fleets, &request), &request);
        let Some(limit) = &mut client.send_limit else {
            return;
        };
        if !limit.is_due(number, now) {
            return;
        }
        if let Err(at) = limit.ask_again(number, now) {
            return pending.schedule(at, Event::Acquire { request: number });
        }
        if let Some(next) = limit.next_in_order() {
            pending.schedule(now, Event::Acquire { request: next });
        }
        let mut request = self.requests.remove(number);
        request.time.back_off += now - request.attempt_began;
        self.go_out(&mut request, now, pending);
    }

    /// An attempt goes out.
    #[inline(always)]
    fn go_out(&mut self, request: &mut Request, now: Time, pending: &mut Pending<Event>) {
        request.attempt_began = now;
        match request.step {
            Step::Kms => self.call_kms(request, now, pending),
            Step::S3 | Step::Done => self.call_s3(request, now, pending),
        }
    }

    /// What the client does for a request, beside asking S3.
    #[inline(always)]
    pub(super) fn duty(&self, request: &Request) -> ClientDuty {
        let fleet = &self.assembly.fleets[usize::from(request.fleet)];
        fleet.access[request.ask.operation as usize].duty
    }

    /// The request waits for an event of its own.
    pub(super) fn park(
        &mut self,
        request: Request,
        at: Time,
        event: impl FnOnce(u32) -> Event,
        pending: &mut Pending<Event>,
    ) {
        let number = self.requests.insert(&request);
        pending.schedule(at, event(number));
    }

    /// The answer to an attempt of request `number` arrives.
    pub(super) fn answer(&mut self, number: u32, now: Time, pending: &mut Pending<Event>) {
        let Self {
            requests,
            fleets,
            tally,
            ..
        } = self;
        let request = requests.waiting(number);
        let is_good = !request.refusal.is_some_and(Refusal::is_of_client);
        if !is_good {
            tally.connections.timed_out(request.refusal, now);
        }
        let instance = instance_of(fleets, request);
        let next = if request.step == Step::S3 {
            if is_good {
                tally.s3_answered(request, now);
            }
            instance.give_connection_back(request.place, now, is_good)
        } else {
            let pool = instance.kms_pool(request.place);
            pool.and_then(|it| it.give_back(now, is_good))
        };
        if let Some((next, taken)) = next {
            self.has_connection(next, taken, now, pending);
        }
        if let Some(refusal) = self.requests.waiting(number).refusal {
            self.failed(number, refusal, now, pending);
        } else {
            let mut request = self.requests.remove(number);
            self.answered(&request, false, now, pending);
            self.succeeded(&mut request, now, pending);
        }
    }

    /// The client's rate limiter sees an answer, which may wake a request that waits for it.
    #[inline]
    fn answered(
        &mut self,
        request: &Request,
        throttled: bool,
        now: Time,
        pending: &mut Pending<Event>,
    ) {
        let client = sdk_client(instance_of(&mut self.fleets, request), request);
        if let Some(limit) = &mut client.send_limit
            && let Some(next) = limit.answered(now, throttled)
        {
            pending.schedule(now, Event::Acquire { request: next });
        }
    }

    /// A call succeeded: the request goes on with its next one, or is done.
    fn succeeded(&mut self, request: &mut Request, now: Time, pending: &mut Pending<Event>) {
        let tokens = self.assembly.client.retry.refund(request.retry_cost.take());
        let instance = instance_of(&mut self.fleets, request);
        sdk_client(instance, request).retry_quota.give_back(tokens);
        request.begin_call();
        match (request.step, self.duty(request)) {
            (Step::S3, ClientDuty::Open) => self.need_key(request, now, pending),
            (Step::S3 | Step::Done, _) | (Step::Kms, ClientDuty::CallKms(_)) => {
                self.leave(request, None, now, pending);
            }
            (Step::Kms, _) => self.key_came(request, now, pending),
        }
    }

    /// The client encrypts or decrypts on one of its cores.
    pub(super) fn encrypt(
        &mut self,
        request: &mut Request,
        now: Time,
        pending: &mut Pending<Event>,
    ) {
        let crypto = self.assembly.client.crypto.as_ref();
        let crypto = crypto.expect("only who encrypts is here");
        let duty = self.duty(request);
        let work = crypto.work(duty, request.ask.size);
        let done = self.instance(request).cores.work(now, work.time);
        self.tally.cores.works(now, done, &work, request.ask.size);
        request.step = if duty == ClientDuty::Open {
            Step::Done
        } else {
            Step::S3
        };
        request.time.client_crypto += done - now;
        self.park(
            *request,
            done,
            |request| Event::Proceed { request },
            pending,
        );
    }

    /// An attempt failed: the client tries again or gives the request up.
    pub(super) fn failed(
        &mut self,
        number: u32,
        refusal: &'static Refusal,
        now: Time,
        pending: &mut Pending<Event>,
    ) {
        let Self {
            requests,
            fleets,
            tally,
            assembly,
            ..
        } = self;
        let request = requests.waiting(number);
        request.time.refused += now - request.attempt_began;
        tally.refused(request, refusal);
        let keys = &fleets[usize::from(request.fleet)].keys;
        let key = if request.step == Step::Kms {
            keys.kms_back_off
        } else {
            keys.s3_back_off
        };
        let mut rng = request.stream(key).rng();
        let instance = instance_of(fleets, request);
        instance.settle(now);
        let client = &assembly.client;
        let kind = as_seen(request, refusal);
        let failure = Failure {
            kind,
            attempt: request.call_attempt,
            retry_after: match (refusal.outcome, request.step) {
                (Outcome::Throttled, Step::Kms) => assembly.kms.retry_after,
                (Outcome::Throttled, Step::S3) => assembly.s3.retry_after,
                _ => None,
            },
            last_back_off: request.last_back_off,
        };
        let quota = &mut sdk_client(instance, request).retry_quota;
        let waits = match client.retry.decide(failure, quota, &mut rng) {
            Decision::Retry { back_off, cost } => {
                request.retry_cost = Some(cost);
                request.last_back_off = back_off;
                request.call_attempt += 1;
                Some(back_off)
            }
            // The program itself may call its SDK once more.
            Decision::GiveUp(_) => client.outer_retry.and_then(|outer| {
                let waits = outer.decide(kind, request.calls - 1, &mut rng)?;
                request.call_again();
                Some(waits)
            }),
        };
        let goes_on = waits.map(|back_off| {
            request.attempt += 1;
            request.time.back_off += back_off;
            now + back_off
        });
        let request = *request;
        if client.retry.limiter.is_some() {
            let throttled = client.retry.class(kind).is_throttle;
            self.answered(&request, throttled, now, pending);
        }
        if let Some(at) = goes_on {
            return pending.schedule(at, Event::Proceed { request: number });
        }
        self.requests.remove(number);
        self.leave(&request, Some(refusal), now, pending);
        self.key_failed(&request, now, pending);
    }
}

/// What a client makes of an error: a HEAD's answer has no body, and so no code.
fn as_seen(request: &Request, refusal: &Refusal) -> ErrorKind {
    if request.step == Step::S3 && request.ask.operation == Operation::Head {
        refusal.kind.without_body()
    } else {
        refusal.kind
    }
}

/// The SDK client object that makes a request's current call.
#[inline]
pub(super) fn sdk_client<'a>(instance: &'a mut Instance, request: &Request) -> &'a mut SdkClient {
    let clients = instance.clients(request.place);
    if request.step == Step::Kms {
        &mut clients.kms
    } else {
        &mut clients.s3
    }
}
