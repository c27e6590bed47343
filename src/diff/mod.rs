//! What changed from one notebook to another, cell by cell: which cells are the same, and what differs in them.

mod html;
mod json;
mod matching;
mod metadata;
mod outputs;
mod plain;
mod source;

pub use html::html;
pub use json::json;
pub use plain::plain;

use crate::notebook::{Cell, CellIdx, CellKind, Notebook};
use crate::secrets;
use crate::text::Masker;

use matching::{Key, Pair};
use metadata::KeyChange;
use outputs::OutputChange;
use source::Hunk;

/// What became of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Added,
    Removed,
    /// In both; [`CellDiff::moved`] and the parts say what differs.
    Kept,
}

/// A cell that differs.
#[derive(Debug)]
pub struct CellDiff {
    pub fate: Fate,
    pub kind: CellKind,
    pub old: Option<CellIdx>,
    pub new: Option<CellIdx>,
    /// Whether the cell stands elsewhere among those that stayed.
    pub moved: bool,
    pub old_kind: Option<CellKind>,
    /// Execution counts, where they differ.
    pub counts: Option<(Option<i64>, Option<i64>)>,
    pub source: Vec<Hunk>,
    pub outputs: Vec<OutputChange>,
    pub metadata: Vec<KeyChange>,
    /// Keys of metadata that editors write and nobody reads: counted only.
    pub noise: usize,
}

impl CellDiff {
    /// Whether anything differs that a reviewer reads: not only a count, or an editor's metadata.
    pub fn matters(&self) -> bool {
        let parts = self.source.is_empty() && self.outputs.is_empty() && self.metadata.is_empty();
        self.fate != Fate::Kept || self.moved || self.old_kind.is_some() || !parts
    }
}

/// All that differs between two notebooks.
#[derive(Debug)]
pub struct NotebookDiff {
    /// In the order of the new notebook; removed cells stand where they stood.
    pub cells: Vec<CellDiff>,
    /// Cells that are the same in both.
    pub unchanged: usize,
    pub metadata: Vec<KeyChange>,
    pub noise: usize,
    /// Every pair of cells that are one, for those who follow cells from one version to the next.
    pub pairs: Vec<(CellIdx, CellIdx)>,
}

impl NotebookDiff {
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty() && self.metadata.is_empty() && self.noise == 0
    }
}

/// Compares two notebooks. Secrets of either are hidden in what is kept for showing.
pub fn diff(old: &Notebook<'_>, new: &Notebook<'_>) -> NotebookDiff {
    let (old_secrets, new_secrets) = (secrets::scan(old), secrets::scan(new));
    let sides = Sides {
        old: Side {
            notebook: old,
            masker: &old_secrets.masker,
        },
        new: Side {
            notebook: new,
            masker: &new_secrets.masker,
        },
    };
    let pairs = matching::pairs(&keys(old), &keys(new));
    let partner: Vec<Option<&Pair>> = partners(&pairs, old.cells.len());
    let mut cells = Vec::new();
    let mut unchanged = 0;
    // cells that went stand behind the cell that they followed
    let mut removed: Vec<Vec<CellDiff>> = (0..=new.cells.len()).map(|_| Vec::new()).collect();
    let mut behind = 0;
    for (cell, partner) in old.cells.iter().zip(&partner) {
        match partner {
            Some(pair) if !pair.moved => behind = pair.new + 1,
            Some(_) => {}
            None => {
                if let Some(place) = removed.get_mut(behind) {
                    place.push(sides.removed(cell));
                }
            }
        }
    }
    let mut removed = removed.into_iter();
    cells.extend(removed.next().into_iter().flatten());
    let mut in_new_order = pairs.iter().peekable();
    for (i, cell) in new.cells.iter().enumerate() {
        let pair = in_new_order.next_if(|pair| pair.new == i);
        let before = pair.and_then(|pair| Some((old.cells.get(pair.old)?, pair)));
        match before {
            None => cells.push(sides.added(cell)),
            Some((before, pair)) => match sides.kept(before, cell, pair.moved) {
                Some(changed) => cells.push(changed),
                None => unchanged += 1,
            },
        }
        cells.extend(removed.next().into_iter().flatten());
    }
    let (metadata, noise) = metadata::of_notebooks(&sides);
    NotebookDiff {
        cells,
        unchanged,
        metadata,
        noise,
        pairs: pairs
            .iter()
            .map(|pair| (CellIdx(pair.old), CellIdx(pair.new)))
            .collect(),
    }
}

fn partners(pairs: &[Pair], cells: usize) -> Vec<Option<&Pair>> {
    let mut partner = vec![None; cells];
    for pair in pairs {
        if let Some(slot) = partner.get_mut(pair.old) {
            *slot = Some(pair);
        }
    }
    partner
}

fn keys<'n>(notebook: &'n Notebook<'_>) -> Vec<Key<'n>> {
    let cells = notebook.cells.iter();
    cells
        .map(|cell| Key {
            id: cell.id.as_deref(),
            is_code: cell.is_code(),
            source: cell.source.text.trim_end(),
        })
        .collect()
}

/// A notebook, and what hides its secrets.
struct Side<'n, 't> {
    notebook: &'n Notebook<'t>,
    masker: &'n Masker,
}

struct Sides<'n, 't> {
    old: Side<'n, 't>,
    new: Side<'n, 't>,
}

impl Sides<'_, '_> {
    fn one_sided(&self, cell: &Cell, fate: Fate) -> CellDiff {
        let side = if fate == Fate::Removed { &self.old } else { &self.new };
        let text = side.masker.mask(&cell.source.text);
        let (before, after) = if fate == Fate::Removed {
            (&*text, "")
        } else {
            ("", &*text)
        };
        CellDiff {
            fate,
            kind: cell.kind,
            old: (fate == Fate::Removed).then_some(cell.idx),
            new: (fate == Fate::Added).then_some(cell.idx),
            moved: false,
            old_kind: None,
            counts: None,
            source: source::hunks(before, after),
            outputs: outputs::one_sided(side, cell, fate),
            metadata: Vec::new(),
            noise: 0,
        }
    }

    fn removed(&self, cell: &Cell) -> CellDiff {
        self.one_sided(cell, Fate::Removed)
    }

    fn added(&self, cell: &Cell) -> CellDiff {
        self.one_sided(cell, Fate::Added)
    }

    /// What differs between two states of a cell; `None` where nothing does.
    fn kept(&self, old: &Cell, new: &Cell, moved: bool) -> Option<CellDiff> {
        let (metadata, noise) = metadata::of_cells(self, old, new);
        let hunks = if old.source.text == new.source.text {
            Vec::new()
        } else {
            source::hunks(
                &self.old.masker.mask(&old.source.text),
                &self.new.masker.mask(&new.source.text),
            )
        };
        let changed = CellDiff {
            fate: Fate::Kept,
            kind: new.kind,
            old: Some(old.idx),
            new: Some(new.idx),
            moved,
            old_kind: (old.kind != new.kind).then_some(old.kind),
            counts: (old.execution_count != new.execution_count).then_some((old.execution_count, new.execution_count)),
            source: hunks,
            outputs: outputs::changes(self, old, new),
            metadata,
            noise,
        };
        (changed.matters() || changed.counts.is_some() || changed.noise > 0).then_some(changed)
    }
}
