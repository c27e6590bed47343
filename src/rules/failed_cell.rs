//! MB105: a cell whose stored output is an error or an interrupt.

use crate::facts::Certainty;
use crate::facts::history::Gift;
use crate::finding::{Confidence, Finding, Place, Related, Severity};
use crate::notebook::{Cell, CellIdx, OutputKind};
use crate::secrets::without_ansi;
use crate::text::{LineIndex, Span};

use super::traceback::{Raised, raised};
use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB105",
    name: "failed-cell",
    summary: "a cell stopped with an error, or was interrupted",
    severity: Severity::Error,
    reads: Reads::Anything,
    page: include_str!("failed_cell.md"),
};

/// Tags by which authors say that a cell is meant to fail.
const MEANT_TO_FAIL: [&str; 3] = ["raises-exception", "nbval-raises-exception", "raises_exception"];

pub(super) struct FailedCell;

impl Rule for FailedCell {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        let cells = ctx.notebook.code_cells();
        for cell in cells.filter(|cell| !MEANT_TO_FAIL.iter().any(|tag| cell.has_tag(tag))) {
            for (index, output) in cell.outputs.iter().enumerate() {
                if let OutputKind::Error { name, value } = &output.kind {
                    out.push(finding(ctx, cell, index, (name, value)));
                }
            }
        }
    }
}

fn finding(ctx: &Context<'_>, cell: &Cell, index: usize, (name, value): (&str, &str)) -> Finding {
    let interrupted = name == "KeyboardInterrupt";
    let plain = without_ansi(value);
    let said = ctx.quote(&plain);
    let shown = ctx.quote(name);
    let message = match (interrupted, shown.is_empty(), said.is_empty()) {
        (true, ..) => format!("cell {} was interrupted; what it computes may be incomplete", cell.idx),
        (_, true, true) => format!("cell {} failed", cell.idx),
        (_, true, false) => format!("cell {} failed: {said}", cell.idx),
        (_, false, true) => format!("cell {} failed with {shown}", cell.idx),
        (_, false, false) => format!("cell {} failed with {shown}: {said}", cell.idx),
    };
    let mut finding = META.finding(ctx.of_output(cell, index), message);
    if interrupted {
        finding.severity = Severity::Warning;
    }
    finding.hint =
        Some("fix the cell and run it again, or tag it `raises-exception` where it is meant to fail".to_owned());
    let raised = cell.outputs.get(index).and_then(|output| raised(ctx, output));
    if let Some(place) = raised.as_ref().and_then(|raised| place(ctx, cell, raised)) {
        finding.related.push(Related {
            message: "raised here".to_owned(),
            place,
        });
    }
    if !interrupted && raised.is_some_and(|raised| !raised.is_in(cell)) {
        past(&mut finding, "by code that it no longer holds");
    } else if name == "NameError" {
        judge_name(ctx, cell, &plain, &mut finding);
    }
    finding
}

/// The error is of a state that is gone: whether it comes again can't be seen.
fn past(finding: &mut Finding, why: &str) {
    finding.message.push_str("; it was raised ");
    finding.message.push_str(why);
    finding.confidence = Confidence::Likely;
    finding.hint = Some("run the cell again: the error may be gone".to_owned());
}

/// Whether the code as it is today raises a recorded `NameError` in a run from the top.
fn judge_name(ctx: &Context<'_>, cell: &Cell, value: &str, finding: &mut Finding) {
    let Some(name) = value.split('\'').nth(1) else { return };
    let missing = ctx
        .misses
        .iter()
        .any(|miss| miss.cell == cell.idx && ctx.facts.text(miss.name) == name);
    if missing {
        finding.message.push_str(", and a run from the top raises it again");
    } else if let Some(giver) = giver(ctx, cell, name).and_then(|idx| ctx.notebook.cell(idx)) {
        past(
            finding,
            &format!(
                "when {} had not run, which gives it from the top",
                ctx.name_cell(giver.idx)
            ),
        );
        finding.related.push(Related {
            message: format!("gives `{}`", ctx.quote(name)),
            place: ctx.of_cell(giver),
        });
    }
}

/// The last cell above that gives the name on every path.
fn giver(ctx: &Context<'_>, cell: &Cell, name: &str) -> Option<CellIdx> {
    let above = ctx.history.steps.iter().filter(|step| step.idx < cell.idx);
    let gives = above.flat_map(|step| step.gives.iter().map(move |give| (step.idx, give)));
    let binds = |gift, certainty| gift != Gift::Change && certainty == Certainty::Definite;
    gives
        .rev()
        .find(|(_, (given, gift, certainty))| binds(*gift, *certainty) && ctx.facts.text(*given) == name)
        .map(|(idx, _)| idx)
}

/// The line that the traceback's arrow points at, if the cell still holds it just there.
fn place(ctx: &Context<'_>, cell: &Cell, raised: &Raised) -> Option<Place> {
    let source = &cell.source.text;
    let start = LineIndex::new(source).start(raised.line.checked_sub(1)?);
    let line = source.get(start..)?.lines().next()?;
    if line.trim().is_empty() || raised.text != line.trim() {
        return None;
    }
    let indent = line.len() - line.trim_start().len();
    Some(ctx.in_source(cell, Span::new(start + indent, start + line.trim_end().len())))
}
