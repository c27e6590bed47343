//! Which of ruff's default rules the notebook's own code breaks in ways that only a person can decide to change.
//!
//! A rule is excepted for a module only where its code is there: what can be rewritten without doubt is not listed.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::comparable::ComparableExpr;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_pattern, walk_stmt};
use ruff_python_ast::{CmpOp, ExceptHandler, Expr, ExprContext, Operator, Pattern, Stmt, StmtFunctionDef, UnaryOp};
use rustc_hash::FxHashSet;

use super::lint_formats::{format_codes, percent_codes};
use super::model::LintException;

/// The names that a module imports.
pub(super) struct Imported {
    pub all: BTreeSet<String>,
    /// Those that stay although no code reads them.
    pub unread: BTreeSet<String>,
}

/// Collects the exceptions that one statement needs in `file`, a module that imports the names `imported`.
pub(super) fn exceptions(file: &str, stmt: &Stmt, imported: &Imported, out: &mut BTreeSet<LintException>) {
    let mut finder = Finder {
        found: BTreeMap::new(),
        imported,
    };
    finder.visit_stmt(stmt);
    for (code, reason) in finder.found {
        out.insert(LintException {
            file: file.to_owned(),
            code: code.to_owned(),
            reason: reason.to_owned(),
        });
    }
}

struct Finder<'i> {
    found: BTreeMap<&'static str, &'static str>,
    imported: &'i Imported,
}

impl Finder<'_> {
    fn add(&mut self, code: &'static str, reason: &'static str) {
        self.found.insert(code, reason);
    }

    fn comparison(&mut self, left: &Expr, op: CmpOp, right: &Expr) {
        let either = |test: &dyn Fn(&Expr) -> bool| test(left) || test(right);
        if matches!(op, CmpOp::Eq | CmpOp::NotEq) {
            if either(&|e| matches!(e, Expr::NoneLiteral(_))) {
                self.add("E711", "a comparison with None may build a mask");
            }
            if either(&|e| matches!(e, Expr::BooleanLiteral(_))) {
                self.add("E712", "a comparison with True or False may build a mask");
            }
            if either(&is_type_call) {
                self.add("E721", "types are compared as the notebook did");
            }
        }
        // with a single string or number the comparison is written in another way
        if matches!(op, CmpOp::Is | CmpOp::IsNot) && either(&Expr::is_tuple_expr) {
            self.add("F632", "identity with a literal, as the notebook had it");
        }
        if matches!(op, CmpOp::Eq | CmpOp::NotEq) && either(&is_type_name) {
            self.add("E721", "types are compared as the notebook did");
        }
    }

    /// Names that a function assigns and never reads.
    fn unused_locals(&mut self, def: &StmtFunctionDef) {
        let mut names = LocalNames::default();
        names.bound.extend(def.parameters.iter().map(|p| p.name().to_string()));
        for stmt in &def.body {
            names.visit_stmt(stmt);
        }
        if names.early.intersection(&names.stored).next().is_some() {
            self.add("F821", "a loop reads what an earlier round has bound");
            self.add("F841", "a loop reads what an earlier round has bound");
        }
        if names.stored.difference(&names.loaded).next().is_some() {
            self.add("F841", "a function of the notebook assigns names that it does not read");
        }
        if names.imported.difference(&names.loaded).next().is_some() {
            self.add("F401", "a function of the notebook imports names that it does not read");
        }
    }
}

