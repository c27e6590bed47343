//! What mypy may say of statements that nobody annotated: its codes, by the constructs that can raise them.

use std::collections::BTreeSet;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, PySourceType, Stmt};
use ruff_python_parser::{ParseOptions, parse_unchecked};

use crate::plan::Plan;

/// The codes that the notebook's own statements can raise, sorted. Those of imports and of syntax are never among them.
pub(super) fn codes(plan: &Plan) -> Vec<&'static str> {
    let mut finder = Finder::default();
    // what a call gives may be more to the notebook than to a library's stubs
    let mut returns = plan.all().flat_map(|plan| &plan.steps).flat_map(|step| &step.returns);
    if returns.any(|value| value.annotation != "Any") {
        finder.add(&["no-any-return", "return-value"]);
    }
    let sources = plan.all().flat_map(|plan| {
        let items = plan.functions.items.iter().chain(&plan.steps_module.items);
        items
            .map(|item| &item.source)
            .chain(plan.steps.iter().map(|step| &step.body))
    });
    for source in sources {
        let parsed = parse_unchecked(source, ParseOptions::from(PySourceType::Ipynb));
        if let Some(module) = parsed.syntax().as_module() {
            finder.visit_body(&module.body);
        }
    }
    finder.codes.into_iter().collect()
}

#[derive(Default)]
struct Finder {
    codes: BTreeSet<&'static str>,
    /// Names that a definition or an import has bound.
    defined: BTreeSet<String>,
}

impl Finder {
    fn add(&mut self, codes: &[&'static str]) {
        self.codes.extend(codes);
    }

    fn define(&mut self, name: &str) {
        if !self.defined.insert(name.to_owned()) {
            self.add(&["no-redef"]);
        }
    }
}

impl<'a> Visitor<'a> for Finder {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Assign(_) => self.add(&["assignment", "has-type", "method-assign", "misc", "var-annotated"]),
            Stmt::AnnAssign(_) => self.add(&["assignment", "misc", "no-redef", "type-arg", "valid-type"]),
            Stmt::AugAssign(_) => self.add(&["assignment", "has-type", "operator"]),
            Stmt::Delete(_) => self.add(&["misc"]),
            Stmt::For(_) | Stmt::With(_) | Stmt::Try(_) => self.add(&["assignment", "misc"]),
            Stmt::If(_) | Stmt::While(_) | Stmt::Assert(_) => {
                self.add(&["redundant-expr", "truthy-bool", "truthy-function"])
            }
            Stmt::Import(import) => import
                .names
                .iter()
                .for_each(|alias| self.define(alias.asname.as_ref().unwrap_or(&alias.name).as_str())),
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    self.define(alias.asname.as_ref().unwrap_or(&alias.name).as_str());
                }
                // a name that is imported where another import may fail
                self.add(&["assignment", "attr-defined"]);
            }
            Stmt::Global(_) | Stmt::Nonlocal(_) => self.add(&["name-defined", "used-before-def"]),
            Stmt::FunctionDef(def) => {
                self.define(def.name.as_str());
                self.add(&["assignment", "misc", "return", "return-value"]);
                let parameters = || def.parameters.iter();
                if def.returns.is_some() || parameters().any(|p| p.annotation().is_some()) {
                    self.add(&["empty-body", "no-any-return", "type-arg", "type-var", "valid-type"]);
                }
                if !def.decorator_list.is_empty() {
                    self.add(&["no-overload-impl", "prop-decorator", "untyped-decorator"]);
                }
                if def.is_async {
                    self.add(&["unused-coroutine"]);
                }
            }
            Stmt::ClassDef(def) => {
                self.define(def.name.as_str());
                self.add(&["abstract", "exit-return", "has-type", "misc", "override", "safe-super"]);
            }
            _ => {}
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(_) => self.add(&[
                "abstract",
                "arg-type",
                "call-arg",
                "call-overload",
                "func-returns-value",
                "misc",
                "no-untyped-call",
                "operator",
                "str-bytes-safe",
                "type-var",
            ]),
            Expr::Attribute(_) => self.add(&["attr-defined", "union-attr"]),
            Expr::BinOp(_) => self.add(&["operator", "str-format"]),
            Expr::UnaryOp(_) | Expr::Compare(_) => self.add(&["comparison-overlap", "operator"]),
            Expr::BoolOp(_) | Expr::If(_) => {
                self.add(&["func-returns-value", "redundant-expr", "truthy-bool", "truthy-function"]);
            }
            Expr::Subscript(_) => self.add(&["index", "type-arg", "valid-type"]),
            Expr::List(_) | Expr::ListComp(_) | Expr::Set(_) | Expr::SetComp(_) => {
                self.add(&["list-item", "misc", "var-annotated"]);
            }
            Expr::Dict(_) | Expr::DictComp(_) => self.add(&["dict-item", "misc", "var-annotated"]),
            Expr::FString(_) => self.add(&["str-bytes-safe"]),
            Expr::Lambda(_) => self.add(&["misc", "return-value"]),
            Expr::Await(_) => self.add(&["misc", "top-level-await"]),
            Expr::Name(_) => self.add(&["name-defined", "used-before-def"]),
            _ => {}
        }
        walk_expr(self, expr);
    }
}
