//! `mortarboard strip`: writes notebooks without results and noise, or says what it would write.

use std::path::Path;

use crate::io::{self, Found};
use crate::redact::hidden;
use crate::strip::{self, Options};
use crate::text::EditSet;

use super::Outcome;
use super::nbstripout;
use super::strip_args::StripArgs;
use super::strip_options::StripOptions;
use super::talk::{UserError, colour, difference, note, print};

pub(super) fn run(args: &StripArgs) -> Result<Outcome, Vec<UserError>> {
    let mut typed = Vec::new();
    if args.from_nbstripout_config {
        typed.push(nbstripout::layer()?);
    }
    typed.push(args.wishes.layer());
    let mut options = StripOptions::new(&args.search, typed)?;
    if args.paths.iter().any(|path| path.as_os_str() == "-") {
        let name = args.stdin_filename.as_deref().unwrap_or(Path::new("-"));
        let (options, _) = options.of(name)?;
        return filter(args, name, &options);
    }
    let (found, unread) = io::discover_notes(&args.paths);
    let mut errors: Vec<UserError> = unread.into_iter().map(UserError::from).collect();
    let mut work = Vec::new();
    for notebook in found {
        let (options, left_out) = options.of(&notebook.path)?;
        if notebook.named || !left_out {
            work.push((notebook, options));
        }
    }
    if work.is_empty() && errors.is_empty() {
        errors.push(UserError::no_notebooks(&args.paths));
    }
    let mut changed = 0_usize;
    for (notebook, options) in &work {
        match one(notebook, args, options) {
            Ok(true) => changed += 1,
            Ok(false) => {}
            Err(more) => errors.extend(more),
        }
    }
    errors.iter().for_each(UserError::say);
    Ok(match (errors.is_empty(), changed) {
        (false, _) => Outcome::Failed,
        (true, 0) => Outcome::Clean,
        // nothing is changed by looking
        (true, _) if args.stdout => Outcome::Clean,
        (true, _) => Outcome::Findings,
    })
}

/// Strips a file. `true` where that changes it.
fn one(notebook: &Found, args: &StripArgs, options: &Options) -> Result<bool, Vec<UserError>> {
    let path = &notebook.path;
    let text = io::read(path).map_err(|error| vec![error.into()])?;
    if !notebook.named && io::may_be_note(path) && !strip::is_note(&text) {
        return Ok(false);
    }
    let name = path.display().to_string();
    let edits = strip::strip(&text, options).map_err(|error| vec![UserError::unreadable(&name, &error)])?;
    if args.stdout {
        print(&edits.apply(&text))?;
        return Ok(!edits.is_empty());
    }
    if edits.is_empty() {
        return Ok(false);
    }
    let writes = !args.check && !args.diff;
    if args.diff {
        show(&name, &text, &edits, args)?;
    }
    if writes {
        io::write_atomic(path, edits.apply(&text).as_bytes()).map_err(|error| vec![error.into()])?;
    }
    if !args.quiet {
        let would = if writes { "" } else { "would be " };
        note(&format!("{name}: {would}stripped"));
    }
    Ok(true)
}

/// `-`: from stdin to stdout. Nothing of the user's is changed, so that git's filters see a success.
fn filter(args: &StripArgs, name: &Path, options: &Options) -> Result<Outcome, Vec<UserError>> {
    let text = io::read_stdin().map_err(|error| vec![error.into()])?;
    let name = name.display().to_string();
    let edits = strip::strip(&text, options).map_err(|error| vec![UserError::unreadable(&name, &error)])?;
    if args.diff {
        show(&name, &text, &edits, args)?;
    } else if !args.check {
        print(&edits.apply(&text))?;
    }
    let looked = args.check || args.diff;
    Ok(if looked && !edits.is_empty() {
        Outcome::Findings
    } else {
        Outcome::Clean
    })
}

fn show(name: &str, text: &str, edits: &EditSet, args: &StripArgs) -> Result<(), Vec<UserError>> {
    // who strips a notebook may well paste the difference somewhere
    let (before, after) = (hidden(text), hidden(&edits.apply(text)));
    print(&difference(name, &before, &after, colour(args.color)))
}
