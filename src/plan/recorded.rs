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
use super::peeks::displays;
use super::pieces::{Fate, Piece};
use super::recorded_text::{Told, told};

/// A displayed expression with its stored value, before it is known which names come out of the run.
pub(super) struct Candidate {
    pub recorded: Recorded,
    pub names: Vec<NameId>,
}

/// The stored values that can be tested: scalars, shapes, short texts, small series and frames, of names that keep their
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
    let steady = Steady::of(pieces, facts);
    let mut out = Vec::new();
    for (i, piece) in pieces.iter().enumerate() {
        let shown = matches!(&piece.fate, Fate::Dropped(_)) && piece.displayed;
        let Stmt::Expr(stmt) = piece.stmt else { continue };
        let Some(text) = shown.then(|| stored_value(notebook, piece)).flatten() else {
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
        let defined = names.iter().all(|&name| histories.is_data(name, pieces));
        if names.is_empty()
            || !only_builtins
            || !settled
            || !defined
            || reader.binds
            || !(steady.until(i) || is_bare_shape)
        {
            continue;
        }
        let mut edits = EditSet::new();
        for found in &piece.facts.uses {
            if names.contains(&found.name) {
                let _ = edits.push(span(found.range), format!("results.{}", facts.text(found.name)));
            }
        }
        let value = edits.apply_within(&piece.code.text, piece.span);
        let (table, checks) = match told(&value, &text) {
            Some(Told::Value(checks)) => (None, checks),
            Some(Told::Table(checks)) => (Some(value), checks),
            None => continue,
        };
        let stem = names.first().map(|&n| facts.text(n).to_lowercase()).unwrap_or_default();
        out.push(Candidate {
            recorded: Recorded {
                test: format!("test_cell_{}_{stem}", piece.cell.0),
                cell: piece.cell,
                table,
                checks,
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
            Fate::Dropped(_) if piece.displayed || displays(piece.stmt, facts) => {
                piece.facts.uses.iter().map(|found| found.name).collect()
            }
            Fate::Left(_) => names_read(facts, piece).into_iter().collect(),
            _ => continue,
        };
        out.extend(
            names
                .into_iter()
                .filter(|&name| settled_after(histories, name, i) && histories.is_data(name, pieces)),
        );
    }
    out.sort();
    out.dedup();
    out
}

/// Whether every count rises down the page: only then is each output what the cells above it gave.
pub(super) fn runs_down_the_page(notebook: &Notebook<'_>) -> bool {
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

/// Up to where every run gives the same: no random number without a seed, no clock, nothing from the network.
pub(super) struct Steady {
    /// The first piece that no two runs need agree on.
    first: usize,
}

impl Steady {
    pub fn of(pieces: &[Piece<'_>], facts: &Facts) -> Self {
        let mut seeded = false;
        let first = pieces.iter().position(|piece| {
            let mut finder = Draws {
                facts,
                draws: false,
                seeds: false,
            };
            finder.visit_stmt(piece.stmt);
            seeded |= finder.seeds;
            let text = piece.text();
            let unsteady = UNSTEADY.iter().any(|mark| text.contains(mark));
            unsteady || (finder.draws && !seeded)
        });
        Self {
            first: first.unwrap_or(usize::MAX),
        }
    }

    /// Whether all down to this piece is the same in every run.
    pub fn until(&self, piece: usize) -> bool {
        piece < self.first
    }
}

/// Marks of the clock, the network, the machine and the process.
const UNSTEADY: [&str; 19] = [
    "://",
    ".now(",
    ".today(",
    "__version__",
    "boto3",
    "clock(",
    "environ",
    "getpid",
    "hash(",
    "id(",
    "perf_counter",
    "platform.",
    "read_sql",
    "requests.",
    "sys.version",
    "time.time",
    "time()",
    "utcnow",
    "uuid",
];

struct Draws<'d> {
    facts: &'d Facts,
    draws: bool,
    seeds: bool,
}

impl<'a> Visitor<'a> for Draws<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            let effect = crate::facts::call_effect(call, &self.facts.imports, &|_| false);
            let seeded = call.arguments.keywords.iter().any(|keyword| {
                let is_seed = keyword
                    .arg
                    .as_deref()
                    .is_some_and(|arg| ["random_state", "seed"].contains(&arg));
                is_seed && !keyword.value.is_none_literal_expr()
            });
            self.draws |= effect == Effect::Draw && !seeded;
            self.seeds |= effect == Effect::Seed;
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

/// The text of the cell's stored result.
fn stored_value(notebook: &Notebook<'_>, piece: &Piece<'_>) -> Option<String> {
    let cell = notebook.cell(piece.cell)?;
    let result = |o: &&Output| matches!(o.kind, OutputKind::ExecuteResult { .. });
    let node = cell.outputs.iter().find(result)?.mime("text/plain")?;
    let text = notebook.text_of(node).text;
    Some(text)
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
