//! Which statements make a step: those of a section, with the scraps beside it, and not more than fits on a screen.

use std::collections::BTreeSet;

use crate::facts::{Facts, NameId, StmtKind};
use crate::notebook::CellIdx;

use super::build::Builder;
use super::fate::single_assignment;
use super::modules::names_read;
use super::pieces::Piece;
use super::purity::is_constant;
use super::sections::{Section, sections};

/// Lines that cells without a heading gather before they make a step: what goes on with what is above it, and what
/// doesn't.
const LINES_WITHOUT_HEADING: [usize; 2] = [24, 15];

/// A step of more lines than this is split where a cell ends.
const LONG: usize = 60;

/// What the parts of a long section have at most, where its cells allow it.
const SCREEN: usize = 45;

/// A section that only sets up what follows has at most this many lines.
const SCRAP: usize = 3;

/// Fewer lines than this are no step of their own where there is no heading.
const ENOUGH: usize = 3;

/// Sections, and the kept pieces of each.
struct Groups<'p> {
    facts: &'p Facts,
    pieces: &'p [Piece<'p>],
    all: Vec<(Section, Vec<usize>)>,
}

impl Builder<'_> {
    /// The sections that become steps, and the kept pieces of each.
    pub(super) fn groups(&self) -> (Vec<Section>, Vec<Vec<usize>>) {
        let mut groups = Groups {
            facts: self.facts,
            pieces: self.pieces,
            all: Vec::new(),
        };
        let mut kept = (0..self.pieces.len())
            .filter(|&i| self.pieces.get(i).is_some_and(Piece::is_kept))
            .peekable();
        for section in sections(self.notebook) {
            let Some(&last) = section.cells.last() else { continue };
            let mut group = Vec::new();
            while let Some(i) = kept.next_if(|&i| self.pieces.get(i).is_some_and(|p| p.cell <= last)) {
                group.push(i);
            }
            if !group.is_empty() {
                groups.all.push((section, group));
            }
        }
        groups.join_untitled();
        groups.join_scraps();
        groups.split_long();
        groups.join_awaiting();
        groups.all.into_iter().unzip()
    }
}

