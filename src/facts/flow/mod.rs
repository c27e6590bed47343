//! The notebook run from the top, on names alone: which reads find their name, and where it was bound.
//!
//! `calls` goes into the bodies of what is called on the way.

mod calls;

use ruff_text_size::TextRange;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::notebook::{CellIdx, Notebook};
use crate::python::{exports, is_builtin};

use super::hosts::{Given, Hosts};
use super::model::{CellFacts, Certainty, ScopeId, Statement, Use};
use super::{Facts, Grip, NameId, Unseen, Unwritten};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// Whether a function binds it through `global`, which no cell above is seen to call.
    pub by_call: bool,
    /// The other cells that don't find the name either, in page order, one place each.
    pub also: Vec<Again>,
}

/// Another cell that misses the name.
#[derive(Clone, Copy, Debug)]
pub struct Again {
    pub cell: CellIdx,
    pub range: TextRange,
    /// The function that is called there, where it is the one that reads the name.
    pub calls: Option<NameId>,
}

impl Miss {
    /// Where the read stands, and the call that reaches it.
    fn places(&self) -> impl Iterator<Item = Again> + use<> {
        let read = Again {
            cell: self.cell,
            range: self.range,
            calls: None,
        };
        let call = self.through.map(|(function, cell, range)| Again {
            cell,
            range,
            calls: Some(function),
        });
        std::iter::once(read).chain(call)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    Bound,
    Maybe,
    Deleted(CellIdx),
}

/// Runs the notebook's statements down the page. Each name is reported once for each reason that it is missing, at the
/// first of its failing reads that are the surest.
pub fn misses(notebook: &Notebook<'_>, facts: &Facts) -> Vec<Miss> {
    let mut misses = ran(notebook, facts).misses;
    misses.iter_mut().for_each(settle);
    misses
}

/// The names that the notebook finds only because its platform put them there, before any cell bound them.
pub fn given(notebook: &Notebook<'_>, facts: &Facts) -> FxHashSet<NameId> {
    ran(notebook, facts).given
}

fn ran<'f>(notebook: &Notebook<'_>, facts: &'f Facts) -> Run<'f> {
    let mut run = Run::new(facts, Hosts::of(notebook, facts));
    for cell in &facts.cells {
        run.cell(cell);
    }
    run.never_called();
    run
}

/// Leaves one place for each cell that the miss itself doesn't name.
fn settle(miss: &mut Miss) {
    let named: Vec<CellIdx> = miss.places().map(|place| place.cell).collect();
    miss.also.sort_by_key(|again| (again.cell, again.range.start()));
    miss.also.dedup_by_key(|again| again.cell);
    miss.also.retain(|again| !named.contains(&again.cell));
}

struct Run<'f> {
    facts: &'f Facts,
    hosts: Hosts,
    known: FxHashMap<NameId, Known>,
    /// The function or class that each name stands for.
    callables: FxHashMap<NameId, Callable>,
    /// The notebook's own classes that names hold objects of.
    instances: FxHashMap<NameId, ScopeId>,
    /// The first cell that binds each name anywhere.
    binders: FxHashMap<NameId, Vec<CellIdx>>,
    /// Modules imported with a star so far, of those whose names are known.
    stars: Vec<&'f str>,
    /// What may have bound names that can't be seen.
    unseen: Vec<&'f Unseen>,
    /// The classes defined so far that have a method of this name.
    methods: FxHashMap<NameId, Vec<(ScopeId, CellIdx)>>,
    /// Functions, and methods of classes, whose bodies were reached, and whether what they return was too.
    entered: FxHashSet<(ScopeId, Option<NameId>, bool)>,
    /// Where each name is in `misses`, for each reason.
    reported: FxHashMap<(NameId, Absence), usize>,
    misses: Vec<Miss>,
    given: FxHashSet<NameId>,
}

/// What calling a name, or using its value, runs.
#[derive(Clone, Copy, Debug)]
struct Callable {
    scope: ScopeId,
    cell: CellIdx,
    /// Whether it is what a call of the scope has returned: the functions in the function.
    inner: bool,
    /// Whether it is in something that may call it at any use: a list of functions, a generator.
    held: bool,
}

/// A call through which a function's body is reached.
#[derive(Clone, Copy)]
struct Through {
    function: NameId,
    defined: CellIdx,
    cell: CellIdx,
    range: TextRange,
    reach: Reach,
    /// Whether the absence of names does no harm there.
    guarded: bool,
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

/// `_12`, `_i3`: IPython's names for the outputs and inputs of its history.
fn is_history(name: &str) -> bool {
    let digits = name.strip_prefix("_i").or_else(|| name.strip_prefix('_'));
    digits.is_some_and(|digits| !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit()))
}

