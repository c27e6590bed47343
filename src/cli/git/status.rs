//! `mortarboard git status`: whether the filter is set up, proved for each notebook by git itself.

use std::ffi::OsStr;
use std::path::PathBuf;

use crate::git::{Applied, DRIVER, Filter, Git, GitError, Kept};
use crate::io;
use crate::report::printable;

use super::super::Outcome;
use super::super::talk::{UserError, print};
use super::args::FilterArgs;
use super::one;

pub(super) fn run() -> Result<Outcome, Vec<UserError>> {
    let git = Git::here().top().map_err(one)?;
    let filter = git.filter(DRIVER).map_err(one)?;
    let applied = notebooks(&git).map_err(one)?;
    let mut out = String::new();
    let set_up = say_filter(&git, &filter, &mut out);
    let covered = applied.iter().filter(|notebook| notebook.filter == DRIVER).count();
    out.push_str(&format!(
        "notebooks: the filter applies to {covered} of {}\n",
        applied.len()
    ));
    for notebook in applied.iter().filter(|notebook| notebook.filter != DRIVER) {
        let path = notebook.path.display().to_string();
        out.push_str(&format!(
            "  {}: filter={}\n",
            printable(&path),
            printable(&notebook.filter)
        ));
    }
    print(&out)?;
    Ok(match set_up && covered == applied.len() {
        true => Outcome::Clean,
        false => Outcome::Findings,
    })
}

/// What applies to each notebook that git tracks or would add, by path.
pub(super) fn notebooks(git: &Git) -> Result<Vec<Applied>, GitError> {
    let mut paths: Vec<PathBuf> = git.staged()?.into_iter().map(|entry| entry.path).collect();
    paths.extend(git.untracked()?);
    paths.sort();
    paths.dedup();
    git.applied(paths.iter())
}

/// Says how the filter is set up; whether it would work.
fn say_filter(git: &Git, filter: &Filter, out: &mut String) -> bool {
    if filter.is_absent() {
        out.push_str("filter: not set up; `mortarboard git install` does it\n");
        return false;
    }
    let command = filter
        .process
        .as_deref()
        .or(filter.clean.as_deref())
        .unwrap_or_default();
    let program = program_of(command);
    let found = io::find_program(OsStr::new(&program));
    match &found {
        Some(path) => out.push_str(&format!("program: {}\n", printable(&path.display().to_string()))),
        None => out.push_str(&format!("program: `{}` is not found\n", printable(&program))),
    }
    let args = FilterArgs::of_command(command);
    let mut said = vec![
        if args.redact_only {
            "takes out secrets only"
        } else {
            "strips"
        }
        .to_owned(),
    ];
    if args.keep_outputs_locally {
        let (count, bytes) = Kept::of(git).map(|kept| kept.extent()).unwrap_or_default();
        said.push(format!("keeps outputs locally ({count} notebooks, {bytes} bytes)"));
    }
    let both = filter.clean.is_some() && filter.smudge.is_some();
    said.push(match (&filter.process, both) {
        (Some(_), true) => "one process for many files, or one for each".to_owned(),
        (Some(_), false) => "one process for many files".to_owned(),
        (None, true) => "one process for each file".to_owned(),
        (None, false) => "clean or smudge is missing".to_owned(),
    });
    said.push(
        if filter.required {
            "required"
        } else {
            "not required: git goes on without it"
        }
        .to_owned(),
    );
    out.push_str(&format!("filter: {}\n", said.join("; ")));
    let diff = if filter.textconv.is_some() {
        "notebooks are compared as text"
    } else {
        "not set up"
    };
    out.push_str(&format!("diff: {diff}\n"));
    found.is_some() && filter.required && (filter.process.is_some() || both)
}

/// The program that a command runs: its first word, as a shell reads it.
pub(super) fn program_of(command: &str) -> String {
    let command = command.trim_start();
    let mut quote = None;
    let mut word = String::new();
    let mut chars = command.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('\'' | '"', None) => quote = Some(c),
            ('\\', None | Some('"')) => word.extend(chars.next()),
            (c, None) if c.is_whitespace() => break,
            (c, _) => word.push(c),
        }
    }
    word
}
