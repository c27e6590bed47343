//! From a text to the credentials in it: keywords, then patterns around them, then checks.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};
use regex::Regex;

use crate::finding::Confidence;
use crate::text::Span;

use super::checks::{Candidate, entropy, in_long_blob};
use super::detectors::{Detector, Form, detectors};
use super::label;
use super::placeholder::is_placeholder;

/// A credential in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    pub detector: &'static str,
    pub name: &'static str,
    pub confidence: Confidence,
    /// Bytes of the text.
    pub span: Span,
}

/// Bytes that a pattern may look back from its keyword: `key` in `my_service_api_key = …`.
const LOOK_BACK: usize = 96;
/// Bytes that a token has at least, and the most that are looked at.
const SHORTEST_TOKEN: usize = 14;
const LONGEST_TOKEN: usize = 12_000;
/// Bytes of a token before its keyword: few kinds have it in the middle.
const LONGEST_START: usize = 300;
/// Service keys come shorter.
const SHORTEST_KEY: usize = 8;

/// The keywords of all detectors in one automaton, and whose each is.
struct Prefilter {
    automaton: Option<AhoCorasick>,
    owners: Vec<Vec<Owner>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    /// A detector, by its rank.
    Detector(usize),
    /// A name that gives its value away.
    Label,
}

fn prefilter() -> &'static Prefilter {
    static PREFILTER: OnceLock<Prefilter> = OnceLock::new();
    PREFILTER.get_or_init(|| {
        let mut words: Vec<(&str, Owner)> = label::WORDS.iter().map(|word| (*word, Owner::Label)).collect();
        for (rank, detector) in detectors().iter().enumerate() {
            words.extend(detector.keywords.iter().map(|word| (*word, Owner::Detector(rank))));
        }
        words.sort_by_key(|(word, _)| *word);
        let mut unique: Vec<&str> = Vec::new();
        let mut owners: Vec<Vec<Owner>> = Vec::new();
        for (word, owner) in words {
            match owners.last_mut() {
                Some(last) if unique.last() == Some(&word) => last.push(owner),
                _ => {
                    unique.push(word);
                    owners.push(vec![owner]);
                }
            }
        }
        let built = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .build(unique);
        Prefilter {
            automaton: built.ok(),
            owners,
        }
    })
}

/// Whether `text` holds any keyword. Cheap, and `false` for most texts.
pub(super) fn may_hold(text: &str) -> bool {
    prefilter()
        .automaton
        .as_ref()
        .is_some_and(|automaton| automaton.is_match(text))
}

/// The credentials in `text`, by place. Of overlapping ones the more specific stays.
pub fn hits_in(text: &str) -> Vec<Hit> {
    let filter = prefilter();
    let Some(automaton) = &filter.automaton else {
        return Vec::new();
    };
    let all = detectors();
    let mut windows: Vec<(usize, Span)> = Vec::new();
    let mut hits: Vec<(usize, Hit)> = Vec::new();
    let mut labels = label::Labels::new(text);
    for found in automaton.find_overlapping_iter(text) {
        let word = Span::new(found.start(), found.end());
        for owner in filter.owners.get(found.pattern().as_usize()).into_iter().flatten() {
            match *owner {
                Owner::Label => {
                    if let Some(hit) = labels.at(word) {
                        hits.push((all.len(), hit));
                    }
                }
                Owner::Detector(rank) => {
                    let window = all.get(rank).and_then(|detector| window(detector, text, word));
                    windows.extend(window.map(|window| (rank, window)));
                }
            }
        }
    }
    windows.sort_unstable();
    let mut at = 0;
    while let Some(&(rank, mut window)) = windows.get(at) {
        at += 1;
        while let Some((_, next)) = windows
            .get(at)
            .filter(|(other, next)| *other == rank && next.start <= window.end)
        {
            window.end = window.end.max(next.end);
            at += 1;
        }
        if let (Some(detector), Some(pattern)) = (all.get(rank), pattern(rank)) {
            search(detector, pattern, text, window, &mut |hit| hits.push((rank, hit)));
        }
    }
    without_overlaps(hits)
}

/// Where around its keyword a detector's pattern may match, if it may at all.
fn window(detector: &Detector, text: &str, word: Span) -> Option<Span> {
    let end = |reach: usize| floor(text, (word.end + reach).min(text.len()));
    match detector.form {
        Form::Token => {
            let run = run_around(text, word);
            (run.len() >= SHORTEST_TOKEN).then(|| {
                // a character on each side, for the pattern's edges
                Span::new(
                    floor(text, run.start.saturating_sub(1)),
                    ceil(text, (run.end + 1).min(text.len())),
                )
            })
        }
        Form::Service | Form::Context => {
            let shortest = if detector.form == Form::Service {
                SHORTEST_KEY
            } else {
                SHORTEST_TOKEN
            };
            let window = Span::new(floor(text, word.start.saturating_sub(LOOK_BACK)), end(detector.reach));
            let after = Span::new(word.start, window.end).slice(text);
            after
                .split(|c: char| !is_of_run(c))
                .any(|run| run.len() >= shortest && (run.len() >= 16 || run.bytes().any(|byte| byte.is_ascii_digit())))
                .then_some(window)
        }
        Form::Whole => Some(Span::new(
            floor(text, word.start.saturating_sub(LOOK_BACK)),
            end(detector.reach),
        )),
    }
}

