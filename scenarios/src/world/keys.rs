//! The keys of client-side encryption: from the client's memory, or from KMS.
use super::log::Recorder;
use super::request::{Request, Step};
use super::{Event, World};
use crate::assemble::{ClientKeys, Fleet};
use keystorm_models::client::ClientDuty;
use keystorm_models::client::data_keys::{KeyCache, KeyWanted, Lookup, Misses};
use keystorm_models::kms::Call;
use keystorm_sim::draw::below_of_word;
use keystorm_sim::{Pending, Span, Time};
use std::collections::VecDeque;

/// What one process or worker keeps, and which requests wait for a key that another has asked for.
#[derive(Debug)]
pub(super) struct KeyRing {
    cache: KeyCache,
    /// First come, first served; its length is bounded by the requests of the run.
    waiting: VecDeque<u32>,
    /// An event will have them look again.
    looks_again: bool,
}

impl KeyRing {
    /// The rings of a fleet: of each instance in turn, of each of its places if they keep keys for
    /// themselves. None where nothing is kept.
    pub(super) fn all_of(fleet: &Fleet, keys: Option<&ClientKeys>) -> Vec<Self> {
        let Some((keys, rules)) = keys.and_then(|it| Some((it, it.cache?))) else {
            return Vec::new();
        };
        let ring = |_| Self {
            cache: KeyCache::new(rules),
            waiting: VecDeque::new(),
            looks_again: false,
        };
        (0..fleet.instances as usize * keys.caches_of(fleet.concurrency))
            .map(ring)
            .collect()
    }
}

