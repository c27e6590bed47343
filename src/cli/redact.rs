//! `mortarboard redact`: writes notebooks without their secrets, or says what it would write.

use std::path::Path;

use similar::TextDiff;

use crate::io;
use crate::redact::{Options, Redacted, redact};
use crate::report::printable;

use super::Outcome;
use super::args::RedactArgs;
use super::talk::{UserError, note, print};

pub(super) fn run(args: &RedactArgs) -> Result<Outcome, Vec<UserError>> {
    let options = Options {
        source: args.source,
        paths: args.redact_paths,
    };
    if args.paths.iter().any(|path| path.as_os_str() == "-") {
        return filter(args, options);
    }
    let (found, unread) = io::discover(&args.paths);
    let mut errors: Vec<UserError> = unread.into_iter().map(UserError::from).collect();
    if found.is_empty() && errors.is_empty() {
        errors.push(UserError::no_notebooks());
    }
    let mut changed = 0_usize;
    for notebook in &found {
        match one(&notebook.path, args, options) {
            Ok(true) => changed += 1,
            Ok(false) => {}
            Err(error) => errors.push(error),
        }
    }
    errors.iter().for_each(UserError::say);
    Ok(match (errors.is_empty(), changed) {
        (false, _) => Outcome::Failed,
        (true, 0) => Outcome::Clean,
        (true, _) => Outcome::Findings,
    })
}

/// Redacts a file. `true` where that changes it.
fn one(path: &Path, args: &RedactArgs, options: Options) -> Result<bool, UserError> {
    let text = io::read(path)?;
    let name = path.display().to_string();
    let redacted = redact(&text, options).map_err(|message| failed(&name, &message))?;
    let changed = redacted.text != text;
    talk(&name, &redacted, args, changed);
    if changed && args.diff {
        print(&diff(&name, &redacted)).map_err(first)?;
    } else if changed && !args.check {
        io::write_atomic(path, redacted.text.as_bytes())?;
    }
    Ok(changed)
}

/// `-`: from stdin to stdout.
fn filter(args: &RedactArgs, options: Options) -> Result<Outcome, Vec<UserError>> {
    let text = io::read_stdin().map_err(|error| vec![error.into()])?;
    let redacted = redact(&text, options).map_err(|message| vec![failed("-", &message)])?;
    let changed = redacted.text != text;
    if args.diff {
        if changed {
            print(&diff("-", &redacted))?;
        }
    } else if !args.check {
        print(&redacted.text)?;
    }
    Ok(if changed { Outcome::Findings } else { Outcome::Clean })
}

fn talk(name: &str, redacted: &Redacted, args: &RedactArgs, changed: bool) {
    if args.quiet {
        return;
    }
    if changed {
        let would = if args.check || args.diff { "would be " } else { "" };
        let count = redacted.done.len();
        note(&format!("{name}: {count} {would}redacted"));
    }
    if redacted.left > 0 {
        let (them, stay) = if redacted.left == 1 {
            ("secret", "stays")
        } else {
            ("secrets", "stay")
        };
        note(&format!(
            "{name}: {} {them} in sources {stay}; `--source` replaces them by look-ups in the environment",
            redacted.left
        ));
    }
}

/// The difference, in which no secret is shown on either side.
fn diff(name: &str, redacted: &Redacted) -> String {
    let diff = TextDiff::from_lines(&redacted.before_shown, &redacted.after_shown);
    let header = (format!("{name} (before)"), format!("{name} (after)"));
    let text = diff
        .unified_diff()
        .context_radius(2)
        .header(&header.0, &header.1)
        .to_string();
    text.lines().map(|line| printable(line).into_owned() + "\n").collect()
}

fn failed(name: &str, message: &str) -> UserError {
    UserError::new(format!("{name}: {message}"), "the file is as it was")
}

fn first(mut errors: Vec<UserError>) -> UserError {
    errors
        .pop()
        .unwrap_or_else(|| UserError::new("nothing could be printed", "check where stdout goes"))
}
