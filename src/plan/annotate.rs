//! Annotations for functions that have none, so that they stand in a typed module: `Any`, which promises nothing.

use ruff_python_ast::visitor::{Visitor, walk_stmt};
use ruff_python_ast::{Parameter, Stmt, StmtFunctionDef};
use ruff_text_size::Ranged;

use crate::python::span;
use crate::text::{EditSet, Span};

/// Adds the annotations that the functions in `stmt` lack.
pub(super) fn annotate(stmt: &Stmt, edits: &mut EditSet) {
    let mut annotator = Annotator { edits, in_class: false };
    annotator.visit_stmt(stmt);
}

struct Annotator<'e> {
    edits: &'e mut EditSet,
    in_class: bool,
}

impl Annotator<'_> {
    fn function(&mut self, def: &StmtFunctionDef) {
        let is_static = def.decorator_list.iter().any(|d| {
            matches!(&d.expression, ruff_python_ast::Expr::Name(name) if name.id.as_str() == "staticmethod")
        });
        let receiver = usize::from(self.in_class && !is_static);
        for (i, parameter) in def.parameters.iter().enumerate() {
            let plain = parameter.as_parameter();
            if plain.annotation.is_none() && i >= receiver {
                self.insert_after_name(plain);
            }
        }
        if def.returns.is_none() {
            let at = span(def.parameters.range()).end;
            let returns = if self.in_class && def.name.as_str() == "__init__" { " -> None" } else { " -> Any" };
            // two edits at one place can't be refused: each is an insertion
            let _ = self.edits.push(Span::new(at, at), returns);
        }
    }

    fn insert_after_name(&mut self, parameter: &Parameter) {
        let at = span(parameter.name.range()).end;
        let _ = self.edits.push(Span::new(at, at), ": Any");
    }
}

impl<'a> Visitor<'a> for Annotator<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        let outer = self.in_class;
        match stmt {
            Stmt::FunctionDef(def) => {
                self.function(def);
                self.in_class = false;
            }
            Stmt::ClassDef(_) => self.in_class = true,
            _ => {}
        }
        walk_stmt(self, stmt);
        self.in_class = outer;
    }

    fn visit_expr(&mut self, _: &'a ruff_python_ast::Expr) {}
}
