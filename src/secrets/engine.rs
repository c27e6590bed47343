//! From a text to the credentials in it: keywords, then patterns around them, then checks.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};

use crate::finding::Confidence;
use crate::text::Span;

use super::checks::{Candidate, LONG_BLOB, entropy, in_long_blob, is_of_blob};
use super::detectors::{Detector, Form, detectors};
use super::keywords::Keywords;
use super::label;
use super::placeholder::{in_mark, is_placeholder};
use super::shape::{Shape, around, is_of_run};

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
/// Bytes that a token has at least.
const SHORTEST_TOKEN: usize = 14;
/// Words of a service that its pattern spells out.
const FEW_WORDS: usize = 20;
/// Service keys come shorter.
const SHORTEST_KEY: usize = 8;

/// The keywords of all detectors, and whose each is.
struct Prefilter {
    keywords: Keywords,
    owners: Vec<Vec<Owner>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    /// A detector, by its rank.
    Detector(usize),
    /// A detector whose tokens start with the keyword, just as this is written.
    Start(usize, &'static str),
    /// A name that gives its value away.
    Label,
}

fn prefilter() -> &'static Prefilter {
    static PREFILTER: OnceLock<Prefilter> = OnceLock::new();
    PREFILTER.get_or_init(|| {
        let mut words: Vec<(&str, Owner)> = label::WORDS.iter().map(|word| (*word, Owner::Label)).collect();
        for (rank, detector) in detectors().iter().enumerate() {
            words.extend(
                detector
                    .keywords
                    .iter()
                    .map(|word| (*word, owner(rank, detector, word))),
            );
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
        Prefilter {
            keywords: Keywords::new(unique),
            owners,
        }
    })
}

fn owner(rank: usize, detector: &'static Detector, word: &'static str) -> Owner {
    if detector.form != Form::Token || detector.pattern.contains('|') {
        return Owner::Detector(rank);
    }
    let repeats = |rest: &str| rest.starts_with(['?', '*', '{', '+']);
    let start = detector.pattern.split_at_checked(word.len());
    if let Some((start, _)) = start.filter(|(start, rest)| start.eq_ignore_ascii_case(word) && !repeats(rest)) {
        return Owner::Start(rank, start);
    }
    match detector.pattern.strip_prefix(regex::escape(word).as_str()) {
        Some(rest) if !repeats(rest) => Owner::Start(rank, word),
        _ => Owner::Detector(rank),
    }
}

/// The credentials in `text`, by place. Of overlapping ones the more specific stays.
pub fn hits_in(text: &str) -> Vec<Hit> {
    let filter = prefilter();
    let all = detectors();
    let mut seen = Seen {
        text,
        labels: label::Labels::new(text),
        runs: Runs::default(),
        windows: Vec::new(),
        hits: Vec::new(),
    };
    filter.keywords.find(text.as_bytes(), |word, start, end| {
        let owners = filter.owners.get(word);
        seen.add(owners.map(Vec::as_slice).unwrap_or_default(), Span::new(start, end));
    });
    let Seen {
        mut windows, mut hits, ..
    } = seen;
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
    hits.retain(|(_, hit)| !in_mark(text, hit.span.start));
    without_overlaps(hits)
}

/// What the keywords of a text come to.
struct Seen<'t> {
    text: &'t str,
    labels: label::Labels<'t>,
    runs: Runs,
    /// Where the pattern of a detector, known by its rank, may match.
    windows: Vec<(usize, Span)>,
    /// What a name gave away, ranked after all that a pattern does.
    hits: Vec<(usize, Hit)>,
}

impl Seen<'_> {
    /// Few bytes start a keyword: what is done there stays out of the loop over all of them.
    #[inline(never)]
    fn add(&mut self, owners: &[Owner], word: Span) {
        for owner in owners {
            let rank = match *owner {
                Owner::Label => {
                    let hit = self.labels.at(word);
                    self.hits.extend(hit.map(|hit| (detectors().len(), hit)));
                    continue;
                }
                Owner::Start(rank, start) if starts_token(self.text, word, start) => rank,
                Owner::Start(..) => continue,
                Owner::Detector(rank) => rank,
            };
            let window = window(rank, self.text, word, &mut self.runs);
            self.windows.extend(window.map(|window| (rank, window)));
        }
    }
}

/// Whether `word` stands at `span`, and nothing before it that would make it the middle of a token.
fn starts_token(text: &str, span: Span, word: &str) -> bool {
    let before = span.start.checked_sub(1).and_then(|at| text.as_bytes().get(at));
    span.slice(text) == word && !before.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))
}

/// Where around its keyword a detector's pattern may match, if it may at all.
fn window(rank: usize, text: &str, word: Span, runs: &mut Runs) -> Option<Span> {
    let detector = detectors().get(rank)?;
    let end = |reach: usize| floor(text, (word.end + reach).min(text.len()));
    let (window, shortest) = match detector.form {
        Form::Token => {
            // a match would be in the midst of an image, wherever it started and ended
            let longest = shape(rank).longest.map(|longest| longest + 2 * LONG_BLOB);
            if longest.is_some_and(|longest| runs.blob(text, word).len() >= longest) {
                return None;
            }
            let run = runs.new_to(rank, text, word)?;
            if run.len() < SHORTEST_TOKEN || !shape(rank).fits(text.as_bytes().get(run.range())?) {
                return None;
            }
            // a character on each side, for the pattern's edges
            return Some(Span::new(
                floor(text, run.start.saturating_sub(1)),
                ceil(text, (run.end + 1).min(text.len())),
            ));
        }
        Form::Service => {
            // the key stands in the service's line
            let ahead = Span::new(word.end, end(detector.reach));
            let line = memchr::memchr(b'\n', ahead.slice(text).as_bytes()).map_or(ahead.end, |at| word.end + at + 1);
            (Span::new(word.start, line), SHORTEST_KEY)
        }
        Form::Context | Form::Whole => {
            let start = floor(text, word.start.saturating_sub(LOOK_BACK));
            let shortest = if detector.form == Form::Whole {
                0
            } else {
                SHORTEST_TOKEN
            };
            (Span::new(start, end(detector.reach)), shortest)
        }
    };
    let bytes = text.as_bytes().get(window.range())?;
    let ahead = text.as_bytes().get(word.start..window.end)?;
    ((shortest == 0 || holds_value(ahead, shortest)) && shape(rank).fits(bytes)).then_some(window)
}

