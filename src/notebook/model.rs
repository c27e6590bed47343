//! The notebook itself, and what is wrong with its form.

use crate::json::{Decoded, Document, Kind, NodeId, decode, decode_lines, text_of};
use crate::text::Span;

use super::cell::{Cell, CellIdx, Output};
use super::language::Language;

/// Something about the file's form that a person should know. The rest of the notebook is read all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub message: String,
    pub span: Span,
}

/// A notebook: spans into `text`, the whole file.
#[derive(Clone, Debug)]
pub struct Notebook<'t> {
    pub text: &'t str,
    pub json: Document,
    /// nbformat and its minor version, 0 where it is missing.
    pub format: (i64, i64),
    pub language: Language,
    /// The language's version as the kernel gave it.
    pub language_version: Option<String>,
    pub metadata: Option<NodeId>,
    pub cells: Vec<Cell>,
    pub problems: Vec<Problem>,
}

impl Notebook<'_> {
    pub fn cell(&self, idx: CellIdx) -> Option<&Cell> {
        self.cells.get(idx.0)
    }

    pub fn code_cells(&self) -> impl Iterator<Item = &Cell> {
        self.cells.iter().filter(|cell| cell.is_code())
    }

    /// Decodes a string, or a list of strings joined. Anything else decodes to nothing.
    pub fn text_of(&self, node: NodeId) -> Decoded {
        text_of(&self.json, self.text, node)
    }

    /// An error's traceback: a list of frames, each on lines of its own.
    pub fn frames(&self, output: &Output) -> Option<String> {
        let node = output.text.filter(|_| output.is_error())?;
        if self.json.kind(node) != Kind::Array {
            return Some(self.text_of(node).text);
        }
        let frames = self.json.items(node).map(|item| self.text_of(item).text);
        Some(frames.collect::<Vec<_>>().join("\n"))
    }

    /// The value at a path of keys below `node`.
    pub fn lookup(&self, node: NodeId, path: &[&str]) -> Option<NodeId> {
        path.iter().try_fold(node, |at, key| self.json.get(self.text, at, key))
    }

    /// The string at a path of keys below the notebook's metadata.
    pub fn metadata_string(&self, path: &[&str]) -> Option<String> {
        let node = self.lookup(self.metadata?, path)?;
        matches!(self.json.kind(node), Kind::String { .. }).then(|| self.text_of(node).text)
    }
}

/// As [`text_of`], for nbformat 2, whose lists hold lines without their ends.
pub(super) fn lines_of(json: &Document, text: &str, node: NodeId) -> Decoded {
    let strings: Vec<Span> = json
        .items(node)
        .filter(|&item| matches!(json.kind(item), Kind::String { .. }))
        .map(|item| json.span(item))
        .collect();
    let ends = |span: &Span| decode(text, *span).text.ends_with('\n');
    if json.kind(node) != Kind::Array || strings.iter().any(ends) {
        return text_of(json, text, node);
    }
    decode_lines(text, strings.into_iter())
}
