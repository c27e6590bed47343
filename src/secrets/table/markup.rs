//! Tables in markup: the cells of a row, and those below and beside one of them.

use memchr::memmem;

use crate::text::Span;

use super::{Column, LONGEST_HEADING, ROWS, trimmed};

/// Bytes of a row at most.
const LONGEST_ROW: usize = 10_000;
/// Rows of headings at most.
const HEADS: usize = 8;

/// A row of markup, and which of its cells is looked at.
pub(super) struct Row {
    cells: Vec<Cell>,
    rank: usize,
    /// Whether no row stands above it.
    first: bool,
    end: usize,
}

#[derive(Clone, Copy)]
struct Cell {
    /// What can be read of it.
    span: Span,
    is_heading: bool,
}

impl Row {
    /// The row with a cell that `word` stands in.
    pub(super) fn around(text: &str, word: Span) -> Option<Self> {
        let bytes = text.as_bytes();
        let near = bytes.get(word.start.saturating_sub(LONGEST_HEADING)..word.start)?;
        memchr::memrchr2(b'<', b'>', near).filter(|at| near.get(*at) == Some(&b'>'))?;
        let from = word.start.saturating_sub(LONGEST_ROW);
        let start = from + memmem::rfind(bytes.get(from..word.start)?, b"<tr")?;
        let row = Span::new(start, row_end(bytes, start + 1));
        let cells = cells_of_row(text, row);
        let rank = cells.iter().position(|cell| cell.span.contains(word))?;
        let table = memmem::rfind(bytes.get(from..start)?, b"<table").map_or(from, |at| from + at);
        Some(Self {
            cells,
            rank,
            first: memmem::find(bytes.get(table..start)?, b"<tr").is_none(),
            end: row.end,
        })
    }

    /// The cells below. Headings of rows may span several, which then have fewer cells: what counts is the way to the end.
    pub(super) fn under(&self, text: &str) -> Option<Column> {
        let cell = self.cells.get(self.rank)?;
        let from_end = self.cells.len() - self.rank;
        if !(cell.is_heading || self.first) {
            return None;
        }
        let table = text.as_bytes().get(self.end..)?;
        let starts = memmem::find_iter(table, b"<tr").scan(0, |last, at| {
            let between = table.get(std::mem::replace(last, at)..at)?;
            memmem::find(between, b"</table").is_none().then_some(self.end + at)
        });
        let rows = starts.take(ROWS).enumerate().map(|(n, start)| {
            let row = Span::new(start, row_end(text.as_bytes(), start + 1));
            (n, cells_of_row(text, row))
        });
        let below = |row: &[Cell]| row.get(row.len().checked_sub(from_end)?).copied();
        // headings may have several rows; what heads a row further down is no value
        let values = rows
            .skip_while(|(n, row)| *n < HEADS && row.iter().all(|cell| cell.is_heading))
            .take_while(|(_, row)| !below(row).is_some_and(|cell| cell.is_heading))
            .filter_map(|(_, row)| below(&row));
        Some(Column {
            heading: cell.span,
            cells: values.map(|cell| cell.span).collect(),
        })
    }

    pub(super) fn beside(&self) -> Option<Column> {
        let (cell, next) = (self.cells.get(self.rank)?, self.cells.get(self.rank + 1)?);
        (!next.is_heading).then(|| Column {
            heading: cell.span,
            cells: vec![next.span],
        })
    }
}

/// Where the row ends that goes on at `at`: many a writer leaves out `</tr>`.
fn row_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..(at + LONGEST_ROW).min(bytes.len())).unwrap_or_default();
    let mut tags = memmem::find_iter(rest, b"<").filter(|tag| {
        let tag = rest.get(*tag..).unwrap_or_default();
        [&b"<tr"[..], b"</tr", b"</thead", b"</tbody", b"</table"]
            .iter()
            .any(|end| tag.starts_with(end))
    });
    at + tags.next().unwrap_or(rest.len())
}

fn cells_of_row(text: &str, row: Span) -> Vec<Cell> {
    let inner = row.slice(text);
    let mut starts: Vec<usize> = ["<td", "<th"]
        .iter()
        .flat_map(|tag| memmem::find_iter(inner.as_bytes(), tag))
        .collect();
    starts.sort_unstable();
    let ends = starts.iter().skip(1).copied().chain(std::iter::once(inner.len()));
    let cells = starts.iter().zip(ends).filter_map(|(start, end)| {
        let cell = Span::new(row.start + start, row.start + end);
        Some(Cell {
            span: read(text, cell)?,
            is_heading: cell.slice(text).starts_with("<th"),
        })
    });
    cells.collect()
}

/// What can be read of a cell: the first text between its tags.
fn read(text: &str, cell: Span) -> Option<Span> {
    let mut at = cell.start;
    loop {
        at += cell.slice(text).get(at - cell.start..)?.find('>')? + 1;
        let rest = Span::new(at, cell.end);
        let length = rest.slice(text).find('<').unwrap_or(rest.len());
        let here = trimmed(text, Span::new(at, at + length));
        if !here.is_empty() || length == rest.len() {
            return Some(here);
        }
        at += length;
    }
}
