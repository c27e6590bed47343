//! The order in which the execution counts, or the times that front ends store, say that the cells ran.

use crate::notebook::{Cell, CellIdx, Notebook};

/// The code cells that have a count, in the order of their counts (page order among equals).
pub fn witnessed_order(notebook: &Notebook<'_>) -> Vec<CellIdx> {
    let mut counted: Vec<(i64, CellIdx)> = notebook
        .code_cells()
        .filter_map(|cell| Some((cell.execution_count?, cell.idx)))
        .collect();
    counted.sort();
    counted.into_iter().map(|(_, idx)| idx).collect()
}

/// The order in which the cells ran, where one session or the stored times tell it.
pub fn recorded_order(notebook: &Notebook<'_>) -> Option<Vec<CellIdx>> {
    if let Some(timed) = timed(notebook) {
        return Some(timed.into_iter().map(|(_, _, idx)| idx).collect());
    }
    let counted: Vec<CellIdx> = witnessed_order(notebook);
    let counts: Vec<Option<i64>> = counted
        .iter()
        .map(|&idx| notebook.cell(idx).and_then(|cell| cell.execution_count))
        .collect();
    let twins = counts.iter().zip(counts.iter().skip(1)).any(|(a, b)| a == b);
    (!twins).then_some(counted)
}

/// Cells that ran after a restart of the kernel: the stored times go on, the counts start again. With each, the cell
/// that ran before it.
pub fn restarts(notebook: &Notebook<'_>) -> Vec<(CellIdx, CellIdx)> {
    let timed = timed(notebook).unwrap_or_default();
    let pairs = timed.iter().zip(timed.iter().skip(1));
    let falls = pairs.filter(|((_, earlier, _), (_, later, _))| later <= earlier);
    falls.map(|((.., before), (.., after))| (*before, *after)).collect()
}

/// Time, count and index of every cell that has a count, by time; nothing where one has no time.
fn timed(notebook: &Notebook<'_>) -> Option<Vec<(String, i64, CellIdx)>> {
    let counted = notebook.code_cells().filter(|cell| cell.has_code());
    let mut timed = Vec::new();
    for cell in counted {
        if let Some(count) = cell.execution_count {
            timed.push((time(notebook, cell)?, count, cell.idx));
        }
    }
    let utc = timed.iter().all(|(time, ..)| time.ends_with('Z'));
    timed.sort();
    (utc && !timed.is_empty()).then_some(timed)
}

/// When the cell last started, as text that sorts: Jupyter's, Colab's or ExecuteTime's.
fn time(notebook: &Notebook<'_>, cell: &Cell) -> Option<String> {
    let metadata = cell.metadata?;
    let iso = [
        ["execution", "iopub.execute_input"],
        ["execution", "iopub.status.busy"],
        ["ExecuteTime", "start_time"],
    ];
    let text = iso.iter().find_map(|path| notebook.lookup(metadata, path));
    if let Some(node) = text {
        return Some(notebook.text_of(node).text);
    }
    let node = notebook.lookup(metadata, &["executionInfo", "timestamp"])?;
    let milliseconds: u64 = notebook.json.span(node).slice(notebook.text).parse().ok()?;
    Some(format!("{milliseconds:020}Z"))
}
