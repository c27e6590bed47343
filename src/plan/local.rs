//! Python files beside the notebook that it imports: they go into the package, and imports find them there.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::{Visitor, walk_stmt};
use ruff_python_ast::{Alias, Expr, ModModule, Stmt};
use ruff_python_parser::parse_module;

use crate::facts::Imports;
use crate::notebook::Notebook;
use crate::python::{is_stdlib, span};
use crate::text::{EditSet, Span};

use super::fate::top;
use super::model::{Import, ImportSection, LocalModule};
use super::module_tops::mentions;
use super::purity::{defines_only, is_constant};

/// Modules that the package has itself.
pub(super) const OWN: &[&str] = &[
    "cli",
    "config",
    "console",
    "contracts",
    "figures",
    "functions",
    "host",
    "pipeline",
    "py",
    "steps",
];

/// The files that are carried along: the notebook's names for them, and the package's.
#[derive(Clone, Debug, Default)]
pub(super) struct Local {
    package: String,
    modules: BTreeMap<String, String>,
}

impl Local {
    pub fn new(package: &str, files: &[LocalModule]) -> Self {
        let carried = |name: &str| {
            if OWN.contains(&name) {
                format!("notebook_{name}")
            } else {
                name.to_owned()
            }
        };
        Self {
            package: package.to_owned(),
            modules: files
                .iter()
                .map(|file| (file.name.clone(), carried(&file.name)))
                .collect(),
        }
    }

    pub fn contains(&self, module: &str) -> bool {
        self.modules.contains_key(module)
    }

    /// `import helper` as the package has to say it.
    pub fn relocated(&self, import: Import) -> Import {
        let Some(carried) = self.modules.get(&import.module) else {
            return import;
        };
        let own_name = (*carried != import.module).then(|| import.module.clone());
        match import.symbol {
            None => Import {
                section: ImportSection::FirstParty,
                module: self.package.clone(),
                symbol: Some(carried.clone()),
                alias: import.alias.or(own_name),
                for_effect: import.for_effect,
            },
            Some(_) => Import {
                section: ImportSection::FirstParty,
                module: format!("{}.{carried}", self.package),
                ..import
            },
        }
    }

    /// The package's module that `%run` runs, where the file is one that is carried along.
    pub fn runs(&self, magic: &str) -> Option<String> {
        let carried = self.modules.get(run_module(magic)?)?;
        Some(format!("{}.{carried}", self.package))
    }

    /// Edits the imports in `stmt`, at any depth.
    pub fn relocate(&self, stmt: &Stmt, source: &str, edits: &mut EditSet) {
        if !self.modules.is_empty() {
            let mut editor = Relocator {
                local: self,
                source,
                edits,
            };
            editor.visit_stmt(stmt);
        }
    }

    /// The files as they stand in the package.
    pub fn files(&self, files: &[LocalModule]) -> Vec<LocalModule> {
        let carried = files.iter().filter_map(|file| {
            let module = parse_module(&file.source).ok()?;
            let mut edits = EditSet::new();
            for stmt in &module.syntax().body {
                self.relocate(stmt, &file.source, &mut edits);
            }
            Some(LocalModule {
                name: self.modules.get(&file.name)?.clone(),
                source: edits.apply_within(&file.source, Span::new(0, file.source.len())),
            })
        });
        carried.collect()
    }
}

struct Relocator<'r> {
    local: &'r Local,
    source: &'r str,
    edits: &'r mut EditSet,
}

impl<'a> Visitor<'a> for Relocator<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        let modules = &self.local.modules;
        let package = &self.local.package;
        match stmt {
            Stmt::Import(import) if import.names.iter().any(|a| modules.contains_key(a.name.as_str())) => {
                let parts = import.names.iter().map(|alias| {
                    let name = alias.name.as_str();
                    let text = span(alias.range).slice(self.source);
                    let bound = alias.asname.as_ref().map_or(name, |asname| asname.as_str());
                    match modules.get(name) {
                        Some(carried) if carried == bound => format!("from {package} import {carried}"),
                        Some(carried) => format!("from {package} import {carried} as {bound}"),
                        None => format!("import {text}"),
                    }
                });
                let text = parts.collect::<Vec<_>>().join("; ");
                // of two edits at one place the first decides, and an import has one
                let _ = self.edits.push(span(import.range), text);
            }
            Stmt::ImportFrom(import) => {
                let module = import.module.as_ref().filter(|_| import.level == 0);
                if let Some((module, carried)) = module.and_then(|m| Some((m, modules.get(m.as_str())?))) {
                    let _ = self.edits.push(span(module.range), format!("{package}.{carried}"));
                }
            }
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}

/// The files that can go into the package: those that only define things, so that importing the package does nothing,
/// and those that the notebook runs and never imports.
pub(super) fn carried(beside: &[LocalModule], run: &BTreeSet<String>, notebook: &Notebook<'_>) -> Vec<LocalModule> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for file in beside {
        found.insert(file.name.clone(), file.source.clone());
    }
    found.extend(written(notebook).into_iter().map(|file| (file.name, file.source)));
    found
        .into_iter()
        .filter(|(name, source)| {
            let fits = |module: &ModModule| run.contains(name) || only_defines(module);
            parse_module(source).is_ok_and(|module| fits(module.syntax()))
        })
        .map(|(name, source)| LocalModule { name, source })
        .collect()
}

