//! The notebook run from the top, on names alone: which reads find their name, and where it was bound.

use ruff_text_size::TextRange;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::notebook::CellIdx;
use crate::python::{is_builtin, provided_by};

use super::model::{Certainty, ScopeId, Statement, Use};
use super::{Facts, NameId};

/// How sure it is that a read fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// Every run from the top reaches it.
    Certain,
    /// Some runs reach it: a branch, a loop, a callback.
    Likely,
    /// Something unseen may bind the name (a star import, `%run`).
    Possible,
}

/// Why a name is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// No cell binds it.
    NeverBound,
    /// Only this cell, further down, binds it.
    BoundLater(CellIdx),
    /// This cell deleted it.
    Deleted(CellIdx),
}

/// A read that does not find its name when the notebook is run from the top.
#[derive(Clone, Debug)]
pub struct Miss {
    pub name: NameId,
    pub cell: CellIdx,
    /// The read itself, in the cell's parsed text; inside a function's body where it was called.
    pub range: TextRange,
    pub absence: Absence,
    pub doubt: Doubt,
    /// The function in whose body the read stands, and the call that reaches it.
    pub through: Option<(NameId, CellIdx, TextRange)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    Bound,
    Maybe,
    Deleted(CellIdx),
}

/// Runs the notebook's statements down the page. Each name is reported once, at its first failing read.
pub fn misses(facts: &Facts) -> Vec<Miss> {
    let mut run = Run::new(facts);
    for cell in &facts.cells {
        for &name in &cell.magic_binds {
            run.known.insert(name, Known::Bound);
        }
        for statement in &cell.statements {
            run.statement(cell.idx, statement);
        }
        for &name in &cell.guessed {
            run.known.entry(name).or_insert(Known::Maybe);
        }
        for found in &cell.private_uses {
            run.read(cell.idx, found, None);
        }
        run.unseen |= cell.binds_unknown;
    }
    run.misses
}

struct Run<'f> {
    facts: &'f Facts,
    known: FxHashMap<NameId, Known>,
    /// The function or class that each name stands for.
    callables: FxHashMap<NameId, (ScopeId, CellIdx)>,
    /// The first cell that binds each name anywhere.
    binders: FxHashMap<NameId, Vec<CellIdx>>,
    /// Whether names that can't be seen may have been bound.
    unseen: bool,
    reported: FxHashSet<NameId>,
    misses: Vec<Miss>,
}

/// A call through which a function's body is reached.
#[derive(Clone, Copy)]
struct Through {
    function: NameId,
    defined: CellIdx,
    cell: CellIdx,
    range: TextRange,
    conditional: bool,
}

impl<'f> Run<'f> {
    fn new(facts: &'f Facts) -> Self {
        let mut binders: FxHashMap<NameId, Vec<CellIdx>> = FxHashMap::default();
        for cell in &facts.cells {
            let bound = cell.statements.iter().flat_map(|s| s.binds.iter().map(|b| b.name));
            for name in bound
                .chain(cell.guessed.iter().copied())
                .chain(cell.magic_binds.iter().copied())
            {
                binders.entry(name).or_default().push(cell.idx);
            }
        }
        Self {
            facts,
            known: FxHashMap::default(),
            callables: FxHashMap::default(),
            binders,
            unseen: false,
            reported: FxHashSet::default(),
            misses: Vec::new(),
        }
    }

    fn statement(&mut self, cell: CellIdx, statement: &Statement) {
        for &name in &statement.asks_for {
            self.known.entry(name).or_insert(Known::Maybe);
        }
        for found in &statement.uses {
            self.read(cell, found, Some(statement));
        }
        self.unseen |= statement.binds_unknown;
        for &(name, certainty) in &statement.bound {
            match certainty {
                Certainty::Definite => {
                    self.known.insert(name, Known::Bound);
                }
                Certainty::Maybe => {
                    let known = self.known.entry(name).or_insert(Known::Maybe);
                    if matches!(known, Known::Deleted(_)) {
                        *known = Known::Maybe;
                    }
                }
            }
            self.callables.remove(&name);
        }
        for &(name, certainty) in &statement.deleted {
            let after = match certainty {
                Certainty::Definite => Known::Deleted(cell),
                Certainty::Maybe => Known::Maybe,
            };
            self.known.insert(name, after);
        }
        for &id in &statement.scopes {
            let named = self.facts.scope(id).and_then(|scope| scope.name);
            let only_bind = match statement.binds.as_slice() {
                [bind] => Some(bind.name),
                _ => None,
            };
            if let Some(name) = named.or(only_bind) {
                self.callables.insert(name, (id, cell));
            }
        }
    }

