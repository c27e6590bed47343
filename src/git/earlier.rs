//! Files as they were at a revision.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use super::{Git, GitError, path_from};

/// A revision of the repository that a folder lies in, to compare the working tree with.
#[derive(Clone, Debug)]
pub struct Earlier {
    git: Git,
    top: PathBuf,
    /// The blobs of its tree, by path from the top.
    blobs: BTreeMap<PathBuf, String>,
    /// New names in the working tree, and the old ones.
    renamed: BTreeMap<PathBuf, PathBuf>,
}

impl Earlier {
    /// The revision that `name` names, seen from the folder that the user is in.
    ///
    /// # Errors
    /// There is no repository or no such revision here.
    pub fn at(name: &str) -> Result<Self, GitError> {
        let git = Git::here();
        let up = path_from(&git.line(&["rev-parse", "--show-cdup"])?);
        let wanted = format!("{name}^{{commit}}");
        let commit = git
            .line(&["rev-parse", "--verify", "--end-of-options", &wanted])
            .map_err(|_| {
                GitError::new(
                    format!("git knows no revision `{name}` here"),
                    "name a branch, a tag or a commit: `git log --oneline` lists some; a shallow clone may lack it",
                )
            })?;
        let commit = String::from_utf8_lossy(&commit).into_owned();
        let top = plain(&up)?;
        let tree = git.run(&["ls-tree", "-r", "-z", "--full-tree", &commit])?;
        let moved = git.run(&[
            "diff",
            "--name-status",
            "-z",
            "-M",
            "--diff-filter=R",
            "--no-ext-diff",
            &commit,
        ])?;
        let mut fields = moved.split(|byte| *byte == 0);
        let mut renamed = BTreeMap::new();
        // each rename is `R097`, the old name, the new name
        while let (Some(_), Some(old), Some(new)) = (fields.next(), fields.next(), fields.next()) {
            renamed.insert(path_from(new), path_from(old));
        }
        Ok(Self {
            git,
            top,
            blobs: tree.split(|byte| *byte == 0).filter_map(entry).collect(),
            renamed,
        })
    }

    /// What the file `path` held then, under its name of then; nothing where there was no such file.
    ///
    /// # Errors
    /// Git can't be run, or fails.
    pub fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, GitError> {
        let path = plain(path)?;
        let Ok(inside) = path.strip_prefix(&self.top) else {
            return Ok(None);
        };
        let old = self.renamed.get(inside).map_or(inside, PathBuf::as_path);
        let Some(id) = self.blobs.get(old) else {
            return Ok(None);
        };
        self.git.run(&["cat-file", "blob", id]).map(Some)
    }
}

/// `100644 blob 3b18e5…<tab>path`
fn entry(line: &[u8]) -> Option<(PathBuf, String)> {
    let tab = line.iter().position(|byte| *byte == b'\t')?;
    let (head, path) = (line.get(..tab)?, line.get(tab + 1..)?);
    let id = head.rsplit(|byte| *byte == b' ').next()?;
    let blob = head.split(|byte| *byte == b' ').nth(1) == Some(b"blob");
    blob.then(|| (path_from(path), String::from_utf8_lossy(id).into_owned()))
}

/// A path from the root, without `..`, and as the user wrote it: links stay.
fn plain(path: &Path) -> Result<PathBuf, GitError> {
    let absolute = std::path::absolute(Path::new(".").join(path))
        .map_err(|error| GitError::new(format!("{}: {error}", path.display()), "go into a folder that is there"))?;
    let mut out = PathBuf::new();
    for part in absolute.components() {
        match part {
            Component::ParentDir => {
                out.pop();
            }
            Component::CurDir => {}
            part => out.push(part),
        }
    }
    Ok(out)
}
