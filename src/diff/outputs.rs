//! Outputs that differ, in a line each: an image of another size, a table of another shape, an error that came.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::json::Kind;
use crate::notebook::{Cell, Output, OutputKind};
use crate::secrets::without_ansi;
use crate::text::size;

use super::source::{Hunk, hunks};
use super::{Fate, Side, Sides};

/// What became of an output.
#[derive(Debug)]
pub struct OutputChange {
    pub fate: Fate,
    /// Numbers from 1 in the cell.
    pub old: Option<usize>,
    pub new: Option<usize>,
    /// `image/png, 12.3 KB → 13.0 KB`
    pub summary: String,
    /// The lines of a text that differ.
    pub text: Vec<Hunk>,
}

/// Lines of a text output past which only its size is told.
const LINES: usize = 200;

/// An output as it is compared and told.
struct Told {
    /// What must be equal for two outputs to be the same: kind, types and values as JSON, without counts.
    same: String,
    kind: &'static str,
    label: String,
    /// Text that people read, secrets hidden.
    text: Option<String>,
}

pub(super) fn one_sided(side: &Side<'_, '_>, cell: &Cell, fate: Fate) -> Vec<OutputChange> {
    let outputs = cell.outputs.iter().enumerate();
    outputs.map(|(i, output)| alone(fate, i, &told(side, output))).collect()
}

fn alone(fate: Fate, i: usize, output: &Told) -> OutputChange {
    OutputChange {
        fate,
        old: (fate == Fate::Removed).then_some(i + 1),
        new: (fate == Fate::Added).then_some(i + 1),
        summary: output.label.clone(),
        text: Vec::new(),
    }
}

pub(super) fn changes(sides: &Sides<'_, '_>, old: &Cell, new: &Cell) -> Vec<OutputChange> {
    let before: Vec<Told> = old.outputs.iter().map(|output| told(&sides.old, output)).collect();
    let after: Vec<Told> = new.outputs.iter().map(|output| told(&sides.new, output)).collect();
    let keys = |told: &[Told]| -> Vec<String> { told.iter().map(|told| told.same.clone()).collect() };
    let mut changes = Vec::new();
    for op in capture_diff_slices(Algorithm::Patience, &keys(&before), &keys(&after)) {
        let (was, is) = match op {
            DiffOp::Equal { .. } => continue,
            op => (op.old_range(), op.new_range()),
        };
        replaced(&before, &after, was, is, &mut changes);
    }
    changes
}

/// Outputs of one kind that stand in each other's place are one output that changed.
fn replaced(
    before: &[Told],
    after: &[Told],
    was: std::ops::Range<usize>,
    is: std::ops::Range<usize>,
    changes: &mut Vec<OutputChange>,
) {
    let mut left: Vec<usize> = was.collect();
    for j in is {
        let Some(now) = after.get(j) else { continue };
        let partner = left
            .iter()
            .position(|&i| before.get(i).is_some_and(|was| was.kind == now.kind));
        match partner
            .map(|at| left.remove(at))
            .and_then(|i| Some((i, before.get(i)?)))
        {
            None => changes.push(alone(Fate::Added, j, now)),
            Some((i, was)) => changes.push(OutputChange {
                fate: Fate::Kept,
                old: Some(i + 1),
                new: Some(j + 1),
                summary: if was.label == now.label {
                    now.label.clone()
                } else {
                    format!("{} → {}", was.label, now.label)
                },
                text: match (&was.text, &now.text) {
                    (Some(was), Some(now)) if was.lines().count() + now.lines().count() <= LINES => hunks(was, now),
                    _ => Vec::new(),
                },
            }),
        }
    }
    for i in left {
        if let Some(was) = before.get(i) {
            changes.push(alone(Fate::Removed, i, was));
        }
    }
}

fn told(side: &Side<'_, '_>, output: &Output) -> Told {
    let notebook = side.notebook;
    let text_of = |node| {
        let text = notebook.text_of(node).text;
        side.masker.mask(&without_ansi(&text)).into_owned()
    };
    let raw = |node| notebook.json.span(node).slice(notebook.text);
    match &output.kind {
        OutputKind::Stream { name } => {
            let text = output.text.map(text_of).unwrap_or_default();
            let unmasked = output.text.map(|node| notebook.text_of(node).text);
            Told {
                same: format!("stream {name} {}", unmasked.unwrap_or_default()),
                kind: if name == "stderr" { "stderr" } else { "stdout" },
                label: format!("{name}, {}", lines(&text)),
                text: Some(text),
            }
        }
        OutputKind::Error { name, value } => Told {
            same: format!("error {name} {value}"),
            kind: "error",
            label: side
                .masker
                .mask(&without_ansi(&format!("error {name}: {}", first_line(value))))
                .into_owned(),
            text: None,
        },
        _ => {
            let values = output.data.iter().map(|&(ref mime, node)| {
                let value = match notebook.json.kind(node) {
                    Kind::String { .. } | Kind::Array => notebook.text_of(node).text,
                    _ => raw(node).to_owned(),
                };
                (mime, value)
            });
            let values: Vec<(&String, String)> = values.collect();
            let best = BEST
                .iter()
                .find_map(|wanted| values.iter().find(|(mime, _)| mime.starts_with(wanted)));
            let best = best.or(values.first());
            let same = values.iter().map(|(mime, value)| format!("{mime} {value}\n")).collect();
            let plain = output.mime("text/plain").map(text_of);
            let Some((mime, value)) = best else {
                return Told {
                    same,
                    kind: "data",
                    label: "an empty output".to_owned(),
                    text: None,
                };
            };
            let is_image = mime.starts_with("image/");
            Told {
                same,
                kind: if is_image { "image" } else { "data" },
                label: match shape(value).filter(|_| mime.as_str() == "text/html") {
                    Some((rows, columns)) => format!("table, {rows} × {columns}"),
                    None if is_image => format!("{mime}, {}", size(image_bytes(mime, value))),
                    None if mime.as_str() == "text/plain" => format!("text, {}", lines(value)),
                    None => format!("{mime}, {}", size(value.len())),
                },
                text: plain.filter(|_| !is_image),
            }
        }
    }
}

/// The types that say most of an output, the first the most.
const BEST: [&str; 5] = ["image/", "text/html", "application/", "text/markdown", "text/"];

/// Rows and columns of the first table of an HTML text.
fn shape(html: &str) -> Option<(usize, usize)> {
    let table = html.split_once("<table")?.1;
    let table = table.split_once("</table").map_or(table, |(table, _)| table);
    let said = html.split_once(" rows × ").and_then(|(before, after)| {
        let rows = before.rsplit(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?;
        let columns = after.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?;
        Some((rows, columns))
    });
    said.or_else(|| {
        let body = table.split_once("<tbody").map_or(table, |(_, body)| body);
        let rows = body.matches("<tr").count();
        let row = body.split("<tr").nth(1).unwrap_or_default();
        Some((rows, row.matches("<td").count()))
    })
}

/// Bytes of an image: base64 packs three into four characters.
fn image_bytes(mime: &str, value: &str) -> usize {
    if mime == "image/svg+xml" {
        return value.len();
    }
    value
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=')
        .count()
        * 3
        / 4
}

fn lines(text: &str) -> String {
    match text.lines().count() {
        1 => "1 line".to_owned(),
        count => format!("{count} lines"),
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
