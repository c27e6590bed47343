//! The notebooks that a command works on: found, sorted out by settings, worked on in parallel.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::io::{self, Found};

use super::args::{FileArgs, RuleArgs};
use super::progress::Progress;
use super::resolve::{Resolved, Resolver};
use super::talk::{UserError, note};

/// Deep expressions nest deep calls in the parser; a notebook must not be able to end the program.
const STACK: usize = 256 << 20;

/// A notebook, and what the settings say of it.
pub(super) struct Job {
    pub found: Found,
    pub resolved: Resolved,
    /// The notebook itself, where it came by stdin.
    piped: Option<String>,
}

impl Job {
    /// The notebook's text.
    ///
    /// # Errors
    /// A file that can't be read.
    pub fn text(&self) -> Result<String, UserError> {
        match &self.piped {
            Some(text) => Ok(text.clone()),
            None => Ok(io::read(&self.found.path)?),
        }
    }
}

/// The notebook that comes by stdin, as if it were the file of this name.
///
/// # Errors
/// What is no text, settings and options that can't be used.
pub(super) fn from_stdin(name: &Path, rules: &RuleArgs, files: &FileArgs) -> Result<Job, Vec<UserError>> {
    let resolved = Resolver::new(rules, &files.search)?.resolve(name)?;
    let text = io::read_stdin().map_err(|error| vec![error.into()])?;
    let found = Found {
        path: name.to_owned(),
        named: true,
        size: text.len() as u64,
    };
    Ok(Job {
        found,
        resolved,
        piped: Some(text),
    })
}

/// The notebooks under the paths without those that settings exclude, and what could not be read on the way.
///
/// # Errors
/// Settings and options that can't be used.
pub(super) fn gather(
    paths: &[PathBuf],
    rules: &RuleArgs,
    files: &FileArgs,
    verbose: bool,
) -> Result<(Vec<Job>, Vec<UserError>), Vec<UserError>> {
    let mut resolver = Resolver::new(rules, &files.search)?;
    let (found, unread) = io::discover(paths);
    let mut errors: Vec<UserError> = unread.into_iter().map(UserError::from).collect();
    let mut jobs = Vec::new();
    for found in found {
        let resolved = resolver.resolve(&found.path)?;
        let left_out = resolved.excluded && !found.named;
        if verbose {
            let file = resolved.from.as_ref();
            let settings = file.map_or_else(|| "no settings file".to_owned(), |file| file.display().to_string());
            let excluded = if left_out { ", excluded" } else { "" };
            note(&format!("{}: {settings}{excluded}", found.path.display()));
        }
        if !left_out {
            jobs.push(Job {
                found,
                resolved,
                piped: None,
            });
        }
    }
    if jobs.is_empty() && errors.is_empty() {
        errors.push(UserError::no_notebooks(paths));
    }
    Ok((jobs, errors))
}

/// Does the same with every notebook. The results are in the order of `jobs`, whichever ended first.
///
/// # Errors
/// A machine that gives no threads.
pub(super) fn in_parallel<T: Send>(
    threads: Option<usize>,
    jobs: &[Job],
    work: impl Fn(&Job) -> T + Sync,
) -> Result<Vec<T>, Vec<UserError>> {
    let pool = pool(threads)?;
    // the largest first, or one thread ends with it alone
    let mut order: Vec<(usize, &Job)> = jobs.iter().enumerate().collect();
    order.sort_by_key(|(_, job)| std::cmp::Reverse(job.found.size));
    let progress = Progress::new(jobs.len());
    let mut results: Vec<(usize, T)> = pool.install(|| {
        let done = order.into_iter().par_bridge().map(|(i, job)| {
            let result = work(job);
            progress.step();
            (i, result)
        });
        done.collect()
    });
    progress.end();
    results.sort_by_key(|(i, _)| *i);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}

/// Does one thing where deep code can be parsed.
///
/// # Errors
/// A machine that gives no threads.
pub(super) fn on_deep_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, Vec<UserError>> {
    Ok(pool(Some(1))?.install(work))
}

fn pool(threads: Option<usize>) -> Result<rayon::ThreadPool, Vec<UserError>> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads.unwrap_or(0))
        .stack_size(STACK)
        .build();
    pool.map_err(|error| {
        vec![UserError::new(
            format!("no threads could be started: {error}"),
            "try `--jobs 1`",
        )]
    })
}
