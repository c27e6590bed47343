//! What the notebook finds on its platform: names that are there before the first cell, and modules that no other Python
//! has. They are parameters of `run`.

use std::collections::BTreeMap;

use ruff_python_ast::{Alias, Stmt};
use rustc_hash::FxHashSet;

use crate::facts::{Facts, NameId, flow};
use crate::notebook::Notebook;
use crate::python::{Table, platform_of};

use super::bindings::Histories;
use super::dataflow::DataFlow;
use super::model::Given;
use super::pieces::{Fate, Piece};
use super::steps::Made;

static NAMES: Table = Table::new(include_str!("../../data/platform_names.tsv"));

/// The names that the platform gives, those that an import takes from its modules among them.
pub(super) fn given_names(notebook: &Notebook<'_>, facts: &Facts, pieces: &[Piece<'_>]) -> FxHashSet<NameId> {
    let mut names = flow::given(notebook, facts);
    let imports = pieces.iter().filter(|piece| piece.fate == Fate::Given);
    names.extend(imports.flat_map(|piece| &piece.facts.binds).map(|bind| bind.name));
    names
}

/// Whether all that an import binds is of a platform's own modules, and bound by nothing else.
pub(super) fn is_platforms(stmt: &Stmt, piece: &Piece<'_>, histories: &Histories) -> bool {
    let of_platform = |module: &str| platform_of(module).is_some();
    let only = match stmt {
        Stmt::Import(import) => import.names.iter().all(|alias| of_platform(&alias.name)),
        Stmt::ImportFrom(import) => {
            let starred = import.names.iter().any(|alias| alias.name.as_str() == "*");
            !starred && import.level == 0 && import.module.as_ref().is_some_and(|module| of_platform(module))
        }
        _ => false,
    };
    let alone = |name: NameId| histories.get(name).binders.len() == 1;
    only && piece.facts.binds.iter().all(|bind| alone(bind.name))
}

/// What the steps take of what the platform gives, by name.
pub(super) fn taken(facts: &Facts, pieces: &[Piece<'_>], flow: &DataFlow, made: &[Made]) -> Vec<Given> {
    let imports = pieces.iter().filter(|piece| piece.fate == Fate::Given);
    let imported: BTreeMap<String, Given> = imports.flat_map(|piece| of_import(piece)).collect();
    let passed = |name: &str| {
        made.iter()
            .flat_map(|made| &made.step.params)
            .any(|param| param.name == name)
    };
    let taken = flow
        .given
        .iter()
        .filter(|name| flow.state.contains_key(name) || passed(facts.text(**name)));
    let names = taken.map(|&name| facts.text(name).to_owned());
    let mut all: Vec<Given> = names
        .filter_map(|name| imported.get(&name).cloned().or_else(|| of_name(&name)))
        .collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

fn of_name(name: &str) -> Option<Given> {
    let mut columns = NAMES
        .get(name)?
        .split('\t')
        .map(|column| column.trim_matches('-').to_owned());
    Some(Given {
        name: name.to_owned(),
        platform: columns.next()?,
        distribution: columns.next()?,
        import: columns.next()?,
        expression: columns.next()?,
        imported: false,
    })
}

/// What an import of a platform's module gives, by the names that it binds.
fn of_import(piece: &Piece<'_>) -> Vec<(String, Given)> {
    let given = |name: &str, platform: &str, import: String| {
        let given = Given {
            name: name.to_owned(),
            platform: platform.to_owned(),
            distribution: String::new(),
            import,
            expression: name.to_owned(),
            imported: true,
        };
        (name.to_owned(), given)
    };
    let text = |alias: &Alias| match &alias.asname {
        Some(name) => format!("{} as {name}", alias.name),
        None => alias.name.to_string(),
    };
    match piece.stmt {
        Stmt::Import(import) => {
            let one = |alias: &Alias| {
                let top = alias.name.split('.').next().unwrap_or_default();
                let bound = alias.asname.as_ref().map_or(top, |name| name.as_str());
                Some(given(
                    bound,
                    platform_of(&alias.name)?,
                    format!("import {}", text(alias)),
                ))
            };
            import.names.iter().filter_map(one).collect()
        }
        Stmt::ImportFrom(import) => {
            let module = import.module.as_ref().map(|module| module.as_str()).unwrap_or_default();
            let one = |alias: &Alias| {
                let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                Some(given(
                    bound,
                    platform_of(module)?,
                    format!("from {module} import {}", text(alias)),
                ))
            };
            import.names.iter().filter_map(one).collect()
        }
        _ => Vec::new(),
    }
}
