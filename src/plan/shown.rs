//! What the notebook showed, and what of it can still be shown once the step of its section has run to its end.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::Stmt;

use crate::facts::{Effect, Facts, NameId, Role, Use, expression_effect};

use super::bindings::Histories;
use super::modules::names_read;
use super::pieces::Piece;

/// A dropped piece that the thin notebook can show, and the step that has run by then.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    pub piece: usize,
    /// `None` above the first step.
    pub step: Option<usize>,
}

/// The pieces that showed what their step leaves as it was. `groups`: the kept pieces of each step.
pub(super) fn shown_pieces(
    facts: &Facts,
    histories: &Histories,
    pieces: &[Piece<'_>],
    groups: &[Vec<usize>],
) -> Vec<Shown> {
    let mut out = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        if !piece.only_shows() || !shows_something(facts, piece) {
            continue;
        }
        let begins_above = |group: &&Vec<usize>| {
            let first = group.first().and_then(|&first| pieces.get(first));
            first.is_some_and(|first| first.cell <= piece.cell)
        };
        let step = groups.iter().take_while(begins_above).count().checked_sub(1);
        let below = step.and_then(|step| groups.get(step)).into_iter().flatten();
        let below: Vec<usize> = below.copied().filter(|&i| i > at).collect();
        let lasts = |name: &NameId| !changes(facts, histories, pieces, *name, &below);
        if read_by(facts, piece).iter().all(lasts) {
            out.push(Shown { piece: at, step });
        }
    }
    out
}

/// The names that a piece reads, and those that the notebook's own functions read which it may call.
fn read_by(facts: &Facts, piece: &Piece<'_>) -> BTreeSet<NameId> {
    let mut read = names_read(facts, piece);
    loop {
        let known = read.len();
        let called = facts
            .scopes
            .iter()
            .filter(|scope| scope.name.is_some_and(|name| read.contains(&name)));
        let further: Vec<NameId> = called
            .flat_map(|scope| scope.reads.iter().map(|found| found.name))
            .collect();
        read.extend(further);
        if read.len() == known {
            return read;
        }
    }
}

/// The names that hold what is shown, each with the steps that have run by then: these give the values back.
pub(super) fn shown_names(
    facts: &Facts,
    histories: &Histories,
    pieces: &[Piece<'_>],
    shown: &[Shown],
) -> BTreeMap<NameId, Vec<usize>> {
    let mut out: BTreeMap<NameId, Vec<usize>> = BTreeMap::new();
    for shown in shown {
        let (Some(step), Some(piece)) = (shown.step, pieces.get(shown.piece)) else {
            continue;
        };
        let names = names_read(facts, piece);
        for name in names.into_iter().filter(|&name| histories.is_data(name, pieces)) {
            out.entry(name).or_default().push(step);
        }
    }
    out
}

/// Whether a person at the notebook saw something of the piece: its value, or what it printed.
fn shows_something(facts: &Facts, piece: &Piece<'_>) -> bool {
    let Stmt::Expr(expr) = piece.stmt else { return false };
    piece.displayed || expression_effect(&expr.value, &facts.imports, &|_| false) == Effect::Show
}

/// Whether some of the pieces `below` bind the name again, or may change its object, under this name or another.
fn changes(facts: &Facts, histories: &Histories, pieces: &[Piece<'_>], name: NameId, below: &[usize]) -> bool {
    let history = histories.get(name);
    let touched = [&history.binders, &history.deleted_by, &history.mutators];
    if touched.into_iter().flatten().any(|at| below.contains(at)) {
        return true;
    }
    // a function of the notebook's own may change it in any piece that calls one
    let mut scopes = facts.scopes.iter();
    let reached = scopes.any(|scope| scope.mutates.contains(&name) || scope.writes.contains(&name));
    let calls_own = |found: &Use| found.role != Role::Plain && facts.is_value(facts.text(found.name));
    let mut below = below.iter().filter_map(|&i| pieces.get(i));
    below.any(|piece| piece.facts.changes.contains(&name) || (reached && piece.facts.uses.iter().any(calls_own)))
}
