//! Building blocks of queueing models: stations, shared links, limiters, sources.
//!
//! | block | what it is | theory tests |
//! |---|---|---|
//! | [`Station`] | servers, one queue, limited room | M/M/c, M/M/c/K, Erlang B, M/D/1, M/G/1 |
//! | [`Sharing`] | a capacity shared equally by all jobs | M/G/1 and M/G/c processor sharing |
//! | [`TokenBucket`] | tokens that accrue continuously | M/D/1/K |
//! | [`TickBucket`] | tokens that come in ticks | the chain from tick to tick |
//! | [`FixedWindow`] | a quota for each window | excess of a Poisson number |
//! | [`Closed`] | customers who think, ask, wait, think | M/M/c//N |
//! | [`Orbit`] | refused ones who try again | M/G/1 with retrials, saturated limiter |
//! | [`Mmpp`] | arrivals in bursts: Poisson with a rate that switches | MMPP/M/1 |
//!
//! A block owns arithmetic and state. It never schedules and never reads a clock: time and chance
//! come in as arguments, and the model decides what follows. So blocks can be combined freely, and
//! tested without an engine. Poisson arrivals need no block: the next one comes after
//! [`draw::exponential`](crate::draw::exponential).
//!
//! All blocks that are told the time must be told it in order.
//!
//! # How models are built from them
//! | model | what the events do |
//! |---|---|
//! | A/S/c/K | as in the example below; for other arrivals or services, other draws |
//! | processor sharing | an arrival is added; a timer at [`first_end`](Sharing::first_end) |
//! | limiter | an arrival [`ask`](TokenBucket::ask)s |
//! | closed source | an end of thinking arrives; an answer schedules the next end |
//! | retries | one refused or lost schedules its return, if [`Orbit`] lets it |
//! | bursts | the next arrival comes after [`Mmpp::gap`] |
//!
//! # Example: M/M/2 with room for five
//! Three kinds of lines make a model: what happens (an enum), what it happens to (blocks, streams
//! and statistics), and what follows (a `match`).
//! ```
//! use keystorm_sim::blocks::{Admission, Station};
//! use keystorm_sim::stats::BatchMeans;
//! use keystorm_sim::{Engine, Model, Pending, Rng, Span, Streams, TieBreak, Time, draw};
//!
//! #[derive(Clone, Copy)]
//! enum Event { Arrives, Leaves }
//!
//! struct Queue {
//!     station: Station<Time>, // a customer is known by when it came
//!     gaps: Rng,
//!     services: Rng,
//!     lost: BatchMeans,
//! }
//!
//! impl Model for Queue {
//!     type Event = Event;
//!     fn handle(&mut self, now: Time, event: Event, pending: &mut Pending<Event>) {
//!         let starts = match event {
//!             Event::Arrives => {
//!                 let gap = draw::exponential(&mut self.gaps, Span::from_millis(10));
//!                 pending.schedule(now + gap, Event::Arrives);
//!                 let admission = self.station.arrive(now);
//!                 self.lost.push(f64::from(u8::from(matches!(admission, Admission::Lost(_)))));
//!                 matches!(admission, Admission::Starts(_))
//!             }
//!             Event::Leaves => self.station.leave().is_some(),
//!         };
//!         if starts {
//!             let service = draw::exponential(&mut self.services, Span::from_millis(18));
//!             pending.schedule(now + service, Event::Leaves);
//!         }
//!     }
//! }
//!
//! let streams = Streams::new(1, 0);
//! let mut pending = Pending::new(TieBreak::Schedule);
//! pending.schedule(Time::ZERO, Event::Arrives);
//! let queue = Queue {
//!     station: Station::new(2, 5),
//!     gaps: streams.key("gaps", 0).rng(),
//!     services: streams.key("services", 0).rng(),
//!     lost: BatchMeans::new(20, 500),
//! };
//! let mut engine = Engine::new(queue, pending);
//! engine.run_until(Time::from_secs(1_000));
//!
//! // Theory: p(n) ~ a^n / n! up to two servers, then times a/2 each, with a = 1.8; loss p(5).
//! let weights = [1.0, 1.8, 1.62, 1.458, 1.312_2, 1.180_98];
//! let loss = weights[5] / weights.iter().sum::<f64>();
//! assert!(engine.model.lost.interval(0.999).unwrap().covers(loss));
//! ```
//! A finished one, with warm-up and intervals, is `examples/mmc.rs`; a link is
//! `examples/processor_sharing.rs`; retries are `examples/backoff_jitter.rs`.
mod closed;
mod limiters;
mod mmpp;
mod orbit;
mod sharing;
mod station;

pub use closed::Closed;
pub use limiters::{FixedWindow, TickBucket, TokenBucket};
pub use mmpp::{Mmpp, Phase};
pub use orbit::Orbit;
pub use sharing::Sharing;
pub use station::{Admission, Station};
