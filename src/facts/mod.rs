//! What the notebook's code does with names: bindings, uses, mutations and data-flow between cells.

use crate::notebook::Notebook;
use crate::python::CellCode;

/// Everything known of a notebook's data-flow.
#[derive(Debug, Default)]
pub struct Facts {}

impl Facts {
    /// Gathers the facts of a notebook from its parsed cells.
    pub fn gather(_notebook: &Notebook<'_>, _cells: &[CellCode]) -> Self {
        Self::default()
    }
}
