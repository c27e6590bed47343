//! A notebook as a text for people who compare two of them: its sources whole, its outputs in short.
//!
//! What changes with each run (counts, ids, timings) isn't in it, so that a difference is one of the work.

use sha2::{Digest, Sha256};

use crate::json::{Kind, NodeId};
use crate::notebook::{Cell, CellKind, Notebook, Output, OutputKind};
use crate::report::printable;
use crate::secrets::{self, without_ansi};
use crate::text::Masker;

/// Lines that are shown of an output.
const SHOWN: usize = 12;

/// The text of a notebook, secrets hidden.
pub fn textconv(notebook: &Notebook<'_>) -> String {
    let mut out = String::new();
    for cell in &notebook.cells {
        show_cell(notebook, cell, &mut out);
    }
    secrets::scan(notebook).masker.mask(&out).into_owned()
}

/// A text that is no notebook, line by line, secrets hidden.
pub fn plain(text: &str) -> String {
    let mut out = String::new();
    lines(text, "", usize::MAX, &mut out);
    let hits = secrets::hits_in(text);
    let masker = Masker::new(hits.iter().map(|hit| hit.span.slice(text)));
    masker.mask(&out).into_owned()
}

fn show_cell(notebook: &Notebook<'_>, cell: &Cell, out: &mut String) {
    if cell.idx.0 > 0 {
        out.push('\n');
    }
    let kind = match cell.kind {
        CellKind::Code => "code".to_owned(),
        CellKind::Markdown => "markdown".to_owned(),
        CellKind::Raw => "raw".to_owned(),
        CellKind::Heading(level) => format!("heading {level}"),
        CellKind::Unknown => "of no known kind".to_owned(),
    };
    let tags = match cell.tags.as_slice() {
        [] => String::new(),
        tags => format!(", tags {}", printable(&tags.join(", "))),
    };
    // no number: a cell that is put in would change the headings of all that follow
    out.push_str(&format!("──── {kind}{tags}\n"));
    lines(&cell.source.text, "", usize::MAX, out);
    for output in &cell.outputs {
        show_output(notebook, output, out);
    }
}

fn show_output(notebook: &Notebook<'_>, output: &Output, out: &mut String) {
    let text = |node: Option<NodeId>| node.map(|node| notebook.text_of(node).text).unwrap_or_default();
    match &output.kind {
        OutputKind::Stream { name } => {
            out.push_str(&format!("──── output, {}\n", printable(name)));
            lines(&text(output.text), "  ", SHOWN, out);
        }
        OutputKind::Error { name, value } => {
            out.push_str("──── output, error\n");
            lines(&format!("{name}: {value}"), "  ", SHOWN, out);
        }
        OutputKind::DisplayData | OutputKind::ExecuteResult { .. } => {
            out.push_str("──── output\n");
            for (mime, node) in &output.data {
                if mime == "text/plain" {
                    lines(&text(Some(*node)), "  ", SHOWN, out);
                } else {
                    out.push_str(&format!("  {}\n", summary(notebook, mime, *node)));
                }
            }
        }
        OutputKind::Unknown => out.push_str("──── output of no known kind\n"),
    }
}

/// A value that nobody reads as text: its type, its size, and a hash that changes with it.
fn summary(notebook: &Notebook<'_>, mime: &str, node: NodeId) -> String {
    let value = match notebook.json.kind(node) {
        Kind::String { .. } | Kind::Array => notebook.text_of(node).text,
        _ => notebook.json.span(node).slice(notebook.text).to_owned(),
    };
    let hash: String = Sha256::digest(&value)
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{}, {} bytes, {hash}", printable(mime), value.len())
}

/// The lines of a text, as many as are wanted, fit for a terminal.
fn lines(text: &str, indent: &str, most: usize, out: &mut String) {
    let text = without_ansi(text);
    for line in text.lines().take(most) {
        let parts: Vec<_> = line.split('\t').map(printable).collect();
        out.push_str(&format!("{indent}{}\n", parts.join("\t")));
    }
    let more = text.lines().count().saturating_sub(most);
    if more > 0 {
        let hash: String = Sha256::digest(text.as_bytes())
            .iter()
            .take(4)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        out.push_str(&format!("{indent}… {more} more lines, {hash}\n"));
    }
}