/// Modules that the notebook writes itself: `%%writefile helper.py`.
fn written(notebook: &Notebook<'_>) -> Vec<LocalModule> {
    let cells = notebook.code_cells().filter_map(|cell| {
        let (first, body) = cell.source.text.split_once('\n')?;
        let name = first
            .strip_prefix("%%writefile ")
            .or_else(|| first.strip_prefix("%%file "))?;
        let name = name.trim().trim_start_matches("./").strip_suffix(".py")?;
        let is_module = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !is_stdlib(name);
        is_module.then(|| LocalModule {
            name: name.to_owned(),
            source: format!("{body}\n"),
        })
    });
    let cells: Vec<LocalModule> = cells.collect();
    // written twice, it is one thing here and another there
    let twice = |name: &str| cells.iter().filter(|file| file.name == name).count() > 1;
    cells.iter().filter(|file| !twice(&file.name)).cloned().collect()
}

fn only_defines(module: &ModModule) -> bool {
    let imports = Imports::default();
    module.body.iter().all(|stmt| match stmt {
        Stmt::Import(_) | Stmt::ImportFrom(_) | Stmt::Pass(_) => true,
        Stmt::Expr(expr) => expr.value.is_string_literal_expr(),
        Stmt::Assign(assign) => is_constant(&assign.value),
        Stmt::AnnAssign(assign) => assign.value.as_deref().is_none_or(is_constant),
        Stmt::If(stmt_if) => crate::facts::is_main_test(&stmt_if.test),
        Stmt::FunctionDef(def) => def.decorator_list.is_empty() || defines_only(stmt, &imports),
        Stmt::ClassDef(_) => true,
        _ => false,
    })
}

/// What `%run` of a file binds, as imports: of the names that stand in `code`. `None` where running it does more than
/// importing it does: the block under `__main__`, or anything that acts.
pub fn run_as_imports(file: &LocalModule, code: &str) -> Option<String> {
    let is_read = |name: &str| mentions(code, name);
    let module = parse_module(&file.source).ok()?;
    if !only_defines(module.syntax()) {
        return None;
    }
    let mut lines: Vec<&str> = Vec::new();
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for stmt in &module.syntax().body {
        match stmt {
            // what a file imports the notebook imports itself
            Stmt::Import(import) => {
                let bound = |alias: &Alias| {
                    alias
                        .asname
                        .as_ref()
                        .map_or_else(|| top(&alias.name), ToString::to_string)
                };
                if import.names.iter().any(|alias| is_read(&bound(alias))) {
                    lines.push(span(import.range).slice(&file.source));
                }
            }
            Stmt::ImportFrom(import) => {
                let open = import.level > 0 || import.names.iter().any(|alias| alias.name.as_str() == "*");
                if open {
                    return None;
                }
                let future = import
                    .module
                    .as_ref()
                    .is_some_and(|module| module.as_str() == "__future__");
                let mut bound = import
                    .names
                    .iter()
                    .map(|alias| alias.asname.as_ref().unwrap_or(&alias.name));
                if !future && bound.any(|name| is_read(name)) {
                    lines.push(span(import.range).slice(&file.source));
                }
            }
            Stmt::FunctionDef(def) => drop(names.insert(def.name.as_str())),
            Stmt::ClassDef(def) => drop(names.insert(def.name.as_str())),
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    names.insert(target.as_name_expr()?.id.as_str());
                }
            }
            Stmt::AnnAssign(assign) => drop(names.insert(assign.target.as_name_expr()?.id.as_str())),
            Stmt::If(_) => return None,
            _ => {}
        }
    }
    let read: Vec<&str> = names.into_iter().filter(|name| is_read(name)).collect();
    let mut out = if read.is_empty() {
        format!("import {}", file.name)
    } else {
        format!("from {} import {}", file.name, read.join(", "))
    };
    for line in lines {
        out.push_str(&format!("\n{line}"));
    }
    Some(out)
}

/// The module that `%run` is given, where it is a file in the notebook's folder and nothing else is asked.
pub fn run_module(magic: &str) -> Option<&str> {
    let file = magic.strip_prefix("run ")?.trim();
    let file = file.trim_matches(['"', '\'']).trim_start_matches("./");
    let name = file.strip_suffix(".py").unwrap_or(file);
    let plain =
        name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && name.starts_with(|c: char| !c.is_ascii_digit());
    (plain && !is_stdlib(name)).then_some(name)
}

/// The modules that Python source imports, by their top names.
pub fn imported_names(source: &str) -> BTreeSet<String> {
    let mut found = BTreeMap::new();
    if let Ok(module) = parse_module(source) {
        for stmt in &module.syntax().body {
            super::dependencies::nested_imports(stmt, &mut found);
        }
    }
    found.into_keys().map(|module| top(&module)).collect()
}

/// The modules that the notebook's cells import, by their top names: a file beside it may be one of them.
pub fn imported_by(cells: &[crate::python::CellCode]) -> BTreeSet<String> {
    let mut found = BTreeMap::new();
    for stmt in cells.iter().flat_map(|cell| cell.statements()) {
        super::dependencies::nested_imports(stmt, &mut found);
    }
    found.into_keys().map(|module| top(&module)).collect()
}
