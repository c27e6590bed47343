//! `mortarboard diff`: what changed between two notebooks, cell by cell.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use crate::check::check;
use crate::diff::{NotebookDiff, diff, html, json, plain};
use crate::finding::Finding;
use crate::io;
use crate::notebook::{self, CellIdx};
use crate::report::{Report, Style, full};

use super::Outcome;
use super::args::{DiffArgs, DiffFormat};
use super::talk::{UserError, colour, note, print};
use super::work::gather;

/// What stands in for a side that is not there: git hands over an empty file.
const NOTHING: &str = r#"{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}"#;

pub(super) fn run(args: &DiffArgs) -> Result<Outcome, Vec<UserError>> {
    let (old_text, new_text) = (read(&args.old)?, read(&args.new)?);
    let names = (args.old.to_string_lossy(), args.new.to_string_lossy());
    let parsed = |name: &str, text| notebook::read(text).map_err(|error| vec![UserError::unreadable(name, &error)]);
    let old = parsed(&names.0, &old_text)?;
    let new = parsed(&names.1, &new_text)?;
    let difference = diff(&old, &new);
    let style = colour(args.color);
    let names = (&*names.0, &*names.1);
    let mut out = Vec::new();
    let written = match args.output_format {
        DiffFormat::Full => plain(names, &difference, style, &mut out),
        DiffFormat::Json => json(names, &difference, &mut out),
        DiffFormat::Html => html(names, &difference, &mut out),
    };
    // a vector takes whatever is written: what fails is a template of ours
    written.map_err(|error| vec![UserError::new(error.to_string(), "this is a fault of ours: report it")])?;
    if args.findings {
        findings(args, (&old_text, &new_text), &difference, style, &mut out)?;
    }
    print(&String::from_utf8_lossy(&out))?;
    if difference.is_empty() && old_text != new_text {
        note("the cells are the same; the files differ in their layout only");
    }
    Ok(if difference.is_empty() {
        Outcome::Clean
    } else {
        Outcome::Findings
    })
}

fn read(path: &Path) -> Result<String, Vec<UserError>> {
    let text = io::read(path).map_err(|error| vec![error.into()])?;
    Ok(if text.trim().is_empty() {
        NOTHING.to_owned()
    } else {
        text
    })
}

/// Adds what the change brings and what it mends.
fn findings(
    args: &DiffArgs,
    (old_text, new_text): (&str, &str),
    difference: &NotebookDiff,
    style: Style,
    out: &mut Vec<u8>,
) -> Result<(), Vec<UserError>> {
    let (jobs, errors) = gather(std::slice::from_ref(&args.new), &args.rules, &args.files, false)?;
    let Some(job) = jobs.first() else {
        return Err(errors);
    };
    let judged = |path: &Path, text: &str| {
        let name = path.to_string_lossy();
        let report = check(&name, text, &job.resolved.strictness);
        report.map_err(|error| vec![UserError::unreadable(&name, &error)])
    };
    let (mut old, mut new) = (judged(&args.old, old_text)?, judged(&args.new, new_text)?);
    let partner: BTreeMap<CellIdx, CellIdx> = difference.pairs.iter().copied().collect();
    let of_old = |finding: &Finding| Known::of(finding, |cell| partner.get(&cell).copied());
    let of_new = |finding: &Finding| Known::of(finding, Some);
    let before: Vec<Known> = old.findings.iter().map(of_old).collect();
    let after: Vec<Known> = new.findings.iter().map(of_new).collect();
    keep_unknown(&mut new.findings, of_new, before);
    keep_unknown(&mut old.findings, of_old, after);
    for (title, report) in [
        ("findings that the change adds", new),
        ("findings that it removes", old),
    ] {
        let count = report.findings.len();
        // writing to a vector can't fail
        let _ = writeln!(out, "\n{}\n", style.strong(&format!("{title}: {count}")));
        let _ = full(&Report::new(vec![report], Vec::new()), style, false, out);
    }
    Ok(())
}

/// What a finding is, wherever its line moved: rule, subject, the part of the cell, and the cell as the new notebook
/// counts it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Known {
    code: &'static str,
    subject: Option<String>,
    kind: &'static str,
    cell: Option<CellIdx>,
}

impl Known {
    fn of(finding: &Finding, cell: impl Fn(CellIdx) -> Option<CellIdx>) -> Self {
        Self {
            code: finding.code,
            subject: finding.subject.clone(),
            kind: finding.place.kind.name(),
            cell: finding.place.cell.and_then(cell),
        }
    }
}

/// Leaves the findings that are not among `others`, each of which answers for one.
fn keep_unknown(findings: &mut Vec<Finding>, known: impl Fn(&Finding) -> Known, others: Vec<Known>) {
    let mut counts: BTreeMap<Known, usize> = BTreeMap::new();
    for other in others {
        *counts.entry(other).or_default() += 1;
    }
    findings.retain(|finding| match counts.get_mut(&known(finding)) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    });
}
