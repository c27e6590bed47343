//! Who binds each name of the notebook, over all pieces: the ground for every decision about names.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::facts::{BindKind, Facts, NameId};

use super::pieces::Piece;

/// What the whole notebook does to one name.
#[derive(Clone, Debug, Default)]
pub(super) struct NameHistory {
    /// Indices of the pieces that bind it, each once, in order.
    pub binders: Vec<usize>,
    pub kinds: Vec<BindKind>,
    pub deleted_by: Vec<usize>,
    /// Pieces that read it where they stand or in a scope made there.
    pub readers: Vec<usize>,
    /// Pieces that may change its object.
    pub mutators: Vec<usize>,
    /// Rebound by a function through `global`.
    pub global: bool,
    /// Read by name in a string.
    pub in_text: bool,
}

/// The history of every name.
pub(super) struct Histories {
    by_name: FxHashMap<NameId, NameHistory>,
    empty: NameHistory,
}

impl Histories {
    pub fn collect(pieces: &[Piece<'_>], facts: &Facts) -> Self {
        let mut by_name: FxHashMap<NameId, NameHistory> = FxHashMap::default();
        for (i, piece) in pieces.iter().enumerate() {
            for bind in &piece.facts.binds {
                let history = by_name.entry(bind.name).or_default();
                if history.binders.last() != Some(&i) {
                    history.binders.push(i);
                }
                history.kinds.push(bind.kind.clone());
            }
            for &(name, _) in &piece.facts.deleted {
                by_name.entry(name).or_default().deleted_by.push(i);
            }
            let scopes = piece.facts.scopes.iter().filter_map(|&id| facts.scope(id));
            let deferred = scopes.clone().flat_map(|scope| &scope.reads);
            for found in piece.facts.uses.iter().chain(deferred) {
                let history = by_name.entry(found.name).or_default();
                if history.readers.last() != Some(&i) {
                    history.readers.push(i);
                }
                history.in_text |= found.in_text;
            }
            let mutated = scopes
                .clone()
                .flat_map(|scope| &scope.mutates)
                .chain(&piece.facts.mutates);
            for &name in mutated {
                by_name.entry(name).or_default().mutators.push(i);
            }
            for &name in scopes.clone().flat_map(|scope| &scope.writes) {
                by_name.entry(name).or_default().global = true;
            }
        }
        let mut this = Self {
            by_name,
            empty: NameHistory::default(),
        };
        this.spread_mutations(pieces);
        this
    }

    pub fn get(&self, name: NameId) -> &NameHistory {
        self.by_name.get(&name).unwrap_or(&self.empty)
    }

    /// Whether a piece binds the name: the notebook has a variable of that name.
    pub fn is_variable(&self, name: NameId) -> bool {
        let history = self.get(name);
        !history.binders.is_empty() || history.global
    }

    /// Whether the name holds data: not a function, a class or an import.
    pub fn is_data(&self, name: NameId, pieces: &[Piece<'_>]) -> bool {
        let binders = self.get(name).binders.iter();
        self.is_variable(name) && binders.filter_map(|&b| pieces.get(b)).all(Piece::is_kept)
    }

    /// A change of one name's object shows in the names tied to it.
    fn spread_mutations(&mut self, pieces: &[Piece<'_>]) {
        let pairs: Vec<(NameId, NameId)> = pieces.iter().flat_map(|p| p.facts.aliases.iter().copied()).collect();
        for _ in 0..pairs.len().min(8) {
            let mut changed = false;
            for &(left, right) in &pairs {
                for (from, to) in [(left, right), (right, left)] {
                    let known: FxHashSet<usize> = self.get(to).mutators.iter().copied().collect();
                    let new: Vec<usize> = self
                        .get(from)
                        .mutators
                        .iter()
                        .copied()
                        .filter(|m| !known.contains(m))
                        .collect();
                    changed |= !new.is_empty();
                    self.by_name.entry(to).or_default().mutators.extend(new);
                }
            }
            if !changed {
                break;
            }
        }
    }
}
