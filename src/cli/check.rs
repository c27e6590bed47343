//! `mortarboard check`: reads notebooks in parallel and prints what was found.

use std::collections::BTreeMap;
use std::io::{self as std_io, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::baseline::retain_new;
use crate::check::{Strictness, check_to_compare, rule_infos};
use crate::fix::fix;
use crate::io;
use crate::redact::hidden;
use crate::report::{self, NotebookReport, Report};

use super::Outcome;
use super::accepted::Known;
use super::args::{CheckArgs, Format};
use super::talk::{UserError, colour, difference, note, print};
use super::work::{Job, from_stdin, gather, in_parallel};

pub(super) fn run(args: &CheckArgs) -> Result<Outcome, Vec<UserError>> {
    let (jobs, mut errors) = jobs(args)?;
    let known = Known::new(&args.known).map_err(|error| vec![error])?;
    let with_lines = args.output_format.names_lines();
    let mut reports: Vec<(&Job, NotebookReport)> = Vec::new();
    let mut changed = 0_usize;
    let mut differences = String::new();
    let results = in_parallel(args.files.jobs, &jobs, |job| one(job, args, &known, with_lines))?;
    for (job, result) in jobs.iter().zip(results) {
        match result {
            Ok(judged) => {
                if !judged.done.is_empty() {
                    changed += 1;
                    say_fixed(args, &judged);
                }
                differences.push_str(&judged.difference);
                reports.push((job, judged.report));
            }
            Err(error) => errors.push(error),
        }
    }
    known.apply(&mut reports, args.quiet).map_err(|error| vec![error])?;
    let notebooks: Vec<NotebookReport> = reports.into_iter().map(|(_, notebook)| notebook).collect();
    errors.iter().for_each(UserError::say);
    if args.diff {
        print(&differences)?;
        return Ok(match (errors.is_empty(), changed) {
            (false, _) => Outcome::Failed,
            (true, 0) => Outcome::Clean,
            (true, _) => Outcome::Findings,
        });
    }
    let report = Report::new(notebooks, errors.iter().map(UserError::unread).collect());
    // programs expect their object whatever happened; a person has been told
    if !report.notebooks.is_empty() || args.output_format.is_for_programs() {
        print_report(args, &report)?;
    }
    Ok(match (errors.is_empty(), report.findings().next()) {
        (false, _) => Outcome::Failed,
        (true, Some(_)) => Outcome::Findings,
        (true, None) => Outcome::Clean,
    })
}

/// The notebooks to judge, and what could not be read on the way.
fn jobs(args: &CheckArgs) -> Result<(Vec<Job>, Vec<UserError>), Vec<UserError>> {
    let piped = |path: &PathBuf| path.as_os_str() == "-";
    if !args.paths.iter().any(piped) {
        return gather(&args.paths, &args.rules, &args.files, args.verbose);
    }
    if args.paths.len() > 1 || args.fix {
        let (message, hint) = if args.fix {
            (
                "`--fix` has no file to write what comes by stdin to",
                "name the file, or use `--diff`",
            )
        } else {
            (
                "`-` stands for a notebook on stdin, and other paths are named as well",
                "name files, or pipe one in",
            )
        };
        return Err(vec![UserError::new(message, hint)]);
    }
    let name = args.stdin_filename.as_deref().unwrap_or(Path::new("-"));
    Ok((vec![from_stdin(name, &args.rules, &args.files)?], Vec::new()))
}

/// A notebook's report, and what was or would be fixed before it.
struct Judged {
    report: NotebookReport,
    done: Vec<String>,
    difference: String,
}

fn one(job: &Job, args: &CheckArgs, known: &Known<'_>, with_lines: bool) -> Result<Judged, UserError> {
    let text = job.text()?;
    let name = job.found.path.to_string_lossy();
    let strictness = &job.resolved.strictness;
    let folder = job.found.path.parent().unwrap_or(Path::new(""));
    let beside = |path: &str| io::read_source(&folder.join(path));
    let salt = known.salt();
    let unreadable = |error| UserError::unreadable(&name, &error);
    let report_of =
        |text: &str, strictness: &Strictness| check_to_compare(&name, text, strictness, &beside, salt.as_ref());
    let earlier = known.earlier(job, &beside)?;
    let mut judged = Judged {
        report: report_of(&text, strictness).map_err(unreadable)?,
        done: Vec::new(),
        difference: String::new(),
    };
    let offered = judged.report.findings.iter().any(|finding| finding.fix.is_some());
    let mut text = text;
    if offered && (args.fix || args.diff) {
        let open = |text: &str| {
            let mut report = report_of(text, strictness)?;
            known.hide(job, &earlier, &mut report.findings);
            Ok(report)
        };
        let everything = strictness.clone().everything();
        let everything = |text: &str| report_of(text, &everything);
        let fixed = fix(&text, args.unsafe_fixes, &open, &everything).map_err(unreadable)?;
        if args.diff {
            judged.difference = difference(&name, &hidden(&text), &hidden(&fixed.text), colour(args.color));
        } else if fixed.text != text {
            io::write_atomic(&job.found.path, fixed.text.as_bytes())?;
        }
        // what a baseline accepts is taken out at the end, so that it can be told what it accepts in vain
        judged.report = match &salt {
            Some(_) => report_of(&fixed.text, strictness).map_err(unreadable)?,
            None => fixed.report,
        };
        judged.done = fixed.done;
        text = fixed.text;
    }
    retain_new(&earlier, &mut judged.report.findings);
    if with_lines {
        judged.report.locate(&text);
    }
    Ok(judged)
}

fn say_fixed(args: &CheckArgs, judged: &Judged) {
    if !args.quiet {
        let would = if args.diff { "would be fixed" } else { "fixed" };
        note(&format!("{}: {would}: {}", judged.report.path, judged.done.join("; ")));
    }
}

fn print_report(args: &CheckArgs, report: &Report) -> Result<(), Vec<UserError>> {
    let mut out = BufWriter::new(std_io::stdout().lock());
    let written = if args.statistics && matches!(args.output_format, Format::Full | Format::Concise | Format::Markdown)
    {
        statistics(report, &mut out)
    } else {
        match args.output_format {
            Format::Full => report::full(report, colour(args.color), !args.quiet, &mut out),
            Format::Concise => report::concise(report, &mut out),
            Format::Json => report::json(report, &mut out),
            Format::Jsonl => report::jsonl(report, &mut out),
            Format::Sarif => report::sarif(report, &rule_infos(), &mut out),
            Format::Github => report::github(report, &mut out),
            Format::Gitlab => report::gitlab(report, &mut out),
            Format::Junit => report::junit(report, &mut out),
            Format::Markdown => report::markdown(report, &mut out),
        }
    };
    match written.and_then(|()| out.flush()) {
        // whoever read has read enough
        Err(error) if error.kind() == std_io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(vec![UserError::new(
            format!("the report could not be written: {error}"),
            "check where stdout goes",
        )]),
        Ok(()) => Ok(()),
    }
}

/// Findings by rule, the most frequent first.
fn statistics(report: &Report, out: &mut dyn Write) -> std_io::Result<()> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (_, finding) in report.findings() {
        *counts.entry((finding.code, finding.rule)).or_default() += 1;
    }
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_by_key(|&(rule, count)| (std::cmp::Reverse(count), rule));
    for ((code, rule), count) in rows {
        writeln!(out, "{count:>6}  {code}  {rule}")?;
    }
    Ok(())
}
