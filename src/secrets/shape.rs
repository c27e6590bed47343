//! What a pattern's matches are made of, and how long they are at least: most windows are ruled out by it, and most
//! patterns never compiled.

use memchr::memmem;
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

use crate::text::Span;

/// What is known of a pattern that hasn't been compiled.
#[derive(Debug, Default)]
pub(super) struct Shape {
    /// Bytes that the secret of a match has at least.
    shortest: usize,
    /// Bytes that a match has at most, where all of it is the secret and there is such a number.
    pub(super) longest: Option<usize>,
    /// The bytes that it is made of.
    alphabet: Alphabet,
    /// What every match holds, the shortest first: one byte is sought at once.
    literals: Vec<memmem::Finder<'static>>,
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
        let mut alphabet = Alphabet::default();
        let shortest = secret
            .filter(|secret| alphabet.add(secret))
            .and_then(|secret| secret.properties().minimum_len());
        let mut literals: Vec<&[u8]> = parts
            .iter()
            .filter_map(|part| match part.kind() {
                HirKind::Literal(literal) => Some(literal.0.as_ref()),
                _ => None,
            })
            .collect();
        literals.sort_by_key(|literal| literal.len());
        let literals = literals
            .into_iter()
            .map(|literal| memmem::Finder::new(literal).into_owned());
        Self {
            shortest: shortest.unwrap_or_default(),
            longest: (hir.properties().explicit_captures_len() == 0)
                .then(|| hir.properties().maximum_len())
                .flatten(),
            alphabet,
            literals: literals.collect(),
        }
    }

    /// Whether a match may stand in `window`, as far as that can be told at a glance.
    pub(super) fn fits(&self, window: &[u8]) -> bool {
        let mut literals = self.literals.iter();
        literals.all(|literal| literal.find(window).is_some()) && self.holds_run(window)
    }

    /// Whether bytes of the alphabet stand together, as many as the secret has at least. Looks from the end of each
    /// place where they might, and so at few of the bytes.
    fn holds_run(&self, text: &[u8]) -> bool {
        let mut start = 0;
        while let Some(place) = text.get(start..start + self.shortest) {
            match place.iter().rposition(|byte| !self.alphabet.has(*byte)) {
                Some(last) => start += last + 1,
                None => return true,
            }
        }
        false
    }
}

/// A set of bytes, a bit for each.
#[derive(Debug, Default)]
struct Alphabet([u64; 4]);

impl Alphabet {
    fn has(&self, byte: u8) -> bool {
        let bits = self.0.get(usize::from(byte / 64)).copied().unwrap_or_default();
        bits >> (byte % 64) & 1 == 1
    }

    fn insert(&mut self, byte: u8) {
        let bits = self.0.get_mut(usize::from(byte / 64));
        bits.into_iter().for_each(|bits| *bits |= 1 << (byte % 64));
    }

    /// Adds all that a match may be made of. `false` where that isn't known.
    fn add(&mut self, hir: &Hir) -> bool {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => literal.0.iter().for_each(|byte| self.insert(*byte)),
            HirKind::Class(Class::Bytes(class)) => {
                let bytes = class.ranges().iter().flat_map(|range| range.start()..=range.end());
                bytes.for_each(|byte| self.insert(byte));
            }
            HirKind::Class(Class::Unicode(_)) => return false,
            HirKind::Repetition(repetition) => return self.add(&repetition.sub),
            HirKind::Capture(group) => return self.add(&group.sub),
            HirKind::Concat(parts) | HirKind::Alternation(parts) => return parts.iter().all(|part| self.add(part)),
        }
        true
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

/// The longest part of the text around `word` that is made of such bytes.
pub(super) fn around(text: &str, word: Span, made_of: impl Fn(u8) -> bool) -> Span {
    let before = text.as_bytes().get(..word.start).unwrap_or_default();
    let after = text.as_bytes().get(word.end..).unwrap_or_default();
    let left = before.iter().rev().take_while(|byte| made_of(**byte)).count();
    let right = after.iter().take_while(|byte| made_of(**byte)).count();
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
        let hex = Shape::of(r"(?i:service)[^\n]{0,60}?\b([0-9a-f]{32})\b");
        assert!(hex.fits(format!("service.key = '{}'", "0d".repeat(16)).as_bytes()));
        assert!(!hex.fits(format!("service.key = '{}'", "1/2-x".repeat(16)).as_bytes()));
        let parted = Shape::of(r#"https?://[^\s:]+:([^\s@]{3,})@"#);
        assert_eq!(parted.shortest, 3);
        assert!(parted.fits(b"http://a:b@c"));
        assert!(!parted.fits(b"http://a:b.c"));
        for unknown in ["(a)|(b)", "(", r"(?u:\w{9})"] {
            assert_eq!(Shape::of(unknown).shortest, 0, "{unknown}");
        }
    }
}
