//! What a text is made of in code: literals put together by `+`, `%`, `.format` and f-strings, with names between them.

use ruff_python_ast::{Expr, ExprCall, FStringPart, InterpolatedStringElement, Operator, StringFlags};
use ruff_text_size::TextRange;

use crate::python::span;
use crate::text::Span;

/// Levels of an expression whose parts are put together.
const DEEPEST: usize = 50;
/// Parts of a text that is put together from templates.
const MOST_PARTS: usize = 1_000;

/// Calls that give back what they are given, as far as a secret in it is concerned.
const WRAPPERS: [&str; 6] = ["SecretStr", "SecretBytes", "bytes", "quote", "quote_plus", "str"];
/// Methods of a text that leave a secret one.
const PLAIN_METHODS: [&str; 5] = ["encode", "decode", "strip", "rstrip", "lstrip"];

/// A part of a text.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part<'a> {
    /// The code of a literal, as it stands.
    Text(Span),
    /// What a variable holds.
    Name(&'a str),
    /// What only a run shows.
    Unknown,
}

impl Part<'_> {
    pub(super) fn text(&self) -> Option<Span> {
        match self {
            Part::Text(span) => Some(*span),
            Part::Name(_) | Part::Unknown => None,
        }
    }
}

/// Where the text of a literal stands that nothing has to be worked out for, piece by piece.
pub(super) fn pieces(code: &str, expr: &Expr) -> Option<Vec<Span>> {
    parts(code, expr)?.iter().map(Part::text).collect()
}

/// The parts of a text or of a name; `None` for what shows no text.
pub(super) fn parts<'a>(code: &str, expr: &'a Expr) -> Option<Vec<Part<'a>>> {
    if let Expr::Name(name) = expr {
        return Some(vec![Part::Name(name.id.as_str())]);
    }
    let mut found = Vec::new();
    let reader = Reader { code };
    reader.add(expr, DEEPEST, &mut found)?;
    found.iter().any(|part| matches!(part, Part::Text(_))).then_some(found)
}

#[derive(Clone, Copy)]
struct Reader<'c> {
    code: &'c str,
}

