//! What the rules on missing names have in common: the place of the read, and how sure it is that it fails.

use crate::facts::flow::{Doubt, Miss};
use crate::finding::{Confidence, Finding, Related, Severity};
use crate::notebook::CellIdx;
use crate::python::{CellCode, span};

use super::{Context, Meta};

/// Why a name is missing, in words.
pub(super) struct Missing {
    pub says: String,
    pub related: Option<(CellIdx, &'static str)>,
    pub hint: String,
}

/// The finding for a read that finds no name.
pub(super) fn finding(meta: &'static Meta, ctx: &Context<'_>, miss: &Miss, missing: Missing) -> Option<Finding> {
    let name = ctx.facts.text(miss.name);
    let code = code_of(ctx, miss.cell)?;
    let place = ctx.in_code(code, span(miss.range));
    let through = miss.through.map(|(function, cell, range)| (ctx.facts.text(function), cell, range));
    let reached = through.map(|(function, cell, _)| format!(", reached by the call of `{function}` in cell {cell}"));
    let message = format!("`{name}` is read{}, and {}", reached.unwrap_or_default(), missing.says);
    let mut finding = meta.finding(place, message);
    finding.subject = Some(name.to_owned());
    finding.hint = Some(missing.hint);
    match miss.doubt {
        Doubt::Certain => {}
        Doubt::Likely => {
            finding.confidence = Confidence::Likely;
            finding.severity = Severity::Warning;
        }
        Doubt::Possible => {
            finding.confidence = Confidence::Possible;
            finding.severity = Severity::Note;
        }
    }
    if let Some((function, cell, range)) = through
        && let Some(code) = code_of(ctx, cell)
    {
        finding.related.push(Related {
            message: format!("`{function}` is called here"),
            place: ctx.in_code(code, span(range)),
        });
    }
    if let Some((cell, message)) = missing.related
        && let Some(cell) = ctx.notebook.cell(cell)
    {
        finding.related.push(Related {
            message: message.to_owned(),
            place: ctx.of_cell(cell),
        });
    }
    Some(finding)
}

fn code_of<'c>(ctx: &Context<'c>, idx: CellIdx) -> Option<&'c CellCode> {
    ctx.cells.iter().find(|code| code.idx == idx)
}
