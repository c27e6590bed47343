//! Cells into sections: a section becomes a step.

use std::collections::BTreeMap;

use crate::notebook::{CellIdx, CellKind, Notebook};

use super::prose::Prose;

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
    /// Headings that stand inside it, each with the cell below it.
    pub headings: Vec<(CellIdx, String)>,
}

impl Section {
    /// Its first cell.
    pub fn first(&self) -> CellIdx {
        self.cells.first().copied().unwrap_or(CellIdx(0))
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
    let mut title = String::new();
    let mut begin = true;
    let mut prose = Prose::default();
    for cell in &notebook.cells {
        if let Some(text) = heading(cell) {
            title = text;
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
                title: if has_headings { title.clone() } else { String::new() },
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

/// The last heading of a Markdown cell, as plain text.
pub(super) fn heading(cell: &crate::notebook::Cell) -> Option<String> {
    match cell.kind {
        CellKind::Heading(_) => Some(plain(&cell.source.text)),
        CellKind::Markdown => {
            let mut fenced = false;
            let mut found = None;
            for line in cell.source.text.lines() {
                fenced ^= line.trim_start().starts_with("```");
                let level = line.bytes().take_while(|b| *b == b'#').count();
                if !fenced && (1..=6).contains(&level) && line.get(level..).is_some_and(|rest| rest.starts_with(' ')) {
                    found = Some(plain(line.get(level..).unwrap_or_default()));
                }
            }
            found.filter(|text| !text.is_empty())
        }
        _ => None,
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
