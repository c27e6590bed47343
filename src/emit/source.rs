//! Python source as tokens: what it names, and how it moves to the right without a string changing.

use ruff_python_ast::PySourceType;
use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{ParseOptions, parse_unchecked};
use ruff_text_size::Ranged;

/// `source` with Python's line ends, and `indent` before each line that doesn't start inside a string.
pub(super) fn indent(source: &str, indent: &str) -> String {
    let source = unix(source);
    let inside = string_ranges(&source);
    let mut inside = inside.iter().peekable();
    let mut out = String::with_capacity(source.len() * 2);
    let mut at = 0;
    for line in source.split_inclusive('\n') {
        while inside.next_if(|(_, end)| *end <= at).is_some() {}
        let in_string = inside.peek().is_some_and(|(start, _)| *start < at);
        // a lone `\` at the margin hands the measuring of the indent on to the next line, and must stay there
        let hands_on = line.trim_end() == "\\";
        if !in_string && !hands_on && !line.trim().is_empty() {
            out.push_str(indent);
        }
        out.push_str(line);
        at += line.len();
    }
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out
}

/// `source` with `\n` at every line's end, as Python's own reader sees it.
pub(super) fn unix(source: &str) -> String {
    source.replace("\r\n", "\n").replace('\r', "\n")
}

/// Whether `source` uses `name` by itself, not as an attribute or in a string.
pub(super) fn names(source: &str, name: &str) -> bool {
    // cheap first: tokens are only asked about sources that hold the text at all
    if !source.contains(name) {
        return false;
    }
    let mut before = None;
    tokens(source).into_iter().any(|(kind, text)| {
        let attribute = before.replace(kind) == Some(TokenKind::Dot);
        kind == TokenKind::Name && text == name && !attribute
    })
}

/// Whether `source` has an `import` below its top level, where isort's order would move the notebook's lines.
pub(super) fn imports_inside(source: &str) -> bool {
    source.contains("import") && tokens(source).iter().any(|(kind, _)| *kind == TokenKind::Import)
}

/// Every `NAME.` at the start of an attribute chain.
pub(super) fn roots(source: &str) -> Vec<&str> {
    let tokens = tokens(source);
    let mut out = Vec::new();
    let mut before = None;
    for pair in tokens.windows(2) {
        let [(kind, text), (next, _)] = pair else { continue };
        if *kind == TokenKind::Name && *next == TokenKind::Dot && before != Some(TokenKind::Dot) {
            out.push(*text);
        }
        before = Some(*kind);
    }
    out
}

fn tokens(source: &str) -> Vec<(TokenKind, &str)> {
    let parsed = parse_unchecked(source, ParseOptions::from(PySourceType::Ipynb));
    parsed
        .tokens()
        .iter()
        .filter(|token| !matches!(token.kind(), TokenKind::NonLogicalNewline | TokenKind::Comment))
        .map(|token| {
            (
                token.kind(),
                source
                    .get(std::ops::Range::<usize>::from(token.range()))
                    .unwrap_or_default(),
            )
        })
        .collect()
}

/// Byte ranges of strings over several lines, in order and apart; f-strings whole: spaces inside `{x = }` are shown too.
fn string_ranges(source: &str) -> Vec<(usize, usize)> {
    let parsed = parse_unchecked(source, ParseOptions::from(PySourceType::Python));
    let mut ranges = Vec::new();
    let mut open = Vec::new();
    for token in parsed.tokens() {
        let (start, end) = (token.start().to_usize(), token.end().to_usize());
        match token.kind() {
            TokenKind::String => ranges.push((start, end)),
            TokenKind::FStringStart | TokenKind::TStringStart => open.push(start),
            TokenKind::FStringEnd | TokenKind::TStringEnd => {
                // what stands inside an f-string is part of it
                if let Some(first) = open.pop().filter(|_| open.is_empty()) {
                    while ranges.pop_if(|(inner, _)| *inner > first).is_some() {}
                    ranges.push((first, end));
                }
            }
            _ => {}
        }
    }
    ranges.retain(|(start, end)| source.get(*start..*end).is_some_and(|text| text.contains('\n')));
    ranges
}

#[cfg(test)]
mod tests {
    use super::{imports_inside, indent, names, roots};

    #[test]
    fn strings_keep_their_lines() {
        let body = "x = \"\"\"a\nb\"\"\"\nif x:\n    y = f'''{\nx\n}\n'''\n";
        let moved = indent(body, "    ");
        assert_eq!(
            moved,
            "    x = \"\"\"a\nb\"\"\"\n    if x:\n        y = f'''{\nx\n}\n'''\n"
        );
    }

    #[test]
    fn line_ends_are_pythons() {
        assert_eq!(indent("a = 1\r\nb = '''x\r\ny'''", "  "), "  a = 1\n  b = '''x\ny'''\n");
    }

    #[test]
    fn names_are_names() {
        assert!(names("logger.info('x')", "logger"));
        assert!(!names("self.logger = 'logger'  # logger", "logger"));
        assert!(imports_inside("def f():\n    import os\n"));
        assert!(!imports_inside("x = 'import os'"));
        assert_eq!(roots("math.pi + a.math.b"), ["math", "a"]);
    }
}
