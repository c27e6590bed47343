//! Definite assignment inside one statement: which notebook names are bound, maybe bound, or deleted so far.

use std::collections::BTreeMap;

use super::names::NameId;

/// What the statement has done to a name so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Local {
    Bound,
    Maybe,
    Deleted,
    /// Deleted on some paths.
    MaybeDeleted,
}

/// The names touched so far. A path that ended (`raise`, `continue`) takes no part in joins.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    names: BTreeMap<NameId, Local>,
    pub ended: bool,
}

impl State {
    pub fn get(&self, name: NameId) -> Option<Local> {
        self.names.get(&name).copied()
    }

    pub fn bind(&mut self, name: NameId) {
        self.names.insert(name, Local::Bound);
    }

    pub fn delete(&mut self, name: NameId) {
        self.names.insert(name, Local::Deleted);
    }

    pub fn iter(&self) -> impl Iterator<Item = (NameId, Local)> + '_ {
        self.names.iter().map(|(&name, &local)| (name, local))
    }

    /// The state after either of two paths.
    pub fn join(self, other: State) -> State {
        match (self.ended, other.ended) {
            (true, false) => return other,
            (false, true) => return self,
            _ => {}
        }
        let ended = self.ended && other.ended;
        let mut names = BTreeMap::new();
        for (&name, &left) in &self.names {
            names.insert(name, join(Some(left), other.get(name)));
        }
        for (&name, &right) in &other.names {
            names.entry(name).or_insert_with(|| join(None, Some(right)));
        }
        State { names, ended }
    }

    /// This state weakened: all that `after` did beyond it may or may not have happened.
    pub fn or_partly(self, after: &State) -> State {
        let mut open = after.clone();
        open.ended = false;
        let ended = self.ended;
        let mut joined = State { ended: false, ..self }.join(open);
        joined.ended = ended;
        joined
    }
}

fn join(left: Option<Local>, right: Option<Local>) -> Local {
    use Local::{Bound, Deleted, Maybe, MaybeDeleted};
    match (left, right) {
        (Some(a), Some(b)) if a == b => a,
        (Some(Deleted | MaybeDeleted), None | Some(Deleted | MaybeDeleted)) | (None, Some(Deleted | MaybeDeleted)) => {
            MaybeDeleted
        }
        (Some(Bound | Maybe), _) | (_, Some(Bound | Maybe)) => Maybe,
        (None, None) => Maybe,
    }
}
