//! Decoding JSON strings with a way back to the file's bytes, and writing them.

use memchr::memchr;

use crate::text::{OffsetMap, Span};

use super::document::{Document, Kind, NodeId};

/// A decoded string (or several, joined) and the map from its offsets to the file's bytes.
#[derive(Clone, Debug, Default)]
pub struct Decoded {
    pub text: String,
    pub map: OffsetMap,
    /// Spans of escapes that are half a surrogate pair; each became U+FFFD.
    pub lone_surrogates: Vec<Span>,
}

/// Decodes the string literal at `span` of `file`, quotes included.
pub fn decode(file: &str, span: Span) -> Decoded {
    decode_joined(file, std::iter::once(span))
}

/// Decodes several string literals as one text: the list-of-lines form of a cell's source.
pub fn decode_joined(file: &str, spans: impl Iterator<Item = Span>) -> Decoded {
    let mut out = Decoded::default();
    for span in spans {
        out.append(file, Span::new(span.start + 1, span.end.saturating_sub(1)));
    }
    out
}

/// Decodes several string literals, each a line without its end: the list form of nbformat 2.
///
/// The line end between two of them stands for the closing quote of the first.
pub fn decode_lines(file: &str, spans: impl Iterator<Item = Span>) -> Decoded {
    let mut out = Decoded::default();
    let mut last: Option<Span> = None;
    for span in spans {
        if let Some(last) = last {
            out.text.push('\n');
            out.map.push(1, Span::new(last.end.saturating_sub(1), last.end));
        }
        out.append(file, Span::new(span.start + 1, span.end.saturating_sub(1)));
        last = Some(span);
    }
    out
}

/// Decodes a string, or a list of strings joined. Anything else decodes to nothing.
pub fn text_of(json: &Document, text: &str, node: NodeId) -> Decoded {
    match json.kind(node) {
        Kind::String { .. } => decode(text, json.span(node)),
        Kind::Array => {
            let strings = json
                .items(node)
                .filter(|&item| matches!(json.kind(item), Kind::String { .. }));
            decode_joined(text, strings.map(|item| json.span(item)))
        }
        _ => Decoded::default(),
    }
}

/// `text` as a JSON string literal, quotes included, in the form that Jupyter writes (non-ASCII kept).
pub fn encode(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl Decoded {
    /// Appends what the bytes between the quotes decode to.
    fn append(&mut self, file: &str, inner: Span) {
        let mut at = inner.start;
        while at < inner.end {
            let rest = Span::new(at, inner.end).slice(file);
            let plain = memchr(b'\\', rest.as_bytes()).unwrap_or(rest.len());
            self.text.push_str(rest.get(..plain).unwrap_or_default());
            self.map.push(plain, Span::new(at, at + plain));
            at += plain;
            if at < inner.end {
                at += self.escape(file, at, inner.end);
            }
        }
    }

    /// Appends the escape at `at`; returns how many bytes it takes.
    fn escape(&mut self, file: &str, at: usize, end: usize) -> usize {
        let (decoded, len) = match file.as_bytes().get(at + 1) {
            Some(b'b') => ('\u{8}', 2),
            Some(b'f') => ('\u{c}', 2),
            Some(b'n') => ('\n', 2),
            Some(b'r') => ('\r', 2),
            Some(b't') => ('\t', 2),
            Some(b'u') => self.unicode_escape(file, at, end),
            Some(&other) => (char::from(other), 2),
            None => ('\u{fffd}', 1),
        };
        self.text.push(decoded);
        self.map.push(decoded.len_utf8(), Span::new(at, at + len));
        len
    }

    fn unicode_escape(&mut self, file: &str, at: usize, end: usize) -> (char, usize) {
        let Some(unit) = code_unit(file, at) else {
            return ('\u{fffd}', 2);
        };
        if (0xd800..0xdc00).contains(&unit)
            && at + 12 <= end
            && let Some(low) = code_unit(file, at + 6).filter(|low| (0xdc00..0xe000).contains(low))
        {
            let scalar = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
            return (char::from_u32(scalar).unwrap_or('\u{fffd}'), 12);
        }
        let decoded = char::from_u32(unit).unwrap_or_else(|| {
            self.lone_surrogates.push(Span::new(at, at + 6));
            '\u{fffd}'
        });
        (decoded, 6)
    }
}

/// The value of the `\uXXXX` escape at `at`.
fn code_unit(file: &str, at: usize) -> Option<u32> {
    let digits = file.get(at..at + 6)?.strip_prefix("\\u")?;
    u32::from_str_radix(digits, 16).ok()
}
