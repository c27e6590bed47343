//! What of a notebook is searched: every text that a person could read in it, decoded, with its way back.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem;

use crate::finding::PlaceKind;
use crate::json::{Kind, NodeId};
use crate::notebook::{Cell, CellIdx, Notebook, Output, OutputKind};
use crate::text::{OffsetMap, Span};

use super::decode::{has_percent, strip_ansi, unescape_markup, unescape_percent};
use super::engine::Hit;
use super::{base64, png};

/// A text of the notebook that holds what is sought.
pub(super) struct View<'n, H> {
    pub at: At,
    pub text: Cow<'n, str>,
    pub map: Cow<'n, OffsetMap>,
    pub hits: Vec<H>,
    /// The base64 that the text was packed into.
    pub packed: Option<Packed>,
    /// Whether the text is told of a cell's syntax and stands in no file as it is.
    pub told: bool,
}

/// Base64 in the file, and what it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    /// Bytes of the file.
    pub pieces: Vec<Span>,
    /// Whether it is a PNG image and the text one of its chunks.
    pub image: bool,
}

impl Packed {
    fn new(span: Span, map: &OffsetMap, image: bool) -> Self {
        Self {
            pieces: map.pieces(span),
            image,
        }
    }
}

/// Which part of the notebook a text belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) struct At {
    pub kind: PlaceKind,
    pub cell: Option<CellIdx>,
    pub output: Option<usize>,
}

/// Values longer than this are looked at in the file before they are decoded.
const WORTH_A_LOOK: usize = 128;

/// What is found in a text, at some of its bytes.
pub(super) trait Spanned {
    fn span_mut(&mut self) -> &mut Span;
}

impl Spanned for Hit {
    fn span_mut(&mut self) -> &mut Span {
        &mut self.span
    }
}

/// What is sought in texts.
pub(super) struct Sought<'s, H> {
    pub hits_in: &'s dyn Fn(&str) -> Vec<H>,
    /// `false` only for a text that holds none, as it stands in the file.
    pub may_hold: fn(&str) -> bool,
    /// Whether it is sought in sources, metadata and the texts of images too, and not only in what outputs show.
    pub everywhere: bool,
}

/// The views of a notebook in which something was found.
pub(super) fn collect<'n, H: Spanned>(notebook: &'n Notebook<'n>, sought: Sought<'_, H>) -> Vec<View<'n, H>> {
    let mut collector = Collector {
        notebook,
        sought,
        views: Vec::new(),
    };
    for cell in &notebook.cells {
        collector.cell(cell);
    }
    if let Some(metadata) = notebook.metadata.filter(|_| collector.sought.everywhere) {
        let at = At {
            kind: PlaceKind::Metadata,
            cell: None,
            output: None,
        };
        collector.raw(at, metadata);
    }
    collector.views
}

struct Collector<'n, 's, H> {
    notebook: &'n Notebook<'n>,
    sought: Sought<'s, H>,
    views: Vec<View<'n, H>>,
}

