//! Calls that read or write a file at a path, by `data/io.tsv`.

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, ExprCall, Stmt};
use ruff_text_size::{Ranged, TextRange};

use crate::python::Table;

use super::effects::{Imports, dotted};

static IO: Table = Table::new(include_str!("../../data/io.tsv"));

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Read,
    Write,
    /// Both: a database, which is made where there is none.
    Update,
}

/// A call that takes a file's path.
#[derive(Clone, Debug)]
pub struct IoCall {
    /// As in the table: a dotted path, or `.method`.
    pub callable: String,
    pub direction: Direction,
    /// The whole call.
    pub range: TextRange,
    /// The path argument.
    pub path: TextRange,
    /// The path, where it is a plain string.
    pub literal: Option<String>,
    /// The name, where the path is one.
    pub name: Option<String>,
    /// The exception that a missing file raises and that names the file, where that is known.
    pub missing: Option<&'static str>,
}

/// The I/O calls of a statement, in source order, those in functions defined there included.
pub fn io_calls(stmt: &Stmt, imports: &Imports) -> Vec<IoCall> {
    let mut finder = Finder {
        imports,
        found: Vec::new(),
    };
    finder.visit_stmt(stmt);
    finder.found.sort_by_key(|call| call.range.start());
    finder.found
}

struct Finder<'f> {
    imports: &'f Imports,
    found: Vec<IoCall>,
}

impl<'a> Visitor<'a> for Finder<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            self.found.extend(io_call(call, self.imports));
        }
        walk_expr(self, expr);
    }
}

fn io_call(call: &ExprCall, imports: &Imports) -> Option<IoCall> {
    let by_path = dotted(&call.func, imports).and_then(|path| IO.get(&path).map(|row| (path, row)));
    let (callable, row) = by_path.or_else(|| {
        let Expr::Attribute(attribute) = call.func.as_ref() else {
            return None;
        };
        let method = format!(".{}", attribute.attr);
        IO.get(&method).map(|row| (method, row))
    })?;
    let mut columns = row.split('\t');
    let direction = columns.next()?;
    // `-`: the path can only be given by keyword
    let position: usize = columns.next()?.parse().unwrap_or(usize::MAX);
    let keyword = columns.next().unwrap_or_default();
    let missing = columns.next().filter(|m| *m != "-" && !m.is_empty());
    let path = call.arguments.find_argument_value(keyword, position)?;
    let literal = match path {
        Expr::StringLiteral(literal) => Some(literal.value.to_str().to_owned()),
        _ => None,
    };
    let name = match path {
        Expr::Name(name) => Some(name.id.to_string()),
        _ => None,
    };
    let direction = match direction {
        "read" => Direction::Read,
        "write" => Direction::Write,
        "update" => Direction::Update,
        _ if opens_for_writing(call) => Direction::Write,
        _ => Direction::Read,
    };
    Some(IoCall {
        callable,
        direction,
        range: call.range(),
        path: path.range(),
        literal,
        name,
        missing,
    })
}

/// The call, where it reads or writes the file at a path that is written out, and that path without a `./` before it.
pub(super) fn file_call(call: &ExprCall, imports: &Imports) -> Option<(IoCall, String)> {
    let is_path = |value: &Expr| {
        let literal = value.as_string_literal_expr();
        // what is a name as well could be taken for one
        literal.is_some_and(|literal| literal.value.to_str().contains(['.', '/', '\\']))
    };
    if !call
        .arguments
        .iter_source_order()
        .any(|argument| is_path(argument.value()))
    {
        return None;
    }
    let found = io_call(call, imports)?;
    let path = found.literal.as_deref()?;
    let path = path.trim_start_matches("./");
    let is_file = path.contains(['.', '/', '\\']) && !path.contains("://");
    is_file.then(|| path.to_owned()).map(|path| (found, path))
}

fn opens_for_writing(call: &ExprCall) -> bool {
    mode(call).is_some_and(|mode| mode.contains(['w', 'a', 'x', '+']))
}

/// Whether a call keeps what the file held, and writes behind it.
pub(super) fn appends(call: &ExprCall) -> bool {
    mode(call).is_some_and(|mode| mode.contains(['a', '+']))
}

fn mode(call: &ExprCall) -> Option<&str> {
    let opens = match call.func.as_ref() {
        Expr::Name(name) => name.id.as_str() == "open",
        Expr::Attribute(attribute) => attribute.attr.as_str() == "open",
        _ => false,
    };
    // others have it by keyword only
    let position = if opens { 1 } else { usize::MAX };
    let mode = call.arguments.find_argument_value("mode", position)?;
    Some(mode.as_string_literal_expr()?.value.to_str())
}
