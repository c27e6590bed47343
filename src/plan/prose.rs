//! The notebook's prose as plain text, for docstrings and comments: what explains the code, without what only a page can
//! show (formulas, tables, images, HTML, code).

use crate::text::{columns, is_hidden};

/// Columns of a line of the package's code.
pub const LINE_LENGTH: u16 = 100;

/// What is told to students and computes nothing: the first word of such a paragraph.
const ASSIGNMENTS: &[&str] = &[
    "answer",
    "assignment",
    "exercise",
    "exercises",
    "hint",
    "homework",
    "question",
    "quiz",
    "solution",
    "todo",
];

/// A comment that begins so tells a tool something.
const PRAGMAS: &[&str] = &[
    "!", "%", "+", "-*-", "coding", "flake8", "fmt:", "isort:", "mypy:", "noqa", "nosec", "pragma", "pylint:",
    "pyright:", "ruff:", "type:", "yapf:",
];

/// A paragraph or a list: its lines, each with the mark of its item (`- `) or none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Block {
    lines: Vec<(String, String)>,
}

/// What stands between two empty lines.
enum Part {
    Text(Block),
    /// What only a page can show.
    Shown,
}

/// Prose, paragraph by paragraph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Prose {
    blocks: Vec<Block>,
}

impl Prose {
    /// The prose below the last heading of Markdown.
    pub fn of(markdown: &str) -> Self {
        let parts = parts(markdown);
        let mut blocks: Vec<Block> = Vec::new();
        let mut after_shown = false;
        for part in parts {
            match part {
                // a sentence that is broken by a formula says nothing without it
                Part::Shown => {
                    blocks.pop_if(|block| !block.ends_a_sentence());
                    after_shown = true;
                }
                Part::Text(block) => {
                    let begins = block.lines.first().and_then(|(mark, text)| {
                        let letter = text.chars().next()?;
                        Some(!mark.is_empty() || !letter.is_lowercase())
                    });
                    if (!after_shown || begins == Some(true)) && block.says_something() {
                        blocks.push(block);
                        after_shown = false;
                    }
                }
            }
        }
        Self { blocks }
    }

    pub fn extend(&mut self, other: Self) {
        self.blocks.extend(other.blocks);
    }

    /// Without the paragraph that only leads over to what stands below it.
    pub fn without_lead(mut self) -> Self {
        self.blocks.pop_if(|block| block.leads_over());
        self
    }

    /// The first paragraphs, as many as fit into `most` lines of `width` columns; of a longer one its first sentences.
    pub fn beginning(&self, width: usize, most: usize) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        for block in &self.blocks {
            let lines = block.wrapped(width);
            let gap = usize::from(!out.is_empty());
            if out.len() + gap + lines.len() > most {
                if out.is_empty() {
                    out = block.first_sentences(width, most);
                }
                break;
            }
            out.extend((gap > 0).then(String::new));
            out.extend(lines);
        }
        closed(out)
    }

    /// The last paragraphs, as many as fit; each whole.
    pub fn end(&self, width: usize, most: usize) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        for block in self.blocks.iter().rev() {
            let mut lines = block.wrapped(width);
            if out.len() + lines.len() > most {
                break;
            }
            lines.append(&mut out);
            out = lines;
        }
        closed(out)
    }
}

/// The code that prose leads over to stands elsewhere in a package.
fn closed(mut lines: Vec<String>) -> Vec<String> {
    if let Some(last) = lines.last_mut()
        && let Some(led) = last.strip_suffix(':')
    {
        *last = format!("{led}.");
    }
    lines
}

/// Lines as a comment; nothing where a tool would take one for itself.
pub(super) fn comment(lines: &[String]) -> String {
    let spoken_to = |line: &String| {
        let line = line.trim_start().to_lowercase();
        PRAGMAS.iter().any(|mark| line.starts_with(mark))
    };
    if lines.iter().any(spoken_to) {
        return String::new();
    }
    lines.iter().map(|line| format!("# {line}\n")).collect()
}

impl Block {
    fn text(&self) -> &str {
        self.lines.last().map_or("", |(_, text)| text)
    }

    fn leads_over(&self) -> bool {
        self.text().ends_with([':', '：'])
    }

    fn ends_a_sentence(&self) -> bool {
        self.text()
            .trim_end_matches(['"', ')', '\''])
            .ends_with(['.', '!', '?', '。', '！', '？'])
    }

