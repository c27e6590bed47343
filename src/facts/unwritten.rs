//! What binds names without writing them: star imports, and magics.

use crate::python::{Binds, Effect, MagicKind, Scope, exports};

use super::Facts;
use super::companions::{Companion, run_target};
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
    pub(super) fn star(&mut self, module: &str, level: u32, facts: &mut Facts) {
        let dots = ".".repeat(level as usize);
        let what = format!("from {dots}{module} import *");
        if level == 0 && exports(module, "").is_some() {
            self.stars.push(module.to_owned());
        } else if let Some(companion) = facts.companions.module(module, level).cloned() {
            self.companion(&companion.exported(), &what, &mut facts.names);
        } else {
            self.may_bind(&what);
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
    pub(super) fn magic(&mut self, kind: MagicKind, name: &str, arguments: &str, facts: &mut Facts) {
        let cell = kind == MagicKind::Cell;
        let scope = if cell { Scope::Cell } else { Scope::Line };
        let mark = if cell { "%%" } else { "%" };
        let effect = facts.magics.effect(scope, name);
        let binds = facts.magics.binds(scope, name);
        let words: Vec<&str> = arguments.split_whitespace().collect();
        for place in &binds {
            match place.names(arguments) {
                Some(found) => self.names.extend(found.iter().map(|name| facts.names.intern(name))),
                None => self.may_bind(&format!("{mark}{name}{}", restoring(place))),
            }
        }
        match (effect, name) {
            (Effect::BindsNames, "pylab") => self.pylab(arguments, &mut facts.names),
            // puts the file's text into the cell: what was saved is what ran
            (Effect::BindsNames, "load" | "loadpy" | "load_node" | "edit" | "ed") => {}
            (Effect::BindsNames, "run") if arguments.contains(".sh") => {}
            (Effect::BindsNames, "run") => self.run(arguments, facts),
            (Effect::BindsNames, _) if binds.is_empty() => self.may_bind(&format!("{mark}{name}")),
            (Effect::Reset, "reset") => {
                let parts = ["in", "out", "dhist", "array"];
                self.cleared |= !words.iter().any(|word| parts.contains(word));
            }
            (Effect::Reset, "xdel") => {
                let dropped = Binds::Words.names(arguments).unwrap_or_default();
                self.dropped.extend(dropped.iter().map(|name| facts.names.intern(name)));
            }
            (Effect::Reset, _) => self.may_bind(&format!("{mark}{name}")),
            (Effect::Unknown, _) => {
                // what a magic binds, its line most often names
                self.maybe
                    .extend(identifiers(arguments).iter().map(|word| facts.names.intern(word)));
                // a body may be taken for anything; a line seldom binds what it doesn't name
                let grip = if cell { Grip::Anything } else { Grip::Hardly };
                self.may(&format!("{mark}{name}"), grip);
            }
            _ => {}
        }
    }

    fn pylab(&mut self, arguments: &str, names: &mut Names) {
        if !arguments.contains("--no-import-all") {
            let modules = ["pylab", "numpy", "matplotlib.pyplot"];
            self.stars.extend(modules.map(str::to_owned));
        }
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
        self.names.extend(always.map(|name| names.intern(name)));
    }

    /// `%run other.py`: its names become the notebook's.
    fn run(&mut self, arguments: &str, facts: &mut Facts) {
        let found = run_target(arguments).and_then(|target| facts.companions.script(&target).cloned());
        match found {
            Some(companion) => self.companion(&companion, &format!("%run {arguments}"), &mut facts.names),
            None => self.may_bind("%run"),
        }
    }

    /// What a file beside the notebook binds here.
    fn companion(&mut self, companion: &Companion, what: &str, names: &mut Names) {
        self.names.extend(companion.names.iter().map(|name| names.intern(name)));
        self.stars.extend(companion.stars.iter().cloned());
        if companion.open {
            self.may_bind(what);
        }
    }
}

/// `%store -r` without names is what to name.
fn restoring(place: &Binds) -> &'static str {
    if *place == Binds::Restored { " -r" } else { "" }
}
