//! MB502: packages are installed by the notebook itself.

use crate::finding::{Finding, Severity};
use crate::python::{Effect, Magic, MagicKind};

use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB502",
    name: "install-in-notebook",
    summary: "the notebook installs packages while it runs",
    severity: Severity::Warning,
    reads: Reads::Python,
    page: include_str!("install_in_notebook.md"),
};

pub(super) struct InstallInNotebook;

impl Rule for InstallInNotebook {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        for code in ctx.cells {
            let Some(cell) = ctx.notebook.cell(code.idx) else {
                continue;
            };
            for magic in &code.magics {
                let Some(wanted) = installed(magic) else { continue };
                let place = ctx.in_source(cell, magic.source);
                let loose: Vec<&str> = wanted.iter().copied().filter(|word| !is_pinned(word)).collect();
                let names = |words: &[&str]| ctx.quote(&words.join(" "));
                let mut finding = if loose.is_empty() {
                    let message = format!(
                        "`{}` is installed here, each time that the notebook runs",
                        names(&wanted)
                    );
                    let mut finding = META.finding(place, message);
                    finding.severity = Severity::Note;
                    finding
                } else {
                    let message = format!(
                        "`{}` is installed here without a version: what the notebook computes changes with the day it runs",
                        names(&loose)
                    );
                    META.finding(place, message)
                };
                finding.subject = wanted.first().map(|word| ctx.quote(distribution(word)));
                finding.hint = Some("declare it with its version in pyproject.toml or requirements.txt".to_owned());
                out.push(finding);
            }
        }
    }
}

/// The distributions that a line installs.
pub(super) fn installs(magic: &Magic) -> Vec<&str> {
    let words = installed(magic).unwrap_or_default();
    words.into_iter().map(distribution).collect()
}

/// What `pip install` and its like are asked for; nothing where the line is no such command or names no package.
fn installed(magic: &Magic) -> Option<Vec<&str>> {
    let line = magic.arguments.lines().next()?;
    // what follows is another command
    let command = line.split(['|', ';', '&', '>']).next()?;
    let mut words = command.split_whitespace().peekable();
    match &magic.kind {
        MagicKind::Shell => {
            while words.peek().is_some_and(|word| ["sudo", "-y", "-H"].contains(word)) {
                words.next();
            }
            let mut program = words.next()?.rsplit('/').next()?;
            if program.starts_with("python") || program == "{sys.executable}" {
                (words.next()? == "-m").then_some(())?;
                program = words.next()?;
            }
            if program == "uv" {
                words.next_if_eq(&"pip");
            } else if !["pip", "pip2", "pip3", "conda", "mamba", "micromamba"].contains(&program) {
                return None;
            }
        }
        _ if magic.effect == Effect::Install => {}
        _ => return None,
    }
    let verb = words.find(|word| !word.starts_with('-'))?;
    if !["install", "add"].contains(&verb) {
        return None;
    }
    let mut packages = Vec::new();
    while let Some(word) = words.next() {
        match word {
            // these take what follows, which is no package
            "-r" | "--requirement" | "-c" | "--constraint" | "-e" | "--editable" => return None,
            "-i" | "--index-url" | "--extra-index-url" | "-f" | "--find-links" | "-t" | "--target" | "--channel"
            | "-n" | "--name" | "-p" | "--prefix" => {
                words.next();
            }
            "." => return None,
            option if option.starts_with('-') => {}
            package => packages.push(package.trim_matches(['"', '\''])),
        }
    }
    // what installs is not what computes
    packages.retain(|package| !["pip", "setuptools", "wheel"].contains(&distribution(package)));
    (!packages.is_empty()).then_some(packages)
}

/// `pandas==2.2.3`, conda's `pandas=2.2`, an archive, or a commit.
fn is_pinned(word: &str) -> bool {
    let version = word.split_once('=').map(|(name, _)| name);
    let exact = version.is_some_and(|name| !name.ends_with(['>', '<', '!', '~']));
    let archive = word.ends_with(".whl") || word.ends_with(".zip") || word.ends_with(".tar.gz");
    let commit = word.starts_with("git+")
        && word
            .rsplit_once('@')
            .is_some_and(|(_, revision)| !revision.contains('/'));
    exact || archive || commit
}

/// The name before versions and extras.
fn distribution(word: &str) -> &str {
    word.split(['=', '>', '<', '!', '~', '[', ' ']).next().unwrap_or(word)
}
