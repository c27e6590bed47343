//! Writing a tree of files: all of it or nothing.

use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::emit::Tree;

use super::{FileError, write_atomic};

/// Writes `tree` below `folder`. Into a folder that is not there (or is empty) it is written beside and renamed, so
/// that a failure leaves nothing behind. Into one that holds files, only under `force`: then each file of the tree is
/// replaced whole and the others are left alone.
///
/// # Errors
/// A folder that holds files already, a path that climbs out of it, and what the disk refuses.
pub fn commit(tree: &Tree, folder: &Path, force: bool) -> Result<(), FileError> {
    for path in tree.files.keys() {
        let climbs = Path::new(path)
            .components()
            .any(|part| !matches!(part, Component::Normal(_)));
        if climbs {
            return Err(FileError::new(
                folder,
                format!("{path:?} would lie outside of it"),
                "this is a fault of ours: report it",
            ));
        }
    }
    if is_empty_or_absent(folder)? {
        return write_new(tree, folder);
    }
    if !force {
        return Err(FileError::new(
            folder,
            "the output folder exists and is not empty",
            "name another with --output, bring the package there up to date with --update, or overwrite its files with --force",
        ));
    }
    for (path, text) in &tree.files {
        let target = folder.join(path);
        make_parent(&target)?;
        write_atomic(&target, text.as_bytes())?;
    }
    Ok(())
}

/// Whether a folder can be written anew.
///
/// # Errors
/// A file of that name, and what can't be read.
pub fn is_empty_or_absent(folder: &Path) -> Result<bool, FileError> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => Err(FileError::new(
            folder,
            "there is a file of this name",
            "name another folder with --output",
        )),
        Err(error) => Err(FileError::from_io(folder, &error)),
    }
}

fn write_new(tree: &Tree, folder: &Path) -> Result<(), FileError> {
    let beside = staging(folder);
    let named = |error: FileError| FileError {
        path: folder.to_owned(),
        ..error
    };
    let written = fill(tree, &beside).map_err(named).and_then(|()| {
        // an empty folder gives way to the one that takes its name
        let _ = fs::remove_dir(folder);
        fs::rename(&beside, folder).map_err(|error| FileError::from_io(folder, &error))
    });
    if written.is_err() {
        // the staging folder is ours; should removing it fail too, the first error says more
        let _ = fs::remove_dir_all(&beside);
    }
    written
}

/// A folder of our own beside the one to come, on the same file system.
fn staging(folder: &Path) -> PathBuf {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    folder.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
}

fn fill(tree: &Tree, folder: &Path) -> Result<(), FileError> {
    fs::create_dir_all(folder).map_err(|error| FileError::from_io(folder, &error))?;
    for (path, text) in &tree.files {
        let target = folder.join(path);
        make_parent(&target)?;
        fs::write(&target, text).map_err(|error| FileError::from_io(&target, &error))?;
    }
    Ok(())
}

fn make_parent(path: &Path) -> Result<(), FileError> {
    let parent = path.parent().unwrap_or(path);
    fs::create_dir_all(parent).map_err(|error| FileError::from_io(parent, &error))
}
