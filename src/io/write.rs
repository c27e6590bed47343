//! Writing a file whole or not at all: beside it first, to the disk, then renamed over it.

use std::collections::BTreeSet;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{ErrorKind, Result, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::{FileError, keep};

/// Writes `bytes` to `path` whole or not at all. Mode, owner and extended attributes are kept, and a symbolic link's
/// target is written, not the link. A file that has other names, or lies in a folder that takes no new files, is
/// written in place, and a copy lies beside it (or among the system's temporary files) meanwhile.
///
/// # Errors
/// What the disk refuses; the file is then as it was.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> std::result::Result<(), FileError> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let fail = |error: std::io::Error| FileError::from_io(path, &error);
    let old = match fs::metadata(&target) {
        Ok(old) if !old.is_file() => {
            return Err(FileError::new(
                path,
                "this is no regular file",
                "read it through `-`, which writes to standard output",
            ));
        }
        Ok(old) => Some(old),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(fail(error)),
    };
    if let Some(old) = &old
        && keep::has_other_names(old)
    {
        return in_place(path, &target, bytes);
    }
    match replace(&target, old.as_ref(), bytes) {
        Ok(()) => Ok(()),
        Err(Failed::CannotReplace) => in_place(path, &target, bytes),
        Err(Failed::Disk(error)) => Err(fail(error)),
    }
}

/// Why a file could not be replaced.
enum Failed {
    /// A new file could not take its place, or would not be what the old one is. Nothing has happened.
    CannotReplace,
    Disk(std::io::Error),
}

impl From<std::io::Error> for Failed {
    fn from(error: std::io::Error) -> Self {
        Self::Disk(error)
    }
}

fn replace(target: &Path, old: Option<&Metadata>, bytes: &[u8]) -> std::result::Result<(), Failed> {
    let folder = folder_of(target);
    sweep(folder);
    let refused = |error: std::io::Error| match error.kind() {
        ErrorKind::PermissionDenied if old.is_some() => Failed::CannotReplace,
        _ => Failed::Disk(error),
    };
    let write = |mut new: Temporary| -> std::result::Result<Temporary, Failed> {
        if let Some(old) = old {
            keep::keep(&new.file, target, old).map_err(|_| Failed::CannotReplace)?;
        }
        new.file.write_all(bytes)?;
        new.file.sync_all()?;
        Ok(new)
    };
    let unnamed = Temporary::unnamed(folder).map(write).transpose()?;
    let unnamed_took_place = unnamed.is_some_and(|new| new.take_place(folder, target).is_ok());
    if !unnamed_took_place {
        write(Temporary::named(folder).map_err(refused)?)?.take_place(folder, target)?;
    }
    // the new name is on the disk once the folder is; where folders can't be synced, no more can be done
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

fn folder_of(target: &Path) -> &Path {
    let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new("."))
}

/// A file to be renamed. It goes away with this value, and where the system can, it has no name before it is whole: then
/// whatever ends the program leaves nothing behind. It is locked as long as its writer lives.
struct Temporary {
    file: File,
    path: Option<PathBuf>,
}

const PREFIX: &str = ".mortarboard-";
const SUFFIX: &str = ".tmp";

impl Temporary {
    /// A file without a name, where there can be such.
    fn unnamed(folder: &Path) -> Option<Self> {
        let file = keep::unnamed(folder)?;
        let _ = file.try_lock();
        Some(Self { file, path: None })
    }

    fn named(folder: &Path) -> Result<Self> {
        let (path, file) = Self::free(folder, |path| {
            OpenOptions::new().write(true).create_new(true).open(path)
        })?;
        let _ = file.try_lock();
        Ok(Self { file, path: Some(path) })
    }

    /// Renames the file over `target`.
    fn take_place(mut self, folder: &Path, target: &Path) -> Result<()> {
        let path = match self.path.take() {
            Some(path) => path,
            None => Self::free(folder, |path| keep::link(&self.file, path))?.0,
        };
        let renamed = fs::rename(&path, target);
        if renamed.is_err() {
            self.path = Some(path);
        }
        renamed
    }

    /// Makes something under the first name that is free.
    fn free<T>(folder: &Path, make: impl Fn(&Path) -> Result<T>) -> Result<(PathBuf, T)> {
        let mut attempt = 0_u32;
        loop {
            let path = folder.join(format!("{PREFIX}{}-{attempt}{SUFFIX}", std::process::id()));
            match make(&path) {
                Ok(made) => return Ok((path, made)),
                Err(error) if error.kind() == ErrorKind::AlreadyExists && attempt < 100 => attempt += 1,
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            // should removing it fail too, the error that led here says more
            let _ = fs::remove_file(path);
        }
    }
}

/// Removes what writers left in a folder that were killed in the middle: a lock of theirs holds as long as they live.
fn sweep(folder: &Path) {
    static SWEPT: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    let first = SWEPT.lock().is_ok_and(|mut swept| swept.insert(folder.to_owned()));
    if !first {
        return;
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let ours = name.as_encoded_bytes().starts_with(PREFIX.as_bytes())
            && name.as_encoded_bytes().ends_with(SUFFIX.as_bytes());
        if ours && File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Writes over the file itself. A copy of what it held is on the disk until that is done.
fn in_place(path: &Path, target: &Path, bytes: &[u8]) -> std::result::Result<(), FileError> {
    let fail = |error: std::io::Error| FileError::from_io(path, &error);
    let held = fs::read(target).map_err(fail)?;
    let mut file = OpenOptions::new().write(true).open(target).map_err(fail)?;
    let copy = copy_beside(path, target, &held)?;
    if let Err(error) = overwrite(&mut file, bytes) {
        if overwrite(&mut file, &held).is_err() {
            let message = format!("{error}; what the file held is in {}", copy.display());
            return Err(FileError::new(path, message, "copy it back"));
        }
        let _ = fs::remove_file(&copy);
        return Err(fail(error));
    }
    fs::remove_file(&copy).map_err(|error| FileError::from_io(&copy, &error))
}

fn overwrite(file: &mut File, bytes: &[u8]) -> Result<()> {
    use std::io::{Seek, SeekFrom};
    file.seek(SeekFrom::Start(0))?;
    file.write_all(bytes)?;
    file.set_len(bytes.len() as u64)?;
    file.sync_all()
}

/// A copy of the file in its folder, or where that takes none among the system's temporary files.
fn copy_beside(path: &Path, target: &Path, held: &[u8]) -> std::result::Result<PathBuf, FileError> {
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(".mortarboard-copy");
    let mut copy = target.with_file_name(&name);
    let mut made = keep::create_private(&copy);
    if made
        .as_ref()
        .is_err_and(|error| error.kind() == ErrorKind::PermissionDenied)
    {
        copy = std::env::temp_dir().join(&name);
        made = keep::create_private(&copy);
    }
    let mut file = made.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => FileError::new(
            path,
            format!(
                "a run was stopped while it wrote this file; what it held is in {}",
                copy.display()
            ),
            "compare the two, copy back what is missing, and remove the copy",
        ),
        _ => FileError::from_io(path, &error),
    })?;
    let written = file.write_all(held).and_then(|()| file.sync_all());
    written.map_err(|error| {
        let _ = fs::remove_file(&copy);
        FileError::from_io(path, &error)
    })?;
    Ok(copy)
}
