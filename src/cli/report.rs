//! `mortarboard report`: notebooks as one page, for those who decide about them.

use std::path::Path;

use crate::check::check_and;
use crate::io;
use crate::page::{self, Section};
use crate::report::{NotebookReport, plural};
use crate::rules::Context;
use crate::text::size;

use super::Outcome;
use super::args::ReportArgs;
use super::talk::{UserError, note, print};
use super::work::{Job, gather, in_parallel};

pub(super) fn run(args: &ReportArgs) -> Result<Outcome, Vec<UserError>> {
    let (jobs, mut errors) = gather(&args.paths, &args.rules, &args.files, false)?;
    if jobs.is_empty() {
        return Err(errors);
    }
    let sizes = jobs
        .iter()
        .map(|job| usize::try_from(job.found.size).unwrap_or(usize::MAX));
    let share = page::share(sizes.collect());
    let mut sections = Vec::new();
    for result in in_parallel(args.files.jobs, &jobs, |job| section(job, share))? {
        match result {
            Ok(section) => sections.push(section),
            Err(error) => errors.push(error),
        }
    }
    errors.iter().for_each(UserError::say);
    let unread: Vec<_> = errors.iter().map(UserError::unread).collect();
    let mut out = Vec::new();
    // a vector takes whatever is written: what fails is a template of ours
    let written = page::html(&sections, &unread, &mut out);
    written.map_err(|error| vec![UserError::new(error.to_string(), "this is a fault of ours: report it")])?;
    if args.output == Path::new("-") {
        print(&String::from_utf8_lossy(&out))?;
    } else {
        io::write_atomic(&args.output, &out).map_err(|error| vec![error.into()])?;
        let notebooks = plural(sections.len(), "notebook");
        note(&format!("{}: {notebooks}, {}", args.output.display(), size(out.len())));
    }
    Ok(if errors.is_empty() {
        Outcome::Clean
    } else {
        Outcome::Failed
    })
}

fn section(job: &Job, share: usize) -> Result<Section, UserError> {
    let text = io::read(&job.found.path)?;
    let name = job.found.path.to_string_lossy();
    let folder = job.found.path.parent().unwrap_or(Path::new(""));
    let beside = |path: &str| io::read_source(&folder.join(path));
    let look = |ctx: &Context<'_>, report: &NotebookReport| page::section(ctx, report, share);
    let judged = check_and(&name, &text, &job.resolved.strictness, &beside, look);
    let (_, section) = judged.map_err(|error| UserError::unreadable(&name, &error))?;
    Ok(section)
}