impl Reader<'_> {
    /// Adds the parts of an expression that shows some text.
    fn add<'a>(self, expr: &'a Expr, depth: usize, found: &mut Vec<Part<'a>>) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match expr {
            Expr::StringLiteral(literal) => {
                let parts = literal.value.as_slice().iter();
                found.extend(parts.map(|part| Part::Text(inside(part.range, part.flags))));
            }
            Expr::BytesLiteral(literal) => {
                let parts = literal.value.as_slice().iter();
                found.extend(parts.map(|part| Part::Text(inside(part.range, part.flags))));
            }
            Expr::FString(literal) => {
                for part in literal.value.as_slice() {
                    match part {
                        FStringPart::Literal(part) => found.push(Part::Text(inside(part.range, part.flags))),
                        FStringPart::FString(part) => {
                            for element in &part.elements {
                                match element {
                                    InterpolatedStringElement::Literal(text) => {
                                        found.push(Part::Text(span(text.range)));
                                    }
                                    InterpolatedStringElement::Interpolation(field) => {
                                        self.fill(Some(&field.expression), depth, found);
                                    }
                                }
                            }
                        }
                    }
                }
            }
            Expr::BinOp(sum) if sum.op == Operator::Add => {
                self.fill(Some(&sum.left), depth, found);
                self.fill(Some(&sum.right), depth, found);
            }
            Expr::BinOp(filled) if filled.op == Operator::Mod => {
                let values = match filled.right.as_ref() {
                    Expr::Tuple(tuple) => tuple.elts.as_slice(),
                    value => std::slice::from_ref(value),
                };
                let named = match filled.right.as_ref() {
                    Expr::Dict(dict) => Some(dict),
                    _ => None,
                };
                let value_of = |field: Field<'_>| match field {
                    Field::Next(n) => values.get(n),
                    Field::Named(name) => named?
                        .items
                        .iter()
                        .find(|item| item.key.as_ref().and_then(text_of) == Some(name))
                        .map(|item| &item.value),
                };
                self.template(&filled.left, percent_field, value_of, depth, found)?;
            }
            Expr::Call(call) => self.call(call, depth, found)?,
            _ => return None,
        }
        Some(())
    }

    fn call<'a>(self, call: &'a ExprCall, depth: usize, found: &mut Vec<Part<'a>>) -> Option<()> {
        let args = call.arguments.args.as_ref();
        let (owner, function) = match call.func.as_ref() {
            Expr::Name(name) => (None, name.id.as_str()),
            Expr::Attribute(method) => (Some(method.value.as_ref()), method.attr.as_str()),
            _ => return None,
        };
        match (owner, function, args) {
            (Some(template), "format", _) => {
                let value_of = |field: Field<'_>| match field {
                    Field::Next(n) => args.get(n),
                    Field::Named(name) => match name.parse::<usize>() {
                        Ok(n) => args.get(n),
                        Err(_) => {
                            let mut keywords = call.arguments.keywords.iter();
                            keywords
                                .find(|keyword| keyword.arg.as_deref() == Some(name))
                                .map(|keyword| &keyword.value)
                        }
                    },
                };
                self.template(template, brace_field, value_of, depth, found)
            }
            (Some(glue), "join", [Expr::List(parts)]) if text_of(glue)?.is_empty() => {
                parts.elts.iter().for_each(|part| self.fill(Some(part), depth, found));
                Some(())
            }
            (Some(text), method, _) if PLAIN_METHODS.contains(&method) => self.add(text, depth, found),
            (_, wrapper, [value, ..]) if WRAPPERS.contains(&wrapper) => self.add(value, depth, found),
            _ => None,
        }
    }

    /// Adds the parts of what stands within a text.
    fn fill<'a>(self, expr: Option<&'a Expr>, depth: usize, found: &mut Vec<Part<'a>>) {
        let before = found.len();
        match expr {
            // a value that is filled in at many places may hold many in turn
            _ if before > MOST_PARTS => found.push(Part::Unknown),
            Some(Expr::Name(name)) => found.push(Part::Name(name.id.as_str())),
            Some(expr) if self.add(expr, depth, found).is_some() => {}
            _ => {
                found.truncate(before);
                found.push(Part::Unknown);
            }
        }
    }

    /// Adds a literal with fields, each filled with its value.
    fn template<'a>(
        self,
        template: &'a Expr,
        field_at: FieldAt,
        value_of: impl Fn(Field<'_>) -> Option<&'a Expr>,
        depth: usize,
        found: &mut Vec<Part<'a>>,
    ) -> Option<()> {
        let mut filled = 0;
        for part in template.as_string_literal_expr()?.value.as_slice() {
            let text = inside(part.range, part.flags);
            let mut start = text.start;
            let mut at = text.start;
            while let Some(found_at) = self.code.get(at..text.end)?.find(['%', '{']) {
                at += found_at;
                match field_at(self.code.get(at..text.end)?) {
                    Some((length, name)) => {
                        found.push(Part::Text(Span::new(start, at)));
                        let value = value_of(name.map_or(Field::Next(filled), Field::Named));
                        filled += usize::from(name.is_none());
                        self.fill(value, depth, found);
                        at += length;
                        start = at;
                    }
                    // a sign that stands for itself is doubled
                    None => at += 1 + usize::from(self.code.get(at..at + 1) == self.code.get(at + 1..at + 2)),
                }
            }
            found.push(Part::Text(Span::new(start, text.end)));
        }
        Some(())
    }
}

/// The length and the name of the field that a text starts with.
type FieldAt = fn(&str) -> Option<(usize, Option<&str>)>;

/// Which value a template takes.
enum Field<'t> {
    Next(usize),
    Named(&'t str),
}

/// `%s`, `%-10.3f`, `%(name)s`
fn percent_field(text: &str) -> Option<(usize, Option<&str>)> {
    let rest = text.strip_prefix('%')?;
    let (name, rest) = match rest.strip_prefix('(') {
        Some(named) => named.split_once(')').map(|(name, rest)| (Some(name), rest))?,
        None => (None, rest),
    };
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || "-#+ .*".contains(c));
    let rest = rest.strip_prefix(|c: char| c.is_ascii_alphabetic())?;
    Some((text.len() - rest.len(), name))
}

/// `{}`, `{0}`, `{name!r:>10}`
fn brace_field(text: &str) -> Option<(usize, Option<&str>)> {
    let inner = text.strip_prefix('{').filter(|inner| !inner.starts_with('{'))?;
    let (field, _) = inner.split_once('}')?;
    let name = field.split(['!', ':', '.', '[']).next().filter(|name| !name.is_empty());
    Some((field.len() + 2, name))
}

pub(super) fn text_of(expr: &Expr) -> Option<&str> {
    expr.as_string_literal_expr().map(|text| text.value.to_str())
}

/// What stands between a literal's quotes.
fn inside(range: TextRange, flags: impl StringFlags) -> Span {
    let whole = span(range);
    let start = whole.start + flags.opener_len().to_usize();
    Span::new(
        start,
        whole.end.saturating_sub(flags.closer_len().to_usize()).max(start),
    )
}
