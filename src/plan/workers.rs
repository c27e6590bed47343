//! Functions that other processes run: what they are given by value, and what they import.

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, ExprCall};
use rustc_hash::FxHashSet;

use crate::facts::{Facts, NameId, dotted};

use super::pieces::Piece;

/// Calls that wrap a function for workers which take functions of a notebook by value, its names with it.
const WRAPPERS: [&str; 5] = [
    "dask.delayed",
    "dask.delayed.delayed",
    "joblib.delayed",
    "sklearn.utils.fixes.delayed",
    "sklearn.utils.parallel.delayed",
];

/// The functions that such a call wraps.
pub(super) fn handed_to_workers(facts: &Facts, pieces: &[Piece<'_>]) -> FxHashSet<NameId> {
    let mut finder = Wrapped {
        facts,
        names: FxHashSet::default(),
    };
    for piece in pieces {
        finder.visit_stmt(piece.stmt);
    }
    finder.names
}

struct Wrapped<'f> {
    facts: &'f Facts,
    names: FxHashSet<NameId>,
}

impl Wrapped<'_> {
    fn wrapped(&self, call: &ExprCall) -> Option<NameId> {
        let path = dotted(&call.func, &self.facts.imports)?;
        let name = call.arguments.args.first()?.as_name_expr()?;
        WRAPPERS.contains(&path.as_str()).then_some(())?;
        self.facts.names.find(name.id.as_str())
    }
}

impl<'a> Visitor<'a> for Wrapped<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            self.names.extend(self.wrapped(call));
        }
        walk_expr(self, expr);
    }
}
