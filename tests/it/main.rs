//! The integration tests, as one binary.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod harness;

mod cli;
mod redact;
mod rule_pages;
mod secrets;
mod tidy;
