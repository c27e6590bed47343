//! Cells into sections: a section becomes a step.

use std::collections::BTreeMap;

use crate::notebook::{Cell, CellIdx, CellKind, Notebook};

use super::prose::Prose;

/// A heading of the notebook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heading {
    /// From 1.
    pub level: usize,
    /// As plain text.
    pub title: String,
    /// The Markdown cell that it stands in.
    pub cell: CellIdx,
}

/// A run of cells under one heading (or under none).
#[derive(Clone, Debug)]
pub(super) struct Section {
    /// The heading as plain text; empty where there is none.
    pub title: String,
    /// Whether it goes on where a part before it has ended.
    pub continued: bool,
    pub cells: Vec<CellIdx>,
    /// The cell below its own heading.
    pub begins: CellIdx,
    /// The prose above its cells.
    pub prose: BTreeMap<CellIdx, Prose>,
    /// Its heading, behind those that it stands below.
    pub path: Vec<Heading>,
    /// Headings that stand inside it, each with the cell below it.
    pub headings: Vec<(CellIdx, String)>,
}

impl Section {
    /// Its first cell.
    pub fn first(&self) -> CellIdx {
        self.cells.first().copied().unwrap_or(CellIdx(0))
    }

    /// The heading of at most this level that it stands below.
    pub fn below(&self, level: usize) -> Option<&Heading> {
        self.path.iter().rev().find(|heading| heading.level <= level)
    }

    /// Takes in the cells of a section below it.
    pub fn take_in(&mut self, below: Self) {
        self.cells.extend(below.cells);
        self.prose.extend(below.prose);
    }
}

/// The sections of a notebook: a heading of any level begins one. Without headings each cell is one by itself.
pub(super) fn sections(notebook: &Notebook<'_>) -> Vec<Section> {
    let has_headings = notebook.cells.iter().filter(|cell| heading(cell).is_some()).count() > 1;
    let mut out: Vec<Section> = Vec::new();
    let mut path: Vec<Heading> = Vec::new();
    let mut begin = true;
    let mut prose = Prose::default();
    for cell in &notebook.cells {
        for heading in headings(cell) {
            path.retain(|above| above.level < heading.level);
            path.push(heading);
            begin = true;
            prose = Prose::default();
        }
        if cell.kind == CellKind::Markdown {
            prose.extend(Prose::of(&cell.source.text));
        }
        if !cell.is_code() {
            continue;
        }
        if begin || !has_headings || out.is_empty() {
            out.push(Section {
                title: path
                    .last()
                    .filter(|_| has_headings)
                    .map_or_else(String::new, |last| last.title.clone()),
                path: path.clone(),
                continued: false,
                cells: Vec::new(),
                begins: cell.idx,
                prose: BTreeMap::new(),
                headings: Vec::new(),
            });
            begin = false;
        }
        if let Some(section) = out.last_mut() {
            section.cells.push(cell.idx);
            section.prose.insert(cell.idx, std::mem::take(&mut prose));
        }
    }
    out
}

/// Characters of a heading.
const LONGEST_HEADING: usize = 100;

/// The last heading of a Markdown cell, as plain text.
pub(super) fn heading(cell: &Cell) -> Option<String> {
    headings(cell).pop().map(|heading| heading.title)
}

/// The headings of a cell.
fn headings(cell: &Cell) -> Vec<Heading> {
    let of = |level: usize, text: &str| Heading {
        level,
        title: plain(text),
        cell: cell.idx,
    };
    match cell.kind {
        CellKind::Heading(level) => vec![of(usize::from(level), &cell.source.text)],
        CellKind::Markdown => {
            let mut fenced = false;
            let mut found = Vec::new();
            for line in cell.source.text.lines() {
                fenced ^= line.trim_start().starts_with("```");
                let level = line.bytes().take_while(|b| *b == b'#').count();
                let text = line.get(level..).filter(|rest| rest.starts_with(' '));
                if let Some(text) = text.filter(|_| !fenced && (1..=6).contains(&level)) {
                    found.push(of(level, text));
                }
            }
            found.retain(|heading: &Heading| !heading.title.is_empty());
            // what is longer is prose in large letters
            let is_short = |heading: &Heading| heading.title.chars().count() <= LONGEST_HEADING;
            if found.iter().any(is_short) {
                found.retain(is_short);
            }
            found
        }
        _ => Vec::new(),
    }
}

/// Markdown without its marks, as one line.
pub(super) fn plain(markdown: &str) -> String {
    let mut out = String::new();
    let mut in_tag = false;
    let mut chars = markdown.trim().trim_matches('#').chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '<' if chars.peek().is_some_and(|next| next.is_alphabetic() || *next == '/') => in_tag = true,
            '>' if in_tag => in_tag = false,
            _ if in_tag => {}
            '*' | '`' => {}
            ']' if chars.peek() == Some(&'(') => {
                for skipped in chars.by_ref() {
                    if skipped == ')' {
                        break;
                    }
                }
            }
            '[' | ']' => {}
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}