impl<'a> Visitor<'a> for Finder<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Assign(assign) if assign.value.is_lambda_expr() && assign.targets.iter().all(Expr::is_name_expr) => {
                self.add("E731", "lambdas have names, as in the notebook");
            }
            Stmt::AnnAssign(assign) if assign.value.as_deref().is_some_and(Expr::is_lambda_expr) => {
                self.add("E731", "lambdas have names, as in the notebook");
            }
            Stmt::Import(import) if import.names.len() > 1 => self.add("E401", "one statement imports several modules"),
            Stmt::If(stmt_if) if stmt_if.test.is_tuple_expr() => {
                self.add("F634", "a condition is a tuple, as in the notebook");
            }
            Stmt::For(stmt_for) => {
                let mut targets = LocalNames::default();
                targets.visit_expr(&stmt_for.target);
                if targets.bound.iter().any(|name| self.imported.all.contains(name)) {
                    self.add("F402", "a loop's variable has the name of an import");
                }
            }
            Stmt::Raise(raise) if raise.exc.as_deref().is_some_and(|e| is_named(e, "NotImplemented")) => {
                self.add("F901", "what is raised is as in the notebook");
            }
            Stmt::FunctionDef(def) => {
                self.unused_locals(def);
                self.ambiguous(def.name.as_str());
                for parameter in &def.parameters {
                    self.ambiguous(parameter.name().as_str());
                    if self.imported.unread.contains(parameter.name().as_str()) {
                        self.add("F811", "a parameter has the name of an import that only text may read");
                    }
                }
            }
            Stmt::Try(stmt_try) => {
                for ExceptHandler::ExceptHandler(handler) in &stmt_try.handlers {
                    if handler.type_.is_none() {
                        self.add("E722", "the notebook catches every exception");
                    }
                    let unused = handler
                        .name
                        .as_ref()
                        .is_some_and(|name| !loads(&handler.body, name.as_str()));
                    if unused {
                        self.add("F841", "a handler names an exception that it does not read");
                    }
                }
            }
            _ => {}
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Compare(compare) => {
                let mut left = compare.left.as_ref();
                for (op, right) in compare.ops.iter().zip(&compare.comparators) {
                    self.comparison(left, *op, right);
                    left = right;
                }
            }
            Expr::UnaryOp(unary) if unary.op == UnaryOp::Not => {
                if let Expr::Compare(compare) = unary.operand.as_ref() {
                    match compare.ops.as_ref() {
                        [CmpOp::In] => self.add("E713", "membership is negated as the notebook did"),
                        [CmpOp::Is] => self.add("E714", "identity is negated as the notebook did"),
                        _ => {}
                    }
                }
            }
            Expr::Dict(dict) => {
                let mut keys = FxHashSet::default();
                for key in dict.items.iter().filter_map(|item| item.key.as_ref()) {
                    if !keys.insert(ComparableExpr::from(key)) {
                        let code = if key.is_name_expr() { "F602" } else { "F601" };
                        self.add(code, "a key stands twice, as in the notebook");
                    }
                }
            }
            Expr::BinOp(binary) if binary.op == Operator::Mod && binary.left.is_string_literal_expr() => {
                if let Some(code) = percent_codes(&binary.left, &binary.right) {
                    self.add(code, "a format is given other values than it shows, as in the notebook");
                }
            }
            Expr::Call(call) => {
                for code in format_codes(call) {
                    self.add(
                        code,
                        "a format is given values that it does not show, as in the notebook",
                    );
                }
            }
            Expr::FString(string) if !string.value.elements().any(|e| e.is_interpolation()) => {
                self.add("F541", "f-strings without a placeholder, as the notebook had them");
            }
            Expr::Name(name) if name.ctx == ExprContext::Store => self.ambiguous(name.id.as_str()),
            Expr::Lambda(lambda) => {
                for parameter in lambda.parameters.iter().flat_map(|p| p.iter()) {
                    self.ambiguous(parameter.name().as_str());
                }
            }
            _ => {}
        }
        walk_expr(self, expr);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        walk_pattern(self, pattern);
    }
}

impl Finder<'_> {
    fn ambiguous(&mut self, name: &str) {
        if ["l", "O", "I"].contains(&name) {
            self.add("E741", "one-letter names that look like digits, as in the notebook");
        }
    }
}

fn is_type_call(expr: &Expr) -> bool {
    matches!(expr, Expr::Call(call) if matches!(call.func.as_ref(), Expr::Name(name) if name.id.as_str() == "type"))
}