impl<'n, H: Spanned> Collector<'n, '_, H> {
    fn cell(&mut self, cell: &'n Cell) {
        let at = |kind, output| At {
            kind,
            cell: Some(cell.idx),
            output,
        };
        if self.sought.everywhere {
            self.search(at(PlaceKind::Source, None), Cow::Borrowed(&cell.source.text), &|| {
                Cow::Borrowed(&cell.source.map)
            });
        }
        for (index, output) in cell.outputs.iter().enumerate() {
            self.output(at(PlaceKind::Output, Some(index)), output);
        }
        if !self.sought.everywhere {
            return;
        }
        if let Some(metadata) = cell.metadata {
            self.raw(at(PlaceKind::Metadata, None), metadata);
        }
        if let Some(attachments) = self.notebook.lookup(cell.node, &["attachments"]) {
            let bundles: Vec<NodeId> = self
                .notebook
                .json
                .entries(attachments)
                .map(|(_, bundle)| bundle)
                .collect();
            for bundle in bundles {
                let values: Vec<(NodeId, NodeId)> = self.notebook.json.entries(bundle).collect();
                for (mime, value) in values {
                    self.attachment(at(PlaceKind::Metadata, None), &self.notebook.text_of(mime).text, value);
                }
            }
        }
    }

    /// An attachment is base64 whatever it is, but for those that were written by hand.
    fn attachment(&mut self, at: At, mime: &str, node: NodeId) {
        if mime == "image/png" {
            self.image(at, node);
        } else if is_text(mime) {
            let decoded = self.notebook.text_of(node);
            if !self.base64(at, &decoded.text, &|| Cow::Borrowed(&decoded.map)) {
                self.raw(at, node);
            }
        }
    }

    fn output(&mut self, at: At, output: &'n Output) {
        if let OutputKind::Error { .. } = output.kind {
            for key in ["ename", "evalue"] {
                if let Some(value) = self.notebook.lookup(output.node, &[key]) {
                    self.decoded(at, value);
                }
            }
            if let Some(traceback) = output.text {
                self.frames(at, traceback);
            }
            return;
        }
        if let Some(text) = output.text {
            self.decoded(at, text);
        }
        for (mime, value) in &output.data {
            if mime == "image/png" {
                self.image(at, *value);
            }
            if !is_text(mime) {
                continue;
            }
            match self.notebook.json.kind(*value) {
                Kind::Object => self.raw(at, *value),
                Kind::Array if mime.ends_with("json") => self.raw(at, *value),
                _ if mime == "text/html" || mime == "image/svg+xml" => self.markup(at, *value),
                _ => self.decoded(at, *value),
            }
        }
        if let Some(metadata) = self.notebook.lookup(output.node, &["metadata"]) {
            self.raw(at, metadata);
        }
    }

    /// Searches a text, and what is packed into it. Its way back is asked for only where something is found.
    fn search(&mut self, at: At, text: Cow<'n, str>, map: &dyn Fn() -> Cow<'n, OffsetMap>) {
        self.packed(at, &text, map);
        if has_percent(&text) {
            let (plain, inner) = unescape_percent(&text);
            self.keep(at, Cow::Owned(plain), None, || Cow::Owned(inner.through(&map())));
        }
        self.keep(at, text, None, map);
    }

    /// Searches one text for good. `packed` gives the pieces of the base64 that it came from.
    fn keep(
        &mut self,
        at: At,
        text: Cow<'n, str>,
        packed: Option<&dyn Fn() -> Packed>,
        map: impl FnOnce() -> Cow<'n, OffsetMap>,
    ) {
        let hits = (self.sought.hits_in)(&text);
        if !hits.is_empty() {
            self.views.push(View {
                at,
                text,
                map: map(),
                hits,
                packed: packed.map(|packed| packed()),
                told: false,
            });
        }
    }

    /// A string or list of strings, decoded, colour codes dropped.
    fn decoded(&mut self, at: At, node: NodeId) {
        if !self.worth_decoding(node) {
            return;
        }
        let decoded = self.notebook.text_of(node);
        if decoded.text.contains('\u{1b}') {
            let (text, inner) = strip_ansi(&decoded.text);
            self.search(at, Cow::Owned(text), &|| Cow::Owned(inner.through(&decoded.map)));
        } else {
            let map = decoded.map;
            self.search(at, Cow::Owned(decoded.text), &|| Cow::Owned(map.clone()));
        }
    }

    /// A traceback: its frames are items of a list, and no line ends stand between them.
    fn frames(&mut self, at: At, traceback: NodeId) {
        let json = &self.notebook.json;
        if json.kind(traceback) != Kind::Array {
            return self.decoded(at, traceback);
        }
        if !self.worth_decoding(traceback) {
            return;
        }
        let mut text = String::new();
        let mut map = OffsetMap::default();
        for frame in json.items(traceback) {
            let decoded = self.notebook.text_of(frame);
            let (plain, inner) = strip_ansi(&decoded.text);
            text.push_str(&plain);
            for segment in inner.through(&decoded.map).segments() {
                map.push(segment.derived.len(), segment.original);
            }
            let end = json.span(frame).end;
            text.push('\n');
            map.push(1, Span::new(end, end));
        }
        if self.sought.everywhere && text.contains("-----BEGIN") {
            // beside the numbers of its lines a key would not be seen
            let (plain, inner) = without_gutter(&text);
            self.keep(at, Cow::Owned(plain), None, || Cow::Owned(inner.through(&map)));
        }
        self.search(at, Cow::Owned(text), &|| Cow::Owned(map.clone()));
    }

    /// Markup as a browser reads it: `&quot;` and, in scripts, `\u0022` are quotes.
    fn markup(&mut self, at: At, node: NodeId) {
        if !self.worth_decoding(node) {
            return;
        }
        let decoded = self.notebook.text_of(node);
        let (text, inner) = unescape_markup(&decoded.text);
        self.search(at, Cow::Owned(text), &|| Cow::Owned(inner.through(&decoded.map)));
    }

    /// An escaped letter or a colour code may part a keyword, so a text with such is decoded whatever it shows.
    fn worth_decoding(&self, node: NodeId) -> bool {
        let raw = self.notebook.json.span(node).slice(self.notebook.text);
        raw.len() <= WORTH_A_LOOK
            || (self.sought.may_hold)(raw)
            || memmem::find(raw.as_bytes(), b"\\u00").is_some()
            || memmem::find(raw.as_bytes(), PACKED).is_some()
    }

    /// A JSON value as it stands in the file, so that keys and values are seen together; strings with
    /// escapes are seen decoded as well.
    fn raw(&mut self, at: At, node: NodeId) {
        let span = self.notebook.json.span(node);
        let raw = span.slice(self.notebook.text);
        if raw.len() < 8 {
            return;
        }
        let before = self.views.len();
        self.search(at, Cow::Borrowed(raw), &|| {
            Cow::Owned(OffsetMap::shifted(raw.len(), span.start))
        });
        // a pattern may run past the end of a string; what is redacted must not
        for view in self.views.iter_mut().skip(before).filter(|view| view.packed.is_none()) {
            let text = &view.text;
            view.hits.retain_mut(|hit| {
                let span = hit.span_mut();
                span.end = span.start + within_string(span.slice(text));
                let before = text.get(..span.start).unwrap_or_default();
                let backslashes = before.len() - before.trim_end_matches('\\').len();
                // what starts within an escape is seen whole where it is decoded
                !span.is_empty() && backslashes % 2 == 0
            });
        }
        if memchr::memchr(b'\\', raw.as_bytes()).is_some() {
            let json = &self.notebook.json;
            let escaped: Vec<NodeId> = json
                .descendants(node)
                .filter(|&id| matches!(json.kind(id), Kind::String { escaped: true }))
                .collect();
            for string in escaped {
                self.decoded(at, string);
            }
        }
    }

    /// The texts of an image, found without decoding its pixels.
    fn image(&mut self, at: At, node: NodeId) {
        if !self.sought.everywhere {
            return;
        }
        let span = self.notebook.json.span(node);
        let inner = Span::new(span.start + 1, span.end.saturating_sub(1));
        let raw = inner.slice(self.notebook.text);
        if matches!(self.notebook.json.kind(node), Kind::String { escaped: false }) {
            let map = || Cow::Owned(OffsetMap::shifted(raw.len(), inner.start));
            return self.texts_of_png(at, raw, None, &map);
        }
        // most images say what drew them, and nearly none a text that is worth the way back
        let is_string = matches!(self.notebook.json.kind(node), Kind::String { .. });
        let holds_none = |line: String| {
            let texts = png::texts(&line);
            texts.iter().all(|chunk| (self.sought.hits_in)(&chunk.text).is_empty())
        };
        if is_string && unwrapped(raw).is_some_and(holds_none) {
            return;
        }
        let decoded = self.notebook.text_of(node);
        self.png(at, &decoded.text, &|| Cow::Borrowed(&decoded.map));
    }

    fn png<'m>(&mut self, at: At, text: &str, map: &dyn Fn() -> Cow<'m, OffsetMap>) {
        let (line, lines) = one_line(text);
        self.texts_of_png(at, &line, lines.as_ref(), map);
    }

    /// Searches the texts of the image that `line` stands for; `lines` is the way back to the lines it was made of.
    fn texts_of_png<'m>(
        &mut self,
        at: At,
        line: &str,
        lines: Option<&OffsetMap>,
        map: &dyn Fn() -> Cow<'m, OffsetMap>,
    ) {
        for chunk in png::texts(line) {
            let to_text = match lines {
                Some(lines) => chunk.map.through(lines),
                None => chunk.map,
            };
            let packed = || {
                let whole = Span::new(0, line.len());
                let whole = lines.map_or(whole, |lines| lines.original(whole));
                Packed::new(whole, &map(), true)
            };
            self.keep(at, Cow::Owned(chunk.text), Some(&packed), || {
                Cow::Owned(to_text.through(&map()))
            });
        }
    }

    /// Searches the text that a base64 text stands for. `false` where it stands for none.
    fn base64<'m>(&mut self, at: At, text: &str, map: &dyn Fn() -> Cow<'m, OffsetMap>) -> bool {
        let (line, lines) = one_line(text);
        let Some(decoded) = base64::decode(&line).and_then(|bytes| String::from_utf8(bytes).ok()) else {
            return false;
        };
        let (decoded, markup) = if decoded.trim_start().starts_with('<') {
            let (plain, markup) = unescape_markup(&decoded);
            (plain, Some((markup, decoded)))
        } else {
            (decoded, None)
        };
        let packed = || Packed::new(Span::new(0, text.trim_end().len()), &map(), false);
        self.keep(at, Cow::Owned(decoded.clone()), Some(&packed), || {
            let mut inner = match &markup {
                Some((markup, whole)) => markup.through(&base64::map(whole, 0, false, line.len())),
                None => base64::map(&decoded, 0, false, line.len()),
            };
            if let Some(lines) = &lines {
                inner = inner.through(lines);
            }
            Cow::Owned(inner.through(&map()))
        });
        true
    }

    /// Searches what `data:` addresses in a text hold, where that is text or an image that may carry some.
    fn packed(&mut self, at: At, text: &str, map: &dyn Fn() -> Cow<'n, OffsetMap>) {
        static SIGN: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(PACKED));
        for found in SIGN.find_iter(text.as_bytes()) {
            let before = text
                .as_bytes()
                .get(found.saturating_sub(100)..found)
                .unwrap_or_default();
            let Some(scheme) = memmem::rfind(before, b"data:") else {
                continue;
            };
            let mime = String::from_utf8_lossy(before.get(scheme + "data:".len()..).unwrap_or_default());
            let start = found + PACKED.len();
            let rest = text.get(start..).unwrap_or_default();
            let length = rest
                .bytes()
                .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_'))
                .count();
            let payload = rest.get(..length).unwrap_or_default();
            let map = || Cow::Owned(OffsetMap::shifted(length, start).through(&map()));
            if mime.starts_with("image/png") {
                self.png(at, payload, &map);
            } else if is_text(&mime) {
                self.base64(at, payload, &map);
            }
        }
    }
}

