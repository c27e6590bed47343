//! A comment for a pull request: a table of the notebooks, and what was found in each, folded.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::finding::{Confidence, Finding, Severity};

use super::escape::{markup, steers};
use super::{NotebookReport, Report, place_name, plural, printable};

/// Bytes of the findings' part. Forges refuse comments past 65,536 characters.
const ROOM: usize = 55_000;
/// Notebooks that the table names before it counts the rest.
const ROWS: usize = 50;

/// Writes the comment. What doesn't fit is counted, not dropped in silence.
///
/// # Errors
/// What the writer answers.
pub fn markdown(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let totals =
        [Severity::Error, Severity::Warning, Severity::Note].map(|severity| (severity, report.count(severity)));
    let found: Vec<String> = totals
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| plural(*count, severity.name()))
        .collect();
    let found = if found.is_empty() {
        "nothing found".to_owned()
    } else {
        found.join(", ")
    };
    writeln!(out, "### Notebooks: {found}\n")?;
    // the worst first: a reviewer reads from the top
    let mut rows: Vec<(&NotebookReport, [usize; 3])> = report
        .notebooks
        .iter()
        .filter(|notebook| !notebook.findings.is_empty())
        .map(|notebook| (notebook, counts(notebook)))
        .collect();
    rows.sort_by_key(|(_, counts)| std::cmp::Reverse(*counts));
    table(&rows, report.notebooks.len(), out)?;
    unread(report, out)?;
    let mut room = ROOM;
    let mut left_out = 0;
    for (notebook, _) in rows {
        let text = details(notebook);
        match room.checked_sub(text.len()) {
            Some(rest) => {
                room = rest;
                write!(out, "\n{text}")?;
            }
            None => left_out += notebook.findings.len(),
        }
    }
    if left_out > 0 {
        let left_out = plural(left_out, "finding");
        writeln!(
            out,
            "\n_{left_out} of further notebooks did not fit here: run `mortarboard check` for all._"
        )?;
    }
    Ok(())
}

fn unread(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.unread.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n**Not judged:**\n")?;
    for unread in report.unread.iter().take(ROWS) {
        writeln!(out, "- {}", prose(&unread.message))?;
    }
    match report.unread.len().saturating_sub(ROWS) {
        0 => Ok(()),
        more => writeln!(out, "- and {more} more"),
    }
}

/// The notebooks in which something was found, and how many others there are.
fn table(rows: &[(&NotebookReport, [usize; 3])], all: usize, out: &mut dyn Write) -> io::Result<()> {
    if !rows.is_empty() {
        writeln!(out, "| notebook | verdict | errors | warnings | notes |")?;
        writeln!(out, "|---|---|--:|--:|--:|")?;
    }
    for (notebook, [errors, warnings, notes]) in rows.iter().take(ROWS) {
        let path = code(&notebook.path).replace('|', "\\|");
        let verdict = notebook.verdict.name();
        writeln!(out, "| {path} | {verdict} | {errors} | {warnings} | {notes} |")?;
    }
    if let Some(more) = rows.len().checked_sub(ROWS).filter(|more| *more > 0) {
        writeln!(out, "\n_and {more} more_")?;
    }
    match (rows.len(), all - rows.len()) {
        (_, 0) => Ok(()),
        (0, all) => writeln!(out, "{} judged", plural(all, "notebook")),
        (_, others) => writeln!(out, "\nnothing found in {}", plural(others, "other notebook")),
    }
}

fn counts(notebook: &NotebookReport) -> [usize; 3] {
    [Severity::Error, Severity::Warning, Severity::Note].map(|severity| {
        let of = notebook.findings.iter().filter(|finding| finding.severity == severity);
        of.count()
    })
}

fn details(notebook: &NotebookReport) -> String {
    let mut out = String::new();
    // writing to a string can't fail
    let _ = write_details(notebook, &mut out);
    out
}

fn write_details(notebook: &NotebookReport, out: &mut String) -> std::fmt::Result {
    let count = plural(notebook.findings.len(), "finding");
    let path = markup(&printable(&notebook.path));
    writeln!(out, "<details><summary><code>{path}</code>: {count}</summary>\n")?;
    for finding in &notebook.findings {
        write_finding(finding, out)?;
    }
    writeln!(out, "\n</details>")
}

fn write_finding(finding: &Finding, out: &mut String) -> std::fmt::Result {
    let severity = finding.severity.name();
    let place = place_name(&finding.place);
    let sure = match finding.confidence {
        Confidence::Certain => String::new(),
        other => format!(", {}", other.name()),
    };
    writeln!(
        out,
        "- **{severity}**{sure} {} `{}`, {place}: {}",
        finding.code,
        finding.rule,
        prose(&finding.message)
    )?;
    match &finding.hint {
        Some(hint) => writeln!(out, "  <br>hint: {}", prose(hint)),
        None => Ok(()),
    }
}

/// Text that may hold code between backticks; all the rest is escaped, so that nothing of it is markup or a mention.
fn prose(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let parts: Vec<&str> = text.split('`').collect();
    let last = parts.len().saturating_sub(1);
    for (i, part) in parts.iter().enumerate() {
        match i {
            // a backtick that opens and never closes is text
            i if i % 2 == 1 && i < last => out.push_str(&code(part)),
            i if i % 2 == 1 => {
                out.push_str("\\`");
                escape(part, &mut out);
            }
            _ => escape(part, &mut out),
        }
    }
    out
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            // a word joiner keeps a forge from calling someone, or linking an issue
            '@' | '#' => {
                out.push('\\');
                out.push(c);
                out.push('\u{2060}');
            }
            '\\' | '*' | '_' | '[' | ']' | '>' | '~' | '|' | '!' | '$' => {
                out.push('\\');
                out.push(c);
            }
            '\n' | '\t' => out.push(' '),
            c if steers(c) => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
}

/// A code span that ends where it should: its fence is longer than any backticks within.
fn code(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => clean.push(' '),
            c if steers(c) => clean.extend(c.escape_default()),
            c => clean.push(c),
        }
    }
    let longest = clean.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let needs_room = clean.starts_with('`') || clean.ends_with('`') || clean.trim().is_empty();
    let room = if needs_room { " " } else { "" };
    format!("{fence}{room}{clean}{room}{fence}")
}
