//! Differences of texts, by line and within lines by word.

use std::borrow::Cow;

use similar::{ChangeTag, DiffTag, TextDiff};

/// Lines around a change that are shown with it.
const CONTEXT: usize = 3;
/// Lines past which words are not compared: nobody reads on, and it takes time.
const LINES: usize = 5_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Both,
    Old,
    New,
}

/// A line, in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub side: Side,
    /// Text, and whether it is what differs within the line.
    pub parts: Vec<(bool, String)>,
}

/// Lines that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// The first line's number in each text, from 1.
    pub old_start: usize,
    pub new_start: usize,
    pub lines: Vec<Line>,
}

/// What differs between two texts.
pub(super) fn hunks(old: &str, new: &str) -> Vec<Hunk> {
    let (old_ended, new_ended) = (ended(old), ended(new));
    // the last line is as it was when only another follows it
    let (old, new) = if old_ended == new_ended {
        (old, new)
    } else {
        (old_ended.as_ref(), new_ended.as_ref())
    };
    let diff = TextDiff::from_lines(old, new);
    let words = old.lines().count() + new.lines().count() <= LINES;
    let groups = diff.grouped_ops(CONTEXT);
    groups
        .iter()
        .filter(|group| group.iter().any(|op| op.tag() != DiffTag::Equal))
        .map(|group| {
            let start = group.first().map(|op| (op.old_range().start, op.new_range().start));
            let (old_start, new_start) = start.unwrap_or_default();
            let mut lines = Vec::new();
            for op in group {
                if words {
                    lines.extend(diff.iter_inline_changes(op).map(|change| {
                        let parts = change
                            .iter_strings_lossy()
                            .map(|(differs, text)| (differs, text.into_owned()));
                        line(change.tag(), parts.collect())
                    }));
                } else {
                    let changes = diff.iter_changes(op);
                    lines.extend(changes.map(|change| line(change.tag(), vec![(false, change.value().to_owned())])));
                }
            }
            Hunk {
                old_start: old_start + 1,
                new_start: new_start + 1,
                lines,
            }
        })
        .collect()
}

/// A text whose last line ends as the others do.
fn ended(text: &str) -> Cow<'_, str> {
    if text.is_empty() || text.ends_with('\n') {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("{text}\n"))
    }
}

fn line(tag: ChangeTag, mut parts: Vec<(bool, String)>) -> Line {
    if let Some((_, last)) = parts.last_mut() {
        last.truncate(last.trim_end_matches(['\n', '\r']).len());
    }
    Line {
        side: match tag {
            ChangeTag::Equal => Side::Both,
            ChangeTag::Delete => Side::Old,
            ChangeTag::Insert => Side::New,
        },
        parts,
    }
}
