//! What systems differ in when a file takes another's place: names, owners, attributes.

use std::fs::{File, Metadata, OpenOptions};
use std::io::Result;
use std::path::Path;

/// Whether the file has more names than the one by which it was found.
#[cfg(unix)]
pub(super) fn has_other_names(old: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    old.nlink() > 1
}

#[cfg(not(unix))]
pub(super) fn has_other_names(_: &Metadata) -> bool {
    false
}

/// Gives the new file the owner, the mode and the attributes of the one at `target`.
///
/// # Errors
/// What may not be given to it.
pub(super) fn keep(new: &File, target: &Path, old: &Metadata) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, fchown};
        let now = new.metadata()?;
        if (now.uid(), now.gid()) != (old.uid(), old.gid()) {
            fchown(new, Some(old.uid()), Some(old.gid()))?;
        }
    }
    new.set_permissions(old.permissions())?;
    attributes(new, target)
}

/// Copies extended attributes, access control lists among them.
#[cfg(target_os = "linux")]
fn attributes(new: &File, target: &Path) -> Result<()> {
    use rustix::buffer::spare_capacity;
    use rustix::fs::{XattrFlags, fsetxattr, getxattr, getxattr_query, listxattr, listxattr_query};
    let size = match listxattr_query(target) {
        // none, or a file system that has none
        Ok(0) | Err(_) => return Ok(()),
        Ok(size) => size,
    };
    let mut names = Vec::with_capacity(size);
    listxattr(target, spare_capacity(&mut names))?;
    for name in names.split(|&byte| byte == 0).filter(|name| !name.is_empty()) {
        let mut value = Vec::with_capacity(getxattr_query(target, name)?.max(1));
        getxattr(target, name, spare_capacity(&mut value))?;
        // labels are the system's to give; it has given the new file its own
        if fsetxattr(new, name, &value, XattrFlags::empty()).is_err() && !name.starts_with(b"security.") {
            return Err(std::io::ErrorKind::Unsupported.into());
        }
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn attributes(_: &File, _: &Path) -> Result<()> {
    Ok(())
}

/// A file in the folder that has no name yet, where the file system can make one.
#[cfg(target_os = "linux")]
pub(super) fn unnamed(folder: &Path) -> Option<File> {
    use rustix::fs::{Mode, OFlags, open};
    let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
    let made = open(folder, flags, Mode::from_raw_mode(0o666)).ok()?;
    // naming it goes through here
    Path::new("/proc/self/fd").exists().then(|| File::from(made))
}

#[cfg(not(target_os = "linux"))]
pub(super) fn unnamed(_: &Path) -> Option<File> {
    None
}

/// Gives a file made by [`unnamed`] its name.
///
/// # Errors
/// A name that is taken, and what the disk refuses.
#[cfg(target_os = "linux")]
pub(super) fn link(file: &File, path: &Path) -> Result<()> {
    use rustix::fs::{AtFlags, CWD, linkat};
    use std::os::fd::AsRawFd;
    let itself = format!("/proc/self/fd/{}", file.as_raw_fd());
    Ok(linkat(CWD, itself, CWD, path, AtFlags::SYMLINK_FOLLOW)?)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn link(_: &File, _: &Path) -> Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

/// Creates a file that only its owner reads.
///
/// # Errors
/// A name that is taken, and what the disk refuses.
pub(super) fn create_private(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}
