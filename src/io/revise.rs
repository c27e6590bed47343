//! Changing some files of a folder: all of the changes or none.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Component, Path, PathBuf};

use super::FileError;

/// The files of `folder` at these paths; those that are not there are left out.
///
/// # Errors
/// A path that climbs out of the folder or leads through a link, and what can't be read.
pub fn read_below<'p>(
    folder: &Path,
    paths: impl IntoIterator<Item = &'p str>,
) -> Result<BTreeMap<String, Vec<u8>>, FileError> {
    let mut found = BTreeMap::new();
    for path in paths {
        let target = inside(folder, path)?;
        if let Some(bytes) = super::read_bytes(&target)? {
            found.insert(path.to_owned(), bytes);
        }
    }
    Ok(found)
}

/// Makes changes below `folder`: new bytes by path, `None` for what goes away. All new files are on the disk before the
/// first takes its place, and should one not be able to, those before it are put back. `last` takes its place after
/// all others: as long as it is old, the changes can be made again.
///
/// # Errors
/// A path that climbs out of the folder or leads through a link, and what the disk refuses; all is then as it was.
pub fn revise(folder: &Path, changes: &BTreeMap<String, Option<Vec<u8>>>, last: &str) -> Result<(), FileError> {
    let staging = Staging::below(folder)?;
    let mut moves = Vec::new();
    for (at, (path, bytes)) in changes.iter().enumerate() {
        let target = inside(folder, path)?;
        let new = bytes
            .as_deref()
            .map(|bytes| staging.write(at, &target, bytes))
            .transpose()?;
        moves.push(Move {
            old: staging.keep(at, &target)?,
            is_last: path == last,
            new,
            target,
        });
    }
    moves.sort_by_key(|change| change.is_last);
    for (done, change) in moves.iter().enumerate() {
        if let Err(error) = change.make() {
            let back: Vec<bool> = moves.iter().take(done).rev().map(Move::unmake).collect();
            let whole = back.into_iter().all(|back| back);
            return Err(if whole { error } else { staging.stays(&error) });
        }
    }
    Ok(())
}

/// A path below `folder`, and not by way of a link.
fn inside(folder: &Path, path: &str) -> Result<PathBuf, FileError> {
    let mut target = folder.to_owned();
    for part in Path::new(path).components() {
        if !matches!(part, Component::Normal(_)) {
            return Err(FileError::new(
                folder,
                format!("{path:?} would lie outside of it"),
                "the package's record is damaged: restore it from version control",
            ));
        }
        target.push(part);
        if fs::symlink_metadata(&target).is_ok_and(|facts| facts.is_symlink()) {
            return Err(FileError::new(
                &target,
                "this is a link, and what it leads to is left alone",
                "put a file or a folder in its place",
            ));
        }
    }
    Ok(target)
}

/// A folder for files on their way, inside the one to change and so on the same disk. It goes away with this value.
struct Staging(PathBuf);

impl Staging {
    fn below(folder: &Path) -> Result<Self, FileError> {
        let path = folder.join(format!(".mortarboard.{}.tmp", std::process::id()));
        fs::create_dir(&path).map_err(|error| FileError::from_io(folder, &error))?;
        Ok(Self(path))
    }

    /// The file's new self, with the permissions that it has.
    fn write(&self, at: usize, target: &Path, bytes: &[u8]) -> Result<PathBuf, FileError> {
        let failed = |error: std::io::Error| FileError::from_io(target, &error);
        let path = self.0.join(format!("{at}.new"));
        let mut file = File::create(&path).map_err(failed)?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
        if let Ok(facts) = fs::metadata(target) {
            fs::set_permissions(&path, facts.permissions()).map_err(failed)?;
        }
        Ok(path)
    }

    /// Leaves the folder where it is: it has the only copies of files that could not be put back.
    fn stays(self, error: &FileError) -> FileError {
        let path = std::mem::ManuallyDrop::new(self).0.clone();
        let message = format!("{error}; files that could not be put back are in it, as they were");
        FileError::new(&path, message, "copy them back, and remove this folder")
    }

    /// A copy of the file as it is, where there is one.
    fn keep(&self, at: usize, target: &Path) -> Result<Option<PathBuf>, FileError> {
        let path = self.0.join(format!("{at}.old"));
        match fs::copy(target, &path) {
            Ok(_) => Ok(Some(path)),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(FileError::from_io(target, &error)),
        }
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

struct Move {
    target: PathBuf,
    old: Option<PathBuf>,
    new: Option<PathBuf>,
    is_last: bool,
}

impl Move {
    fn make(&self) -> Result<(), FileError> {
        let failed = |error: std::io::Error| FileError::from_io(&self.target, &error);
        match &self.new {
            Some(new) => {
                let parent = self.target.parent().unwrap_or(&self.target);
                fs::create_dir_all(parent).map_err(failed)?;
                fs::rename(new, &self.target).map_err(failed)
            }
            None if self.old.is_some() => fs::remove_file(&self.target).map_err(failed),
            None => Ok(()),
        }
    }

    /// Whether all is as it was before.
    fn unmake(&self) -> bool {
        let back = match (&self.old, &self.new) {
            (Some(old), _) => fs::rename(old, &self.target),
            (None, Some(_)) => fs::remove_file(&self.target),
            (None, None) => Ok(()),
        };
        back.is_ok()
    }
}
