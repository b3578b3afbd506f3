//! When requests arrive and what they ask for.
mod arrivals;
mod keys;
mod mix;
mod operation;
mod profile;
mod request;

pub use arrivals::{Arrival, OpenArrivals};
pub use keys::{Dated, Keys, Zipf};
pub use mix::Mix;
pub use operation::{Billed, Body, Operation};
pub use profile::RateProfile;
pub use request::{Ask, RequestId, Sizes, Workload};
