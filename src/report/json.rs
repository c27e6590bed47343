//! The JSON that users' programs read. Its types are its own: they change only by addition.

use std::io::{self, Write};

use serde::Serialize;

use crate::finding::{Finding, Place, Severity};

use super::{NotebookReport, Report, Unread};

#[derive(Serialize)]
struct Root<'r> {
    version: u32,
    tool: Tool,
    findings: Vec<JsonFinding<'r>>,
    notebooks: Vec<JsonNotebook<'r>>,
    unread: Vec<JsonUnread<'r>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct JsonFinding<'r> {
    rule: &'r str,
    code: &'r str,
    severity: &'static str,
    confidence: &'static str,
    path: &'r str,
    subject: Option<&'r str>,
    message: &'r str,
    hint: Option<&'r str>,
    place: JsonPlace<'r>,
    related: Vec<JsonRelated<'r>>,
    fix: Option<JsonFix<'r>>,
    fingerprint: &'r str,
}

#[derive(Serialize)]
struct JsonPlace<'r> {
    kind: &'static str,
    cell: Option<usize>,
    cell_id: Option<&'r str>,
    execution_count: Option<i64>,
    output: Option<usize>,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
    bytes: [usize; 2],
}

#[derive(Serialize)]
struct JsonRelated<'r> {
    message: &'r str,
    place: JsonPlace<'r>,
}

#[derive(Serialize)]
struct JsonFix<'r> {
    safe: bool,
    description: &'r str,
}

#[derive(Serialize)]
struct JsonNotebook<'r> {
    path: &'r str,
    language: &'r str,
    cells: usize,
    code_cells: usize,
    executed: usize,
    verdict: &'static str,
    deciding_cells: Vec<usize>,
    problems: Vec<JsonProblem<'r>>,
}

#[derive(Serialize)]
struct JsonProblem<'r> {
    message: &'r str,
    bytes: [usize; 2],
}

#[derive(Serialize)]
struct JsonUnread<'r> {
    message: &'r str,
    hint: Option<&'r str>,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
    suppressed: usize,
}

/// A line of [`jsonl`]: what it is, then what [`json`] says of it.
#[derive(Serialize)]
struct Line<T> {
    r#type: &'static str,
    #[serde(flatten)]
    value: T,
}

impl<T> Line<T> {
    fn new(r#type: &'static str, value: T) -> Self {
        Self { r#type, value }
    }
}

/// Writes each finding, then each notebook, then what could not be read, as an object on a line of its own.
///
/// # Errors
/// What the writer answers.
pub fn jsonl(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for (notebook, finding) in report.findings() {
        line(&Line::new("finding", json_finding(notebook, finding)), out)?;
    }
    for notebook in &report.notebooks {
        line(&Line::new("notebook", json_notebook(notebook)), out)?;
    }
    for unread in &report.unread {
        line(&Line::new("unread", json_unread(unread)), out)?;
    }
    Ok(())
}

fn line(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    writeln!(out)
}

/// Writes one object, on one line.
///
/// # Errors
/// What the writer answers.
pub fn json(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let root = Root {
        version: 1,
        tool: Tool {
            name: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
        },
        findings: report
            .findings()
            .map(|(notebook, finding)| json_finding(notebook, finding))
            .collect(),
        notebooks: report.notebooks.iter().map(json_notebook).collect(),
        unread: report.unread.iter().map(json_unread).collect(),
        summary: Summary {
            files: report.notebooks.len(),
            errors: report.count(Severity::Error),
            warnings: report.count(Severity::Warning),
            notes: report.count(Severity::Note),
            suppressed: report.suppressed(),
        },
    };
    line(&root, out)
}

fn json_finding<'r>(notebook: &'r NotebookReport, finding: &'r Finding) -> JsonFinding<'r> {
    let related = finding.related.iter().map(|related| JsonRelated {
        message: &related.message,
        place: json_place(notebook, &related.place),
    });
    JsonFinding {
        rule: finding.rule,
        code: finding.code,
        severity: finding.severity.name(),
        confidence: finding.confidence.name(),
        path: &notebook.path,
        subject: finding.subject.as_deref(),
        message: &finding.message,
        hint: finding.hint.as_deref(),
        place: json_place(notebook, &finding.place),
        related: related.collect(),
        fix: finding.fix.as_ref().map(|fix| JsonFix {
            safe: fix.safe,
            description: &fix.description,
        }),
        fingerprint: &finding.fingerprint,
    }
}

fn json_place<'r>(notebook: &'r NotebookReport, place: &Place) -> JsonPlace<'r> {
    let mark = notebook.mark(place);
    JsonPlace {
        kind: place.kind.name(),
        cell: place.cell.map(|cell| cell.number()),
        cell_id: mark.and_then(|mark| mark.id.as_deref()),
        execution_count: mark.and_then(|mark| mark.execution_count),
        output: place.output.map(|output| output + 1),
        line: place.start.map(|start| start.line),
        column: place.start.map(|start| start.column),
        end_line: place.end.map(|end| end.line),
        end_column: place.end.map(|end| end.column),
        bytes: [place.span.start, place.span.end],
    }
}

fn json_notebook(notebook: &NotebookReport) -> JsonNotebook<'_> {
    JsonNotebook {
        path: &notebook.path,
        language: &notebook.language,
        cells: notebook.cells.len(),
        code_cells: notebook.code_cells,
        executed: notebook.executed,
        verdict: notebook.verdict.name(),
        deciding_cells: notebook.deciding_cells.iter().map(|cell| cell.number()).collect(),
        problems: notebook
            .problems
            .iter()
            .map(|problem| JsonProblem {
                message: &problem.message,
                bytes: [problem.span.start, problem.span.end],
            })
            .collect(),
    }
}

fn json_unread(unread: &Unread) -> JsonUnread<'_> {
    JsonUnread {
        message: &unread.message,
        hint: unread.hint.as_deref(),
    }
}
