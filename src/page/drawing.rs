//! A drawing of a notebook: whose names each cell reads, on the left; when each cell ran, on the right.
//!
//! Cells stand in a column in page order. What is parallel on the right ran in order; what crosses did not.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;

use crate::facts::{Execution, in_order};
use crate::notebook::{Cell, CellIdx};
use crate::report::width;
use crate::rules::Context;

use super::finding::cell_id;
use super::links::{Arc, Kind};
use super::shown::{Shown, visible};

/// Cells and arcs that are drawn.
const CELLS: usize = 400;
const ARCS: usize = 4_000;
/// Units of the drawing: a row's height, the column of cells, the column of runs, and the whole.
const ROW: usize = 22;
const LEFT: usize = 86;
const RIGHT: usize = 222;
const RUNS: usize = 300;
const WIDTH: usize = 356;
/// Columns of text that fit into a cell's box beside its number.
const SNIPPET: usize = 15;
/// Arcs in and out of a cell that a pointer at it is told of.
const TOLD: usize = 12;

/// The drawing.
#[derive(Debug, Default, Serialize)]
pub(super) struct Drawing {
    pub width: usize,
    pub height: usize,
    pub rows: Vec<Row>,
    /// Heights at which the kernel was restarted, among the runs.
    pub restarts: Vec<usize>,
    /// In words what the drawing shows at first sight.
    pub summary: String,
    pub notes: Vec<String>,
}

/// A cell, with all that starts or ends at it.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub to: String,
    pub number: usize,
    pub y: usize,
    pub snippet: String,
    pub worst: &'static str,
    /// What a pointer at the cell is told.
    pub title: String,
    /// Arcs to the cells that read its names.
    pub gives: Vec<Curve>,
    /// Arcs from the cells that it reads from, seen while a pointer is at the cell.
    pub reads: Vec<Curve>,
    pub run: Option<Run>,
}

/// An arc, and the tip at the cell that reads.
#[derive(Debug, Serialize)]
pub(super) struct Curve {
    pub kind: &'static str,
    pub path: String,
    pub tip: String,
    pub title: String,
}

/// The curve from a cell to its place among the runs.
#[derive(Debug, Serialize)]
pub(super) struct Run {
    pub path: String,
    pub y: usize,
    pub label: String,
    pub moved: bool,
}

/// Draws a notebook; nothing where it has fewer than two cells of code.
pub(super) fn draw(
    ctx: &Context<'_>,
    shown: &Shown<'_>,
    arcs: &[Arc],
    worst: &BTreeMap<CellIdx, &'static str>,
) -> Option<Drawing> {
    let code: Vec<&Cell> = ctx.notebook.code_cells().filter(|cell| cell.has_code()).collect();
    if code.len() < 2 {
        return None;
    }
    let drawn = code.get(..CELLS.min(code.len())).unwrap_or_default();
    let row_of: BTreeMap<CellIdx, usize> = drawn.iter().enumerate().map(|(row, cell)| (cell.idx, row)).collect();
    let mut drawing = Drawing {
        width: WIDTH,
        height: drawn.len() * ROW + 6,
        ..Drawing::default()
    };
    if code.len() > drawn.len() {
        let more = code.len() - drawn.len();
        drawing.notes.push(format!("{more} more cells are not drawn"));
    }
    let mut runs = runs(ctx, drawn, &row_of, &mut drawing);
    drawing.rows = drawn
        .iter()
        .enumerate()
        .map(|(row, cell)| Row {
            to: cell_id(cell.idx.number()),
            number: cell.idx.number(),
            y: middle(row),
            snippet: snippet(shown, cell),
            worst: worst.get(&cell.idx).copied().unwrap_or_default(),
            title: title(cell, arcs),
            gives: Vec::new(),
            reads: Vec::new(),
            run: runs.remove(&cell.idx),
        })
        .collect();
    for arc in arcs.iter().take(ARCS) {
        let (Some(&from), Some(&to)) = (row_of.get(&arc.from), row_of.get(&arc.to)) else {
            continue;
        };
        if let Some(row) = drawing.rows.get_mut(from) {
            row.gives.push(curve(arc, from, to));
        }
        if let Some(row) = drawing.rows.get_mut(to) {
            row.reads.push(curve(arc, from, to));
        }
    }
    if arcs.len() > ARCS {
        let more = arcs.len() - ARCS;
        drawing
            .notes
            .push(format!("{more} more links between cells are not drawn"));
    }
    Some(drawing)
}

/// The height of a row's middle.
fn middle(row: usize) -> usize {
    row * ROW + ROW / 2 + 3
}

