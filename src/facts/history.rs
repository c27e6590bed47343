//! The notebook's data-flow twice: run from the top, and as the execution counts say that it ran.

use std::collections::BTreeMap;

use ruff_text_size::TextRange;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::notebook::CellIdx;
use crate::python::{CellCode, span};

use super::model::{BindKind, CellFacts, Certainty, ScopeId, Statement};
use super::{Direction, Execution, Facts, NameId};

/// What a cell gives under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gift {
    /// An imported module or symbol: the same whenever it is imported.
    Import,
    /// A function or class.
    Definition,
    Value,
    /// A file, the name being its path.
    File,
    /// A change of the object that another cell made.
    Change,
}

/// A name that a cell takes from outside.
#[derive(Clone, Debug)]
pub struct Need {
    pub name: NameId,
    pub range: TextRange,
    /// Whether every run of the cell reads it.
    pub firm: bool,
    /// The function through which it is read.
    pub through: Option<NameId>,
}

/// A cell as a step that takes and gives names.
#[derive(Clone, Debug)]
pub struct Step {
    pub idx: CellIdx,
    pub needs: Vec<Need>,
    /// What it gives under each name, and whether on every path. A change stands beside no binding.
    pub gives: Vec<(NameId, Gift, Certainty)>,
}

/// A need and the cell that a run from the top satisfies it from.
#[derive(Clone, Debug)]
pub struct Link {
    pub consumer: CellIdx,
    pub producer: CellIdx,
    pub need: Need,
    pub gift: Gift,
    pub certainty: Certainty,
}

/// Every cell as a step, in page order.
pub fn steps(facts: &Facts) -> Vec<Step> {
    let mut callables: FxHashMap<NameId, ScopeId> = FxHashMap::default();
    for (_, statement) in facts.statements() {
        callables.extend(callables_of(facts, statement));
    }
    facts.cells.iter().map(|cell| step(facts, cell, &callables)).collect()
}

/// The links of a run that takes the steps in this order. A cell that changes an object gives it too, beside the one
/// that bound it.
pub fn links<'s>(order: impl Iterator<Item = &'s Step>) -> Vec<Link> {
    let mut givers: FxHashMap<NameId, Vec<(CellIdx, Gift, Certainty)>> = FxHashMap::default();
    let mut links = Vec::new();
    for step in order {
        for need in &step.needs {
            for &(producer, gift, certainty) in givers.get(&need.name).into_iter().flatten() {
                links.push(Link {
                    consumer: step.idx,
                    producer,
                    need: need.clone(),
                    gift,
                    certainty,
                });
            }
        }
        for &(name, gift, certainty) in &step.gives {
            let known = givers.entry(name).or_default();
            if gift != Gift::Change && certainty == Certainty::Definite {
                known.clear();
            }
            known.retain(|&(cell, ..)| cell != step.idx);
            // what changes a module's settings is not a new module
            let import = known.iter().any(|&(_, gift, _)| gift == Gift::Import);
            if !(gift == Gift::Change && (import || known.is_empty())) {
                known.push((step.idx, gift, certainty));
            }
        }
    }
    links
}

/// The cells that follow from `start` along the links, itself left out, in page order.
pub fn downstream(links: &[Link], start: &[CellIdx]) -> Vec<CellIdx> {
    let mut reached: FxHashSet<CellIdx> = start.iter().copied().collect();
    let mut todo: Vec<CellIdx> = start.to_vec();
    while let Some(cell) = todo.pop() {
        for link in links
            .iter()
            .filter(|link| link.producer == cell && link.gift != Gift::Import)
        {
            if reached.insert(link.consumer) {
                todo.push(link.consumer);
            }
        }
    }
    let mut cells: Vec<CellIdx> = reached.into_iter().filter(|cell| !start.contains(cell)).collect();
    cells.sort_unstable();
    cells
}

