//! Runs git. The only place that does.

use std::ffi::OsStr;
use std::fmt;
use std::io::{BufReader, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};

use crate::io::FileError;

/// Variables that tie git to one repository. For another one they are lies.
const OF_A_REPOSITORY: [&str; 9] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_WORK_TREE",
];

/// Variables that change what arguments mean or what is printed.
const OF_A_USER: [&str; 8] = [
    "GIT_EXTERNAL_DIFF",
    "GIT_GLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
    "GIT_LITERAL_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_PAGER",
    "GIT_TRACE",
    "GIT_TRACE_PACKET",
];

/// Why git did not do what it was asked to, or a file of its could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitError {
    pub message: String,
    pub hint: Option<String>,
}

impl GitError {
    pub(super) fn new(message: impl Into<String>, hint: &str) -> Self {
        Self {
            message: message.into(),
            hint: Some(hint.to_owned()),
        }
    }
}

impl From<FileError> for GitError {
    fn from(error: FileError) -> Self {
        Self {
            message: error.to_string(),
            hint: error.hint,
        }
    }
}

impl fmt::Display for GitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.message.fmt(f)
    }
}

/// Git in a folder, with what the environment says of its repository.
#[derive(Clone, Debug)]
pub struct Git {
    folder: PathBuf,
    /// A repository other than the one that the environment may speak of.
    other: bool,
}

impl Git {
    /// In the folder that the user is in.
    pub fn here() -> Self {
        Self {
            folder: PathBuf::from("."),
            other: false,
        }
    }

    /// In the repository that `folder` belongs to.
    pub fn at(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            other: true,
        }
    }

    /// The same repository, seen from a folder in it.
    pub fn within(&self, folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            other: self.other,
        }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What git prints.
    ///
    /// # Errors
    /// Git can't be run, or fails.
    pub fn run<S: AsRef<OsStr>>(&self, args: &[S]) -> Result<Vec<u8>, GitError> {
        self.feed(args, Vec::new())
    }

    /// What git prints, given `input`.
    ///
    /// # Errors
    /// Git can't be run, or fails.
    pub fn feed<S: AsRef<OsStr>>(&self, args: &[S], input: Vec<u8>) -> Result<Vec<u8>, GitError> {
        let output = self.output(args, input)?;
        match output.status.success() {
            true => Ok(output.stdout),
            false => Err(failed(args, &output)),
        }
    }

    /// What git prints; nothing where it exits with 1, as it does when there is no such thing.
    ///
    /// # Errors
    /// Git can't be run, or fails in another way.
    pub fn ask<S: AsRef<OsStr>>(&self, args: &[S]) -> Result<Option<Vec<u8>>, GitError> {
        let output = self.output(args, Vec::new())?;
        match output.status.code() {
            Some(0) => Ok(Some(output.stdout)),
            Some(1) => Ok(None),
            _ => Err(failed(args, &output)),
        }
    }

    /// A line that git prints, without its end.
    ///
    /// # Errors
    /// Git can't be run, or fails.
    pub fn line<S: AsRef<OsStr>>(&self, args: &[S]) -> Result<Vec<u8>, GitError> {
        let mut line = self.run(args)?;
        if line.last() == Some(&b'\n') {
            line.pop();
        }
        Ok(line)
    }

    /// Gives each blob of `ids` to `each`, one at a time, in this order. Ids without a blob are passed over.
    ///
    /// # Errors
    /// Git can't be run, or stops in the middle.
    pub fn blobs(&self, ids: &[String], mut each: impl FnMut(usize, Vec<u8>)) -> Result<(), GitError> {
        let mut child = self.spawn(&["cat-file", "--batch"])?;
        let input = ids.iter().flat_map(|id| [id.as_bytes(), b"\n"]).flatten().copied();
        let feeding = write_beside(child.stdin.take(), input.collect());
        let mut out = BufReader::new(child.stdout.take().ok_or_else(no_pipe)?);
        for at in 0..ids.len() {
            let header = read_line(&mut out).map_err(cut_short)?;
            let mut words = header.split(|byte| *byte == b' ').skip(1);
            let kind = words.next().unwrap_or_default();
            let size = words
                .next()
                .and_then(|size| std::str::from_utf8(size).ok()?.parse::<u64>().ok());
            let Some(size) = size else { continue };
            let mut blob = Vec::new();
            (&mut out).take(size).read_to_end(&mut blob).map_err(cut_short)?;
            out.read_exact(&mut [0]).map_err(cut_short)?;
            if kind == b"blob" {
                each(at, blob);
            }
        }
        let _ = feeding.join();
        child.wait().map(drop).map_err(cut_short)
    }

    fn output<S: AsRef<OsStr>>(&self, args: &[S], input: Vec<u8>) -> Result<Output, GitError> {
        let mut child = self.spawn(args)?;
        let feeding = write_beside(child.stdin.take(), input);
        let output = child.wait_with_output().map_err(|error| not_run(&error));
        // git may know enough before it has read everything
        let _ = feeding.join();
        output
    }

    fn spawn<S: AsRef<OsStr>>(&self, args: &[S]) -> Result<Child, GitError> {
        let mut command = Command::new("git");
        command.args(args).current_dir(&self.folder).env("LC_ALL", "C");
        for name in OF_A_USER {
            command.env_remove(name);
        }
        for name in OF_A_REPOSITORY.iter().filter(|_| self.other) {
            command.env_remove(name);
        }
        let pipes = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        pipes.spawn().map_err(|error| not_run(&error))
    }
}

/// Writes beside the reading, so that neither side waits for the other.
fn write_beside(pipe: Option<ChildStdin>, input: Vec<u8>) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        if let Some(mut pipe) = pipe {
            let _ = pipe.write_all(&input);
        }
    })
}

fn read_line(from: &mut impl Read) -> std::io::Result<Vec<u8>> {
    let mut line = Vec::new();
    let mut byte = [0];
    loop {
        from.read_exact(&mut byte)?;
        match byte {
            [b'\n'] => return Ok(line),
            [byte] => line.push(byte),
        }
    }
}

fn not_run(error: &std::io::Error) -> GitError {
    let hint = match error.kind() {
        ErrorKind::NotFound => "install git 2.26 or newer, and put it on the PATH",
        _ => "see whether `git --version` runs",
    };
    GitError::new(format!("git can't be run: {error}"), hint)
}

fn no_pipe() -> GitError {
    not_run(&ErrorKind::BrokenPipe.into())
}

fn cut_short(error: std::io::Error) -> GitError {
    GitError::new(
        format!("git stopped in the middle of its answer: {error}"),
        "`git fsck` says whether the repository is sound",
    )
}

fn failed<S: AsRef<OsStr>>(args: &[S], output: &Output) -> GitError {
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or("no reason given");
    let said = said.trim_start_matches("fatal: ").trim_start_matches("error: ");
    let command = args
        .first()
        .map(|arg| arg.as_ref().to_string_lossy())
        .unwrap_or_default();
    let hint = if said.contains("not a git repository") {
        Some("go into a repository, or speak of all of yours with --global")
    } else if said.contains("Permission denied") || said.contains("could not lock config file") {
        Some("change the permissions, or choose another scope: this repository, --global, --system")
    } else if said.contains("index.lock") {
        Some("another git is at work, or died at it: wait, or remove the file that is named")
    } else {
        None
    };
    GitError {
        message: format!("git {command}: {said}"),
        hint: hint.map(str::to_owned),
    }
}
