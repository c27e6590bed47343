//! From a text to the credentials in it: keywords, then patterns around them, then checks.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};
use regex::Regex;

use crate::finding::Confidence;
use crate::text::Span;

use super::checks::{Candidate, entropy, in_long_blob};
use super::detectors::{DETECTORS, Detector};
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

/// The keywords of all detectors in one automaton, and the detector that each is of.
struct Prefilter {
    automaton: Option<AhoCorasick>,
    owners: Vec<usize>,
}

fn prefilter() -> &'static Prefilter {
    static PREFILTER: OnceLock<Prefilter> = OnceLock::new();
    PREFILTER.get_or_init(|| {
        let mut words = Vec::new();
        let mut owners = Vec::new();
        for (owner, detector) in DETECTORS.iter().flat_map(|group| group.iter()).enumerate() {
            for word in detector.keywords {
                words.push(*word);
                owners.push(owner);
            }
        }
        let built = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .build(words);
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
    let mut windows: Vec<Vec<Span>> = vec![Vec::new(); filter.owners.last().map_or(0, |last| last + 1)];
    let detectors: Vec<&'static Detector> = DETECTORS.iter().flat_map(|group| group.iter()).collect();
    for found in automaton.find_overlapping_iter(text) {
        let owner = filter
            .owners
            .get(found.pattern().as_usize())
            .copied()
            .unwrap_or_default();
        let (Some(detector), Some(windows)) = (detectors.get(owner), windows.get_mut(owner)) else {
            continue;
        };
        let start = floor(text, found.start().saturating_sub(LOOK_BACK));
        let end = floor(text, (found.end() + detector.reach).min(text.len()));
        match windows.last_mut() {
            Some(last) if start <= last.end => last.end = last.end.max(end),
            _ => windows.push(Span::new(start, end)),
        }
    }
    let mut hits = Vec::new();
    for (rank, (detector, windows)) in detectors.iter().zip(&windows).enumerate() {
        if let Some(pattern) = pattern(rank).filter(|_| !windows.is_empty()) {
            for window in windows {
                search(detector, pattern, text, *window, &mut |hit| hits.push((rank, hit)));
            }
        }
    }
    without_overlaps(hits)
}

/// The pattern of a detector, compiled when first needed.
fn pattern(rank: usize) -> Option<&'static Regex> {
    static PATTERNS: OnceLock<Vec<OnceLock<Option<Regex>>>> = OnceLock::new();
    let count = DETECTORS.iter().map(|group| group.len()).sum();
    let patterns = PATTERNS.get_or_init(|| std::iter::repeat_with(OnceLock::new).take(count).collect());
    let detector = DETECTORS.iter().flat_map(|group| group.iter()).nth(rank)?;
    patterns
        .get(rank)?
        .get_or_init(|| compile(detector.pattern).ok())
        .as_ref()
}

/// A detector's pattern, in which `\w`, `\d` and `\b` mean ASCII: no credential is anything else, and the
/// automaton for all of Unicode's letters is a hundred times the size.
///
/// # Errors
/// A pattern that is none.
pub fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    let pattern = pattern
        .replace(r"\w", "[0-9A-Za-z_]")
        .replace(r"\d", "[0-9]")
        .replace(r"\b", r"(?-u:\b)");
    Regex::new(&pattern)
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
        at = ceil(haystack, whole.end().max(at + 1));
        let groups = captures.iter().skip(1).flatten();
        let secret = groups.last().unwrap_or(whole);
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
