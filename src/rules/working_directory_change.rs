//! MB404: the working directory is changed.

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, ExprCall};

use crate::finding::{Finding, Severity};
use crate::python::Effect;
use crate::text::Span;

use super::absolute_path::{last_name, span};
use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB404",
    name: "working-directory-change",
    summary: "the working directory is changed",
    severity: Severity::Warning,
    reads: Reads::Python,
    page: include_str!("working_directory_change.md"),
};

pub(super) struct WorkingDirectoryChange;

impl Rule for WorkingDirectoryChange {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        for code in ctx.cells {
            let mut calls = Calls(Vec::new());
            if let Some(parsed) = code.parsed() {
                calls.visit_body(&parsed.syntax().body);
            }
            let in_code = calls.0.into_iter().map(|at| ctx.in_code(code, at));
            let cell = ctx.notebook.cell(code.idx);
            let magics = code
                .magics
                .iter()
                .filter(|magic| magic.effect == Effect::Directory && changes(&magic.name));
            let magics = magics.filter_map(|magic| Some(ctx.in_source(cell?, magic.source)));
            for place in in_code.chain(magics) {
                let mut finding = META.finding(place, MESSAGE);
                finding.hint =
                    Some("leave the directory alone, and join folder and file: `FOLDER / \"x.csv\"`".to_owned());
                out.push(finding);
            }
        }
    }
}

const MESSAGE: &str = "the working directory changes here: relative paths mean something else from now on, and again when the cell is run twice";

/// `%pwd` and `%dirs` only show.
fn changes(magic: &str) -> bool {
    ["cd", "pushd", "popd"].contains(&magic)
}

struct Calls(Vec<Span>);

impl<'a> Visitor<'a> for Calls {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(ExprCall { func, .. }) = expr {
            let owner = func
                .as_attribute_expr()
                .map_or("", |attribute| last_name(&attribute.value));
            if matches!(
                (owner, last_name(func)),
                ("os", "chdir" | "fchdir") | ("", "chdir") | ("contextlib", "chdir")
            ) {
                self.0.push(span(expr));
            }
        }
        walk_expr(self, expr);
    }
}
