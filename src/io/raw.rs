//! Files as bytes: there or not, written with their folders, removed.

use std::collections::BTreeMap;
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

/// The texts of all files below a folder, by path in it with forward slashes.
///
/// # Errors
/// A folder that isn't there, and a file that can't be read as a text.
pub fn texts_below(folder: &Path) -> Result<BTreeMap<String, String>, FileError> {
    let mut found = BTreeMap::new();
    let entries = fs::read_dir(folder).map_err(|error| FileError::from_io(folder, &error))?;
    for entry in entries {
        let entry = entry.map_err(|error| FileError::from_io(folder, &error))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            let inside = texts_below(&entry.path())?.into_iter();
            found.extend(inside.map(|(path, text)| (format!("{name}/{path}"), text)));
        } else {
            found.insert(name, super::read(&entry.path())?);
        }
    }
    Ok(found)
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

/// The files below a folder: how many, and their bytes. A folder that isn't there has none.
pub fn extent(folder: &Path) -> (usize, u64) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.fold((0, 0), |(files, bytes), entry| match entry.metadata() {
        Ok(data) if data.is_dir() => {
            let (more, larger) = extent(&entry.path());
            (files + more, bytes + larger)
        }
        Ok(data) => (files + 1, bytes + data.len()),
        Err(_) => (files, bytes),
    })
}

/// The path of a file without links and turns in the folders above it; the file needs not be there.
pub fn without_links(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = fs::canonicalize(folder.unwrap_or(Path::new("."))).ok();
    match (folder, path.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
    }
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
