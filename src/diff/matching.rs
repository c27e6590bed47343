//! Which cell of one notebook is which of the other: by id, by content, by likeness.

use std::collections::HashMap;

use rustc_hash::{FxBuildHasher, FxHashMap, FxHasher};
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::hash::Hasher;

use crate::facts::in_order;

/// What a cell is known by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key<'n> {
    pub id: Option<&'n str>,
    pub is_code: bool,
    pub source: &'n str,
}

/// A cell in both notebooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub old: usize,
    pub new: usize,
    /// Whether it is not among the most cells that kept their order.
    pub moved: bool,
}

/// Words that two cells must share, as a part of all of theirs, to be taken for one.
const ALIKE: f64 = 0.5;
/// The same for cells whose neighbours on both sides are pairs: there a rewritten cell is likelier than a new one.
const ALIKE_BETWEEN: f64 = 0.15;
/// What each neighbour that is a pair adds to a likeness.
const NEIGHBOUR: f64 = 0.1;
/// Words of a cell that are looked at.
const WORDS: usize = 2_000;
/// Pairs of cells whose likeness is measured; past it only cells that stand near each other are compared.
const COMPARED: usize = 1_000_000;
/// How near that is, in cells that have no partner yet.
const NEAR: usize = 200;

/// The pairs, by the new notebook's order.
pub(super) fn pairs(old: &[Key], new: &[Key]) -> Vec<Pair> {
    let mut matched = Matched {
        of_old: vec![None; old.len()],
        of_new: vec![None; new.len()],
    };
    if ids_can_be_trusted(old, new) {
        by_id(old, new, &mut matched);
    }
    by_content_in_order(old, new, &mut matched);
    by_content_anywhere(old, new, &mut matched);
    by_likeness(old, new, &mut matched);
    let in_new_order: Vec<(usize, usize)> = matched
        .of_new
        .iter()
        .enumerate()
        .filter_map(|(new, old)| Some(((*old)?, new)))
        .collect();
    let olds: Vec<usize> = in_new_order.iter().map(|(old, _)| *old).collect();
    let stayed = in_order(&olds);
    in_new_order
        .into_iter()
        .zip(stayed)
        .map(|((old, new), stayed)| Pair {
            old,
            new,
            moved: !stayed,
        })
        .collect()
}

struct Matched {
    of_old: Vec<Option<usize>>,
    of_new: Vec<Option<usize>>,
}

impl Matched {
    fn pair(&mut self, old: usize, new: usize) {
        if let (Some(of_old), Some(of_new)) = (self.of_old.get_mut(old), self.of_new.get_mut(new)) {
            *of_old = Some(new);
            *of_new = Some(old);
        }
    }

    fn free_old(&self) -> Vec<usize> {
        free(&self.of_old)
    }

    fn free_new(&self) -> Vec<usize> {
        free(&self.of_new)
    }

    /// How many of the neighbours above and below are each other's partners.
    fn neighbours(&self, old: usize, new: usize) -> usize {
        let above = match (old.checked_sub(1), new.checked_sub(1)) {
            (Some(old), Some(new)) => self.of_old.get(old).copied().flatten() == Some(new),
            (None, None) => true,
            _ => false,
        };
        let below = match (self.of_old.get(old + 1), self.of_new.get(new + 1)) {
            (Some(partner), Some(_)) => *partner == Some(new + 1),
            (None, None) => true,
            _ => false,
        };
        usize::from(above) + usize::from(below)
    }
}

fn free(partners: &[Option<usize>]) -> Vec<usize> {
    let all = partners.iter().enumerate();
    all.filter(|(_, partner)| partner.is_none()).map(|(i, _)| i).collect()
}

/// Ids that number the cells follow the place and not the cell; so do ids that some tool drew anew.
fn ids_can_be_trusted(old: &[Key], new: &[Key]) -> bool {
    if numbers_cells(old) || numbers_cells(new) {
        return false;
    }
    let of_new = unique_ids(new);
    let shared = unique_ids(old).into_keys().filter(|id| of_new.contains_key(id));
    shared.count() > 0
}

fn numbers_cells(cells: &[Key]) -> bool {
    cells.len() > 1
        && cells.iter().enumerate().all(|(i, cell)| {
            let number = cell.id.map(|id| id.trim_start_matches(|c: char| !c.is_ascii_digit()));
            let number = number.and_then(|digits| digits.parse::<usize>().ok());
            number.is_some_and(|number| number == i || number == i + 1)
        })
}

fn unique_ids<'n>(cells: &[Key<'n>]) -> FxHashMap<&'n str, usize> {
    let mut seen: FxHashMap<&str, Option<usize>> = FxHashMap::default();
    for (i, id) in cells.iter().enumerate().filter_map(|(i, cell)| Some((i, cell.id?))) {
        seen.entry(id).and_modify(|at| *at = None).or_insert(Some(i));
    }
    seen.into_iter().filter_map(|(id, at)| Some((id, at?))).collect()
}

