//! The files to be written, as a value.

use std::collections::BTreeMap;

/// Files by relative path with forward slashes. Nothing is on disk until `io::commit` writes it all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    pub files: BTreeMap<String, String>,
}

impl Tree {
    pub fn insert(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.files.insert(path.into(), text.into());
    }
}
