//! The engine: integer time, ordered events, named random streams, statistics.
//!
//! # Time and order
//! [`Time`] and [`Span`] are integer nanoseconds. A [`Model`] handles events one by one in the
//! order of (time, order of scheduling); [`TieBreak::Shuffled`] permutes events of the same instant
//! on purpose, to find conclusions that hang on it.
//!
//! # Chance
//! Every random number comes from a named stream: [`Streams`] gives a [`StreamKey`] for a component
//! by name, a key gives keys for seconds, requests or attempts, and a key gives an [`Rng`]. Streams
//! never depend on what other components draw.
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
