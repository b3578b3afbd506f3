//! Waiting for a connection, and transfers that share an instance's network.
use super::World;
use super::event::Event;
use super::log::Recorder;
use super::request::Request;
use keystorm_models::client::network::{Link, LinkRules, Taken};
use keystorm_models::s3::Refusal;
use keystorm_sim::{Pending, Span, Time, Timer};

/// The network of one instance: full duplex, with a timer for each direction.
#[derive(Debug)]
pub(super) struct Nic {
    inbound: Port,
    outbound: Port,
}

#[derive(Debug)]
struct Port {
    /// Transfers, by their requests' numbers.
    link: Link<u32>,
    /// At the next end or change, while something is moved.
    timer: Option<Timer>,
}

impl Nic {
    pub(super) fn new([inbound, outbound]: [LinkRules; 2], connection_rate: u64) -> Self {
        let port = |rules| Port {
            link: Link::new(rules, connection_rate),
            timer: None,
        };
        Self {
            inbound: port(inbound),
            outbound: port(outbound),
        }
    }

    fn port(&mut self, outbound: bool) -> &mut Port {
        if outbound {
            &mut self.outbound
        } else {
            &mut self.inbound
        }
    }
}

impl Port {
    /// Moves the timer to the next change.
    fn plan(&mut self, event: Event, pending: &mut Pending<Event>) {
        let at = self.link.first_change();
        match self.timer.filter(|it| pending.is_pending(*it)) {
            Some(timer) if at < Time::NEVER => {
                pending.reschedule(timer, at);
            }
            Some(timer) => {
                pending.cancel(timer);
                self.timer = None;
            }
            None => {
                self.timer = (at < Time::NEVER).then(|| pending.schedule_timer(at, event));
            }
        }
    }
}

impl<R: Recorder> World<'_, R> {
    /// A request waits for a connection, but not for ever.
    #[cold]
    pub(super) fn time_the_wait(
        &mut self,
        request: &Request,
        now: Time,
        pending: &mut Pending<Event>,
    ) {
        let pool = self.pool_of(request);
        let last = pool.and_then(|it| it.last_timeout());
        if let Some((number, at)) = last {
            debug_assert!(at >= now, "it has only begun to wait");
            pending.schedule(at, Event::Waited { request: number });
        }
    }

    /// The attempt of a request that waited has a connection now.
    #[cold]
    pub(super) fn has_connection(
        &mut self,
        number: u32,
        taken: Taken,
        now: Time,
        pending: &mut Pending<Event>,
    ) {
        let mut request = self.requests.remove(number);
        request.time.wait += now - request.attempt_began;
        request.attempt_began = now;
        if taken == Taken::Idle {
            self.send_over(&mut request, now, pending);
        } else {
            self.connect(&request, now, pending);
        }
    }

    /// The time of one that waited for a connection is up, if it still waits. If not, its number
    /// may be another's; whoever's time is up in that one's pool has its own event at this instant.
    pub(super) fn time_out(&mut self, number: u32, now: Time, pending: &mut Pending<Event>) {
        let Some(&request) = self.requests.get(number) else {
            return;
        };
        loop {
            let pool = self.pool_of(&request);
            let Some(number) = pool.and_then(|it| it.time_out(now)) else {
                return;
            };
            self.requests.waiting(number).refusal = Some(&Refusal::NO_CONNECTION);
            self.failed(number, &Refusal::NO_CONNECTION, now, pending);
        }
    }

    /// Too many wait for a connection already.
    #[cold]
    pub(super) fn without_connection(
        &mut self,
        request: &mut Request,
        now: Time,
        pending: &mut Pending<Event>,
    ) {
        request.refusal = Some(&Refusal::NO_CONNECTION);
        let number = self.requests.insert(request);
        self.failed(number, &Refusal::NO_CONNECTION, now, pending);
    }

    /// S3 admits an attempt whose bytes share the instance's network: an upload's bytes come before
    /// S3's time, a download's after it.
    #[cold]
    pub(super) fn serve_over_network(
        &mut self,
        request: &mut Request,
        now: Time,
        pending: &mut Pending<Event>,
    ) {
        let before = request.time.transfer;
        self.serve(request);
        // How long it takes to move them shows when they are moved.
        request.time.transfer = before;
        request.service.kms = if request.calls_kms {
            request.service.kms + self.kms_extra
        } else {
            Span::ZERO
        };
        request.attempt_began = now;
        if request.ask.operation.writes() {
            let number = self.requests.insert(request);
            self.move_bytes(number, now, pending);
        } else {
            let at = now + before_transfer(request);
            self.park(*request, at, |request| Event::Receive { request }, pending);
        }
    }

    /// The bytes of an answer begin to come in.
    pub(super) fn receive(&mut self, number: u32, now: Time, pending: &mut Pending<Event>) {
        self.move_bytes(number, now, pending);
    }

    fn move_bytes(&mut self, number: u32, now: Time, pending: &mut Pending<Event>) {
        let request = self.requests.waiting(number);
        let (fleet, instance) = (request.fleet, request.ask.instance);
        let (outbound, bytes) = (request.ask.operation.writes(), request.ask.size);
        let nic = &mut self.fleets[usize::from(fleet)].nics[instance as usize];
        let port = nic.port(outbound);
        port.link.add(now, bytes, number);
        let event = Event::Moved {
            fleet,
            instance,
            outbound,
        };
        port.plan(event, pending);
    }

    /// Transfers have ended, or the capacity of the network changes.
    pub(super) fn moved(
        &mut self,
        fleet: u16,
        instance: u32,
        outbound: bool,
        now: Time,
        pending: &mut Pending<Event>,
    ) {
        let event = Event::Moved {
            fleet,
            instance,
            outbound,
        };
        loop {
            let nic = &mut self.fleets[usize::from(fleet)].nics[instance as usize];
            let port = nic.port(outbound);
            let ended = port.link.take(now);
            port.plan(event, pending);
            let Some(number) = ended else { return };
            let Self {
                requests, recorder, ..
            } = self;
            let request = requests.waiting(number);
            let sent = request.attempt_began;
            let rest = before_transfer(request);
            if outbound
                && self
                    .assembly
                    .client
                    .read_timeout
                    .is_some_and(|it| it < rest)
            {
                self.upload_times_out(number, now, pending);
                continue;
            }
            let began = if outbound { sent } else { sent + rest };
            request.service.transfer = now - began;
            request.time.transfer += now - began;
            let answer = if outbound { now + rest } else { now };
            recorder.s3_attempt(sent, request, answer);
            if outbound {
                pending.schedule_ahead(answer, Event::Answer { request: number });
            } else {
                self.answer(number, now, pending);
            }
        }
    }
}

/// S3's own time for an attempt.
fn before_transfer(request: &Request) -> Span {
    request.service.first_byte + request.service.kms
}
