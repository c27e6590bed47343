//! The order in which the execution counts say that the cells ran.

use crate::notebook::{CellIdx, Notebook};

/// The code cells that have a count, in the order of their counts (page order among equals).
pub fn witnessed_order(notebook: &Notebook<'_>) -> Vec<CellIdx> {
    let mut counted: Vec<(i64, CellIdx)> = notebook
        .code_cells()
        .filter_map(|cell| Some((cell.execution_count?, cell.idx)))
        .collect();
    counted.sort();
    counted.into_iter().map(|(_, idx)| idx).collect()
}
