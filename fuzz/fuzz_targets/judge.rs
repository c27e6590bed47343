//! From a notebook's text to the printed report.
#![no_main]

#[path = "../../tests/it/whole.rs"]
#[allow(dead_code)]
mod whole;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| whole::judge(text));
