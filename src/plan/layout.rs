//! Where the steps stand: all in one module, or where that would be long, in a module for each section of the notebook.

use super::build::Builder;
use super::names::{Allocator, step_name};
use super::pieces::Fate;
use super::sections::{Heading, Section};
use super::steps::Made;

/// Lines past which one module of steps is too long to be read.
const LONG: usize = 220;

/// Lines that a step has beside the notebook's own: its signature, docstring, `return` and distance.
const FRAME: usize = 8;

/// Names that the modules and the tests of a package bind beside those of its modules.
const TAKEN: &[&str] = &[
    "absent",
    "called",
    "cli",
    "config",
    "contextlib",
    "error",
    "field",
    "frame",
    "given",
    "host",
    "inputs",
    "io",
    "missing",
    "module",
    "name",
    "os",
    "out",
    "patch",
    "pd",
    "printed",
    "pytest",
    "re",
    "recorded",
    "results",
    "said",
    "step",
    "steps",
    "tests",
    "unset",
];

/// A run of steps that stand in one module.
pub(super) struct Chapter {
    /// As it stands in the package, `steps.model`.
    pub module: String,
    /// The heading.
    pub title: String,
}

impl Builder<'_> {
    /// Whether the steps are too long for one module. A package that is brought up to date keeps its form, and what steps
    /// share stands at the top of one module.
    pub(super) fn is_long(&self, made: &[Made], shared: bool) -> bool {
        let lines: usize = made.iter().map(|made| made.code.lines().count() + FRAME).sum();
        let folder = format!("src/{}", self.package().replace('.', "/"));
        let there = |file: &str| self.options.written.contains(&format!("{folder}/{file}"));
        let shared = shared || self.pieces.iter().any(|piece| piece.fate == Fate::StateFunction);
        !shared && (there("steps/__init__.py") || (lines > LONG && !there("steps.py")))
    }
}

/// A module for each section of the highest level that gives three of them, or two; none where there are no sections.
pub(super) fn chapters(sections: &[Section], made: &mut [Made], names: &mut Allocator) -> Vec<Chapter> {
    if sections.len() != made.len() {
        return Vec::new();
    }
    let levels: Vec<_> = (1..=6).map(|level| parts(sections, level)).collect();
    let of = |least: usize| levels.iter().find(|parts| parts.len() >= least);
    let mut out = Vec::new();
    let mut at = 0;
    for &(heading, steps) in of(3).or_else(|| of(2)).into_iter().flatten() {
        let mine = made.get_mut(at..at + steps).unwrap_or_default();
        at += steps;
        let title = heading.map_or_else(String::new, |heading| heading.title.clone());
        let module = format!("steps.{}", module_name(&title, mine, names));
        mine.iter_mut().for_each(|made| made.step.module.clone_from(&module));
        out.push(Chapter { module, title });
    }
    out
}

/// Of its heading, else of its first step. A module may be called as a step in it; nothing else has its name.
fn module_name(title: &str, made: &[Made], names: &mut Allocator) -> String {
    let of_step = |made: &Made| made.step.function.clone();
    let wanted = match step_name(title) {
        empty if empty.is_empty() => made.first().map(of_step).unwrap_or_default(),
        name => name,
    };
    if TAKEN.contains(&wanted.as_str()) {
        return names.take(&format!("{wanted}_steps"));
    }
    if made.iter().any(|made| made.step.function == wanted) {
        return wanted;
    }
    names.take(&wanted)
}

/// Sections that stand below the same heading of a level, with how many they are.
fn parts<'s>(sections: &'s [Section], level: usize) -> Vec<(Option<&'s Heading>, usize)> {
    let chunks = sections.chunk_by(|a, b| a.below(level) == b.below(level));
    let heading = |chunk: &'s [Section]| chunk.first().and_then(|section| section.below(level));
    chunks.map(|chunk| (heading(chunk), chunk.len())).collect()
}
