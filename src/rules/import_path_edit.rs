//! MB405: the import path is edited.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Stmt};

use crate::finding::{Finding, Severity};
use crate::text::Span;

use super::absolute_path::{last_name, span};
use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB405",
    name: "import-path-edit",
    summary: "`sys.path` is changed",
    severity: Severity::Warning,
    reads: Reads::Python,
    page: include_str!("import_path_edit.md"),
};

pub(super) struct ImportPathEdit;

impl Rule for ImportPathEdit {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        for code in ctx.cells {
            let Some(parsed) = code.parsed() else { continue };
            let mut edits = Edits(Vec::new());
            edits.visit_body(&parsed.syntax().body);
            for at in edits.0 {
                let mut finding = META.finding(ctx.in_code(code, at), MESSAGE);
                finding.subject = Some("sys.path".to_owned());
                finding.hint =
                    Some("install what is imported: `pip install -e .` beside its pyproject.toml".to_owned());
                out.push(finding);
            }
        }
    }
}

const MESSAGE: &str = "`sys.path` is changed here: what is imported depends on where this runs";

struct Edits(Vec<Span>);

impl<'a> Visitor<'a> for Edits {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        let target = match stmt {
            Stmt::Assign(assign) => assign.targets.first(),
            Stmt::AugAssign(assign) => Some(assign.target.as_ref()),
            _ => None,
        };
        if target.is_some_and(is_import_path) {
            self.0.push(span(stmt));
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(ExprCall { func, .. }) = expr
            && let Expr::Attribute(method) = func.as_ref()
            && ["append", "insert", "extend", "remove", "pop"].contains(&method.attr.as_str())
            && is_import_path(&method.value)
        {
            self.0.push(span(expr));
        }
        walk_expr(self, expr);
    }
}

/// `sys.path`, or a part of it.
fn is_import_path(expr: &Expr) -> bool {
    match expr {
        Expr::Attribute(attribute) => attribute.attr.as_str() == "path" && last_name(&attribute.value) == "sys",
        Expr::Subscript(subscript) => is_import_path(&subscript.value),
        _ => false,
    }
}
