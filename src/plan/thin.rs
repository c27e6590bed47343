//! The thin notebook: prose and displays kept, code replaced by calls of the package.

use std::collections::BTreeSet;

use ruff_python_ast::Stmt;

use crate::facts::{Effect, Facts, expression_effect};
use crate::notebook::{CellIdx, CellKind, Notebook};
use crate::python::{CellCode, is_builtin, provided_by};

use super::model::{Argument, Plan, Step, ThinCell};
use super::pieces::{Fate, Piece};

/// The cells of the thin notebook of `plan`.
pub(super) fn thin_cells(
    notebook: &Notebook<'_>,
    cells: &[CellCode],
    facts: &Facts,
    pieces: &[Piece<'_>],
    plan: &Plan,
) -> Vec<ThinCell> {
    let mut out = Vec::new();
    let mut ready = false;
    if !plan.notebook.order.is_empty() {
        let text = "*The cells stand in the order in which they ran, which is not that of the notebook.*";
        out.push(ThinCell::Markdown(text.to_owned()));
    }
    for cell in &notebook.cells {
        match cell.kind {
            CellKind::Markdown => out.push(ThinCell::Markdown(cell.source.text.clone())),
            CellKind::Heading(level) => {
                out.push(ThinCell::Markdown(format!(
                    "{} {}",
                    "#".repeat(usize::from(level)),
                    cell.source.text
                )));
            }
            CellKind::Code => {
                if !ready {
                    out.push(ThinCell::Code {
                        source: set_up(plan),
                        original: None,
                    });
                    ready = true;
                }
                let source = code(cell.idx, cells, facts, pieces, plan);
                if !source.trim().is_empty() {
                    out.push(ThinCell::Code {
                        source,
                        original: Some(cell.idx),
                    });
                }
            }
            CellKind::Raw | CellKind::Unknown => {}
        }
    }
    out
}

fn set_up(plan: &Plan) -> String {
    let mut lines = Vec::new();
    for import in &plan.steps_module.imports {
        let line = match (&import.symbol, &import.alias) {
            (None, None) => format!("import {}", import.module),
            (None, Some(alias)) => format!("import {} as {alias}", import.module),
            (Some(symbol), None) => format!("from {} import {symbol}", import.module),
            (Some(symbol), Some(alias)) => format!("from {} import {symbol} as {alias}", import.module),
        };
        lines.push(line);
    }
    let imported = plan.given.iter().filter(|given| given.imported);
    lines.extend(imported.map(|given| given.import.clone()));
    lines.sort_by_key(|line| !line.starts_with("from __future__"));
    if plan.step_modules.is_empty() {
        lines.push(format!("from {} import steps", plan.package));
    } else {
        let modules: Vec<&str> = plan
            .step_modules
            .iter()
            .filter_map(|module| module.name.rsplit('.').next())
            .collect();
        lines.push(format!("from {}.steps import {}", plan.package, modules.join(", ")));
    }
    lines.push(format!("from {}.config import Config", plan.root()));
    if plan.messages {
        lines.push(format!("from {}.console import show_messages", plan.root()));
    }
    lines.push(String::new());
    let asked: Vec<String> = plan
        .config
        .iter()
        .filter(|field| field.default.is_empty())
        .map(|field| {
            let prompt = field.description.as_deref().unwrap_or(&field.field);
            format!(
                "{}=input({})",
                field.field,
                crate::python::string_literal(&format!("{prompt} "))
            )
        })
        .collect();
    if plan.messages {
        lines.push("show_messages()".to_owned());
    }
    lines.push(format!("config = Config({})", asked.join(", ")));
    let given = plan.given.iter().map(|given| &given.name);
    let shared = given.filter(|name| plan.state.iter().any(|state| state.name == **name));
    lines.extend(shared.map(|name| format!("steps.{name} = {name}")));
    lines.join("\n")
}

/// The call of the step that begins with this cell, then what the cell showed, then what stays in the notebook.
fn code(idx: CellIdx, cells: &[CellCode], facts: &Facts, pieces: &[Piece<'_>], plan: &Plan) -> String {
    let mut lines = Vec::new();
    let holder = plan.steps.iter().find(|s| s.cells.0 <= idx && idx <= s.cells.1);
    if let Some(step) = holder.filter(|step| step.cells.0 == idx) {
        lines.push(call(step));
    }
    let from = pieces.partition_point(|p| p.cell < idx);
    let below = pieces.get(from..).unwrap_or_default();
    for (at, piece) in below.iter().enumerate().take_while(|(_, p)| p.cell == idx) {
        // the step has run to its end by now: what it changes further down is not what the cell showed
        let rest = below.get(at + 1..).unwrap_or_default();
        let rest = rest
            .iter()
            .take_while(|p| holder.is_some_and(|step| p.cell <= step.cells.1));
        let shows = match &piece.fate {
            Fate::Dropped(_) => {
                shows_something(facts, piece)
                    && is_at_hand(facts, piece, plan, idx)
                    && !changes_later(facts, piece, rest)
            }
            Fate::Left(_) => true,
            _ => false,
        };
        if shows {
            lines.push(piece.text().to_owned());
        }
    }
    let foreign = cells
        .iter()
        .find(|c| c.idx == idx && c.statements().is_empty() && c.cell_magic().is_some());
    if let Some(code) = foreign
        && let Some(magic) = code.cell_magic()
    {
        lines.push(format!("%%{} {}\n{}", magic.name, magic.arguments, code.text));
    }
    lines.join("\n")
}

/// Whether a person at the notebook saw something of the piece: its value, or what it printed.
fn shows_something(facts: &Facts, piece: &Piece<'_>) -> bool {
    let Stmt::Expr(expr) = piece.stmt else { return false };
    piece.displayed || expression_effect(&expr.value, &facts.imports, &|name| facts.is_value(name)) == Effect::Show
}

/// Whether a name that the piece reads is bound again, or its object changed, by what the step runs below it.
fn changes_later<'p>(facts: &Facts, piece: &Piece<'_>, mut rest: impl Iterator<Item = &'p Piece<'p>>) -> bool {
    let read = super::modules::names_read(facts, piece);
    rest.any(|below| {
        let binds = below.facts.binds.iter().any(|bind| read.contains(&bind.name));
        below.is_kept() && (binds || below.facts.changes.iter().any(|name| read.contains(name)))
    })
}

/// Whether every name that a displayed expression reads has come out of a step by then, or is imported.
fn is_at_hand(facts: &Facts, piece: &Piece<'_>, plan: &Plan, idx: CellIdx) -> bool {
    let returned = plan
        .steps
        .iter()
        .filter(|s| s.cells.0 <= idx)
        .flat_map(|s| s.returns.iter().map(|r| r.name.as_str()));
    let imported = plan.steps_module.imports.iter().map(|i| {
        i.alias
            .as_ref()
            .or(i.symbol.as_ref())
            .map_or_else(|| i.module.split('.').next().unwrap_or_default(), String::as_str)
    });
    let at_hand: BTreeSet<&str> = returned.chain(imported).collect();
    super::modules::names_read(facts, piece).into_iter().all(|name| {
        let text = facts.text(name);
        at_hand.contains(text) || is_builtin(text) || provided_by(text).is_some()
    })
}

fn call(step: &Step) -> String {
    let mut arguments: Vec<String> = step
        .params
        .iter()
        .map(|p| match &p.argument {
            Argument::Value(name) => name.clone(),
            Argument::Config(field) => format!("config.{field}"),
        })
        .collect();
    if step.saves_figures {
        arguments.push("config.figures_dir".to_owned());
    }
    let names: Vec<&str> = step.returns.iter().map(|r| r.name.as_str()).collect();
    let target = if names.is_empty() {
        String::new()
    } else {
        format!("{} = ", names.join(", "))
    };
    format!("{target}{}({})", step.callee(), arguments.join(", "))
}
