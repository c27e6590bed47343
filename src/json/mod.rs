//! A span scanner for JSON as Python's `json` reads it: one pass, no values built.
//!
//! It accepts what notebooks hold and stricter parsers refuse: `NaN`, `Infinity`, lone surrogates,
//! duplicate keys, any depth. What Python refuses (raw control characters in strings, trailing commas,
//! text after the value) it refuses too.

mod document;
mod scan;
mod string;

pub use document::{Document, Kind, Node, NodeId};
pub use scan::{Error, scan};
pub use string::{Decoded, decode, decode_joined, decode_lines, encode, text_of};
