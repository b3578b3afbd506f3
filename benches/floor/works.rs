//! The works, each as one loop.
use crate::random::{Exponential, Random};
use crate::wheel::{Wheel, time};
use keystorm_benches::works::{Outcome, mean_wait};
use std::collections::VecDeque;
use std::time::Instant;

const SECOND: u64 = 1_000_000_000;
const NEVER: u64 = u64::MAX;

/// A float of nanoseconds as an integer.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "that is its purpose")]
fn whole(nanos: f64) -> u64 {
    (nanos as i64).cast_unsigned()
}

/// The hold model: `pending` events, each schedules its successor a mean second later.
pub(crate) fn hold(pending: u64, events: u64) -> Outcome {
    const TOKENS: u32 = 24;
    assert!(pending < 1 << TOKENS, "a token has 24 bits");
    let exponential = Exponential::new();
    let mut random = Random::new(1);
    let mut draw = || whole(exponential.draw(&mut random) * SECOND as f64);
    let target = if pending < 30_000 { 16 } else { 128 };
    let mut wheel = Wheel::new(SECOND / pending, 8 * SECOND, target);
    for token in 0..pending {
        wheel.push(u128::from(draw()) << 64 | u128::from(token << TOKENS | token));
    }
    let (mut tokens, mut now) = (0_u64, 0);
    let began = Instant::now();
    for order in pending..pending + events {
        let Some(key) = wheel.pop() else { break };
        now = time(key);
        let token = key as u64 & ((1 << TOKENS) - 1);
        tokens = tokens.wrapping_add(token);
        wheel.push(u128::from(now + draw()) << 64 | u128::from(order << TOKENS | token));
    }
    Outcome {
        events,
        secs: began.elapsed().as_secs_f64(),
        found: format!("now={:.6} tokens={tokens}", now as f64 / SECOND as f64),
    }
}

/// Draws and sums that the two queues have in common.
struct Queue {
    exponential: Exponential,
    random: Random,
    between: f64,
    waiting: VecDeque<u64>,
    arrived: u64,
    served: u64,
    wait: u128,
}

impl Queue {
    fn new(servers: u32) -> Self {
        Self {
            exponential: Exponential::new(),
            random: Random::new(7),
            between: SECOND as f64 / (0.9 * f64::from(servers)),
            waiting: VecDeque::with_capacity(1024),
            arrived: 0,
            served: 0,
            wait: 0,
        }
    }

    #[inline]
    fn arrival_after(&mut self, now: u64) -> u64 {
        now + whole(self.exponential.draw(&mut self.random) * self.between)
    }

    #[inline]
    fn end_after(&mut self, now: u64) -> u64 {
        now + whole(self.exponential.draw(&mut self.random) * SECOND as f64)
    }

    /// The time of the next arrival after one at `now`.
    #[inline]
    fn arrive(&mut self, now: u64, customers: u64) -> u64 {
        self.arrived += 1;
        if self.arrived < customers {
            self.arrival_after(now)
        } else {
            NEVER
        }
    }

    fn outcome(self, began: Instant, servers: u32) -> Outcome {
        let mean = self.wait as f64 / self.served as f64 / SECOND as f64;
        Outcome {
            events: self.arrived + self.served,
            secs: began.elapsed().as_secs_f64(),
            found: format!(
                "served={} wait={mean:.4} theory={:.4}",
                self.served,
                mean_wait(servers, 0.9)
            ),
        }
    }
}

/// M/M/1 at 0.9: two times are all that is pending.
pub(crate) fn mm1(customers: u64) -> Outcome {
    let mut queue = Queue::new(1);
    let began = Instant::now();
    let mut arrival = queue.arrival_after(0);
    let mut end = NEVER;
    loop {
        if arrival < end {
            let now = arrival;
            arrival = queue.arrive(now, customers);
            if end == NEVER {
                end = queue.end_after(now);
            } else {
                queue.waiting.push_back(now);
            }
        } else if end != NEVER {
            let now = end;
            queue.served += 1;
            end = NEVER;
            if let Some(arrived) = queue.waiting.pop_front() {
                queue.wait += u128::from(now - arrived);
                end = queue.end_after(now);
            }
        } else {
            break;
        }
    }
    queue.outcome(began, 1)
}

/// M/M/8 at 0.9: the next arrival and eight ends, each with its server in the low bits.
pub(crate) fn mm8(customers: u64) -> Outcome {
    const SERVERS: u64 = 8;
    let idle = |server: u64| NEVER - (SERVERS - 1) + server;
    let mut ends: [u64; SERVERS as usize] = std::array::from_fn(|server| idle(server as u64));
    let mut free = SERVERS;
    let mut queue = Queue::new(8);
    let began = Instant::now();
    let mut arrival = queue.arrival_after(0);
    loop {
        let first = ends.iter().copied().fold(NEVER, u64::min);
        let server = first % SERVERS;
        if arrival < first / SERVERS {
            let now = arrival;
            arrival = queue.arrive(now, customers);
            if free > 0 {
                free -= 1;
                // The last server of all that are idle has the latest time.
                let last = ends.iter().copied().fold(0, u64::max) % SERVERS;
                ends[last as usize] = queue.end_after(now) * SERVERS + last;
            } else {
                queue.waiting.push_back(now);
            }
        } else if free < SERVERS {
            let now = first / SERVERS;
            queue.served += 1;
            ends[server as usize] = if let Some(arrived) = queue.waiting.pop_front() {
                queue.wait += u128::from(now - arrived);
                queue.end_after(now) * SERVERS + server
            } else {
                free += 1;
                idle(server)
            };
        } else {
            break;
        }
    }
    queue.outcome(began, 8)
}

/// 6,600 requests/s against a token bucket of 5,500/s, three attempts; the next arrival is kept
/// beside the wheel.
pub(crate) fn token(requests: u64) -> Outcome {
    const RATE: u64 = 5_500;
    const BETWEEN: u64 = SECOND / 6_600;
    const BACK_OFF: u64 = SECOND / 10;
    let exponential = Exponential::new();
    let mut random = Random::new(11);
    let mut wheel = Wheel::new(BETWEEN, SECOND / 4, 32);
    let (mut level, mut refilled) = (RATE * SECOND, 0);
    let (mut arrived, mut attempts, mut refused, mut given_up) = (0, 0_u64, 0_u64, 0_u64);
    let began = Instant::now();
    let mut arrival = 0;
    loop {
        let (now, attempt) = if arrival < wheel.first() {
            let now = arrival;
            arrived += 1;
            arrival = if arrived < requests {
                now + whole(exponential.draw(&mut random) * BETWEEN as f64)
            } else {
                NEVER
            };
            (now, 1)
        } else if let Some(key) = wheel.pop() {
            (time(key), key as u64 & 3)
        } else {
            break;
        };
        attempts += 1;
        level = (level + (now - refilled) * RATE).min(RATE * SECOND);
        refilled = now;
        if level >= SECOND {
            level -= SECOND;
        } else {
            refused += 1;
            if attempt == 3 {
                given_up += 1;
            } else {
                let after = random.below(BACK_OFF << (attempt - 1));
                let low = u128::from(attempts << 2 | (attempt + 1));
                wheel.push(u128::from(now + after) << 64 | low);
            }
        }
    }
    Outcome {
        events: attempts,
        secs: began.elapsed().as_secs_f64(),
        found: format!(
            "refused={:.5} given_up={:.5}",
            refused as f64 / attempts as f64,
            given_up as f64 / requests as f64
        ),
    }
}
