//! What the notebook's code does with names: bindings, uses, mutations and data-flow between cells.
//!
//! [`Facts::gather`] walks each top-level statement once. [`flow`] then runs the statements down the page.

mod clock;
mod companions;
mod constants;
mod effects;
mod execution;
pub mod flow;
pub mod history;
mod hosts;
mod imported;
mod io;
mod model;
mod names;
mod scopes;
mod state;
mod strings;
mod unwritten;
mod walk;

pub use companions::{Beside, Companion, Companions};
pub use effects::{Effect, Effects, Imports, OwnNames, call_effect, dotted, effects, expression_effect};
pub use execution::{Execution, Fall, in_order};
pub use imported::{Imported, imported};
pub use io::{Direction, IoCall, io_calls};
pub use model::{
    Asked, Bind, BindKind, CellFacts, Certainty, FileUse, Receiver, Reflection, Role, Scope, ScopeId, ScopeKind,
    Source, Statement, StmtKind, Use,
};
pub use names::{NameId, Names};
pub use unwritten::{Grip, Unseen, Unwritten};
pub(crate) use walk::is_main_test;

use rustc_hash::FxHashMap;

use crate::notebook::CellIdx;
use crate::python::{CellCode, Magics};

use constants::Constants;

/// Everything known of a notebook's data-flow.
#[derive(Debug, Default)]
pub struct Facts {
    pub names: Names,
    /// One entry per code cell, in page order.
    pub cells: Vec<CellFacts>,
    pub scopes: Vec<Scope>,
    pub imports: Imports,
    /// Names bound by the statements walked so far, and whether by anything but an import.
    seen: FxHashMap<NameId, bool>,
    /// Names that `get_ipython()` was bound to.
    shells: Vec<String>,
    magics: Magics,
    companions: Companions,
    constants: Constants,
    /// Whether annotations are no longer evaluated (`from __future__ import annotations`).
    lazy_annotations: bool,
}

impl Facts {
    /// Gathers the facts of a notebook from its parsed cells (none, where it is in another language).
    pub fn gather(cells: &[CellCode]) -> Self {
        Self::gather_with(cells, Magics::default(), Companions::default())
    }

    /// The same, with magics that users have told of, and the files beside the notebook.
    pub fn gather_with(cells: &[CellCode], magics: Magics, companions: Companions) -> Self {
        let mut facts = Self {
            magics,
            companions,
            imports: Imports::collect(cells),
            constants: Constants::collect(cells),
            ..Self::default()
        };
        for cell in cells {
            let cell_facts = walk::walk_cell(&mut facts, cell);
            facts.cells.push(cell_facts);
        }
        facts
    }

    pub fn scope(&self, id: ScopeId) -> Option<&Scope> {
        self.scopes.get(id.0 as usize)
    }

    pub fn cell(&self, idx: CellIdx) -> Option<&CellFacts> {
        self.cells.iter().find(|cell| cell.idx == idx)
    }

    /// Whether a cell binds `name` to a value of the notebook's own, not to an import.
    pub fn is_value(&self, name: &str) -> bool {
        self.names
            .find(name)
            .is_some_and(|id| self.seen.get(&id) == Some(&true))
    }

    /// The magics that are known.
    pub fn magics(&self) -> &Magics {
        &self.magics
    }

    /// The text of a name.
    pub fn text(&self, name: NameId) -> &str {
        self.names.text(name)
    }

    /// Every statement with its cell, in page order.
    pub fn statements(&self) -> impl Iterator<Item = (CellIdx, &Statement)> {
        self.cells
            .iter()
            .flat_map(|cell| cell.statements.iter().map(move |s| (cell.idx, s)))
    }
}
