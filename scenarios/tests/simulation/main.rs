//! Simulations against theory, laws that hold in every run, and the same bytes every time.
mod amplification;
mod bucket_keys;
mod clients;
mod common;
mod costs;
mod every_event;
mod express;
mod front_door;
mod kms;
mod laws;
mod logs;
mod prefixes;
mod retries;
mod same_bytes;
mod theory;
mod transfers;
mod workloads;
