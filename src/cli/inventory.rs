//! `mortarboard inventory`: a row per notebook, for those who have many.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use crate::check::check_and;
use crate::git::Git;
use crate::inventory::{self, Repository, Row};
use crate::io;

use super::Outcome;
use super::args::{InventoryArgs, ListFormat, RuleArgs};
use super::talk::{UserError, colour, print};
use super::work::{Job, gather, in_parallel};

/// Where forges look for owners, in this order.
const CODEOWNERS: [&str; 4] = [
    ".github/CODEOWNERS",
    "CODEOWNERS",
    "docs/CODEOWNERS",
    ".gitlab/CODEOWNERS",
];

pub(super) fn run(args: &InventoryArgs) -> Result<Outcome, Vec<UserError>> {
    let (jobs, mut errors) = gather(&args.paths, &RuleArgs::default(), &args.files, false)?;
    let repositories: Vec<Repository> = args.paths.iter().filter_map(|path| repository(path)).collect();
    let mut rows = Vec::new();
    for result in in_parallel(args.files.jobs, &jobs, |job| row(job, &repositories))? {
        match result {
            Ok(row) => rows.push(row),
            Err(error) => errors.push(error),
        }
    }
    rows.retain(|row| is_wanted(row, args));
    inventory::sort(&mut rows, args.sort);
    errors.iter().for_each(UserError::say);
    let mut out = Vec::new();
    let written = match args.output_format {
        ListFormat::Table => inventory::table(&rows, colour(args.color), &mut out),
        ListFormat::Json => inventory::json(&rows, &mut out),
        ListFormat::Csv => inventory::csv(&rows, &mut out),
        ListFormat::Html => inventory::html(&rows, &mut out),
    };
    // a vector takes whatever is written: what fails is a template of ours
    written.map_err(|error| vec![UserError::new(error.to_string(), "this is a fault of ours: report it")])?;
    print(&String::from_utf8_lossy(&out))?;
    Ok(if errors.is_empty() {
        Outcome::Clean
    } else {
        Outcome::Failed
    })
}

fn row(job: &Job, repositories: &[Repository]) -> Result<Row, UserError> {
    let text = io::read(&job.found.path)?;
    let name = job.found.path.to_string_lossy();
    // a list that is compared across projects is made by one measure
    let strictness = job.resolved.strictness.clone().everything();
    let folder = job.found.path.parent().unwrap_or(Path::new(""));
    let beside = |path: &str| io::read_source(&folder.join(path));
    let judged = check_and(&name, &text, &strictness, &beside, |ctx, _| inventory::look(ctx));
    let (report, seen) = judged.map_err(|error| UserError::unreadable(&name, &error))?;
    Ok(inventory::row(seen, &report, repositories))
}

/// Who answers for a notebook by its repository's CODEOWNERS; nobody where there is no such file, or no repository.
pub(super) fn owner(notebook: &Path) -> Option<String> {
    let git = Git::at(&folder_of(notebook));
    let within = text(git.line(&["rev-parse", "--show-prefix"]).ok()?);
    let name = notebook.file_name()?.to_string_lossy();
    Repository::new("", &within, &codeowners(&git)?, "").owner(&name)
}

fn folder_of(path: &Path) -> PathBuf {
    if path.is_dir() {
        return path.to_owned();
    }
    path.parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .map_or_else(|| PathBuf::from("."), Path::to_owned)
}

fn codeowners(git: &Git) -> Option<String> {
    let top = PathBuf::from(text(git.line(&["rev-parse", "--show-toplevel"]).ok()?));
    CODEOWNERS.iter().find_map(|name| io::read(&top.join(name)).ok())
}

/// What git knows of the notebooks below a path; nothing where there is no repository, or no git.
fn repository(path: &Path) -> Option<Repository> {
    let folder = folder_of(path);
    let git = Git::at(&folder);
    let within = text(git.line(&["rev-parse", "--show-prefix"]).ok()?);
    // a repository without a commit has no log
    let log = git
        .run(&[&Repository::LOG[..], &["--", "*.ipynb"]].concat())
        .unwrap_or_default();
    let named: Cow<str> = match folder.to_string_lossy() {
        here if here == "." => "".into(),
        folder if folder.ends_with('/') => folder,
        folder => format!("{folder}/").into(),
    };
    Some(Repository::new(
        &named,
        &within,
        &codeowners(&git).unwrap_or_default(),
        &text(log),
    ))
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

fn is_wanted(row: &Row, args: &InventoryArgs) -> bool {
    let owner = row.owner.as_deref().unwrap_or_default();
    (args.risk.is_empty() || args.risk.contains(&row.risk))
        && (args.verdict.is_empty() || args.verdict.contains(&row.verdict))
        && args.owner.as_ref().is_none_or(|wanted| owner.contains(wanted.as_str()))
}
