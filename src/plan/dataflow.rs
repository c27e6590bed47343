//! Names between steps: what each takes and gives, and which names can only be shared.
//!
//! Steps run in page order, each once. A name is a parameter where every path has bound it before; it is a return
//! where it is read later or is a result. What these can't show (a name bound on some paths only, one that a function
//! made earlier reads after a later step rebinds it, one that is deleted and asked for) is shared: it stays a global
//! of the steps' module, exactly as the kernel had it.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::Stmt;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::facts::{Certainty, Facts, NameId, ScopeKind, Use, is_main_test};
use crate::python::{is_builtin, is_kernels};

use super::bindings::Histories;
use super::lifetimes::makes_what_ends;
use super::pieces::{Fate, Piece};

/// What one step does to names.
#[derive(Clone, Debug, Default)]
pub(super) struct StepFlow {
    /// Names read before the step itself binds them, in order of first use.
    pub exposed: Vec<NameId>,
    /// Names that it binds, and whether on every path.
    pub bound: BTreeMap<NameId, Certainty>,
    /// Names that it deletes and does not bind again.
    pub deleted: Vec<NameId>,
    /// Names that it deletes at some point.
    pub deletes: Vec<NameId>,
    /// Names whose objects it is seen to change; an unknown call may change more, and no reader would see it.
    pub changed: Vec<NameId>,
    /// Names read by functions made here that may run later.
    pub captured: Vec<NameId>,
    /// Names read in the step, at any place.
    pub reads: FxHashSet<NameId>,
}

/// What passes between the steps.
#[derive(Clone, Debug, Default)]
pub(super) struct DataFlow {
    pub steps: Vec<StepFlow>,
    /// The steps that read, bind or delete a name, in order.
    touched: FxHashMap<NameId, Vec<usize>>,
    /// Shared names and why.
    pub state: BTreeMap<NameId, String>,
    pub inputs: Vec<Vec<NameId>>,
    pub outputs: Vec<Vec<NameId>>,
    /// What `run` has to be given, for no step binds it before one reads it.
    pub given: BTreeSet<NameId>,
    /// Those of the outputs that are given back for people to see: no step reads them.
    pub only_shown: FxHashSet<(usize, NameId)>,
    /// Results: names whose last binding nothing reads.
    pub results: Vec<NameId>,
    /// The same, and what must come out although nothing reads it.
    leaves: FxHashSet<NameId>,
}

impl DataFlow {
    /// The steps from `first` on that have to do with a name, with their places.
    fn touching(&self, name: NameId, first: usize) -> impl Iterator<Item = (usize, &StepFlow)> {
        let all = self.touched.get(&name).map(Vec::as_slice).unwrap_or_default();
        let from = all.partition_point(|&at| at < first);
        let later = all.get(from..).unwrap_or_default();
        later.iter().filter_map(|&at| Some((at, self.steps.get(at)?)))
    }
}

/// Names by what is the same for every step.
struct Known {
    /// Classes that are made inside steps.
    classes: FxHashSet<NameId>,
    /// What functions at the top level of the steps' module read or change.
    reached: FxHashSet<NameId>,
}

/// Whether a name is bound before a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    Unbound,
    Maybe,
    Bound,
}

pub(super) struct Analysis<'a> {
    pub facts: &'a Facts,
    pub histories: &'a Histories,
    pub pieces: &'a [Piece<'a>],
    /// The kept pieces of each step.
    pub groups: &'a [Vec<usize>],
    /// Whether all names must be shared, because the notebook reaches them by text.
    pub reflective: bool,
    /// Whether the notebook sees when a value ends.
    pub sees_ends: bool,
    /// Names that must come out although nothing reads them (recorded values), sorted.
    pub wanted: &'a [NameId],
    /// Names that hold what the notebook showed, each with the steps that have run by then, in order.
    pub shown: &'a BTreeMap<NameId, Vec<usize>>,
    /// Names at a module's top level or in the configuration: never parameters of the data-flow.
    pub top_level: &'a FxHashSet<NameId>,
    /// Names that the platform had bound before the first step.
    pub given: &'a FxHashSet<NameId>,
}

