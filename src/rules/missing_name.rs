//! What the rules on missing names have in common: the place of the read, and how sure it is that it fails.

use crate::facts::flow::{Absence, Doubt, Miss};
use crate::finding::{Confidence, Finding, Related, Severity};
use crate::notebook::{CellIdx, Language, Output, OutputKind};
use crate::python::{CellCode, is_python2_builtin, span};

use super::{Context, Meta};

/// How many runs before a cell's own the one that bound its names is looked for.
const FAR: i64 = 50;

/// Other cells that read the name that a finding lists.
const ALSO: usize = 20;

/// The misses that a rule may speak of: what Python 2 bound is no miss in a notebook of Python 2.
pub(super) fn misses<'c>(ctx: &Context<'c>) -> impl Iterator<Item = &'c Miss> {
    let old = ctx.notebook.language == Language::Python2;
    let facts = ctx.facts;
    ctx.misses
        .iter()
        .filter(move |miss| !(old && is_python2_builtin(facts.text(miss.name))))
}

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
    let through = miss
        .through
        .map(|(function, cell, range)| (ctx.facts.text(function), cell, range));
    let reached = through.map(|(function, cell, _)| format!(", reached by the call of `{function}` in cell {cell}"));
    let reached = reached.or_else(|| (!miss.reached).then(|| " in a function that no cell is seen to call".to_owned()));
    let perhaps = miss
        .perhaps
        .as_ref()
        .map(|what| format!("; `{}` may bind it", ctx.quote(what)));
    let witnessed = recorded_error(ctx, name);
    let ran = if witnessed.is_none() {
        clean_run(ctx, miss)
    } else {
        None
    };
    let message = format!(
        "`{name}` is read{}, and {}{}{}",
        reached.unwrap_or_default(),
        missing.says,
        perhaps.unwrap_or_default(),
        ran.unwrap_or_default(),
    );
    let mut finding = meta.finding(place, message);
    finding.subject = Some(name.to_owned());
    finding.hint = Some(missing.hint);
    match (miss.doubt, &witnessed) {
        (Doubt::Certain, None) if miss.branched => finding.severity = Severity::Warning,
        (Doubt::Certain, _) | (Doubt::Likely, Some(_)) => {}
        (Doubt::Likely, None) | (Doubt::Possible, Some(_)) => {
            finding.confidence = Confidence::Likely;
            finding.severity = Severity::Warning;
        }
        (Doubt::Possible, None) => {
            finding.confidence = Confidence::Possible;
            finding.severity = Severity::Note;
        }
    }
    finding.related.extend(witnessed);
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
    let also = miss.also.iter().take(ALSO).filter_map(|again| {
        let message = match again.calls {
            Some(function) => format!("`{}`, which reads it, is called here", ctx.facts.text(function)),
            None => "also read here".to_owned(),
        };
        let place = ctx.in_code(code_of(ctx, again.cell)?, span(again.range));
        Some(Related { message, place })
    });
    finding.related.extend(also);
    Some(finding)
}

/// What a cell that ran without an error says of a name that it needs: it was there then.
fn clean_run(ctx: &Context<'_>, miss: &Miss) -> Option<String> {
    let sure = miss.doubt == Doubt::Certain && !miss.branched;
    let cell = miss.through.map_or(miss.cell, |(_, cell, _)| cell);
    let cell = ctx.notebook.cell(cell).filter(|_| sure)?;
    let count = cell.execution_count.filter(|&count| count > 0)?;
    let failed = |output: &Output| matches!(output.kind, OutputKind::Error { .. });
    if cell.outputs.iter().any(failed) {
        return None;
    }
    let ran_as = |idx: CellIdx| ctx.notebook.cell(idx).and_then(|cell| cell.execution_count);
    match miss.absence {
        Absence::BoundLater(later) if ran_as(later).is_some_and(|binder| binder < count) => {
            let binder = ran_as(later).unwrap_or_default();
            Some(format!(
                "; it was there when the cell ran as In [{count}], for cell {later} had run as In [{binder}]"
            ))
        }
        Absence::Deleted(_) => None,
        _ => {
            let gone = count_before(ctx, count).map(|gone| format!(", perhaps In [{gone}], which is gone"));
            let gone = gone.unwrap_or_default();
            Some(format!(
                "; the cell ran as In [{count}] and left no error, so one that bound it was deleted or edited since{gone}"
            ))
        }
    }
}

/// The last count before `count` that no cell has.
fn count_before(ctx: &Context<'_>, count: i64) -> Option<i64> {
    let counts: Vec<i64> = ctx
        .notebook
        .code_cells()
        .filter_map(|cell| cell.execution_count)
        .collect();
    let least = counts.iter().copied().min()?;
    let start = least.max(count.saturating_sub(FAR));
    (start..count).rev().find(|missing| !counts.contains(missing))
}

/// The stored error that says that the name was missing in the recorded run too.
fn recorded_error(ctx: &Context<'_>, name: &str) -> Option<Related> {
    let quoted = format!("'{name}' is not defined");
    ctx.notebook.code_cells().find_map(|cell| {
        let says = |output: &Output| {
            matches!(&output.kind, OutputKind::Error { name, value } if name == "NameError" && value.contains(&quoted))
        };
        let index = cell.outputs.iter().position(says)?;
        Some(Related {
            message: "the recorded run stopped here for the same reason".to_owned(),
            place: ctx.of_output(cell, index),
        })
    })
}

fn code_of<'c>(ctx: &Context<'c>, idx: CellIdx) -> Option<&'c CellCode> {
    ctx.cells.iter().find(|code| code.idx == idx)
}