impl<'f> Run<'f> {
    fn new(facts: &'f Facts, hosts: Hosts) -> Self {
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
            hosts,
            known: FxHashMap::default(),
            callables: FxHashMap::default(),
            instances: FxHashMap::default(),
            binders,
            stars: Vec::new(),
            unseen: Vec::new(),
            methods: FxHashMap::default(),
            entered: FxHashSet::default(),
            reported: FxHashMap::default(),
            misses: Vec::new(),
            given: FxHashSet::default(),
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
            self.read(cell.idx, found, Reach::of(found.branched), None);
        }
        self.unwritten(cell.idx, &cell.unwritten);
    }

    fn unwritten(&mut self, cell: CellIdx, unwritten: &'f Unwritten) {
        if unwritten.cleared {
            self.known.values_mut().for_each(|known| *known = Known::Deleted(cell));
            self.callables.clear();
            self.instances.clear();
            self.stars.clear();
            self.unseen.clear();
        }
        for &name in &unwritten.dropped {
            self.known.insert(name, Known::Deleted(cell));
        }
        for &name in &unwritten.names {
            self.known.insert(name, Known::Bound);
            self.callables.remove(&name);
        }
        for &name in &unwritten.maybe {
            self.known.entry(name).or_insert(Known::Maybe);
        }
        self.stars.extend(unwritten.stars.iter().map(String::as_str));
        self.unseen.extend(&unwritten.unseen);
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
                    let latent = !self.entered.contains(&(id, found.method, found.inner));
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
            self.read(cell, found, Reach::of(found.branched), Some(statement));
        }
        self.ask(cell, statement);
        self.scopes_run_here(cell, statement);
        self.unwritten(cell, &statement.unwritten);
        let value = self.value(cell, statement);
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
            self.instances.remove(&name);
        }
        for &(name, certainty) in &statement.deleted {
            let after = match (certainty, self.known.get(&name)) {
                (_, Some(&Known::Deleted(by))) => Known::Deleted(by),
                // `except … as e` on some paths, and no `e` before it: there is none on any path
                (Certainty::Definite, _) | (Certainty::Maybe, None) => Known::Deleted(cell),
                (Certainty::Maybe, Some(_)) => Known::Maybe,
            };
            self.known.insert(name, after);
        }
        self.define(cell, statement, value);
        for found in &statement.own_calls {
            self.follow(cell, found, Reach::of(found.branched), Some(statement));
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
        if found.guarded {
            return;
        }
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
        if own || found.maybe_local || found.loose || is_builtin(text) || is_history(text) || self.is_star(text) {
            return;
        }
        let host = match self.hosts.give(text) {
            Given::Always => return,
            Given::Surely => {
                self.given.insert(name);
                return;
            }
            Given::Perhaps(host) if absence == Absence::NeverBound => {
                self.given.insert(name);
                Some(host)
            }
            Given::Perhaps(_) | Given::No => None,
        };
        let mut unseen = self.unseen.iter().filter(|unseen| unseen.reaches(text));
        let perhaps = unseen.clone().find(|unseen| unseen.grip != Grip::Hardly);
        let hardly = unseen.next();
        let by_call = absence == Absence::NeverBound && self.binds_when_called(name);
        let doubt = match (perhaps, reach) {
            _ if host.is_some() => Doubt::Possible,
            (Some(_), _) | (_, Reach::Never) => Doubt::Possible,
            _ if hardly.is_some() || by_call => Doubt::Likely,
            (None, Reach::Sure) => Doubt::Certain,
            // on whatever path: nothing binds it
            (None, Reach::Branch) if absence == Absence::NeverBound && !found.optional => Doubt::Certain,
            (None, Reach::Branch | Reach::Callback) => Doubt::Likely,
        };
        let mut miss = Miss {
            name,
            cell: through.map_or(cell, |t| t.defined),
            range: found.range,
            absence,
            doubt,
            through: through.map(|t| (t.function, t.cell, t.range)),
            perhaps: host
                .map(str::to_owned)
                .or_else(|| perhaps.or(hardly).map(|unseen| unseen.what.clone())),
            by_call,
            reached: reach != Reach::Never,
            branched: reach != Reach::Sure,
            also: Vec::new(),
        };
        match self
            .reported
            .get(&(name, absence))
            .and_then(|&at| self.misses.get_mut(at))
        {
            Some(known) => {
                if (doubt, miss.branched) < (known.doubt, known.branched) {
                    std::mem::swap(known, &mut miss);
                    known.also = std::mem::take(&mut miss.also);
                }
                known.also.extend(miss.places());
            }
            None => {
                self.reported.insert((name, absence), self.misses.len());
                self.misses.push(miss);
            }
        }
    }

    fn binds_when_called(&self, name: NameId) -> bool {
        self.facts
            .scopes
            .iter()
            .any(|scope| scope.writes.contains(&name) && !scope.deletes.contains(&name))
    }

    fn never_or_later(&self, name: NameId, cell: CellIdx) -> Absence {
        let binders = self.binders.get(&name).map(Vec::as_slice).unwrap_or_default();
        match binders.iter().find(|&&binder| binder >= cell) {
            Some(&later) => Absence::BoundLater(later),
            None => Absence::NeverBound,
        }
    }
}
