//! Setting up connections, and how long a client waits for them and for answers.
use super::call::sdk_client;
use super::event::Event;
use super::log::Recorder;
use super::request::{Request, Step};
use super::{World, instance_of};
use crate::assemble::SetUp;
use keystorm_models::client::network::{Handshake, Pool, Taken};
use keystorm_models::s3::Refusal;
use keystorm_record::{ClientConnections, Sum};
use keystorm_sim::{Pending, Span, Time};

/// Connections of the clients, where more counts than the round trips that they take.
#[derive(Debug)]
pub(crate) struct ConnectionTally {
    warm_up: Time,
    pub(crate) counts: ClientConnections,
}

impl ConnectionTally {
    pub(super) fn new(warm_up: Time) -> Self {
        Self {
            warm_up,
            counts: ClientConnections::default(),
        }
    }

    /// A connection is set up.
    fn opened(&mut self, now: Time) {
        self.counts.opened.0 += u64::from(now >= self.warm_up);
    }

    /// A core is asked for a handshake.
    fn shakes_hands(&mut self, handshake: Handshake, work: Span, now: Time) {
        if now < self.warm_up {
            return;
        }
        let count = match handshake {
            Handshake::Full => &mut self.counts.full_handshakes,
            Handshake::Resumed => &mut self.counts.resumed_handshakes,
        };
        count.0 += 1;
        self.counts.handshake_ns += Sum(work.nanos().into());
    }

    /// An attempt ended with an error of the client's own.
    #[cold]
    pub(super) fn timed_out(&mut self, error: Option<&'static Refusal>, now: Time) {
        if now < self.warm_up {
            return;
        }
        if error == Some(&Refusal::CONNECT_TIME_OUT) {
            self.counts.connect_timeouts.0 += 1;
        } else {
            self.counts.read_timeouts.0 += 1;
        }
    }
}

