//! What cells ask of the kernel, said in Python where the page tells the answer: results by their place (`_`, `Out[3]`),
//! cells by theirs (`In[1]`), whether there is a kernel at all, and calls that are magics by another name.
//!
//! It comes before the facts, so that an answer is a name or a value as any other.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{CmpOp, Expr, ExprCall, ExprSubscript, Number, Stmt};
use ruff_text_size::Ranged;

use crate::notebook::{CellIdx, Notebook};
use crate::python::{CellCode, MagicKind, reworded, span, string_literal};
use crate::text::{EditSet, Span};

use super::results_shown::{Shown, shown};

/// The cells with what they ask answered; `secret` are cells whose text must not be repeated.
pub fn answered(notebook: &Notebook<'_>, cells: Vec<CellCode>, secret: &[CellIdx]) -> Vec<CellCode> {
    let page = Page::of(notebook, &cells, secret);
    let mut edits: BTreeMap<usize, EditSet> = BTreeMap::new();
    let mut asked: BTreeSet<usize> = BTreeSet::new();
    for (at, code) in cells.iter().enumerate() {
        let mut asking = Asking {
            page: &page,
            code,
            at,
            edits: EditSet::new(),
            asked: Vec::new(),
        };
        for stmt in code.statements() {
            asking.visit_stmt(stmt);
        }
        asked.extend(asking.asked);
        if !asking.edits.is_empty() {
            edits.insert(at, asking.edits);
        }
    }
    for at in asked {
        let Some(last) = cells.get(at).and_then(|code| code.statements().last()) else {
            continue;
        };
        let name = page.name(at);
        let range = span(last.range());
        let named = edits.entry(at).or_default();
        // the name is shown in its place, as the value was
        let _ = named.push(Span::new(range.start, range.start), format!("{name} = "));
        let _ = named.push(Span::new(range.end, range.end), format!("\n{name}"));
    }
    let edited = |(at, code): (usize, CellCode)| match edits.get(&at) {
        Some(edits) => reworded(&code, edits).unwrap_or(code),
        None => code,
    };
    cells.into_iter().enumerate().map(edited).collect()
}

/// The cells in the order in which a run from the top takes them.
struct Page {
    /// What each cell shows at its end.
    shown: Vec<Shown>,
    /// The text of each cell that ran and can be repeated; nothing for what the kernel passes over.
    texts: Vec<Option<Option<String>>>,
    /// Cells by the number that the kernel gives them; empty where the counts don't follow the page.
    numbers: BTreeMap<u64, usize>,
    in_order: bool,
    /// Names that the notebook binds anywhere, which are then no longer the kernel's.
    bound: BTreeSet<String>,
    /// Names for the kernel itself, `ip = get_ipython()`.
    kernels: BTreeSet<String>,
}

impl Page {
    fn of(notebook: &Notebook<'_>, cells: &[CellCode], secret: &[CellIdx]) -> Self {
        let mut names = Bound::default();
        for stmt in cells.iter().flat_map(CellCode::statements) {
            names.visit_stmt(stmt);
        }
        let once = |name: &&String| names.all.iter().filter(|bound| bound == name).count() == 1;
        let kernels = names.kernels.iter().filter(once).cloned().collect();
        let mut texts = Vec::new();
        let mut counts = Vec::new();
        for code in cells {
            let cell = notebook.cell(code.idx).filter(|cell| cell.has_code());
            let plain = |text: &str| text == code.text && code.magics.is_empty() && !secret.contains(&code.idx);
            texts.push(cell.map(|cell| {
                let text = cell.source.text.trim_end_matches('\n');
                plain(&cell.source.text).then(|| text.to_owned())
            }));
            counts.push(cell.map(|cell| cell.execution_count));
        }
        let ran: Vec<Option<i64>> = counts.iter().flatten().copied().collect();
        let fresh = ran.iter().all(Option::is_none);
        let in_order = fresh || (ran.iter().all(Option::is_some) && ran.is_sorted_by(|a, b| a < b));
        let mut numbers = BTreeMap::new();
        let mut position = 0;
        for (at, count) in counts.iter().enumerate() {
            let Some(count) = count else { continue };
            position += 1;
            let number = count.map_or(Some(position), |count| u64::try_from(count).ok());
            numbers.extend(number.filter(|_| in_order).map(|number| (number, at)));
        }
        Self {
            shown: cells.iter().map(|code| shown(notebook, code)).collect(),
            texts,
            numbers,
            in_order,
            bound: names.all.into_iter().collect(),
            kernels,
        }
    }

