//! From imports to distributions, by `data/imports.tsv` and what the notebook itself installs.

use std::collections::BTreeMap;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Stmt};

use crate::facts::{Imports, dotted};
use crate::python::{Table, is_stdlib};

use super::model::Dependency;
use super::versions::normalised;

static DISTRIBUTIONS: Table = Table::new(include_str!("../../data/imports.tsv"));
/// Distributions named like their import, that everybody knows.
static COMMON: Table = Table::new(include_str!("../../data/distributions.txt"));
static IMPLIED: Table = Table::new(include_str!("../../data/implied.tsv"));

/// The distribution that a dotted module comes from, by the longest prefix in the table; `false` where it was guessed
/// from the module's own name.
pub fn distribution(module: &str) -> (String, bool) {
    let mut prefix = module;
    loop {
        if let Some(name) = DISTRIBUTIONS.get(prefix) {
            return (name.to_owned(), true);
        }
        match prefix.rsplit_once('.') {
            Some((shorter, _)) => prefix = shorter,
            None => break,
        }
    }
    (module.split('.').next().unwrap_or_default().replace('_', "-"), false)
}

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
            known: known || version.is_some() || COMMON.contains(&name),
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
    let mut finder = NestedImports { out, guards: 0 };
    finder.visit_stmt(stmt);
}

struct NestedImports<'n> {
    out: &'n mut BTreeMap<String, bool>,
    guards: u32,
}

impl<'a> Visitor<'a> for NestedImports<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        let guarded = self.guards > 0;
        let mut add = |module: String| {
            let entry = self.out.entry(module).or_insert(guarded);
            *entry &= guarded;
        };
        match stmt {
            Stmt::Import(import) => import.names.iter().for_each(|alias| add(alias.name.to_string())),
            Stmt::ImportFrom(import) if import.level == 0 => {
                if let Some(module) = &import.module {
                    // `from google.cloud import storage`: of a namespace each part is a distribution of its own
                    let parts = import.names.iter().map(|alias| format!("{module}.{}", alias.name));
                    let known: Vec<String> = parts.filter(|part| DISTRIBUTIONS.contains(part)).collect();
                    match known.is_empty() {
                        true => add(module.to_string()),
                        false => known.into_iter().for_each(add),
                    }
                }
            }
            Stmt::Try(_) | Stmt::If(_) => {
                self.guards += 1;
                walk_stmt(self, stmt);
                self.guards -= 1;
            }
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}