/// Bytes before the first quote that isn't escaped, and before an escape that isn't whole.
fn within_string(raw: &str) -> usize {
    let bytes = raw.as_bytes();
    let mut at = 0;
    while let Some(found) = memchr::memchr2(b'"', b'\\', bytes.get(at..).unwrap_or_default()) {
        let start = at + found;
        at = match (bytes.get(start), bytes.get(start + 1)) {
            (Some(b'"'), _) => return start,
            (_, Some(b'u')) => start + 6,
            _ => start + 2,
        };
        if at > bytes.len() {
            return start;
        }
    }
    bytes.len()
}

const PACKED: &[u8] = b";base64,";

/// Types whose values people read. Images, sound, video and documents are base64, in which anything can be found.
fn is_text(mime: &str) -> bool {
    let payload = [
        "image/",
        "audio/",
        "video/",
        "font/",
        "application/pdf",
        "application/octet-stream",
        "application/zip",
        "application/x-font",
        "application/font",
        "application/wasm",
    ];
    mime.starts_with("image/svg") || !payload.iter().any(|start| mime.starts_with(start))
}

/// Base64 without line breaks, and where each line stood.
fn one_line(text: &str) -> (Cow<'_, str>, Option<OffsetMap>) {
    let text_end = text.trim_end().len();
    let trimmed = text.get(..text_end).unwrap_or_default();
    if memchr::memchr3(b'\n', b' ', b'\r', trimmed.as_bytes()).is_none() {
        return (Cow::Borrowed(trimmed), None);
    }
    let mut line = String::with_capacity(trimmed.len());
    let mut map = OffsetMap::default();
    let mut start = 0;
    let breaks = memchr::memchr3_iter(b'\n', b' ', b'\r', trimmed.as_bytes());
    for end in breaks.chain(std::iter::once(trimmed.len())) {
        let word = Span::new(start, end);
        line.push_str(word.slice(trimmed));
        map.push(word.len(), word);
        start = end + 1;
    }
    (Cow::Owned(line), Some(map))
}