fn callables_of(facts: &Facts, statement: &Statement) -> Vec<(NameId, ScopeId)> {
    let only = match statement.binds.as_slice() {
        [bind] => Some(bind.name),
        _ => None,
    };
    let named = |&id: &ScopeId| Some((facts.scope(id)?.name.or(only)?, id));
    statement.scopes.iter().filter_map(named).collect()
}

fn step(facts: &Facts, cell: &CellFacts, callables: &FxHashMap<NameId, ScopeId>) -> Step {
    let mut needs = Needs {
        facts,
        callables,
        own: FxHashSet::default(),
        seen: FxHashSet::default(),
        found: Vec::new(),
    };
    let mut gives: Vec<(NameId, Gift, Certainty)> = Vec::new();
    for statement in &cell.statements {
        for found in &statement.uses {
            let firm = !found.conditional && !found.guarded;
            needs.add(found.name, found.range, firm && !found.maybe_local, None);
            needs.follow(found.name, found.range, firm, &mut FxHashSet::default());
        }
        for &id in &statement.scopes {
            if let Some(scope) = facts.scope(id).filter(|scope| scope.immediate) {
                for found in &scope.reads {
                    needs.add(found.name, found.range, false, None);
                }
            }
        }
        for &name in &statement.changes {
            if !gives.iter().any(|&(given, ..)| given == name) {
                gives.push((name, Gift::Change, Certainty::Definite));
            }
        }
        for file in &statement.files {
            match file.direction {
                Direction::Read | Direction::Update => needs.add(file.path, file.range, !file.partly, None),
                Direction::Write => {
                    let certainty = if file.partly {
                        Certainty::Maybe
                    } else {
                        needs.own.insert(file.path);
                        Certainty::Definite
                    };
                    gives.retain(|&(given, ..)| given != file.path);
                    gives.push((file.path, Gift::File, certainty));
                }
            }
        }
        for &(name, certainty) in &statement.bound {
            let gift = gift(statement, name);
            gives.retain(|&(given, ..)| given != name);
            gives.push((name, gift, certainty));
            if certainty == Certainty::Definite {
                needs.own.insert(name);
            }
        }
    }
    for found in &cell.private_uses {
        needs.add(found.name, found.range, true, None);
    }
    let guessed = cell.guessed.iter().map(|&name| (name, Gift::Value, Certainty::Maybe));
    let magic = cell
        .magic_binds
        .iter()
        .map(|&name| (name, Gift::Value, Certainty::Definite));
    gives.extend(guessed.chain(magic));
    Step {
        idx: cell.idx,
        needs: needs.found,
        gives,
    }
}

fn gift(statement: &Statement, name: NameId) -> Gift {
    let kind = statement
        .binds
        .iter()
        .rfind(|bind| bind.name == name)
        .map(|bind| &bind.kind);
    match kind {
        Some(BindKind::Import { .. }) => Gift::Import,
        Some(BindKind::Function | BindKind::Class) => Gift::Definition,
        _ => Gift::Value,
    }
}

struct Needs<'f> {
    facts: &'f Facts,
    callables: &'f FxHashMap<NameId, ScopeId>,
    /// Names that the cell has bound so far.
    own: FxHashSet<NameId>,
    seen: FxHashSet<NameId>,
    found: Vec<Need>,
}

impl Needs<'_> {
    fn add(&mut self, name: NameId, range: TextRange, firm: bool, through: Option<NameId>) {
        if self.own.contains(&name) || !self.seen.insert(name) {
            return;
        }
        self.found.push(Need {
            name,
            range,
            firm,
            through,
        });
    }

    /// What the function of this name reads when it is called.
    fn follow(&mut self, name: NameId, range: TextRange, firm: bool, visited: &mut FxHashSet<ScopeId>) {
        let Some(&id) = self.callables.get(&name) else { return };
        let Some(scope) = self.facts.scope(id).filter(|_| visited.insert(id)) else {
            return;
        };
        for found in scope.reads.iter().filter(|found| !scope.writes.contains(&found.name)) {
            self.add(found.name, range, firm && !found.conditional, Some(name));
            self.follow(found.name, range, firm && !found.conditional, visited);
        }
    }
}

