//! `mortarboard git refresh`: modifications that are none.
//!
//! Git compares sizes first. A notebook that was run has another size than the one that git remembers, and is called
//! modified although nothing of it would be staged.

use crate::git::{DRIVER, Git};

use super::super::Outcome;
use super::super::talk::{UserError, note};
use super::one;

pub(super) fn run() -> Result<Outcome, Vec<UserError>> {
    let git = Git::here().top().map_err(one)?;
    let mut before = git.modified().map_err(one)?;
    let applied = git.applied(before.iter().map(|file| &file.path)).map_err(one)?;
    let mut applied = applied.iter();
    before.retain(|_| applied.next().is_some_and(|applied| applied.filter == DRIVER));
    if before.is_empty() {
        note("nothing to refresh");
        return Ok(Outcome::Clean);
    }
    git.compare_anew(before.iter()).map_err(one)?;
    let after = git.modified().map_err(one)?;
    let left = before
        .iter()
        .filter(|file| after.iter().any(|now| now.path == file.path))
        .count();
    let renewed = before.len() - left;
    let left = match left {
        0 => String::new(),
        left => format!("; {left} differ in what git keeps"),
    };
    note(&format!("renewed {renewed} of {} modified{left}", before.len()));
    Ok(Outcome::Clean)
}
