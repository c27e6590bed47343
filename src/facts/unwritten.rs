//! What binds names without writing them: star imports, and magics.

use crate::python::{Effect, MagicKind, Scope, effect_of, exports};

use super::names::{NameId, Names};
use super::strings::identifiers;

/// Which names something unseen may bind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grip {
    /// Any name: a star import, `%run`.
    Anything,
    /// Names with this start and end: `globals()[f"model_{i}"] = …`.
    Like(String, String),
    /// This name alone.
    Named(String),
    /// Any name, but it would be unusual: a magic that nobody has told us of.
    Hardly,
}

/// Something that may bind names that can't be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unseen {
    /// What it is, in the notebook's words.
    pub what: String,
    pub grip: Grip,
}

impl Unseen {
    /// Whether it may bind `name`.
    pub fn reaches(&self, name: &str) -> bool {
        match &self.grip {
            Grip::Anything | Grip::Hardly => true,
            Grip::Like(start, end) => {
                name.len() > start.len() + end.len() && name.starts_with(start.as_str()) && name.ends_with(end.as_str())
            }
            Grip::Named(only) => only == name,
        }
    }
}

/// Names that a statement or a cell's magics bind or clear without an assignment.
#[derive(Clone, Debug, Default)]
pub struct Unwritten {
    /// Modules imported with a star whose names are known.
    pub stars: Vec<String>,
    /// Names bound for certain (`%%capture out`).
    pub names: Vec<NameId>,
    /// Names that may have been bound.
    pub maybe: Vec<NameId>,
    /// Names taken away (`%xdel x`).
    pub dropped: Vec<NameId>,
    /// Whether every name goes (`%reset -f`).
    pub cleared: bool,
    /// What may bind names that can't be seen: `from helpers import *`, `%run`.
    pub unseen: Vec<Unseen>,
}

impl Unwritten {
    /// Adds `from module import *`.
    pub fn star(&mut self, module: &str, level: u32) {
        if level == 0 && exports(module, "").is_some() {
            self.stars.push(module.to_owned());
        } else {
            let dots = ".".repeat(level as usize);
            self.may_bind(&format!("from {dots}{module} import *"));
        }
    }

    /// Adds something that may bind anything.
    pub fn may_bind(&mut self, what: &str) {
        self.may(what, Grip::Anything);
    }

    /// Adds something that may bind some names.
    pub fn may(&mut self, what: &str, grip: Grip) {
        let what = what.split_whitespace().collect::<Vec<_>>().join(" ");
        self.unseen.push(Unseen { what, grip });
    }

    /// Adds what comes after.
    pub(super) fn merge(&mut self, after: Unwritten) {
        self.stars.extend(after.stars);
        self.names.extend(after.names);
        self.maybe.extend(after.maybe);
        self.dropped.extend(after.dropped);
        self.cleared |= after.cleared;
        self.unseen.extend(after.unseen);
    }

    /// Adds what a magic binds.
    pub fn magic(&mut self, kind: MagicKind, name: &str, arguments: &str, names: &mut Names) {
        let cell = kind == MagicKind::Cell;
        let words: Vec<&str> = arguments.split_whitespace().collect();
        let plain = |words: &[&str]| -> Vec<String> {
            let plain = words.iter().filter(|word| !word.starts_with('-'));
            plain
                .filter(|word| is_identifier(word))
                .map(|word| (*word).to_owned())
                .collect()
        };
        let mut bound: Vec<String> = Vec::new();
        match name {
            "pylab" => {
                self.stars.extend(
                    ["pylab", "numpy", "matplotlib.pyplot"]
                        .into_iter()
                        .filter(|_| !arguments.contains("--no-import-all"))
                        .map(str::to_owned),
                );
                let always = [
                    "np",
                    "numpy",
                    "plt",
                    "pyplot",
                    "pylab",
                    "mlab",
                    "matplotlib",
                    "figsize",
                    "getfigs",
                    "display",
                ];
                bound.extend(always.map(str::to_owned));
            }
            "capture" if cell => bound.extend(plain(&words).into_iter().take(1)),
            "bigquery" => bound.extend(plain(&words).into_iter().take(1)),
            "macro" => bound.extend(plain(&words).into_iter().take(1)),
            "aimport" => {
                let modules = arguments.split([',', ' ']).filter(|word| !word.starts_with('-'));
                bound.extend(
                    modules
                        .filter_map(|m| m.split('.').next())
                        .filter(|m| is_identifier(m))
                        .map(str::to_owned),
                );
            }
            "sc" => bound.extend(
                arguments
                    .split_once('=')
                    .into_iter()
                    .flat_map(|(left, _)| plain(&[left.trim()])),
            ),
            "store" => {
                let restores = words.contains(&"-r");
                let restored = plain(&words);
                if restores && restored.is_empty() {
                    self.may_bind("%store -r");
                } else if restores {
                    bound.extend(restored);
                }
            }
            "sql" | "R" | "Rpull" | "Rget" | "octave" | "julia" | "matlab" | "bash" | "sh" | "script" | "perl"
            | "ruby" | "spark" | "kql" => {
                if let Some((left, _)) = arguments.split_once("<<") {
                    bound.extend(plain(&[left.trim()]));
                }
                bound.extend(named_by_options(&words));
                if name == "Rpull" {
                    bound.extend(plain(&words));
                }
            }
            // puts the file's text into the cell: what was saved is what ran
            "load" | "loadpy" | "load_node" | "edit" | "ed" => {}
            "run" if arguments.contains(".sh") => {}
            "reset" if !words.iter().any(|w| ["in", "out", "dhist", "array"].contains(w)) => self.cleared = true,
            "reset" => {}
            "xdel" => self.dropped.extend(plain(&words).iter().map(|word| names.intern(word))),
            _ => {
                let scope = if cell { Scope::Cell } else { Scope::Line };
                let effect = effect_of(scope, name);
                let mark = if cell { "%%" } else { "%" };
                match effect {
                    Effect::BindsNames | Effect::Reset => self.may_bind(&format!("{mark}{name}")),
                    // what a magic binds, its line most often names
                    Effect::Unknown => {
                        self.maybe
                            .extend(identifiers(arguments).iter().map(|word| names.intern(word)));
                        // a body may be taken for anything; a line seldom binds what it doesn't name
                        let grip = if cell { Grip::Anything } else { Grip::Hardly };
                        self.may(&format!("{mark}{name}"), grip);
                    }
                    _ => {}
                }
            }
        }
        self.names.extend(bound.iter().map(|word| names.intern(word)));
    }
}

/// The names after `-o`, `--out` and their like.
fn named_by_options(words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (option, value) in words.iter().zip(words.iter().skip(1)) {
        if ["-o", "--out", "--err", "--output", "--save"].contains(option) {
            found.extend(value.split(',').filter(|name| is_identifier(name)).map(str::to_owned));
        }
    }
    let joined = words.iter().filter_map(|word| word.split_once('='));
    let joined = joined.filter(|(option, _)| ["--out", "--err", "--output"].contains(option));
    found.extend(
        joined
            .map(|(_, value)| value.to_owned())
            .filter(|name| is_identifier(name)),
    );
    found
}

fn is_identifier(word: &str) -> bool {
    let starts = word.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
    starts && word.chars().all(|c| c.is_alphanumeric() || c == '_')
}
