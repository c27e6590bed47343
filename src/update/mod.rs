//! A package that was edited by hand, and what its notebook gives now: what becomes of each file.

mod merge;
mod record;

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_parser::parse_module;
use serde::de::IgnoredAny;

pub use merge::{Merged, merge};
pub use record::{RECORD, Record};

/// What an update does with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is what it has to be.
    Same,
    /// It was not there before.
    New,
    /// Nobody had edited it.
    Replaced,
    /// You edited it, and the notebook gives what it gave.
    Kept,
    /// Your edits and the notebook's, in different places.
    Merged,
    /// Edits in the same places: the lines at which the markers open.
    Conflict(Vec<usize>),
    /// Yours stays and what the notebook gives is written beside it, because markers in it would help nobody: why.
    Beside(&'static str),
    /// You deleted it, and it doesn't come back.
    StaysDeleted,
    /// The notebook no longer gives it, and nobody had edited it.
    Removed,
    /// The notebook no longer gives it, but you edited it.
    Outlived,
}

impl Fate {
    /// Whether a person has to look at it.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Fate::Conflict(_) | Fate::Beside(_))
    }
}

/// What an update does, before it is done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Update {
    /// By path.
    pub fates: BTreeMap<String, Fate>,
    /// What is to be written, by path; `None` is to be removed.
    pub changes: BTreeMap<String, Option<Vec<u8>>>,
}

/// Files by path, as they are on the disk.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Where the new text of a file is written that is not merged.
pub fn beside(path: &str) -> String {
    format!("{path}.new")
}

/// The files that an update looks at: those written last, those to be written, and what an earlier update left beside.
pub fn paths(then: &Record, now: &Record) -> BTreeSet<String> {
    let generated: BTreeSet<&String> = then.files.keys().chain(now.files.keys()).collect();
    generated
        .into_iter()
        .flat_map(|path| [path.clone(), beside(path)])
        .collect()
}

/// Conflicts of an earlier update that are still open: files, and the lines of their markers.
pub fn open_conflicts(then: &Record, yours: &Files, now: &Record) -> Vec<(String, Option<usize>)> {
    let mut open = Vec::new();
    let generated: BTreeSet<&String> = then.files.keys().chain(now.files.keys()).collect();
    for path in generated {
        let text = yours
            .get(path)
            .map(|bytes| String::from_utf8_lossy(bytes))
            .unwrap_or_default();
        let marker = |line: &str| [merge::OPENS, merge::CLOSES].contains(&line);
        open.extend(text.lines().position(marker).map(|line| (path.clone(), Some(line + 1))));
        let left = beside(path);
        if yours.contains_key(&left) {
            open.push((left, None));
        }
    }
    open
}

/// Brings a package from what was written last to what is generated now, and keeps what was done to it by hand.
pub fn update(then: &Record, yours: &Files, now: &Record) -> Update {
    let mut out = Update::default();
    let generated: BTreeSet<&String> = then.files.keys().chain(now.files.keys()).collect();
    for path in generated {
        let yours = yours.get(path).map(Vec::as_slice);
        let (fate, change) = fate(path, then.files.get(path), yours, now.files.get(path));
        match (&fate, change) {
            (Fate::Beside(_), Some(text)) => drop(out.changes.insert(beside(path), Some(text.into_bytes()))),
            (Fate::Removed, _) => drop(out.changes.insert(path.clone(), None)),
            (_, Some(text)) => drop(out.changes.insert(path.clone(), Some(text.into_bytes()))),
            (_, None) => {}
        }
        out.fates.insert(path.clone(), fate);
    }
    if then != now {
        out.changes.insert(RECORD.to_owned(), Some(now.to_text().into_bytes()));
    }
    out
}

/// What becomes of one file, and what is written for it.
fn fate(path: &str, base: Option<&String>, yours: Option<&[u8]>, theirs: Option<&String>) -> (Fate, Option<String>) {
    let Some(bytes) = yours else {
        return match (base, theirs) {
            (None, Some(theirs)) => (Fate::New, Some(theirs.clone())),
            (Some(_), Some(_)) => (Fate::StaysDeleted, None),
            _ => (Fate::Same, None),
        };
    };
    let is = |text: Option<&String>| text.is_some_and(|text| text.as_bytes() == bytes);
    let Some(text) = std::str::from_utf8(bytes).ok() else {
        return match theirs {
            Some(theirs) if base != Some(theirs) => (Fate::Beside("yours is not UTF-8"), Some(theirs.clone())),
            Some(_) => (Fate::Kept, None),
            None => (Fate::Outlived, None),
        };
    };
    // version control may have given every line its system's end
    let dos = !text.is_empty() && text.matches('\n').count() == text.matches("\r\n").count() && text.contains('\n');
    if dos && !is(base) && !is(theirs) {
        let unix = text.replace("\r\n", "\n");
        let (fate, change) = fate_of_text(path, base, &unix, theirs);
        return (fate, change.map(|text| text.replace('\n', "\r\n")));
    }
    fate_of_text(path, base, text, theirs)
}

fn fate_of_text(path: &str, base: Option<&String>, yours: &str, theirs: Option<&String>) -> (Fate, Option<String>) {
    let edited = base.is_none_or(|base| base != yours);
    let Some(theirs) = theirs else {
        return (if edited { Fate::Outlived } else { Fate::Removed }, None);
    };
    if yours == theirs {
        return (Fate::Same, None);
    }
    if !edited {
        return (Fate::Replaced, Some(theirs.clone()));
    }
    let Some(base) = base else {
        let reason = "a file of yours has this name";
        return (Fate::Beside(reason), Some(theirs.clone()));
    };
    if base == theirs {
        return (Fate::Kept, None);
    }
    let merged = merge(base, yours, theirs);
    if !merged.conflicts.is_empty() && !is_json(path) {
        return (Fate::Conflict(merged.conflicts), Some(merged.text));
    }
    if !merged.conflicts.is_empty() {
        let reason = "both changed the same lines, and markers would make it unreadable";
        return (Fate::Beside(reason), Some(theirs.clone()));
    }
    if is_whole(path, yours) && !is_whole(path, &merged.text) {
        let reason = "both changed it, and the lines of both together are not valid";
        return (Fate::Beside(reason), Some(theirs.clone()));
    }
    if merged.text == yours {
        (Fate::Kept, None)
    } else {
        (Fate::Merged, Some(merged.text))
    }
}

fn is_json(path: &str) -> bool {
    path.ends_with(".json") || path.ends_with(".ipynb")
}

/// Whether a text can be read as what its name says.
fn is_whole(path: &str, text: &str) -> bool {
    if is_json(path) {
        serde_json::from_str::<IgnoredAny>(text).is_ok()
    } else if path.ends_with(".py") {
        parse_module(text).is_ok()
    } else if path.ends_with(".toml") {
        text.parse::<toml_edit::DocumentMut>().is_ok()
    } else {
        true
    }
}
