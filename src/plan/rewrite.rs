//! A piece's text as it will stand in the package: the author's own, with the few edits that the move needs.

use std::collections::BTreeMap;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{CmpOp, Expr, ExprCall, ExprCompare, Stmt};
use ruff_text_size::Ranged;

use crate::facts::{Facts, NameId, dotted};
use crate::python::{span, string_literal};
use crate::text::{EditSet, Span};

use super::annotate::annotate;
use super::event_loop::run_by_asyncio;
use super::forms::debugs;
use super::local::Local;
use super::magic::{Translation, script, translate};
use super::messages::{Messages, as_message};
use super::pieces::Piece;
use super::purity::{is_logger, is_module_name};
use super::unreached::ends_program;

/// What `__file__` is called in the package, where the module has one and the notebook had none.
pub(super) const NOTEBOOK_FILE: &str = "__notebook_file__";

/// What `__doc__` is in a kernel, where a module has another.
const KERNEL_DOC: &str = "\"Automatically created module for IPython interactive environment\"";

/// What the rewriting of a piece needs to know.
pub(super) struct Rewriting<'r> {
    pub facts: &'r Facts,
    pub local: &'r Local,
    /// Notebook names that became parameters under another name.
    pub renamed: &'r BTreeMap<NameId, String>,
    /// Literals that became parameters: their span in the cell's text, and the parameter.
    pub replaced: &'r [(Span, String)],
    /// Whether the notebook reaches names by text: `exec` then needs the module's namespace said.
    pub reflective: bool,
    /// Whether the step awaits: what `asyncio.run` ran is then awaited.
    pub awaits: bool,
    /// Names that are globals of the steps' module: Python lets no annotation stand beside `global`.
    pub shared: &'r dyn Fn(NameId) -> bool,
    /// Prefix of figure names, and how many the step has saved so far.
    pub figures: Option<&'r str>,
    /// Which prints become messages.
    pub messages: Messages,
}

/// A rewritten piece.
#[derive(Clone, Debug, Default)]
pub(super) struct Rewritten {
    pub text: String,
    /// Modules of the standard library that the edits brought in.
    pub imports: Vec<&'static str>,
    /// How many figures it saves by name.
    pub figures: usize,
}

/// Rewrites a piece; `saved` figures of the step have names already.
pub(super) fn rewrite(piece: &Piece<'_>, how: &Rewriting<'_>, saved: usize) -> Rewritten {
    let mut edits = EditSet::new();
    annotate(piece.stmt, &mut edits);
    how.local.relocate(piece.stmt, &piece.code.text, &mut edits);
    for (at, parameter) in how.replaced {
        let _ = edits.push(*at, parameter.as_str());
    }
    let scopes = piece.facts.scopes.iter().filter_map(|&id| how.facts.scope(id));
    for found in piece.facts.uses.iter().chain(scopes.flat_map(|s| &s.reads)) {
        if let Some(parameter) = how.renamed.get(&found.name).filter(|_| !found.in_text) {
            let _ = edits.push(span(found.range), parameter.as_str());
        }
    }
    let mut editor = Editor {
        how,
        piece,
        source: &piece.code.text,
        edits,
        imports: Vec::new(),
        figures: saved,
        depth: 0,
        decorated: false,
    };
    editor.visit_stmt(piece.stmt);
    let body = editor.edits.apply_within(&piece.code.text, piece.span);
    Rewritten {
        text: format!("{}{body}{}", piece.lead, piece.trail),
        imports: editor.imports,
        figures: editor.figures - saved,
    }
}

struct Editor<'r> {
    how: &'r Rewriting<'r>,
    piece: &'r Piece<'r>,
    /// The cell's text.
    source: &'r str,
    edits: EditSet,
    imports: Vec<&'static str>,
    figures: usize,
    /// How many function bodies are around.
    depth: usize,
    /// Whether one of them is decorated: what becomes of it is the decorator's business.
    decorated: bool,
}

