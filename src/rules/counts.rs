//! Execution counts as a sequence down the page, and which cells stand where they ran.

use crate::facts::in_order;
use crate::notebook::{Cell, Notebook};

/// The cells that hold code and carry a count, in page order.
pub(super) fn counted<'n>(notebook: &'n Notebook<'_>) -> Vec<(&'n Cell, i64)> {
    let cells = notebook.code_cells().filter(|cell| cell.has_code());
    cells
        .filter_map(|cell| Some((cell, cell.execution_count.filter(|&count| count > 0)?)))
        .collect()
}

/// Marks the cells that stand where they ran: what is left out is the fewest cells that moved.
pub(super) fn stayed(counted: &[(&Cell, i64)]) -> Vec<bool> {
    let counts: Vec<i64> = counted.iter().map(|&(_, count)| count).collect();
    in_order(&counts)
}
