//! What a pattern's matches are made of, and how long they are at least: most windows are ruled out by it, and most
//! patterns never compiled.

use memchr::memmem;
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

use crate::text::Span;

/// What is known of a pattern that hasn't been compiled.
#[derive(Debug, Default)]
pub(super) struct Shape {
    /// Bytes that stand together in every match, whatever it is else; 0 where spaces or quotes may part them.
    shortest: usize,
    /// What every match holds.
    literals: Vec<Box<[u8]>>,
}

impl Shape {
    /// The shape of a pattern, whose secret is its only group or, where it has none, the whole of it.
    pub(super) fn of(pattern: &str) -> Self {
        let mut parser = ParserBuilder::new().unicode(false).utf8(false).build();
        let Ok(hir) = parser.parse(pattern) else {
            return Self::default();
        };
        let parts = match hir.kind() {
            HirKind::Concat(parts) => parts.as_slice(),
            _ => std::slice::from_ref(&hir),
        };
        let mut groups = parts.iter().filter_map(|part| match part.kind() {
            HirKind::Capture(group) => Some(group.sub.as_ref()),
            _ => None,
        });
        let secret = match hir.properties().explicit_captures_len() {
            0 => Some(&hir),
            1 => groups.next(),
            _ => None,
        };
        let shortest = secret
            .filter(|secret| is_run(secret))
            .and_then(|secret| secret.properties().minimum_len());
        let literals = parts.iter().filter_map(|part| match part.kind() {
            HirKind::Literal(literal) => Some(literal.0.clone()),
            _ => None,
        });
        Self {
            shortest: shortest.unwrap_or_default(),
            literals: literals.collect(),
        }
    }

    /// Whether a match may stand in `window`, as far as that can be told at a glance.
    pub(super) fn fits(&self, window: &[u8]) -> bool {
        let held = |literal: &[u8]| memmem::find(window, literal).is_some();
        holds_run(window, self.shortest) && self.literals.iter().all(|literal| held(literal))
    }
}

/// Whether a run of this length stands in the text. Looks from the end of each place where one might stand, and so at
/// few of the bytes.
fn holds_run(text: &[u8], length: usize) -> bool {
    let mut start = 0;
    while let Some(place) = text.get(start..start + length) {
        match place.iter().rposition(|byte| !is_of_run(*byte)) {
            Some(last) => start += last + 1,
            None => return true,
        }
    }
    false
}

/// Whether nothing that the pattern matches would end a run.
fn is_run(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => literal.0.iter().copied().all(is_of_run),
        HirKind::Class(Class::Bytes(class)) => class
            .ranges()
            .iter()
            .all(|range| (range.start()..=range.end()).all(is_of_run)),
        HirKind::Class(Class::Unicode(_)) => false,
        HirKind::Repetition(repetition) => is_run(&repetition.sub),
        HirKind::Capture(group) => is_run(&group.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().all(is_run),
    }
}

/// Characters that a token, or an address with one in it, is made of.
pub(super) fn is_of_run(byte: u8) -> bool {
    byte.is_ascii_graphic()
        && !matches!(
            byte,
            b'"' | b'\'' | b'\\' | b'<' | b'>' | b'(' | b')' | b',' | b';' | b'{' | b'}' | b'[' | b']' | b'`'
        )
}

/// The run that `word` stands in.
pub(super) fn run_around(text: &str, word: Span) -> Span {
    let before = text.as_bytes().get(..word.start).unwrap_or_default();
    let after = text.as_bytes().get(word.end..).unwrap_or_default();
    let of_run = |byte: &&u8| is_of_run(**byte);
    let left = before.iter().rev().take_while(of_run).count();
    let right = after.iter().take_while(of_run).count();
    Span::new(word.start - left, word.end + right)
}

#[cfg(test)]
mod tests {
    use super::Shape;

    #[test]
    fn what_can_be_told_without_matching() {
        let token = Shape::of(r"hf_[A-Za-z0-9]{34}");
        assert_eq!(token.shortest, 37);
        assert!(token.fits(format!("x = hf_{}", "a".repeat(34)).as_bytes()));
        assert!(!token.fits(format!("x = hf_{}", "a".repeat(33)).as_bytes()));
        assert!(!token.fits("a".repeat(40).as_bytes()));
        let group = Shape::of(r#"\b(?:bot|tele)[^\n]{0,40}?([0-9]{8}:[\w-]{35})"#);
        assert_eq!(group.shortest, 44);
        let parted = Shape::of(r#"https?://[^\s:]+:([^\s@]{3,})@"#);
        assert_eq!(parted.shortest, 0);
        assert!(parted.fits(b"http://a:b@c"));
        assert!(!parted.fits(b"http://a:b.c"));
        for unknown in ["(a)|(b)", "(", "[^x]{20}"] {
            assert_eq!(Shape::of(unknown).shortest, 0, "{unknown}");
        }
    }
}
