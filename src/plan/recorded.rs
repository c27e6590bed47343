//! Tests from the notebook's stored outputs: what a displayed expression gave, it must give again.

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, ExprContext, Stmt};

use crate::facts::{Effect, Facts, NameId};
use crate::notebook::{Notebook, Output, OutputKind};
use crate::python::{is_builtin, span};
use crate::text::EditSet;

use super::bindings::Histories;
use super::model::Recorded;
use super::modules::names_read;
use super::pieces::{Fate, Piece};

/// A displayed expression with its stored value, before it is known which names come out of the run.
pub(super) struct Candidate {
    pub recorded: Recorded,
    pub names: Vec<NameId>,
}

/// The stored values that can be tested: whole numbers, shapes, booleans and short strings, of names that keep their
/// value to the end. None where the outputs may be stale, for then they prove nothing.
pub(super) fn candidates(
    notebook: &Notebook<'_>,
    facts: &Facts,
    histories: &Histories,
    pieces: &[Piece<'_>],
) -> Vec<Candidate> {
    if !runs_down_the_page(notebook) || !notebook.language.is_python() {
        return Vec::new();
    }
    let draws = pieces.iter().any(|p| strongest(p.stmt, facts) == Effect::Draw);
    let mut out = Vec::new();
    for (i, piece) in pieces.iter().enumerate() {
        let shown = matches!(&piece.fate, Fate::Dropped(_)) && piece.displayed;
        let Stmt::Expr(stmt) = piece.stmt else { continue };
        let Some(expected) = shown.then(|| stored_value(notebook, piece)).flatten() else {
            continue;
        };
        let mut reader = Reader::default();
        reader.visit_expr(&stmt.value);
        let names: Vec<NameId> = piece
            .facts
            .uses
            .iter()
            .map(|u| u.name)
            .filter(|&n| histories.is_variable(n))
            .collect();
        let others = piece.facts.uses.iter().filter(|u| !histories.is_variable(u.name));
        let only_builtins = others.into_iter().all(|u| is_builtin(facts.text(u.name)));
        let is_bare_shape = facts_free_of_randomness(&stmt.value);
        let settled = names.iter().all(|&name| settled_after(histories, name, i));
        let defined = names.iter().all(|&name| is_data(pieces, histories, name));
        if names.is_empty() || !only_builtins || !settled || !defined || reader.binds || (draws && !is_bare_shape) {
            continue;
        }
        let mut edits = EditSet::new();
        for found in &piece.facts.uses {
            if names.contains(&found.name) {
                let _ = edits.push(span(found.range), format!("results.{}", facts.text(found.name)));
            }
        }
        let stem = names.first().map(|&n| facts.text(n).to_lowercase()).unwrap_or_default();
        out.push(Candidate {
            recorded: Recorded {
                test: format!("test_cell_{}_{stem}", piece.cell.0),
                cell: piece.cell,
                expression: edits.apply_within(&piece.code.text, piece.span),
                expected,
                tolerance: None,
            },
            names,
        });
    }
    out
}

/// Names that dropped displays show, and that cells read which stay in the notebook, as long as they keep their value to
/// the end: the run gives them back, so that tests and the thin notebook have them too.
pub(super) fn displayed_names(facts: &Facts, histories: &Histories, pieces: &[Piece<'_>]) -> Vec<NameId> {
    let mut out = Vec::new();
    for (i, piece) in pieces.iter().enumerate() {
        let names: Vec<NameId> = match piece.fate {
            Fate::Dropped(_) if piece.displayed => piece.facts.uses.iter().map(|found| found.name).collect(),
            Fate::Left(_) => names_read(facts, piece).into_iter().collect(),
            _ => continue,
        };
        out.extend(names.into_iter().filter(|&name| {
            histories.is_variable(name) && settled_after(histories, name, i) && is_data(pieces, histories, name)
        }));
    }
    out.sort();
    out.dedup();
    out
}

/// Whether every count rises down the page: only then is each output what the cells above it gave.
fn runs_down_the_page(notebook: &Notebook<'_>) -> bool {
    let counts: Vec<i64> = notebook
        .code_cells()
        .filter(|c| c.has_code())
        .filter_map(|c| c.execution_count)
        .collect();
    let all_ran = notebook
        .code_cells()
        .filter(|c| c.has_code())
        .all(|c| c.execution_count.is_some());
    all_ran && counts.is_sorted_by(|a, b| a < b)
}

fn strongest(stmt: &Stmt, facts: &Facts) -> Effect {
    let mut finder = Draws {
        facts,
        found: Effect::Pure,
    };
    finder.visit_stmt(stmt);
    finder.found
}

struct Draws<'d> {
    facts: &'d Facts,
    found: Effect,
}

impl<'a> Visitor<'a> for Draws<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr
            && crate::facts::call_effect(call, &self.facts.imports, &|_| false) == Effect::Draw
        {
            self.found = Effect::Draw;
        }
        walk_expr(self, expr);
    }
}

