//! MB105: a cell whose stored output is an error or an interrupt.

use crate::finding::{Finding, Place, Related, Severity};
use crate::notebook::{Cell, Output, OutputKind};
use crate::secrets::without_ansi;
use crate::text::{LineIndex, Span};

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
    let said = ctx.quote(&without_ansi(value));
    let name = ctx.quote(name);
    let message = match (interrupted, name.is_empty(), said.is_empty()) {
        (true, ..) => format!("cell {} was interrupted; what it computes may be incomplete", cell.idx),
        (_, true, true) => format!("cell {} failed", cell.idx),
        (_, true, false) => format!("cell {} failed: {said}", cell.idx),
        (_, false, true) => format!("cell {} failed with {name}", cell.idx),
        (_, false, false) => format!("cell {} failed with {name}: {said}", cell.idx),
    };
    let mut finding = META.finding(ctx.of_output(cell, index), message);
    if interrupted {
        finding.severity = Severity::Warning;
    }
    finding.hint =
        Some("fix the cell and run it again, or tag it `raises-exception` where it is meant to fail".to_owned());
    let raised = cell.outputs.get(index).and_then(|output| raised_at(ctx, cell, output));
    finding.related.extend(raised.map(|place| Related {
        message: "raised here".to_owned(),
        place,
    }));
    finding
}

/// The line that the traceback's arrow in the cell's own frame, its outermost, points at.
fn raised_at(ctx: &Context<'_>, cell: &Cell, output: &Output) -> Option<Place> {
    let traceback = ctx.notebook.text_of(output.text?).text;
    let frames = without_ansi(&traceback);
    let own = ["<ipython-input-", "Cell In", "Input In"]
        .iter()
        .filter_map(|head| frames.find(head))
        .min()?;
    let arrow = frames
        .get(own..)?
        .lines()
        .find_map(|line| line.trim_start_matches('-').strip_prefix("> "))?;
    let number: usize = arrow.split_whitespace().next()?.parse().ok()?;
    let source = &cell.source.text;
    let index = LineIndex::new(source);
    let start = index.start(number.checked_sub(1)?);
    let line = source.get(start..)?.lines().next()?;
    // the cell may have been edited since: then the arrow's line is not the cell's any more
    let shown = arrow.split_once(' ').map_or("", |(_, text)| text).trim();
    if line.trim().is_empty() || shown != line.trim() {
        return None;
    }
    let indent = line.len() - line.trim_start().len();
    Some(ctx.in_source(cell, Span::new(start + indent, start + line.trim_end().len())))
}
