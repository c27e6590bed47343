//! Cells with their findings beside the lines and outputs that they speak of.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::finding::{Finding, PlaceKind, Severity};
use crate::notebook::{Cell, CellKind};

use super::Room;
use super::finding::{FindingView, cell_id, output_id};
use super::links::{Neighbour, Neighbours};
use super::outputs::{OutputView, output};
use super::shown::{Shown, cut, visible};

/// Lines of a cell, and characters of a line, that are shown.
const LINES: usize = 1_500;
const LINE: usize = 1_000;
/// Outputs of a cell that are shown.
const OUTPUTS: usize = 60;

/// A cell.
#[derive(Debug, Default, Serialize)]
pub(super) struct CellView {
    pub id: String,
    pub number: usize,
    pub kind: &'static str,
    /// `In [4]`, or that it did not run.
    pub count: Option<String>,
    pub tags: String,
    /// The severity of the worst that is said of it, or nothing.
    pub worst: &'static str,
    pub decides: bool,
    pub chunks: Vec<Chunk>,
    pub outputs: Vec<OutputView>,
    /// Of the cell as a whole, or of what is not shown of it.
    pub findings: Vec<FindingView>,
    pub reads: Vec<Neighbour>,
    pub gives: Vec<Neighbour>,
    pub notes: Vec<String>,
}

/// Lines of a source, and the findings that speak of the last of them.
#[derive(Debug, Default, Serialize)]
pub(super) struct Chunk {
    pub lines: Vec<Line>,
    pub findings: Vec<FindingView>,
}

/// A line of a source.
#[derive(Debug, Serialize)]
pub(super) struct Line {
    pub number: usize,
    pub parts: Vec<Stretch>,
}

/// A stretch of a line, and the severity of what is found there.
#[derive(Debug, Serialize)]
pub(super) struct Stretch {
    pub mark: Option<&'static str>,
    pub text: String,
}

/// What is said of one cell: each finding, and how the page tells it.
pub(super) type Said<'f> = Vec<(&'f Finding, FindingView)>;

/// The severity of the worst finding.
pub(super) fn worst(said: &Said<'_>) -> &'static str {
    let worst = said.iter().map(|(finding, _)| finding.severity).max();
    worst.map_or("", Severity::name)
}

/// Makes a cell fit for the page.
pub(super) fn cell(
    shown: &Shown<'_>,
    cell: &Cell,
    said: Said<'_>,
    neighbours: Option<&Neighbours>,
    room: &mut Room,
) -> CellView {
    let number = cell.idx.number();
    let mut view = CellView {
        id: cell_id(number),
        number,
        kind: kind(cell.kind),
        count: cell.is_code().then(|| match cell.execution_count {
            Some(count) => format!("In [{count}]"),
            None => "no count".to_owned(),
        }),
        tags: shown.text(&visible(&cell.tags.join(", "))),
        worst: worst(&said),
        ..CellView::default()
    };
    if let Some(neighbours) = neighbours {
        view.reads = neighbours.reads.clone();
        view.gives = neighbours.gives.clone();
    }
    let mut of_lines: BTreeMap<usize, Said<'_>> = BTreeMap::new();
    let mut of_outputs: BTreeMap<usize, Vec<FindingView>> = BTreeMap::new();
    for (finding, mut told) in said {
        let place = &finding.place;
        match (place.kind, place.start, place.output) {
            (PlaceKind::Source, Some(start), _) if start.line <= LINES => {
                told.excerpt = None;
                of_lines.entry(start.line).or_default().push((finding, told));
            }
            (PlaceKind::Output, _, Some(at)) if at < OUTPUTS && at < cell.outputs.len() => {
                of_outputs.entry(at).or_default().push(told);
            }
            _ => view.findings.push(told),
        }
    }
    let source = shown.decoded(&cell.source);
    if room.take(source.len()) {
        source_into(&mut view, &source, of_lines);
    } else {
        view.notes.push("its source is left out: the page is full".to_owned());
        let left = of_lines.into_values().flatten();
        view.findings.extend(left.map(|(finding, mut told)| {
            told.excerpt = finding
                .place
                .excerpt
                .as_ref()
                .map(|excerpt| visible(excerpt.text.trim()));
            told
        }));
    }
    for (at, one) in cell.outputs.iter().take(OUTPUTS).enumerate() {
        let mut shown_output = output(shown, one, output_id(number, at + 1), room);
        shown_output.findings = of_outputs.remove(&at).unwrap_or_default();
        view.outputs.push(shown_output);
    }
    let more = cell.outputs.len().saturating_sub(OUTPUTS);
    if more > 0 {
        view.notes.push(format!("{more} more outputs are left out"));
    }
    view
}

fn kind(kind: CellKind) -> &'static str {
    match kind {
        CellKind::Code => "code",
        CellKind::Markdown | CellKind::Heading(_) => "text",
        CellKind::Raw => "raw",
        CellKind::Unknown => "of unknown type",
    }
}

