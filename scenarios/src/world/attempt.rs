//! One attempt of a call: a connection, the quotas it asks, the service it gets.
use super::event::Event;
use super::kms::NotGranted;
use super::log::{AskedFor, Recorder};
use super::request::Request;
use super::{World, instance_of};
use keystorm_models::client::network::Taken;
use keystorm_models::kms::Call;
use keystorm_models::s3::{KeyUse, KmsNeed, Refusal};
use keystorm_sim::draw::unit_of_word;
use keystorm_sim::{Pending, Span, Time};

impl<R: Recorder> World<'_, R> {
    /// An attempt of the client's own KMS call.
    pub(super) fn call_kms(
        &mut self,
        request: &mut Request,
        now: Time,
        pending: &mut Pending<Event>,
    ) {
        self.tally.attempt(request);
        if self.assembly.client.kms_pool.is_some() {
            return self.call_kms_over_connection(request, now, pending);
        }
        self.send_to_kms(request, now, pending);
    }

    /// An attempt reaches KMS, which decides at once what becomes of it.
    pub(super) fn send_to_kms(
        &mut self,
        request: &mut Request,
        now: Time,
        pending: &mut Pending<Event>,
    ) {
        let call = self.client_call(request);
        self.kms_extra = Span::ZERO;
        let answer = self.kms_answers(request, call, AskedFor::Client, 0, now);
        request.refusal = answer.map(NotGranted::to_client);
        let mut takes = self.kms_extra;
        if answer.is_none() {
            let key = self.fleets[usize::from(request.fleet)].keys.client_kms;
            let mut rng = request.stream_of_call(key).rng();
            takes += self.assembly.kms.latency.draw(&mut rng);
        }
        if let Some(silent_max) = self.assembly.client.read_timeout
            && takes > silent_max
        {
            takes = silent_max;
            request.refusal = Some(&Refusal::READ_TIME_OUT);
        }
        if request.refusal.is_none() {
            request.time.connect += now - request.attempt_began;
            request.time.kms += takes;
        }
        self.park(
            *request,
            now + takes,
            |request| Event::Answer { request },
            pending,
        );
    }

    /// An attempt of the call to S3 begins: it takes a connection or sets one up.
    #[inline(always)]
    pub(super) fn call_s3(
        &mut self,
        request: &mut Request,
        now: Time,
        pending: &mut Pending<Event>,
    ) {
        self.tally.attempt(request);
        let Self {
            fleets, requests, ..
        } = self;
        let waits = || requests.insert(request);
        match instance_of(fleets, request).take_connection(request.place, now, waits) {
            Taken::Idle => self.send(request, now, pending),
            Taken::New => self.connect(request, now, pending),
            Taken::Wait => self.time_the_wait(request, now, pending),
            Taken::Refused => self.without_connection(request, now, pending),
        }
    }

    /// An attempt sets up a connection.
    #[inline(always)]
    pub(super) fn connect(&mut self, request: &Request, now: Time, pending: &mut Pending<Event>) {
        if let Some(set_up) = &self.assembly.client.set_up {
            return self.set_up_connection(request, set_up, now, pending);
        }
        let set_up = now + self.assembly.client.connect;
        self.park(*request, set_up, |request| Event::Send { request }, pending);
    }

    /// An attempt reaches S3, which decides at once what becomes of it.
    #[inline(always)]
    pub(super) fn send(&mut self, request: &mut Request, now: Time, pending: &mut Pending<Event>) {
        request.refusal = self.refusal(request, now);
        if self.assembly.client.read_timeout.is_some() && self.times_out(request, now, pending) {
            return;
        }
        if request.refusal.is_some() {
            let answer = now + self.assembly.s3.refusal_latency + self.kms_extra;
            self.recorder.s3_attempt(now, request, answer);
            return self.park(
                *request,
                answer,
                |request| Event::Answer { request },
                pending,
            );
        }
        request.time.connect += now - request.attempt_began;
        if self.assembly.client.links.is_some() {
            return self.serve_over_network(request, now, pending);
        }
        let end = now + self.serve(request);
        self.recorder.s3_attempt(now, request, end);
        if self.ends_silently(request, now, end) {
            let tokens = self.assembly.client.retry.refund(request.retry_cost);
            self.instance(request).ends_at(end, tokens);
            self.tally.s3_answered(request, end);
            self.tally.left(request, None, end);
            return;
        }
        let number = self.requests.insert(&{ *request });
        pending.schedule_ahead(end, Event::Answer { request: number });
    }

    /// Whether nobody needs to know of a request's end, at `end`, before its instance is next asked
    /// for something; the end is then settled there.
    #[inline(always)]
    fn ends_silently(&self, request: &Request, now: Time, end: Time) -> bool {
        let fleet = &self.fleets[usize::from(request.fleet)];
        fleet.ends_silently
            && end < self.assembly.horizon
            && fleet.instances[request.ask.instance as usize].takes_ends(now)
    }

    /// Why S3 refuses an attempt, if it does: front door, prefix, KMS, in this order.
    #[inline(always)]
    fn refusal(&mut self, request: &mut Request, now: Time) -> Option<&'static Refusal> {
        request.calls_kms = false;
        self.kms_extra = Span::ZERO;
        let operation = request.ask.operation;
        let access = &self.assembly.fleets[usize::from(request.fleet)].access[operation as usize];
        if access.refusal.is_some() {
            return access.refusal;
        }
        let keys = &self.fleets[usize::from(request.fleet)].keys;
        // Of the request, not of the attempt: a retry asks for the same key.
        let place = || keys.place.child(request.id.attempt(0)).words()[0];
        if self.assembly.s3.split_rule.is_some() {
            let prefixes = &self.prefixes;
            self.tally.partitions(now, || prefixes.partitions_all());
        }
        if !self
            .prefixes
            .admit(now, request.ask.prefix, operation, place)
        {
            self.tally.s3_refused(now);
            return Some(&Refusal::PREFIX_SLOW_DOWN);
        }
        // Hardly any request needs two, and most modes none or one that no Bucket Key answers.
        let first = self.need_kms(request, access.needs[0]?, now);
        match access.needs[1] {
            Some(second) if first.is_none() => self.need_kms(request, second, now),
            _ => first,
        }
    }

    /// Why S3 cannot have a key that a request needs, if it cannot.
    #[inline(always)]
    fn need_kms(
        &mut self,
        request: &mut Request,
        need: KmsNeed,
        now: Time,
    ) -> Option<&'static Refusal> {
        match need.bucket_key {
            Some(key_use) => self.ask_bucket_key(request, need.call, key_use, now),
            None if need.times == 1 => self.ask_kms(request, need.call, AskedFor::Object, 0, now),
            None => (0..need.times)
                .find_map(|nth| self.ask_kms(request, need.call, AskedFor::Object, nth, now)),
        }
    }

    fn ask_bucket_key(
        &mut self,
        request: &mut Request,
        call: Call,
        key_use: KeyUse,
        now: Time,
    ) -> Option<&'static Refusal> {
        let fleet = &self.fleets[usize::from(request.fleet)];
        let (first, count) = fleet.requesters;
        let mut requester = first;
        let old_objects = self
            .assembly
            .s3
            .bucket_keys
            .map_or(0.0, |it| it.old_objects);
        if count > 1 || old_objects > 0.0 {
            // Of the request, not of the attempt: a retry is of the same role and object.
            let [who, what] = fleet.keys.requester.child(request.id.attempt(0)).words();
            if key_use == KeyUse::Read && unit_of_word(what) < old_objects {
                return self.ask_kms(request, call, AskedFor::Object, 0, now);
            }
            let popularity = &self.assembly.fleets[usize::from(request.fleet)].requester_popularity;
            requester += popularity.of_word(who, count);
        }
        let key = fleet.keys.bucket_key;
        let keys = self
            .bucket_keys
            .as_ref()
            .expect("a Bucket Key has its caches");
        let place = keys.place(requester, key_use, &mut request.stream(key).rng());
        if keys.holds(place, now) {
            return None;
        }
        let refusal = self.ask_kms(request, call, AskedFor::BucketKey, 0, now);
        if let (None, Some(keys)) = (refusal, &mut self.bucket_keys) {
            keys.store(place, now);
        }
        refusal
    }

    /// S3 calls KMS on the request's behalf, for the `nth` time of several with the same aim.
    #[inline(always)]
    fn ask_kms(
        &mut self,
        request: &mut Request,
        call: Call,
        asked: AskedFor,
        nth: u32,
        now: Time,
    ) -> Option<&'static Refusal> {
        let answer = self.kms_answers(request, call, asked, nth, now);
        request.calls_kms = answer.is_none();
        answer.map(NotGranted::through_s3)
    }

    /// Time that an admitted attempt takes from here: KMS, first byte and transfer.
    #[inline(always)]
    pub(super) fn serve(&self, request: &mut Request) -> Span {
        let kms = self.draw_service(request);
        let service = &request.service;
        request.time.first_byte += service.first_byte;
        request.time.transfer += service.transfer;
        request.time.kms += kms;
        service.first_byte + service.transfer + kms
    }

    /// Draws the service of an admitted attempt, if that is not done yet; returns its time of KMS.
    #[inline(always)]
    pub(super) fn draw_service(&self, request: &mut Request) -> Span {
        if request.attempt > 1 || request.is_piece() {
            let key = self.fleets[usize::from(request.fleet)].keys.service;
            request.service = self.service.draw(request.stream(key), &request.ask);
        }
        if request.calls_kms {
            request.service.kms + self.kms_extra
        } else {
            Span::ZERO
        }
    }
}
