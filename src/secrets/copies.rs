//! Further places of credentials that were found: printed without the name that gave them away, in part, or in base64.

use aho_corasick::{AhoCorasick, MatchKind};

use crate::text::Span;

use super::base64;
use super::detectors::detectors;
use super::view::Spanned;

/// A value shorter than this may be a word that stands elsewhere too.
const SHORTEST: usize = 8;
/// From this length on a value isn't part of another word by chance.
const UNMISTAKABLE: usize = 16;
/// Random characters that the printed start of a value shows at least.
const TELLING: usize = 5;
/// Characters more that are looked at where the first ones look like a word.
const LONGEST_WORD: usize = 12;
/// Characters of base64 around a value that are taken for one text with it.
const LONGEST_PACKING: usize = 4096;

/// A further place of a known value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Copy {
    /// Rank of the value.
    pub of: usize,
    pub span: Span,
}

impl Spanned for Copy {
    fn span_mut(&mut self) -> &mut Span {
        &mut self.span
    }
}

/// How a needle stands for its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stands {
    Whole,
    /// The start of it, which may go on.
    Start,
    /// What is the same in every base64 that it is part of, with this much before it.
    Packed,
}

/// Values whose further places are sought.
pub(super) struct Copies<'v> {
    values: &'v [&'v str],
    needles: Vec<(usize, Stands)>,
    automaton: Option<AhoCorasick>,
}

impl<'v> Copies<'v> {
    pub(super) fn new(values: &'v [&'v str]) -> Self {
        let mut needles: Vec<(String, (usize, Stands))> = Vec::new();
        for (rank, value) in values.iter().enumerate().filter(|(_, value)| value.len() >= SHORTEST) {
            needles.push(((*value).to_owned(), (rank, Stands::Whole)));
            needles.extend(start(value).map(|start| (start.to_owned(), (rank, Stands::Start))));
            needles.extend(packings(value).map(|packing| (packing, (rank, Stands::Packed))));
        }
        let built = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(needles.iter().map(|(needle, _)| needle));
        Self {
            values,
            needles: needles.into_iter().map(|(_, needle)| needle).collect(),
            automaton: built.ok(),
        }
    }

    /// The copies in a text. Where a value stands whole its start isn't named as well.
    pub(super) fn find(&self, text: &str) -> Vec<Copy> {
        let found = self.automaton.iter().flat_map(|all| all.find_overlapping_iter(text));
        let mut copies: Vec<Copy> = found
            .filter_map(|found| {
                let (of, stands) = *self.needles.get(found.pattern().as_usize())?;
                let at = Span::new(found.start(), found.end());
                let span = match stands {
                    Stands::Whole => self.is_apart(text, of, at).then_some(at),
                    Stands::Start => self.start_at(text, of, at),
                    Stands::Packed => Some(packing_around(text, at)),
                };
                span.map(|span| Copy { of, span })
            })
            .collect();
        copies.sort_by_key(|copy| (copy.span.start, std::cmp::Reverse(copy.span.end), copy.of));
        copies.dedup_by(|later, first| later.span.start < first.span.end);
        copies
    }

    /// Whether a short value stands there as a word of its own.
    fn is_apart(&self, text: &str, of: usize, at: Span) -> bool {
        let length = self.values.get(of).map_or(0, |value| value.len());
        length >= UNMISTAKABLE || !(joins(before(text, at.start)) || joins(after(text, at.end)))
    }

    /// The value's start that stands there, as long as it goes, if the text then stops in the middle of it.
    fn start_at(&self, text: &str, of: usize, at: Span) -> Option<Span> {
        let value = self.values.get(of)?;
        let same = |(a, b): &(u8, u8)| a == b;
        let rest = text.as_bytes().get(at.start..)?;
        let length = rest.iter().copied().zip(value.bytes()).take_while(same).count();
        let end = at.start + length;
        let cut = length < value.len() && !joins(before(text, at.start)) && !joins(after(text, end));
        (cut && text.is_char_boundary(end)).then(|| Span::new(at.start, end))
    }
}

/// The shortest start of a value that gives it away: past what all of its kind start with, and random.
fn start(value: &str) -> Option<&str> {
    let lower = value.to_ascii_lowercase();
    let keywords = detectors().iter().flat_map(|detector| detector.keywords);
    let known = keywords
        .filter(|word| lower.starts_with(**word))
        .map(|word| word.len())
        .max();
    let parted = value.rfind('.').map(|at| at + 1);
    let fixed = known.max(parted).unwrap_or_default();
    if value.contains(char::is_whitespace) {
        return None;
    }
    let shortest = (fixed + TELLING).max(SHORTEST);
    let starts = (shortest..=shortest + LONGEST_WORD).take_while(|length| *length < value.len());
    starts
        .filter_map(|length| value.get(..length))
        .find(|start| is_random(start.get(fixed..).unwrap_or_default()))
}

