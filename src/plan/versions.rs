//! Versions that the notebook tells: its install lines, the requirements beside it, the versions that it printed.

use std::collections::BTreeMap;

use ruff_python_ast::{Expr, Stmt};

use crate::facts::Facts;
use crate::notebook::{Notebook, OutputKind};
use crate::python::{CellCode, Effect, distribution, normalised};

use super::pieces::Piece;

/// What is known of versions, by distribution. What the notebook installs comes before the requirements beside it, and
/// both before a version that it printed, which is a floor.
pub(super) fn versions(
    notebook: &Notebook<'_>,
    cells: &[CellCode],
    facts: &Facts,
    pieces: &[Piece<'_>],
    requirements: &str,
) -> BTreeMap<String, String> {
    let mut out = printed(notebook, facts, pieces);
    let beside = requirements
        .lines()
        .map(|line| line.split(['#', ';']).next().unwrap_or_default());
    out.extend(beside.filter_map(|line| specifier(&line.split_whitespace().collect::<String>())));
    let installs = cells
        .iter()
        .flat_map(|cell| &cell.magics)
        .filter(|magic| magic.effect == Effect::Install);
    out.extend(
        installs
            .flat_map(|magic| magic.arguments.split_whitespace())
            .filter_map(specifier),
    );
    out
}

/// `name[extra]==1.2` as a name and what is asked of its version. Whatever else a line may hold is no specifier.
fn specifier(word: &str) -> Option<(String, String)> {
    let word = word.trim_matches(['"', '\'']);
    let (name, version) = word.split_at_checked(word.find(['=', '<', '>', '~', '!'])?)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let name = name.split('[').next().unwrap_or_default();
    let is_name = name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(plain);
    let is_version = version.len() > 2 && version.chars().all(|c| plain(c) || "=<>~!,*+".contains(c));
    (is_name && is_version).then(|| (normalised(name), version.to_owned()))
}

/// `pd.__version__`, displayed or printed by a cell that says nothing else.
fn printed(notebook: &Notebook<'_>, facts: &Facts, pieces: &[Piece<'_>]) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for piece in pieces {
        let Stmt::Expr(stmt) = piece.stmt else { continue };
        let (value, is_printed) = match stmt.value.as_ref() {
            Expr::Call(call) if matches!(call.func.as_ref(), Expr::Name(name) if name.id.as_str() == "print") => {
                match call.arguments.args.as_ref() {
                    [one] if call.arguments.keywords.is_empty() => (one, true),
                    _ => continue,
                }
            }
            value => (value, false),
        };
        let Expr::Attribute(attribute) = value else { continue };
        let module = attribute
            .value
            .as_name_expr()
            .and_then(|name| facts.imports.path(name.id.as_str()));
        let Some(module) = module.filter(|_| attribute.attr.as_str() == "__version__") else {
            continue;
        };
        let Some(version) = shown(notebook, piece, is_printed) else {
            continue;
        };
        out.insert(normalised(&distribution(module).0), format!(">={version}"));
    }
    out
}

/// The version among the cell's outputs: the result, or the only line that was printed.
fn shown(notebook: &Notebook<'_>, piece: &Piece<'_>, is_printed: bool) -> Option<String> {
    let cell = notebook.cell(piece.cell)?;
    let text = if is_printed {
        let [output] = cell.outputs.as_slice() else { return None };
        notebook.text_of(output.text?).text
    } else {
        let result = cell
            .outputs
            .iter()
            .find(|o| matches!(o.kind, OutputKind::ExecuteResult { .. }))?;
        notebook.text_of(result.mime("text/plain")?).text
    };
    let version = text.trim().trim_matches('\'');
    let parts: Vec<&str> = version.split('.').collect();
    let numbers = (2..=4).contains(&parts.len())
        && parts
            .iter()
            .all(|part| !part.is_empty() && part.len() < 6 && part.bytes().all(|b| b.is_ascii_digit()));
    numbers.then(|| version.to_owned())
}