/// Adds the lines of the source, and after each what is found on it.
fn source_into(view: &mut CellView, source: &str, mut said: BTreeMap<usize, Said<'_>>) {
    let normal = source.replace("\r\n", "\n").replace('\r', "\n");
    let text = normal.trim_end();
    let count = if text.is_empty() { 0 } else { text.split('\n').count() };
    let mut chunk = Chunk::default();
    for (number, line) in text
        .split('\n')
        .enumerate()
        .map(|(i, line)| (i + 1, line))
        .take(LINES.min(count))
    {
        let here = said.remove(&number).unwrap_or_default();
        let marks = here.iter().map(|(finding, _)| mark(finding));
        chunk.lines.push(Line {
            number,
            parts: stretches(line, marks.collect()),
        });
        if !here.is_empty() {
            chunk.findings = here.into_iter().map(|(_, told)| told).collect();
            view.chunks.push(std::mem::take(&mut chunk));
        }
    }
    if !chunk.lines.is_empty() {
        view.chunks.push(chunk);
    }
    view.findings.extend(said.into_values().flatten().map(|(_, told)| told));
    if count > LINES {
        view.notes.push(format!("{} more lines are left out", count - LINES));
    }
}

/// The characters of its first line that a finding speaks of, and its severity.
fn mark(finding: &Finding) -> (usize, usize, &'static str) {
    let place = &finding.place;
    let from = place.start.map_or(0, |start| start.column - 1);
    let same_line = place
        .end
        .filter(|end| place.start.is_some_and(|start| start.line == end.line));
    let to = same_line.map_or(usize::MAX, |end| end.column - 1);
    (from, to.max(from + 1), finding.severity.name())
}

fn stretches(line: &str, mut marks: Vec<(usize, usize, &'static str)>) -> Vec<Stretch> {
    marks.sort_unstable_by_key(|&(from, to, _)| (from, to));
    let (start, more) = cut(line, LINE);
    let characters: Vec<char> = start.chars().collect();
    let slice = |from: usize, to: usize| -> String {
        let to = to.min(characters.len());
        let part = characters.get(from.min(to)..to).unwrap_or_default();
        visible(&part.iter().collect::<String>())
    };
    let mut parts = Vec::new();
    let mut at = 0;
    for (from, to, severity) in marks {
        if from < at || from >= characters.len() {
            continue;
        }
        parts.push(Stretch {
            mark: None,
            text: slice(at, from),
        });
        parts.push(Stretch {
            mark: Some(severity),
            text: slice(from, to),
        });
        at = to;
    }
    parts.push(Stretch {
        mark: None,
        text: slice(at, usize::MAX),
    });
    if more > 0 {
        parts.push(Stretch {
            mark: None,
            text: format!(" … {more} more characters"),
        });
    }
    parts.retain(|part| !part.text.is_empty());
    parts
}
