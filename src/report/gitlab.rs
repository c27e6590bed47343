//! GitLab's Code Quality report: the part of Code Climate's format that GitLab reads.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::finding::Severity;

use super::{Report, sentence};

#[derive(Serialize)]
struct Issue<'r> {
    r#type: &'static str,
    check_name: &'r str,
    description: String,
    categories: [&'static str; 1],
    severity: &'static str,
    fingerprint: String,
    location: Location<'r>,
}

#[derive(Serialize)]
struct Location<'r> {
    path: Cow<'r, str>,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

/// Writes an array of issues. GitLab knows issues by their fingerprints, which must differ across the report. What
/// could not be judged has no line to be an issue of: stderr and the exit code say it.
///
/// # Errors
/// What the writer answers.
pub fn gitlab(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut twins: BTreeMap<&str, usize> = BTreeMap::new();
    let mut issues = Vec::new();
    for (notebook, finding) in report.findings() {
        let twin = twins.entry(&finding.fingerprint).or_default();
        let (start, end) = notebook.lines(&finding.place);
        issues.push(Issue {
            r#type: "issue",
            check_name: finding.rule,
            description: sentence(finding),
            categories: [category(finding.code)],
            severity: match finding.severity {
                Severity::Error => "major",
                Severity::Warning => "minor",
                Severity::Note => "info",
            },
            fingerprint: match *twin {
                0 => finding.fingerprint.clone(),
                n => format!("{}.{n}", finding.fingerprint),
            },
            location: Location {
                path: notebook.repository_path(),
                lines: Lines {
                    begin: start.line,
                    end: end.line,
                },
            },
        });
        *twin += 1;
    }
    serde_json::to_writer(&mut *out, &issues)?;
    writeln!(out)
}

fn category(code: &str) -> &'static str {
    match code.get(..3) {
        Some("MB3") => "Security",
        Some("MB4" | "MB5") => "Compatibility",
        Some("MB7") => "Clarity",
        _ => "Bug Risk",
    }
}