impl Editor<'_> {
    /// An edit that meets another one is left out: the first to come decides.
    fn replace(&mut self, at: Span, text: impl Into<String>) {
        let _ = self.edits.push(at, text);
    }

    fn translated(&mut self, at: Span, translation: Translation) {
        match translation {
            Translation::Statement { code, import } | Translation::Expression { code, import } => {
                self.imports.push(import);
                self.replace(at, code);
            }
            Translation::Drop(_) | Translation::None(_) => self.replace(at, "pass"),
        }
    }

    /// `asyncio.new_event_loop`, reached as `function` is.
    fn new_loop(&self, function: &Expr) -> String {
        let text = span(function.range()).slice(self.source);
        text.replace("get_event_loop", "new_event_loop")
    }

    /// `x is "a"`, of which Python warns, says the same of the objects as `id(x) == id("a")`.
    fn identity(&mut self, compare: &ExprCompare) {
        let ([op], [right]) = (compare.ops.as_ref(), compare.comparators.as_ref()) else {
            return;
        };
        let literal = |e: &Expr| e.is_string_literal_expr() || e.is_number_literal_expr() || e.is_bytes_literal_expr();
        let says = match op {
            CmpOp::Is => " == ",
            CmpOp::IsNot => " != ",
            _ => return,
        };
        if (literal(&compare.left) || literal(right)) && !self.how.facts.is_value("id") {
            let (left, right) = (span(compare.left.range()), span(right.range()));
            let whole = span(compare.range);
            self.replace(Span::new(whole.start, left.start), "id(");
            self.replace(Span::new(left.end, right.start), format!("){says}id("));
            self.replace(Span::new(right.end, whole.end), ")");
        }
    }

    /// A backslash that escapes nothing is written twice, as Python asks: the string is the same.
    fn escapes(&mut self, at: Span, raw: bool) {
        let Some(text) = self.source.get(at.start..at.end).filter(|t| !raw && t.contains('\\')) else {
            return;
        };
        let mut chars = text.char_indices();
        while let Some((i, c)) = chars.next() {
            let Some((_, next)) = (c == '\\').then(|| chars.next()).flatten() else {
                continue;
            };
            if !"\n\r\\'\"abfnrtv01234567xNuU".contains(next) {
                let place = at.start + i;
                self.replace(Span::new(place, place), "\\");
            }
        }
    }

    /// `print(…)` as a statement, where messages are printed alike.
    fn print(&mut self, call: &ExprCall) {
        let is_print = call.func.as_name_expr().is_some_and(|name| name.id.as_str() == "print");
        let converts = match self.depth {
            0 => self.how.messages.in_steps,
            _ => self.how.messages.in_functions && !self.decorated,
        };
        if !is_print || !converts || self.how.reflective {
            return;
        }
        let taken = |at: Span| {
            let mut spans = self.how.replaced.iter().map(|(span, _)| span);
            spans.any(|span| span.start < at.end && at.start < span.end)
        };
        for (at, text) in as_message(call, self.source, &taken).into_iter().flatten() {
            self.replace(at, text);
        }
    }

    fn call(&mut self, call: &ExprCall) {
        let path = dotted(&call.func, &self.how.facts.imports).unwrap_or_default();
        let at = span(call.range());
        if let Some(awaited) = run_by_asyncio(call, &self.how.facts.imports)
            && self.how.awaits
            && self.depth == 0
        {
            let inner = span(awaited.range());
            self.replace(Span::new(at.start, inner.start), "(await (");
            self.replace(Span::new(inner.end, at.end), "))");
            return;
        }
        match path.as_str() {
            // the kernel's loop is there already, a program's has to be made
            "asyncio.get_event_loop" if !self.how.awaits && self.depth == 0 => {
                self.replace(span(call.func.range()), self.new_loop(&call.func));
            }
            // what the kernel and the interactive interpreter call so
            "exit" | "quit" if ends_program(&call.func, self.how.facts) => {
                self.imports.push("sys");
                self.replace(span(call.func.range()), "sys.exit");
            }
            "matplotlib.pyplot.show" => {
                if let (Some(prefix), 0) = (self.how.figures, self.depth) {
                    self.figures += 1;
                    let name = format!("save_figures(figures_dir, \"{prefix}-{}\")", self.figures);
                    self.replace(at, name);
                }
            }
            "display" | "displayHTML" if !self.how.facts.is_value(&path) => {
                self.replace(span(call.func.range()), "print");
            }
            "exec" if self.how.reflective && call.arguments.len() == 1 => {
                let end = at.end.saturating_sub(1);
                self.replace(Span::new(end, end), ", globals()");
            }
            "locals" | "vars" if self.how.reflective && call.arguments.is_empty() && self.depth == 0 => {
                self.replace(span(call.func.range()), "globals");
            }
            _ => {}
        }
    }
}

