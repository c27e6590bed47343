//! Personal data in outputs: e-mail addresses, payment cards, bank accounts, national ids, phone numbers.

use std::cell::LazyCell;
use std::sync::{LazyLock, OnceLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::bytes::{Regex, RegexBuilder};

use crate::finding::{Confidence, Located, Place, PlaceKind};
use crate::notebook::Notebook;
use crate::text::{Masker, Span};

use super::Secrets;
use super::engine::Hit;
use super::national;
use super::shape::Shape;
use super::table::{self, is_word, places_of};
use super::view::{self, Sought};

/// Personal data of one kind in one output.
#[derive(Debug)]
pub struct Personal {
    /// `e-mail`
    pub kind: &'static str,
    /// `e-mail address`
    pub name: &'static str,
    pub count: usize,
    /// The first of them.
    pub place: Place,
}

/// A kind: its id, its name, its pattern, words one of which must stand near it or head its table (none: its form is
/// enough), and what else must be true of it.
pub(super) struct Kind {
    pub id: &'static str,
    pub name: &'static str,
    pub pattern: &'static str,
    pub words: &'static [&'static str],
    pub is: fn(&str) -> bool,
}

const KINDS: [Kind; 6] = [
    Kind {
        id: "e-mail",
        name: "e-mail address",
        pattern: r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,12}",
        words: &[],
        is: is_email,
    },
    Kind {
        id: "card",
        name: "payment card number",
        pattern: r"[3-6][0-9]{3}(?:[ -][0-9]{4}){3}|3[47][0-9]{2}[ -][0-9]{6}[ -][0-9]{5}",
        words: &[],
        is: is_card,
    },
    Kind {
        id: "card",
        name: "payment card number",
        pattern: r"[3-6][0-9]{14,15}",
        words: &[
            "card",
            "credit",
            "debit",
            "pan",
            "visa",
            "mastercard",
            "amex",
            "cc_num",
            "ccnum",
        ],
        is: is_card,
    },
    Kind {
        id: "iban",
        name: "bank account (IBAN)",
        pattern: r"[A-Z]{2}[0-9]{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,4})?",
        words: &[],
        is: is_iban,
    },
    Kind {
        id: "phone",
        name: "phone number",
        pattern: r"\+[0-9]{1,3}[ .-]?\(?[0-9]{1,4}\)?(?:[ .-]?[0-9]{2,4}){2,4}",
        words: &[
            "phone",
            "tel",
            "mobile",
            "telefon",
            "téléphone",
            "teléfono",
            "telefono",
            "handy",
            "fax",
            "whatsapp",
            "cell",
        ],
        is: |_| true,
    },
    Kind {
        id: "phone",
        name: "phone number",
        pattern: r"\(?[0-9]{3}\)?[ .-][0-9]{3}[ .-][0-9]{4}",
        words: &["phone", "tel", "mobile", "telefon", "fax", "cell"],
        is: |_| true,
    },
];

const COUNT: usize = KINDS.len() + national::KINDS.len();

fn kinds() -> impl Iterator<Item = &'static Kind> {
    KINDS.iter().chain(&national::KINDS)
}

/// The personal data in the outputs of a notebook, in order.
///
/// `secrets` stand in the same lines, and are no more shown than the data is.
pub fn personal(notebook: &Notebook<'_>, secrets: &Secrets) -> Vec<Personal> {
    let sought = Sought {
        hits_in: &hits_in,
        may_hold,
        everywhere: false,
    };
    let mut found: Vec<Personal> = Vec::new();
    for view in view::collect(notebook, sought) {
        if view.at.kind != PlaceKind::Output {
            continue;
        }
        let data = view.hits.iter().map(|hit| hit.span.slice(&view.text));
        let masker = Masker::new(data.chain(secrets.found.iter().map(super::Secret::value)));
        let located = Located::new(&view.text, &view.map);
        for hit in &view.hits {
            let known = found.iter_mut().find(|other| {
                other.kind == hit.detector && (other.place.cell, other.place.output) == (view.at.cell, view.at.output)
            });
            match known {
                Some(known) => known.count += 1,
                None => found.push(Personal {
                    kind: hit.detector,
                    name: hit.name,
                    count: 1,
                    place: located.place(view.at.kind, view.at.cell, view.at.output, hit.span, &masker),
                }),
            }
        }
    }
    found
}

