//! What is said to the user on stderr: errors of one paragraph, with a place and a hint.

use std::io::{ErrorKind, IsTerminal, Write};
use std::path::PathBuf;
use std::time::Duration;

use similar::TextDiff;

use crate::io::FileError;
use crate::notebook::ReadError;
use crate::redact::RedactError;
use crate::report::{Style, Unread, printable};
use crate::select::UnknownRule;
use crate::settings::SettingsError;

use super::args::Colour;

/// An error that is the user's to mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct UserError {
    pub message: String,
    pub hint: Option<String>,
}

impl UserError {
    pub fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: Some(hint.into()),
        }
    }

    /// Nothing to work on.
    pub fn no_notebooks(paths: &[PathBuf]) -> Self {
        let named: Vec<String> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
        Self::new(
            format!("no notebooks under {}", named.join(", ")),
            "name a notebook or a folder that holds some; files that git ignores are read only when named",
        )
    }

    /// A file that is no notebook.
    pub fn unreadable(path: &str, error: &ReadError) -> Self {
        let place = error
            .place
            .map_or_else(String::new, |(line, column)| format!(":{line}:{column}"));
        Self::new(format!("{path}{place}: {}", error.message), error.hint.clone())
    }

    /// A notebook that can't be redacted; nothing was written.
    pub fn unredacted(path: &str, error: &RedactError) -> Self {
        match error {
            RedactError::Unreadable(error) => Self::unreadable(path, error),
            RedactError::Left(kinds) => Self::new(
                format!("{path}: a secret is still found after redacting: {}", kinds.join(", ")),
                "the file is as it was; this is a fault of ours: report it",
            ),
        }
    }

    /// A selector that no rule answers to; `from` says where it was written.
    pub fn unknown_rule(unknown: &UnknownRule, from: &str) -> Self {
        let hint = match unknown.suggestion {
            Some(name) => format!("did you mean `{name}`?"),
            None => "`mortarboard explain` lists the rules".to_owned(),
        };
        Self::new(format!("{from}no rule is called `{}`", unknown.selector), hint)
    }

    /// The error as a report holds it.
    pub fn unread(&self) -> Unread {
        Unread {
            message: self.message.clone(),
            hint: self.hint.clone(),
        }
    }

    /// Says it on stderr. Should stderr be closed, nobody listens.
    pub fn say(&self) {
        let mut text = format!("error: {}\n", printable(&self.message));
        if let Some(hint) = &self.hint {
            text.push_str(&format!("hint: {}\n", printable(hint)));
        }
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }
}

impl From<FileError> for UserError {
    fn from(error: FileError) -> Self {
        Self {
            message: error.to_string(),
            hint: error.hint,
        }
    }
}

impl From<SettingsError> for UserError {
    fn from(error: SettingsError) -> Self {
        let place = error
            .place
            .map_or_else(String::new, |(line, column)| format!(":{line}:{column}"));
        Self {
            message: format!("{}{place}: {}", error.file.display(), error.message),
            hint: error.hint,
        }
    }
}

/// Says something that is no error.
pub(super) fn note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{}", printable(text));
}

/// Prints data on stdout. Whoever closed it has read enough; whoever is slow to read it gets all of it.
pub(super) fn print(text: &str) -> Result<(), Vec<UserError>> {
    let mut out = std::io::stdout().lock();
    let mut rest = text.as_bytes();
    loop {
        let written = if rest.is_empty() {
            out.flush().map(|()| 0)
        } else {
            out.write(rest)
        };
        match written {
            Ok(0) => return Ok(()),
            Ok(written) => rest = rest.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(()),
            // the other end made the pipe one that doesn't wait
            Err(error) if error.kind() == ErrorKind::WouldBlock => std::thread::sleep(PAUSE),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => {
                return Err(vec![UserError::new(
                    format!("the output could not be written: {error}"),
                    "check where stdout goes",
                )]);
            }
        }
    }
}

/// Between two tries at a full pipe.
const PAUSE: Duration = Duration::from_millis(1);

/// How what goes to stdout is painted.
pub(super) fn colour(wanted: Colour) -> Style {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let colour = match wanted {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => {
            std::io::stdout().is_terminal()
                && !set("NO_COLOR")
                && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
        }
    };
    Style { colour }
}

/// The difference between two texts, with nothing in it that a terminal would obey. Secrets are hidden before.
pub(super) fn difference(name: &str, before: &str, after: &str, style: Style) -> String {
    let diff = TextDiff::from_lines(before, after);
    let header = (format!("{name} (before)"), format!("{name} (after)"));
    let text = diff
        .unified_diff()
        .context_radius(2)
        .header(&header.0, &header.1)
        .to_string();
    let lines = text.lines().map(|line| style.difference(&printable(line)) + "\n");
    lines.collect()
}