impl Analysis<'_> {
    pub fn run(&self) -> DataFlow {
        let mut flow = DataFlow {
            steps: self.groups.iter().map(|group| self.step_flow(group)).collect(),
            ..DataFlow::default()
        };
        for (at, step) in flow.steps.iter().enumerate() {
            let names = step
                .exposed
                .iter()
                .chain(step.bound.keys())
                .chain(&step.deletes)
                .chain(&step.reads);
            for &name in names {
                let steps = flow.touched.entry(name).or_default();
                if steps.last() != Some(&at) {
                    steps.push(at);
                }
            }
        }
        let known = Known {
            classes: self.kept_classes(),
            reached: self.reached_by_functions(),
        };
        flow.results = self.results(&flow);
        flow.leaves = flow.results.iter().chain(self.wanted).copied().collect();
        flow.state = self.state(&flow, &known);
        self.pass(&mut flow);
        flow
    }

    fn is_variable(&self, name: NameId) -> bool {
        (self.histories.is_variable(name) || self.given.contains(&name)) && !self.top_level.contains(&name)
    }

    fn step_flow(&self, group: &[usize]) -> StepFlow {
        let mut flow = StepFlow::default();
        for piece in group.iter().filter_map(|&i| self.pieces.get(i)) {
            for found in &piece.facts.uses {
                self.expose(&mut flow, found);
            }
            for &id in &piece.facts.scopes {
                let Some(scope) = self.facts.scope(id) else { continue };
                for found in &scope.reads {
                    self.capture(&mut flow, piece, found, scope.immediate, scope.kind);
                }
            }
            flow.changed.extend(piece.facts.changes.iter().copied());
            // a switch that is on in the notebook may be off in another run
            let switched = matches!(piece.stmt, Stmt::If(stmt) if stmt.elif_else_clauses.is_empty()
                && !is_main_test(&stmt.test));
            for &(name, certainty) in &piece.facts.bound {
                let certainty = if switched { Certainty::Maybe } else { certainty };
                let entry = flow.bound.entry(name).or_insert(certainty);
                if certainty == Certainty::Definite {
                    *entry = Certainty::Definite;
                }
                flow.deleted.retain(|&d| d != name);
            }
            for &(name, certainty) in &piece.facts.deleted {
                flow.deletes.push(name);
                if certainty == Certainty::Definite {
                    flow.bound.remove(&name);
                } else {
                    flow.bound.insert(name, Certainty::Maybe);
                }
                flow.deleted.push(name);
            }
        }
        flow
    }

    fn expose(&self, flow: &mut StepFlow, found: &Use) {
        flow.reads.insert(found.name);
        let bound = flow.bound.get(&found.name) == Some(&Certainty::Definite);
        if !bound && !flow.exposed.contains(&found.name) {
            flow.exposed.push(found.name);
        }
    }

    fn capture(&self, flow: &mut StepFlow, piece: &Piece<'_>, found: &Use, immediate: bool, kind: ScopeKind) {
        flow.reads.insert(found.name);
        let bound = flow.bound.get(&found.name) == Some(&Certainty::Definite);
        let bound_here = piece.facts.binds.iter().any(|b| b.name == found.name);
        if immediate {
            if !bound && !bound_here && !flow.exposed.contains(&found.name) {
                flow.exposed.push(found.name);
            }
            return;
        }
        flow.captured.push(found.name);
        // a function made here that reads what an earlier step bound takes it in; what only a later statement of this
        // step binds is a local of the step by then
        let binders = &self.histories.get(found.name).binders;
        let first_here = piece.cell;
        let earlier = binders
            .iter()
            .filter_map(|&b| self.pieces.get(b))
            .any(|p| p.cell < first_here)
            || self.given.contains(&found.name);
        let generator_now = kind == ScopeKind::Generator;
        if !bound && !bound_here && (earlier || generator_now) && !flow.exposed.contains(&found.name) {
            flow.exposed.push(found.name);
        }
    }

    /// The shared names, found by running the steps until no more are added.
    fn state(&self, flow: &DataFlow, known: &Known) -> BTreeMap<NameId, String> {
        let mut state = BTreeMap::new();
        let names: Vec<NameId> = self.facts.names.ids().collect();
        for &name in &names {
            if let Some(reason) = self.shared_by_nature(name, flow, known) {
                state.insert(name, reason);
            }
        }
        self.shared_by_paths(flow, &mut state);
        state
    }

    fn shared_by_nature(&self, name: NameId, flow: &DataFlow, known: &Known) -> Option<String> {
        let text = self.facts.text(name);
        let steps = || flow.touching(name, 0);
        let binders: Vec<usize> = steps()
            .filter(|(_, s)| s.bound.contains_key(&name) || s.deletes.contains(&name))
            .map(|(i, _)| i)
            .collect();
        let read = steps().any(|(_, s)| s.reads.contains(&name)) || known.reached.contains(&name);
        if !self.is_variable(name) {
            let unknown = read && !is_builtin(text) && !is_kernels(text) && !self.top_level.contains(&name);
            return unknown.then(|| "no cell binds it by name".to_owned());
        }
        if binders.is_empty() && !read {
            return None;
        }
        if self.histories.get(name).global {
            return Some("a function rebinds it with `global`".to_owned());
        }
        if self.reflective {
            return Some("the notebook reaches its names by text".to_owned());
        }
        if text.starts_with('_') && !text.chars().all(|c| c == '_') {
            return Some("its name is private".to_owned());
        }
        if self.sees_ends && !binders.is_empty() {
            return Some("the notebook sees when its value ends".to_owned());
        }
        if self.is_bound_to_this_process(name) {
            return Some("its value names a place or a module of this process".to_owned());
        }
        if known.reached.contains(&name) {
            return Some("a function reads it when it is called".to_owned());
        }
        if known.classes.contains(&name) {
            return Some("it is a class made while the notebook runs".to_owned());
        }
        for (at, step) in steps() {
            if !step.captured.contains(&name) {
                continue;
            }
            let later = binders.iter().any(|&b| b > at);
            let by_then = binders.iter().any(|&b| b <= at) || self.given.contains(&name);
            if later || !by_then {
                return Some("a function made before reads it after a later section rebinds it".to_owned());
            }
        }
        None
    }

    fn reached_by_functions(&self) -> FxHashSet<NameId> {
        let functions = self.pieces.iter().filter(|p| p.fate == Fate::StateFunction);
        let scopes = functions
            .flat_map(|piece| &piece.facts.scopes)
            .filter_map(|&id| self.facts.scope(id));
        let mut reached = FxHashSet::default();
        for scope in scopes {
            reached.extend(scope.reads.iter().map(|found| found.name));
            reached.extend(scope.writes.iter().chain(&scope.mutates));
        }
        reached
    }

    /// Whether the name holds what another process would have otherwise: its folder, or a pickle, which names the module
    /// of each class in it. Such a value is no result to hand about.
    fn is_bound_to_this_process(&self, name: NameId) -> bool {
        let binders = self
            .histories
            .get(name)
            .binders
            .iter()
            .filter_map(|&b| self.pieces.get(b));
        binders.into_iter().any(|piece| {
            let value = super::fate::single_assignment(piece.stmt).map(|(_, value)| value);
            value.is_some_and(|v| super::purity::names_this_process(v, &self.facts.imports))
        })
    }

    /// Names of classes that are made inside steps.
    fn kept_classes(&self) -> FxHashSet<NameId> {
        let binds = self.pieces.iter().filter(|p| p.is_kept()).flat_map(|p| &p.facts.binds);
        binds
            .filter(|bind| bind.kind == crate::facts::BindKind::Class)
            .map(|bind| bind.name)
            .collect()
    }

    /// Names that some path leaves unbound where a parameter or a return would need them.
    fn shared_by_paths(&self, flow: &DataFlow, state: &mut BTreeMap<NameId, String>) {
        let given = self.given.iter().map(|&name| (name, Before::Bound));
        let mut before: FxHashMap<NameId, Before> = given.collect();
        let mut was_deleted: FxHashSet<NameId> = FxHashSet::default();
        for (at, step) in flow.steps.iter().enumerate() {
            for &name in &step.exposed {
                if !self.is_variable(name) || state.contains_key(&name) {
                    continue;
                }
                let known = before.get(&name).copied().unwrap_or(Before::Unbound);
                let reason = match known {
                    Before::Bound => continue,
                    Before::Maybe => "some path leaves it unbound",
                    Before::Unbound if was_deleted.contains(&name) => "it is deleted and asked for again",
                    Before::Unbound if step.bound.contains_key(&name) => "it is read before its own section binds it",
                    Before::Unbound => {
                        let text = self.facts.text(name);
                        if is_builtin(text) || is_kernels(text) {
                            continue;
                        }
                        "it is read before a cell binds it"
                    }
                };
                state.insert(name, reason.to_owned());
            }
            for (&name, &certainty) in &step.bound {
                let known = before.get(&name).copied().unwrap_or(Before::Unbound);
                let maybe_out = certainty == Certainty::Maybe && known != Before::Bound;
                if maybe_out && self.is_variable(name) && self.live_after(flow, name, at) {
                    state
                        .entry(name)
                        .or_insert_with(|| "some path leaves it unbound".to_owned());
                }
                let now = if certainty == Certainty::Definite || known == Before::Bound {
                    Before::Bound
                } else {
                    Before::Maybe
                };
                before.insert(name, now);
            }
            for &name in &step.deletes {
                // deleted on some paths, or deleted and then used in the same step
                let maybe = step.bound.get(&name) == Some(&Certainty::Maybe)
                    || step.reads.contains(&name) && step.captured.contains(&name);
                if maybe && self.is_variable(name) {
                    state
                        .entry(name)
                        .or_insert_with(|| "it is deleted on some paths".to_owned());
                }
                if step.deleted.contains(&name) {
                    before.insert(name, Before::Unbound);
                    was_deleted.insert(name);
                }
            }
        }
    }

    /// Whether a step after `at` reads the name before it binds it on every path.
    fn live_after(&self, flow: &DataFlow, name: NameId, at: usize) -> bool {
        for (_, step) in flow.touching(name, at + 1) {
            if step.exposed.contains(&name) {
                return true;
            }
            match step.bound.get(&name) {
                Some(Certainty::Definite) => return false,
                // the value that came in goes out on the paths that don't bind it
                Some(Certainty::Maybe) | None => {}
            }
            if step.deleted.contains(&name) {
                return false;
            }
        }
        flow.leaves.contains(&name)
    }

    /// Whether the value that step `at` leaves in the name is one that the notebook showed.
    fn is_shown(&self, flow: &DataFlow, name: NameId, at: usize) -> bool {
        let replaces = |(_, step): &(usize, &StepFlow)| step.bound.contains_key(&name) || step.deletes.contains(&name);
        let until = flow.touching(name, at + 1).find(replaces).map(|(next, _)| next);
        let here = |&&shown: &&usize| at <= shown && until.is_none_or(|until| shown < until);
        self.shown
            .get(&name)
            .is_some_and(|steps| steps.iter().any(|step| here(&step)))
    }

    /// Names assigned and never read afterwards.
    fn results(&self, flow: &DataFlow) -> Vec<NameId> {
        let mut found = Vec::new();
        for name in self.facts.names.ids() {
            let history = self.histories.get(name);
            let text = self.facts.text(name);
            let kept = |i: &&usize| self.pieces.get(**i).is_some_and(Piece::is_kept);
            let Some(&last) = history.binders.iter().rfind(kept) else {
                continue;
            };
            // a name that only text reads afterwards (a query, a shell line) is a result to whoever reads the code
            let reads = |&r: &usize| {
                self.pieces
                    .get(r)
                    .is_some_and(|p| super::module_tops::mentions_in_code(self.facts, p, text))
            };
            let read_after = history.readers.iter().any(|r| *r > last && reads(r));
            let plain = history
                .binders
                .iter()
                .filter_map(|&b| self.pieces.get(b))
                .any(|p| is_plain_binding(p, name));
            let wanted = self.wanted.binary_search(&name).is_ok();
            let held = history
                .binders
                .iter()
                .filter_map(|&b| self.pieces.get(b))
                .any(|p| makes_what_ends(p, self.pieces, &self.facts.imports));
            let deleted_after = history.deleted_by.iter().any(|&d| d > last);
            if (wanted || held || (!read_after && plain))
                && !text.starts_with('_')
                && !deleted_after
                && self.certain_at_end(flow, name)
            {
                found.push((last, name));
            }
        }
        found.sort();
        found.into_iter().map(|(_, name)| name).collect()
    }

    fn certain_at_end(&self, flow: &DataFlow, name: NameId) -> bool {
        let mut bound = false;
        for (_, step) in flow.touching(name, 0) {
            bound |= step.bound.get(&name) == Some(&Certainty::Definite);
            bound &= !step.deleted.contains(&name);
        }
        bound
    }

    /// Inputs and outputs of each step.
    fn pass(&self, flow: &mut DataFlow) {
        let mut bound = self.given.clone();
        let mut untouched = self.given.clone();
        let mut given: BTreeSet<NameId> = flow
            .state
            .keys()
            .copied()
            .filter(|name| self.given.contains(name))
            .collect();
        let mut only_shown = FxHashSet::default();
        let is_result: FxHashSet<NameId> = flow.results.iter().copied().collect();
        for at in 0..flow.steps.len() {
            let Some(step) = flow.steps.get(at) else { break };
            let shared = |name: &NameId| flow.state.contains_key(name);
            let mut inputs: Vec<NameId> = step
                .exposed
                .iter()
                .copied()
                .filter(|n| bound.contains(n) && !shared(n))
                .collect();
            let mut outputs = Vec::new();
            for (&name, &certainty) in &step.bound {
                let is_last_result =
                    is_result.contains(&name) && !flow.touching(name, at + 1).any(|(_, s)| s.bound.contains_key(&name));
                let is_bound = certainty == Certainty::Definite || bound.contains(&name);
                let is_shown = is_bound && !shared(&name) && self.is_shown(flow, name, at);
                let is_needed = self.live_after(flow, name, at) || is_last_result;
                let leaves = is_needed || is_shown;
                if !leaves || !self.is_variable(name) {
                    continue;
                }
                if shared(&name) {
                    if is_last_result {
                        outputs.push(name);
                    }
                    continue;
                }
                if certainty == Certainty::Maybe && bound.contains(&name) && !inputs.contains(&name) {
                    inputs.push(name);
                }
                outputs.push(name);
                if !is_needed {
                    only_shown.insert((at, name));
                }
            }
            for &name in &step.changed {
                let came_in = inputs.contains(&name) && !outputs.contains(&name) && !untouched.contains(&name);
                if came_in && !step.deletes.contains(&name) && self.live_after(flow, name, at) && !shared(&name) {
                    outputs.push(name);
                }
            }
            let order = |name: &NameId| {
                let first = |i: usize| self.pieces.get(i).is_some_and(|p| touches(p, *name));
                self.groups
                    .get(at)
                    .and_then(|group| group.iter().position(|&i| first(i)))
                    .unwrap_or(usize::MAX)
            };
            outputs.sort_by_key(|name| (order(name), *name));
            given.extend(inputs.iter().copied().filter(|name| untouched.contains(name)));
            for &name in step.deleted.iter() {
                bound.remove(&name);
            }
            for name in step.bound.keys().chain(&step.deleted) {
                untouched.remove(name);
            }
            bound.extend(
                step.bound
                    .iter()
                    .filter(|(_, c)| **c == Certainty::Definite)
                    .map(|(n, _)| *n),
            );
            flow.inputs.push(inputs);
            flow.outputs.push(outputs);
        }
        flow.given = given;
        flow.only_shown = only_shown;
    }
}

fn touches(piece: &Piece<'_>, name: NameId) -> bool {
    piece.facts.binds.iter().any(|b| b.name == name) || piece.facts.mutates.contains(&name)
}

/// An assignment at the top of its cell, as opposed to one inside a loop or branch.
fn is_plain_binding(piece: &Piece<'_>, name: NameId) -> bool {
    piece.facts.kind == crate::facts::StmtKind::Assign && piece.facts.binds.iter().any(|b| b.name == name)
}
