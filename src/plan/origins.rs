//! Which lines of the notebook each statement of the package comes from.

use ruff_python_ast::Stmt;
use ruff_python_ast::visitor::{Visitor, walk_stmt};
use ruff_python_parser::parse_module;
use ruff_text_size::Ranged;

use crate::notebook::{CellIdx, Notebook};
use crate::python::{CellCode, MagicKind, span};
use crate::text::{LineIndex, Span};

use super::pieces::Piece;

/// Lines of a cell's source, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub cell: CellIdx,
    /// The cell's id, where it has one.
    pub id: Option<String>,
    pub lines: (usize, usize),
}

/// The statements of a body, those inside them behind each, with how deep they stand.
pub fn nested(body: &[Stmt]) -> Vec<(usize, &Stmt)> {
    struct Nested<'a> {
        depth: usize,
        found: Vec<(usize, &'a Stmt)>,
    }
    impl<'a> Visitor<'a> for Nested<'a> {
        fn visit_stmt(&mut self, stmt: &'a Stmt) {
            self.found.push((self.depth, stmt));
            self.depth += 1;
            walk_stmt(self, stmt);
            self.depth -= 1;
        }
    }
    let mut walk = Nested {
        depth: 0,
        found: Vec::new(),
    };
    walk.visit_body(body);
    walk.found
}

/// The origin of each statement of `text`, in the order of [`nested`], where `parts` says which of its bytes are a piece's;
/// nothing for what no piece says.
pub(super) fn origins(notebook: &Notebook<'_>, text: &str, parts: &[(Span, &Piece<'_>)]) -> Vec<Option<Origin>> {
    let Ok(module) = parse_module(text) else {
        return Vec::new();
    };
    let body = &module.syntax().body;
    let piece_at = |stmt: &Stmt| {
        let at = span(stmt.range()).start;
        let part = parts.iter().position(|(part, _)| part.start <= at && at < part.end);
        part.and_then(|part| parts.get(part))
    };
    let mut out = Vec::new();
    // what one piece has become stands together
    for group in body.chunk_by(|one, next| piece_at(one).map(|part| part.0) == piece_at(next).map(|part| part.0)) {
        let now = nested(group);
        let Some((_, piece)) = group.first().and_then(piece_at) else {
            out.extend(now.iter().map(|_| None));
            continue;
        };
        let was = nested(std::slice::from_ref(piece.stmt));
        let alike = now.len() == was.len() && now.iter().zip(&was).all(|(now, was)| now.0 == was.0);
        let lines = Lines::of(notebook, piece);
        let here = was.iter().map(|(_, stmt)| lines.origin(span(stmt.range())));
        if alike {
            out.extend(here.map(Some));
        } else {
            out.extend(now.iter().map(|_| Some(lines.origin(piece.span))));
        }
    }
    out
}

/// The first and last line of a piece in its cell's source, from 1.
pub(super) fn lines_of(notebook: &Notebook<'_>, piece: &Piece<'_>) -> (usize, usize) {
    Lines::of(notebook, piece).origin(piece.span).lines
}

/// The line of the cell's source, from 1, that a piece begins on, where that is timed: `%time f()`.
pub(super) fn timed_line(notebook: &Notebook<'_>, piece: &Piece<'_>) -> Option<usize> {
    let timers = piece.code.magics.iter();
    let mut timers = timers
        .filter(|magic| magic.kind == MagicKind::Line && magic.name == "time")
        .peekable();
    timers.peek()?;
    let lines = Lines::of(notebook, piece);
    let first = lines.origin(piece.span).lines.0;
    timers
        .any(|magic| lines.index.line(magic.source.start) + 1 == first)
        .then_some(first)
}

/// The line of a cell's source, from 1, where it stops being Python.
pub(super) fn first_bad_line(notebook: &Notebook<'_>, code: &CellCode) -> Option<usize> {
    let error = code.syntax_error()?;
    let cell = notebook.cell(code.idx)?;
    let at = code
        .to_source
        .original(Span::new(error.span.start, error.span.start))
        .start;
    Some(LineIndex::new(&cell.source.text).line(at) + 1)
}

struct Lines<'p> {
    piece: &'p Piece<'p>,
    id: Option<String>,
    index: LineIndex,
}

impl<'p> Lines<'p> {
    fn of(notebook: &Notebook<'_>, piece: &'p Piece<'_>) -> Self {
        let cell = notebook.cell(piece.cell);
        Self {
            piece,
            id: cell.and_then(|cell| cell.id.clone()),
            index: LineIndex::new(cell.map_or("", |cell| cell.source.text.as_str())),
        }
    }

    fn origin(&self, here: Span) -> Origin {
        let last = Span::new(here.end.saturating_sub(1).max(here.start), here.end);
        let in_source = |part: Span| self.piece.code.to_source.original(part);
        let first = Span::new(here.start, (here.start + 1).min(here.end));
        Origin {
            cell: self.piece.cell,
            id: self.id.clone(),
            lines: (
                self.index.line(in_source(first).start) + 1,
                self.index.line(in_source(last).start) + 1,
            ),
        }
    }
}