/// The runs that were met: one may be all of a large notebook, and hold a keyword at each of its bytes.
#[derive(Default)]
struct Runs {
    last: Span,
    /// By detector, where the last run that it looked at ends.
    seen: BTreeMap<usize, usize>,
    /// The base64 that was met last.
    blob: Span,
}

impl Runs {
    /// The base64 that `word` stands in.
    fn blob(&mut self, text: &str, word: Span) -> Span {
        if !self.blob.contains(word) {
            self.blob = around(text, word, is_of_blob);
        }
        self.blob
    }

    /// The run that `word` stands in, if this detector hasn't looked at it yet.
    fn new_to(&mut self, rank: usize, text: &str, word: Span) -> Option<Span> {
        if !self.last.contains(word) {
            self.last = around(text, word, is_of_run);
        }
        let end = self.last.end;
        (self.seen.insert(rank, end) != Some(end)).then_some(self.last)
    }
}

/// Whether a run of this length stands in the text, with a digit where it is no longer than words are.
fn holds_value(text: &[u8], shortest: usize) -> bool {
    text.split(|byte| !is_of_run(*byte))
        .any(|run| run.len() >= shortest && (run.len() >= 16 || run.iter().any(u8::is_ascii_digit)))
}

/// The shape of a detector's pattern, found out when first needed.
fn shape(rank: usize) -> &'static Shape {
    static SHAPES: OnceLock<Vec<OnceLock<Shape>>> = OnceLock::new();
    static UNKNOWN: OnceLock<Shape> = OnceLock::new();
    let shapes = SHAPES.get_or_init(|| detectors().iter().map(|_| OnceLock::new()).collect());
    match (detectors().get(rank), shapes.get(rank)) {
        (Some(detector), Some(shape)) => shape.get_or_init(|| Shape::of(detector.pattern)),
        _ => UNKNOWN.get_or_init(Shape::default),
    }
}

/// The pattern of a detector, compiled when first needed.
fn pattern(rank: usize) -> Option<&'static Regex> {
    static PATTERNS: OnceLock<Vec<OnceLock<Option<Regex>>>> = OnceLock::new();
    let all = detectors();
    let patterns = PATTERNS.get_or_init(|| std::iter::repeat_with(OnceLock::new).take(all.len()).collect());
    let detector = all.get(rank)?;
    patterns.get(rank)?.get_or_init(|| compile(detector).ok()).as_ref()
}

/// A detector's pattern. It reads bytes: no credential is anything but ASCII, and the automaton for all of Unicode's
/// characters is a hundred times the size.
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
            let words = match words.len() {
                0..=FEW_WORDS => words.join("|"),
                // the window starts with one of them, and hundreds make an automaton that is slow to build
                _ => r"\w{3}".to_owned(),
            };
            format!(r"(?i:{words})(?:[^\n]{{0,60}}?[^\w-]|[\w-]{{0,30}}?[_-])?({pattern})(?:[^\w-]|$)")
        }
    };
    RegexBuilder::new(&whole).unicode(false).build()
}

fn search(detector: &Detector, pattern: &Regex, text: &str, window: Span, found: &mut impl FnMut(Hit)) {
    // the text before the window stays in sight, so that `\b` means what it says
    let haystack = text.get(..window.end).unwrap_or(text);
    let mut at = window.start;
    while let Some(captures) = (at <= haystack.len())
        .then(|| pattern.captures_at(haystack.as_bytes(), at))
        .flatten()
    {
        let Some(whole) = captures.get(0) else { return };
        if detector.keywords.len() > FEW_WORDS && whole.start() > window.start {
            // the pattern doesn't spell out the words, and the window's is behind
            return;
        }
        let groups = captures.iter().skip(1).flatten();
        let secret = groups.last().unwrap_or(whole);
        // what stood after the secret may stand before the next one
        at = ceil(haystack, secret.end().max(at + 1));
        // a counted repeat of anything may end within a character
        let whole = Span::new(floor(text, whole.start()), ceil(text, whole.end()));
        let span = Span::new(floor(text, secret.start()), floor(text, secret.end()));
        let value = span.slice(text);
        if entropy(value) < detector.entropy || is_placeholder(value, detector.human) || in_long_blob(text, span) {
            continue;
        }
        let candidate = Candidate {
            whole: whole.slice(text),
            before: Span::new(whole.start, span.start).slice(text),
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
    let mut kept: BTreeMap<usize, Hit> = BTreeMap::new();
    for (_, hit) in hits {
        let before = kept.range(..hit.span.end).next_back();
        if before.is_none_or(|(_, other)| other.span.end <= hit.span.start) {
            kept.insert(hit.span.start, hit);
        }
    }
    kept.into_values().collect()
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
