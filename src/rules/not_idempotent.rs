//! MB107: a cell that changes what it reads, and that was run again.

use std::ops::RangeInclusive;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprContext, Stmt};
use ruff_text_size::{Ranged, TextRange};

use crate::facts::history::{Gift, Link};
use crate::finding::{Confidence, Finding, Severity};
use crate::notebook::CellIdx;
use crate::python::{CellCode, span};

use super::counts::counted;
use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB107",
    name: "not-idempotent",
    summary: "a cell that changes what it reads was run again",
    severity: Severity::Warning,
    reads: Reads::Python,
    page: include_str!("not_idempotent.md"),
};

pub(super) struct NotIdempotent;

impl Rule for NotIdempotent {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        for (idx, lost) in run_again(ctx) {
            let Some(code) = ctx.code(idx) else { continue };
            let Some(change) = changes(ctx, code)
                .into_iter()
                .min_by_key(|change| (change.settles, change.range.start()))
            else {
                continue;
            };
            let at = span(change.range);
            let message = format!(
                "`{}` changes what it reads, and {} was perhaps run again: {lost} left no trace just before it",
                ctx.quote(at.slice(&code.text)),
                ctx.name_cell(idx),
            );
            let mut finding = META.finding(ctx.in_code(code, at), message);
            finding.subject = Some(change.name.clone());
            finding.confidence = Confidence::Likely;
            if change.settles {
                finding.confidence = Confidence::Possible;
                finding.severity = Severity::Note;
            }
            finding.hint = Some(format!(
                "bind the result to a new name, or make `{}` in the same cell",
                change.name
            ));
            out.push(finding);
        }
    }
}

/// Cells before whose count others are missing, with the missing ones.
fn run_again(ctx: &Context<'_>) -> Vec<(CellIdx, String)> {
    let mut counted = counted(ctx.notebook);
    counted.sort_by_key(|&(cell, count)| (count, cell.idx));
    let mut again = Vec::new();
    for (&(_, before), &(cell, count)) in counted.iter().zip(counted.iter().skip(1)) {
        let missing = count.saturating_sub(before).saturating_sub(1);
        if missing == 1 {
            again.push((cell.idx, format!("In [{}]", count - 1)));
        } else if missing > 1 {
            again.push((cell.idx, format!("In [{}] to [{}]", before + 1, count - 1)));
        }
    }
    again.sort_by_key(|&(idx, _)| idx);
    again
}

/// A statement that changes a name that it reads.
struct Change {
    name: String,
    range: TextRange,
    /// Whether a second run most often changes nothing more (`df = df.dropna()`).
    settles: bool,
}

fn changes(ctx: &Context<'_>, code: &CellCode) -> Vec<Change> {
    // only what another cell is seen to make is an object that can be changed: `np` may stand for a module even where
    // its import is lost
    let made = |link: &&Link| link.consumer == code.idx && !matches!(link.gift, Gift::Import | Gift::Definition);
    let needs: Vec<&str> = ctx
        .history
        .top
        .iter()
        .filter(made)
        .map(|link| ctx.facts.text(link.need.name))
        .collect();
    let mut finder = Finder {
        code,
        needs: &needs,
        found: Vec::new(),
    };
    finder.visit_body(code.statements());
    finder.found
}

struct Finder<'f> {
    code: &'f CellCode,
    /// Names that the cell takes from others.
    needs: &'f [&'f str],
    found: Vec<Change>,
}

impl Finder<'_> {
    fn add(&mut self, name: &str, range: TextRange, settles: bool) {
        if self.needs.contains(&name) {
            self.found.push(Change {
                name: name.to_owned(),
                range,
                settles,
            });
        }
    }

    fn assign(&mut self, target: &Expr, value: &Expr, range: TextRange) {
        match target {
            Expr::Name(name) if reads(value, name.id.as_str()) => self.add(name.id.as_str(), range, settles(value)),
            Expr::Subscript(_) | Expr::Attribute(_) => {
                let text = self.code.slice(target);
                if let Some(root) = root(target).filter(|_| self.code.slice(value).contains(text)) {
                    self.add(root, range, settles(value));
                }
            }
            _ => {}
        }
    }
}

