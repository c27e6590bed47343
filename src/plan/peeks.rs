//! Peeks: statements that only let a person at the notebook see a value. What is said to whoever runs it is none.

use std::collections::BTreeSet;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Stmt};

use crate::facts::{Facts, Imports, dotted};

use super::pieces::Piece;

/// Functions that show what a value is, or what is installed, and say nothing of the notebook's own.
const PEEKS: &[&str] = &[
    "cv2.imshow",
    "display",
    "displayHTML",
    "google.colab.patches.cv2_imshow",
    "help",
    "numpy.info",
    "numpy.show_config",
    "numpy.show_runtime",
    "pandas.describe_option",
    "pandas.show_versions",
];

/// What `display` is given, where the expression is such a call.
pub(super) fn displayed_by<'c>(call: &'c ExprCall, facts: &Facts) -> Option<&'c [Expr]> {
    let shows = |name: &str| ["display", "displayHTML"].contains(&name) && !facts.is_value(name);
    matches!(call.func.as_ref(), Expr::Name(name) if shows(name.id.as_str())).then_some(&call.arguments.args)
}

/// Whether the statement is a call of `display`.
pub(super) fn displays(stmt: &Stmt, facts: &Facts) -> bool {
    let call = stmt.as_expr_stmt().and_then(|expr| expr.value.as_call_expr());
    call.is_some_and(|call| displayed_by(call, facts).is_some())
}

/// Whether an expression that shows something only shows a value: `df.info()`, and neither `print("done")` nor
/// `log.info("done")`.
pub(super) fn is_peek(expr: &Expr, imports: &Imports) -> bool {
    let Expr::Call(call) = expr else {
        return !says(expr, imports);
    };
    let own = match dotted(&call.func, imports) {
        Some(path) => {
            PEEKS.contains(&path.as_str())
                || path.starts_with("IPython.display.")
                || path.starts_with("IPython.core.display.")
        }
        None => call.func.is_attribute_expr() && call.arguments.args.is_empty(),
    };
    own && !call.arguments.iter_source_order().any(|a| says(a.value(), imports))
}

/// Whether something in the expression speaks to whoever runs it.
fn says(expr: &Expr, imports: &Imports) -> bool {
    let mut finder = Speaking { imports, found: false };
    finder.visit_expr(expr);
    finder.found
}

struct Speaking<'s> {
    imports: &'s Imports,
    found: bool,
}

impl<'a> Visitor<'a> for Speaking<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            let effect = crate::facts::call_effect(call, self.imports, &|_| false);
            self.found |= effect == crate::facts::Effect::Show && !is_peek(expr, self.imports);
        }
        walk_expr(self, expr);
    }
}

/// The methods that the notebook's own classes define.
pub(super) fn own_methods(pieces: &[Piece<'_>]) -> BTreeSet<String> {
    let mut finder = Methods::default();
    for piece in pieces {
        finder.visit_stmt(piece.stmt);
    }
    finder.names
}

#[derive(Default)]
struct Methods {
    names: BTreeSet<String>,
}

impl<'a> Visitor<'a> for Methods {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if let Stmt::ClassDef(class) = stmt {
            let methods = class.body.iter().filter_map(Stmt::as_function_def_stmt);
            self.names.extend(methods.map(|def| def.name.to_string()));
        }
        walk_stmt(self, stmt);
    }
}

/// Looks for calls of methods by name.
pub(super) struct MethodCalls<'m> {
    pub names: &'m BTreeSet<String>,
    pub found: bool,
}

impl<'a> Visitor<'a> for MethodCalls<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr
            && let Expr::Attribute(attribute) = call.func.as_ref()
        {
            self.found |= self.names.contains(attribute.attr.as_str());
        }
        walk_expr(self, expr);
    }
}
