//! From imports to distributions, by `data/imports.tsv` and what the notebook itself installs.

use std::collections::BTreeMap;

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, Stmt};

use crate::facts::{Imports, dotted, imported};
use crate::python::{Table, distribution, is_stdlib, normalised};

use super::model::Dependency;

static IMPLIED: Table = Table::new(include_str!("../../data/implied.tsv"));

/// The dependencies for imported modules, with whether each is only imported under a guard.
pub(super) fn dependencies(
    modules: &BTreeMap<String, bool>,
    statements: &[&Stmt],
    imports: &Imports,
    pinned: &BTreeMap<String, String>,
) -> Vec<Dependency> {
    let mut found: BTreeMap<String, Dependency> = BTreeMap::new();
    let mut add = |name: String, known: bool, optional: bool| {
        let version = pinned.get(&normalised(&name)).cloned();
        let entry = found.entry(name.to_lowercase()).or_insert_with(|| Dependency {
            distribution: name.clone(),
            version: version.clone().unwrap_or_default(),
            optional,
            known: known || version.is_some(),
        });
        entry.optional &= optional;
    };
    for (module, &guarded) in modules {
        if !is_stdlib(module) && !module.is_empty() {
            let (name, known) = distribution(module);
            add(name, known, guarded);
        }
    }
    let mut implied = ImpliedFinder {
        imports,
        found: Vec::new(),
    };
    for stmt in statements {
        implied.visit_stmt(stmt);
    }
    for name in implied.found {
        add(name.to_owned(), true, false);
    }
    found.into_values().collect()
}

struct ImpliedFinder<'f> {
    imports: &'f Imports,
    found: Vec<&'static str>,
}

impl<'a> Visitor<'a> for ImpliedFinder<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            let path = dotted(&call.func, self.imports).unwrap_or_default();
            let method = match call.func.as_ref() {
                Expr::Attribute(attribute) => format!(".{}", attribute.attr),
                _ => String::new(),
            };
            self.found.extend(IMPLIED.get(&path).or_else(|| IMPLIED.get(&method)));
        }
        walk_expr(self, expr);
    }
}

/// Modules imported anywhere inside a statement, nested ones included, with whether they stand under a guard.
pub(super) fn nested_imports(stmt: &Stmt, out: &mut BTreeMap<String, bool>) {
    for import in imported(stmt) {
        let guarded = out.entry(import.module).or_insert(import.guarded);
        *guarded &= import.guarded;
    }
}
