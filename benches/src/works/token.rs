use super::{Drive, Outcome};
use keystorm_sim::{Engine, Model, NANOS_PER_S, Pending, Rng, Span, Streams, TieBreak, Time, draw};

/// Tokens/s, and the bucket's size.
const RATE: u64 = 5_500;
/// 6,600 requests/s.
const BETWEEN: Span = Span::from_nanos(NANOS_PER_S / 6_600);
const ATTEMPTS: u8 = 3;
/// The first back-off is shorter than this, the next than twice this.
const BACK_OFF: Span = Span::from_millis(100);

#[derive(Clone, Copy, Debug)]
enum Event {
    Arrives,
    TriesAgain { attempt: u8 },
}

/// Requests against a token bucket; refused ones try again after a random back-off.
#[derive(Debug)]
struct Limiter {
    arrivals: draw::Exponentials<Rng>,
    back_offs: Rng,
    /// Tokens × ns of a second, so that refill is exact.
    level: u64,
    refilled: Time,
    requests: u64,
    arrived: u64,
    granted: u64,
    refused: u64,
    given_up: u64,
}

impl Limiter {
    #[inline]
    fn grants(&mut self, now: Time) -> bool {
        let refill = (now - self.refilled).nanos().saturating_mul(RATE);
        self.level = self.level.saturating_add(refill).min(RATE * NANOS_PER_S);
        self.refilled = now;
        let granted = self.level >= NANOS_PER_S;
        self.level -= if granted { NANOS_PER_S } else { 0 };
        granted
    }

    #[inline]
    fn tries(&mut self, attempt: u8, now: Time, pending: &mut Pending<Event>) {
        if self.grants(now) {
            self.granted += 1;
            return;
        }
        self.refused += 1;
        if attempt == ATTEMPTS {
            self.given_up += 1;
            return;
        }
        let limit = Span::from_nanos(BACK_OFF.nanos() << (attempt - 1));
        let back_off = draw::uniform_span(&mut self.back_offs, limit);
        let attempt = attempt + 1;
        pending.schedule(now + back_off, Event::TriesAgain { attempt });
    }
}

impl Model for Limiter {
    type Event = Event;

    #[inline]
    fn handle(&mut self, now: Time, event: Event, pending: &mut Pending<Event>) {
        match event {
            Event::Arrives => {
                self.arrived += 1;
                if self.arrived < self.requests {
                    let between = self.arrivals.draw(BETWEEN);
                    pending.schedule(now + between, Event::Arrives);
                }
                self.tries(1, now, pending);
            }
            Event::TriesAgain { attempt } => self.tries(attempt, now, pending),
        }
    }
}

/// `requests` requests, 6,600/s, against a token bucket of 5,500/s.
///
/// # Panics
/// If a request is neither granted nor given up.
#[must_use]
pub fn token(requests: u64, drive: Drive) -> Outcome {
    let streams = Streams::new(11, 0);
    let model = Limiter {
        arrivals: draw::Exponentials::new(streams.key("arrivals", 0).rng()),
        back_offs: streams.key("back-offs", 0).rng(),
        level: RATE * NANOS_PER_S,
        refilled: Time::ZERO,
        requests,
        arrived: 0,
        granted: 0,
        refused: 0,
        given_up: 0,
    };
    let mut pending = Pending::new(TieBreak::Schedule);
    pending.schedule(Time::ZERO, Event::Arrives);
    let mut engine = Engine::new(model, pending);
    let secs = drive.run(&mut engine);
    let limiter = &engine.model;
    assert_eq!(limiter.granted + limiter.given_up, requests);
    Outcome {
        events: engine.handled(),
        secs,
        found: format!(
            "refused={:.5} given_up={:.5}",
            limiter.refused as f64 / engine.handled() as f64,
            limiter.given_up as f64 / requests as f64
        ),
    }
}
