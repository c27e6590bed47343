//! From a notebook's text to the files of its package.
#![no_main]

#[path = "../../tests/it/whole.rs"]
#[allow(dead_code)]
mod whole;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    whole::graduate(text);
});
