//! MB103: a code cell that didn't run in the session that the others ran in.

use crate::facts::history::Gift;
use crate::finding::{Confidence, Finding, Related, Severity};
use crate::notebook::Cell;
use crate::python::Body;

use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB103",
    name: "unexecuted-cell",
    summary: "a code cell did not run, though others did",
    severity: Severity::Warning,
    reads: Reads::Anything,
    page: include_str!("unexecuted_cell.md"),
};

/// Tags by which tools leave a cell out of a run on purpose.
const SKIPPED_ON_PURPOSE: [&str; 3] = ["skip-execution", "skip", "nbval-skip"];

pub(super) struct UnexecutedCell;

impl Rule for UnexecutedCell {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        let cells: Vec<&Cell> = ctx.notebook.code_cells().collect();
        let ran = cells.iter().filter(|cell| cell.execution_count.is_some()).count();
        if ran == 0 {
            return;
        }
        let last_ran = cells.iter().rfind(|cell| cell.execution_count.is_some());
        let stopped = last_ran.filter(|cell| cell.outputs.iter().any(crate::notebook::Output::is_error));
        let silent: Vec<&Cell> = cells.iter().copied().filter(|cell| did_not_run(ctx, cell)).collect();
        if silent.is_empty() {
            out.extend(
                cells
                    .iter()
                    .copied()
                    .filter(|cell| is_bare(cell))
                    .map(|cell| only_comments(ctx, cell)),
            );
        }
        if silent.len() > ran {
            out.extend(mostly(ctx, &silent, ran));
            return;
        }
        for cell in silent {
            let mut message = match stopped.filter(|failed| failed.idx < cell.idx) {
                Some(failed) => {
                    format!(
                        "cell {} did not run: the run stopped at cell {}, which failed",
                        cell.idx, failed.idx
                    )
                }
                None => format!("cell {} did not run, though {} did", cell.idx, others(ran)),
            };
            let readers = readers(ctx, cell);
            if let Some((name, reader)) = readers.first() {
                message.push_str(&format!(
                    "; {} reads `{name}` from it in a run from the top",
                    ctx.name_cell(reader.idx)
                ));
            }
            let mut finding = META.finding(ctx.of_cell(cell), message);
            for (name, reader) in readers {
                finding.related.push(Related {
                    message: format!("reads `{name}` from it"),
                    place: ctx.of_cell(reader),
                });
            }
            finding.hint = Some(HINT.to_owned());
            out.push(finding);
        }
    }
}

/// The cells that ran and that take a value from this one in a run from the top, each with the first such name.
fn readers<'c>(ctx: &Context<'c>, cell: &Cell) -> Vec<(&'c str, &'c Cell)> {
    let mut readers: Vec<(&str, &Cell)> = Vec::new();
    let links = ctx
        .history
        .top
        .iter()
        .filter(|link| link.producer == cell.idx && link.gift != Gift::Import);
    for link in links {
        let reader = ctx.notebook.cell(link.consumer);
        if let Some(reader) = reader.filter(|reader| reader.execution_count.is_some())
            && !readers.iter().any(|(_, known)| known.idx == reader.idx)
        {
            readers.push((ctx.facts.text(link.need.name), reader));
        }
    }
    readers
}

const HINT: &str = "run it with the rest, delete it, or tag it `skip-execution` where it is not meant to run";

/// One finding where most cells did not run: then it is the notebook that did not, and not some cells.
fn mostly(ctx: &Context<'_>, silent: &[&Cell], ran: usize) -> Option<Finding> {
    let (first, rest) = silent.split_first()?;
    let verb = if ran == 1 {
        "only 1 did"
    } else {
        &format!("only {ran} did")
    };
    let message = format!("{} cells did not run, from cell {} on; {verb}", silent.len(), first.idx);
    let mut finding = META.finding(ctx.of_cell(first), message);
    finding.related = rest
        .iter()
        .map(|cell| Related {
            message: format!("cell {} did not run", cell.idx),
            place: ctx.of_cell(cell),
        })
        .collect();
    finding.hint = Some("run all cells and save, or clear all outputs".to_owned());
    Some(finding)
}

fn others(ran: usize) -> String {
    if ran == 1 {
        "1 other cell".to_owned()
    } else {
        format!("{ran} other cells")
    }
}

/// A cell with outputs ran, whatever became of its count.
fn did_not_run(ctx: &Context<'_>, cell: &Cell) -> bool {
    is_bare(cell) && holds_code(ctx, cell)
}

/// Whether a cell that isn't empty has neither count nor outputs, and nobody says that this is meant.
fn is_bare(cell: &Cell) -> bool {
    let uncounted = cell.execution_count.is_none() && cell.outputs.is_empty();
    uncounted && cell.has_code() && !SKIPPED_ON_PURPOSE.iter().any(|tag| cell.has_tag(tag))
}

/// Running all cells counts those of comments too: where all others ran, this one was added or cleared since.
fn only_comments(ctx: &Context<'_>, cell: &Cell) -> Finding {
    let message = format!(
        "cell {} holds comments only, and has no count though all cells of code ran: it was added or cleared since",
        cell.idx
    );
    let mut finding = META.finding(ctx.of_cell(cell), message);
    finding.severity = Severity::Note;
    finding.confidence = Confidence::Likely;
    finding.hint = Some("run all cells and save".to_owned());
    finding
}

/// Whether there is anything to run: comments alone are not.
fn holds_code(ctx: &Context<'_>, cell: &Cell) -> bool {
    let Some(code) = ctx.cells.iter().find(|code| code.idx == cell.idx) else {
        return cell
            .source
            .text
            .lines()
            .any(|line| !line.trim().is_empty() && !is_comment(line));
    };
    match &code.body {
        Body::Python(parsed) | Body::Private(parsed) => !parsed.syntax().body.is_empty() || !code.magics.is_empty(),
        Body::Broken(..) | Body::Foreign => cell.has_code(),
    }
}

/// Comments of the languages that kernels speak.
fn is_comment(line: &str) -> bool {
    ["#", "//", "--", ";"]
        .iter()
        .any(|mark| line.trim_start().starts_with(mark))
}
