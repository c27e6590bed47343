//! MB604: a handler that hides why reading or writing failed.

use ruff_python_ast::visitor::{Visitor, walk_stmt};
use ruff_python_ast::{ExceptHandler, ExceptHandlerExceptHandler, Expr, Stmt, StmtTry};
use ruff_text_size::Ranged;

use crate::facts::{dotted, io_calls};
use crate::finding::{Finding, Severity};
use crate::python::{CellCode, span};

use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB604",
    name: "swallowed-exception",
    summary: "an error of reading, writing or asking the network is passed over in silence",
    severity: Severity::Warning,
    reads: Reads::Python,
    page: include_str!("swallowed_exception.md"),
};

pub(super) struct SwallowedException;

impl Rule for SwallowedException {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        for code in ctx.cells {
            let mut finder = Finder { ctx, code, out };
            finder.visit_body(code.statements());
        }
    }
}

struct Finder<'f, 'c> {
    ctx: &'f Context<'c>,
    code: &'c CellCode,
    out: &'f mut Vec<Finding>,
}

impl<'a> Visitor<'a> for Finder<'_, '_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if let Stmt::Try(stmt_try) = stmt
            && let Some(what) = touches_the_world(self.ctx, self.code, stmt_try)
        {
            for ExceptHandler::ExceptHandler(handler) in &stmt_try.handlers {
                if catches_all(handler) && does_nothing(handler) {
                    self.out.push(finding(self.ctx, self.code, handler, &what));
                }
            }
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}

fn finding(ctx: &Context<'_>, code: &CellCode, handler: &ExceptHandlerExceptHandler, what: &str) -> Finding {
    let header = span(handler.range())
        .slice(&code.text)
        .lines()
        .next()
        .unwrap_or_default();
    let mut at = span(handler.range());
    at.end = at.start + header.len();
    let message = format!(
        "`{}` hides why `{}` failed, and what follows goes on without it",
        ctx.quote(header),
        ctx.quote(what)
    );
    let mut finding = META.finding(ctx.in_code(code, at), message);
    finding.hint = Some("catch the one exception that you expect, and say so where it comes".to_owned());
    finding
}

/// The call in the body that reads, writes or asks the network.
fn touches_the_world(ctx: &Context<'_>, code: &CellCode, stmt_try: &StmtTry) -> Option<String> {
    let mut found = stmt_try.body.iter().flat_map(|stmt| io_calls(stmt, &ctx.facts.imports));
    if let Some(call) = found.next() {
        return Some(call.callable.trim_start_matches('.').to_owned());
    }
    let mut network = Network { ctx, code, found: None };
    network.visit_body(&stmt_try.body);
    network.found
}

struct Network<'f, 'c> {
    ctx: &'f Context<'c>,
    code: &'f CellCode,
    found: Option<String>,
}

impl<'a> Visitor<'a> for Network<'_, '_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr
            && let Some(path) = dotted(&call.func, &self.ctx.facts.imports)
            && NETWORK.iter().any(|prefix| path.starts_with(prefix))
            && self.found.is_none()
        {
            self.found = Some(self.code.slice(call.func.as_ref()).to_owned());
        }
        ruff_python_ast::visitor::walk_expr(self, expr);
    }
}

const NETWORK: [&str; 5] = ["requests.", "urllib.request.", "urllib2.", "httpx.", "ftplib."];

fn catches_all(handler: &ExceptHandlerExceptHandler) -> bool {
    match handler.type_.as_deref() {
        None => true,
        Some(Expr::Name(name)) => ["Exception", "BaseException"].contains(&name.id.as_str()),
        Some(_) => false,
    }
}

/// `pass`, `continue`, `...` or a text: the error leaves no trace.
fn does_nothing(handler: &ExceptHandlerExceptHandler) -> bool {
    handler.body.iter().all(|stmt| match stmt {
        Stmt::Pass(_) | Stmt::Continue(_) => true,
        Stmt::Expr(expr) => matches!(expr.value.as_ref(), Expr::EllipsisLiteral(_) | Expr::StringLiteral(_)),
        _ => false,
    })
}