    /// Whether it tells of the code: no task for students, no scrap such as `Step 3`.
    fn says_something(&self) -> bool {
        let first = self.lines.first().map_or("", |(_, text)| text);
        let word = first.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        let scrap = self.lines.len() == 1 && first.is_ascii() && first.split(' ').count() < 3;
        !scrap && !ASSIGNMENTS.contains(&word.to_lowercase().as_str())
    }

    fn wrapped(&self, width: usize) -> Vec<String> {
        self.lines
            .iter()
            .flat_map(|(mark, text)| wrap(mark, text, width))
            .collect()
    }

    /// As many whole sentences of a paragraph as fit.
    fn first_sentences(&self, width: usize, most: usize) -> Vec<String> {
        let [(mark, text)] = self.lines.as_slice() else {
            return Vec::new();
        };
        let mut out = Vec::new();
        for (at, _) in text.match_indices(". ") {
            let lines = wrap(mark, text.get(..=at).unwrap_or_default(), width);
            if lines.len() > most {
                break;
            }
            out = lines;
        }
        out
    }
}

/// `text` behind `mark` in lines of `width` columns; a longer word has a line of its own.
fn wrap(mark: &str, text: &str, width: usize) -> Vec<String> {
    let size = |text: &str| text.chars().map(columns).sum::<usize>();
    let mut out = Vec::new();
    let mut line = mark.to_owned();
    let indent = " ".repeat(mark.len());
    let mut empty = true;
    for word in words(text, width / 2) {
        let gap = usize::from(!empty && !word.joined);
        if !empty && size(&line) + gap + size(word.text) > width {
            out.push(std::mem::replace(&mut line, indent.clone()));
        } else if gap > 0 {
            line.push(' ');
        }
        line.push_str(word.text);
        empty = false;
    }
    if !empty {
        out.push(line);
    }
    out
}

struct Word<'a> {
    text: &'a str,
    /// Whether no space stands before it.
    joined: bool,
}

/// The words of `text`. Scripts without spaces can be broken between any two characters.
fn words(text: &str, longest: usize) -> impl Iterator<Item = Word<'_>> {
    text.split(' ').filter(|word| !word.is_empty()).flat_map(move |word| {
        let breaks = word.chars().any(|c| columns(c) > 1) && word.chars().count() > longest / 2;
        let ends = word.char_indices().map(|(at, c)| at + c.len_utf8());
        let ends: Vec<usize> = if breaks { ends.collect() } else { vec![word.len()] };
        let mut from = 0;
        ends.into_iter().map(move |to| {
            let joined = from > 0;
            let text = word.get(from..to).unwrap_or_default();
            from = to;
            Word { text, joined }
        })
    })
}

/// What is being read over several lines.
enum Open {
    Nothing,
    Fence(String),
    /// `$$` or an environment of LaTeX, up to this mark.
    Formula(&'static str),
    /// HTML, up to the next empty line.
    Html,
    /// A comment of HTML.
    Comment,
}

/// Markdown below its last heading, block by block.
fn parts(markdown: &str) -> Vec<Part> {
    let mut out: Vec<Part> = Vec::new();
    let mut open = Open::Nothing;
    // whether the next line goes on with the last block
    let mut goes_on = false;
    let mut blank = true;
    for line in markdown.lines() {
        let text = line.trim();
        let was_blank = std::mem::replace(&mut blank, text.is_empty());
        match &open {
            Open::Fence(mark) => {
                if text.starts_with(mark.as_str()) {
                    open = Open::Nothing;
                }
                continue;
            }
            Open::Formula(end) => {
                if text.contains(end) {
                    open = Open::Nothing;
                }
                continue;
            }
            Open::Comment => {
                if text.contains("-->") {
                    open = Open::Nothing;
                }
                continue;
            }
            Open::Html if !text.is_empty() => continue,
            Open::Html | Open::Nothing => open = Open::Nothing,
        }
        if text.is_empty() {
            goes_on = false;
            continue;
        }
        if is_heading(line) || is_underline(text) {
            // a heading that is underlined is the text above it
            if is_heading(line) || goes_on {
                out.clear();
            }
            goes_on = false;
            continue;
        }
        if let Some(opened) = opens(line, text, was_blank) {
            open = opened;
            out.push(Part::Shown);
            goes_on = false;
            continue;
        }
        add(line, goes_on, &mut out);
        goes_on = true;
    }
    out
}

/// What a line begins that only a page can show.
fn opens(line: &str, text: &str, after_blank: bool) -> Option<Open> {
    if let Some(mark) = ["```", "~~~"].into_iter().find(|mark| text.starts_with(mark)) {
        let closed = text.get(mark.len()..).is_some_and(|rest| rest.contains(mark));
        return Some(if closed {
            Open::Nothing
        } else {
            Open::Fence(mark.to_owned())
        });
    }
    if let Some(formula) = text.strip_prefix("$$") {
        return Some(if formula.contains("$$") {
            Open::Nothing
        } else {
            Open::Formula("$$")
        });
    }
    if text.starts_with("\\begin{") {
        return Some(if text.contains("\\end{") {
            Open::Nothing
        } else {
            Open::Formula("\\end{")
        });
    }
    if text.starts_with("<!--") {
        return Some(if text.contains("-->") {
            Open::Nothing
        } else {
            Open::Comment
        });
    }
    let mut chars = text.chars();
    if chars.next() == Some('<') && chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '/') && !is_link(text)
    {
        return Some(Open::Html);
    }
    let indented = after_blank && (line.starts_with("    ") || line.starts_with('\t')) && mark_of(line).is_none();
    let whole =
        text.starts_with(['|', '>']) || text.starts_with("![") || is_rule(text) || is_reference(text) || indented;
    whole.then_some(Open::Nothing)
}

