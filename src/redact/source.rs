//! Secrets in code: each literal becomes a look-up in the environment, and the cell stays the Python that it was.
//!
//! Where no look-up can stand (a pattern, a docstring, a comment, another language) the mark stands instead.

use std::collections::BTreeMap;

use ruff_python_ast::Stmt;
use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use ruff_text_size::Ranged;

use crate::json;
use crate::notebook::{Cell, CellIdx, Notebook};
use crate::python::{Body, CellCode, Effect, MagicKind, span};
use crate::secrets::Secret;
use crate::text::{EditSet, OffsetMap, Span};

use super::literals::{Kind, Literal, Name, free_quote, imports_os, literals};
use super::variables::Variables;
use super::{mark, replace};

/// Adds the edits for secrets in sources. `cells` are those whose Python can be read.
pub(super) fn rewrite(
    edits: &mut EditSet,
    notebook: &Notebook<'_>,
    cells: &[CellCode],
    secrets: &[&Secret],
    variables: &mut Variables,
) {
    let mut by_cell: BTreeMap<Option<CellIdx>, Vec<&Secret>> = BTreeMap::new();
    for secret in secrets {
        by_cell.entry(secret.place.cell).or_default().push(secret);
    }
    let mut imported: Option<CellIdx> = cells
        .iter()
        .find(|code| imports_os(code.statements(), usize::MAX))
        .map(|code| code.idx);
    for (idx, secrets) in by_cell {
        let code = cells.iter().find(|code| Some(code.idx) == idx);
        let cell = idx.and_then(|idx| notebook.cell(idx));
        let (Some(code), Some(cell)) = (code, cell) else {
            for secret in secrets {
                replace(edits, &secret.pieces, &mark(secret));
            }
            continue;
        };
        let work = Work::new(cell, code, &secrets, variables);
        let above = imported.is_some_and(|first| first < code.idx);
        let mut changes = work.look_ups();
        let import = changes.needs_os && !above && !imports_os(code.statements(), work.first());
        let at = import.then(|| work.import_at()).flatten();
        if import && at.is_none() || !work.stays_python(&changes) {
            changes = work.marks();
        } else if let Some((at, lead)) = at {
            insert_import(edits, notebook, cell, at, &lead);
            if matches!(code.body, Body::Python(_)) && imported.is_none_or(|first| first > code.idx) {
                imported = Some(code.idx);
            }
        }
        for (span, text) in changes.list {
            put(edits, &code.to_file, span, &text);
        }
        for secret in work.elsewhere {
            replace(edits, &secret.pieces, &mark(secret));
        }
    }
}

/// Puts `text` in place of a stretch of the cell's code.
fn put(edits: &mut EditSet, to_file: &OffsetMap, span: Span, text: &str) {
    let quoted = json::encode(text);
    let raw = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default();
    if span.is_empty() {
        // at one place there may be a word and a bracket: both stay, in this order
        let _ = edits.push(to_file.original(span), raw);
    } else {
        replace(edits, &to_file.pieces(span), raw);
    }
}

/// `import os` on a line of its own; in a list of lines, as an item of its own.
fn insert_import(edits: &mut EditSet, notebook: &Notebook<'_>, cell: &Cell, at: usize, lead: &str) {
    let offset = cell.source.map.original(Span::new(at, at)).start;
    let line = json::encode(&format!("{lead}import os\n"));
    let items = cell.source_node.into_iter().flat_map(|node| notebook.json.items(node));
    let first = cell.source_node.and_then(|node| notebook.json.items(node).next());
    let item = items
        .map(|item| notebook.json.span(item))
        .find(|item| item.start + 1 == offset);
    if let (Some(item), Some(node), Some(first)) = (item, cell.source_node, first) {
        let open = notebook.json.span(node).start + 1;
        let between = Span::new(open, notebook.json.span(first).start).slice(notebook.text);
        let _ = edits.push(Span::new(item.start, item.start), format!("{line},{between}"));
    } else {
        let raw = line.get(1..line.len().saturating_sub(1)).unwrap_or_default();
        let _ = edits.push(Span::new(offset, offset), raw);
    }
}

