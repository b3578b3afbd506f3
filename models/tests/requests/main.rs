//! Requests that S3 refuses, and what it says.
mod every_row;
mod recorded;