/// Whether letters of both cases, digits and signs take turns, which they don't in words, years and versions.
fn is_random(text: &str) -> bool {
    let kind = |byte: &u8| {
        (
            byte.is_ascii_lowercase(),
            byte.is_ascii_uppercase(),
            byte.is_ascii_digit(),
        )
    };
    let turns = text.as_bytes().windows(2).filter(|pair| {
        let mut kinds = pair.iter().map(kind);
        kinds.next() != kinds.next()
    });
    turns.count() >= 2
}

/// What base64 and base64url of a text hold where the text holds `value`, for each of the three places that it may
/// start at in a group.
fn packings(value: &str) -> impl Iterator<Item = String> {
    let inner = (0..3_usize).filter_map(|before| {
        let mut bytes = vec![0; before];
        bytes.extend(value.bytes());
        let whole = bytes.len() / 3 * 4;
        // groups that neighbours have a share in differ from text to text
        let first = if before == 0 { 0 } else { 4 };
        base64::encode(&bytes).get(first..whole).map(str::to_owned)
    });
    inner
        .filter(|packing| packing.len() >= UNMISTAKABLE)
        .flat_map(|packing| {
            let url = packing.replace('+', "-").replace('/', "_");
            let other = (url != packing).then_some(url);
            std::iter::once(packing).chain(other)
        })
}

/// The base64 around a part of it.
fn packing_around(text: &str, part: Span) -> Span {
    let of_base64 = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_');
    let bytes = text.as_bytes();
    let before = bytes.get(..part.start).unwrap_or_default();
    let after = bytes.get(part.end..).unwrap_or_default();
    let left = before.iter().rev().take(LONGEST_PACKING).take_while(of_base64).count();
    let right = after.iter().take(LONGEST_PACKING).take_while(of_base64).count();
    let padding = after
        .iter()
        .skip(right)
        .take(2)
        .take_while(|byte| **byte == b'=')
        .count();
    Span::new(part.start - left, part.end + right + padding)
}

fn before(text: &str, at: usize) -> Option<char> {
    text.get(..at)?.chars().next_back()
}

fn after(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

/// Whether a character beside a value makes it part of something longer.
fn joins(beside: Option<char>) -> bool {
    beside.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
}

#[cfg(test)]
mod tests {
    use super::{Copies, base64};

    fn found(value: &str, text: &str) -> Vec<String> {
        let copies = Copies::new(&[value]).find(text);
        copies.iter().map(|copy| copy.span.slice(text).to_owned()).collect()
    }

    #[test]
    fn copies_whole_cut_and_packed() {
        let token = ["hf_", "GQccOifUuXUGfdWGyPYib3NUShmiFsZYkR"].concat();
        assert_eq!(found(&token, &format!("<{token}>")), [token.as_str()]);
        assert_eq!(found(&token, "login(hf_GQccO***)"), ["hf_GQccO"]);
        assert_eq!(found(&token, "hf_GQccOifUuXUGf..."), ["hf_GQccOifUuXUGf"]);
        for other in ["hf_GQccP", "hf_GQccOabc", "hf_GQc", "x_hf_GQccO"] {
            assert_eq!(found(&token, other), Vec::<String>::new());
        }
        let key = "8feba18beb8daac627805dada8dc3ad7";
        assert_eq!(found(key, "using 8feba18beb…"), ["8feba18beb"]);
        assert_eq!(found(key, "commit 8feba18"), Vec::<String>::new());
        assert_eq!(
            found("summer2023-8feb", "summer20 and summer2023"),
            Vec::<String>::new()
        );
        for text in [format!("u:{key}"), format!("us:{key}!"), format!("use:{key}?x")] {
            let packed = base64::encode(text.as_bytes());
            assert_eq!(found(key, &format!("Basic {packed}, so")), [packed]);
        }
    }

    #[test]
    fn words_are_no_copies() {
        assert_eq!(found("anchor42", "anchor42s and xanchor42"), Vec::<String>::new());
        assert_eq!(found("anchor42", "(anchor42)"), ["anchor42"]);
        assert_eq!(found("abc1", "abc1"), Vec::<String>::new());
    }
}
