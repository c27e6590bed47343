//! Files: finding notebooks, reading them, writing whole files or nothing. The only place that touches the disk.
#![allow(clippy::disallowed_methods)]

mod commit;
mod keep;
mod project;
mod raw;
mod revise;
mod write;

pub use commit::{commit, is_empty_or_absent};
pub use project::{declarations, is_top_of_repository, modules};
pub use raw::{extent, find_program, read_bytes, remove, texts_below, without_links, write_with_folders};
pub use revise::{read_below, revise};
pub use write::write_atomic;

use std::fmt;
use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

/// A file that could not be read or written, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileError {
    pub path: PathBuf,
    pub message: String,
    pub hint: Option<String>,
}

impl FileError {
    fn new(path: &Path, message: impl Into<String>, hint: &str) -> Self {
        Self {
            path: path.to_owned(),
            message: message.into(),
            hint: Some(hint.to_owned()),
        }
    }

    fn from_io(path: &Path, error: &std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::new(
                path,
                "there is no such file or folder",
                "check the spelling, and the folder that you are in",
            ),
            ErrorKind::PermissionDenied => Self::new(
                path,
                "permission denied",
                "change the permissions, or run as a user who may read it",
            ),
            ErrorKind::IsADirectory => Self::new(path, "this is a folder", "name a file"),
            ErrorKind::StorageFull => Self::new(
                path,
                "the disk is full",
                "free some space and try again; the file is as it was",
            ),
            ErrorKind::ReadOnlyFilesystem => Self::new(path, "the file system is read-only", "write to another folder"),
            _ => Self {
                path: path.to_owned(),
                message: error.to_string(),
                hint: None,
            },
        }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.message)
    }
}

/// The largest source file beside a notebook that is read for the names in it.
const LARGEST_SOURCE: u64 = 1 << 20;

/// The text of a source file beside a notebook, where there is one: a notebook may name anything, so devices, pipes
/// and large files are left alone.
pub fn read_source(path: &Path) -> Option<String> {
    let facts = fs::metadata(path).ok()?;
    let fits = facts.is_file() && facts.len() <= LARGEST_SOURCE;
    fits.then(|| fs::read_to_string(path).ok())?
}

/// Offsets in parsed code are 32-bit.
const LARGEST: u64 = u32::MAX as u64;

/// Whether there is a file or a folder of this name.
pub fn exists(path: &Path) -> bool {
    path.exists()
}

/// Reads a text file.
///
/// # Errors
/// A file that is missing, may not be read, is too large, or is not UTF-8.
pub fn read(path: &Path) -> Result<String, FileError> {
    let size = fs::metadata(path).map_err(|error| FileError::from_io(path, &error))?;
    if size.is_dir() {
        return Err(FileError::new(path, "this is a folder", "name a file"));
    }
    if size.len() > LARGEST {
        let message = format!("the file has {} bytes; more than 4 GiB are not read", size.len());
        return Err(FileError::new(
            path,
            message,
            "clear the notebook's outputs, or exclude it",
        ));
    }
    let bytes = fs::read(path).map_err(|error| FileError::from_io(path, &error))?;
    text_of(bytes, path)
}

/// Reads standard input as a text file, `-` in errors.
///
/// # Errors
/// What can't be read to its end, or is not UTF-8.
pub fn read_stdin() -> Result<String, FileError> {
    let path = Path::new("-");
    // most notebooks are no longer
    let mut bytes = Vec::with_capacity(1 << 16);
    let read = std::io::stdin().lock().read_to_end(&mut bytes);
    read.map_err(|error| FileError::from_io(path, &error))?;
    text_of(bytes, path)
}

