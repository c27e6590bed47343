//! Which of ruff's default rules the notebook's own code breaks in ways that only a person can decide to change.
//!
//! A rule is excepted for a module only where its code is there: what can be rewritten without doubt is not listed.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_pattern, walk_stmt};
use ruff_python_ast::{CmpOp, ExceptHandler, Expr, ExprContext, Pattern, Stmt, UnaryOp};

use super::model::LintException;

/// Collects the exceptions that one statement needs in `file`.
pub(super) fn exceptions(file: &str, stmt: &Stmt, out: &mut BTreeSet<LintException>) {
    let mut finder = Finder::default();
    finder.visit_stmt(stmt);
    for (code, reason) in finder.found {
        out.insert(LintException {
            file: file.to_owned(),
            code: code.to_owned(),
            reason: reason.to_owned(),
        });
    }
}

#[derive(Default)]
struct Finder {
    found: BTreeMap<&'static str, &'static str>,
}

impl Finder {
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
        if matches!(op, CmpOp::Is | CmpOp::IsNot) && either(&is_plain_literal) {
            self.add("F632", "identity with a literal, as the notebook had it");
        }
    }

    /// Names that a function assigns and never reads.
    fn unused_locals(&mut self, body: &[Stmt]) {
        let mut names = LocalNames::default();
        for stmt in body {
            names.visit_stmt(stmt);
        }
        if names.stored.difference(&names.loaded).next().is_some() {
            self.add("F841", "a function of the notebook assigns names that it does not read");
        }
        if names.imported.difference(&names.loaded).next().is_some() {
            self.add("F401", "a function of the notebook imports names that it does not read");
        }
    }
}

impl<'a> Visitor<'a> for Finder {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Assign(assign) if assign.value.is_lambda_expr() && assign.targets.iter().all(Expr::is_name_expr) => {
                self.add("E731", "lambdas have names, as in the notebook");
            }
            Stmt::Import(import) if import.names.len() > 1 => self.add("E401", "one statement imports several modules"),
            Stmt::FunctionDef(def) => {
                self.unused_locals(&def.body);
                self.ambiguous(def.name.as_str());
                for parameter in &def.parameters {
                    self.ambiguous(parameter.name().as_str());
                }
            }
            Stmt::Try(stmt_try) => {
                for ExceptHandler::ExceptHandler(handler) in &stmt_try.handlers {
                    if handler.type_.is_none() {
                        self.add("E722", "the notebook catches every exception");
                    }
                    let unused = handler.name.as_ref().is_some_and(|name| !loads(&handler.body, name.as_str()));
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

impl Finder {
    fn ambiguous(&mut self, name: &str) {
        if ["l", "O", "I"].contains(&name) {
            self.add("E741", "one-letter names that look like digits, as in the notebook");
        }
    }
}

fn is_type_call(expr: &Expr) -> bool {
    matches!(expr, Expr::Call(call) if matches!(call.func.as_ref(), Expr::Name(name) if name.id.as_str() == "type"))
}

fn is_plain_literal(expr: &Expr) -> bool {
    matches!(expr, Expr::StringLiteral(_) | Expr::NumberLiteral(_) | Expr::BytesLiteral(_) | Expr::Tuple(_))
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
}

impl<'a> Visitor<'a> for LocalNames {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            // an unpacked name is not reported, and neither is one that is augmented
            Stmt::Assign(assign) => {
                let plain = assign.targets.iter().filter_map(|t| t.as_name_expr());
                self.stored.extend(plain.map(|n| n.id.to_string()));
            }
            Stmt::AnnAssign(assign) => self.stored.extend(assign.target.as_name_expr().map(|n| n.id.to_string())),
            Stmt::With(with) => {
                let names = with.items.iter().filter_map(|i| i.optional_vars.as_deref()?.as_name_expr());
                self.stored.extend(names.map(|n| n.id.to_string()));
            }
            Stmt::Import(import) => {
                self.imported.extend(import.names.iter().map(|alias| match &alias.asname {
                    Some(name) => name.to_string(),
                    None => alias.name.as_str().split('.').next().unwrap_or_default().to_owned(),
                }));
            }
            Stmt::ImportFrom(import) => {
                self.imported.extend(import.names.iter().map(|a| a.asname.as_ref().unwrap_or(&a.name).to_string()));
            }
            Stmt::Global(global) => self.loaded.extend(global.names.iter().map(|n| n.to_string())),
            Stmt::Nonlocal(nonlocal) => self.loaded.extend(nonlocal.names.iter().map(|n| n.to_string())),
            _ => {}
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr
            && name.ctx == ExprContext::Load
        {
            self.loaded.insert(name.id.to_string());
        }
        walk_expr(self, expr);
    }
}
