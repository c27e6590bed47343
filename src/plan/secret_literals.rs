//! Where code holds a secret: the string around it, and what that string says with the secret taken out.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, FStringPart, Stmt, StringFlags, StringLiteral};
use ruff_text_size::Ranged;

use crate::python::span;
use crate::text::Span;

use super::build::SecretSpan;
use super::fate::single_assignment;
use super::pieces::Piece;

/// A string of a piece that holds a secret. All spans are of the cell's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Held {
    /// The string, its quotes included; of an f-string the stretch between two expressions.
    pub literal: Span,
    /// What of it is the secret.
    pub secret: Span,
    /// What stands between the quotes, and what before them; an f-string's stretch has none.
    quoted: Option<(Span, String)>,
}

impl Held {
    /// Whether the string is the secret and nothing else.
    pub fn is_whole(&self) -> bool {
        self.quoted.as_ref().is_some_and(|(content, _)| *content == self.secret)
    }
}

/// The string of `piece` that holds `secret`, bytes of the file.
pub(super) fn held(piece: &Piece<'_>, secret: Span) -> Option<Held> {
    let mut finder = Finder {
        piece,
        secret,
        found: None,
    };
    finder.visit_stmt(piece.stmt);
    finder.found
}

/// Whether a piece holds a secret of which nothing at a module's top level can be made: inside other text, or among other
/// values.
pub(super) fn holds_inside(piece: &Piece<'_>, secrets: &[SecretSpan]) -> bool {
    let is_value = single_assignment(piece.stmt).is_some_and(|(_, value)| value.is_string_literal_expr());
    spans_in(piece, secrets).any(|secret| !is_value || held(piece, secret).is_none_or(|held| !held.is_whole()))
}

/// The secrets that a piece holds.
pub(super) fn spans_in<'s>(piece: &Piece<'_>, secrets: &'s [SecretSpan]) -> impl Iterator<Item = Span> + use<'s> {
    let here = piece.code.to_file.original(piece.span);
    let cell = piece.cell;
    let inside = move |secret: &&SecretSpan| secret.cell == cell && here.contains(secret.span);
    secrets.iter().filter(inside).map(|secret| secret.span)
}

/// The string of `of`, an f-string, with each secret replaced by an expression.
pub(super) fn rewritten(source: &str, of: &Held, secrets: &[(Span, String)]) -> String {
    let (inner, prefix, quotes) = match &of.quoted {
        Some((content, prefix)) => {
            let raw = if prefix.eq_ignore_ascii_case("r") { "r" } else { "" };
            let quotes = Span::new(of.literal.start + prefix.len(), content.start).slice(source);
            (*content, format!("f{raw}"), quotes)
        }
        None => (of.literal, String::new(), ""),
    };
    let plain = |part: Span| {
        let text = part.slice(source);
        if of.quoted.is_some() {
            text.replace('{', "{{").replace('}', "}}")
        } else {
            text.to_owned()
        }
    };
    let mut out = format!("{prefix}{quotes}");
    let mut at = inner.start;
    for (secret, expression) in secrets.iter().filter(|(secret, _)| inner.contains(*secret)) {
        if secret.start >= at {
            out.push_str(&plain(Span::new(at, secret.start)));
            out.push_str(&format!("{{{expression}}}"));
            at = secret.end;
        }
    }
    out.push_str(&plain(Span::new(at, inner.end)));
    out.push_str(quotes);
    out
}

struct Finder<'f> {
    piece: &'f Piece<'f>,
    secret: Span,
    found: Option<Held>,
}

impl Finder<'_> {
    fn string(&mut self, part: &StringLiteral) {
        let at = span(part.range);
        let text = at.slice(&self.piece.code.text);
        let quotes = if part.flags.is_triple_quoted() { 3 } else { 1 };
        let prefix = text.find(['"', '\'']).unwrap_or_default();
        let content = Span::new(
            at.start + prefix + quotes,
            at.end.saturating_sub(quotes).max(at.start + prefix + quotes),
        );
        // in an f-string a character's name would need its braces as they are
        if !text.contains("\\N{") {
            self.stretch(at, Some((content, text.get(..prefix).unwrap_or_default().to_owned())));
        }
    }

    fn stretch(&mut self, literal: Span, quoted: Option<(Span, String)>) {
        let code = self.piece.code;
        if !code.to_file.original(literal).contains(self.secret) {
            return;
        }
        let content = quoted.as_ref().map_or(literal, |(content, _)| *content);
        let chars = content.slice(&code.text).char_indices();
        let of_secret = chars.map(|(at, c)| Span::new(content.start + at, content.start + at + c.len_utf8()));
        let mut of_secret = of_secret.filter(|&at| self.secret.contains(code.to_file.original(at)));
        if let Some(first) = of_secret.next() {
            let last = of_secret.last().unwrap_or(first);
            self.found = Some(Held {
                literal,
                secret: Span::new(first.start, last.end),
                quoted,
            });
        }
    }
}

impl<'a> Visitor<'a> for Finder<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::StringLiteral(literal) => literal.value.iter().for_each(|part| self.string(part)),
            Expr::FString(f_string) => {
                for part in &f_string.value {
                    match part {
                        FStringPart::Literal(part) => self.string(part),
                        FStringPart::FString(part) => {
                            part.elements
                                .literals()
                                .for_each(|stretch| self.stretch(span(stretch.range()), None));
                        }
                    }
                }
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}
