//! The columns that a step reads of the frames that it is given, as far as every run of the step reads them.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, ExprContext, Stmt};

use crate::facts::{Facts, NameId};

use super::pieces::Piece;

/// For each of `frames` the columns that the step reads before it binds the frame anew or changes what it has, sorted.
/// What only some run may read (in a branch, a loop, a function) is left out: a check must not stop what would run.
pub(super) fn columns_read(
    facts: &Facts,
    pieces: &[(usize, &Piece<'_>)],
    frames: &[NameId],
) -> BTreeMap<NameId, BTreeSet<String>> {
    let mut out = BTreeMap::new();
    for &frame in frames {
        let found = columns_of(facts, pieces, frame);
        if !found.is_empty() {
            out.insert(frame, found);
        }
    }
    out
}

fn columns_of(facts: &Facts, pieces: &[(usize, &Piece<'_>)], frame: NameId) -> BTreeSet<String> {
    let text = facts.text(frame);
    let pairs = || pieces.iter().flat_map(|(_, p)| &p.facts.aliases);
    let tied = |name: NameId| pairs().any(|&(a, b)| (a, b) == (name, frame) || (b, a) == (name, frame));
    let mut made: BTreeSet<String> = BTreeSet::new();
    let mut read = BTreeSet::new();
    for (_, piece) in pieces {
        if !matches!(piece.stmt, Stmt::Assign(_) | Stmt::AnnAssign(_) | Stmt::Expr(_)) {
            // what may end the step or change the frame on some paths is not followed
            break;
        }
        let mut finder = Columns {
            frame: text,
            read: BTreeSet::new(),
        };
        finder.visit_stmt(piece.stmt);
        let stored = stored_column(piece.stmt, text);
        let changed = piece.facts.mutates.iter().any(|&name| name == frame || tied(name));
        let bound = piece.facts.binds.iter().any(|bind| bind.name == frame);
        if changed && stored.is_none() {
            break;
        }
        read.extend(finder.read.into_iter().filter(|column| !made.contains(column)));
        made.extend(stored);
        if bound {
            break;
        }
    }
    read
}

/// The column in `frame["column"] = value`.
fn stored_column(stmt: &Stmt, frame: &str) -> Option<String> {
    let Stmt::Assign(assign) = stmt else {
        return None;
    };
    let [Expr::Subscript(target)] = assign.targets.as_slice() else {
        return None;
    };
    let is_frame = matches!(target.value.as_ref(), Expr::Name(name) if name.id.as_str() == frame);
    match target.slice.as_ref() {
        Expr::StringLiteral(column) if is_frame => Some(column.value.to_str().to_owned()),
        _ => None,
    }
}

struct Columns<'c> {
    frame: &'c str,
    read: BTreeSet<String>,
}

impl<'a> Visitor<'a> for Columns<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            // these may not run, or run in another scope
            Expr::Lambda(_)
            | Expr::If(_)
            | Expr::BoolOp(_)
            | Expr::ListComp(_)
            | Expr::SetComp(_)
            | Expr::DictComp(_)
            | Expr::Generator(_)
            | Expr::Await(_) => return,
            Expr::Subscript(subscript) if subscript.ctx == ExprContext::Load => {
                if matches!(subscript.value.as_ref(), Expr::Name(name) if name.id.as_str() == self.frame) {
                    self.read.extend(keys(&subscript.slice));
                }
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}

/// The names in `["a"]` or `[["a", "b"]]`. A text that begins with a digit may be a date, which older versions of pandas
/// look up in the rows.
fn keys(slice: &Expr) -> Vec<String> {
    let text = |expr: &Expr| match expr {
        Expr::StringLiteral(key) => {
            let key = key.value.to_str();
            (!key.starts_with(|c: char| c.is_ascii_digit())).then(|| key.to_owned())
        }
        _ => None,
    };
    match slice {
        Expr::List(list) => list.elts.iter().filter_map(text).collect(),
        other => text(other).into_iter().collect(),
    }
}
