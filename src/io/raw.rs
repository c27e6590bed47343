//! Files as bytes: there or not, written with their folders, removed.

use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::{FileError, write_atomic};

/// The bytes of a file; nothing where there is no file.
///
/// # Errors
/// A file that is there and can't be read.
pub fn read_bytes(path: &Path) -> Result<Option<Vec<u8>>, FileError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(FileError::from_io(path, &error)),
    }
}

/// Writes a file whole or not at all, and before it the folders that it lies in.
///
/// # Errors
/// What the disk refuses.
pub fn write_with_folders(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| FileError::from_io(folder, &error))?;
    }
    write_atomic(path, bytes)
}

/// Removes a file.
///
/// # Errors
/// What the disk refuses.
pub fn remove(path: &Path) -> Result<(), FileError> {
    fs::remove_file(path).map_err(|error| FileError::from_io(path, &error))
}

/// Where a program is, looked for as a shell does.
pub fn find_program(name: &OsStr) -> Option<PathBuf> {
    let with_ending = |path: PathBuf| {
        let ended = path.with_extension(std::env::consts::EXE_EXTENSION);
        [path, ended].into_iter().find(|path| is_executable(path))
    };
    if Path::new(name).components().count() > 1 {
        return with_ending(PathBuf::from(name));
    }
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).find_map(|folder| with_ending(folder.join(name)))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}
