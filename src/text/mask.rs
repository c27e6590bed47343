//! Hides strings that must not be shown, wherever they occur.

use std::borrow::Cow;

use aho_corasick::{AhoCorasick, MatchKind};

use super::Span;
use super::random::random_words;

/// Leading characters of a secret that may be shown.
const SHOWN: usize = 4;
/// Parts of a secret shorter than this are words, not secrets.
const SHORTEST: usize = 6;

/// Replaces known strings by their first characters and as many stars as are left, so that columns stay right.
#[derive(Debug, Default)]
pub struct Masker {
    /// `None` where there is nothing to hide.
    automaton: Option<AhoCorasick>,
    /// Characters of the longest string.
    longest: usize,
}

impl Masker {
    /// A masker of these strings. A string of several lines is hidden line by line too.
    pub fn new<'s>(secrets: impl Iterator<Item = &'s str>) -> Self {
        let mut parts: Vec<&str> = Vec::new();
        for secret in secrets {
            parts.push(secret);
            // in raw JSON a key's lines are parted by the two characters `\n`
            parts.extend(
                secret
                    .split(['\n', '\r'])
                    .flat_map(|line| line.split("\\n"))
                    .map(str::trim),
            );
        }
        parts.retain(|part| part.len() >= SHORTEST);
        parts.sort_unstable();
        parts.dedup();
        if parts.is_empty() {
            return Self::default();
        }
        let longest = parts.iter().map(|part| part.len()).max().unwrap_or_default();
        let built = AhoCorasick::builder().match_kind(MatchKind::Standard).build(parts);
        Self {
            automaton: built.ok(),
            longest,
        }
    }

    /// How far from a place in a text a string may start or end that covers it.
    pub fn reach(&self) -> usize {
        self.longest
    }

    /// `text` as it may be quoted: known strings are hidden, and what looks as random as a key that nobody knows.
    pub fn conceal<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let masked = self.mask(text);
        let mut words = random_words(&masked).peekable();
        if words.peek().is_none() {
            drop(words);
            return masked;
        }
        let mut out = String::with_capacity(masked.len());
        let mut at = 0;
        for word in words {
            out.push_str(Span::new(at, word.start).slice(&masked));
            push_hidden(&mut out, word.slice(&masked));
            at = word.end;
        }
        out.push_str(masked.get(at..).unwrap_or_default());
        Cow::Owned(out)
    }

    /// `text` with every known string hidden.
    pub fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let Some(automaton) = &self.automaton else {
            return Cow::Borrowed(text);
        };
        let mut hidden: Vec<(usize, usize)> = Vec::new();
        for found in automaton.find_overlapping_iter(text) {
            match hidden.last_mut() {
                Some(last) if found.start() <= last.1 => *last = (last.0.min(found.start()), last.1.max(found.end())),
                _ => hidden.push((found.start(), found.end())),
            }
        }
        if hidden.is_empty() {
            return Cow::Borrowed(text);
        }
        hidden.sort_unstable();
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for (start, end) in hidden {
            out.push_str(text.get(at..start.max(at)).unwrap_or_default());
            let secret = text.get(start.max(at)..end).unwrap_or_default();
            if start < at {
                out.extend(secret.chars().map(|_| '*'));
            } else {
                push_hidden(&mut out, secret);
            }
            at = at.max(end);
        }
        out.push_str(text.get(at..).unwrap_or_default());
        Cow::Owned(out)
    }
}

/// The first characters, and a star for each of the others.
fn push_hidden(out: &mut String, secret: &str) {
    out.extend(secret.chars().take(SHOWN));
    out.extend(secret.chars().skip(SHOWN).map(|_| '*'));
}

/// What may be said of a secret: its first characters and its length.
pub fn shown(secret: &str) -> String {
    let length = secret.chars().count();
    // of a short password even four characters are too many
    let kept = SHOWN.min(length / 4);
    let start: String = secret.chars().take(kept).filter(|c| !c.is_control()).collect();
    format!("{start}… ({length} characters)")
}
