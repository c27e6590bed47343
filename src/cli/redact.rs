//! `mortarboard redact`: writes notebooks without their secrets, or says what it would write.

use similar::TextDiff;

use crate::io;
use crate::redact::{Options, Redacted, redact};
use crate::report::printable;

use super::Outcome;
use super::args::{RedactArgs, RuleArgs};
use super::talk::{UserError, note, print};
use super::work::{Job, gather, in_parallel};

pub(super) fn run(args: &RedactArgs) -> Result<Outcome, Vec<UserError>> {
    let options = Options {
        source: args.source,
        paths: args.redact_paths,
    };
    if args.paths.iter().any(|path| path.as_os_str() == "-") {
        return filter(args, options);
    }
    let (jobs, mut errors) = gather(&args.paths, &RuleArgs::default(), &args.files, false)?;
    let mut changed = 0_usize;
    for result in in_parallel(args.files.jobs, &jobs, |job| one(job, args, options))? {
        match result {
            Ok(done) => {
                changed += usize::from(done.changed);
                done.notes.iter().for_each(|text| note(text));
                print(&done.shown)?;
            }
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

/// What was done with a file, and what to say of it.
struct Done {
    changed: bool,
    notes: Vec<String>,
    shown: String,
}

/// Redacts a file.
fn one(job: &Job, args: &RedactArgs, options: Options) -> Result<Done, UserError> {
    let path = &job.found.path;
    let text = io::read(path)?;
    let name = path.display().to_string();
    let redacted = redact(&text, options).map_err(|message| failed(&name, &message))?;
    let changed = redacted.text != text;
    if changed && !args.check && !args.diff {
        io::write_atomic(path, redacted.text.as_bytes())?;
    }
    let shown = (changed && args.diff).then(|| diff(&name, &redacted));
    Ok(Done {
        changed,
        notes: notes(&name, &redacted, args, changed),
        shown: shown.unwrap_or_default(),
    })
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

fn notes(name: &str, redacted: &Redacted, args: &RedactArgs, changed: bool) -> Vec<String> {
    let mut notes = Vec::new();
    if args.quiet {
        return notes;
    }
    if changed {
        let would = if args.check || args.diff { "would be " } else { "" };
        notes.push(format!("{name}: {} {would}redacted", redacted.done.len()));
    }
    if redacted.left > 0 {
        let (them, stay) = if redacted.left == 1 {
            ("secret", "stays")
        } else {
            ("secrets", "stay")
        };
        notes.push(format!(
            "{name}: {} {them} in sources {stay}; `--source` replaces them by look-ups in the environment",
            redacted.left
        ));
    }
    notes
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
