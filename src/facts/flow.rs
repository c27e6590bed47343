//! The notebook run from the top, on names alone: which reads find their name, and where it was bound.

use ruff_text_size::TextRange;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::notebook::CellIdx;
use crate::python::{exports, is_builtin, provided_by};

use super::effects::is_known_method;
use super::model::{CellFacts, Certainty, Scope, ScopeId, ScopeKind, Statement, Use};
use super::{Facts, NameId, Unwritten};

/// How sure it is that a read fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// Every run from the top reaches it; or nothing binds the name, whatever the path.
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
    /// What may have bound the name out of sight.
    pub perhaps: Option<String>,
    /// Whether any cell is seen to get there: a function's body that none calls is not reached.
    pub reached: bool,
    /// Whether a run may pass it by.
    pub branched: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    Bound,
    Maybe,
    Deleted(CellIdx),
}

/// Runs the notebook's statements down the page. Each name is reported once, at the first of its failing reads that
/// are the surest.
pub fn misses(facts: &Facts) -> Vec<Miss> {
    let mut run = Run::new(facts);
    for cell in &facts.cells {
        run.cell(cell);
    }
    run.never_called();
    run.misses
}

struct Run<'f> {
    facts: &'f Facts,
    known: FxHashMap<NameId, Known>,
    /// The function or class that each name stands for.
    callables: FxHashMap<NameId, (ScopeId, CellIdx)>,
    /// The first cell that binds each name anywhere.
    binders: FxHashMap<NameId, Vec<CellIdx>>,
    /// Modules imported with a star so far, of those whose names are known.
    stars: Vec<&'f str>,
    /// What may have bound names that can't be seen, the first of its kind.
    unseen: Option<&'f str>,
    /// The methods of the classes defined so far.
    methods: FxHashMap<NameId, Vec<(ScopeId, CellIdx)>>,
    /// Functions, and methods of classes, whose bodies were reached.
    entered: FxHashSet<(ScopeId, Option<NameId>)>,
    /// Where each name is in `misses`.
    reported: FxHashMap<NameId, usize>,
    misses: Vec<Miss>,
}

/// A call through which a function's body is reached.
#[derive(Clone, Copy)]
struct Through {
    function: NameId,
    defined: CellIdx,
    cell: CellIdx,
    range: TextRange,
    reach: Reach,
}

/// How sure it is that a run gets to a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    Sure,
    /// A branch that it may not take.
    Branch,
    /// A call by something unseen: a callback, a method of an object of unknown class.
    Callback,
    /// No cell is seen to call the function.
    Never,
}

impl Reach {
    fn of(branched: bool) -> Self {
        if branched { Self::Branch } else { Self::Sure }
    }
}

/// Whether a read runs as soon as its function is called or its class is used: of a class, what makes an object.
fn runs_at_once(scope: &Scope, found: &Use) -> bool {
    scope.kind != ScopeKind::Class || found.method.is_none_or(|_| found.in_constructor)
}

/// Whether Python or the kernel binds `name`.
fn given(name: &str) -> bool {
    is_builtin(name) || provided_by(name).is_some() || is_history(name)
}

