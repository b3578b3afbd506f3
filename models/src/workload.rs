//! When requests arrive and what they ask for.
mod arrivals;
mod profile;
mod request;

pub use arrivals::{Arrival, OpenArrivals};
pub use profile::RateProfile;
pub use request::{Ask, Operation, RequestId, Sizes, Workload};
