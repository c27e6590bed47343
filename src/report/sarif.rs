//! SARIF 2.1.0, the format of code scanning: rules with their help, results at lines and bytes of the file.

use std::borrow::Cow;
use std::io::{self, Write};

use serde_json::{Value, json};

use crate::finding::{Finding, Place, Severity};

use super::{NotebookReport, Report, RuleInfo, place_name, printable, sentence};

/// Writes one log with one run. `rules` are described whether or not they found something.
///
/// # Errors
/// What the writer answers.
pub fn sarif(report: &Report, rules: &[RuleInfo], out: &mut dyn Write) -> io::Result<()> {
    let results: Vec<Value> = report
        .findings()
        .map(|(notebook, finding)| result(notebook, finding, rules))
        .collect();
    let problems = report.notebooks.iter().flat_map(|notebook| {
        notebook.problems.iter().map(move |problem| {
            json!({
                "level": "note",
                "message": {"text": printable(&problem.message)},
                "locations": [{"physicalLocation": {"artifactLocation": artifact(notebook)}}],
            })
        })
    });
    let unread = report.unread.iter().map(|unread| {
        json!({
            "level": "error",
            "message": {"text": printable(&unread.message)},
        })
    });
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": env!("CARGO_PKG_NAME"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(rule).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": report.unread.is_empty(),
                "toolExecutionNotifications": problems.chain(unread).collect::<Vec<_>>(),
            }],
            "results": results,
        }],
    });
    serde_json::to_writer(&mut *out, &log)?;
    writeln!(out)
}

fn rule(rule: &RuleInfo) -> Value {
    json!({
        "id": rule.code,
        "name": pascal(rule.name),
        "shortDescription": {"text": format!("{}.", rule.summary.trim_end_matches('.'))},
        "help": {"text": rule.page, "markdown": rule.page},
        "defaultConfiguration": {"level": level(rule.severity)},
        "properties": {"tags": ["jupyter", rule.name]},
    })
}

fn result(notebook: &NotebookReport, finding: &Finding, rules: &[RuleInfo]) -> Value {
    let mut text = sentence(finding);
    if let Some(hint) = &finding.hint {
        text.push_str("\nhint: ");
        text.push_str(&printable(hint));
    }
    let mut result = json!({
        "ruleId": finding.code,
        "level": level(finding.severity),
        "message": {"text": text},
        "locations": [location(notebook, &finding.place)],
        // keyed by the cell and not by its place in the file, so that it outlives a move
        "partialFingerprints": {"mortarboard/v1": finding.fingerprint},
        "properties": {"confidence": finding.confidence.name(), "rule": finding.rule},
    });
    if let Some(fields) = result.as_object_mut() {
        if let Some(index) = rules.iter().position(|rule| rule.code == finding.code) {
            fields.insert("ruleIndex".to_owned(), index.into());
        }
        let related: Vec<Value> = finding
            .related
            .iter()
            .enumerate()
            .map(|(id, related)| {
                let mut at = location(notebook, &related.place);
                if let Some(at) = at.as_object_mut() {
                    at.insert("id".to_owned(), id.into());
                    let text = format!("{} ({})", printable(&related.message), place_name(&related.place));
                    at.insert("message".to_owned(), json!({"text": text}));
                }
                at
            })
            .collect();
        if !related.is_empty() {
            fields.insert("relatedLocations".to_owned(), related.into());
        }
    }
    result
}

fn location(notebook: &NotebookReport, place: &Place) -> Value {
    let (start, end) = notebook.lines(place);
    json!({
        "physicalLocation": {
            "artifactLocation": artifact(notebook),
            "region": {
                "startLine": start.line,
                "startColumn": start.column,
                "endLine": end.line,
                "endColumn": end.column,
                "byteOffset": place.span.start,
                "byteLength": place.span.end.saturating_sub(place.span.start),
            },
        },
        "logicalLocations": [{"fullyQualifiedName": place_name(place)}],
    })
}

/// Relative to the folder that the program ran in, which code scanning takes for the repository's.
fn artifact(notebook: &NotebookReport) -> Value {
    let path = notebook.repository_path();
    if path.starts_with('/') {
        json!({"uri": format!("file://{}", uri(&path))})
    } else {
        json!({"uri": uri(&path)})
    }
}

/// RFC 3986: what is neither unreserved nor a slash is encoded.
fn uri(path: &str) -> Cow<'_, str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    if path.bytes().all(plain) {
        return Cow::Borrowed(path);
    }
    let encoded = path.bytes().map(|byte| match byte {
        byte if plain(byte) => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    });
    Cow::Owned(encoded.collect())
}

fn level(severity: Severity) -> &'static str {
    severity.name()
}

/// `used-before-definition` as SARIF wants names: `UsedBeforeDefinition`.
fn pascal(name: &str) -> String {
    name.split('-')
        .map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|c| c.to_ascii_uppercase());
            first.into_iter().chain(letters).collect::<String>()
        })
        .collect()
}
