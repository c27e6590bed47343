//! What stands at the top of `functions.py` and `steps.py`: imports that are used, and definitions in page order.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::Stmt;

use crate::facts::{Facts, NameId};
use crate::python::{Table, is_stdlib};

use super::fate::{imported_modules, top};
use super::local::Local;
use super::model::{Import, ImportSection};
use super::pieces::{Fate, Piece};

static STAR_EXPORTS: Table = Table::new(include_str!("../../data/star_exports.tsv"));

/// Imports that change what others do, so that they stay although nothing names them.
const FOR_EFFECT: &[&str] = &[
    "mpl_toolkits.mplot3d",
    "sklearn.experimental",
    "seaborn",
    "pandas_profiling",
    "hvplot.pandas",
];

/// The import statements of the notebook that go to the top of a module.
pub(super) struct HoistedImports<'a> {
    facts: &'a Facts,
    local: &'a Local,
    pieces: Vec<&'a Piece<'a>>,
}

impl<'a> HoistedImports<'a> {
    pub fn new(facts: &'a Facts, pieces: &'a [Piece<'a>], local: &'a Local) -> Self {
        Self {
            facts,
            local,
            pieces: pieces.iter().filter(|p| p.fate == Fate::Import).collect(),
        }
    }

    /// The names that known star imports bind, each with its module; of several the last wins, as in Python.
    pub fn star_names(&self) -> BTreeMap<&'static str, String> {
        let mut out = BTreeMap::new();
        for piece in &self.pieces {
            if let Some(module) = star_module(piece.stmt)
                && let Some(names) = STAR_EXPORTS.get(&module)
            {
                out.extend(names.split(' ').map(|name| (name, module.clone())));
            }
        }
        out
    }

    /// The imports that a module needs which reads `names`.
    pub fn used(&self, names: &BTreeSet<NameId>) -> Vec<Import> {
        let mut out = BTreeSet::new();
        let stars = self.star_names();
        for piece in &self.pieces {
            match piece.stmt {
                Stmt::Import(import) => {
                    for alias in &import.names {
                        let module = alias.name.as_str();
                        let bound = alias.asname.as_ref().map_or_else(|| top(module), ToString::to_string);
                        if self.reads(names, &bound) {
                            let name = alias.asname.as_ref().map(ToString::to_string);
                            out.insert(import_of(module, None, name.filter(|n| n != module)));
                        }
                    }
                }
                Stmt::ImportFrom(import) => {
                    let module = import.module.as_ref().map(ToString::to_string).unwrap_or_default();
                    for alias in &import.names {
                        let symbol = alias.name.as_str();
                        let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                        let unknown_star = symbol == "*" && STAR_EXPORTS.get(&module).is_none();
                        if module == "__future__" || unknown_star || (symbol != "*" && self.reads(names, bound)) {
                            let name = alias.asname.as_ref().map(ToString::to_string);
                            out.insert(import_of(&module, Some(symbol), name.filter(|n| n != symbol)));
                        }
                    }
                }
                _ => {}
            }
        }
        for &name in names {
            let text = self.facts.text(name);
            if let Some(module) = stars.get(text)
                && !self.binds_by_name(text)
            {
                out.insert(import_of(module, Some(text), None));
            }
        }
        out.into_iter().map(|import| self.local.relocated(import)).collect()
    }

    /// Imports that nothing reads: dropped, but for those that are known to work by being imported.
    pub fn unused(&self, names: &BTreeSet<NameId>) -> (Vec<Import>, Vec<(&'a Piece<'a>, String)>) {
        let mut for_effect = Vec::new();
        let mut dropped = Vec::new();
        for &piece in &self.pieces {
            let unread = piece.facts.binds.iter().filter(|bind| !names.contains(&bind.name));
            let unread: Vec<&str> = unread.map(|bind| self.facts.text(bind.name)).collect();
            if unread.is_empty() || piece.facts.binds_unknown {
                continue;
            }
            let modules: Vec<String> = imported_modules(piece.stmt).collect();
            let effective = modules.iter().find(|m| {
                FOR_EFFECT
                    .iter()
                    .any(|e| m.as_str() == *e || m.starts_with(&format!("{e}.")))
            });
            match effective {
                Some(module) => for_effect.push(Import {
                    for_effect: true,
                    ..import_of(module, None, None)
                }),
                None => dropped.push((piece, unread.join(", "))),
            }
        }
        (for_effect, dropped)
    }

    fn reads(&self, names: &BTreeSet<NameId>, bound: &str) -> bool {
        self.facts.names.find(bound).is_some_and(|id| names.contains(&id))
    }

    fn binds_by_name(&self, text: &str) -> bool {
        self.facts
            .names
            .find(text)
            .is_some_and(|id| self.pieces.iter().any(|p| p.facts.binds.iter().any(|b| b.name == id)))
    }
}

/// The module of `from module import *`.
pub(super) fn star_module(stmt: &Stmt) -> Option<String> {
    let Stmt::ImportFrom(import) = stmt else {
        return None;
    };
    let is_star = import.names.iter().any(|alias| alias.name.as_str() == "*");
    is_star
        .then(|| import.module.as_ref().map(ToString::to_string))
        .flatten()
}

/// Whether the table knows what `from module import *` binds.
pub(super) fn is_known_star(stmt: &Stmt) -> bool {
    star_module(stmt).is_some_and(|module| STAR_EXPORTS.contains(&module))
}

/// An import line in its section.
pub(super) fn import_of(module: &str, symbol: Option<&str>, alias: Option<String>) -> Import {
    let section = if module == "__future__" {
        ImportSection::Future
    } else if is_stdlib(module) {
        ImportSection::Stdlib
    } else {
        ImportSection::ThirdParty
    };
    Import {
        section,
        module: module.to_owned(),
        symbol: symbol.map(str::to_owned),
        alias,
        for_effect: false,
    }
}

/// The names that a piece reads, where it stands and in its scopes.
pub(super) fn names_read(facts: &Facts, piece: &Piece<'_>) -> BTreeSet<NameId> {
    let scopes = piece.facts.scopes.iter().filter_map(|&id| facts.scope(id));
    let later = scopes.flat_map(|s| s.reads.iter().map(|u| u.name).chain(s.mutates.iter().copied()));
    piece.facts.uses.iter().map(|u| u.name).chain(later).collect()
}
