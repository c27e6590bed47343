//! What of a notebook is searched: every text that a person could read in it, decoded, with its way back.

use std::borrow::Cow;

use crate::finding::PlaceKind;
use crate::json::{Kind, NodeId};
use crate::notebook::{Cell, CellIdx, Notebook, Output, OutputKind};
use crate::text::{OffsetMap, Span};

/// A text of the notebook.
pub(super) struct View<'n> {
    pub kind: PlaceKind,
    pub cell: Option<CellIdx>,
    pub output: Option<usize>,
    pub text: Cow<'n, str>,
    pub map: Cow<'n, OffsetMap>,
}

/// Values longer than this are looked at in the file before they are decoded.
const WORTH_A_LOOK: usize = 4096;

/// The views of a notebook. `may_hold` says whether a text can hold anything at all.
pub(super) fn collect<'n>(notebook: &'n Notebook<'n>, may_hold: impl Fn(&str) -> bool) -> Vec<View<'n>> {
    let mut collector = Collector {
        notebook,
        may_hold,
        views: Vec::new(),
    };
    for cell in &notebook.cells {
        collector.cell(cell);
    }
    if let Some(metadata) = notebook.metadata {
        collector.raw(PlaceKind::Metadata, None, None, metadata);
    }
    collector.views
}

struct Collector<'n, F> {
    notebook: &'n Notebook<'n>,
    may_hold: F,
    views: Vec<View<'n>>,
}

impl<'n, F: Fn(&str) -> bool> Collector<'n, F> {
    fn cell(&mut self, cell: &'n Cell) {
        if (self.may_hold)(&cell.source.text) {
            self.views.push(View {
                kind: PlaceKind::Source,
                cell: Some(cell.idx),
                output: None,
                text: Cow::Borrowed(&cell.source.text),
                map: Cow::Borrowed(&cell.source.map),
            });
        }
        for (index, output) in cell.outputs.iter().enumerate() {
            self.output(cell.idx, index, output);
        }
        if let Some(metadata) = cell.metadata {
            self.raw(PlaceKind::Metadata, Some(cell.idx), None, metadata);
        }
        if let Some(attachments) = self.notebook.lookup(cell.node, &["attachments"]) {
            for (_, bundle) in self.notebook.json.entries(attachments) {
                for (mime, value) in self.notebook.json.entries(bundle) {
                    if is_text(&self.notebook.text_of(mime).text) {
                        self.raw(PlaceKind::Metadata, Some(cell.idx), None, value);
                    }
                }
            }
        }
    }

    fn output(&mut self, cell: CellIdx, index: usize, output: &'n Output) {
        let at = (Some(cell), Some(index));
        if let OutputKind::Error { .. } = output.kind {
            for key in ["ename", "evalue"] {
                if let Some(value) = self.notebook.lookup(output.node, &[key]) {
                    self.decoded(PlaceKind::Output, at.0, at.1, value);
                }
            }
            // frames are items of a list and no line ends stand between them
            let frames: Vec<NodeId> = output
                .text
                .into_iter()
                .flat_map(|list| self.notebook.json.items(list))
                .collect();
            for frame in frames {
                self.decoded(PlaceKind::Output, at.0, at.1, frame);
            }
            return;
        }
        if let Some(text) = output.text {
            self.decoded(PlaceKind::Output, at.0, at.1, text);
        }
        for (mime, value) in &output.data {
            if !is_text(mime) {
                continue;
            }
            match self.notebook.json.kind(*value) {
                Kind::Object => self.raw(PlaceKind::Output, at.0, at.1, *value),
                _ if mime == "text/html" || mime == "image/svg+xml" => self.markup(at.0, at.1, *value),
                _ => self.decoded(PlaceKind::Output, at.0, at.1, *value),
            }
        }
        if let Some(metadata) = self.notebook.lookup(output.node, &["metadata"]) {
            self.raw(PlaceKind::Output, at.0, at.1, metadata);
        }
    }

    /// A string or list of strings, decoded, colour codes dropped.
    fn decoded(&mut self, kind: PlaceKind, cell: Option<CellIdx>, output: Option<usize>, node: NodeId) {
        let raw = self.notebook.json.span(node).slice(self.notebook.text);
        // an escaped letter or a colour code may part a keyword, so such a text is decoded whatever it shows
        if raw.len() > WORTH_A_LOOK && !raw.contains("\\u00") && !(self.may_hold)(raw) {
            return;
        }
        let decoded = self.notebook.text_of(node);
        let (text, map) = if decoded.text.contains('\u{1b}') {
            let stripped = strip_ansi(&decoded.text);
            (stripped.0, stripped.1.through(&decoded.map))
        } else {
            (decoded.text, decoded.map)
        };
        if (self.may_hold)(&text) {
            self.views.push(View {
                kind,
                cell,
                output,
                text: Cow::Owned(text),
                map: Cow::Owned(map),
            });
        }
    }