fn may_hold(text: &str) -> bool {
    let shaped = |(kind, shape): (&Kind, &Shape)| kind.words.is_empty() && shape.fits(text.as_bytes());
    kinds().zip(&*SHAPES).any(shaped) || WORDS.automaton.as_ref().is_some_and(|words| words.is_match(text))
}

pub(super) fn hits_in(text: &str) -> Vec<Hit> {
    static PATTERNS: [OnceLock<Option<Regex>>; COUNT] = [const { OnceLock::new() }; COUNT];
    let mut hits: Vec<Hit> = Vec::new();
    let said = said(text);
    for (((kind, pattern), shape), said) in kinds().zip(&PATTERNS).zip(&*SHAPES).zip(said) {
        if !((said || kind.words.is_empty()) && shape.fits(text.as_bytes())) {
            continue;
        }
        let headed = LazyCell::new(|| table::headed(text, kind.words));
        let pattern = pattern.get_or_init(|| RegexBuilder::new(kind.pattern).unicode(false).build().ok());
        for found in pattern.iter().flat_map(|pattern| pattern.find_iter(text.as_bytes())) {
            let before = text.get(..found.start()).unwrap_or_default();
            let after = text.get(found.end()..).unwrap_or_default();
            // digits of a float, of a longer number, of a word
            let joined = before
                .ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '@' | '='))
                || after.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '@' | '/'))
                || (kind.id != "e-mail"
                    && after.starts_with(['.', '-'])
                    && after.chars().nth(1).is_some_and(|c| c.is_ascii_digit()));
            let among_numbers = kind.id == "card" && (ends_in_coordinates(before) || starts_with_number(after));
            let span = Span::new(found.start(), found.end());
            // a cell of several words is known by one of them
            let in_column = || headed.iter().any(|cell| cell.start < span.end && span.start < cell.end);
            let near = || kind.words.is_empty() || says(before, kind.words) || in_column();
            if joined || among_numbers || !(kind.is)(span.slice(text)) || !near() {
                continue;
            }
            hits.push(Hit {
                detector: kind.id,
                name: kind.name,
                confidence: Confidence::Likely,
                span,
            });
        }
    }
    hits.sort_by_key(|hit| hit.span);
    hits.dedup_by(|later, first| later.span.start < first.span.end);
    hits
}

/// What tells of each kind at a glance that a text holds none.
static SHAPES: LazyLock<Vec<Shape>> = LazyLock::new(|| kinds().map(|kind| Shape::of(kind.pattern)).collect());

/// The words of all kinds, and the rank of each one's kind.
struct Words {
    automaton: Option<AhoCorasick>,
    ranks: Vec<usize>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let words = kinds()
        .enumerate()
        .flat_map(|(rank, kind)| kind.words.iter().map(move |word| (rank, word)));
    let (ranks, words): (Vec<usize>, Vec<&str>) = words.unzip();
    let automaton = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::DFA))
        .build(words)
        .ok();
    Words { automaton, ranks }
});

/// For each kind, whether the text holds one of its words.
fn said(text: &str) -> [bool; COUNT] {
    let mut said = [false; COUNT];
    for found in WORDS
        .automaton
        .iter()
        .flat_map(|words| words.find_overlapping_iter(text))
    {
        let rank = WORDS.ranks.get(found.pattern().as_usize());
        if let Some(said) = rank.and_then(|rank| said.get_mut(*rank)) {
            *said |= is_word(text, found.start(), found.end());
        }
    }
    said
}

/// Whether a text ends in a number, or in a command of a drawing, which numbers follow: `Q 2544 4750 2975 4387`.
fn ends_in_coordinates(before: &str) -> bool {
    let mut last = before.strip_suffix(' ').unwrap_or_default().chars().rev();
    let (last, beside) = (last.next(), last.next());
    last.is_some_and(|c| {
        c.is_ascii_digit() || (c.is_ascii_alphabetic() && beside.is_none_or(|beside| !beside.is_alphanumeric()))
    })
}

