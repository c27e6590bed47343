//! Tests that the notebook holds and runs itself: they become tests of the package.

use std::collections::BTreeSet;

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, Stmt};
use rustc_hash::FxHashSet;

use crate::facts::{Facts, Imports, NameId, dotted};
use crate::python::{is_builtin, is_kernels};

use super::build::Builder;
use super::model::{Import, ImportSection, Module};
use super::modules::{HoistedImports, names_read};
use super::pieces::{Fate, Piece};

/// Cell magics that run a cell and then the tests in it.
const MAGICS: [&str; 3] = ["ipytest", "run_pytest", "run_pytest[clean]"];

/// Calls that run the tests of the notebook; in a package nothing is there for them.
const RUNNERS: [&str; 8] = [
    "doctest.testmod",
    "ipytest.autoconfig",
    "ipytest.clean",
    "ipytest.clean_tests",
    "ipytest.config",
    "ipytest.run",
    "ipytest.run_pytest",
    "unittest.main",
];

/// Whether the call runs the notebook's tests, or says how.
pub(super) fn runs_tests(expr: &Expr, imports: &Imports) -> bool {
    matches!(expr, Expr::Call(call) if dotted(&call.func, imports).is_some_and(|path| RUNNERS.contains(&path.as_str())))
}

/// Gives the notebook's tests their fate, where all that they read can be imported: `known` are the names at the top
/// of `functions.py`, and imports.
pub(super) fn take_tests(facts: &Facts, known: &FxHashSet<NameId>, pieces: &mut [Piece<'_>]) {
    if !pieces
        .iter()
        .any(|piece| in_test_cell(piece) || calls_runner(piece, &facts.imports))
    {
        return;
    }
    let wanted = |piece: &Piece<'_>| {
        piece.is_taken() && piece.fate != Fate::Import && (in_test_cell(piece) || is_test(piece.stmt, &facts.imports))
    };
    let mut tests: BTreeSet<usize> = (0..pieces.len())
        .filter(|&i| pieces.get(i).is_some_and(wanted))
        .collect();
    loop {
        let own: FxHashSet<NameId> = binds(pieces, &tests).collect();
        let read_elsewhere: BTreeSet<NameId> = (0..pieces.len())
            .filter(|i| !tests.contains(i))
            .filter_map(|i| pieces.get(i).filter(|piece| piece.is_taken()))
            .flat_map(|piece| names_read(facts, piece))
            .collect();
        let at_hand = |name: NameId| {
            let text = facts.text(name);
            own.contains(&name) || known.contains(&name) || is_builtin(text) || is_kernels(text)
        };
        let fits = |&i: &usize| {
            pieces.get(i).is_some_and(|piece| {
                names_read(facts, piece).into_iter().all(at_hand)
                    && !piece.facts.binds.iter().any(|bind| read_elsewhere.contains(&bind.name))
            })
        };
        let kept: BTreeSet<usize> = tests.iter().copied().filter(fits).collect();
        if kept.len() == tests.len() {
            break;
        }
        tests = kept;
    }
    for (i, piece) in pieces.iter_mut().enumerate() {
        if tests.contains(&i) {
            piece.fate = Fate::Test;
        } else if wanted(piece) && in_test_cell(piece) {
            piece.fate = Fate::Left("it tests what can't be imported".to_owned());
        }
    }
}

fn binds<'p>(pieces: &'p [Piece<'_>], which: &'p BTreeSet<usize>) -> impl Iterator<Item = NameId> + 'p {
    let chosen = which.iter().filter_map(|&i| pieces.get(i));
    chosen.flat_map(|piece| piece.facts.binds.iter().map(|bind| bind.name))
}

fn in_test_cell(piece: &Piece<'_>) -> bool {
    piece
        .code
        .magics
        .iter()
        .any(|magic| MAGICS.contains(&magic.name.as_str()))
}

fn is_test(stmt: &Stmt, imports: &Imports) -> bool {
    match stmt {
        Stmt::FunctionDef(def) => def.name.as_str().starts_with("test"),
        Stmt::ClassDef(class) => class
            .bases()
            .iter()
            .any(|base| dotted(base, imports).as_deref() == Some("unittest.TestCase")),
        _ => false,
    }
}

fn calls_runner(piece: &Piece<'_>, imports: &Imports) -> bool {
    let mut finder = Runners { imports, found: false };
    finder.visit_stmt(piece.stmt);
    finder.found
}

struct Runners<'i> {
    imports: &'i Imports,
    found: bool,
}

impl<'a> Visitor<'a> for Runners<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        self.found |= runs_tests(expr, self.imports);
        walk_expr(self, expr);
    }
}

impl Builder<'_> {
    /// `test_notebook.py`: the notebook's tests, and what they import.
    pub(super) fn own_tests(&self, hoisted: &HoistedImports<'_>, functions: &Module, package: &str) -> Module {
        let tests: Vec<&Piece<'_>> = self.pieces.iter().filter(|piece| piece.fate == Fate::Test).collect();
        let read: BTreeSet<NameId> = tests.iter().flat_map(|piece| names_read(self.facts, piece)).collect();
        let mut imports: BTreeSet<Import> = hoisted.used(&read).into_iter().filter(|_| !tests.is_empty()).collect();
        for item in &functions.items {
            if self.facts.names.find(&item.name).is_some_and(|id| read.contains(&id)) {
                imports.insert(Import {
                    section: ImportSection::FirstParty,
                    module: format!("{package}.functions"),
                    symbol: Some(item.name.clone()),
                    alias: None,
                    for_effect: false,
                });
            }
        }
        Module {
            imports: imports.into_iter().collect(),
            items: tests.into_iter().map(|piece| self.item(piece)).collect(),
        }
    }
}
