//! Text that came from a notebook, made safe for Markdown, tables included.

use super::literal::one_line;

/// Prose: shown as written, never read as markup.
pub(super) fn prose(text: &str) -> String {
    escaped(&one_line(text))
}

fn escaped(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let word = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|c| c.is_alphanumeric());
    let mut out = String::new();
    for (at, c) in chars.iter().enumerate() {
        let markup = match c {
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '|' | '~' | '$' => true,
            // `_` inside a word is only itself
            '_' => !(word(at.checked_sub(1)) && word(Some(at + 1))),
            '#' | '-' | '+' | '=' => at == 0,
            _ => false,
        };
        if markup {
            out.push('\\');
        }
        out.push(*c);
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

/// Text that the tool wrote itself, with `code` in backticks kept.
pub(super) fn own(text: &str) -> String {
    let mut out = String::new();
    for (i, part) in one_line(text).split('`').enumerate() {
        // odd parts stand between backticks
        out.push_str(&if i % 2 == 1 { code(part) } else { escaped(part) });
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
        assert_eq!(own("a `f|g` reads_it _x"), r"a `f\|g` reads_it \_x");
    }
}