fn by_id(old: &[Key], new: &[Key], matched: &mut Matched) {
    let of_new = unique_ids(new);
    for (id, i) in unique_ids(old) {
        if let Some(&j) = of_new.get(id) {
            matched.pair(i, j);
        }
    }
}

/// Cells of one content, where they follow each other as they did.
fn by_content_in_order(old: &[Key], new: &[Key], matched: &mut Matched) {
    let (free_old, free_new) = (matched.free_old(), matched.free_new());
    let contents = |cells: &[Key], free: &[usize]| -> Vec<(bool, u64)> {
        let keys = free.iter().filter_map(|&i| cells.get(i));
        keys.map(|key| (key.is_code, hash(key.source))).collect()
    };
    let (of_old, of_new) = (contents(old, &free_old), contents(new, &free_new));
    for op in capture_diff_slices(Algorithm::Patience, &of_old, &of_new) {
        if let DiffOp::Equal {
            old_index,
            new_index,
            len,
        } = op
        {
            for k in 0..len {
                if let (Some(&i), Some(&j)) = (free_old.get(old_index + k), free_new.get(new_index + k)) {
                    matched.pair(i, j);
                }
            }
        }
    }
}

/// Cells of one content that moved. Empty cells are all alike: one that moved is no news.
fn by_content_anywhere(old: &[Key], new: &[Key], matched: &mut Matched) {
    let mut waiting: HashMap<(bool, &str), Vec<usize>, FxBuildHasher> = HashMap::default();
    for i in matched.free_old().into_iter().rev() {
        if let Some(key) = old.get(i).filter(|key| !key.source.is_empty()) {
            waiting.entry((key.is_code, key.source)).or_default().push(i);
        }
    }
    for j in matched.free_new() {
        let Some(key) = new.get(j) else { continue };
        if let Some(i) = waiting.get_mut(&(key.is_code, key.source)).and_then(Vec::pop) {
            matched.pair(i, j);
        }
    }
}

/// Cells that were edited: the most alike first.
fn by_likeness(old: &[Key], new: &[Key], matched: &mut Matched) {
    let (free_old, free_new) = (matched.free_old(), matched.free_new());
    let all = free_old.len().saturating_mul(free_new.len()) <= COMPARED;
    let words_of = |cells: &[Key], free: &[usize]| -> Vec<Vec<u64>> {
        free.iter()
            .map(|&i| cells.get(i).map(|key| words(key.source)).unwrap_or_default())
            .collect()
    };
    let (old_words, new_words) = (words_of(old, &free_old), words_of(new, &free_new));
    let mut candidates: Vec<(f64, usize, usize)> = Vec::new();
    for (a, (&i, of_old)) in free_old.iter().zip(&old_words).enumerate() {
        for (b, (&j, of_new)) in free_new.iter().zip(&new_words).enumerate() {
            let (Some(before), Some(after)) = (old.get(i), new.get(j)) else {
                continue;
            };
            if before.is_code != after.is_code || !(all || a.abs_diff(b) <= NEAR) {
                continue;
            }
            let neighbours = matched.neighbours(i, j);
            let alike = likeness(of_old, of_new);
            let enough = if neighbours == 2 { ALIKE_BETWEEN } else { ALIKE };
            if alike >= enough {
                candidates.push((alike + NEIGHBOUR * neighbours as f64, i, j));
            }
        }
    }
    candidates.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| (a.1, a.2).cmp(&(b.1, b.2))));
    for (_, i, j) in candidates {
        let free = |partners: &[Option<usize>], at: usize| partners.get(at).is_some_and(Option::is_none);
        if free(&matched.of_old, i) && free(&matched.of_new, j) {
            matched.pair(i, j);
        }
    }
}

/// The hashes of a cell's words and signs, sorted.
fn words(source: &str) -> Vec<u64> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let parts = source.split(|c: char| !is_word(c)).filter(|word| !word.is_empty());
    let mut words: Vec<u64> = parts.take(WORDS).map(hash).collect();
    words.sort_unstable();
    words
}

/// Dice's coefficient of two sorted bags: twice what they share over all that they hold.
fn likeness(a: &[u64], b: &[u64]) -> f64 {
    if a.is_empty() && b.is_empty() {
        return 1.0;
    }
    let (mut i, mut j, mut shared) = (0, 0, 0_usize);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                shared += 1;
                i += 1;
                j += 1;
            }
        }
    }
    2.0 * shared as f64 / (a.len() + b.len()) as f64
}

fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}
