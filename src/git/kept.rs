//! Notebooks as they were before the filter took something out, kept under the git folder and found again by what was
//! left of them.

use std::path::PathBuf;

use sha2::{Digest, Sha256};

use crate::io::{self, FileError};

use super::{Git, GitError, path_from};

/// The notebooks that are kept for a repository, all of its working trees together.
#[derive(Clone, Debug)]
pub struct Kept {
    folder: PathBuf,
}

impl Kept {
    /// # Errors
    /// There is no repository here.
    pub fn of(git: &Git) -> Result<Self, GitError> {
        let common = path_from(&git.line(&["rev-parse", "--git-common-dir"])?);
        Ok(Self {
            folder: git.folder().join(common).join("mortarboard").join("outputs"),
        })
    }

    /// Keeps `whole` for the day when git writes `cleaned` to the working tree. The latest is kept.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn keep(&self, cleaned: &[u8], whole: &[u8]) -> Result<(), FileError> {
        let path = self.path(cleaned);
        if io::read_bytes(&path)?.as_deref() == Some(whole) {
            return Ok(());
        }
        io::write_with_folders(&path, whole)
    }

    /// The notebook of which `cleaned` was left.
    ///
    /// # Errors
    /// A file that is there and can't be read.
    pub fn find(&self, cleaned: &[u8]) -> Result<Option<Vec<u8>>, FileError> {
        io::read_bytes(&self.path(cleaned))
    }

    /// How many notebooks are kept, and their bytes.
    pub fn extent(&self) -> (usize, u64) {
        io::extent(&self.folder)
    }

    pub fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    fn path(&self, cleaned: &[u8]) -> PathBuf {
        let hash: String = Sha256::digest(cleaned)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let (first, rest) = hash.split_at(2);
        self.folder.join(first).join(format!("{rest}.ipynb"))
    }
}
