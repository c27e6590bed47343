//! `mortarboard git`: the filter in git's hands, and what a person does about it.

mod args;
mod doctor;
mod filter;
mod install;
mod refresh;
mod status;

pub use args::GitArgs;

use args::GitCommand;

use crate::git::GitError;

use super::Outcome;
use super::talk::UserError;

pub(super) fn run(args: &GitArgs) -> Result<Outcome, Vec<UserError>> {
    match &args.command {
        GitCommand::Install(args) => install::install(args),
        GitCommand::Uninstall(args) => install::uninstall(args),
        GitCommand::Status => status::run(),
        GitCommand::Doctor => doctor::run(),
        GitCommand::Refresh => refresh::run(),
        GitCommand::FilterClean(args) => filter::clean(args),
        GitCommand::FilterSmudge(args) => filter::smudge(args),
        GitCommand::FilterProcess(args) => filter::process(*args),
        GitCommand::Textconv(args) => filter::textconv(args),
    }
}

impl From<GitError> for UserError {
    fn from(error: GitError) -> Self {
        Self {
            message: error.message,
            hint: error.hint,
        }
    }
}

fn one(error: impl Into<UserError>) -> Vec<UserError> {
    vec![error.into()]
}
