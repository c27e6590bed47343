//! Outputs made harmless: text as text, tables rebuilt, images as data that runs nothing.

use serde::Serialize;

use crate::json::{Kind, NodeId};
use crate::notebook::{Output, OutputKind};
use crate::secrets::to_base64;
use crate::text::size;

use super::Room;
use super::finding::FindingView;
use super::shown::{Shown, cut, visible};
use super::table::{Table, tables};

/// Lines of a text that are shown at once, and those that unfold.
const AT_ONCE: usize = 15;
const UNFOLDED: usize = 400;
/// Characters of a line that are shown.
const LINE: usize = 1_000;
/// Tables of one output that are shown.
const TABLES: usize = 5;

/// An output.
#[derive(Debug, Default, Serialize)]
pub(super) struct OutputView {
    pub id: String,
    /// `stderr`, `error`, or nothing for what needs no name.
    pub label: String,
    pub class: &'static str,
    /// The error, in one line.
    pub error: Option<String>,
    pub text: Option<TextView>,
    /// A data URI of ours.
    pub image: Option<String>,
    pub tables: Vec<Table>,
    /// What is not shown, and why.
    pub note: Option<String>,
    pub findings: Vec<FindingView>,
}

/// A text, the start of it at once and the rest unfolded.
#[derive(Debug, Serialize)]
pub(super) struct TextView {
    pub start: String,
    pub rest: String,
    pub rest_lines: usize,
    pub cut_lines: usize,
}

impl TextView {
    fn new(text: &str) -> Self {
        let lines: Vec<String> = text.trim_end().split('\n').map(line).collect();
        let count = lines.len();
        // a rest of three lines is not worth a click
        let at_once = if count <= AT_ONCE + 3 { count } else { AT_ONCE };
        let part = |from: usize, to: usize| lines.get(from..to.min(count)).unwrap_or_default().join("\n");
        Self {
            start: part(0, at_once),
            rest: part(at_once, at_once + UNFOLDED),
            rest_lines: count - at_once,
            cut_lines: count.saturating_sub(at_once + UNFOLDED),
        }
    }

    fn len(&self) -> usize {
        self.start.len() + self.rest.len()
    }
}

/// A line as a terminal leaves it: what a progress bar wrote over is gone.
fn line(line: &str) -> String {
    let line = line.trim_end_matches('\r').rsplit('\r').find(|part| !part.is_empty());
    let (start, more) = cut(line.unwrap_or_default(), LINE);
    match more {
        0 => visible(start),
        more => format!("{} … {more} more characters", visible(start)),
    }
}

/// Makes an output fit for the page.
pub(super) fn output(shown: &Shown<'_>, output: &Output, id: String, room: &mut Room) -> OutputView {
    let mut view = OutputView {
        id,
        ..OutputView::default()
    };
    let node = |node: Option<NodeId>| node.map(|node| shown.node(node)).unwrap_or_default();
    match &output.kind {
        OutputKind::Stream { name } => {
            if name == "stderr" {
                view.label = "stderr".to_owned();
                view.class = "stderr";
            }
            view.text = Some(TextView::new(&node(output.text)));
        }
        OutputKind::Error { name, value } => {
            view.class = "error";
            let message = shown.text(&format!("{name}: {value}"));
            view.error = Some(line(message.lines().next().unwrap_or_default()));
            view.text = Some(TextView::new(&traceback(shown, output))).filter(|text| text.len() > 0);
        }
        OutputKind::DisplayData | OutputKind::ExecuteResult { .. } => bundle(shown, output, &mut view, room),
        OutputKind::Unknown => view.note = Some("an output of unknown type".to_owned()),
    }
    let text = view.text.as_ref().map_or(0, TextView::len);
    if !room.take(text) {
        view.text = None;
        view.note = Some(format!("text, {}: left out, the page is full", size(text)));
    }
    view
}

/// An error's frames, each masked where it stands.
fn traceback(shown: &Shown<'_>, output: &Output) -> String {
    let Some(node) = output.text else { return String::new() };
    if shown.notebook.json.kind(node) != Kind::Array {
        return shown.node(node);
    }
    let frames = shown.notebook.json.items(node).map(|frame| shown.node(frame));
    frames.collect::<Vec<_>>().join("\n")
}

/// The richest of a value's forms that can be shown without running anything.
fn bundle(shown: &Shown<'_>, output: &Output, view: &mut OutputView, room: &mut Room) {
    let image = output.data.iter().find(|(mime, _)| mime.starts_with("image/"));
    if let Some((mime, node)) = image {
        match picture(shown, mime, *node) {
            Ok(uri) if room.take(uri.len()) => {
                view.image = Some(uri);
                return;
            }
            Ok(uri) => {
                view.note = Some(format!(
                    "{mime}, {}: left out, the page is full",
                    size(uri.len() / 4 * 3)
                ))
            }
            Err(why) => view.note = Some(format!("{}: left out, {why}", visible(mime))),
        }
    }
    if let Some(node) = output.mime("text/html") {
        let html = shown.node(node);
        let mut found = tables(&html, |text| shown.text(text));
        found.truncate(TABLES);
        let cells = found.iter().flat_map(|table| table.rows.iter().flatten());
        if !found.is_empty() && room.take(cells.map(|cell| cell.text.len() + 10).sum()) {
            view.tables = found;
            return;
        }
        if view.note.is_none() {
            view.note = Some(format!("HTML, {}: not shown", size(html.len())));
        }
    }
    let text = ["text/plain", "text/markdown", "text/latex"];
    if let Some(node) = text.iter().find_map(|mime| output.mime(mime)) {
        view.text = Some(TextView::new(&shown.node(node)));
    }
    if view.note.is_none() && view.text.is_none() {
        let types: Vec<String> = output.data.iter().map(|(mime, _)| shown.text(&visible(mime))).collect();
        view.note = Some(match types.as_slice() {
            [] => "an empty output".to_owned(),
            types => format!("{}: not shown", types.join(", ")),
        });
    }
}

/// Types of images that browsers show as pixels.
const PIXELS: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/// An image as a data URI that holds nothing but base64, or why not. As an image's source, an SVG runs no scripts and
/// loads nothing.
fn picture(shown: &Shown<'_>, mime: &str, node: NodeId) -> Result<String, &'static str> {
    if mime == "image/svg+xml" {
        let svg = shown.node(node);
        return Ok(format!("data:image/svg+xml;base64,{}", to_base64(svg.as_bytes())));
    }
    let Some(mime) = PIXELS.iter().find(|known| **known == mime) else {
        return Err("its type is unknown");
    };
    if shown.holds_secret(shown.notebook.json.span(node)) {
        return Err("it carries a secret");
    }
    let mut base64 = shown.notebook.text_of(node).text;
    base64.retain(|c| !c.is_ascii_whitespace());
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    if base64.is_empty() || !base64.chars().all(is_base64) {
        return Err("it is no base64");
    }
    Ok(format!("data:{mime};base64,{base64}"))
}
