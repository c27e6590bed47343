//! Every call of a notebook with the dotted path that its imports make of it.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Stmt};
use ruff_text_size::Ranged;

use crate::facts::dotted;
use crate::finding::Place;
use crate::python::{CellCode, span};

use super::Context;

/// A call where it stands.
pub(super) struct Call<'c> {
    pub code: &'c CellCode,
    pub call: &'c ExprCall,
    /// `numpy.random.rand`, where imports make it known.
    pub path: Option<String>,
    /// Whether it stands in a function's body, and runs when that is called.
    pub in_function: bool,
}

impl Call<'_> {
    pub fn place(&self, ctx: &Context<'_>) -> Place {
        ctx.in_code(self.code, span(self.call.range()))
    }

    /// The called expression, for a message.
    pub fn name(&self, ctx: &Context<'_>) -> String {
        ctx.quote(self.code.slice(self.call.func.as_ref()))
    }

    /// The method's name, of a call on an object.
    pub fn method(&self) -> Option<&str> {
        match self.call.func.as_ref() {
            Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
            _ => None,
        }
    }

    pub fn keyword(&self, name: &str) -> Option<&Expr> {
        self.call.arguments.find_keyword(name).map(|keyword| &keyword.value)
    }

    /// Whether `**options` may hold any keyword.
    pub fn has_open_keywords(&self) -> bool {
        self.call.arguments.keywords.iter().any(|keyword| keyword.arg.is_none())
    }
}

/// All calls, cell by cell in page order.
pub(super) fn calls<'c>(ctx: &Context<'c>) -> Vec<Call<'c>> {
    let mut found = Vec::new();
    for code in ctx.cells {
        let mut finder = Finder {
            ctx,
            code,
            depth: 0,
            found: &mut found,
        };
        finder.visit_body(code.statements());
    }
    found
}

struct Finder<'f, 'c> {
    ctx: &'f Context<'c>,
    code: &'c CellCode,
    depth: u32,
    found: &'f mut Vec<Call<'c>>,
}

impl<'c> Visitor<'c> for Finder<'_, 'c> {
    fn visit_stmt(&mut self, stmt: &'c Stmt) {
        let deeper = u32::from(matches!(stmt, Stmt::FunctionDef(_)));
        self.depth += deeper;
        walk_stmt(self, stmt);
        self.depth -= deeper;
    }

    fn visit_expr(&mut self, expr: &'c Expr) {
        if let Expr::Call(call) = expr {
            // a name that no import binds may be the notebook's own
            let path = dotted(&call.func, &self.ctx.facts.imports);
            self.found.push(Call {
                code: self.code,
                call,
                path,
                in_function: self.depth > 0,
            });
        }
        let deeper = u32::from(matches!(expr, Expr::Lambda(_)));
        self.depth += deeper;
        walk_expr(self, expr);
        self.depth -= deeper;
    }
}