/// Characters that a token, or an address with one in it, is made of.
fn is_of_run(c: char) -> bool {
    c.is_ascii_graphic()
        && !matches!(
            c,
            '"' | '\'' | '\\' | '<' | '>' | '(' | ')' | ',' | ';' | '{' | '}' | '[' | ']' | '`'
        )
}

fn run_around(text: &str, word: Span) -> Span {
    let of_run = |byte: &u8| is_of_run(char::from(*byte)) && byte.is_ascii();
    let before = text.as_bytes().get(..word.start).unwrap_or_default();
    let after = text.as_bytes().get(word.end..).unwrap_or_default();
    let left = before
        .iter()
        .rev()
        .take(LONGEST_START)
        .take_while(|byte| of_run(byte))
        .count();
    let right = after.iter().take(LONGEST_TOKEN).take_while(|byte| of_run(byte)).count();
    Span::new(word.start - left, word.end + right)
}

/// The pattern of a detector, compiled when first needed.
fn pattern(rank: usize) -> Option<&'static Regex> {
    static PATTERNS: OnceLock<Vec<OnceLock<Option<Regex>>>> = OnceLock::new();
    let all = detectors();
    let patterns = PATTERNS.get_or_init(|| std::iter::repeat_with(OnceLock::new).take(all.len()).collect());
    let detector = all.get(rank)?;
    patterns.get(rank)?.get_or_init(|| compile(detector).ok()).as_ref()
}

/// A detector's pattern, in which `\w`, `\d` and `\b` mean ASCII: no credential is anything else, and the
/// automaton for all of Unicode's letters is a hundred times the size.
///
/// # Errors
/// A pattern that is none.
pub fn compile(detector: &Detector) -> Result<Regex, regex::Error> {
    let pattern = detector.pattern;
    let whole = match detector.form {
        Form::Whole => pattern.to_owned(),
        Form::Token => format!(r"(?:^|[^\w.])({pattern})(?:[^\w-]|$)"),
        Form::Context => format!(r"{pattern}(?:[^\w-]|$)"),
        Form::Service => {
            let words: Vec<String> = detector.keywords.iter().map(|word| regex::escape(word)).collect();
            format!(
                r"(?i:{})(?:[^\n]{{0,60}}?[^\w-]|[\w-]{{0,30}}?[_-])?({pattern})(?:[^\w-]|$)",
                words.join("|")
            )
        }
    };
    let whole = whole
        .replace(r"\w", "[0-9A-Za-z_]")
        .replace(r"\d", "[0-9]")
        .replace(r"\b", r"(?-u:\b)");
    Regex::new(&whole)
}

fn search(detector: &Detector, pattern: &Regex, text: &str, window: Span, found: &mut impl FnMut(Hit)) {
    // the text before the window stays in sight, so that `\b` means what it says
    let haystack = text.get(..window.end).unwrap_or(text);
    let mut at = window.start;
    while let Some(captures) = (at <= haystack.len())
        .then(|| pattern.captures_at(haystack, at))
        .flatten()
    {
        let Some(whole) = captures.get(0) else { return };
        let groups = captures.iter().skip(1).flatten();
        let secret = groups.last().unwrap_or(whole);
        // what stood after the secret may stand before the next one
        at = ceil(haystack, secret.end().max(at + 1));
        let span = Span::new(secret.start(), secret.end());
        let value = secret.as_str();
        if entropy(value) < detector.entropy || is_placeholder(value, detector.human) || in_long_blob(text, span) {
            continue;
        }
        let candidate = Candidate {
            whole: whole.as_str(),
            before: Span::new(whole.start(), secret.start()).slice(text),
            secret: value,
        };
        if let Some(confidence) = (detector.check)(candidate) {
            found(Hit {
                detector: detector.id,
                name: detector.name,
                confidence,
                span,
            });
        }
    }
}

/// Sorted by place; where two overlap, the detector that stands first in the table wins.
fn without_overlaps(mut hits: Vec<(usize, Hit)>) -> Vec<Hit> {
    hits.sort_by_key(|(rank, hit)| (*rank, hit.span));
    let mut kept: Vec<Hit> = Vec::new();
    for (_, hit) in hits {
        let at = kept.partition_point(|other| other.span.end <= hit.span.start);
        if kept.get(at).is_none_or(|next| next.span.start >= hit.span.end) {
            kept.insert(at, hit);
        }
    }
    kept
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn ceil(text: &str, mut at: usize) -> usize {
    while at < text.len() && !text.is_char_boundary(at) {
        at += 1;
    }
    at
}
