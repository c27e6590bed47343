//! Where something stands, with the line to show for it.

use crate::notebook::CellIdx;
use crate::text::{LineColumn, LineIndex, Masker, OffsetMap, Span};

/// Characters of a line that an excerpt keeps before and after the place's start.
const EXCERPT_BEFORE: usize = 60;
const EXCERPT_AFTER: usize = 120;

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
}

impl<'t> Located<'t> {
    pub fn new(text: &'t str, map: &'t OffsetMap) -> Self {
        Self {
            text,
            map,
            index: LineIndex::new(text),
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
        Place {
            kind,
            cell,
            output,
            span: self.map.original(span),
            start: Some(self.index.position(self.text, span.start)),
            end: Some(self.index.position(self.text, span.end)),
            excerpt: Some(excerpt(self.text, &self.index, span, masker)),
        }
    }
}

/// The line that `span` starts on, masked first and cut second, so that no cut bares part of a secret.
fn excerpt(text: &str, index: &LineIndex, span: Span, masker: &Masker) -> Excerpt {
    let line_number = index.line(span.start);
    let start = index.start(line_number);
    let line = text.get(start..).unwrap_or_default().lines().next().unwrap_or_default();
    let column = Span::new(start, span.start).slice(text).chars().count();
    let here = Span::new(span.start, span.end.min(start + line.len()));
    let width = here.slice(text).chars().count();
    let masked = masker.mask(line);
    let skipped = column.saturating_sub(EXCERPT_BEFORE);
    let kept = column - skipped + EXCERPT_AFTER;
    Excerpt {
        text: masked.chars().skip(skipped).take(kept).collect(),
        before: column - skipped,
        marked: width.clamp(1, EXCERPT_AFTER),
    }
}
