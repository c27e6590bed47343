//! Has the program linked to a fixed address: a table of thousands of strings needs no pass over it at each start then,
//! and starts are most of what stripping one notebook costs.
#![allow(clippy::disallowed_macros)] // what a build script prints is for cargo

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let target = |part: &str| std::env::var(format!("CARGO_CFG_TARGET_{part}")).unwrap_or_default();
    if target("OS") == "linux" && target("ENV") == "gnu" {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
}