fn starts_with_number(after: &str) -> bool {
    let rest = after.strip_prefix(' ').unwrap_or_default();
    rest.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether one of the words stands shortly before.
fn says(before: &str, words: &[&str]) -> bool {
    let mut start = before.len().saturating_sub(60);
    while !before.is_char_boundary(start) {
        start += 1;
    }
    let near = before.get(start..).unwrap_or_default();
    places_of(words, near).next().is_some()
}

fn is_email(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let (user, host) = lower.split_once('@').unwrap_or_default();
    let stand_ins = [
        "example",
        "domain.",
        "email.com",
        "test.",
        "acme.",
        "localhost",
        "company.",
        "yourdomain",
        "mail.com.",
    ];
    let robots = [
        "noreply", "no-reply", "git", "user", "username", "name", "me", "you", "info", "support", "admin", "root",
    ];
    let file = ["png", "jpg", "svg", "js", "css", "py", "whl", "gz", "local", "internal"];
    let ending = host.rsplit('.').next().unwrap_or_default();
    !stand_ins
        .iter()
        .any(|word| host.starts_with(word) || host.contains(&format!(".{word}")))
        && !robots.contains(&user)
        && !file.contains(&ending)
}

fn is_card(value: &str) -> bool {
    let digits: Vec<u32> = value.chars().filter_map(|c| c.to_digit(10)).collect();
    let varied = digits.windows(2).filter(|pair| pair.first() != pair.get(1)).count() >= 4;
    varied && luhn(&digits)
}

/// Every second digit doubled, the sum ends in zero.
pub(super) fn luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, digit)| {
            if i % 2 == 1 {
                digit * 2 / 10 + digit * 2 % 10
            } else {
                *digit
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

fn is_iban(value: &str) -> bool {
    let compact: String = value.chars().filter(|c| *c != ' ').collect();
    if !(15..=34).contains(&compact.len()) {
        return false;
    }
    let (head, tail) = compact.split_at_checked(4).unwrap_or_default();
    let remainder = tail.chars().chain(head.chars()).try_fold(0_u32, |sum, c| {
        let digit = c.to_digit(36)?;
        Some(if digit < 10 {
            (sum * 10 + digit) % 97
        } else {
            (sum * 100 + digit) % 97
        })
    });
    remainder == Some(1)
}

#[cfg(test)]
mod tests {
    use super::hits_in;

    #[test]
    fn what_is_personal_and_what_is_not() {
        let kinds = |text: &str| hits_in(text).iter().map(|hit| hit.detector).collect::<Vec<_>>();
        assert_eq!(kinds("write to ann.smith@uni-ulm.de"), ["e-mail"]);
        assert_eq!(kinds("paid with 4012 8888 8888 1881"), ["card"]);
        assert_eq!(kinds("IBAN DE89 3704 0044 0532 0130 00."), ["iban"]);
        assert_eq!(kinds("name  ssn\nAnn  219-09-9999"), ["national-id"]);
        assert_eq!(kinds("phone: +49 731 50 10 10"), ["phone"]);
        assert_eq!(
            kinds("<thead><tr><th>Phone</th></tr></thead><tbody><tr><td>(415) 555-0132</td>"),
            ["phone"]
        );
        assert_eq!(kinds("card_number\n0  4012888888881881"), ["card"]);
        for text in [
            "git@github.com:a/b.git",
            "me@example.org",
            "0.4012888888881881",
            "id 4012888888881881",
            "4012 8888 8888 1882",
            "2020-09-9999 219-09-9999",
            "x = 731 501 1010",
            "logo@2x.png",
            "Q 4012 8888 8888 1881 \nQ 1",
            "1 4012 8888 8888 1881",
            "4012 8888 8888 1881 22",
        ] {
            assert_eq!(kinds(text), Vec::<&str>::new(), "{text}");
        }
    }
}