    /// The name for what a cell shows.
    fn name(&self, at: usize) -> String {
        let mut name = format!("out_{at}");
        while self.bound.contains(&name) {
            name.push('_');
        }
        name
    }

    /// The cell whose result is the `back`-th last one before the cell `at`, from 1.
    fn result_before(&self, at: usize, back: usize) -> Option<usize> {
        let mut left = back;
        for before in (0..at).rev().filter(|_| self.in_order) {
            match self.shown.get(before)? {
                Shown::Nothing => {}
                Shown::Unknown => return None,
                Shown::Value => left -= 1,
            }
            if left == 0 {
                return Some(before);
            }
        }
        None
    }

    fn result_of(&self, number: u64, at: usize) -> Option<usize> {
        let found = *self.numbers.get(&number)?;
        (found < at && self.shown.get(found) == Some(&Shown::Value)).then_some(found)
    }

    /// The text of the `back`-th last cell that ran before the cell `at`, from 1, as a literal.
    fn text_before(&self, at: usize, back: usize) -> Option<String> {
        let ran = self.texts.get(..at)?.iter().rev().flatten();
        let text = ran.filter(|_| self.in_order).nth(back - 1)?;
        text.as_deref().map(string_literal)
    }

    fn text_of(&self, number: u64, at: usize) -> Option<String> {
        let found = self.numbers.get(&number).filter(|found| **found <= at)?;
        let text = self.texts.get(*found)?.as_ref()?;
        text.as_deref().map(string_literal)
    }
}

/// What one cell asks.
struct Asking<'a> {
    page: &'a Page,
    code: &'a CellCode,
    at: usize,
    edits: EditSet,
    /// Cells whose results it asks for.
    asked: Vec<usize>,
}

impl Asking<'_> {
    fn answer(&mut self, asked: &impl Ranged, answer: impl Into<String>) {
        // of two answers in one place the outer one came first
        let _ = self.edits.push(span(asked.range()), answer);
    }

    fn result(&mut self, asked: &impl Ranged, found: Option<usize>) {
        if let Some(found) = found {
            self.asked.push(found);
            self.answer(asked, self.page.name(found));
        }
    }

    fn name(&mut self, expr: &Expr, name: &str) {
        if self.page.bound.contains(name) || !name.starts_with('_') {
            return;
        }
        let number = |mark: &str| name.strip_prefix(mark).and_then(|digits| digits.parse::<u64>().ok());
        let text = match name {
            "_" | "__" | "___" => return self.result(expr, self.page.result_before(self.at, name.len())),
            "_i" | "_ii" | "_iii" => self.page.text_before(self.at, name.len() - 1),
            _ => match (number("_"), number("_i")) {
                (Some(number), _) => return self.result(expr, self.page.result_of(number, self.at)),
                (None, Some(number)) => self.page.text_of(number, self.at),
                (None, None) => None,
            },
        };
        if let Some(text) = text {
            self.answer(expr, text);
        }
    }

    fn item(&mut self, subscript: &ExprSubscript) {
        let (Expr::Name(list), Expr::NumberLiteral(literal)) = (subscript.value.as_ref(), subscript.slice.as_ref())
        else {
            return;
        };
        let Number::Int(number) = &literal.value else { return };
        let list = list.id.as_str();
        let Some(number) = number.as_u64().filter(|_| !self.page.bound.contains(list)) else {
            return;
        };
        match list {
            "Out" | "_oh" => self.result(subscript, self.page.result_of(number, self.at)),
            "In" | "_ih" => {
                if let Some(text) = self.page.text_of(number, self.at) {
                    self.answer(subscript, text);
                }
            }
            _ => {}
        }
    }

    fn is_kernel(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Call(call) => {
                call.arguments.is_empty()
                    && matches!(call.func.as_ref(), Expr::Name(name) if name.id.as_str() == "get_ipython")
            }
            Expr::Name(name) => self.page.kernels.contains(name.id.as_str()),
            _ => false,
        }
    }

    /// `get_ipython().run_line_magic("x", "y")` as `%x y`.
    fn escape(&self, call: &ExprCall) -> Option<String> {
        let method = call
            .func
            .as_attribute_expr()
            .filter(|method| self.is_kernel(&method.value))?;
        let mut texts = Vec::new();
        for argument in &call.arguments.args {
            texts.push(argument.as_string_literal_expr()?.value.to_str());
        }
        let line = match (method.attr.as_str(), texts.as_slice()) {
            ("run_line_magic", [name, arguments]) => format!("%{name} {arguments}"),
            ("magic", [line]) => format!("%{}", line.trim_start_matches('%')),
            ("system" | "getoutput", [command]) => format!("!{command}"),
            _ => return None,
        };
        let fits = !line.contains('\n') && call.arguments.keywords.is_empty();
        fits.then(|| line.trim_end().to_owned())
    }
}