/// `<https://...>`
fn is_link(text: &str) -> bool {
    text.starts_with("<http")
}

/// `* * *`
fn is_rule(text: &str) -> bool {
    let marks: String = text.chars().filter(|c| *c != ' ').collect();
    marks.len() >= 3
        && ["-", "*", "_"]
            .iter()
            .any(|mark| marks.trim_matches(|c| mark.contains(c)).is_empty())
}

/// `[name]: https://...`
fn is_reference(text: &str) -> bool {
    text.starts_with('[') && text.split_once("]: ").is_some_and(|(name, _)| !name.contains(' '))
}

/// With or without the space that Markdown wants behind the marks.
fn is_heading(line: &str) -> bool {
    (1..=6).contains(&line.bytes().take_while(|b| *b == b'#').count())
}

fn is_underline(text: &str) -> bool {
    text.len() >= 3 && (text.bytes().all(|b| b == b'=') || text.bytes().all(|b| b == b'-'))
}

/// The mark of a list's item, indented as deep as the item is, and the text behind it.
fn mark_of(line: &str) -> Option<(String, &str)> {
    let text = line.trim_start();
    let depth = line.len() - text.len();
    let bullet = text.strip_prefix(['-', '*', '+']).map(|rest| ("-".to_owned(), rest));
    let (mark, rest) = bullet.or_else(|| {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let number = text.get(..digits).filter(|number| (1..=3).contains(&number.len()))?;
        let rest = text.get(digits..)?.strip_prefix(['.', ')'])?;
        Some((format!("{number}."), rest))
    })?;
    rest.starts_with([' ', '\t'])
        .then(|| (format!("{}{mark} ", " ".repeat(depth.min(8) / 2 * 2)), rest.trim()))
}

/// Adds a line of text to the blocks.
fn add(line: &str, goes_on: bool, out: &mut Vec<Part>) {
    let item = mark_of(line);
    let (mark, text) = item.unwrap_or_else(|| (String::new(), line.trim()));
    let Some(text) = inline(text) else {
        // a sentence with a formula in it goes whole
        if goes_on && !matches!(out.last(), Some(Part::Shown)) {
            out.pop();
        }
        out.push(Part::Shown);
        return;
    };
    let is_item = !mark.is_empty();
    match out.last_mut() {
        // what follows on a formula is the rest of its paragraph
        Some(Part::Shown) if goes_on => {}
        // the items of a list stay together
        Some(Part::Text(block))
            if is_item && block.lines.last().is_some_and(|(mark, _)| goes_on || !mark.is_empty()) =>
        {
            block.lines.push((mark, text));
        }
        Some(Part::Text(block)) if goes_on && !is_item => {
            if let Some((_, before)) = block.lines.last_mut() {
                before.push(' ');
                before.push_str(&text);
            }
        }
        _ if text.is_empty() => {}
        _ => out.push(Part::Text(Block {
            lines: vec![(mark, text)],
        })),
    }
}

