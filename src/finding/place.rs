//! Where something stands, with the line to show for it.

use std::cell::Cell;

use crate::notebook::CellIdx;
use crate::text::{LineColumn, LineIndex, Masker, OffsetMap, Span};

/// Characters of a line that an excerpt keeps before and after the place's start.
const EXCERPT_BEFORE: usize = 60;
const EXCERPT_AFTER: usize = 120;
/// Characters beyond them that are looked at: a word that is cut looks less random than it is.
const MARGIN: usize = 64;

/// Which part of a notebook a place lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PlaceKind {
    Source,
    Output,
    Metadata,
    File,
}

impl PlaceKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Output => "output",
            Self::Metadata => "metadata",
            Self::File => "file",
        }
    }
}

/// The line that a place starts on, for showing. Secrets in it are masked before it gets here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    pub text: String,
    /// Characters of `text` before the place.
    pub before: usize,
    /// Characters of `text` that the place takes, on this line.
    pub marked: usize,
}

/// Where something stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub kind: PlaceKind,
    pub cell: Option<CellIdx>,
    /// Index of the output in its cell, from 0.
    pub output: Option<usize>,
    /// Bytes of the file.
    pub span: Span,
    /// Line and column in the cell's source, or in the output's text.
    pub start: Option<LineColumn>,
    pub end: Option<LineColumn>,
    pub excerpt: Option<Excerpt>,
}

impl Place {
    /// Bytes of the file that belong to no cell.
    pub fn file(span: Span) -> Self {
        Self {
            kind: PlaceKind::File,
            cell: None,
            output: None,
            span,
            start: None,
            end: None,
            excerpt: None,
        }
    }

    /// What places are sorted by.
    pub(super) fn key(&self) -> (Option<CellIdx>, Span, PlaceKind) {
        (self.cell, self.span, self.kind)
    }
}

/// A decoded text with its lines and its way back to the file.
pub struct Located<'t> {
    text: &'t str,
    map: &'t OffsetMap,
    index: LineIndex,
    /// The last offset that was asked for, and its column: a line may be all of a large notebook, with thousands of
    /// places on it.
    last: Cell<(usize, usize)>,
}

impl<'t> Located<'t> {
    pub fn new(text: &'t str, map: &'t OffsetMap) -> Self {
        Self {
            text,
            map,
            index: LineIndex::new(text),
            last: Cell::new((0, 1)),
        }
    }

    /// A place in this text.
    pub fn place(
        &self,
        kind: PlaceKind,
        cell: Option<CellIdx>,
        output: Option<usize>,
        span: Span,
        masker: &Masker,
    ) -> Place {
        let start = self.position(span.start);
        Place {
            kind,
            cell,
            output,
            span: self.map.original(span),
            start: Some(start),
            end: Some(self.position(span.end)),
            excerpt: Some(self.excerpt(span, start.column - 1, masker)),
        }
    }

    fn position(&self, offset: usize) -> LineColumn {
        let line = self.index.line(offset);
        let start = self.index.start(line);
        let (from, column) = match self.last.get() {
            (last, column) if (start..=offset).contains(&last) => (last, column),
            _ => (start, 1),
        };
        let column = column + Span::new(from, offset).slice(self.text).chars().count();
        self.last.set((offset, column));
        LineColumn { line: line + 1, column }
    }

    /// The line that `span` starts on, `column` characters into it: masked first and cut second, so that no cut bares
    /// part of a secret. What is far from the place isn't looked at.
    fn excerpt(&self, span: Span, column: usize, masker: &Masker) -> Excerpt {
        let line = self.index.line(span.start);
        let (start, end) = (self.index.start(line), self.index.end(line, self.text));
        let before = Span::new(start, span.start).slice(self.text);
        let shown_from = start_of_last(before, EXCERPT_BEFORE);
        let margin = start_of_last(before.get(..shown_from).unwrap_or_default(), MARGIN + masker.reach());
        let after = Span::new(span.start, end.max(span.start)).slice(self.text);
        let shown_to = end_of_first(after, EXCERPT_AFTER + MARGIN + masker.reach());
        let near = Span::new(start + margin, span.start + shown_to).slice(self.text);
        let skipped = before.get(margin..shown_from).unwrap_or_default().chars().count();
        let here = Span::new(span.start, span.end.min(end).max(span.start));
        let shown_before = column.min(EXCERPT_BEFORE);
        Excerpt {
            text: masker
                .conceal(near)
                .chars()
                .skip(skipped)
                .take(shown_before + EXCERPT_AFTER)
                .collect(),
            before: shown_before,
            marked: here.slice(self.text).chars().take(EXCERPT_AFTER).count().max(1),
        }
    }
}

/// Where the last `count` characters start.
fn start_of_last(text: &str, count: usize) -> usize {
    let mut last = text.char_indices().rev();
    count
        .checked_sub(1)
        .map_or(text.len(), |n| last.nth(n).map_or(0, |(at, _)| at))
}

/// Where the first `count` characters end.
fn end_of_first(text: &str, count: usize) -> usize {
    text.char_indices().nth(count).map_or(text.len(), |(at, _)| at)
}
