//! The command line: what is typed, what comes of it, what is said to whom.
//!
//! Data goes to stdout, talk to stderr. Exit codes: 0 nothing found, 1 findings, 2 something went wrong.

mod accepted;
mod args;
mod check;
mod describe;
mod diff;
mod explain;
mod git;
mod graduate;
mod inventory;
mod manual;
mod material;
mod nbstripout;
mod nearest;
mod progress;
mod projects;
mod redact;
mod report;
mod resolve;
mod strip;
mod strip_args;
mod strip_options;
mod taken_in;
mod talk;
mod update;
mod verify;
mod work;

pub use args::{Args, Command};

use std::process::ExitCode;

use clap::Parser;

use talk::UserError;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Clean,
    Findings,
    Failed,
}

/// Runs the program with the arguments of this process.
pub fn main() -> ExitCode {
    let outcome = match Args::parse().command {
        Command::Check(args) => check::run(&args),
        Command::Redact(args) => redact::run(&args),
        Command::Strip(args) => strip::run(&args),
        Command::Git(args) => git::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Inventory(args) => inventory::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Completions(args) => manual::completions(&args),
        Command::Man(args) => manual::man(&args),
        Command::Graduate(args) => graduate::run(&args),
    };
    let outcome = outcome.unwrap_or_else(|errors| {
        errors.iter().for_each(UserError::say);
        Outcome::Failed
    });
    ExitCode::from(match outcome {
        Outcome::Clean => 0,
        Outcome::Findings => 1,
        Outcome::Failed => 2,
    })
}
