//! Cells and outputs.

use std::fmt;

use crate::json::{Decoded, NodeId};
use crate::text::Span;

/// Index of a cell in its notebook, from 0 over all cells. It prints as a person counts, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellIdx(pub usize);

impl CellIdx {
    /// The cell's number as people count, from 1.
    pub fn number(self) -> usize {
        self.0 + 1
    }
}

impl fmt::Display for CellIdx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number().fmt(f)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    Code,
    Markdown,
    Raw,
    /// nbformat 3: a heading of this level as a cell of its own.
    Heading(u8),
    /// A cell whose type is missing or unknown. It is kept and never touched.
    Unknown,
}

/// A source or an output's text: decoded, with the way back to the file's bytes.
pub type Text = Decoded;

#[derive(Clone, Debug)]
pub struct Cell {
    pub idx: CellIdx,
    pub kind: CellKind,
    /// The cell's JSON value.
    pub node: NodeId,
    pub span: Span,
    pub source: Text,
    /// The JSON value of the source, where there is one.
    pub source_node: Option<NodeId>,
    pub execution_count: Option<i64>,
    /// The JSON value of the count (`null` included), where there is one.
    pub execution_count_node: Option<NodeId>,
    pub id: Option<String>,
    pub tags: Vec<String>,
    pub metadata: Option<NodeId>,
    pub outputs: Vec<Output>,
    /// The JSON value of the list of outputs, where there is one.
    pub outputs_node: Option<NodeId>,
}

impl Cell {
    pub fn is_code(&self) -> bool {
        self.kind == CellKind::Code
    }

    /// A code cell that holds more than white space.
    pub fn has_code(&self) -> bool {
        self.is_code() && !self.source.text.trim().is_empty()
    }

    pub fn has_tag(&self, tag: &str) -> bool {
        self.tags.iter().any(|t| t == tag)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutputKind {
    /// `name`: `stdout` or `stderr`.
    Stream {
        name: String,
    },
    DisplayData,
    ExecuteResult {
        count: Option<i64>,
    },
    Error {
        name: String,
        value: String,
    },
    Unknown,
}

#[derive(Clone, Debug)]
pub struct Output {
    pub kind: OutputKind,
    pub node: NodeId,
    pub span: Span,
    /// MIME types and their values, in file order. Streams and errors have none.
    pub data: Vec<(String, NodeId)>,
    /// A stream's text, or an error's traceback (a list of lines).
    pub text: Option<NodeId>,
}

impl Output {
    /// The value shown under `mime`.
    pub fn mime(&self, mime: &str) -> Option<NodeId> {
        self.data.iter().find(|(name, _)| name == mime).map(|&(_, node)| node)
    }

    pub fn is_error(&self) -> bool {
        matches!(self.kind, OutputKind::Error { .. })
    }
}