/// A secret in a cell's code.
struct Hidden<'s> {
    /// In [`CellCode::text`].
    span: Span,
    secret: &'s Secret,
    variable: String,
}

/// What becomes of a cell's code.
#[derive(Default)]
struct Changes {
    list: Vec<(Span, String)>,
    needs_os: bool,
}

struct Work<'s> {
    cell: &'s Cell,
    code: &'s CellCode,
    literals: Vec<Literal>,
    hidden: Vec<Hidden<'s>>,
    /// Secrets that stand in no code, such as a cell magic's own line.
    elsewhere: Vec<&'s Secret>,
}

impl<'s> Work<'s> {
    fn new(cell: &'s Cell, code: &'s CellCode, secrets: &[&'s Secret], variables: &mut Variables) -> Self {
        let literals = match &code.body {
            Body::Python(parsed) | Body::Private(parsed) => literals(&parsed.syntax().body),
            Body::Broken(..) | Body::Foreign => Vec::new(),
        };
        let mut this = Self {
            cell,
            code,
            literals,
            hidden: Vec::new(),
            elsewhere: Vec::new(),
        };
        for &secret in secrets {
            match code.to_file.derived(secret.place.span) {
                Some(span) if !span.is_empty() => {
                    let literal = this.literals.iter().find(|literal| literal.span.contains(span));
                    let name = literal.and_then(|literal| literal.name.clone());
                    let name = name.or_else(|| this.set_by_magic(span).map(Name::Environment));
                    let variable = variables.name(secret, name.as_ref());
                    this.hidden.push(Hidden { span, secret, variable });
                }
                _ => this.elsewhere.push(secret),
            }
        }
        this
    }

    /// Where the first secret stands.
    fn first(&self) -> usize {
        self.hidden.iter().map(|hidden| hidden.span.start).min().unwrap_or(0)
    }

    fn look_ups(&self) -> Changes {
        let mut changes = Changes::default();
        let mut rest: Vec<&Hidden<'s>> = self.hidden.iter().collect();
        for literal in &self.literals {
            let touches = |hidden: &&Hidden<'s>| literal.texts.iter().any(|text| overlap(*text, hidden.span).is_some());
            let (here, others): (Vec<_>, Vec<_>) = rest.into_iter().partition(|hidden| touches(hidden));
            let inside = here
                .iter()
                .all(|hidden| literal.texts.iter().any(|text| text.contains(hidden.span)));
            rest = others;
            if here.is_empty() {
                continue;
            }
            if !inside {
                // it goes on in another literal, which must see it too
                rest.extend(here);
            } else if literal.fixed || !self.in_literal(literal, &here, &mut changes) {
                for hidden in here {
                    changes.list.push((hidden.span, mark(hidden.secret)));
                }
            }
        }
        for hidden in rest {
            self.outside(hidden, &mut changes);
        }
        changes
    }

    /// Marks instead of look-ups: what always can stand.
    fn marks(&self) -> Changes {
        let mut changes = Changes::default();
        for hidden in &self.hidden {
            self.mark_in_place(hidden, &mut changes);
        }
        changes
    }

    /// Look-ups in the place of a literal, or of parts of it. `false` where none can stand.
    fn in_literal(&self, literal: &Literal, here: &[&Hidden<'s>], changes: &mut Changes) -> bool {
        let glue = self.glue(literal.span.start);
        let quote = literal.quotes.get(..1).unwrap_or("\"");
        if let ([hidden], [text]) = (here, literal.texts.as_slice())
            && hidden.span == *text
            && !literal.joined
        {
            let bytes = if literal.kind == Kind::Bytes { ".encode()" } else { "" };
            let name = &hidden.variable;
            let code = format!("{glue}os.environ[{quote}{name}{quote}]{bytes}");
            changes.list.push((literal.span, code));
            changes.needs_os = true;
            return true;
        }
        match literal.kind {
            Kind::Bytes if literal.joined => return false,
            Kind::Bytes => {
                let (open, close) = (format!("{}{}", literal.prefix, literal.quotes), literal.quotes);
                let start = Span::new(literal.span.start, literal.span.start);
                changes.list.push((start, "(".to_owned()));
                for hidden in here {
                    let name = &hidden.variable;
                    let code = format!("{close} + os.environ[{quote}{name}{quote}].encode() + {open}");
                    changes.list.push((hidden.span, code));
                }
                let end = Span::new(literal.span.end, literal.span.end);
                changes.list.push((end, ")".to_owned()));
            }
            Kind::Text | Kind::Format => {
                let Some(quote) = free_quote(&literal.taken) else {
                    return false;
                };
                if literal.kind == Kind::Text {
                    let start = literal.span.start;
                    // `u` and `f` don't go together
                    let plain = literal.prefix.eq_ignore_ascii_case("u");
                    let prefix = Span::new(start, start + usize::from(plain));
                    changes.list.push((prefix, format!("{glue}f")));
                    let raw = literal.prefix.contains(['r', 'R']);
                    for text in &literal.texts {
                        self.double_braces(*text, here, raw, changes);
                    }
                }
                for hidden in here {
                    let name = &hidden.variable;
                    changes
                        .list
                        .push((hidden.span, format!("{{os.environ[{quote}{name}{quote}]}}")));
                }
            }
        }
        changes.needs_os = true;
        true
    }

    /// A space where a word stands right before: `return"…"`.
    fn glue(&self, start: usize) -> &'static str {
        let before = self.code.text.get(..start).and_then(|text| text.chars().next_back());
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            " "
        } else {
            ""
        }
    }

