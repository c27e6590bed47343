//! For people: each finding with its line, what it relates to and what to do; then a verdict for each notebook.

use std::io::{self, Write};

use crate::finding::{Confidence, Excerpt, Finding, Place, Severity};

use super::escape::width;
use super::{NotebookReport, Report, Style, place_name, plural, printable};

/// Related places that are shown before the rest is counted.
const RELATED: usize = 5;

/// Writes the findings, and with `verdicts` what they come to.
///
/// # Errors
/// What the writer answers.
pub fn full(report: &Report, style: Style, verdicts: bool, out: &mut dyn Write) -> io::Result<()> {
    for (notebook, finding) in report.findings() {
        write_finding(notebook, finding, style, out)?;
    }
    if verdicts {
        for notebook in &report.notebooks {
            write_verdict(notebook, style, out)?;
        }
        write_summary(report, style, out)?;
    }
    Ok(())
}

fn write_finding(notebook: &NotebookReport, finding: &Finding, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let title = format!("{}[{}]", finding.severity.name(), finding.code);
    let title = style.severity(finding.severity, &title);
    writeln!(
        out,
        "{title} {}: {}",
        finding.rule,
        style.strong(&printable(&finding.message))
    )?;
    let place = format!("{}:{}", notebook.path, place_name(&finding.place));
    writeln!(
        out,
        "  {} {}{}",
        style.faint("-->"),
        printable(&place),
        marks(notebook, &finding.place)
    )?;
    write_excerpt(finding, style, out)?;
    for related in finding.related.iter().take(RELATED) {
        let place = place_name(&related.place);
        writeln!(out, "   {} {} ({place})", style.faint("="), printable(&related.message))?;
    }
    let more = finding.related.len().saturating_sub(RELATED);
    if more > 0 {
        writeln!(out, "   {} and {more} more", style.faint("="))?;
    }
    if finding.confidence != Confidence::Certain {
        writeln!(out, "   {} confidence: {}", style.faint("="), finding.confidence.name())?;
    }
    if let Some(hint) = &finding.hint {
        writeln!(out, "   {} hint: {}", style.faint("="), printable(hint))?;
    }
    if let Some(fix) = &finding.fix {
        let option = if fix.safe { "--fix" } else { "--fix --unsafe-fixes" };
        writeln!(out, "   {} {option}: {}", style.faint("="), printable(&fix.description))?;
    }
    writeln!(out)
}

/// ` (In [4], id a1b2c3)`
fn marks(notebook: &NotebookReport, place: &Place) -> String {
    let Some(cell) = notebook.mark(place) else {
        return String::new();
    };
    let count = cell.execution_count.map(|count| format!("In [{count}]"));
    let id = cell.id.as_ref().map(|id| format!("id {}", printable(id)));
    match [count, id].into_iter().flatten().collect::<Vec<_>>() {
        marks if marks.is_empty() => String::new(),
        marks => format!(" ({})", marks.join(", ")),
    }
}

fn write_excerpt(finding: &Finding, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let (Some(excerpt), Some(start)) = (&finding.place.excerpt, finding.place.start) else {
        return Ok(());
    };
    let number = start.line.to_string();
    let margin = " ".repeat(number.len());
    let bar = style.faint("|");
    writeln!(out, " {margin} {bar}")?;
    writeln!(out, " {} {bar} {}", style.faint(&number), printable(&excerpt.text))?;
    let carets = style.severity(finding.severity, &"^".repeat(caret_width(excerpt)));
    writeln!(out, " {margin} {bar} {}{carets}", " ".repeat(indent_width(excerpt)))
}

fn indent_width(excerpt: &Excerpt) -> usize {
    excerpt.text.chars().take(excerpt.before).map(width).sum()
}

fn caret_width(excerpt: &Excerpt) -> usize {
    let marked = excerpt.text.chars().skip(excerpt.before).take(excerpt.marked);
    marked.map(width).sum::<usize>().max(1)
}

fn write_verdict(notebook: &NotebookReport, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let mut cells: Vec<String> = notebook
        .deciding_cells
        .iter()
        .take(10)
        .map(ToString::to_string)
        .collect();
    if notebook.deciding_cells.len() > cells.len() {
        cells.push("…".to_owned());
    }
    let because = match cells.len() {
        0 => String::new(),
        1 => format!(" (cell {})", cells.join(", ")),
        _ => format!(" (cells {})", cells.join(", ")),
    };
    writeln!(
        out,
        "{}: {}{because}",
        printable(&notebook.path),
        style.strong(notebook.verdict.name())
    )
}

fn write_summary(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let counts: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note]
        .into_iter()
        .map(|severity| (severity, report.count(severity)))
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| style.severity(severity, &plural(count, severity.name())))
        .collect();
    let suppressed = match report.suppressed() {
        0 => String::new(),
        count => format!(", {count} suppressed"),
    };
    let found = if counts.is_empty() {
        "nothing found".to_owned()
    } else {
        format!("found {}", counts.join(", "))
    };
    writeln!(
        out,
        "{}: {found}{suppressed}",
        plural(report.notebooks.len(), "notebook")
    )
}
