//! A difference for programs. The types are its own: they change only by addition.

use std::io::{self, Write};

use serde::Serialize;

use crate::notebook::CellKind;

use super::metadata::KeyChange;
use super::outputs::OutputChange;
use super::source::{Hunk, Side};
use super::{CellDiff, Fate, NotebookDiff};

#[derive(Serialize)]
struct Root<'d> {
    version: u32,
    old: &'d str,
    new: &'d str,
    unchanged: usize,
    cells: Vec<JsonCell<'d>>,
    metadata: Vec<JsonKey<'d>>,
    pairs: Vec<[usize; 2]>,
}

#[derive(Serialize)]
struct JsonCell<'d> {
    change: &'static str,
    moved: bool,
    old: Option<usize>,
    new: Option<usize>,
    kind: &'static str,
    execution_count: Option<[Option<i64>; 2]>,
    source: Vec<JsonHunk<'d>>,
    outputs: Vec<JsonOutput<'d>>,
    metadata: Vec<JsonKey<'d>>,
}

#[derive(Serialize)]
struct JsonHunk<'d> {
    old_start: usize,
    new_start: usize,
    lines: Vec<JsonLine<'d>>,
}

#[derive(Serialize)]
struct JsonLine<'d> {
    side: &'static str,
    parts: Vec<JsonPart<'d>>,
}

#[derive(Serialize)]
struct JsonPart<'d> {
    differs: bool,
    text: &'d str,
}

#[derive(Serialize)]
struct JsonOutput<'d> {
    change: &'static str,
    old: Option<usize>,
    new: Option<usize>,
    summary: &'d str,
    text: Vec<JsonHunk<'d>>,
}

#[derive(Serialize)]
struct JsonKey<'d> {
    key: &'d str,
    old: Option<&'d str>,
    new: Option<&'d str>,
}

/// Writes one object, on one line. Cells are counted from 1, and `pairs` says which are the same.
///
/// # Errors
/// What the writer answers.
pub fn json(names: (&str, &str), diff: &NotebookDiff, out: &mut dyn Write) -> io::Result<()> {
    let root = Root {
        version: 1,
        old: names.0,
        new: names.1,
        unchanged: diff.unchanged,
        cells: diff.cells.iter().map(cell).collect(),
        metadata: diff.metadata.iter().map(key).collect(),
        pairs: diff
            .pairs
            .iter()
            .map(|(old, new)| [old.number(), new.number()])
            .collect(),
    };
    serde_json::to_writer(&mut *out, &root)?;
    writeln!(out)
}

fn cell(cell: &CellDiff) -> JsonCell<'_> {
    JsonCell {
        change: change(cell.fate),
        moved: cell.moved,
        old: cell.old.map(|idx| idx.number()),
        new: cell.new.map(|idx| idx.number()),
        kind: match cell.kind {
            CellKind::Code => "code",
            CellKind::Markdown => "markdown",
            CellKind::Raw => "raw",
            CellKind::Heading(_) => "heading",
            CellKind::Unknown => "unknown",
        },
        execution_count: cell.counts.map(|(old, new)| [old, new]),
        source: cell.source.iter().map(hunk).collect(),
        outputs: cell.outputs.iter().map(output).collect(),
        metadata: cell.metadata.iter().map(key).collect(),
    }
}

fn change(fate: Fate) -> &'static str {
    match fate {
        Fate::Added => "added",
        Fate::Removed => "removed",
        Fate::Kept => "changed",
    }
}

fn hunk(hunk: &Hunk) -> JsonHunk<'_> {
    let lines = hunk.lines.iter().map(|line| JsonLine {
        side: match line.side {
            Side::Both => "both",
            Side::Old => "old",
            Side::New => "new",
        },
        parts: line
            .parts
            .iter()
            .map(|(differs, text)| JsonPart {
                differs: *differs,
                text,
            })
            .collect(),
    });
    JsonHunk {
        old_start: hunk.old_start,
        new_start: hunk.new_start,
        lines: lines.collect(),
    }
}

fn output(output: &OutputChange) -> JsonOutput<'_> {
    JsonOutput {
        change: change(output.fate),
        old: output.old,
        new: output.new,
        summary: &output.summary,
        text: output.text.iter().map(hunk).collect(),
    }
}

fn key(change: &KeyChange) -> JsonKey<'_> {
    JsonKey {
        key: &change.key,
        old: change.old.as_deref(),
        new: change.new.as_deref(),
    }
}