/// A line's text without its marks, code in its backticks; `None` where it has a formula that letters can't show.
fn inline(markdown: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = markdown;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        rest = match c {
            '`' => {
                let (code, behind) = code(rest);
                out.push_str(code);
                behind
            }
            '\\' if after.starts_with(|c: char| c.is_ascii_punctuation()) => {
                let (escaped, behind) = after.split_at_checked(1)?;
                out.push_str(escaped);
                behind
            }
            '$' => match formula(after) {
                Some((formula, _)) if formula.contains('\\') => return None,
                Some((formula, behind)) => {
                    out.push_str(formula);
                    behind
                }
                None => {
                    out.push(c);
                    after
                }
            },
            '!' | '[' => match link(rest) {
                Some((text, behind)) => {
                    // an image shows nothing here
                    if c == '[' {
                        out.push_str(&inline(text)?);
                    }
                    behind
                }
                None => {
                    out.push(c);
                    after
                }
            },
            '<' if is_link(rest) => {
                let (address, behind) = after.split_once('>').unwrap_or((after, ""));
                out.push_str(address);
                behind
            }
            '<' if after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!') => {
                if rest.starts_with("<br") {
                    out.push(' ');
                }
                after.split_once('>').map_or("", |(_, behind)| behind)
            }
            '&' => {
                let (character, behind) = entity(after);
                out.push_str(character);
                behind
            }
            '*' | '_' | '~' => {
                let run = rest.len() - rest.trim_start_matches(c).len();
                let (marks, behind) = rest.split_at_checked(run)?;
                let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
                let space = |c: Option<char>| c.is_none_or(char::is_whitespace);
                let (before, next) = (out.chars().next_back(), behind.chars().next());
                let literal = match c {
                    '~' => run < 2,
                    '_' => word(before) && word(next),
                    _ => false,
                };
                if literal || (space(before) && space(next)) {
                    out.push_str(marks);
                }
                behind
            }
            c => {
                out.push(if c.is_whitespace() { ' ' } else { c });
                after
            }
        };
    }
    let seen: String = out.chars().filter(|c| !is_hidden(*c)).collect();
    Some(
        seen.split(' ')
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" "),
    )
}

/// A span of code with its backticks, and what is behind it; the backticks alone where nothing closes it.
fn code(text: &str) -> (&str, &str) {
    let run = text.len() - text.trim_start_matches('`').len();
    let (ticks, inside) = text.split_at_checked(run).unwrap_or((text, ""));
    let close = inside.find(ticks).map_or(run, |at| run + at + run);
    text.split_at_checked(close).unwrap_or((text, ""))
}

/// A formula up to its `$`, and what is behind it: no price, which has a space or a digit at its end.
fn formula(text: &str) -> Option<(&str, &str)> {
    let (formula, behind) = text.split_once('$')?;
    let tight = !formula.is_empty() && !formula.starts_with(' ') && !formula.ends_with(' ');
    (tight && !behind.starts_with(|c: char| c.is_ascii_digit())).then_some((formula, behind))
}

/// The text of `[text](target)`, `[text][name]` or an image, and what is behind it.
fn link(markdown: &str) -> Option<(&str, &str)> {
    let inside = markdown.strip_prefix('!').unwrap_or(markdown).strip_prefix('[')?;
    let mut depth = 0_usize;
    let close = inside.char_indices().find_map(|(at, c)| {
        match c {
            '[' => depth += 1,
            ']' if depth == 0 => return Some(at),
            ']' => depth -= 1,
            _ => {}
        }
        None
    })?;
    let (text, behind) = (inside.get(..close)?, inside.get(close + 1..)?);
    let target = behind.strip_prefix('(').and_then(|target| target.split_once(')'));
    let target = target.or_else(|| behind.strip_prefix('[').and_then(|name| name.split_once(']')));
    target.map(|(_, behind)| (text, behind))
}

/// The character of an entity of HTML, and what is behind it.
fn entity(after: &str) -> (&'static str, &str) {
    let known = [
        ("amp;", "&"),
        ("gt;", ">"),
        ("hellip;", "…"),
        ("lt;", "<"),
        ("mdash;", "—"),
        ("nbsp;", " "),
        ("ndash;", "–"),
        ("quot;", "\""),
        ("rarr;", "→"),
        ("times;", "×"),
    ];
    let found = known
        .into_iter()
        .find_map(|(name, is)| Some((is, after.strip_prefix(name)?)));
    found.unwrap_or(("&", after))
}
