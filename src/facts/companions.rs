//! Files beside the notebook whose names become the notebook's: what `%run` runs and `from helpers import *` imports.
//!
//! Whoever calls hands their text in. Each is read once, what they in turn run or import too, within limits.

use std::collections::BTreeMap;

use ruff_python_ast::{Expr, ModModule, Stmt};

use crate::notebook::{self, CellIdx};
use crate::python::{Body, CellCode, MagicKind, Magics, exports, parse_cells, parse_snippet};
use crate::text::OffsetMap;

use super::{Facts, Unwritten};

/// How many files are read for one notebook, and how far one leads to another.
const MOST: usize = 50;
const DEEPEST: usize = 5;

/// Gives the text of a file by its path from the notebook's folder, with forward slashes.
pub type Beside<'b> = dyn Fn(&str) -> Option<String> + 'b;

/// What a file binds at its top level.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Companion {
    pub names: Vec<String>,
    /// What it exports, where it says so.
    all: Option<Vec<String>>,
    /// Modules that it imports with a star, of those whose names are known.
    pub stars: Vec<String>,
    /// Whether it may bind more that can't be seen.
    pub open: bool,
}

impl Companion {
    /// What `import *` takes of it.
    pub fn exported(&self) -> Self {
        let public = || {
            self.names
                .iter()
                .filter(|name| !name.starts_with('_'))
                .cloned()
                .collect()
        };
        Self {
            names: self.all.clone().unwrap_or_else(public),
            stars: if self.all.is_some() {
                Vec::new()
            } else {
                self.stars.clone()
            },
            ..self.clone()
        }
    }
}

/// The files that could be read, by path.
#[derive(Clone, Debug, Default)]
pub struct Companions {
    files: BTreeMap<String, Option<Companion>>,
    /// The folder of the file that asks: empty, or with a slash at its end.
    folder: String,
}

impl Companions {
    /// Reads what the cells run or import with a star.
    pub fn collect(cells: &[CellCode], magics: &Magics, beside: &Beside<'_>) -> Self {
        let mut this = Self::default();
        this.follow(cells, magics, beside, 0);
        this
    }

    /// The file that `%run target` runs.
    pub fn script(&self, target: &str) -> Option<&Companion> {
        self.first(&script_paths(&self.folder, target))
    }

    /// The module that `from module import *` imports.
    pub fn module(&self, module: &str, level: u32) -> Option<&Companion> {
        self.first(&module_paths(&self.folder, module, level))
    }

    fn first(&self, paths: &[String]) -> Option<&Companion> {
        paths.iter().find_map(|path| self.files.get(path)?.as_ref())
    }

    fn follow(&mut self, cells: &[CellCode], magics: &Magics, beside: &Beside<'_>, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        let scripts = cells.iter().flat_map(|cell| &cell.magics);
        let scripts = scripts.filter(|magic| magic.kind == MagicKind::Line && magic.name == "run");
        let mut wanted: Vec<Vec<String>> = scripts
            .filter_map(|magic| Some(script_paths(&self.folder, &run_target(&magic.arguments)?)))
            .collect();
        for cell in cells {
            let stars = cell.statements().iter().filter_map(Stmt::as_import_from_stmt);
            for import in stars.filter(|import| import.names.iter().any(|alias| alias.name.as_str() == "*")) {
                let module = import.module.as_ref().map_or("", |module| module.as_str());
                if import.level > 0 || exports(module, "").is_none() {
                    wanted.push(module_paths(&self.folder, module, import.level));
                }
            }
        }
        for paths in wanted {
            for path in paths {
                if self.files.len() >= MOST {
                    return;
                }
                if !self.files.contains_key(&path) {
                    // what leads back to itself finds nothing there
                    self.files.insert(path.clone(), None);
                    let read = beside(&path).and_then(|text| self.read(&path, &text, magics, beside, depth));
                    self.files.insert(path.clone(), read);
                }
                if self.files.get(&path).is_some_and(Option::is_some) {
                    break;
                }
            }
        }
    }

    fn read(
        &mut self,
        path: &str,
        text: &str,
        magics: &Magics,
        beside: &Beside<'_>,
        depth: usize,
    ) -> Option<Companion> {
        let cells = if path.ends_with(".ipynb") {
            parse_cells(&notebook::read(text).ok()?, magics)
        } else {
            vec![module(text)?]
        };
        let folder = path.rfind('/').and_then(|slash| path.get(..=slash));
        let outer = std::mem::replace(&mut self.folder, folder.unwrap_or_default().to_owned());
        self.follow(&cells, magics, beside, depth + 1);
        let facts = Facts::gather_with(&cells, magics.clone(), self.clone());
        self.folder = outer;
        Some(summary(&cells, &facts))
    }
}

