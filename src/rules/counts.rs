//! Execution counts as a sequence down the page, and which cells stand where they ran.

use crate::notebook::{Cell, Notebook};

/// The cells that hold code and carry a count, in page order.
pub(super) fn counted<'n>(notebook: &'n Notebook<'_>) -> Vec<(&'n Cell, i64)> {
    let cells = notebook.code_cells().filter(|cell| cell.has_code());
    cells
        .filter_map(|cell| Some((cell, cell.execution_count.filter(|&count| count > 0)?)))
        .collect()
}

/// Marks a longest subsequence that never falls; what it leaves out is the fewest cells that moved.
///
/// Equal counts don't count as a fall: they show two sessions, not a move. Of several such subsequences
/// the one with the smallest counts is taken, since a cell that was run again has the larger count.
pub(super) fn stayed(counted: &[(&Cell, i64)]) -> Vec<bool> {
    let counts: Vec<i64> = counted.iter().map(|&(_, count)| count).collect();
    // tails[k]: index of the smallest count that ends a run of k + 1; before[i]: what precedes i in its run
    let mut tails: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(counts.len());
    for (i, count) in counts.iter().enumerate() {
        let at = tails.partition_point(|&tail| counts.get(tail).is_some_and(|tail| tail <= count));
        before.push(at.checked_sub(1).and_then(|k| tails.get(k).copied()));
        match tails.get_mut(at) {
            Some(tail) => *tail = i,
            None => tails.push(i),
        }
    }
    let mut marks = vec![false; counts.len()];
    let mut next = tails.last().copied();
    while let Some(i) = next {
        if let Some(mark) = marks.get_mut(i) {
            *mark = true;
        }
        next = before.get(i).copied().flatten();
    }
    marks
}
