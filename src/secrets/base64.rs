//! Base64 and base64url, with the way back from decoded bytes to the characters that hold them.

use crate::text::{OffsetMap, Span};

/// Decodes base64 or base64url, padded or not. `None` where another character stands in it.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in text.trim_end_matches('=').bytes() {
        bits = (bits << 6) | value(byte)?;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from((bits >> held) & 0xff).unwrap_or_default());
        }
    }
    Some(out)
}

/// Encodes bytes as base64 with padding.
pub(crate) fn encode(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4_usize {
            let digit = DIGITS
                .get((bits >> (18 - 6 * place) & 63) as usize)
                .copied()
                .unwrap_or(b'A');
            out.push(if place <= group.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

fn value(byte: u8) -> Option<u32> {
    Some(u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    }))
}

/// The decoded bytes `bytes` of a base64 text, without decoding what stands before them.
pub(super) fn slice(text: &str, bytes: Span) -> Option<Vec<u8>> {
    let groups = text.get(groups(bytes).start..groups(bytes).end.min(text.len()))?;
    let decoded = decode(groups)?;
    let skipped = bytes.start % 3;
    Some(decoded.get(skipped..skipped + bytes.len())?.to_vec())
}

/// The groups of four characters that hold these decoded bytes. A part of a group is no base64 on its own.
pub(super) fn groups(bytes: Span) -> Span {
    Span::new(bytes.start / 3 * 4, bytes.end.div_ceil(3) * 4)
}

/// The map from `decoded`, the text that a base64 text stands for, to its characters.
///
/// `start` is where `decoded` starts among the decoded bytes; `latin1` says that each of its characters was one byte.
pub(super) fn map(decoded: &str, start: usize, latin1: bool, text_len: usize) -> OffsetMap {
    let mut map = OffsetMap::default();
    let mut at = start;
    for c in decoded.chars() {
        let width = if latin1 { 1 } else { c.len_utf8() };
        let held = groups(Span::new(at, at + width));
        map.push(c.len_utf8(), Span::new(held.start, held.end.min(text_len)));
        at += width;
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_are_parts_of_the_whole() {
        let text = "cGFzc3dvcmQ9aHVudGVyMg==";
        assert_eq!(decode(text).as_deref(), Some(b"password=hunter2".as_slice()));
        assert_eq!(slice(text, Span::new(9, 16)).as_deref(), Some(b"hunter2".as_slice()));
        assert_eq!(slice(text, Span::new(9, 40)), None);
        let map = map("password=hunter2", 0, false, text.len());
        let held = map.original(Span::new(9, 16));
        assert_eq!(decode(held.slice(text)).as_deref(), Some(b"hunter2".as_slice()));
    }
}
