//! `mortarboard redact`: writes notebooks without their secrets, or says what it would write.

use std::path::Path;

use crate::io;
use crate::redact::{Options, Redacted, redact};

use super::Outcome;
use super::args::{Colour, RedactArgs, RuleArgs};
use super::resolve::Resolver;
use super::talk::{UserError, colour, difference, note, print};
use super::work::{Job, gather, in_parallel, on_deep_stack};

pub(super) fn run(args: &RedactArgs) -> Result<Outcome, Vec<UserError>> {
    if args.paths.iter().any(|path| path.as_os_str() == "-") {
        return on_deep_stack(|| filter(args))?;
    }
    let (jobs, mut errors) = gather(&args.paths, &RuleArgs::default(), &args.files, false)?;
    let mut changed = 0_usize;
    for result in in_parallel(args.files.jobs, &jobs, |job| one(job, args))? {
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
    if !args.quiet && jobs.len() > 1 {
        let would = would_be(args);
        note(&format!("{changed} of {} notebooks {would}redacted", jobs.len()));
    }
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
fn one(job: &Job, args: &RedactArgs) -> Result<Done, UserError> {
    let path = &job.found.path;
    let text = io::read(path)?;
    let name = path.display().to_string();
    let resolved = &job.resolved;
    let magics = &resolved.strictness.magics;
    let redacted = redact(&text, options(args), Some(&resolved.not_ignored), magics)
        .map_err(|error| UserError::unredacted(&name, &error))?;
    let changed = redacted.text != text;
    if changed && !args.check && !args.diff {
        io::write_atomic(path, redacted.text.as_bytes())?;
    }
    let shown = (changed && args.diff).then(|| {
        difference(
            &name,
            &redacted.before_shown,
            &redacted.after_shown,
            colour(Colour::Auto),
        )
    });
    Ok(Done {
        changed,
        notes: notes(&name, &redacted, args, changed),
        shown: shown.unwrap_or_default(),
    })
}

/// `-`: from stdin to stdout. Nothing of the user's is changed, so that git's filters see a success.
fn filter(args: &RedactArgs) -> Result<Outcome, Vec<UserError>> {
    let text = io::read_stdin().map_err(|error| vec![error.into()])?;
    // the settings of the folder that it is piped in from
    let here = Resolver::new(&RuleArgs::default(), &args.files.search)?.resolve(Path::new("-.ipynb"))?;
    let magics = &here.strictness.magics;
    let redacted = redact(&text, options(args), Some(&here.not_ignored), magics)
        .map_err(|error| vec![UserError::unredacted("-", &error)])?;
    let changed = redacted.text != text;
    if args.diff && changed {
        print(&difference(
            "-",
            &redacted.before_shown,
            &redacted.after_shown,
            colour(Colour::Auto),
        ))?;
    }
    if args.check || args.diff {
        return Ok(if changed { Outcome::Findings } else { Outcome::Clean });
    }
    print(&redacted.text)?;
    Ok(Outcome::Clean)
}

fn options(args: &RedactArgs) -> Options {
    Options {
        source: args.source,
        paths: args.redact_paths,
    }
}

fn would_be(args: &RedactArgs) -> &'static str {
    if args.check || args.diff { "would be " } else { "" }
}

fn notes(name: &str, redacted: &Redacted, args: &RedactArgs, changed: bool) -> Vec<String> {
    let mut notes = Vec::new();
    if args.quiet {
        return notes;
    }
    if changed {
        let kinds: Vec<String> = redacted
            .done
            .iter()
            .map(|(kind, count)| format!("{count} {kind}"))
            .collect();
        notes.push(format!("{name}: {}redacted: {}", would_be(args), kinds.join(", ")));
    }
    let stay = |count| match count {
        1 => "1 secret stays".to_owned(),
        more => format!("{more} secrets stay"),
    };
    if redacted.in_sources > 0 {
        let count = stay(redacted.in_sources);
        notes.push(format!(
            "{name}: {count} in sources; `--source` replaces what is there by look-ups"
        ));
    }
    if redacted.ignored > 0 {
        notes.push(format!("{name}: {} because they are ignored", stay(redacted.ignored)));
    }
    notes
}
