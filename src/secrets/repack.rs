//! Base64 without its secrets: unpacked, redacted and packed again.

use super::{base64, png};

/// The base64 text with each value replaced by its mark; `None` where it can't be unpacked or holds none of them.
pub(crate) fn repack(text: &str, image: bool, values: &[(&str, String)]) -> Option<String> {
    let line: String = text.replace("\\n", "").replace("\\r", "").split_whitespace().collect();
    let bytes = base64::decode(&line)?;
    let redacted = if image {
        png::redact(&bytes, |text| replaced(text, values))?
    } else {
        replaced(&String::from_utf8(bytes).ok()?, values)?.into_bytes()
    };
    Some(base64::encode(&redacted))
}

fn replaced(text: &str, values: &[(&str, String)]) -> Option<String> {
    let mut out = text.to_owned();
    for (value, mark) in values {
        out = out.replace(value, mark);
        // in markup the characters that mean something to it are written otherwise
        let escaped = value.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        out = out.replace(&escaped, mark);
    }
    (out != text).then_some(out)
}
