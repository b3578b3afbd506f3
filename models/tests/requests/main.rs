//! Requests that S3 refuses, and what it says.
mod every_row;
mod quotas_and_faults;
mod recorded;
