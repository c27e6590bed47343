//! Git: what is asked of it and told it, always through its own program; and the protocol by which it asks us.
//!
//! What a filter does to a notebook is not known here. Whoever serves git brings it along.

mod attributes;
mod earlier;
mod inspect;
mod kept;
mod process;
mod program;
mod setup;

pub use attributes::{with_lines, without_lines};
pub use earlier::Earlier;
pub use inspect::{Applied, Entry, Filter, Modified};
pub use kept::Kept;
pub use process::{Request, serve};
pub use program::{Git, GitError};
pub use setup::{Install, PATTERNS, Scope, Undone, install, uninstall};

use std::ffi::OsString;
use std::path::PathBuf;

/// The name of our filter and diff driver in git's configuration and attributes.
pub const DRIVER: &str = "mortarboard";

/// A path as git prints it after `-z`: bytes, whatever they are.
fn path_from(bytes: &[u8]) -> PathBuf {
    PathBuf::from(os_string(bytes))
}

#[cfg(unix)]
fn os_string(bytes: &[u8]) -> OsString {
    use std::os::unix::ffi::OsStringExt;
    OsString::from_vec(bytes.to_vec())
}

#[cfg(not(unix))]
fn os_string(bytes: &[u8]) -> OsString {
    // git speaks UTF-8 where paths are no bytes
    OsString::from(String::from_utf8_lossy(bytes).into_owned())
}

/// A path as git reads it.
fn path_bytes(path: &std::path::Path) -> Vec<u8> {
    path.as_os_str().as_encoded_bytes().to_vec()
}
