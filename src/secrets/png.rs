//! The texts that a PNG image carries: `tEXt`, `zTXt` and `iTXt` chunks. Its pixels are never read.

use crate::text::{OffsetMap, Span};

use super::base64;

/// Bytes that a compressed text may unfold to.
const LARGEST: usize = 1 << 20;
/// The chunks of an image are looked at up to this many; one that has more was made to be slow.
const MOST: usize = 10_000;
const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// A text of an image, and where it stands in the base64 of it.
pub(super) struct Chunk {
    pub text: String,
    pub map: OffsetMap,
}

/// The texts of the image that `base64` (without line breaks) stands for.
pub(super) fn texts(base64: &str) -> Vec<Chunk> {
    let mut found = Vec::new();
    if base64::slice(base64, Span::new(0, SIGNATURE.len())).as_deref() != Some(SIGNATURE) {
        return found;
    }
    let mut at = SIGNATURE.len();
    for _ in 0..MOST {
        let Some(header) = base64::slice(base64, Span::new(at, at + 8)) else {
            break;
        };
        let (length, kind) = header.split_at(4);
        let length = length.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
        let data = Span::new(at + 8, at + 8 + length);
        if matches!(kind, b"tEXt" | b"zTXt" | b"iTXt")
            && let Some(bytes) = base64::slice(base64, data)
        {
            found.extend(text(kind, &bytes, data, base64.len()));
        }
        if kind == b"IEND" {
            break;
        }
        // four bytes of checksum stand after the data
        at = data.end + 4;
    }
    found
}

/// The text of a chunk: `keyword: text`.
fn text(kind: &[u8], bytes: &[u8], data: Span, base64_len: usize) -> Option<Chunk> {
    let keyword_end = bytes.iter().position(|byte| *byte == 0)?;
    let keyword: String = bytes.get(..keyword_end)?.iter().map(|byte| char::from(*byte)).collect();
    let rest = bytes.get(keyword_end + 1..)?;
    let (body, body_start, packed, latin1) = match kind {
        b"tEXt" => (rest, keyword_end + 1, false, true),
        b"zTXt" => (rest.get(1..)?, keyword_end + 2, true, true),
        _ => {
            let packed = *rest.first()? == 1;
            // compression flag and method, then language and translated keyword, each with its end
            let mut skipped = 2;
            for _ in 0..2 {
                skipped += rest.get(skipped..)?.iter().position(|byte| *byte == 0)? + 1;
            }
            (rest.get(skipped..)?, keyword_end + 1 + skipped, packed, false)
        }
    };
    let unpacked;
    let plain = if packed {
        unpacked = miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(body, LARGEST).ok()?;
        unpacked.as_slice()
    } else {
        body
    };
    let value: String = if latin1 {
        plain.iter().map(|byte| char::from(*byte)).collect()
    } else {
        std::str::from_utf8(plain).ok()?.to_owned()
    };
    let mut text = keyword.clone();
    text.push_str(": ");
    let mut map = base64::map(&text, data.start, true, base64_len);
    text.push_str(&value);
    if packed {
        // no byte of packed text stands for one character of it
        let held = base64::groups(Span::new(data.start + body_start, data.end));
        map.push(value.len(), Span::new(held.start, held.end.min(base64_len)));
    } else {
        let body = base64::map(&value, data.start + body_start, latin1, base64_len);
        for segment in body.segments() {
            map.push(segment.derived.len(), segment.original);
        }
    }
    Some(Chunk { text, map })
}

/// The image with its texts changed by `change` (which gives `None` for those that stay). Pixels and all other
/// chunks stay as they are; a text that was packed is written plainly.
pub(super) fn redact(image: &[u8], change: impl Fn(&str) -> Option<String>) -> Option<Vec<u8>> {
    let mut out = image.get(..SIGNATURE.len())?.to_vec();
    let mut at = SIGNATURE.len();
    let mut changed = false;
    while let Some(header) = image.get(at..at + 8) {
        let (length, kind) = header.split_at(4);
        let length = length.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
        let end = at.checked_add(12)?.checked_add(length)?;
        let Some(whole) = image.get(at..end) else { break };
        let data = Span::new(0, length);
        let chunk = matches!(kind, b"tEXt" | b"zTXt" | b"iTXt")
            .then(|| text(kind, whole.get(8..8 + length)?, data, 0))
            .flatten();
        match chunk.and_then(|chunk| change(&chunk.text)) {
            Some(text) => {
                let (keyword, value) = text.split_once(": ").unwrap_or(("Comment", &text));
                let keyword: String = keyword.chars().filter(char::is_ascii_graphic).take(79).collect();
                let mut body = b"iTXt".to_vec();
                body.extend(if keyword.is_empty() { "Comment" } else { &keyword }.as_bytes());
                body.extend([0, 0, 0, 0, 0]);
                body.extend(value.as_bytes());
                out.extend(u32::try_from(body.len() - 4).ok()?.to_be_bytes());
                let checksum = super::checks::crc32(&body);
                out.extend(body);
                out.extend(checksum.to_be_bytes());
                changed = true;
            }
            None => out.extend(whole),
        }
        at = end;
    }
    out.extend(image.get(at..).unwrap_or_default());
    changed.then_some(out)
}