impl Groups<'_> {
    fn lines(&self, group: &[usize]) -> usize {
        let pieces = group.iter().filter_map(|&i| self.pieces.get(i));
        pieces.map(|p| p.text().lines().count()).sum()
    }

    /// Cells without a heading join those before while they go on with what these made, until there is enough for a
    /// step; what is too little for one joins them in any case.
    fn join_untitled(&mut self) {
        let [connected, apart] = LINES_WITHOUT_HEADING;
        self.join(connected, Self::goes_on);
        self.join(apart, |this, gathered, _| this.lines(gathered) < ENOUGH);
        self.join(apart, |this, _, group| this.lines(group) < ENOUGH);
    }

    /// Joins sections without a heading up to so many lines where `belongs` says so of what was gathered and what follows.
    fn join(&mut self, most: usize, belongs: impl Fn(&Self, &[usize], &[usize]) -> bool) {
        let mut merged: Vec<(Section, Vec<usize>)> = Vec::new();
        for (section, group) in std::mem::take(&mut self.all) {
            match merged.last_mut() {
                Some((before, gathered))
                    if section.title.is_empty()
                        && before.title.is_empty()
                        && self.lines(gathered) + self.lines(&group) <= most
                        && belongs(self, gathered, &group) =>
                {
                    before.take_in(section);
                    gathered.extend(group);
                }
                _ => merged.push((section, group)),
            }
        }
        self.all = merged;
    }

    /// Whether some pieces read what others have bound.
    fn goes_on(&self, gathered: &[usize], group: &[usize]) -> bool {
        let pieces =
            |group: &'_ [usize]| -> Vec<&Piece<'_>> { group.iter().filter_map(|&i| self.pieces.get(i)).collect() };
        let made: BTreeSet<NameId> = pieces(gathered)
            .into_iter()
            .flat_map(|piece| piece.facts.binds.iter().map(|bind| bind.name))
            .collect();
        let mut read = pieces(group)
            .into_iter()
            .flat_map(|piece| names_read(self.facts, piece));
        read.any(|name| made.contains(&name))
    }

    /// A section that only sets up what follows joins it; its heading becomes a comment.
    fn join_scraps(&mut self) {
        let mut merged: Vec<(Section, Vec<usize>)> = Vec::new();
        let mut scraps: Option<(Section, Vec<usize>)> = None;
        for (mut section, mut group) in std::mem::take(&mut self.all) {
            if let Some((scrap, above)) = scraps.take() {
                if !scrap.title.is_empty() {
                    section.headings.insert(0, (scrap.first(), scrap.title.clone()));
                    if !section.title.is_empty() {
                        section.headings.push((section.first(), section.title.clone()));
                    }
                }
                section.cells.splice(0..0, scrap.cells);
                section.prose.extend(scrap.prose);
                group.splice(0..0, above);
            }
            if self.lines(&group) <= SCRAP && group.iter().all(|&i| self.is_set_up(i)) {
                scraps = Some((section, group));
            } else {
                merged.push((section, group));
            }
        }
        match (scraps, merged.last_mut()) {
            (Some((section, group)), Some((before, gathered))) => {
                if !section.title.is_empty() {
                    before.headings.push((section.first(), section.title.clone()));
                }
                before.take_in(section);
                gathered.extend(group);
            }
            (Some(scrap), None) => merged.push(scrap),
            (None, _) => {}
        }
        self.all = merged;
    }

    /// A literal under a name, or a call that is given nothing of the notebook's.
    fn is_set_up(&self, i: usize) -> bool {
        let Some(piece) = self.pieces.get(i) else { return true };
        let reads_nothing = piece.facts.scopes.is_empty()
            && piece.facts.mutates.is_empty()
            && !names_read(self.facts, piece)
                .into_iter()
                .any(|name| self.facts.is_value(self.facts.text(name)));
        match piece.facts.kind {
            StmtKind::Assign => {
                let literal = single_assignment(piece.stmt).is_some_and(|(_, value)| is_constant(value));
                // `plt.rcParams["figure.figsize"] = (8, 4)`
                literal || (piece.facts.binds.is_empty() && reads_nothing)
            }
            StmtKind::Expression => piece.facts.binds.is_empty() && reads_nothing && !piece.text().contains("print"),
            _ => false,
        }
    }

    /// What doesn't fit on a screen is split where a cell ends.
    fn split_long(&mut self) {
        let mut out: Vec<(Section, Vec<usize>)> = Vec::new();
        for (section, group) in std::mem::take(&mut self.all) {
            if self.lines(&group) <= LONG {
                out.push((section, group));
                continue;
            }
            let cell = |&i: &usize| self.pieces.get(i).map(|p| p.cell);
            let mut parts: Vec<Vec<usize>> = Vec::new();
            for of_cell in group.chunk_by(|a, b| cell(a) == cell(b)) {
                match parts.last_mut() {
                    Some(part) if self.lines(part) + self.lines(of_cell) <= SCREEN => part.extend(of_cell),
                    _ => parts.push(of_cell.to_vec()),
                }
            }
            for (at, part) in parts.into_iter().enumerate() {
                let last = part.last().and_then(cell);
                let first = part.first().and_then(cell);
                let inside = |idx: &CellIdx| first.is_none_or(|f| f <= *idx) && last.is_none_or(|l| *idx <= l);
                let cells: Vec<CellIdx> = section.cells.iter().copied().filter(inside).collect();
                let part_of = Section {
                    title: section.title.clone(),
                    continued: at > 0,
                    begins: cells.first().copied().filter(|_| at > 0).unwrap_or(section.begins),
                    cells,
                    prose: section.prose.clone(),
                    path: section.path.clone(),
                    headings: section
                        .headings
                        .iter()
                        .filter(|(idx, _)| inside(idx))
                        .cloned()
                        .collect(),
                };
                out.push((part_of, part));
            }
        }
        self.all = out;
    }

    /// Steps that await share one event loop: they become one step.
    fn join_awaiting(&mut self) {
        let awaits = |(_, group): &(Section, Vec<usize>)| {
            let mut pieces = group.iter().filter_map(|&i| self.pieces.get(i));
            pieces.any(|p| p.facts.awaits)
        };
        let (Some(first), Some(last)) = (self.all.iter().position(awaits), self.all.iter().rposition(awaits)) else {
            return;
        };
        let mut joined: Option<(Section, Vec<usize>)> = None;
        for (section, group) in self.all.drain(first..=last) {
            match &mut joined {
                Some((before, gathered)) => {
                    before.take_in(section);
                    gathered.extend(group);
                }
                None => joined = Some((section, group)),
            }
        }
        self.all.splice(first..first, joined);
    }
}
