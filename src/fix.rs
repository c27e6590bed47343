//! Fixing: makes the edits that findings offer, and keeps them only where the notebook is the better for it.
//!
//! An edit is kept when the finding that offered it is gone, no finding of any rule came, and the file is still a
//! notebook of as many cells. What can't be kept together is tried one by one.

use std::collections::BTreeMap;

use crate::finding::{Finding, Severity};
use crate::notebook::ReadError;
use crate::report::NotebookReport;
use crate::text::EditSet;
use crate::verdict::Verdict;

/// What comes of a notebook.
#[derive(Debug)]
pub struct Fixed {
    pub text: String,
    /// What was done, in words.
    pub done: Vec<String>,
    /// What is left to say of the notebook.
    pub report: NotebookReport,
}

/// From a notebook's text to what is said of it.
pub type Judge<'a> = &'a dyn Fn(&str) -> Result<NotebookReport, ReadError>;

/// Fixes a notebook's text. `with_unsafe`: also where a fix changes what the notebook computes.
///
/// `open` says what there is to fix: what is accepted stays. `everything` is of every rule at every severity: a fix
/// answers for what it does to all of them.
///
/// # Errors
/// A text that is no notebook.
pub fn fix(text: &str, with_unsafe: bool, open: Judge<'_>, everything: Judge<'_>) -> Result<Fixed, ReadError> {
    let mut fixed = Fixed {
        text: text.to_owned(),
        done: Vec::new(),
        report: open(text)?,
    };
    while let Some((better, done)) = step(&fixed, with_unsafe, everything)? {
        fixed.report = open(&better)?;
        fixed.text = better;
        fixed.done.extend(done);
    }
    Ok(fixed)
}

/// The first fix that can be kept, with what it does. Each removes a finding and adds none, so that this comes to an
/// end. An unsafe one is tried first: cells in their order need no outputs cleared.
fn step(fixed: &Fixed, with_unsafe: bool, judged: Judge<'_>) -> Result<Option<(String, Vec<String>)>, ReadError> {
    let offering = |safe: bool| {
        let findings = fixed.report.findings.iter();
        findings.filter(move |finding| finding.fix.as_ref().is_some_and(|fix| fix.safe == safe))
    };
    let daring: Vec<Vec<&Finding>> = offering(false)
        .filter(|_| with_unsafe)
        .map(|finding| vec![finding])
        .collect();
    let safe: Vec<&Finding> = offering(true).collect();
    if daring.is_empty() && safe.is_empty() {
        return Ok(None);
    }
    let before = judged(&fixed.text)?;
    let one_by_one: Vec<Vec<&Finding>> = safe.iter().map(|finding| vec![*finding]).collect();
    let attempts = daring.into_iter().chain(std::iter::once(safe)).chain(one_by_one);
    for attempt in attempts.filter(|attempt| !attempt.is_empty()) {
        let Some(text) = apply(&fixed.text, &attempt) else {
            continue;
        };
        // an edit that leaves no notebook is not kept, and no reason to fail
        let Ok(after) = judged(&text) else {
            continue;
        };
        if is_better(&before, &after, &attempt) {
            let mut done: Vec<String> = Vec::new();
            for fix in attempt.iter().filter_map(|finding| finding.fix.as_ref()) {
                if !done.contains(&fix.description) {
                    done.push(fix.description.clone());
                }
            }
            return Ok(Some((text, done)));
        }
    }
    Ok(None)
}

/// The text with the edits of these findings; nothing where two of them clash, or nothing changes.
fn apply(text: &str, findings: &[&Finding]) -> Option<String> {
    let mut edits = EditSet::new();
    for edit in findings
        .iter()
        .filter_map(|finding| finding.fix.as_ref())
        .flat_map(|fix| &fix.edits)
    {
        // two findings may ask for the same
        if !edits.edits().contains(edit) {
            edits.push(edit.span, edit.replacement.clone()).ok()?;
        }
    }
    let changed = edits.apply(text);
    (changed != text).then_some(changed)
}

fn is_better(before: &NotebookReport, after: &NotebookReport, fixed: &[&Finding]) -> bool {
    let (known, left) = (by_fingerprint(before), by_fingerprint(after));
    let none_came = left.iter().all(|(print, severities)| {
        known.get(print).is_some_and(|before| {
            severities.len() <= before.len() && severities.iter().zip(before).all(|(after, before)| after <= before)
        })
    });
    let count = |report: &BTreeMap<&str, Vec<Severity>>, print: &str| report.get(print).map_or(0, Vec::len);
    let gone = fixed
        .iter()
        .map(|finding| print(finding))
        .all(|print| count(&left, print) < count(&known, print));
    let whole = after.cells.len() == before.cells.len() && after.problems.len() <= before.problems.len();
    let daring = fixed
        .iter()
        .any(|finding| finding.fix.as_ref().is_some_and(|fix| !fix.safe));
    none_came && gone && whole && (!daring || after.verdict == Verdict::Reproducible)
}

/// The severities of the findings, the worst first, by what stays the same when cells move.
fn by_fingerprint(report: &NotebookReport) -> BTreeMap<&str, Vec<Severity>> {
    let mut found: BTreeMap<&str, Vec<Severity>> = BTreeMap::new();
    for finding in &report.findings {
        found.entry(print(finding)).or_default().push(finding.severity);
    }
    for severities in found.values_mut() {
        severities.sort_by_key(|severity| std::cmp::Reverse(*severity));
    }
    found
}

/// A fingerprint without the number that tells twins apart: it counts down the page.
fn print(finding: &Finding) -> &str {
    finding.fingerprint.split('-').next().unwrap_or_default()
}
