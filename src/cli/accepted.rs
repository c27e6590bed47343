//! `--baseline`, `--write-baseline`, `--new-since`: findings that are known already.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use crate::baseline::{Baseline, Entry, Salt, retain_new};
use crate::check::check_to_compare;
use crate::facts::Beside;
use crate::finding::{Finding, Severity};
use crate::git::Earlier;
use crate::io;
use crate::report::NotebookReport;

use super::args::KnownArgs;
use super::nearest::absolute;
use super::talk::{UserError, note};
use super::work::Job;

/// What is known of a run's findings before it starts.
pub(super) struct Known<'a> {
    args: &'a KnownArgs,
    baseline: Option<Baseline>,
    earlier: Option<Earlier>,
}

impl<'a> Known<'a> {
    /// # Errors
    /// A baseline or a revision that can't be read.
    pub fn new(args: &'a KnownArgs) -> Result<Self, UserError> {
        let baseline = match (&args.baseline, &args.write_baseline) {
            (Some(file), _) => Some(load(file)?),
            (None, Some(file)) if io::exists(file) => Some(load(file)?),
            (None, Some(_)) => Some(Baseline::new(Salt::fresh())),
            (None, None) => None,
        };
        let earlier = args.new_since.as_deref().map(Earlier::at).transpose()?;
        Ok(Self {
            args,
            baseline,
            earlier,
        })
    }

    /// What findings are hashed with, where they are to be compared.
    pub fn salt(&self) -> Option<Salt> {
        let plain = self.earlier.as_ref().map(|_| Salt::default());
        self.baseline.as_ref().map(|baseline| baseline.salt.clone()).or(plain)
    }

    /// The findings that a notebook had at the earlier revision; none where there was no notebook.
    ///
    /// # Errors
    /// Git fails.
    pub fn earlier(&self, job: &Job, beside: &Beside<'_>) -> Result<Vec<Finding>, UserError> {
        let Some(earlier) = &self.earlier else {
            return Ok(Vec::new());
        };
        let old = earlier
            .read(&job.found.path)?
            .and_then(|bytes| String::from_utf8(bytes).ok());
        let strictness = &job.resolved.strictness;
        let report = old.and_then(|old| check_to_compare("", &old, strictness, beside, self.salt().as_ref()).ok());
        Ok(report.map(|report| report.findings).unwrap_or_default())
    }

    /// Takes out what is accepted, as fixing must see it: `apply` says what became of the entries.
    pub fn hide(&self, job: &Job, earlier: &[Finding], findings: &mut Vec<Finding>) {
        retain_new(earlier, findings);
        if let (Some(file), Some(baseline)) = (&self.args.baseline, &self.baseline) {
            baseline.apply(&path_from(file, &job.found.path), findings);
        }
    }

    /// Takes out what the baseline accepts, or writes it. `judged` are all notebooks that could be read.
    ///
    /// # Errors
    /// A file that can't be written.
    pub fn apply(mut self, judged: &mut [(&Job, NotebookReport)], quiet: bool) -> Result<(), UserError> {
        let Some(mut baseline) = self.baseline.take() else {
            return Ok(());
        };
        if let Some(file) = &self.args.write_baseline {
            renew(&mut baseline, file, judged);
            io::write_atomic(file, baseline.render().as_bytes())?;
            if !quiet {
                note(&format!("{}: {} accepted", file.display(), findings(baseline.len())));
            }
            return Ok(());
        }
        let Some(file) = &self.args.baseline else { return Ok(()) };
        let mut stale = Vec::new();
        for (job, report) in judged.iter_mut() {
            let before = report.findings.len();
            let unmet = baseline.apply(&path_from(file, &job.found.path), &mut report.findings);
            report.suppressed += before - report.findings.len();
            stale.extend(unmet.into_iter().filter(|entry| is_judged(job, entry)));
        }
        let gone = baseline.paths().filter(|path| !io::exists(&folder(file).join(path)));
        let gone = gone.count();
        if !quiet {
            say_stale(file, &stale, gone);
        }
        Ok(())
    }
}

/// Whether the run would have found what an entry accepts, were it still there.
fn is_judged(job: &Job, entry: &Entry) -> bool {
    let selection = &job.resolved.strictness.selection;
    let known = crate::check::rule_names()
        .into_iter()
        .find(|rule| rule.name == entry.rule);
    known.is_none_or(|rule| selection.has(rule.code) && selection.least() == Severity::Note)
}

/// The findings of this run in place of those that the baseline had of the same notebooks and rules.
fn renew(baseline: &mut Baseline, file: &Path, judged: &mut [(&Job, NotebookReport)]) {
    let paths: BTreeMap<String, &Job> = judged
        .iter()
        .map(|(job, _)| (path_from(file, &job.found.path), *job))
        .collect();
    baseline.retain(|entry| match paths.get(&entry.path) {
        Some(job) => !is_judged(job, entry),
        None => io::exists(&folder(file).join(&entry.path)),
    });
    for (job, report) in judged {
        let path = path_from(file, &job.found.path);
        let found = std::mem::take(&mut report.findings);
        found
            .iter()
            .filter_map(|finding| Entry::of(&path, finding))
            .for_each(|entry| baseline.add(entry));
        report.suppressed += found.len();
    }
}

fn say_stale(file: &Path, stale: &[Entry], gone: usize) {
    let file = file.display();
    if let Some(first) = stale.first() {
        let (them, count) = if stale.len() == 1 {
            ("matches", "1 entry".to_owned())
        } else {
            ("match", format!("{} entries", stale.len()))
        };
        note(&format!(
            "{file}: {count} {them} nothing any more, the first in {}: {}",
            first.path, first.rule
        ));
    }
    if gone > 0 {
        let them = if gone == 1 {
            "1 notebook that is"
        } else {
            &format!("{gone} notebooks that are")
        };
        note(&format!("{file}: it has entries for {them} gone"));
    }
    if gone > 0 || !stale.is_empty() {
        note(&format!("hint: `mortarboard check --write-baseline {file}` renews it"));
    }
}

fn findings(count: usize) -> String {
    if count == 1 {
        "1 finding is".to_owned()
    } else {
        format!("{count} findings are")
    }
}

fn load(file: &Path) -> Result<Baseline, UserError> {
    if !io::exists(file) {
        return Err(UserError::new(
            format!("{}: there is no such baseline", file.display()),
            format!("`mortarboard check --write-baseline {}` makes it", file.display()),
        ));
    }
    Baseline::parse(&io::read(file)?).map_err(|error| {
        UserError::new(
            format!("{}:{}: {}", file.display(), error.line, error.message),
            "remove the file and write it again with --write-baseline, or restore it from version control",
        )
    })
}

fn folder(file: &Path) -> PathBuf {
    absolute(file).parent().map(Path::to_owned).unwrap_or_default()
}

/// The notebook's path from the baseline's folder, parted by `/`, so that both can move together.
fn path_from(file: &Path, notebook: &Path) -> String {
    let (folder, notebook) = (folder(file), absolute(notebook));
    let (mut from, mut to) = (folder.components().peekable(), notebook.components().peekable());
    while from.peek().is_some() && from.peek() == to.peek() {
        from.next();
        to.next();
    }
    let up = from.map(|_| "..".to_owned());
    let down = to.filter(|part| !matches!(part, Component::RootDir));
    let parts: Vec<String> = up
        .chain(down.map(|part| part.as_os_str().to_string_lossy().into_owned()))
        .collect();
    parts.join("/")
}
