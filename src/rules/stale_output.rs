//! MB106: an output that is older than what it shows.

use crate::facts::history::Gift;
use crate::finding::{Confidence, Finding, Related, Severity};
use crate::notebook::{Cell, Output, OutputKind};
use crate::secrets::without_ansi;

use super::replay::{Late, late};
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
            out.extend(quotes_other_code(ctx, cell));
        }
    }
}

/// One finding for each cell that ran late: its consumers have one remedy.
fn ran_late(ctx: &Context<'_>, late: &Late<'_>) -> Option<Finding> {
    let shows = |cell: &&Cell| !cell.outputs.is_empty();
    let stale: Vec<&Cell> = late.stale.iter().filter_map(|&idx| ctx.notebook.cell(idx)).collect();
    let shown: Vec<&Cell> = stale.iter().copied().filter(shows).collect();
    let direct = late.links.first()?;
    let first = ctx.notebook.cell(direct.consumer)?;
    let (producer, consumer) = (ctx.name_cell(late.producer), ctx.name_cell(first.idx));
    let names = names(ctx, late, first);
    let more = match shown.iter().filter(|cell| cell.idx != first.idx).count() {
        0 => String::new(),
        1 => "; 1 more output depends on it".to_owned(),
        n => format!("; {n} more outputs depend on it"),
    };
    let verb = match late.gift {
        Gift::Change => "changes",
        _ => "gives it",
    };
    let message = format!("{consumer} ran before {producer}, which {verb} {names}{more}");
    let mut finding = META.finding(ctx.of_cell(first), message);
    finding.confidence = Confidence::Likely;
    if late.gift == Gift::Import || shown.is_empty() {
        finding.confidence = Confidence::Possible;
        finding.severity = Severity::Note;
    }
    finding.related = ctx
        .notebook
        .cell(late.producer)
        .map(|cell| Related {
            message: "ran later".to_owned(),
            place: ctx.of_cell(cell),
        })
        .into_iter()
        .collect();
    for cell in shown.iter().filter(|cell| cell.idx != first.idx) {
        finding.related.push(Related {
            message: format!("the output of {} may be stale", ctx.name_cell(cell.idx)),
            place: ctx.of_output(cell, 0),
        });
    }
    finding.hint =
        Some("restart the kernel and run all cells, so that every output comes from the code above it".to_owned());
    Some(finding)
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

/// A traceback that quotes a line of the cell that the cell doesn't hold: it was edited since.
fn quotes_other_code(ctx: &Context<'_>, cell: &Cell) -> Option<Finding> {
    let index = cell.outputs.iter().position(Output::is_error)?;
    let output = cell.outputs.get(index)?;
    if matches!(&output.kind, OutputKind::Error { name, .. } if name == "KeyboardInterrupt") {
        return None;
    }
    let quoted = quoted_line(&without_ansi(&ctx.notebook.text_of(output.text?).text))?;
    let bare = |text: &str| -> String { text.chars().filter(|c| !c.is_whitespace()).collect() };
    // IPython quotes magics as the calls that they become
    if quoted.contains("get_ipython()") || bare(&quoted).is_empty() {
        return None;
    }
    let wanted = bare(&quoted);
    if cell.source.text.lines().any(|line| bare(line) == wanted) {
        return None;
    }
    let message = format!(
        "the error of cell {} comes from code that it no longer holds: `{}`",
        cell.idx,
        ctx.quote(&quoted)
    );
    let mut finding = META.finding(ctx.of_output(cell, index), message);
    finding.hint = Some("run the cell again; it was edited since".to_owned());
    Some(finding)
}

/// The line that the arrow of the cell's own, outermost frame points at.
fn quoted_line(traceback: &str) -> Option<String> {
    let mut lines = traceback.lines();
    // only the outermost frame is known to be the cell's own
    let header = lines.find(|line| {
        ["<ipython-input-", "Cell In", "Input In"]
            .iter()
            .any(|head| line.contains(head))
    })?;
    let own = match header.split_once(" in ") {
        Some((_, place)) => place.contains("<module>") || place.contains("<cell line:"),
        None => header.starts_with("Cell In") || header.starts_with("Input In"),
    };
    let quoted = lines.find_map(|line| line.trim_start_matches('-').strip_prefix("> "))?;
    let (_, text) = quoted.split_once(' ')?;
    own.then(|| text.trim().to_owned())
}
