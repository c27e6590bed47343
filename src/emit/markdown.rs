//! Text that came from a notebook, made safe for Markdown, tables included.

use super::literal::one_line;

/// Prose: shown as written, never read as markup.
pub(super) fn prose(text: &str) -> String {
    let mut out = String::new();
    for c in one_line(text).chars() {
        if matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' | '$' | '!'
        ) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A span of code that holds any text, backticks too.
pub(super) fn code(text: &str) -> String {
    let text = one_line(text).replace('|', "\\|");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let pad = if text.is_empty() || text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A cell of a table whose text the tool wrote itself, with `code` in backticks kept.
pub(super) fn own(text: &str) -> String {
    let mut out = String::new();
    for (i, part) in one_line(text).split('`').enumerate() {
        // odd parts stand between backticks
        if i % 2 == 1 {
            out.push_str(&code(part));
        } else {
            out.push_str(&prose(part));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{code, own, prose};

    #[test]
    fn markup_is_text() {
        assert_eq!(prose("a|b `c`\n<x>"), r"a\|b \`c\` \<x\>");
        assert_eq!(code("a``b|"), "```a``b\\|```");
        assert_eq!(own("`f|g` reads_it"), r"`f\|g` reads\_it");
    }
}
