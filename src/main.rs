//! The `mortarboard` program.

fn main() {}
