//! What git runs: the clean and smudge filters, one file a process or many, and the text of a notebook for comparing.
//!
//! On the way in, what can't be read is refused, so that git stages nothing unfiltered. On the way out nothing is: the
//! bytes pass as they are.

use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use crate::git::{Git, Kept, Request, serve};
use crate::io;
use crate::notebook;
use crate::redact::{self, redact};
use crate::strip::{is_note, strip};
use crate::textconv;

use super::super::Outcome;
use super::super::args::{RuleArgs, SearchArgs};
use super::super::resolve::Resolver;
use super::super::strip_options::StripOptions;
use super::super::talk::{UserError, note};
use super::super::work::on_deep_stack;
use super::args::{FilterArgs, FilterFileArgs};
use super::one;

/// The filter, as it was installed.
pub(super) struct Filter {
    how: How,
    kept: Option<Kept>,
    /// What paths are relative to.
    folder: PathBuf,
}

/// What is taken out.
enum How {
    Strip(Box<StripOptions>),
    Redact(Box<Resolver<'static>>),
}

/// Nothing is typed where git runs us: the settings of the project say what applies.
static TYPED: LazyLock<RuleArgs> = LazyLock::new(RuleArgs::default);

/// Git runs its filters in the folder that paths are relative to.
const HERE: &str = ".";

/// Does something with the filter, where deep code can be parsed if that may have to be.
///
/// # Errors
/// Outputs are to be kept, and there is no repository to keep them in; or what `work` says.
pub(super) fn with_filter<T: Send>(
    args: FilterArgs,
    folder: &Path,
    work: impl FnOnce(Filter) -> Result<T, Vec<UserError>> + Send,
) -> Result<T, Vec<UserError>> {
    let kept = match args.keep_outputs_locally {
        true => Some(Kept::of(&Git::here()).map_err(one)?),
        false => None,
    };
    if !args.redact_only {
        let how = How::Strip(Box::new(StripOptions::new(&SearchArgs::default(), Vec::new())?));
        let folder = folder.to_owned();
        return work(Filter { how, kept, folder });
    }
    on_deep_stack(|| {
        let resolver = Resolver::new(&TYPED, &SearchArgs::default())?;
        let how = How::Redact(Box::new(resolver));
        let folder = folder.to_owned();
        work(Filter { how, kept, folder })
    })?
}

impl Filter {
    /// A notebook as it goes into the repository. A file that is empty is as it should be.
    ///
    /// # Errors
    /// What is no notebook.
    pub fn cleaned(&mut self, path: &Path, bytes: &[u8]) -> Result<Vec<u8>, Vec<UserError>> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(bytes.to_vec());
        }
        let name = path.display().to_string();
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let message = format!(
                "{name}: the file is not UTF-8: byte {} can't be read",
                error.valid_up_to()
            );
            one(UserError::new(
                message,
                "save it as UTF-8, or restore it from version control",
            ))
        })?;
        match &mut self.how {
            How::Strip(options) => {
                let (options, _) = options.of(&self.folder.join(path))?;
                let edits = strip(text, &options).map_err(|error| one(UserError::unreadable(&name, &error)))?;
                Ok(edits.apply(text).into_bytes())
            }
            How::Redact(resolver) => {
                let here = resolver.resolve(&self.folder.join(path))?;
                let (not_ignored, magics) = (&here.not_ignored, &here.strictness.magics);
                let redacted = redact(text, redact::Options::default(), Some(not_ignored), magics);
                let redacted = redacted.map_err(|error| one(UserError::unredacted(&name, &error)))?;
                Ok(redacted.text.into_bytes())
            }
        }
    }

    /// As [`Self::cleaned`], and what was taken out is kept where that was asked for.
    fn clean(&mut self, path: &Path, bytes: &[u8]) -> Result<Vec<u8>, Vec<UserError>> {
        let cleaned = self.cleaned(path, bytes)?;
        if let Some(kept) = self.kept.as_ref().filter(|_| cleaned != bytes) {
            // without this the next checkout would destroy them
            kept.keep(&cleaned, bytes).map_err(one)?;
        }
        Ok(cleaned)
    }

    /// A notebook as it goes into the working tree: with what was taken out of it here, else as it is.
    fn smudge(&mut self, path: &Path, bytes: Vec<u8>) -> Vec<u8> {
        let readable = |text: &str| text.trim().is_empty() || notebook::read(text).is_ok() || is_note(text);
        if !std::str::from_utf8(&bytes).is_ok_and(readable) {
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
    let cleaned = with_filter(args.filter, Path::new(HERE), |mut filter| {
        filter.clean(&args.file, &bytes)
    });
    write_stdout(&cleaned?)
}

/// One notebook on its way out.
pub(super) fn smudge(args: &FilterFileArgs) -> Result<Outcome, Vec<UserError>> {
    let bytes = read_stdin()?;
    match with_filter(args.filter, Path::new(HERE), |mut filter| {
        Ok(filter.smudge(&args.file, bytes.clone()))
    }) {
        Ok(smudged) => write_stdout(&smudged),
        Err(errors) => {
            errors.iter().for_each(UserError::say);
            write_stdout(&bytes)
        }
    }
}

/// All notebooks of a git command, in git's protocol.
pub(super) fn process(args: FilterArgs) -> Result<Outcome, Vec<UserError>> {
    with_filter(args, Path::new(HERE), |mut filter| {
        let mut input = BufReader::new(std::io::stdin().lock());
        let mut output = BufWriter::new(std::io::stdout().lock());
        let served = serve(&mut input, &mut output, |request, path, bytes| match request {
            Request::Smudge => Some(filter.smudge(&path, bytes)),
            Request::Clean => {
                let cleaned = filter.clean(&path, &bytes);
                cleaned.map_err(|errors| errors.iter().for_each(UserError::say)).ok()
            }
        });
        let hint = "git runs this command; for a file of your own there is `mortarboard strip`";
        served.map_err(|error| one(UserError::new(error.to_string(), hint)))
    })?;
    Ok(Outcome::Clean)
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
        && let Ok(cleaned) = with_filter(filter, Path::new(HERE), |mut filter| filter.cleaned(&args.file, &bytes))
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