fn is_named(expr: &Expr, name: &str) -> bool {
    matches!(expr, Expr::Name(found) if found.id.as_str() == name)
        || matches!(expr, Expr::Call(call) if is_named(&call.func, name))
}

/// Built-in types, of which ruff takes a comparison for one of types.
fn is_type_name(expr: &Expr) -> bool {
    let types = [
        "bool",
        "bytearray",
        "bytes",
        "classmethod",
        "complex",
        "dict",
        "enumerate",
        "filter",
        "float",
        "frozenset",
        "int",
        "list",
        "map",
        "memoryview",
        "object",
        "property",
        "range",
        "reversed",
        "set",
        "slice",
        "staticmethod",
        "str",
        "super",
        "tuple",
        "type",
        "zip",
    ];
    types
        .iter()
        .any(|name| matches!(expr, Expr::Name(found) if found.id.as_str() == *name))
}

fn loads(body: &[Stmt], name: &str) -> bool {
    let mut names = LocalNames::default();
    for stmt in body {
        names.visit_stmt(stmt);
    }
    names.loaded.contains(name)
}

#[derive(Default)]
struct LocalNames {
    stored: BTreeSet<String>,
    loaded: BTreeSet<String>,
    imported: BTreeSet<String>,
    /// Everything bound so far.
    bound: BTreeSet<String>,
    /// What a loop read before it was bound.
    early: BTreeSet<String>,
    loops: usize,
}

impl LocalNames {
    /// Names of an outer scope.
    fn elsewhere(&mut self, names: &[ruff_python_ast::Identifier]) {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        self.bound.extend(names.iter().cloned());
        self.loaded.extend(names);
    }
}

impl<'a> Visitor<'a> for LocalNames {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            // an unpacked name is not reported, and neither is one that is augmented
            Stmt::Assign(assign) => {
                let plain = assign.targets.iter().filter_map(|t| t.as_name_expr());
                self.stored.extend(plain.map(|n| n.id.to_string()));
            }
            Stmt::AnnAssign(assign) => self
                .stored
                .extend(assign.target.as_name_expr().map(|n| n.id.to_string())),
            Stmt::With(with) => {
                let names = with
                    .items
                    .iter()
                    .filter_map(|i| i.optional_vars.as_deref()?.as_name_expr());
                self.stored.extend(names.map(|n| n.id.to_string()));
            }
            Stmt::Import(import) => {
                self.imported
                    .extend(import.names.iter().map(|alias| match &alias.asname {
                        Some(name) => name.to_string(),
                        None => alias.name.as_str().split('.').next().unwrap_or_default().to_owned(),
                    }));
            }
            Stmt::ImportFrom(import) => {
                self.imported.extend(
                    import
                        .names
                        .iter()
                        .map(|a| a.asname.as_ref().unwrap_or(&a.name).to_string()),
                );
            }
            Stmt::Global(global) => self.elsewhere(&global.names),
            Stmt::Nonlocal(nonlocal) => self.elsewhere(&nonlocal.names),
            _ => {}
        }
        let loops = usize::from(matches!(stmt, Stmt::For(_) | Stmt::While(_)));
        self.loops += loops;
        walk_stmt(self, stmt);
        self.loops -= loops;
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        // what a comprehension binds is bound before its element is read
        let generators = match expr {
            Expr::ListComp(list) => &list.generators,
            Expr::SetComp(set) => &set.generators,
            Expr::DictComp(dict) => &dict.generators,
            Expr::Generator(generator) => &generator.generators,
            _ => &[][..],
        };
        for generator in generators {
            self.visit_expr(&generator.target);
        }
        if let Expr::Name(name) = expr {
            let text = name.id.to_string();
            if name.ctx == ExprContext::Load {
                if self.loops > 0 && !self.bound.contains(&text) {
                    self.early.insert(text.clone());
                }
                self.loaded.insert(text);
            } else {
                self.bound.insert(text);
            }
        }
        walk_expr(self, expr);
    }
}
