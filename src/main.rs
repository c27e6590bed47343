//! The `mortarboard` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    mortarboard::cli::main()
}