/// Where each cell stands among the runs, and in words whether that is where it stands on the page.
fn runs(
    ctx: &Context<'_>,
    drawn: &[&Cell],
    row_of: &BTreeMap<CellIdx, usize>,
    drawing: &mut Drawing,
) -> BTreeMap<CellIdx, Run> {
    let Execution { order, restarts, .. } = &ctx.history.execution;
    let Some(order) = order else {
        drawing.summary = if drawn.iter().any(|cell| cell.execution_count.is_some()) {
            "The file does not tell in which order the cells ran: counts stand twice.".to_owned()
        } else {
            "No cell says when it ran.".to_owned()
        };
        return BTreeMap::new();
    };
    let order: Vec<CellIdx> = order.iter().copied().filter(|idx| row_of.contains_key(idx)).collect();
    let place: BTreeMap<CellIdx, usize> = order.iter().enumerate().map(|(at, idx)| (*idx, at)).collect();
    let down_the_page: Vec<usize> = drawn.iter().filter_map(|cell| place.get(&cell.idx).copied()).collect();
    let stayed = in_order(&down_the_page);
    let moved = stayed.iter().filter(|stayed| !**stayed).count();
    let silent = drawn.iter().filter(|cell| !place.contains_key(&cell.idx));
    // Colab writes 0 for cells that ran and showed nothing, and for some that didn't
    let may_have_run = |cell: &&Cell| cell.execution_count.is_some() || !cell.outputs.is_empty();
    let (uncounted, not_run): (Vec<&Cell>, Vec<&Cell>) = silent.copied().partition(may_have_run);
    drawing.summary = match (moved, order.len()) {
        (_, 0) => "No cell says when it ran.".to_owned(),
        (0, ran) => format!("{ran} cells ran in the order of the page."),
        (moved, ran) => format!("{moved} of {ran} cells ran out of the page's order."),
    };
    if !order.is_empty() {
        if !uncounted.is_empty() {
            let _ = write!(
                drawing.summary,
                " {} left no count: when they ran can't be told.",
                uncounted.len()
            );
        }
        if !not_run.is_empty() {
            let _ = write!(drawing.summary, " {} did not run.", not_run.len());
        }
    }
    // the runs stand where cells ran on the page: what kept its order keeps its height
    let slots: Vec<usize> = drawn
        .iter()
        .filter(|cell| place.contains_key(&cell.idx))
        .filter_map(|cell| row_of.get(&cell.idx).copied())
        .collect();
    let slot = |idx: CellIdx| slots.get(*place.get(&idx)?).copied();
    for fall in restarts {
        drawing.restarts.extend(slot(fall.after).map(|row| row * ROW + 3));
    }
    if !drawing.restarts.is_empty() {
        drawing.summary.push_str(" The kernel was restarted in between.");
    }
    let ran = drawn.iter().filter(|cell| place.contains_key(&cell.idx)).zip(stayed);
    let curves = ran.filter_map(|(cell, stayed)| {
        let (from, to) = (middle(*row_of.get(&cell.idx)?), middle(slot(cell.idx)?));
        let bend = (RUNS - RIGHT) / 2;
        Some((
            cell.idx,
            Run {
                path: format!(
                    "M{RIGHT},{from}C{},{from} {},{to} {RUNS},{to}",
                    RIGHT + bend,
                    RUNS - bend
                ),
                y: to,
                label: match cell.execution_count {
                    Some(count) => format!("In [{count}]"),
                    None => "by time".to_owned(),
                },
                moved: !stayed,
            },
        ))
    });
    curves.collect()
}

/// An arc to the left of the column; the farther its ends, the wider.
fn curve(arc: &Arc, from: usize, to: usize) -> Curve {
    let (start, end) = (middle(from), middle(to));
    let far = from.abs_diff(to).min(40);
    // a curve gets three quarters of the way to where it is drawn to
    let wide = (8 + 14 * far - 14 * far * far / 80).min(LEFT * 4 / 3 - 8);
    let x = i64::try_from(LEFT).unwrap_or_default() - i64::try_from(wide).unwrap_or_default();
    Curve {
        kind: match arc.kind {
            Kind::Plain => "plain",
            Kind::Import => "import",
            Kind::Astray => "astray",
        },
        path: format!("M{LEFT},{start}C{x},{start} {x},{end} {LEFT},{end}"),
        tip: format!("M{LEFT},{end}l-6,-3v6z"),
        title: told(arc),
    }
}

fn told(arc: &Arc) -> String {
    let how = if arc.kind == Kind::Astray {
        ", other than in a run from the top"
    } else {
        ""
    };
    format!("cell {} reads {} of cell {}{how}", arc.to, arc.names, arc.from)
}

/// The first words of a cell.
fn snippet(shown: &Shown<'_>, cell: &Cell) -> String {
    let source = shown.decoded(&cell.source);
    let line = source.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let line = visible(line.trim());
    let mut columns = 0;
    let fits = |c: &char| {
        columns += width(*c);
        columns <= SNIPPET
    };
    let start: String = line.chars().take_while(fits).collect();
    if start.len() < line.len() {
        format!("{start}…")
    } else {
        start
    }
}

fn title(cell: &Cell, arcs: &[Arc]) -> String {
    let count = cell
        .execution_count
        .map_or_else(|| ", no count".to_owned(), |count| format!(", In [{count}]"));
    let mut text = format!("cell {}{count}", cell.idx);
    let shown = || arcs.iter().filter(|arc| arc.kind != Kind::Import);
    for arc in shown().filter(|arc| arc.to == cell.idx).take(TOLD) {
        let _ = write!(text, "\nreads {} of cell {}", arc.names, arc.from);
    }
    for arc in shown().filter(|arc| arc.from == cell.idx).take(TOLD) {
        let _ = write!(text, "\ngives {} to cell {}", arc.names, arc.to);
    }
    text
}
