//! Annotations of GitHub Actions: a workflow command a finding, shown at the line in the pull request.

use std::io::{self, Write};

use crate::finding::Severity;

use super::{Report, printable, sentence};

/// `::error file=…,line=…,endLine=…,col=…,endColumn=…,title=…::message`, as the runner's toolkit writes it.
///
/// # Errors
/// What the writer answers.
pub fn github(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for (notebook, finding) in report.findings() {
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let (start, end) = notebook.lines(&finding.place);
        let file = property(&notebook.repository_path());
        let title = property(&format!("{} {}", finding.code, finding.rule));
        write!(out, "::{command} title={title},file={file},line={}", start.line)?;
        // columns are taken only where a place is on one line
        if start.line == end.line {
            write!(out, ",col={},endColumn={}", start.column, end.column)?;
        } else {
            write!(out, ",endLine={}", end.line)?;
        }
        let mut message = sentence(finding);
        if let Some(hint) = &finding.hint {
            message.push_str("\nhint: ");
            message.push_str(&printable(hint));
        }
        writeln!(out, "::{}", data(&message))?;
    }
    for unread in &report.unread {
        let message = printable(&unread.message);
        writeln!(out, "::error title=not judged::{}", data(&message))?;
    }
    Ok(())
}

/// The characters that end a command's message.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Those that end a property, too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
