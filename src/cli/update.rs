//! `graduate --update`: what the notebook gives now goes into a package that was edited by hand.

use std::path::Path;

use crate::emit::Tree;
use crate::io;
use crate::report::printable;
use crate::update::{self, Fate, Files, RECORD, Record, Update};

use super::Outcome;
use super::talk::{UserError, note};

/// A package on the disk, as an update sees it.
pub(super) struct Package<'p> {
    pub folder: &'p Path,
    pub record: Record,
}

impl<'p> Package<'p> {
    /// Reads what was written last; nothing where the folder holds no files yet.
    pub fn read(folder: &'p Path) -> Result<Option<Self>, UserError> {
        if io::is_empty_or_absent(folder)? {
            return Ok(None);
        }
        let path = folder.join(RECORD);
        if !io::exists(&path) {
            return Err(UserError::new(
                format!(
                    "{}: it can't be known what was written here last: there is no {RECORD}",
                    folder.display()
                ),
                "graduate into another folder with --output and compare, or overwrite the files here with --force",
            ));
        }
        let record = Record::read(&io::read(&path)?).map_err(|error| {
            UserError::new(
                format!("{}: the record can't be read: {error}", path.display()),
                "restore it from version control",
            )
        })?;
        Ok(Some(Self { folder, record }))
    }

    /// What the update to `now` would do.
    ///
    /// # Errors
    /// What can't be read.
    pub fn plan(&self, now: &Record) -> Result<Planned<'p>, UserError> {
        let paths = update::paths(&self.record, now);
        let yours = io::read_below(self.folder, paths.iter().map(String::as_str))?;
        Ok(Planned {
            folder: self.folder,
            open: update::open_conflicts(&self.record, &yours, now),
            update: update::update(&self.record, &yours, now),
            yours,
        })
    }
}

/// An update that has not been made.
pub(super) struct Planned<'p> {
    folder: &'p Path,
    open: Vec<(String, Option<usize>)>,
    yours: Files,
    update: Update,
}

impl Planned<'_> {
    /// Says which conflicts of an earlier update are still open. While there are some, nothing is written.
    pub fn says_open(&self) -> bool {
        for (path, line) in &self.open {
            let place = line.map_or_else(String::new, |line| format!(":{line}"));
            note(&format!(
                "{}{place}: a conflict of an earlier update is still open; nothing was written",
                self.folder.join(path).display()
            ));
        }
        if !self.open.is_empty() {
            note("hint: edit the file until its markers are gone, remove what ends in `.new`, and update again");
        }
        !self.open.is_empty()
    }

    /// The generated files as they will be: what `--verify` has to run.
    pub fn result(&self, now: &Record) -> Tree {
        let mut tree = Tree::default();
        for path in now.files.keys() {
            let bytes = match self.update.changes.get(path) {
                Some(change) => change.as_ref(),
                None => self.yours.get(path),
            };
            if let Some(bytes) = bytes {
                tree.insert(path, String::from_utf8_lossy(bytes));
            }
        }
        tree
    }

    /// Makes the changes.
    ///
    /// # Errors
    /// What the disk refuses; the package is then as it was.
    pub fn make(&self) -> Result<(), UserError> {
        Ok(io::revise(self.folder, &self.update.changes, RECORD)?)
    }

    /// Whether a person has work left.
    pub fn outcome(&self) -> Outcome {
        let open = self.update.fates.values().any(Fate::is_conflict);
        if open { Outcome::Findings } else { Outcome::Clean }
    }

    /// A line for each file that is not as it was, or not as it is generated; then how many of each kind.
    pub fn describe(&self, name: &str, verb: &str) -> String {
        let mut out = String::new();
        for (path, fate) in &self.update.fates {
            let path = printable(&self.folder.join(path).display().to_string()).into_owned();
            match fate {
                Fate::Same => {}
                Fate::Conflict(lines) => {
                    lines
                        .iter()
                        .for_each(|line| out.push_str(&format!("{path}:{line}: {}\n", word(fate))));
                }
                Fate::Beside(reason) => {
                    let new = update::beside(&path);
                    out.push_str(&format!("{path}: {}: {reason}; the new one is {new}\n", word(fate)));
                }
                _ => out.push_str(&format!("{path}: {}\n", word(fate))),
            }
        }
        let mut counts: Vec<(usize, &str)> = Vec::new();
        for fate in self.update.fates.values() {
            match counts.iter_mut().find(|(_, known)| *known == word(fate)) {
                Some((count, _)) => *count += 1,
                None => counts.push((1, word(fate))),
            }
        }
        counts.sort_by_key(|(count, word)| (std::cmp::Reverse(*count), *word));
        let counts: Vec<String> = counts
            .into_iter()
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        out.push_str(&format!(
            "{name}: {} {verb}: {}\n",
            self.folder.display(),
            counts.join(", ")
        ));
        out
    }

    /// The difference that the changes make, secrets hidden on both sides.
    pub fn difference(&self, difference: impl Fn(&str, &str, &str) -> String) -> String {
        let text = |bytes: Option<&Vec<u8>>| bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        let changes = self.update.changes.iter().filter(|(path, _)| *path != RECORD);
        changes
            .map(|(path, change)| {
                let before = text(self.yours.get(path)).unwrap_or_default();
                let after = text(change.as_ref()).unwrap_or_default();
                difference(&self.folder.join(path).display().to_string(), &before, &after)
            })
            .collect()
    }
}

fn word(fate: &Fate) -> &'static str {
    match fate {
        Fate::Same => "unchanged",
        Fate::New => "new",
        Fate::Replaced => "replaced",
        Fate::Kept => "kept as you edited it",
        Fate::Merged => "merged with your edits",
        Fate::Conflict(_) | Fate::Beside(_) => "conflict",
        Fate::StaysDeleted => "stays deleted",
        Fate::Removed => "removed",
        Fate::Outlived => "kept as you edited it, and no longer generated",
    }
}
