//! Text that came from a notebook, made safe for Python: every string literal, docstring and comment goes through here.

use crate::text::is_hidden;

/// A Python string literal for `text`. The formatter picks the quotes afterwards.
pub(super) fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_hidden(c) => {
                let code = u32::from(c);
                out.push_str(&if code <= 0xff {
                    format!("\\x{code:02x}")
                } else if code <= 0xffff {
                    format!("\\u{code:04x}")
                } else {
                    format!("\\U{code:08x}")
                });
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A one-line docstring for `text`.
pub(super) fn docstring(text: &str) -> String {
    quoted(&one_line(text))
}

/// A docstring of a first line and the lines below it, which are laid out already; an empty one parts paragraphs.
pub(super) fn long_docstring(first: &str, below: &[String]) -> String {
    if below.is_empty() {
        return docstring(first);
    }
    let mut text = format!("{}\n", one_line(first));
    for line in below {
        let indent = line.len() - line.trim_start_matches(' ').len();
        text.push_str(&format!("\n{}{}", " ".repeat(indent), one_line(line)));
    }
    text.push('\n');
    quoted(&text)
}

/// `text` in the quotes of a docstring; raw where it holds a backslash, as long as a raw one can hold it.
fn quoted(text: &str) -> String {
    if !text.contains('\\') && !text.contains("\"\"\"") && !text.ends_with('"') {
        return format!("\"\"\"{text}\"\"\"");
    }
    if !text.contains("\"\"\"") && !text.ends_with(['"', '\\']) {
        return format!("r\"\"\"{text}\"\"\"");
    }
    format!("\"\"\"{}\"\"\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// `text` on one line, without characters that a reader can't see: fit for a comment, a heading, a table.
pub(super) fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let seen: String = spaced.chars().filter(|c| !is_hidden(*c)).collect();
    seen.split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::{docstring, one_line, string};

    #[test]
    fn literals_hold_anything() {
        assert_eq!(string("a\"b\\c\n"), r#""a\"b\\c\n""#);
        assert_eq!(string("\u{202e}é\u{0}"), "\"\\u202eé\\x00\"");
    }

    #[test]
    fn docstrings_never_end_early() {
        assert_eq!(docstring("plain"), "\"\"\"plain\"\"\"");
        assert_eq!(docstring("a\\d b"), "r\"\"\"a\\d b\"\"\"");
        assert_eq!(docstring("x\"\"\"y\\"), "\"\"\"x\\\"\\\"\\\"y\\\\\"\"\"");
    }

    #[test]
    fn lines_are_one() {
        assert_eq!(one_line(" a\n\tb\u{200b}c "), "a bc");
    }
}
