//! A notebook's top-level statements as pieces of text: each with the comments that belong to it, and its fate.

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;

use crate::facts::{Facts, Statement};
use crate::notebook::CellIdx;
use crate::python::{CellCode, span};
use crate::text::Span;

use super::fate::single_assignment;

/// Where a statement goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Into the step of its cell.
    Keep,
    /// An import, to the top of the modules that use it.
    Import,
    /// An import from a module that only the notebook's platform has, or what opens a store of its secrets: what the
    /// notebook takes of it is handed to `run`.
    Given,
    /// A function or class, to the top level of `functions.py`.
    Function,
    /// A function or class that reads shared state, to the top level of `steps.py`.
    StateFunction,
    /// A constant that functions read, to the top level of `functions.py`.
    Constant,
    /// A constant that a run may vary: a field of `Config`.
    Config,
    /// A test of the notebook's own, to the package's tests.
    Test,
    /// Not taken over, because it computes nothing.
    Dropped(String),
    /// Stays in the thin notebook: it can't be Python in a package, or depends on what can't.
    Left(String),
}

/// Why what only lets a person see a value is dropped.
pub(super) const SHOWS: &str = "shows a value";

/// A top-level statement.
pub(super) struct Piece<'a> {
    pub cell: CellIdx,
    pub code: &'a CellCode,
    pub stmt: &'a Stmt,
    pub facts: &'a Statement,
    /// The statement in the cell's text.
    pub span: Span,
    /// The comment lines above it, dedented, with a leading empty line where the author left one.
    pub lead: String,
    /// The comment behind it on its line, and those below it at the end of the cell.
    pub trail: String,
    /// Whether it is the cell's last statement and its value is shown.
    pub displayed: bool,
    pub fate: Fate,
}

impl Piece<'_> {
    pub fn text(&self) -> &str {
        self.span.slice(&self.code.text)
    }

    pub fn is_kept(&self) -> bool {
        self.fate == Fate::Keep
    }

    /// Whether it is dropped because it only lets a person see a value.
    pub fn only_shows(&self) -> bool {
        matches!(&self.fate, Fate::Dropped(reason) if reason == SHOWS)
    }

    /// Whether it goes into the package, in whatever form.
    pub fn is_taken(&self) -> bool {
        !matches!(self.fate, Fate::Dropped(_) | Fate::Left(_))
    }

    /// What an assignment of nothing but this name gives it.
    pub fn value_of(&self, name: &str) -> Option<&Expr> {
        let (target, value) = single_assignment(self.stmt)?;
        (target == name).then_some(value)
    }
}

/// The pieces of all cells that are Python, in page order.
pub(super) fn pieces<'a>(cells: &'a [CellCode], facts: &'a Facts) -> Vec<Piece<'a>> {
    let mut out = Vec::new();
    for (code, cell_facts) in cells.iter().zip(&facts.cells) {
        let statements = code.statements();
        let mut at = 0;
        for (i, (stmt, stmt_facts)) in statements.iter().zip(&cell_facts.statements).enumerate() {
            let here = statement_span(stmt);
            let lead = comment_lines(Span::new(at, here.start).slice(&code.text), i > 0);
            let (comment, end) = comment_behind(&code.text, here.end);
            at = end;
            let is_last = i + 1 == statements.len();
            let mut trail = comment;
            if is_last {
                let below = comment_lines(Span::new(at, code.text.len()).slice(&code.text), true);
                if !below.is_empty() {
                    trail.push('\n');
                    trail.push_str(&below);
                }
            }
            out.push(Piece {
                cell: code.idx,
                code,
                stmt,
                facts: stmt_facts,
                span: here,
                lead,
                trail,
                displayed: is_last && matches!(stmt, Stmt::Expr(_)) && !ends_with_semicolon(&code.text, here.end),
                fate: Fate::Keep,
            });
        }
    }
    out
}

/// A decorated definition starts at its first decorator.
fn statement_span(stmt: &Stmt) -> Span {
    let range = span(stmt.range());
    let decorators = match stmt {
        Stmt::FunctionDef(def) => def.decorator_list.first(),
        Stmt::ClassDef(def) => def.decorator_list.first(),
        _ => None,
    };
    let start = decorators.map_or(range.start, |d| span(d.range()).start.min(range.start));
    Span::new(start, range.end)
}

fn comment_lines(between: &str, keep_blank: bool) -> String {
    let mut out = String::new();
    let mut blank = false;
    for line in between.lines() {
        let line = line.trim().trim_start_matches(';').trim();
        if line.starts_with('#') {
            if blank && (keep_blank || !out.is_empty()) {
                out.push('\n');
            }
            blank = false;
            out.push_str(line);
            out.push('\n');
        } else {
            blank |= line.is_empty();
        }
    }
    if out.is_empty() && keep_blank && between.matches('\n').count() > 1 {
        out.push('\n');
    }
    out
}

/// The comment that follows on the same line, and where it ends.
fn comment_behind(text: &str, end: usize) -> (String, usize) {
    let rest = text.get(end..).unwrap_or_default();
    let line = rest.split(['\n', '\r']).next().unwrap_or_default();
    let after = line.trim_start().trim_start_matches(';').trim_start();
    if after.starts_with('#') {
        (format!("  {}", after.trim_end()), end + line.len())
    } else {
        (String::new(), end)
    }
}

fn ends_with_semicolon(text: &str, end: usize) -> bool {
    text.get(end..)
        .unwrap_or_default()
        .trim_start_matches([' ', '\t'])
        .starts_with(';')
}