/// `_12`, `_i3`: IPython's names for the outputs and inputs of its history.
fn is_history(name: &str) -> bool {
    let digits = name.strip_prefix("_i").or_else(|| name.strip_prefix('_'));
    digits.is_some_and(|digits| !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit()))
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
            stars: Vec::new(),
            unseen: None,
            methods: FxHashMap::default(),
            entered: FxHashSet::default(),
            reported: FxHashMap::default(),
            misses: Vec::new(),
        }
    }

    fn cell(&mut self, cell: &'f CellFacts) {
        if let Some((name, unwritten)) = &cell.automagic
            && !self.known.contains_key(name)
            && !self.is_star(self.facts.text(*name))
        {
            self.unwritten(cell.idx, unwritten);
            return;
        }
        for &name in &cell.magic_binds {
            self.known.insert(name, Known::Bound);
        }
        for statement in &cell.statements {
            self.statement(cell.idx, statement);
        }
        for &name in &cell.guessed {
            self.known.entry(name).or_insert(Known::Maybe);
        }
        for found in &cell.private_uses {
            self.read(cell.idx, found, None);
        }
        self.unwritten(cell.idx, &cell.unwritten);
    }

    fn unwritten(&mut self, cell: CellIdx, unwritten: &'f Unwritten) {
        if unwritten.cleared {
            self.known.values_mut().for_each(|known| *known = Known::Deleted(cell));
            self.callables.clear();
            self.stars.clear();
            self.unseen = None;
        }
        for &name in &unwritten.dropped {
            self.known.insert(name, Known::Deleted(cell));
        }
        for &name in &unwritten.names {
            self.known.insert(name, Known::Bound);
            self.callables.remove(&name);
        }
        self.stars.extend(unwritten.stars.iter().map(String::as_str));
        self.unseen = self.unseen.or(unwritten.unseen.as_deref());
    }

    fn is_star(&self, name: &str) -> bool {
        self.stars.iter().any(|module| exports(module, name) == Some(true))
    }

    /// Names that nothing binds, in functions that nothing calls: whoever calls one will miss them.
    fn never_called(&mut self) {
        let cells: Vec<(CellIdx, &Statement)> = self.facts.statements().collect();
        for (cell, statement) in cells {
            for &id in &statement.scopes {
                for found in self.facts.scope(id).iter().flat_map(|scope| &scope.reads) {
                    let latent = !self.entered.contains(&(id, found.method));
                    if latent && !found.guarded && !self.binders.contains_key(&found.name) {
                        self.check(cell, found, Reach::Never, None, Some(statement));
                    }
                }
            }
        }
    }

    fn statement(&mut self, cell: CellIdx, statement: &'f Statement) {
        for &name in &statement.asks_for {
            self.known.entry(name).or_insert(Known::Maybe);
        }
        for found in &statement.uses {
            self.read(cell, found, Some(statement));
        }
        self.asked(cell, statement);
        self.scopes_run_here(cell, statement);
        self.unwritten(cell, &statement.unwritten);
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
            self.define_methods(id, cell);
        }
    }

    /// Lambdas and generators that what they are given to runs before it returns.
    fn scopes_run_here(&mut self, cell: CellIdx, statement: &'f Statement) {
        for &id in &statement.scopes {
            let scope = self.facts.scope(id).filter(|scope| scope.immediate);
            for found in scope.iter().flat_map(|scope| &scope.reads) {
                self.read_as(cell, found, Reach::Callback, Some(statement));
                self.entered.insert((id, None));
            }
        }
    }

    fn read(&mut self, cell: CellIdx, found: &Use, statement: Option<&'f Statement>) {
        self.read_as(cell, found, Reach::of(found.branched), statement);
    }

    fn read_as(&mut self, cell: CellIdx, found: &Use, reach: Reach, statement: Option<&'f Statement>) {
        if !found.guarded {
            self.check(cell, found, reach, None, statement);
        }
        if let Some(&(id, defined)) = self.callables.get(&found.name) {
            let through = Through {
                function: found.name,
                defined,
                cell,
                range: found.range,
                reach: if found.called { reach } else { Reach::Callback },
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
        statement: Option<&'f Statement>,
        visited: &mut FxHashSet<ScopeId>,
    ) {
        let Some(scope) = self.facts.scope(id).filter(|_| visited.insert(id)) else {
            return;
        };
        for found in &scope.reads {
            // a `global` name that the body itself binds first is the body's business
            if scope.writes.contains(&found.name) || !runs_at_once(scope, found) {
                continue;
            }
            self.entered.insert((id, found.method));
            self.read_inside(found, through, guarded, statement, visited);
        }
        for asked in &scope.asked {
            // which of a class's methods asks is not kept
            let own = if scope.kind == ScopeKind::Class {
                Reach::Callback
            } else {
                Reach::of(asked.branched)
            };
            let reach = through.reach.max(own);
            self.call_methods(asked.name, Through { reach, ..through }, statement, visited);
        }
        for &name in &scope.writes {
            self.known.entry(name).or_insert(match through.reach {
                Reach::Sure => Known::Bound,
                _ => Known::Maybe,
            });
        }
        self.unseen = self.unseen.or(scope.unseen.as_deref());
    }

    fn read_inside(
        &mut self,
        found: &Use,
        through: Through,
        guarded: bool,
        statement: Option<&'f Statement>,
        visited: &mut FxHashSet<ScopeId>,
    ) {
        let reach = through.reach.max(Reach::of(found.branched));
        if !guarded && !found.guarded {
            self.check(through.cell, found, reach, Some(through), statement);
        }
        if let Some(&(inner, defined)) = self.callables.get(&found.name) {
            let deeper = Through {
                function: found.name,
                defined,
                reach: if found.called { reach } else { Reach::Callback },
                ..through
            };
            self.enter(inner, deeper, guarded || found.guarded, statement, visited);
        }
    }

    fn define_methods(&mut self, id: ScopeId, cell: CellIdx) {
        let Some(scope) = self.facts.scope(id).filter(|scope| scope.kind == ScopeKind::Class) else {
            return;
        };
        let mut methods: Vec<NameId> = scope.reads.iter().filter_map(|found| found.method).collect();
        methods.sort();
        methods.dedup();
        for method in methods {
            self.methods.entry(method).or_default().push((id, cell));
        }
    }

    fn asked(&mut self, cell: CellIdx, statement: &'f Statement) {
        for asked in &statement.asked {
            let through = Through {
                function: asked.name,
                defined: cell,
                cell,
                range: asked.range,
                reach: Reach::of(asked.branched),
            };
            let mut visited = FxHashSet::default();
            self.call_methods(asked.name, through, Some(statement), &mut visited);
        }
    }

    /// Reads what the methods of this name read. Which class the object is of is not known: that lowers the confidence
    /// where objects of other kinds have such a method too.
    fn call_methods(
        &mut self,
        method: NameId,
        through: Through,
        statement: Option<&'f Statement>,
        visited: &mut FxHashSet<ScopeId>,
    ) {
        let Some(classes) = self.methods.get(&method).cloned() else {
            return;
        };
        let only = classes.len() == 1 && !is_known_method(self.facts.text(method));
        let reach = if only { through.reach } else { Reach::Callback };
        for (id, defined) in classes {
            if !self.entered.insert((id, Some(method))) && through.reach != Reach::Sure {
                continue;
            }
            let Some(scope) = self.facts.scope(id) else { continue };
            let through = Through {
                function: method,
                defined,
                reach,
                ..through
            };
            for found in scope.reads.iter().filter(|found| found.method == Some(method)) {
                if !scope.writes.contains(&found.name) {
                    self.read_inside(found, through, false, statement, visited);
                }
            }
            for asked in scope.asked.iter().filter(|asked| asked.name != method) {
                let reach = Reach::Callback;
                self.call_methods(asked.name, Through { reach, ..through }, statement, visited);
            }
        }
    }

    fn check(
        &mut self,
        cell: CellIdx,
        found: &Use,
        reach: Reach,
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
        let binds = statement.is_some_and(|s| s.binds.iter().any(|b| b.name == name));
        let own = binds && (through.is_some() || found.in_later_round);
        if own || found.maybe_local || found.in_text || given(text) || self.is_star(text) {
            return;
        }
        let doubt = match (self.unseen, reach) {
            (Some(_), _) | (_, Reach::Never) => Doubt::Possible,
            (None, Reach::Sure) => Doubt::Certain,
            // on whatever path: nothing binds it
            (None, Reach::Branch) if absence == Absence::NeverBound => Doubt::Certain,
            (None, Reach::Branch | Reach::Callback) => Doubt::Likely,
        };
        let miss = Miss {
            name,
            cell: through.map_or(cell, |t| t.defined),
            range: found.range,
            absence,
            doubt,
            through: through.map(|t| (t.function, t.cell, t.range)),
            perhaps: self.unseen.map(str::to_owned),
            reached: reach != Reach::Never,
            branched: reach != Reach::Sure,
        };
        match self.reported.get(&name).and_then(|&at| self.misses.get_mut(at)) {
            Some(known) if (doubt, miss.branched) < (known.doubt, known.branched) => *known = miss,
            Some(_) => {}
            None => {
                self.reported.insert(name, self.misses.len());
                self.misses.push(miss);
            }
        }
    }

    fn never_or_later(&self, name: NameId, cell: CellIdx) -> Absence {
        let binders = self.binders.get(&name).map(Vec::as_slice).unwrap_or_default();
        match binders.iter().find(|&&binder| binder >= cell) {
            Some(&later) => Absence::BoundLater(later),
            None => Absence::NeverBound,
        }
    }
}
