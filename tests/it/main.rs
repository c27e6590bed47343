//! The integration tests, as one binary.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod bless;
mod fix;
mod harness;
mod history;
mod ignores;
mod known;
mod repo;
// what runs the real tools on a package is in one place; each binary uses its part of it
#[path = "../emit/tools.rs"]
#[allow(dead_code)]
mod tools;
mod whole;

mod cli;
mod diff;
mod formats;
mod git;
mod golden;
mod graduate;
mod hooks;
mod inventory;
mod languages;
mod large;
mod leaks;
mod mangle;
mod manual;
mod map;
mod names;
mod pages;
mod project;
mod properties;
mod redact;
mod report;
mod rule_pages;
mod secrets;
mod sections;
mod strip;
mod strip_files;
mod strip_properties;
mod templates;
mod tidy;
mod together;
mod update;
