//! Switches: names that the notebook binds once, to a literal, and tests in an `if`.

use ruff_python_ast::visitor::{Visitor, walk_stmt};
use ruff_python_ast::{Expr, Number, Stmt, UnaryOp};
use rustc_hash::FxHashMap;

use crate::python::CellCode;

use super::scopes::Bindings;

/// Whether each switch is on. A name that anything else binds too is none.
#[derive(Clone, Debug, Default)]
pub(super) struct Constants {
    truth: FxHashMap<String, Option<bool>>,
}

impl Constants {
    pub fn collect(cells: &[CellCode]) -> Self {
        let mut this = Self::default();
        for stmt in cells.iter().flat_map(CellCode::statements) {
            let test = match stmt {
                Stmt::If(stmt_if) => Some(&stmt_if.test),
                Stmt::Assign(assign) => assign.value.as_if_expr().map(|conditional| &conditional.test),
                _ => None,
            };
            if let Some(name) = test.and_then(|test| switch(test)) {
                this.truth.insert(name.to_owned(), None);
            }
        }
        if !this.truth.is_empty() {
            this.find_values(cells);
        }
        this
    }

    fn find_values(&mut self, cells: &[CellCode]) {
        let mut spoilt = Globals::default();
        let mut seen: FxHashMap<&str, bool> = FxHashMap::default();
        for stmt in cells.iter().flat_map(CellCode::statements) {
            spoilt.visit_stmt(stmt);
            if let Stmt::Assign(assign) = stmt
                && let ([Expr::Name(name)], Some(truth)) = (assign.targets.as_slice(), literal_truth(&assign.value))
                && !seen.contains_key(name.id.as_str())
            {
                seen.insert(name.id.as_str(), truth);
            } else {
                spoilt
                    .names
                    .extend(Bindings::of_body(None, std::slice::from_ref(stmt)).bound);
            }
        }
        for (name, truth) in &mut self.truth {
            let value = seen.get(name.as_str()).copied();
            *truth = value.filter(|_| !spoilt.names.contains(name));
        }
    }

    /// Whether a test holds in a run of the notebook as it is, where that can be told.
    pub fn truth(&self, test: &Expr) -> Option<bool> {
        match test {
            Expr::Name(name) => self.truth.get(name.id.as_str()).copied().flatten(),
            Expr::UnaryOp(not) if not.op == UnaryOp::Not => self.truth(&not.operand).map(|truth| !truth),
            other => literal_truth(other),
        }
    }
}

/// The name that `if name:` and `if not name:` test.
pub(super) fn switch(test: &Expr) -> Option<&str> {
    match test {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::UnaryOp(not) if not.op == UnaryOp::Not => switch(&not.operand),
        _ => None,
    }
}

fn literal_truth(value: &Expr) -> Option<bool> {
    match value {
        Expr::BooleanLiteral(literal) => Some(literal.value),
        Expr::NoneLiteral(_) => Some(false),
        Expr::StringLiteral(literal) => Some(!literal.value.is_empty()),
        Expr::NumberLiteral(literal) => match &literal.value {
            Number::Int(int) => Some(int.as_u64() != Some(0)),
            Number::Float(float) => Some(*float != 0.0),
            Number::Complex { .. } => None,
        },
        _ => None,
    }
}

/// The names that functions declare `global`.
#[derive(Default)]
struct Globals {
    names: Vec<String>,
}

impl<'a> Visitor<'a> for Globals {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if let Stmt::Global(global) = stmt {
            self.names.extend(global.names.iter().map(|name| name.to_string()));
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}
