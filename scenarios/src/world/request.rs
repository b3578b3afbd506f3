use keystorm_models::s3::Refusal;
use keystorm_models::workload::{Ask, Operation, RequestId};
use keystorm_sim::{Span, StreamKey, Time};

/// A request in the system.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Request {
    /// Its intended start.
    pub(super) start: Time,
    pub(super) attempt_began: Time,
    pub(super) id: RequestId,
    pub(super) ask: Ask,
    pub(super) service: Service,
    pub(super) time: TimeSpent,
    /// What the current attempt is answered with; `None` if it succeeds.
    pub(super) refusal: Option<&'static Refusal>,
    worker: u32,
    /// Of a transfer, if it is one.
    pub(super) piece: Piece,
    /// What the application asked for: the request's class.
    pub(super) asked: Operation,
    /// The place of its instance that it has.
    pub(super) place: u32,
    /// Calls of KMS that the key of client-side encryption still takes.
    pub(super) calls_left: u32,
    pub(super) fleet: u16,
    /// Tokens that the last retry of the current call cost.
    pub(super) retry_cost: Option<u16>,
    /// Back-off before the current attempt.
    pub(super) last_back_off: Span,
    /// Attempt of the current step, from 1.
    pub(super) attempt: u8,
    /// Attempt of the SDK's current call, from 1: the same, if the program does not call it again.
    pub(super) call_attempt: u8,
    /// Calls of the SDK for the current step, from 1.
    pub(super) calls: u8,
    pub(super) step: Step,
    /// Some call was tried again.
    pub(super) retried: bool,
    /// KMS granted a call for the current attempt.
    pub(super) calls_kms: bool,
}

/// Which piece of which transfer a request is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Piece {
    /// Number of the transfer.
    pub(super) transfer: u32,
    /// Number of the piece within it, from 1; 0 marks a request that is no piece.
    pub(super) number: u32,
}

impl Piece {
    const NONE: Self = Self {
        transfer: 0,
        number: 0,
    };
}

/// What a request does next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Step {
    /// The client calls KMS (client-side encryption).
    Kms,
    /// The client calls S3.
    S3,
    /// Nothing: it leaves.
    Done,
}

/// How long S3 takes over an attempt, if it admits it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Service {
    pub(super) first_byte: Span,
    pub(super) transfer: Span,
    /// Of a call to KMS, if the attempt needs one.
    pub(super) kms: Span,
}

/// Where a request's time went; the parts add up to its latency.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct TimeSpent {
    pub(super) wait: Span,
    pub(super) overhead: Span,
    pub(super) connect: Span,
    pub(super) client_crypto: Span,
    pub(super) kms: Span,
    pub(super) first_byte: Span,
    pub(super) transfer: Span,
    pub(super) refused: Span,
    pub(super) back_off: Span,
}

/// Marks a request of an open fleet.
const NO_WORKER: u32 = u32::MAX;

impl Request {
    pub(super) fn new(
        fleet: u16,
        worker: Option<u32>,
        start: Time,
        id: RequestId,
        ask: Ask,
        service: Service,
    ) -> Self {
        Self {
            start,
            attempt_began: start,
            id,
            ask,
            service,
            time: TimeSpent::default(),
            refusal: None,
            worker: worker.unwrap_or(NO_WORKER),
            piece: Piece::NONE,
            asked: ask.operation,
            place: 0,
            calls_left: 0,
            fleet,
            retry_cost: None,
            last_back_off: Span::ZERO,
            attempt: 1,
            call_attempt: 1,
            calls: 1,
            step: Step::S3,
            retried: false,
            calls_kms: false,
        }
    }

    /// What was said of the last call does not hold for the next.
    pub(super) fn begin_call(&mut self) {
        self.attempt = 1;
        self.call_attempt = 1;
        self.calls = 1;
        self.last_back_off = Span::ZERO;
    }

    /// The program calls its SDK once more for the same step.
    pub(super) fn call_again(&mut self) {
        self.call_attempt = 1;
        self.calls += 1;
        self.retry_cost = None;
        self.last_back_off = Span::ZERO;
    }

    /// The worker of a closed fleet that asked.
    pub(super) fn worker(&self) -> Option<u32> {
        (self.worker != NO_WORKER).then_some(self.worker)
    }

    /// The stream below `key` of the current attempt.
    #[inline]
    pub(super) fn stream(&self, key: StreamKey) -> StreamKey {
        let key = key.child(self.id.attempt(self.attempt));
        if self.is_piece() {
            key.child(self.piece.number.into())
        } else {
            key
        }
    }

    /// Whether it is a piece of a transfer.
    #[inline]
    pub(super) fn is_piece(&self) -> bool {
        self.piece.number > 0
    }

    /// A piece of this request, which asks for `size` bytes and goes on with the account `time`.
    pub(super) fn piece(&self, piece: Piece, asks: Operation, size: u64, time: TimeSpent) -> Self {
        Self {
            worker: NO_WORKER,
            piece,
            ask: Ask {
                operation: asks,
                size,
                ..self.ask
            },
            time,
            retried: false,
            ..*self
        }
    }

    /// The same for the client's own call of KMS, which can be one of several in a row.
    pub(super) fn stream_of_call(&self, key: StreamKey) -> StreamKey {
        let stream = self.stream(key);
        match self.calls_left {
            0 | 1 => stream,
            left => stream.child(left.into()),
        }
    }
}

/// The requests that wait for an event, by number; numbers are used again.
#[derive(Debug, Default)]
pub(super) struct Requests {
    /// A free one has no attempt.
    slots: Vec<Request>,
    free: Vec<u32>,
}

impl Requests {
    pub(super) fn insert(&mut self, request: &Request) -> u32 {
        if let Some(number) = self.free.pop() {
            self.slots[number as usize] = *request;
            return number;
        }
        self.slots.push(*request);
        u32::try_from(self.slots.len() - 1).expect("fewer than 2^32 requests at a time")
    }

    #[inline]
    pub(super) fn remove(&mut self, number: u32) -> Request {
        self.free.push(number);
        let slot = &mut self.slots[number as usize];
        let request = *slot;
        assert!(request.attempt > 0, "an event names a request that waits");
        slot.attempt = 0;
        request
    }

    /// A request that goes on waiting.
    #[inline]
    pub(super) fn waiting(&mut self, number: u32) -> &mut Request {
        &mut self.slots[number as usize]
    }

    pub(super) fn get(&self, number: u32) -> Option<&Request> {
        let request = &self.slots[number as usize];
        (request.attempt > 0).then_some(request)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Request> {
        self.slots.iter().filter(|request| request.attempt > 0)
    }
}