fn text_of(bytes: Vec<u8>, path: &Path) -> Result<String, FileError> {
    let utf16 = bytes.starts_with(&[0xff, 0xfe])
        || bytes.starts_with(&[0xfe, 0xff])
        || matches!(bytes.as_slice(), [0, b'{', ..] | [b'{', 0, ..]);
    if utf16 {
        return Err(FileError::new(
            path,
            "the file is UTF-16, and notebooks are UTF-8",
            "save it as UTF-8 (PowerShell: `Out-File -Encoding utf8`)",
        ));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let message = format!("the file is not UTF-8: byte {at} can't be read");
        FileError::new(path, message, "save it as UTF-8, or restore it from version control")
    })
}

/// The settings file that governs `folder`'s own level: `mortarboard.toml`, else `pyproject.toml`.
///
/// # Errors
/// A settings file that is there and can't be read.
pub fn settings_files(folder: &Path) -> Result<Vec<(PathBuf, String)>, FileError> {
    let mut found = Vec::new();
    for name in ["mortarboard.toml", "pyproject.toml"] {
        let path = folder.join(name);
        if path.is_file() {
            let text = read(&path)?;
            found.push((path, text));
        }
    }
    Ok(found)
}

/// A notebook to read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    pub path: PathBuf,
    /// Named by the user, not met in a folder: read whatever it is called and wherever it lies.
    pub named: bool,
    /// Bytes, as far as the folder tells.
    pub size: u64,
}

/// The notebooks under the paths, sorted and each once. Folders are searched as git would see them: without what
/// `.gitignore` files name (in or out of a repository), hidden folders and checkpoints.
pub fn discover(paths: &[PathBuf]) -> (Vec<Found>, Vec<FileError>) {
    discover_files(paths, is_notebook)
}

/// As [`discover`], with files that Zeppelin's notes are kept in.
pub fn discover_notes(paths: &[PathBuf]) -> (Vec<Found>, Vec<FileError>) {
    discover_files(paths, |path| is_notebook(path) || may_be_note(path))
}

fn is_notebook(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("ipynb"))
}

/// Whether a file is named as Zeppelin names its notes: `NAME.zpln`, and before 0.9 `note.json`.
pub fn may_be_note(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("zpln"))
        || path.file_name().is_some_and(|name| name == "note.json")
}

fn discover_files(paths: &[PathBuf], wanted: fn(&Path) -> bool) -> (Vec<Found>, Vec<FileError>) {
    let mut found = Vec::new();
    let mut errors = Vec::new();
    for path in paths {
        match fs::metadata(path) {
            Err(error) => errors.push(FileError::from_io(path, &error)),
            Ok(data) if data.is_dir() => search(path, wanted, &mut found, &mut errors),
            Ok(data) => found.push(Found {
                path: tidy(path),
                named: true,
                size: data.len(),
            }),
        }
    }
    // of a path met in a folder and named as well, the named one stays
    found.sort_by(|a, b| (&a.path, b.named).cmp(&(&b.path, a.named)));
    found.dedup_by(|later, first| later.path == first.path);
    (found, errors)
}

fn search(folder: &Path, wanted: fn(&Path) -> bool, found: &mut Vec<Found>, errors: &mut Vec<FileError>) {
    let walk = WalkBuilder::new(folder).require_git(false).build();
    for entry in walk {
        match entry {
            Err(error) => {
                let message = error.to_string();
                errors.push(FileError {
                    path: folder.to_owned(),
                    message,
                    hint: None,
                });
            }
            Ok(entry) => {
                let folder = entry.file_type().is_some_and(|kind| kind.is_dir());
                if wanted(entry.path()) && !folder && entry.path().is_file() {
                    found.push(Found {
                        path: tidy(entry.path()),
                        named: false,
                        size: entry.metadata().map_or(0, |data| data.len()),
                    });
                }
            }
        }
    }
}

/// Without a leading `./`, as people write paths.
fn tidy(path: &Path) -> PathBuf {
    let shorter: PathBuf = path
        .components()
        .filter(|part| !matches!(part, std::path::Component::CurDir))
        .collect();
    if shorter.as_os_str().is_empty() {
        path.to_owned()
    } else {
        shorter
    }
}
