//! The engine: integer time, ordered events, named random streams, building blocks, statistics.
//!
//! | for | there is |
//! |---|---|
//! | instants and lengths of time | [`Time`], [`Span`]: integer nanoseconds |
//! | a model and its run | [`Model`], [`Engine`] |
//! | events to come, time-outs | [`Pending`], [`Timer`], [`TieBreak`] |
//! | chance | [`Streams`], [`StreamKey`], [`Rng`]; [`draw`]: distributions |
//! | queues, links, limiters, sources | [`blocks`] |
//! | warm-up, intervals, precision | [`stats`] |
//!
//! # Time and order
//! A [`Model`] handles events one by one in the order of (time, order of scheduling).
//! [`TieBreak::Shuffled`] permutes events of the same instant on purpose, to find conclusions that
//! hang on it; [`Pending::schedule_ahead`] says that what is given back at an instant is there for
//! whoever asks at it, and holds in any order.
//!
//! # Timers
//! An event that may be cancelled or moved (a time-out, the next end on a shared link) is scheduled
//! by [`Pending::schedule_timer`], which gives a [`Timer`] for [`Pending::cancel`] and
//! [`Pending::reschedule`]: at amortised constant cost, and no event to ignore when it comes.
//!
//! # Chance
//! Every random number comes from a named stream: [`Streams`] gives a [`StreamKey`] for a component
//! by name, a key gives keys for seconds, requests or attempts, and a key gives an [`Rng`]. Streams
//! never depend on what other components draw. So two variants under the same seed and replication
//! see the same chances, and their difference is far sharper than either
//! ([`stats::Interval::of_differences`]).
//!
//! # Statistics
//! A mean without an interval says little. [`stats`] has the way from a run to a statement: leave
//! out the warm-up ([`stats::mser5`]), take batch means of one long run ([`stats::BatchMeans`]) or
//! independent replications ([`stats::Interval`]), and go on until the mean is as precise as it
//! must be ([`stats::Precision`]). Its pages say how often intervals cover the truth, and when they
//! do not.
//!
//! # Examples
//! In `sim/examples`, each run by `cargo run --release -p keystorm-sim --example NAME`:
//! - `mmc`: M/M/c, from the model to confidence intervals, against theory;
//! - `processor_sharing`: transfers on a shared link, whose end is a timer that moves;
//! - `backoff_jitter`: the AWS Architecture Blog's experiment with retries, as a table.
//!
//! The theory that the engine is held against is in `sim/tests/theory`: each test names its formula
//! and source.
//!
//! # Example: a machine that fails and is repaired
//! ```
//! use keystorm_sim::{Engine, Model, Pending, Span, Streams, TieBreak, Time, draw};
//!
//! #[derive(Clone, Copy)]
//! enum Event { Fails, Repaired }
//! struct Machine { rng: keystorm_sim::Rng, failures: u64 }
//!
//! impl Model for Machine {
//!     type Event = Event;
//!     fn handle(&mut self, now: Time, event: Event, pending: &mut Pending<Event>) {
//!         match event {
//!             Event::Fails => {
//!                 self.failures += 1;
//!                 pending.schedule(now + Span::from_secs(600), Event::Repaired);
//!             }
//!             Event::Repaired => {
//!                 let up = draw::exponential(&mut self.rng, Span::from_secs(86_400));
//!                 pending.schedule(now + up, Event::Fails);
//!             }
//!         }
//!     }
//! }
//!
//! let rng = Streams::new(1, 0).key("machine", 0).rng();
//! let mut pending = Pending::new(TieBreak::Schedule);
//! pending.schedule(Time::ZERO, Event::Repaired);
//! let mut engine = Engine::new(Machine { rng, failures: 0 }, pending);
//! engine.run_until(Time::from_secs(100 * 86_400));
//! assert!((70..130).contains(&engine.model.failures));
//! ```
pub mod blocks;
pub mod draw;
mod engine;
mod pending;
pub mod stats;
mod stream;
mod time;

pub use engine::{Engine, Model};
pub use pending::{Pending, TieBreak, Timer};
pub use stream::{Rng, StreamKey, Streams};
pub use time::{NANOS_PER_S, Span, Time};