impl<'a> Visitor<'a> for Finder<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            Stmt::AugAssign(assign) => {
                if let Some(root) = root(&assign.target) {
                    self.add(root, assign.range(), false);
                }
            }
            Stmt::Assign(assign) => {
                if let [target] = assign.targets.as_slice() {
                    self.assign(target, &assign.value, assign.range());
                }
                walk_stmt(self, stmt);
            }
            Stmt::Expr(expr) => {
                if let Expr::Call(call) = expr.value.as_ref()
                    && let Expr::Attribute(attribute) = call.func.as_ref()
                    && let Expr::Name(name) = attribute.value.as_ref()
                {
                    let method = attribute.attr.as_str();
                    let given = call.arguments.len();
                    if ACCUMULATE
                        .iter()
                        .any(|(known, takes)| *known == method && takes.contains(&given))
                    {
                        self.add(name.id.as_str(), expr.range(), false);
                    } else if SETTLE.contains(&method) {
                        self.add(name.id.as_str(), expr.range(), true);
                    }
                }
            }
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}

/// Methods of which each call changes the object again, and how many arguments they take: `append(a, b)` is a
/// function of arrays that changes none.
const ACCUMULATE: [(&str, RangeInclusive<usize>); 8] = [
    ("append", 1..=1),
    ("extend", 1..=1),
    ("insert", 2..=2),
    ("pop", 0..=1),
    ("remove", 0..=1),
    ("popitem", 0..=0),
    ("appendleft", 1..=1),
    ("reverse", 0..=0),
];

/// Methods that change the object, and whose second call with the same arguments changes nothing more.
const SETTLE: [&str; 3] = ["add", "update", "sort"];

/// Methods whose result, given to them again, comes out the same.
const IDEMPOTENT: &[&str] = &[
    "abs",
    "astype",
    "clip",
    "copy",
    "drop_duplicates",
    "dropna",
    "fillna",
    "lower",
    "query",
    "reset_index",
    "round",
    "set_index",
    "sort_index",
    "sort_values",
    "strip",
    "title",
    "to",
    "tolist",
    "upper",
];

fn settles(value: &Expr) -> bool {
    match value {
        Expr::Call(call) => match call.func.as_ref() {
            Expr::Attribute(attribute) => IDEMPOTENT.contains(&attribute.attr.as_str()),
            Expr::Name(name) => {
                ["sorted", "list", "set", "tuple", "dict", "str", "int", "float"].contains(&name.id.as_str())
            }
            _ => false,
        },
        // `df = df[df.x > 0]`, `df = df[["a", "b"]]`, `df = df.loc[:, "a":"c"]`
        Expr::Subscript(subscript) => {
            let by_label =
                matches!(subscript.value.as_ref(), Expr::Attribute(attribute) if attribute.attr.as_str() == "loc");
            by_label
                || matches!(
                    subscript.slice.as_ref(),
                    Expr::Compare(_) | Expr::BinOp(_) | Expr::List(_)
                )
        }
        _ => false,
    }
}

fn root(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => root(&attribute.value),
        Expr::Subscript(subscript) => root(&subscript.value),
        _ => None,
    }
}

/// Whether evaluating `expr` reads `name`.
fn reads(expr: &Expr, name: &str) -> bool {
    struct Reader<'n> {
        name: &'n str,
        found: bool,
    }
    impl<'a> Visitor<'a> for Reader<'_> {
        fn visit_expr(&mut self, expr: &'a Expr) {
            match expr {
                Expr::Name(name) => self.found |= name.ctx == ExprContext::Load && name.id.as_str() == self.name,
                Expr::Lambda(_) => {}
                _ => walk_expr(self, expr),
            }
        }
    }
    let mut reader = Reader { name, found: false };
    reader.visit_expr(expr);
    reader.found
}