impl<R: Recorder> World<'_, R> {
    /// The pool from which a request's current call has its connection, if there is one.
    pub(super) fn pool_of(&mut self, request: &Request) -> Option<&mut Pool> {
        let (place, step) = (request.place, request.step);
        let instance = self.instance(request);
        match step {
            Step::Kms => instance.kms_pool(place),
            Step::S3 | Step::Done => instance.pool(place),
        }
    }

    /// An attempt of the client's own KMS call takes a connection or sets one up.
    #[cold]
    pub(super) fn call_kms_over_connection(
        &mut self,
        request: &mut Request,
        now: Time,
        pending: &mut Pending<Event>,
    ) {
        let Self {
            fleets, requests, ..
        } = self;
        let pool = instance_of(fleets, request).kms_pool(request.place);
        let taken = pool.map_or(Taken::Idle, |it| it.take(now, || requests.insert(request)));
        match taken {
            Taken::Idle => self.send_to_kms(request, now, pending),
            Taken::New => self.connect(request, now, pending),
            Taken::Wait => self.time_the_wait(request, now, pending),
            Taken::Refused => self.without_connection(request, now, pending),
        }
    }

    /// An attempt has a connection and goes to the service that it is for.
    pub(super) fn send_over(
        &mut self,
        request: &mut Request,
        now: Time,
        pending: &mut Pending<Event>,
    ) {
        match request.step {
            Step::Kms => self.send_to_kms(request, now, pending),
            Step::S3 | Step::Done => self.send(request, now, pending),
        }
    }

    /// An attempt sets up a connection, which may take too long or cost a core something.
    #[cold]
    pub(super) fn set_up_connection(
        &mut self,
        request: &Request,
        set_up: &SetUp,
        now: Time,
        pending: &mut Pending<Event>,
    ) {
        let resumed = sdk_client(instance_of(&mut self.fleets, request), request).tls_session;
        let handshake = if resumed {
            Handshake::Resumed
        } else {
            Handshake::Full
        };
        let cost = set_up.cost(handshake);
        if let Some(timeout) = set_up.timeout
            && cost.trips > timeout
        {
            return self.fails_to_connect(request, now + timeout, pending);
        }
        let event = |request| match cost.work {
            Span::ZERO => Event::Send { request },
            _ => Event::Handshake { request, resumed },
        };
        self.park(*request, now + cost.trips, event, pending);
    }

    fn fails_to_connect(&mut self, request: &Request, at: Time, pending: &mut Pending<Event>) {
        let mut failed = *request;
        failed.refusal = Some(&Refusal::CONNECT_TIME_OUT);
        self.park(failed, at, |request| Event::Answer { request }, pending);
    }

    /// The handshake of request `number` waits for a core, which works on it to the end even if
    /// the client does not wait for that.
    pub(super) fn shake_hands(
        &mut self,
        number: u32,
        resumed: bool,
        now: Time,
        pending: &mut Pending<Event>,
    ) {
        let request = self.requests.remove(number);
        let set_up = self.assembly.client.set_up.as_ref();
        let set_up = set_up.expect("only who sets up connections is here");
        let handshake = if resumed {
            Handshake::Resumed
        } else {
            Handshake::Full
        };
        let work = set_up.cost(handshake).work;
        let done = self.instance(&request).cores.work(now, work);
        self.tally.cores.is_busy(done, work);
        self.tally.connections.shakes_hands(handshake, work, now);
        match set_up.timeout {
            Some(timeout) if done - request.attempt_began > timeout => {
                let at = request.attempt_began + timeout;
                self.fails_to_connect(&request, at, pending);
            }
            _ => self.park(request, done, |request| Event::Send { request }, pending),
        }
    }

    /// A connection is set up: the attempt goes out over it.
    #[inline(always)]
    pub(super) fn is_connected(
        &mut self,
        request: &mut Request,
        now: Time,
        pending: &mut Pending<Event>,
    ) {
        if self.assembly.client.counts_connections() {
            self.count_connection(request, now);
        }
        self.send_over(request, now, pending);
    }

    #[cold]
    fn count_connection(&mut self, request: &Request, now: Time) {
        self.tally.connections.opened(now);
        let resumes = |it: &SetUp| it.resumes;
        let client = sdk_client(instance_of(&mut self.fleets, request), request);
        client.tls_session |= self.assembly.client.set_up.as_ref().is_some_and(resumes);
    }

    /// Whether S3 is silent for longer about an attempt than its client waits: the client then
    /// closes the connection and has failed. What S3 does about the attempt, it does nevertheless.
    #[cold]
    pub(super) fn times_out(
        &mut self,
        request: &mut Request,
        now: Time,
        pending: &mut Pending<Event>,
    ) -> bool {
        let client = &self.assembly.client;
        let silent_max = client.read_timeout.expect("asked only where there is one");
        let is_refused = request.refusal.is_some();
        let (silent, transfer) = if is_refused {
            (
                self.assembly.s3.refusal_latency + self.kms_extra,
                Span::ZERO,
            )
        } else {
            let kms = self.draw_service(request);
            (request.service.first_byte + kms, request.service.transfer)
        };
        let uploads = request.ask.operation.writes() && !is_refused;
        // Over a network that is a limit, an upload ends later: it is looked at then.
        if silent <= silent_max || (uploads && client.links.is_some()) {
            return false;
        }
        self.answers_in_vain(request, now, now + silent + transfer);
        let sent = if uploads { now + transfer } else { now };
        request.refusal = Some(&Refusal::READ_TIME_OUT);
        self.park(
            *request,
            sent + silent_max,
            |request| Event::Answer { request },
            pending,
        );
        true
    }

    /// The bytes of request `number` have gone out over the instance's network, and S3 will be
    /// silent for longer than the client waits.
    #[cold]
    pub(super) fn upload_times_out(
        &mut self,
        number: u32,
        now: Time,
        pending: &mut Pending<Event>,
    ) {
        let silent_max = self.assembly.client.read_timeout;
        let silent_max = silent_max.expect("asked only where there is one");
        let request = self.requests.waiting(number);
        let service = request.service;
        let answer = now + (service.first_byte + service.kms);
        // All of the attempt's time is that of a failure.
        for (part, was) in [
            (&mut request.time.first_byte, service.first_byte),
            (&mut request.time.kms, service.kms),
        ] {
            *part = Span::from_nanos(part.nanos() - was.nanos());
        }
        let asked = *request;
        request.refusal = Some(&Refusal::READ_TIME_OUT);
        self.answers_in_vain(&asked, asked.attempt_began, answer);
        pending.schedule_ahead(now + silent_max, Event::Answer { request: number });
    }

    /// S3 answers at `at` an attempt, sent at `sent`, whose client does not listen any more.
    fn answers_in_vain(&mut self, request: &Request, sent: Time, at: Time) {
        self.recorder.s3_attempt(sent, request, at);
        if at < self.assembly.horizon {
            self.tally.s3_answered(request, at);
        }
    }
}