impl<'a> Visitor<'a> for Asking<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            // what runs later finds another history
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => return,
            Stmt::Expr(expr) => {
                let line = expr.value.as_call_expr().and_then(|call| self.escape(call));
                if let Some(line) = line.filter(|_| self.code.magics.iter().all(|m| m.kind != MagicKind::Cell)) {
                    return self.answer(expr, line);
                }
            }
            Stmt::If(stmt_if) if self.is_kernel(&stmt_if.test) => self.answer(stmt_if.test.as_ref(), "True"),
            _ => {}
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Lambda(_) | Expr::Generator(_) => return,
            Expr::Name(name) if name.ctx.is_load() => self.name(expr, name.id.as_str()),
            Expr::Subscript(subscript) if subscript.ctx.is_load() => self.item(subscript),
            // in a notebook there is one
            Expr::Compare(compare) if self.is_kernel(&compare.left) => {
                if let ([op], [Expr::NoneLiteral(_)]) = (compare.ops.as_ref(), compare.comparators.as_ref()) {
                    match op {
                        CmpOp::IsNot | CmpOp::NotEq => self.answer(expr, "True"),
                        CmpOp::Is | CmpOp::Eq => self.answer(expr, "False"),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}

/// Names that code binds, at any depth.
#[derive(Default)]
struct Bound {
    all: Vec<String>,
    kernels: BTreeSet<String>,
}

impl<'a> Visitor<'a> for Bound {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Assign(assign) => {
                if let ([Expr::Name(name)], Expr::Call(call)) = (assign.targets.as_slice(), assign.value.as_ref())
                    && call.arguments.is_empty()
                    && matches!(call.func.as_ref(), Expr::Name(name) if name.id.as_str() == "get_ipython")
                {
                    self.kernels.insert(name.id.to_string());
                }
            }
            Stmt::FunctionDef(def) => self.all.push(def.name.to_string()),
            Stmt::ClassDef(class) => self.all.push(class.name.to_string()),
            Stmt::Import(import) => self.all.extend(import.names.iter().map(|alias| {
                let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                name.split('.').next().unwrap_or_default().to_owned()
            })),
            Stmt::ImportFrom(import) => self.all.extend(
                import
                    .names
                    .iter()
                    .map(|alias| alias.asname.as_ref().unwrap_or(&alias.name).to_string()),
            ),
            _ => {}
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr
            && !name.ctx.is_load()
        {
            self.all.push(name.id.to_string());
        }
        walk_expr(self, expr);
    }
}