/// `x.shape`, `len(x)`: sizes, which no draw changes.
fn facts_free_of_randomness(expr: &Expr) -> bool {
    match expr {
        Expr::Attribute(attribute) => {
            ["shape", "ndim"].contains(&attribute.attr.as_str()) && attribute.value.is_name_expr()
        }
        Expr::Call(call) => {
            matches!(call.func.as_ref(), Expr::Name(n) if n.id.as_str() == "len")
                && call.arguments.args.iter().all(Expr::is_name_expr)
        }
        _ => false,
    }
}

/// Whether nothing below the display binds the name again or may change its object.
fn settled_after(histories: &Histories, name: NameId, at: usize) -> bool {
    let history = histories.get(name);
    let later = |list: &[usize]| list.iter().any(|&i| i > at);
    !later(&history.binders) && !later(&history.mutators) && !later(&history.deleted_by) && !history.global
}

/// Whether the name holds data: not a function, a class or an import.
fn is_data(pieces: &[Piece<'_>], histories: &Histories, name: NameId) -> bool {
    histories
        .get(name)
        .binders
        .iter()
        .filter_map(|&b| pieces.get(b))
        .all(|p| p.is_kept())
}

/// The cell's stored result as a Python literal, where it is one that every run repeats.
fn stored_value(notebook: &Notebook<'_>, piece: &Piece<'_>) -> Option<String> {
    let cell = notebook.cell(piece.cell)?;
    let result = |o: &&Output| matches!(o.kind, OutputKind::ExecuteResult { .. });
    let node = cell.outputs.iter().find(result)?.mime("text/plain")?;
    let text = notebook.text_of(node).text;
    testable(text.trim())
}

/// `text` as a literal: whole numbers, tuples of them, booleans, short plain strings; numpy's wrappers taken off.
fn testable(text: &str) -> Option<String> {
    let inner = ["np.int64(", "np.int32(", "np.bool_(", "np.True_", "np.False_"]
        .iter()
        .find_map(|prefix| text.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(')')))
        .unwrap_or(text);
    let is_int = |t: &str| {
        let digits = t.strip_prefix('-').unwrap_or(t);
        !digits.is_empty() && digits.len() < 19 && digits.bytes().all(|b| b.is_ascii_digit())
    };
    let is_tuple = inner
        .strip_prefix('(')
        .and_then(|t| t.strip_suffix(')'))
        .is_some_and(|t| t.trim_end_matches(',').split(',').all(|part| is_int(part.trim())));
    let is_string = inner.len() > 2
        && inner.len() < 60
        && inner.starts_with('\'')
        && inner.ends_with('\'')
        && inner
            .chars()
            .all(|c| c == ' ' || c == '\'' || c.is_ascii_alphanumeric())
        && inner.matches('\'').count() == 2;
    (is_int(inner) || is_tuple || is_string || ["True", "False"].contains(&inner)).then(|| inner.to_owned())
}

#[derive(Default)]
struct Reader {
    binds: bool,
}

impl<'a> Visitor<'a> for Reader {
    fn visit_expr(&mut self, expr: &'a Expr) {
        self.binds |= expr.is_lambda_expr() || matches!(expr, Expr::Name(n) if n.ctx != ExprContext::Load);
        walk_expr(self, expr);
    }
}