fn summary(cells: &[CellCode], facts: &Facts) -> Companion {
    let mut found = Companion {
        all: cells.iter().flat_map(CellCode::statements).rev().find_map(listed),
        ..Companion::default()
    };
    let mut add = |unwritten: &Unwritten| {
        found
            .names
            .extend(unwritten.names.iter().map(|&name| facts.text(name).to_owned()));
        found.stars.extend(unwritten.stars.iter().cloned());
        found.open |= !unwritten.unseen.is_empty();
    };
    for cell in &facts.cells {
        add(&cell.unwritten);
        cell.statements.iter().for_each(|statement| add(&statement.unwritten));
    }
    let bound = facts.statements().flat_map(|(_, statement)| &statement.bound);
    found.names.extend(bound.map(|&(name, _)| facts.text(name).to_owned()));
    let global = facts.scopes.iter().flat_map(|scope| &scope.writes);
    found.names.extend(global.map(|&name| facts.text(name).to_owned()));
    found.open |= cells.iter().any(|cell| matches!(cell.body, Body::Broken(..)));
    found.names.sort();
    found.names.dedup();
    found
}

/// `__all__ = ["a", "b"]`
fn listed(stmt: &Stmt) -> Option<Vec<String>> {
    let assign = stmt.as_assign_stmt()?;
    let [Expr::Name(name)] = assign.targets.as_slice() else {
        return None;
    };
    let items = match assign.value.as_ref() {
        Expr::List(list) => &list.elts,
        Expr::Tuple(tuple) => &tuple.elts,
        _ => return None,
    };
    let texts = items
        .iter()
        .map(|item| Some(item.as_string_literal_expr()?.value.to_str().to_owned()));
    texts.collect::<Option<_>>().filter(|_| name.id.as_str() == "__all__")
}

/// A Python file as a cell.
fn module(text: &str) -> Option<CellCode> {
    let parsed: ruff_python_parser::Parsed<ModModule> = parse_snippet(text)?;
    Some(CellCode {
        idx: CellIdx(0),
        text: text.trim().to_owned(),
        to_source: OffsetMap::default(),
        to_file: OffsetMap::default(),
        body: Body::Python(parsed),
        magics: Vec::new(),
    })
}

/// The file that a `%run` line names, with options and quotes taken off.
pub(super) fn run_target(arguments: &str) -> Option<String> {
    let mut words = arguments.split_whitespace();
    let first = words.find(|word| !word.starts_with('-'))?;
    let quoted = first.chars().next().filter(|c| ['"', '\''].contains(c));
    let target = match quoted {
        Some(quote) => arguments.split(quote).nth(1)?,
        None => first,
    };
    let plain = !target.contains(['{', '$', '~', '*', '\\']) && !target.is_empty();
    (plain && !arguments.contains("-m ")).then(|| target.to_owned())
}

/// Where `%run` looks: in the notebook's folder, as IPython does, or in that of the file itself, as Databricks does;
/// for the file as it is named, or with the ending that it lacks.
fn script_paths(folder: &str, target: &str) -> Vec<String> {
    let whole = [".py", ".ipy", ".ipynb"].iter().any(|ending| target.ends_with(ending));
    let endings: &[&str] = if whole { &[""] } else { &[".py", ".ipynb"] };
    let names = endings.iter().map(|ending| format!("{target}{ending}"));
    in_folders(&["", folder], &names.collect::<Vec<_>>())
}

/// Where a module may be: a file or a package, in the notebook's folder or in that of the file itself.
fn module_paths(folder: &str, module: &str, level: u32) -> Vec<String> {
    let up = "../".repeat((level as usize).saturating_sub(1));
    let path = module.replace('.', "/");
    let tails = if path.is_empty() {
        vec![format!("{up}__init__.py")]
    } else {
        vec![format!("{up}{path}.py"), format!("{up}{path}/__init__.py")]
    };
    let folders: &[&str] = if level > 0 { &[folder] } else { &["", folder] };
    in_folders(folders, &tails)
}

fn in_folders(folders: &[&str], names: &[String]) -> Vec<String> {
    let mut paths: Vec<String> = Vec::new();
    for folder in folders {
        for path in names.iter().filter_map(|name| joined(folder, name)) {
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
    }
    paths
}

/// A path from the notebook's folder without `.` and inner `..`; nothing for one that starts at a root.
fn joined(folder: &str, path: &str) -> Option<String> {
    if path.starts_with('/') || path.contains(':') {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