    /// Markup as a browser reads it: `&quot;` and, in scripts, `\u0022` are quotes.
    fn markup(&mut self, cell: Option<CellIdx>, output: Option<usize>, node: NodeId) {
        let raw = self.notebook.json.span(node).slice(self.notebook.text);
        if raw.len() > WORTH_A_LOOK && !raw.contains("\\u00") && !(self.may_hold)(raw) {
            return;
        }
        let decoded = self.notebook.text_of(node);
        let (text, map) = unescape_markup(&decoded.text);
        if (self.may_hold)(&text) {
            let map = map.through(&decoded.map);
            self.views.push(View {
                kind: PlaceKind::Output,
                cell,
                output,
                text: Cow::Owned(text),
                map: Cow::Owned(map),
            });
        }
    }

    /// A JSON value as it stands in the file, so that keys and values are seen together; strings with
    /// escapes are seen decoded as well.
    fn raw(&mut self, kind: PlaceKind, cell: Option<CellIdx>, output: Option<usize>, node: NodeId) {
        let span = self.notebook.json.span(node);
        let raw = span.slice(self.notebook.text);
        if raw.len() < 8 {
            return;
        }
        if (self.may_hold)(raw) {
            let map = OffsetMap::shifted(raw.len(), span.start);
            self.views.push(View {
                kind,
                cell,
                output,
                text: Cow::Borrowed(raw),
                map: Cow::Owned(map),
            });
        }
        if raw.contains('\\') {
            let json = &self.notebook.json;
            let escaped: Vec<NodeId> = json
                .descendants(node)
                .filter(|&id| matches!(json.kind(id), Kind::String { escaped: true }))
                .collect();
            for string in escaped {
                self.decoded(kind, cell, output, string);
            }
        }
    }
}

/// Types whose values people read. Images, sound, video and documents are base64, in which anything can be found.
fn is_text(mime: &str) -> bool {
    let payload = [
        "image/",
        "audio/",
        "video/",
        "font/",
        "application/pdf",
        "application/octet-stream",
    ];
    !payload.iter().any(|start| mime.starts_with(start))
}

/// `text` without terminal colour codes.
pub fn without_ansi(text: &str) -> Cow<'_, str> {
    if text.contains('\u{1b}') {
        Cow::Owned(strip_ansi(text).0)
    } else {
        Cow::Borrowed(text)
    }
}

/// The text without escape sequences, and where each part of it stood.
fn strip_ansi(text: &str) -> (String, OffsetMap) {
    let mut out = String::with_capacity(text.len());
    let mut map = OffsetMap::default();
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find('\u{1b}')) {
        let escape = at + found;
        out.push_str(Span::new(at, escape).slice(text));
        map.push(escape - at, Span::new(at, escape));
        at = escape + escape_length(text.get(escape..).unwrap_or_default());
    }
    out.push_str(text.get(at..).unwrap_or_default());
    map.push(text.len().saturating_sub(at), Span::new(at, text.len()));
    (out, map)
}

/// Bytes of the escape sequence that `text` starts with: `ESC [ … letter`, or the escape alone.
fn escape_length(text: &str) -> usize {
    let Some(rest) = text.strip_prefix("\u{1b}[") else {
        return 1;
    };
    let parameters = rest.len() - rest.trim_start_matches(|c: char| matches!(c, '0'..='?')).len();
    let last = rest.get(parameters..).and_then(|rest| rest.chars().next());
    2 + parameters + last.filter(|c| matches!(c, '@'..='~')).map_or(0, char::len_utf8)
}

/// The text with character references and `\uXXXX` replaced by what they stand for, where that is ASCII.
fn unescape_markup(text: &str) -> (String, OffsetMap) {
    let mut out = String::with_capacity(text.len());
    let mut map = OffsetMap::default();
    let mut at = 0;
    while let Some(found) = text
        .get(at..)
        .and_then(|rest| memchr::memchr2(b'&', b'\\', rest.as_bytes()))
    {
        let escape = at + found;
        out.push_str(Span::new(at, escape).slice(text));
        map.push(escape - at, Span::new(at, escape));
        let (stands_for, length) = reference(text.get(escape..).unwrap_or_default());
        out.push(stands_for);
        map.push(stands_for.len_utf8(), Span::new(escape, escape + length));
        at = escape + length;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    map.push(text.len().saturating_sub(at), Span::new(at, text.len()));
    (out, map)
}

/// What the reference that `text` starts with stands for, and its bytes; else the first character itself.
fn reference(text: &str) -> (char, usize) {
    let named = [
        ("&quot;", '"'),
        ("&#39;", '\''),
        ("&#x27;", '\''),
        ("&#34;", '"'),
        ("&amp;", '&'),
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&#61;", '='),
        ("&#x3d;", '='),
    ];
    if let Some((name, c)) = named.iter().find(|(name, _)| text.starts_with(name)) {
        return (*c, name.len());
    }
    let hex = text.strip_prefix("\\u").and_then(|rest| rest.get(..4));
    let ascii = hex
        .and_then(|hex| u32::from_str_radix(hex, 16).ok())
        .and_then(char::from_u32);
    match ascii.filter(|c| c.is_ascii_graphic()) {
        Some(c) => (c, 6),
        None => text.chars().next().map_or((' ', 1), |c| (c, c.len_utf8())),
    }
}
