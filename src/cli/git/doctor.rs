//! `mortarboard git doctor`: what is wrong, and what to do about it.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::git::{DRIVER, Entry, Filter as Configured, Git, GitError};
use crate::io;
use crate::report::printable;

use super::super::Outcome;
use super::super::talk::{UserError, print};
use super::args::FilterArgs;
use super::filter::{Filter, with_filter};
use super::one;
use super::status::{notebooks, program_of};

/// Something that is wrong.
struct Trouble {
    what: String,
    /// The notebooks that it is about.
    paths: Vec<String>,
    hint: String,
}

pub(super) fn run() -> Result<Outcome, Vec<UserError>> {
    let git = Git::here().top().map_err(one)?;
    let mut troubles = Vec::new();
    let applied = notebooks(&git).map_err(one)?;
    let mut by_filter: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for notebook in &applied {
        let path = notebook.path.display().to_string();
        by_filter.entry(notebook.filter.as_str()).or_default().push(path);
    }
    let ours = git.filter(DRIVER).map_err(one)?;
    configured(DRIVER, &ours, &mut troubles);
    for (name, paths) in by_filter {
        match name {
            DRIVER => {}
            "unspecified" | "unset" | "set" => troubles.push(Trouble {
                what: "no filter applies".to_owned(),
                paths,
                hint: "`mortarboard git install` names the filter in info/attributes, which comes before all others"
                    .to_owned(),
            }),
            other => {
                configured(other, &git.filter(other).map_err(one)?, &mut troubles);
                troubles.push(Trouble {
                    what: format!("another filter applies: {other}"),
                    paths,
                    hint: "take its line out of the attributes, or go on with that filter".to_owned(),
                });
            }
        }
    }
    let command = ours.process.as_deref().or(ours.clean.as_deref()).unwrap_or_default();
    let args = FilterArgs {
        keep_outputs_locally: false,
        ..FilterArgs::of_command(command)
    };
    let read = with_filter(args, git.folder(), |mut filter| {
        unfiltered(&git, &mut filter, &mut troubles).map_err(one)
    })?;
    let mut out: String = troubles.iter().map(Trouble::text).collect();
    if troubles.is_empty() {
        out.push_str(&format!(
            "nothing is wrong; {read} notebooks of the index and the last commit were read\n"
        ));
    }
    print(&out)?;
    Ok(if troubles.is_empty() {
        Outcome::Clean
    } else {
        Outcome::Findings
    })
}

impl Trouble {
    fn text(&self) -> String {
        let paths: String = self
            .paths
            .iter()
            .map(|path| format!("  {}\n", printable(path)))
            .collect();
        format!(
            "problem: {}\n{paths}hint: {}\n",
            printable(&self.what),
            printable(&self.hint)
        )
    }
}

/// What is wrong with a filter's configuration.
fn configured(name: &str, filter: &Configured, troubles: &mut Vec<Trouble>) {
    let mut say = |what: String, hint: &str| {
        troubles.push(Trouble {
            what,
            paths: Vec::new(),
            hint: hint.to_owned(),
        });
    };
    if filter.is_absent() {
        say(
            format!("the filter {name} is not set up"),
            "`mortarboard git install` sets ours up",
        );
        return;
    }
    if !filter.required {
        say(
            format!("the filter {name} is not required: should it fail, git stages outputs"),
            "set `required` to true beside its commands in git's configuration",
        );
    }
    if filter.process.is_none() && (filter.clean.is_none() || filter.smudge.is_none()) {
        say(
            format!("the filter {name} lacks its clean or its smudge command"),
            "`mortarboard git install` sets up both of ours",
        );
    }
    let mut seen = BTreeSet::new();
    for (key, command) in filter.commands() {
        let program = program_of(command);
        if !seen.insert(program.clone()) {
            continue;
        }
        if io::find_program(OsStr::new(&program)).is_none() {
            say(
                format!("`{program}` is not found, and {key} of {name} runs it"),
                "put it on the PATH, or install the filter again",
            );
        }
        if Path::new(&program).is_absolute() {
            say(
                format!("`{program}` is a path of this machine, in {key} of {name}"),
                "put the program on the PATH and install the filter again, without --command",
            );
        }
    }
}

/// Finds the notebooks in the index and in the last commit that the filter would change; how many were read.
fn unfiltered(git: &Git, filter: &mut Filter, troubles: &mut Vec<Trouble>) -> Result<usize, GitError> {
    let (staged, committed) = (git.staged()?, git.committed()?);
    let paths: BTreeSet<PathBuf> = staged
        .iter()
        .chain(&committed)
        .map(|entry| entry.path.clone())
        .collect();
    let applied = git.applied(paths.iter())?;
    let ours: BTreeSet<&PathBuf> = applied.iter().filter(|a| a.filter == DRIVER).map(|a| &a.path).collect();
    // the index and the last commit mostly hold the same
    let entries: BTreeSet<&Entry> = staged
        .iter()
        .chain(&committed)
        .filter(|e| ours.contains(&e.path))
        .collect();
    let ids: Vec<String> = entries.iter().map(|entry| entry.id.clone()).collect();
    let entries: Vec<&Entry> = entries.into_iter().collect();
    let (mut changed, mut unreadable) = (BTreeSet::new(), BTreeSet::new());
    git.blobs(&ids, |at, blob| {
        let Some(&entry) = entries.get(at) else { return };
        match filter.cleaned(&entry.path, &blob) {
            Ok(cleaned) if cleaned == blob => {}
            Ok(_) => drop(changed.insert(entry)),
            Err(_) => drop(unreadable.insert(entry)),
        }
    })?;
    for (entries, place) in [(&staged, "in the index"), (&committed, "in the last commit")] {
        let mut say = |what: &str, which: &BTreeSet<&Entry>, hint: &str| {
            let paths = entries.iter().filter(|entry| which.contains(entry));
            let paths: Vec<String> = paths.map(|entry| entry.path.display().to_string()).collect();
            if !paths.is_empty() {
                troubles.push(Trouble {
                    what: format!("{what} {place}"),
                    paths,
                    hint: hint.to_owned(),
                });
            }
        };
        say(
            "unfiltered",
            &changed,
            "`git add --renormalize .` filters them; commit that. Earlier commits still hold what was in them",
        );
        say(
            "no notebook",
            &unreadable,
            "the filter will refuse the file when it is added: repair it, or rename it",
        );
    }
    Ok(entries.len())
}