    /// Braces of a text that becomes an f-string's, but for those of secrets and of `\N{DASH}`.
    fn double_braces(&self, text: Span, here: &[&Hidden<'s>], raw: bool, changes: &mut Changes) {
        let mut chars = text.slice(&self.code.text).char_indices();
        let mut named = false;
        while let Some((offset, c)) = chars.next() {
            let at = text.start + offset;
            match c {
                '\\' if !raw => named = chars.next().is_some_and(|(_, next)| next == 'N'),
                '{' if named => {
                    named = false;
                    chars.find(|(_, c)| *c == '}');
                }
                '{' | '}' if !here.iter().any(|hidden| hidden.span.contains_offset(at)) => {
                    changes.list.push((Span::new(at, at), c.to_string()));
                }
                _ => named = false,
            }
        }
    }

    /// A secret in no literal, or across several.
    fn outside(&self, hidden: &Hidden<'s>, changes: &mut Changes) {
        if self.set_by_magic(hidden.span).is_some() {
            changes
                .list
                .push((hidden.span, format!("{{os.environ['{}']}}", hidden.variable)));
            changes.needs_os = true;
        } else if self.is_shell(hidden.span) && self.shell_expands(hidden.span) {
            changes.list.push((hidden.span, format!("${}", hidden.variable)));
        } else {
            self.mark_in_place(hidden, changes);
        }
    }

    /// The mark, so that text stays text and code stays code: in each literal that the secret touches, in a comment
    /// or in another language as it is, else as a name.
    fn mark_in_place(&self, hidden: &Hidden<'s>, changes: &mut Changes) {
        let texts = self.literals.iter().flat_map(|literal| &literal.texts);
        let parts: Vec<Span> = texts.filter_map(|text| overlap(*text, hidden.span)).collect();
        let mut mark = mark(hidden.secret);
        if parts.is_empty() {
            if self.is_bare_code(hidden.span) {
                mark = mark
                    .trim_matches(['[', ']'])
                    .replace(|c: char| !c.is_ascii_alphanumeric(), "_");
            }
            changes.list.push((hidden.span, mark));
            return;
        }
        for part in parts {
            changes.list.push((part, std::mem::take(&mut mark)));
        }
    }

    /// Whether this is Python and neither a comment nor a magic.
    fn is_bare_code(&self, at: Span) -> bool {
        let (Body::Python(parsed) | Body::Private(parsed)) = &self.code.body else {
            return false;
        };
        let mut tokens = parsed.tokens().iter();
        !tokens.any(|token| {
            matches!(token.kind(), TokenKind::Comment | TokenKind::IpyEscapeCommand) && span(token.range()).contains(at)
        })
    }

    fn magic_at(&self, at: Span) -> Option<&crate::python::Magic> {
        let source = self.code.to_source.original(at);
        self.code.magics.iter().find(|magic| magic.source.contains(source))
    }

    /// The variable that `%env NAME=value` sets.
    fn set_by_magic(&self, at: Span) -> Option<String> {
        let magic = self.magic_at(at)?;
        let sets = magic.kind == MagicKind::Line && matches!(magic.name.as_str(), "env" | "set_env");
        let (name, _) = magic.arguments.split_once(['=', ' '])?;
        let legal = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        (sets && legal).then(|| name.to_owned())
    }

    /// Whether a shell reads this.
    fn is_shell(&self, at: Span) -> bool {
        let body = || {
            matches!(self.code.body, Body::Foreign)
                && self.code.cell_magic().is_some_and(|magic| {
                    matches!(magic.name.as_str(), "bash" | "sh" | "!" | "sx" | "system")
                        || magic.effect == Effect::Language("shell")
                })
        };
        match self.magic_at(at) {
            Some(magic) => magic.kind == MagicKind::Shell,
            None => body(),
        }
    }

    /// Whether a shell puts a variable's value here: not between single quotes, and not in the middle of a word.
    fn shell_expands(&self, at: Span) -> bool {
        let (before, after) = (self.code.text.get(..at.start), self.code.text.get(at.end..));
        let line = before.unwrap_or_default().rsplit('\n').next().unwrap_or_default();
        let mut open = None;
        for c in line.chars() {
            match open {
                None if c == '\'' || c == '"' => open = Some(c),
                Some(quote) if c == quote => open = None,
                _ => {}
            }
        }
        let next = after.unwrap_or_default().chars().next();
        open != Some('\'') && !next.is_some_and(|c| c.is_alphanumeric() || c == '_')
    }

    /// Where in the cell's source `import os` can stand, and what indents it: above the first statement that isn't
    /// an import from `__future__`.
    fn import_at(&self) -> Option<(usize, String)> {
        let parsed = self.code.parsed()?;
        let first = parsed.syntax().body.iter().find(|stmt| !is_future(stmt))?;
        let start = self.code.to_source.original(span(first.range())).start;
        let source = &self.cell.source.text;
        let line = source.get(..start)?.rfind('\n').map_or(0, |end| end + 1);
        let lead = source.get(line..start)?;
        let prompt = lead.contains(">>>") || lead.trim_start().starts_with(['I', '[']) && lead.contains("]: ");
        let indent: String = lead.chars().take_while(|c| c.is_whitespace()).collect();
        if lead.contains(';') {
            return None;
        }
        Some((line, if prompt { lead.to_owned() } else { indent }))
    }

    /// Whether a cell that Python reads is still one.
    fn stays_python(&self, changes: &Changes) -> bool {
        if !matches!(self.code.body, Body::Python(_) | Body::Private(_)) {
            return true;
        }
        let mut edits = EditSet::new();
        for (span, text) in &changes.list {
            if edits.push(*span, text.as_str()).is_err() {
                return false;
            }
        }
        let text = edits.apply(&self.code.text);
        parse_unchecked(&text, ParseOptions::from(Mode::Ipython))
            .errors()
            .is_empty()
    }
}

fn is_future(stmt: &Stmt) -> bool {
    let from = stmt.as_import_from_stmt().and_then(|import| import.module.as_ref());
    from.is_some_and(|module| module.as_str() == "__future__")
}

fn overlap(a: Span, b: Span) -> Option<Span> {
    let both = Span::new(a.start.max(b.start), a.end.min(b.end).max(a.start.max(b.start)));
    (!both.is_empty()).then_some(both)
}
