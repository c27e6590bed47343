//! MB106: an output that is older than what it shows.

use ruff_python_ast::{Expr, Stmt};

use crate::facts::history::Gift;
use crate::finding::{Confidence, Finding, Related, Severity};
use crate::notebook::{Cell, Output, OutputKind};

use super::replay::{Late, late};
use super::traceback::raised;
use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB106",
    name: "stale-output",
    summary: "an output is older than the last run or edit of a cell that it depends on",
    severity: Severity::Warning,
    reads: Reads::Python,
    page: include_str!("stale_output.md"),
};

pub(super) struct StaleOutput;

impl Rule for StaleOutput {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        for late in late(ctx) {
            out.extend(ran_late(ctx, &late));
        }
        for cell in ctx.notebook.code_cells() {
            out.extend(of_other_run(ctx, cell));
        }
    }
}

/// One finding for each cell that ran late: its consumers have one remedy.
fn ran_late(ctx: &Context<'_>, late: &Late<'_>) -> Option<Finding> {
    let stale: Vec<&Cell> = late.stale.iter().filter_map(|&idx| ctx.notebook.cell(idx)).collect();
    let (shown, mute): (Vec<&Cell>, Vec<&Cell>) = stale.iter().copied().partition(|cell| !cell.outputs.is_empty());
    // what would show something and doesn't was cleared: then there is nothing stale to see
    if shown.is_empty() && mute.iter().any(|cell| displays(ctx, cell)) {
        return None;
    }
    let direct = late.links.first()?;
    let first = ctx.notebook.cell(direct.consumer)?;
    let (producer, consumer) = (ctx.name_cell(late.producer), ctx.name_cell(first.idx));
    let names = names(ctx, late, first);
    let others: Vec<&Cell> = shown.iter().copied().filter(|cell| cell.idx != first.idx).collect();
    let more = match others.as_slice() {
        [] => String::new(),
        [one] => format!("; the output of cell {} follows from it", one.idx),
        many => format!("; the outputs of {} follow from it", listed(many)),
    };
    let verb = match late.gift {
        Gift::Change => "changes",
        Gift::File => "writes",
        _ => "gives it",
    };
    let message = format!("{consumer} ran before {producer}, which {verb} {names}{more}");
    let mut finding = META.finding(ctx.of_cell(first), message);
    finding.confidence = Confidence::Likely;
    if late.gift == Gift::Import || shown.is_empty() {
        finding.confidence = Confidence::Possible;
        finding.severity = Severity::Note;
    }
    finding
        .related
        .extend(ctx.notebook.cell(late.producer).map(|cell| Related {
            message: "ran later".to_owned(),
            place: ctx.of_cell(cell),
        }));
    for cell in others {
        finding.related.push(Related {
            message: format!("the output of {} may be stale", ctx.name_cell(cell.idx)),
            place: ctx.of_output(cell, 0),
        });
    }
    finding.hint = Some(format!(
        "run {} again, or restart the kernel and run all cells, so that every output comes from the code above it",
        listed(&stale)
    ));
    if finding.severity > Severity::Note && shown.iter().any(|cell| displays(ctx, cell)) {
        finding.fix = ctx.clear_outputs(&shown);
    }
    Some(finding)
}

/// `cell 3`, `cells 3 and 7`, `cells 3, 7, 8 and 4 more`.
fn listed(cells: &[&Cell]) -> String {
    let numbers: Vec<String> = cells.iter().map(|cell| cell.idx.to_string()).collect();
    match numbers.as_slice() {
        [one] => format!("cell {one}"),
        [one, other] => format!("cells {one} and {other}"),
        [a, b, c] => format!("cells {a}, {b} and {c}"),
        [a, b, c, rest @ ..] => format!("cells {a}, {b}, {c} and {} more", rest.len()),
        [] => "the cells".to_owned(),
    }
}

/// What a cell takes from the late one, in words.
fn names(ctx: &Context<'_>, late: &Late<'_>, consumer: &Cell) -> String {
    let links = late.links.iter().filter(|link| link.consumer == consumer.idx);
    let names: Vec<String> = links
        .map(|link| format!("`{}`", ctx.facts.text(link.need.name)))
        .collect();
    match names.as_slice() {
        [a, b, c, _, ..] => format!("{a}, {b}, {c} and {} more", names.len() - 3),
        _ => names.join(", "),
    }
}

/// An output of another run than the cell's last one, or of code that the cell doesn't hold any more.
fn of_other_run(ctx: &Context<'_>, cell: &Cell) -> Option<Finding> {
    let (index, message) = cell
        .outputs
        .iter()
        .enumerate()
        .find_map(|(index, output)| Some((index, witness(ctx, cell, output)?)))?;
    let mut finding = META.finding(ctx.of_output(cell, index), message);
    finding.hint = Some("run the cell again: its outputs are not those of its code and its last run".to_owned());
    finding.fix = ctx.clear_outputs(&[cell]);
    Some(finding)
}

/// What an output says against its cell.
fn witness(ctx: &Context<'_>, cell: &Cell, output: &Output) -> Option<String> {
    let of_run = |run: Option<i64>, what: &str| {
        let (run, last) = (run?, cell.execution_count?);
        (run != last && run > 0 && last > 0).then(|| {
            format!(
                "the {what} of cell {} is of run In [{run}], and the cell last ran as In [{last}]",
                cell.idx
            )
        })
    };
    match &output.kind {
        OutputKind::ExecuteResult { count } => of_run(*count, "result"),
        OutputKind::Error { name, .. } if name != "KeyboardInterrupt" => {
            let raised = raised(ctx, output)?;
            if !raised.is_in(cell) {
                let quoted = ctx.quote(&raised.text);
                return Some(format!(
                    "the error of cell {} comes from code that it no longer holds: `{quoted}`",
                    cell.idx
                ));
            }
            of_run(raised.run, "error")
        }
        _ => None,
    }
}

/// Whether the code of a cell is such that a run of it shows something.
fn displays(ctx: &Context<'_>, cell: &Cell) -> bool {
    let Some(code) = ctx.code(cell.idx) else { return false };
    let prints = |stmt: &Stmt| matches!(stmt, Stmt::Expr(expr) if matches!(called(&expr.value), Some("print" | "display" | "show")));
    let result = |stmt: &Stmt| match stmt {
        Stmt::Expr(expr) => {
            let source = cell.source.text.trim_end();
            // a function may well return nothing; a method that does is rare, but for changes in place
            let mute = expr
                .value
                .as_call_expr()
                .is_some_and(|call| call.func.is_name_expr() || call.arguments.find_keyword("inplace").is_some());
            !source.ends_with(';') && !mute
        }
        _ => false,
    };
    code.statements().iter().any(prints) || code.statements().last().is_some_and(result)
}

fn called(expr: &Expr) -> Option<&str> {
    match expr.as_call_expr()?.func.as_ref() {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}