    fn read(&mut self, cell: CellIdx, found: &Use, statement: Option<&Statement>) {
        if !found.guarded {
            let bound_here = found.maybe_local;
            self.check(cell, found, found.conditional || bound_here, None, statement);
        }
        if let Some(&(id, defined)) = self.callables.get(&found.name) {
            let through = Through {
                function: found.name,
                defined,
                cell,
                range: found.range,
                conditional: found.conditional || !found.called,
            };
            let mut visited = FxHashSet::default();
            self.enter(id, through, found.guarded, statement, &mut visited);
        }
    }

    /// Reads what the body of a called function reads, and binds what it binds through `global`.
    fn enter(
        &mut self,
        id: ScopeId,
        through: Through,
        guarded: bool,
        statement: Option<&Statement>,
        visited: &mut FxHashSet<ScopeId>,
    ) {
        let Some(scope) = self.facts.scope(id).filter(|_| visited.insert(id)) else {
            return;
        };
        for found in &scope.reads {
            // a `global` name that the body itself binds first is the body's business
            if scope.writes.contains(&found.name) {
                continue;
            }
            if !guarded && !found.guarded {
                self.check(
                    through.cell,
                    found,
                    through.conditional || found.conditional,
                    Some(through),
                    statement,
                );
            }
            if let Some(&(inner, defined)) = self.callables.get(&found.name) {
                let deeper = Through {
                    function: found.name,
                    defined,
                    conditional: through.conditional || found.conditional || !found.called,
                    ..through
                };
                self.enter(inner, deeper, guarded || found.guarded, statement, visited);
            }
        }
        for &name in &scope.writes {
            self.known.entry(name).or_insert(if through.conditional {
                Known::Maybe
            } else {
                Known::Bound
            });
        }
    }

    fn check(
        &mut self,
        cell: CellIdx,
        found: &Use,
        conditional: bool,
        through: Option<Through>,
        statement: Option<&Statement>,
    ) {
        let name = found.name;
        let text = self.facts.text(name);
        let absence = match self.known.get(&name) {
            Some(Known::Bound | Known::Maybe) if !found.deleted => return,
            Some(Known::Bound | Known::Maybe) => Absence::Deleted(cell),
            Some(&Known::Deleted(by)) => Absence::Deleted(by),
            None => self.never_or_later(name, cell),
        };
        let own = statement.is_some_and(|s| through.is_some() && s.binds.iter().any(|b| b.name == name));
        if own || found.maybe_local || is_builtin(text) || provided_by(text).is_some() || found.in_text {
            return;
        }
        if !self.reported.insert(name) {
            return;
        }
        let doubt = match (self.unseen, conditional) {
            (true, _) => Doubt::Possible,
            (false, true) => Doubt::Likely,
            (false, false) => Doubt::Certain,
        };
        self.misses.push(Miss {
            name,
            cell: through.map_or(cell, |t| t.defined),
            range: found.range,
            absence,
            doubt,
            through: through.map(|t| (t.function, t.cell, t.range)),
        });
    }

    fn never_or_later(&self, name: NameId, cell: CellIdx) -> Absence {
        let binders = self.binders.get(&name).map(Vec::as_slice).unwrap_or_default();
        match binders.iter().find(|&&binder| binder >= cell) {
            Some(&later) => Absence::BoundLater(later),
            None => Absence::NeverBound,
        }
    }
}
