//! `mortarboard strip`: writes notebooks without results and noise, or says what it would write.

use std::path::Path;

use crate::io;
use crate::strip::{Options, strip};

use super::Outcome;
use super::args::StripArgs;
use super::talk::{UserError, note, print};

pub(super) fn run(args: &StripArgs) -> Result<Outcome, Vec<UserError>> {
    let options = Options::default();
    if args.paths.iter().any(|path| path.as_os_str() == "-") {
        return filter(args, &options);
    }
    let (found, unread) = io::discover(&args.paths);
    let mut errors: Vec<UserError> = unread.into_iter().map(UserError::from).collect();
    if found.is_empty() && errors.is_empty() {
        errors.push(UserError::no_notebooks(&args.paths));
    }
    let mut changed = 0_usize;
    for notebook in &found {
        match one(&notebook.path, args, &options) {
            Ok(true) => changed += 1,
            Ok(false) => {}
            Err(error) => errors.push(error),
        }
    }
    errors.iter().for_each(UserError::say);
    Ok(match (errors.is_empty(), changed) {
        (false, _) => Outcome::Failed,
        (true, 0) => Outcome::Clean,
        (true, _) => Outcome::Findings,
    })
}

/// Strips a file. `true` where that changes it.
fn one(path: &Path, args: &StripArgs, options: &Options) -> Result<bool, UserError> {
    let text = io::read(path)?;
    let name = path.display().to_string();
    let edits = strip(&text, options).map_err(|error| UserError::unreadable(&name, &error))?;
    if edits.is_empty() {
        return Ok(false);
    }
    if !args.check {
        io::write_atomic(path, edits.apply(&text).as_bytes())?;
    }
    if !args.quiet {
        let would = if args.check { "would be " } else { "" };
        note(&format!("{name}: {would}stripped"));
    }
    Ok(true)
}

/// `-`: from stdin to stdout. Nothing of the user's is changed, so that git's filters see a success.
fn filter(args: &StripArgs, options: &Options) -> Result<Outcome, Vec<UserError>> {
    let text = io::read_stdin().map_err(|error| vec![error.into()])?;
    let edits = strip(&text, options).map_err(|error| vec![UserError::unreadable("-", &error)])?;
    if args.check {
        let clean = edits.is_empty();
        return Ok(if clean { Outcome::Clean } else { Outcome::Findings });
    }
    print(&edits.apply(&text))?;
    Ok(Outcome::Clean)
}
