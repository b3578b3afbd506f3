//! When requests arrive and what they ask for.
mod arrivals;
mod bursts;
mod job;
mod keys;
mod mix;
mod operation;
mod pattern;
mod profile;
mod request;
mod sizes;
mod states;

pub use arrivals::{Arrival, OpenArrivals};
pub use bursts::{Bursts, When};
pub use job::{Job, Progress, Stage, Stragglers, TaskRequest, Turn};
pub use keys::{Dated, Hot, Keys, Popularity, Zipf};
pub use mix::{Mix, Mixes};
pub use operation::{Billed, Body, Operation};
pub use pattern::Pattern;
pub use profile::RateProfile;
pub use request::{Ask, RequestId, Workload};
pub use sizes::{Mixture, Pareto, SizeTable, Sizes};
pub use states::{State, States};