/// A read whose value came from another cell than a run from the top would take it from.
#[derive(Clone, Copy, Debug)]
pub struct Other<'h> {
    pub consumer: CellIdx,
    /// What gave the value.
    pub used: &'h Link,
    /// What gives it from the top.
    pub gives: &'h Link,
}

/// The links that bind what is read, by the cell that reads and the name.
fn by_reader(links: &[Link]) -> BTreeMap<(CellIdx, NameId), Vec<&Link>> {
    let mut found: BTreeMap<(CellIdx, NameId), Vec<&Link>> = BTreeMap::new();
    let binds = |link: &&Link| matches!(link.gift, Gift::Value | Gift::Definition);
    for link in links.iter().filter(binds) {
        found.entry((link.consumer, link.need.name)).or_default().push(link);
    }
    found
}

/// The text of the statement by which a link's producer binds its name.
fn bound_by<'c>(facts: &Facts, cells: &'c [CellCode], link: &Link) -> Option<&'c str> {
    let code = cells.iter().find(|code| code.idx == link.producer)?;
    let mut statements = facts.cell(link.producer)?.statements.iter();
    let binds = |statement: &&Statement| statement.binds.iter().any(|bind| bind.name == link.need.name);
    Some(span(statements.rfind(binds)?.range).slice(&code.text))
}

/// Both runs, and how the recorded one went.
#[derive(Clone, Debug, Default)]
pub struct History {
    pub steps: Vec<Step>,
    /// A run from the top.
    pub top: Vec<Link>,
    /// The recorded run, as far as its cells are still there; empty where their order can't be told.
    pub recorded: Vec<Link>,
    /// When each cell ran: its place in the recorded order. Empty where that can't be told.
    pub when: FxHashMap<CellIdx, usize>,
    pub execution: Execution,
}

impl History {
    pub fn replay(facts: &Facts, execution: Execution) -> Self {
        let steps = steps(facts);
        let top = links(steps.iter());
        let mut recorded = Vec::new();
        let mut when = FxHashMap::default();
        if let Some(order) = &execution.order {
            let restarted = |idx: &CellIdx| execution.restarts.iter().any(|fall| fall.after == *idx);
            // nothing outlives a restart
            for session in order.chunk_by(|_, next| !restarted(next)) {
                let ran = session
                    .iter()
                    .filter_map(|&idx| steps.iter().find(|step| step.idx == idx));
                recorded.extend(links(ran));
            }
            when.extend(order.iter().enumerate().map(|(at, &idx)| (idx, at)));
        }
        Self {
            steps,
            top,
            recorded,
            when,
            execution,
        }
    }

    /// Values of other origin, in page order: bindings only, for a change adds to what is there, and none of the same text.
    pub fn others(&self, facts: &Facts, cells: &[CellCode]) -> Vec<Other<'_>> {
        let used = by_reader(&self.recorded);
        let mut found = Vec::new();
        for (key, gives) in by_reader(&self.top) {
            // several givers: branches decide, and nothing can be said
            let ([gives], Some([used])) = (gives.as_slice(), used.get(&key).map(Vec::as_slice)) else {
                continue;
            };
            let ran = self.when.contains_key(&gives.producer);
            let text = |link| bound_by(facts, cells, link);
            let same = || text(used).is_some_and(|used| text(gives) == Some(used));
            if ran && used.producer != gives.producer && !same() {
                found.push(Other {
                    consumer: key.0,
                    used,
                    gives,
                });
            }
        }
        found
    }

    /// Whether both cells ran, `earlier` before `later`.
    pub fn ran_before(&self, earlier: CellIdx, later: CellIdx) -> bool {
        let both = self.when.get(&earlier).zip(self.when.get(&later));
        both.is_some_and(|(earlier, later)| earlier < later)
    }
}