/// A string of the file without its escaped line ends; `None` where it holds other escapes.
fn unwrapped(raw: &str) -> Option<String> {
    let mut line = String::with_capacity(raw.len());
    let mut start = 0;
    while let Some(found) = memchr::memchr(b'\\', raw.get(start..)?.as_bytes()) {
        line.push_str(raw.get(start..start + found)?);
        start += found + 2;
        matches!(raw.as_bytes().get(start - 1), Some(b'n' | b'r')).then_some(())?;
    }
    line.push_str(raw.get(start..)?);
    Some(line)
}

/// The text of a traceback without the numbers and the arrow that stand before its lines of code.
fn without_gutter(text: &str) -> (String, OffsetMap) {
    let mut out = String::with_capacity(text.len());
    let mut map = OffsetMap::default();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let number = line
            .trim_start_matches('-')
            .trim_start_matches('>')
            .trim_start_matches(' ');
        let code = number.trim_start_matches(|c: char| c.is_ascii_digit());
        let gutter = if code.len() < number.len() && code.starts_with(' ') {
            line.len() - code.len() + 1
        } else {
            0
        };
        let kept = Span::new(start + gutter, start + line.len());
        out.push_str(kept.slice(text));
        map.push(kept.len(), kept);
        start += line.len();
    }
    (out, map)
}
