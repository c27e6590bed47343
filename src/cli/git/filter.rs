//! What git runs: the clean and smudge filters, one file a process or many, and the text of a notebook for comparing.
//!
//! On the way in, what can't be read is refused, so that git stages nothing unfiltered. On the way out nothing is: the
//! bytes pass as they are.

use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

use crate::git::{Git, Kept, Request, serve};
use crate::io;
use crate::notebook;
use crate::redact::{self, redact};
use crate::strip::{self, strip};
use crate::textconv;

use super::super::Outcome;
use super::super::talk::{UserError, note};
use super::args::{FilterArgs, FilterFileArgs};
use super::one;

/// The filter, as it was installed.
pub(super) struct Filter {
    args: FilterArgs,
    kept: Option<Kept>,
    options: strip::Options,
}

impl Filter {
    /// # Errors
    /// Outputs are to be kept, and there is no repository to keep them in.
    pub fn new(args: FilterArgs) -> Result<Self, UserError> {
        let kept = match args.keep_outputs_locally {
            true => Some(Kept::of(&Git::here())?),
            false => None,
        };
        let options = strip::Options::default();
        Ok(Self { args, kept, options })
    }

    /// A notebook as it goes into the repository. A file that is empty is as it should be.
    ///
    /// # Errors
    /// What is no notebook.
    pub fn cleaned(&mut self, path: &Path, bytes: &[u8]) -> Result<Vec<u8>, UserError> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(bytes.to_vec());
        }
        let name = path.display().to_string();
        let text = std::str::from_utf8(bytes).map_err(|error| {
            UserError::new(
                format!(
                    "{name}: the file is not UTF-8: byte {} can't be read",
                    error.valid_up_to()
                ),
                "save it as UTF-8, or restore it from version control",
            )
        })?;
        let unreadable = |error| UserError::unreadable(&name, &error);
        if !self.args.redact_only {
            let edits = strip(text, &self.options).map_err(unreadable)?;
            return Ok(edits.apply(text).into_bytes());
        }
        let redacted = redact(text, redact::Options::default(), None);
        let redacted = redacted.map_err(|error| UserError::unredacted(&name, &error))?;
        Ok(redacted.text.into_bytes())
    }

    /// As [`Self::cleaned`], and what was taken out is kept where that was asked for.
    fn clean(&mut self, path: &Path, bytes: &[u8]) -> Result<Vec<u8>, UserError> {
        let cleaned = self.cleaned(path, bytes)?;
        if let Some(kept) = self.kept.as_ref().filter(|_| cleaned != bytes) {
            // without this the next checkout would destroy them
            kept.keep(&cleaned, bytes)?;
        }
        Ok(cleaned)
    }

    /// A notebook as it goes into the working tree: with what was taken out of it here, else as it is.
    fn smudge(&mut self, path: &Path, bytes: Vec<u8>) -> Vec<u8> {
        let readable =
            std::str::from_utf8(&bytes).is_ok_and(|text| text.trim().is_empty() || notebook::read(text).is_ok());
        if !readable {
            note(&format!(
                "warning: {}: no notebook, checked out as it is",
                path.display()
            ));
            return bytes;
        }
        let Some(kept) = &self.kept else { return bytes };
        let whole = match kept.find(&bytes) {
            Ok(Some(whole)) => whole,
            Ok(None) => return bytes,
            Err(error) => {
                note(&format!("warning: {}: its outputs stay away: {error}", path.display()));
                return bytes;
            }
        };
        // settings may have changed since: what git holds comes first
        match self.cleaned(path, &whole) {
            Ok(cleaned) if cleaned == bytes => whole,
            _ => bytes,
        }
    }
}

/// One notebook on its way in.
pub(super) fn clean(args: &FilterFileArgs) -> Result<Outcome, Vec<UserError>> {
    let bytes = read_stdin()?;
    let cleaned = Filter::new(args.filter).and_then(|mut filter| filter.clean(&args.file, &bytes));
    write_stdout(&cleaned.map_err(one)?)
}

/// One notebook on its way out.
pub(super) fn smudge(args: &FilterFileArgs) -> Result<Outcome, Vec<UserError>> {
    let bytes = read_stdin()?;
    match Filter::new(args.filter) {
        Ok(mut filter) => write_stdout(&filter.smudge(&args.file, bytes)),
        Err(error) => {
            note(&format!("warning: {}: {}", args.file.display(), error.message));
            write_stdout(&bytes)
        }
    }
}

/// All notebooks of a git command, in git's protocol.
pub(super) fn process(args: FilterArgs) -> Result<Outcome, Vec<UserError>> {
    let mut filter = Filter::new(args).map_err(one)?;
    let mut input = BufReader::new(std::io::stdin().lock());
    let mut output = BufWriter::new(std::io::stdout().lock());
    let served = serve(&mut input, &mut output, |request, path, bytes| match request {
        Request::Smudge => Some(filter.smudge(&path, bytes)),
        Request::Clean => match filter.clean(&path, &bytes) {
            Ok(cleaned) => Some(cleaned),
            Err(error) => {
                error.say();
                None
            }
        },
    });
    served.map(|()| Outcome::Clean).map_err(|error| {
        vec![UserError::new(
            error.to_string(),
            "git runs this command; for a file of your own there is `mortarboard strip`",
        )]
    })
}

/// A notebook as text, as git has it or would have it; what is none, line by line as it is.
///
/// Git names a blob by the absolute path of a temporary file. A file of the working tree has its path there, even where
/// it stands for the blob that it was cleaned to: it is cleaned first, else outputs would show that git doesn't hold.
pub(super) fn textconv(args: &FilterFileArgs) -> Result<Outcome, Vec<UserError>> {
    let mut bytes = io::read_bytes(&args.file).map_err(one)?.unwrap_or_default();
    let filter = FilterArgs {
        keep_outputs_locally: false,
        ..args.filter
    };
    if args.file.is_relative()
        && let Ok(cleaned) = Filter::new(filter).and_then(|mut filter| filter.cleaned(&args.file, &bytes))
    {
        bytes = cleaned;
    }
    let text = String::from_utf8_lossy(&bytes);
    let shown = match notebook::read(&text) {
        Ok(notebook) => textconv::textconv(&notebook),
        Err(_) => textconv::plain(&text),
    };
    write_stdout(shown.as_bytes())
}

fn read_stdin() -> Result<Vec<u8>, Vec<UserError>> {
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().read_to_end(&mut bytes);
    read.map_err(|error| {
        vec![UserError::new(
            format!("stdin can't be read: {error}"),
            "git runs this command and pipes a file in",
        )]
    })?;
    Ok(bytes)
}

/// Git must not take half a file for a whole one: whatever goes wrong is an error, a closed pipe too.
fn write_stdout(bytes: &[u8]) -> Result<Outcome, Vec<UserError>> {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => Ok(Outcome::Clean),
        Err(error) => Err(vec![UserError::new(
            format!("the output could not be written: {error}"),
            "git runs this command and reads its output",
        )]),
    }
}
