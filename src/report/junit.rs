//! JUnit's XML as Jenkins reads it: a suite for each notebook, a failed case for each finding.

use std::io::{self, Write};

use crate::finding::Severity;

use super::escape::markup;
use super::{NotebookReport, Report, place_name, printable, sentence};

/// Writes the suites. Notes are cases that passed and say so: what fails a build is a warning or an error.
///
/// # Errors
/// What the writer answers.
pub fn junit(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    let failures = report.count(Severity::Error) + report.count(Severity::Warning);
    let unread = report.unread.len();
    let tests: usize = report.notebooks.iter().map(cases).sum::<usize>() + unread;
    let name = env!("CARGO_PKG_NAME");
    writeln!(
        out,
        r#"<testsuites name="{name}" tests="{tests}" failures="{failures}" errors="{unread}">"#
    )?;
    for notebook in &report.notebooks {
        suite(notebook, out)?;
    }
    if unread > 0 {
        writeln!(
            out,
            r#"  <testsuite name="not judged" tests="{unread}" failures="0" errors="{unread}">"#
        )?;
        for (i, unread) in report.unread.iter().enumerate() {
            let message = xml(&printable(&unread.message));
            let number = i + 1;
            writeln!(
                out,
                r#"    <testcase name="{number}" classname="not judged"><error type="unreadable" message="{message}"/></testcase>"#
            )?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

/// A notebook of which nothing is said has one case, or it would not be seen.
fn cases(notebook: &NotebookReport) -> usize {
    notebook.findings.len().max(1)
}

fn suite(notebook: &NotebookReport, out: &mut dyn Write) -> io::Result<()> {
    let path = xml(&notebook.repository_path());
    let failed = notebook
        .findings
        .iter()
        .filter(|finding| finding.severity > Severity::Note);
    writeln!(
        out,
        r#"  <testsuite name="{path}" tests="{}" failures="{}" errors="0">"#,
        cases(notebook),
        failed.count()
    )?;
    if notebook.findings.is_empty() {
        writeln!(out, r#"    <testcase name="nothing found" classname="{path}"/>"#)?;
    }
    for finding in &notebook.findings {
        let (start, _) = notebook.lines(&finding.place);
        let name = xml(&format!("{}:{}", finding.rule, place_name(&finding.place)));
        let message = xml(&sentence(finding));
        write!(out, r#"    <testcase name="{name}" classname="{path}">"#)?;
        if finding.severity == Severity::Note {
            write!(out, "<system-out>{message}</system-out>")?;
        } else {
            let kind = finding.code;
            let hint = finding
                .hint
                .as_deref()
                .map(|hint| format!("\nhint: {}", printable(hint)));
            let hint = xml(&hint.unwrap_or_default());
            let line = start.line;
            write!(
                out,
                r#"<failure type="{kind}" message="{message}">{path}:{line}: {message}{hint}</failure>"#
            )?;
        }
        writeln!(out, "</testcase>")?;
    }
    writeln!(out, "  </testsuite>")
}

/// Escapes for text and attributes. What XML can't hold even escaped becomes the replacement character.
fn xml(text: &str) -> String {
    let unspeakable = |c: char| matches!(c, '\u{fffe}' | '\u{ffff}') || (c.is_control() && c != '\n');
    markup(&text.replace(unspeakable, "\u{fffd}"))
}
