//! The order in which the cells ran, as execution counts and the times that front ends store tell it.

use std::collections::BTreeSet;

use crate::notebook::{CellIdx, Notebook};

use super::clock::{Instant, ran_at};

/// Two cells of which the times say that `after` ran next, and the counts that it ran earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fall {
    pub before: CellIdx,
    pub after: CellIdx,
}

/// How the cells ran, as far as the file tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Execution {
    /// The cells that ran, in the order in which they did; nothing where that can't be told.
    pub order: Option<Vec<CellIdx>>,
    /// Where the kernel was restarted in between.
    pub restarts: Vec<Fall>,
    /// Where times and counts disagree though the counts are those of one session: the times may be those of
    /// earlier runs, for not every front end renews what another one stored.
    pub doubts: Vec<Fall>,
}

/// A cell that ran.
#[derive(Clone, Copy, Debug)]
struct Ran {
    idx: CellIdx,
    count: Option<i64>,
    at: Option<Instant>,
}

impl Execution {
    pub fn of(notebook: &Notebook<'_>) -> Self {
        let cells = notebook.code_cells().filter(|cell| cell.has_code());
        let ran: Vec<Ran> = cells
            .map(|cell| Ran {
                idx: cell.idx,
                count: cell.execution_count.filter(|&count| count > 0),
                at: ran_at(notebook, cell),
            })
            .collect();
        let counted: Vec<Ran> = ran.iter().copied().filter(|ran| ran.count.is_some()).collect();
        if counted.is_empty() {
            // the counts were stripped: the times are all that is left
            return Self::by_time(ran).unwrap_or_default();
        }
        let counts: BTreeSet<i64> = counted.iter().filter_map(|ran| ran.count).collect();
        let distinct = counts.len() == counted.len();
        let mut timed = counted.clone();
        timed.retain(|ran| ran.at.is_some());
        let all_timed = timed.len() == counted.len();
        let timed = Self::by_time(timed).unwrap_or_default();
        let one_session = |fall: &Fall| distinct && in_one_session(fall, &ran, &counts);
        let (doubts, restarts): (Vec<Fall>, Vec<Fall>) = timed.restarts.into_iter().partition(one_session);
        let order = if distinct && restarts.is_empty() {
            Some(by_count(&counted))
        } else {
            // cells without a time may belong to any session
            timed.order.filter(|_| all_timed || distinct)
        };
        Self {
            order,
            restarts,
            doubts,
        }
    }

    /// The cells by their times, where these can be compared.
    fn by_time(mut ran: Vec<Ran>) -> Option<Self> {
        ran.retain(|ran| ran.at.is_some());
        let zoned = ran.first()?.at?.zoned;
        if ran.iter().any(|ran| ran.at.is_some_and(|at| at.zoned != zoned)) {
            return None;
        }
        ran.sort_by_key(|ran| (ran.at, ran.count, ran.idx));
        let pairs = ran.iter().zip(ran.iter().skip(1));
        let falls = pairs.filter(|(before, after)| before.count.is_some() && after.count <= before.count);
        let restarts = falls.map(|(before, after)| Fall {
            before: before.idx,
            after: after.idx,
        });
        Some(Self {
            restarts: restarts.collect(),
            doubts: Vec::new(),
            order: Some(ran.iter().map(|ran| ran.idx).collect()),
        })
    }
}

fn by_count(counted: &[Ran]) -> Vec<CellIdx> {
    let mut counted = counted.to_vec();
    counted.sort_by_key(|ran| (ran.count, ran.idx));
    counted.iter().map(|ran| ran.idx).collect()
}

/// Whether the counts before that of the cell after a fall are there, in other cells. A new session counts from 1, so
/// all of its first runs would have to be lost, and those of the old one to fill just the places that they left.
fn in_one_session(fall: &Fall, ran: &[Ran], counts: &BTreeSet<i64>) -> bool {
    let count = ran.iter().find(|ran| ran.idx == fall.after).and_then(|ran| ran.count);
    count.is_some_and(|count| {
        let there = counts.range(1..count).count();
        there > 0 && 2 * i64::try_from(there).unwrap_or_default() >= count - 1
    })
}

/// Marks a longest subsequence that never falls.
///
/// Equal counts don't count as a fall: they show two sessions, not a move. Of several such subsequences
/// the one with the smallest counts is taken, since a cell that was run again has the larger count.
pub fn in_order<T: PartialOrd>(counts: &[T]) -> Vec<bool> {
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
