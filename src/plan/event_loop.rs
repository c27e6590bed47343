//! Event loops: the kernel runs one already, a program runs none until it is told to.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Stmt};

use crate::facts::{Facts, Imports, dotted};

use super::pieces::Piece;

/// `nest_asyncio.apply()`, which lets a loop run inside another.
pub(super) fn patches_loop(expr: &Expr, imports: &Imports) -> bool {
    let patches = ["nest_asyncio.apply", "nest_asyncio2.apply"];
    matches!(expr, Expr::Call(call) if dotted(&call.func, imports).is_some_and(|path| patches.contains(&path.as_str())))
}

/// What `asyncio.run(…)` is given, where it is given nothing else.
pub(super) fn run_by_asyncio<'c>(call: &'c ExprCall, imports: &Imports) -> Option<&'c Expr> {
    let [awaited] = call.arguments.args.as_ref() else {
        return None;
    };
    let runs = dotted(&call.func, imports).as_deref() == Some("asyncio.run");
    (runs && call.arguments.keywords.is_empty()).then_some(awaited)
}

/// Whether cells await at their top level, so that their step has a loop, and something runs another one in it that
/// can't be awaited instead.
pub(super) fn needs_patched_loop(facts: &Facts, pieces: &[Piece<'_>]) -> bool {
    if !pieces.iter().any(|piece| piece.facts.awaits) {
        return false;
    }
    let mut finder = Loops {
        imports: &facts.imports,
        functions: 0,
        found: false,
    };
    for piece in pieces {
        finder.visit_stmt(piece.stmt);
    }
    finder.found
}

struct Loops<'i> {
    imports: &'i Imports,
    /// How many functions are around.
    functions: usize,
    found: bool,
}

impl<'a> Visitor<'a> for Loops<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        let inside = usize::from(stmt.is_function_def_stmt());
        self.functions += inside;
        walk_stmt(self, stmt);
        self.functions -= inside;
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            let method = call.func.as_attribute_expr().map(|attribute| attribute.attr.as_str());
            self.found |= method == Some("run_until_complete");
            self.found |= self.functions > 0 && run_by_asyncio(call, self.imports).is_some();
        }
        walk_expr(self, expr);
    }
}
