//! What people read instead of what is written: without colour codes, character references, percent signs.

use std::borrow::Cow;

use crate::text::{OffsetMap, Span};

/// `text` without terminal colour codes.
pub fn without_ansi(text: &str) -> Cow<'_, str> {
    if text.contains('\u{1b}') {
        Cow::Owned(strip_ansi(text).0)
    } else {
        Cow::Borrowed(text)
    }
}

/// The text without escape sequences, and where each part of it stood.
pub(super) fn strip_ansi(text: &str) -> (String, OffsetMap) {
    replace(text, 0x1b, 0x1b, |rest| (None, escape_length(rest)))
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
pub(super) fn unescape_markup(text: &str) -> (String, OffsetMap) {
    replace(text, b'&', b'\\', |rest| {
        let (c, length) = reference(rest);
        (Some(c), length)
    })
}

/// The text with `%XX` replaced by the ASCII character that it stands for.
pub(super) fn unescape_percent(text: &str) -> (String, OffsetMap) {
    replace(text, b'%', b'%', |rest| match percent(rest) {
        Some(c) => (Some(c), 3),
        None => (Some('%'), 1),
    })
}

/// Whether the text holds `%XX` for a printable character.
pub(super) fn has_percent(text: &str) -> bool {
    memchr::memchr_iter(b'%', text.as_bytes()).any(|at| percent(text.get(at..).unwrap_or_default()).is_some())
}

fn percent(text: &str) -> Option<char> {
    let code = u8::from_str_radix(text.get(1..3)?, 16).ok()?;
    code.is_ascii_graphic().then_some(char::from(code))
}

/// Replaces what starts at each `first` or `second`; `stands_for` gives the character (or none) and the bytes it takes.
fn replace(
    text: &str,
    first: u8,
    second: u8,
    stands_for: impl Fn(&str) -> (Option<char>, usize),
) -> (String, OffsetMap) {
    let mut out = String::with_capacity(text.len());
    let mut map = OffsetMap::default();
    let mut at = 0;
    while let Some(found) = text
        .get(at..)
        .and_then(|rest| memchr::memchr2(first, second, rest.as_bytes()))
    {
        let escape = at + found;
        out.push_str(Span::new(at, escape).slice(text));
        map.push(escape - at, Span::new(at, escape));
        let (c, length) = stands_for(text.get(escape..).unwrap_or_default());
        if let Some(c) = c {
            out.push(c);
            map.push(c.len_utf8(), Span::new(escape, escape + length));
        }
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
        ("&apos;", '\''),
        ("&#39;", '\''),
        ("&#x27;", '\''),
        ("&#34;", '"'),
        ("&amp;", '&'),
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&#61;", '='),
        ("&#x3d;", '='),
        ("&#43;", '+'),
        ("&#47;", '/'),
        ("&#x2F;", '/'),
    ];
    if let Some((name, c)) = named.iter().find(|(name, _)| text.starts_with(name)) {
        return (*c, name.len());
    }
    let hex = text.strip_prefix("\\u").and_then(|rest| rest.get(..4));
    let ascii = hex
        .and_then(|hex| u32::from_str_radix(hex, 16).ok())
        .and_then(char::from_u32);
    match ascii.filter(char::is_ascii_graphic) {
        Some(c) => (c, 6),
        None => text.chars().next().map_or((' ', 1), |c| (c, c.len_utf8())),
    }
}
