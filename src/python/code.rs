//! A code cell, parsed: its text as Python sees it, its body, its magics.

use ruff_python_ast::{ModModule, Stmt};
use ruff_python_parser::Parsed;
use ruff_text_size::{Ranged, TextRange};

use crate::notebook::CellIdx;
use crate::text::{OffsetMap, Span};

use super::magics::Effect;

/// How a magic is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MagicKind {
    /// `%name …`
    Line,
    /// `%%name …` as the cell's first line.
    Cell,
    /// `!command` or `!!command`
    Shell,
    /// `name?` or `?name`
    Help,
    /// `,f a b`, `;f a b`, `/f a b`: calls without parentheses.
    AutoCall,
}

/// A magic or shell escape.
#[derive(Clone, Debug)]
pub struct Magic {
    pub kind: MagicKind,
    /// Without `%` or `!`; empty for a shell escape.
    pub name: String,
    /// All that follows the name: options, a statement, a shell command.
    pub arguments: String,
    pub effect: Effect,
    /// Where it stands in the cell's source (not in [`CellCode::text`], which may lack it).
    pub source: Span,
}

/// Why a cell is no Python, and where in [`CellCode::text`].
#[derive(Clone, Debug)]
pub struct SyntaxError {
    pub message: String,
    pub span: Span,
}

/// What a code cell's text is.
#[derive(Clone, Debug)]
pub enum Body {
    /// Python that runs in the notebook's namespace.
    Python(Parsed<ModModule>),
    /// Python that reads the notebook's names and binds none of them (`%%timeit`).
    Private(Parsed<ModModule>),
    /// What the parser made of a cell that isn't Python.
    Broken(Parsed<ModModule>, SyntaxError),
    /// Text in another language, or for another process, under this cell magic.
    Foreign,
}

/// A code cell as Python sees it.
#[derive(Clone, Debug)]
pub struct CellCode {
    pub idx: CellIdx,
    /// What was parsed: the source without prompts, common indent, cell magics and `%time`-like prefixes.
    pub text: String,
    /// From `text` to the cell's decoded source.
    pub to_source: OffsetMap,
    /// From `text` to the file's bytes.
    pub to_file: OffsetMap,
    pub body: Body,
    pub magics: Vec<Magic>,
}

impl CellCode {
    /// The statements that run in the notebook's namespace: none where the cell isn't Python.
    pub fn statements(&self) -> &[Stmt] {
        match &self.body {
            Body::Python(parsed) => &parsed.syntax().body,
            Body::Private(_) | Body::Broken(..) | Body::Foreign => &[],
        }
    }

    /// The parsed module, whatever it is good for.
    pub fn parsed(&self) -> Option<&Parsed<ModModule>> {
        match &self.body {
            Body::Python(parsed) | Body::Private(parsed) | Body::Broken(parsed, _) => Some(parsed),
            Body::Foreign => None,
        }
    }

    pub fn syntax_error(&self) -> Option<&SyntaxError> {
        match &self.body {
            Body::Broken(_, error) => Some(error),
            _ => None,
        }
    }

    /// The cell magic that decides what the body is, where there is one.
    pub fn cell_magic(&self) -> Option<&Magic> {
        self.magics.iter().rfind(|magic| magic.kind == MagicKind::Cell)
    }

    /// The text of a node.
    pub fn slice(&self, node: &impl Ranged) -> &str {
        span(node.range()).slice(&self.text)
    }
}

/// A parser's range as a span.
pub(crate) fn span(range: TextRange) -> Span {
    Span::new(range.start().to_usize(), range.end().to_usize())
}