impl<'a> Visitor<'a> for Editor<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::AnnAssign(assign) if self.depth == 0 => {
                let name = assign
                    .target
                    .as_name_expr()
                    .and_then(|n| self.how.facts.names.find(n.id.as_str()));
                if name.is_some_and(self.how.shared) {
                    let target = span(assign.target.range()).end;
                    self.replace(Span::new(target, span(assign.annotation.range()).end), "");
                }
            }
            Stmt::IpyEscapeCommand(command) => {
                let translation = match self.how.local.runs(&command.value) {
                    Some(module) => script(&format!("run_module({}", string_literal(&module))),
                    None => translate(self.how.facts, self.piece, command.kind, &command.value, false),
                };
                self.translated(span(command.range), translation);
                return;
            }
            // Python warns of it, and tests the same: a tuple with something in it always holds
            Stmt::Assert(assert) if assert.test.as_tuple_expr().is_some_and(|t| !t.elts.is_empty()) => {
                let test = span(assert.test.range());
                self.replace(Span::new(span(assert.range).start, test.start), "");
            }
            // in a notebook this always holds; in a package it never does
            Stmt::If(stmt_if) if crate::facts::is_main_test(&stmt_if.test) => {
                self.replace(span(stmt_if.test.range()), "True");
            }
            // a program that nobody watches must not wait for one
            Stmt::Expr(expr) if debugs(&expr.value, &self.how.facts.imports) => {
                self.replace(span(expr.range), "pass");
                return;
            }
            Stmt::FunctionDef(function) => {
                let around = self.decorated;
                self.decorated |= !function.decorator_list.is_empty();
                self.depth += 1;
                walk_stmt(self, stmt);
                self.depth -= 1;
                self.decorated = around;
                return;
            }
            Stmt::Expr(expr) => {
                if let Expr::Call(call) = expr.value.as_ref() {
                    self.print(call);
                }
            }
            _ => {}
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::IpyEscapeCommand(command) => {
                self.translated(
                    span(command.range),
                    translate(self.how.facts, self.piece, command.kind, &command.value, true),
                );
            }
            // a logger takes the name of its module, as everywhere
            Expr::Call(call) if is_logger(expr, &self.how.facts.imports) => {
                self.visit_expr(&call.func);
                return;
            }
            Expr::Name(name) if is_module_name(expr) && name.ctx.is_load() => {
                self.replace(span(name.range), "\"__main__\"");
            }
            // a notebook has none, and what asks for it relies on that
            Expr::Name(name) if name.id.as_str() == "__file__" && !self.how.facts.is_value("__file__") => {
                self.replace(span(name.range), NOTEBOOK_FILE);
            }
            Expr::Name(name) if name.id.as_str() == "__doc__" && !self.how.facts.is_value("__doc__") => {
                self.replace(span(name.range), KERNEL_DOC);
            }
            Expr::Call(call) => self.call(call),
            Expr::Compare(compare) => self.identity(compare),
            Expr::StringLiteral(literal) => {
                for part in &literal.value {
                    self.escapes(span(part.range), part.flags.prefix().is_raw());
                }
            }
            Expr::BytesLiteral(literal) => {
                for part in &literal.value {
                    self.escapes(span(part.range), part.flags.prefix().is_raw());
                }
            }
            Expr::Lambda(_) => {
                self.depth += 1;
                walk_expr(self, expr);
                self.depth -= 1;
                return;
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}