impl<'a, R: Recorder> World<'a, R> {
    fn client_keys(&self) -> &'a ClientKeys {
        let keys = self.assembly.client.keys.as_ref();
        keys.expect("only who encrypts is here")
    }

    /// The call of KMS that a request's client makes.
    pub(super) fn client_call(&self, request: &Request) -> Call {
        let call = match self.duty(request) {
            ClientDuty::CallKms(call) => Some(call),
            duty => self.client_keys().call(duty),
        };
        call.expect("only who has a call to make is here")
    }

    /// A request needs its key: the client has it, waits for it or asks for it.
    pub(super) fn need_key(
        &mut self,
        request: &mut Request,
        now: Time,
        pending: &mut Pending<Event>,
    ) {
        let keys = self.client_keys();
        request.step = Step::Kms;
        if keys.call(self.duty(request)).is_none() {
            return self.encrypt(request, now, pending);
        }
        if keys.cache.is_none() {
            return self.fetch_key(request, now, pending);
        }
        self.tally.keys.wanted(now);
        let lookup = self.look_up_key(request, now);
        if lookup == Lookup::Wait {
            self.tally.keys.waited(now);
        }
        self.go_on(request, lookup, now, pending);
    }

    fn look_up_key(&mut self, request: &Request, now: Time) -> Lookup {
        let wanted = self.key_wanted(request);
        self.ring(request).cache.look_up(now, wanted)
    }

    /// A request goes on as its client's memory says.
    fn go_on(
        &mut self,
        request: &mut Request,
        lookup: Lookup,
        now: Time,
        pending: &mut Pending<Event>,
    ) {
        match lookup {
            Lookup::Use => {
                self.tally.keys.cached(now);
                self.encrypt(request, now, pending);
            }
            Lookup::Miss => self.fetch_key(request, now, pending),
            Lookup::Wait => self.wait_for_key(request, now, pending),
        }
    }

    /// The client has not got the key: it asks for it.
    fn fetch_key(&mut self, request: &mut Request, now: Time, pending: &mut Pending<Event>) {
        let keys = self.client_keys();
        request.calls_left = keys.calls;
        if keys.key_store == Span::ZERO {
            return self.proceed(request, now, pending);
        }
        request.time.kms += keys.key_store;
        self.park(
            *request,
            now + keys.key_store,
            |request| Event::Proceed { request },
            pending,
        );
    }

    /// Another request has asked for the key.
    fn wait_for_key(&mut self, request: &mut Request, now: Time, pending: &mut Pending<Event>) {
        let Some(Misses::Shared(shared)) = self.client_keys().cache.map(|it| it.misses) else {
            unreachable!("nobody waits where misses are separate")
        };
        request.attempt_began = now;
        let (fleet, ring) = (request.fleet, self.ring_of(request));
        let number = self.requests.insert(request);
        let state = &mut self.fleets[usize::from(fleet)].rings[ring as usize];
        state.waiting.push_back(number);
        let again = now + shared.patience;
        if !state.looks_again && again < Time::NEVER {
            state.looks_again = true;
            pending.schedule(again, Event::WaitNoLonger { fleet, ring });
        }
    }

    /// The patience of those who wait at a ring may be at its end.
    pub(super) fn wait_no_longer(
        &mut self,
        fleet: u16,
        ring: u32,
        now: Time,
        pending: &mut Pending<Event>,
    ) {
        self.fleets[usize::from(fleet)].rings[ring as usize].looks_again = false;
        self.wake(fleet, ring, now, pending);
    }

    /// Those who wait at a ring look again.
    fn wake(&mut self, fleet: u16, ring: u32, now: Time, pending: &mut Pending<Event>) {
        let rings = &self.fleets[usize::from(fleet)].rings;
        for _ in 0..rings[ring as usize].waiting.len() {
            let state = &mut self.fleets[usize::from(fleet)].rings[ring as usize];
            let Some(number) = state.waiting.pop_front() else {
                return;
            };
            let mut request = self.requests.remove(number);
            request.time.kms += now - request.attempt_began;
            let lookup = self.look_up_key(&request, now);
            self.go_on(&mut request, lookup, now, pending);
        }
    }

    /// A call for a request's key succeeded.
    pub(super) fn key_came(
        &mut self,
        request: &mut Request,
        now: Time,
        pending: &mut Pending<Event>,
    ) {
        request.calls_left -= 1;
        if request.calls_left > 0 {
            return self.proceed(request, now, pending);
        }
        if self.client_keys().cache.is_none() {
            return self.encrypt(request, now, pending);
        }
        let wanted = self.key_wanted(request);
        self.ring(request).cache.store(now, wanted);
        self.encrypt(request, now, pending);
        self.wake(request.fleet, self.ring_of(request), now, pending);
    }

    /// A request has given up, perhaps while it asked for its key.
    pub(super) fn key_failed(
        &mut self,
        request: &Request,
        now: Time,
        pending: &mut Pending<Event>,
    ) {
        let rings = &self.fleets[usize::from(request.fleet)].rings;
        let asks_itself = matches!(self.duty(request), ClientDuty::CallKms(_));
        if rings.is_empty() || request.step != Step::Kms || asks_itself {
            return;
        }
        let wanted = self.key_wanted(request);
        self.ring(request).cache.failed(wanted);
        self.wake(request.fleet, self.ring_of(request), now, pending);
    }

    /// The number of a request's ring in its fleet.
    fn ring_of(&self, request: &Request) -> u32 {
        let fleet = &self.assembly.fleets[usize::from(request.fleet)];
        match self.client_keys().caches_of(fleet.concurrency) {
            1 => request.ask.instance,
            _ => request.ask.instance * fleet.concurrency + request.place,
        }
    }

    fn ring(&mut self, request: &Request) -> &mut KeyRing {
        let ring = self.ring_of(request);
        &mut self.fleets[usize::from(request.fleet)].rings[ring as usize]
    }

    /// The key that a request needs: of the request, not of an attempt.
    fn key_wanted(&self, request: &Request) -> KeyWanted {
        let keys = self.client_keys();
        let stream = self.fleets[usize::from(request.fleet)].keys.client_key;
        let [written, read] = stream.child(request.id.attempt(0)).words();
        match self.duty(request) {
            ClientDuty::Open => KeyWanted::Decrypt {
                key: below_of_word(read, keys.keys_read),
            },
            _ => KeyWanted::Encrypt {
                context: below_of_word(written, keys.contexts),
                bytes: request.ask.size,
            },
        }
    }
}
