//! Names of users outside of their home directories: `jdoe@host`, `owner: jdoe`, `/scratch/jdoe`, `ls -l`.
//!
//! A name is known from a home directory of the same notebook. As it may be a word as well, what stands around it must
//! say that it is a user's.

use std::cell::LazyCell;
use std::collections::BTreeSet;

use memchr::memmem;

use crate::finding::Confidence;
use crate::text::Span;

use super::engine::Hit;
use super::table;

/// Shorter names are parts of too much.
const SHORTEST: usize = 3;
/// Bytes of a line, to each side of a name, that say what it is.
const REACH: usize = 400;

/// Words that a user's name follows, alone or as the end of `LOGNAME`, `sudo_user`, `--user`.
const BEFORE: [&str; 9] = [
    "author", "by", "gid", "groups", "login", "logname", "owner", "uid", "user",
];
const HEADINGS: [&str; 4] = ["login", "owner", "user", "username"];

/// The known names in a text, where they are a user's.
pub(super) fn names_in(text: &str, names: &BTreeSet<String>) -> Vec<Hit> {
    let cells = LazyCell::new(|| table::headed(text, &HEADINGS));
    let mut hits = Vec::new();
    for name in names.iter().filter(|name| name.len() >= SHORTEST) {
        for at in memmem::find_iter(text.as_bytes(), name.as_bytes()) {
            let span = Span::new(at, at + name.len());
            if is_apart(text, span) && (is_users(text, span) || cells.contains(&span)) {
                hits.push(Hit {
                    detector: "user-name",
                    name: "a user name",
                    confidence: Confidence::Likely,
                    span,
                });
            }
        }
    }
    hits.sort_by_key(|hit| (hit.span.start, std::cmp::Reverse(hit.span.end)));
    hits.dedup_by(|later, first| later.span.start < first.span.end);
    hits
}

/// Whether the name is a word of its own; a full stop may end the sentence.
fn is_apart(text: &str, span: Span) -> bool {
    let joins = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let before = text.get(..span.start).and_then(|before| before.chars().next_back());
    let mut after = text.get(span.end..).unwrap_or_default().chars();
    let (next, second) = (after.next(), after.next());
    let goes_on = next.is_some_and(joins) || (next == Some('.') && second.is_some_and(char::is_alphanumeric));
    !goes_on && !before.is_some_and(|c| joins(c) || matches!(c, '.' | '@'))
}

/// Whether what stands around it in its line says that it is a user's.
fn is_users(text: &str, span: Span) -> bool {
    let (before, after) = (line_before(text, span.start), line_after(text, span.end));
    let at_host = after
        .strip_prefix('@')
        .is_some_and(|host| host.starts_with(char::is_alphanumeric));
    let alone = before.trim().is_empty() && after.trim().is_empty();
    at_host || alone || ends_in_folder(before) || ends_in_word(before) || is_listed(before, after)
}

fn line_before(text: &str, end: usize) -> &str {
    let start = (end.saturating_sub(REACH)..=end).find(|at| text.is_char_boundary(*at));
    let near = start.and_then(|start| text.get(start..end)).unwrap_or_default();
    near.rsplit('\n').next().unwrap_or_default()
}

fn line_after(text: &str, start: usize) -> &str {
    let rest = text.get(start..).unwrap_or_default();
    let end = (0..=REACH.min(rest.len())).rev().find(|at| rest.is_char_boundary(*at));
    let near = end.and_then(|end| rest.get(..end)).unwrap_or_default();
    near.split('\n').next().unwrap_or_default()
}

/// `/scratch/`, `D:\data\`, `CORP\`: a folder from the root on, or a domain. Addresses of the web are public.
fn ends_in_folder(before: &str) -> bool {
    let parts = |c: char| c.is_whitespace() || "\"'`=,;:|<>()[]".contains(c);
    let run = before.rsplit(parts).next().unwrap_or_default();
    let web = run.starts_with("//") && !run.starts_with("///");
    let domain = run
        .strip_suffix('\\')
        .is_some_and(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
    let rooted = run.starts_with(['/', '\\', '~']) && run.ends_with(['/', '\\']);
    domain || (rooted && !web)
}

/// `user=`, `"owner": "`, `uid=1000(`, `--user `, `by `
fn ends_in_word(before: &str) -> bool {
    let number = before
        .strip_suffix('(')
        .map(|id| id.trim_end_matches(|c: char| c.is_ascii_digit()));
    let sign = number.unwrap_or(before).trim_end_matches(['"', '\'', '`', ' ']);
    let word = sign
        .strip_suffix([':', '='])
        .unwrap_or(sign)
        .trim_end_matches(['"', '\'', ' ']);
    let parted = word.len() < before.len();
    let option = before.ends_with(" -u ");
    let last = word
        .rsplit(|c: char| !c.is_ascii_alphabetic())
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let said = BEFORE.contains(&last.as_str()) || last.ends_with("user") || last == "username";
    parted && (said || option)
}

/// A line of `ls -l`, or one of `ps`, which starts with the name and a number.
fn is_listed(before: &str, after: &str) -> bool {
    let mode = before
        .trim_start()
        .split(' ')
        .next()
        .unwrap_or_default()
        .trim_end_matches(['.', '+', '@']);
    let kind = mode.starts_with(['-', 'd', 'l', 'c', 'b', 'p', 's']);
    let of_mode = |c: char| matches!(c, 'r' | 'w' | 'x' | '-' | 's' | 't' | 'S' | 'T');
    let rights = mode.len() == 10 && kind && mode.chars().skip(1).all(of_mode);
    let mut numbers = after.split_ascii_whitespace().map(|word| word.parse::<f64>().is_ok());
    let counted =
        before.is_empty() && after.starts_with(' ') && numbers.next() == Some(true) && numbers.next() == Some(true);
    rights || counted
}
