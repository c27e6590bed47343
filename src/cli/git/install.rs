//! `mortarboard git install` and `uninstall`.

use std::ffi::OsStr;
use std::path::Path;

use crate::git::{self, Git, GitError, Install, Kept, PATTERNS, Scope};
use crate::io;

use super::super::Outcome;
use super::super::talk::{UserError, note};
use super::args::{InstallArgs, ScopeArgs, UninstallArgs};
use super::one;
use super::status::program_of;

pub(super) fn install(args: &InstallArgs) -> Result<Outcome, Vec<UserError>> {
    let program = program_of(&args.command);
    if io::find_program(OsStr::new(&program)).is_none() {
        return Err(vec![UserError::new(
            format!("`{program}` is no program that git would find"),
            "put mortarboard on the PATH, or say with --command how to call it",
        )]);
    }
    let scope = scope(args.scope);
    let options = args.filter.options();
    let wish = Install {
        scope,
        attributes: args.attributes.as_deref(),
        program: &args.command,
        options: &options,
        // what is redacted is read as a notebook, and a note of Zeppelin's is none
        patterns: if args.filter.redact_only {
            &["*.ipynb"]
        } else {
            &PATTERNS
        },
    };
    for git in repositories(args.recurse_submodules).map_err(one)? {
        let attributes = git::install(&git, &wish).map_err(one)?;
        note(&format!(
            "installed for {}, named in {}",
            whom(&git, scope),
            attributes.display()
        ));
        if scope == Scope::Local && git.staged().is_ok_and(|staged| !staged.is_empty()) {
            note("notebooks that are in git stay as they are; `git add --renormalize .` filters them");
        }
        if scope != Scope::Local
            && let Some(filter) = git.other_filter(None)
        {
            note(&format!(
                "this repository overrules it: new notebooks get filter={filter}"
            ));
        }
    }
    Ok(Outcome::Clean)
}

pub(super) fn uninstall(args: &UninstallArgs) -> Result<Outcome, Vec<UserError>> {
    let scope = scope(args.scope);
    for git in repositories(args.recurse_submodules).map_err(one)? {
        let undone = git::uninstall(&git, scope).map_err(one)?;
        let whom = whom(&git, scope);
        if !undone.found {
            note(&format!("nothing was installed for {whom}"));
            continue;
        }
        note(&format!("uninstalled for {whom}"));
        if scope != Scope::Local {
            continue;
        }
        if git.other_filter(None).is_none() {
            note("attributes that were there before still name the filter; git passes over a filter that isn't set up");
        }
        if let Ok(kept) = Kept::of(&git)
            && kept.extent().0 > 0
        {
            note(&format!(
                "kept outputs stay in {}; remove the folder if you need none",
                kept.folder().display()
            ));
        }
    }
    Ok(Outcome::Clean)
}

fn scope(args: ScopeArgs) -> Scope {
    match (args.global, args.system) {
        (true, _) => Scope::Global,
        (_, true) => Scope::System,
        _ => Scope::Local,
    }
}

/// The repository that we are in, and its submodules where they are wanted.
fn repositories(with_submodules: bool) -> Result<Vec<Git>, GitError> {
    let mut all = vec![Git::here()];
    if with_submodules {
        all.extend(Git::here().top()?.submodules()?);
    }
    Ok(all)
}

fn whom(git: &Git, scope: Scope) -> String {
    match scope {
        Scope::Local if git.folder() == Path::new(".") => "this repository".to_owned(),
        Scope::Local => git.folder().display().to_string(),
        Scope::Global => "all repositories of this user".to_owned(),
        Scope::System => "all users of this machine".to_owned(),
    }
}
