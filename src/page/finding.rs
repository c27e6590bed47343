//! Findings as the page tells them: what, where, how sure, and what to do.

use serde::Serialize;

use crate::finding::{Confidence, Finding, Place, PlaceKind};
use crate::report::printable;

/// Related places that are named; the rest are counted.
const RELATED: usize = 12;

/// A stretch of a message: code is what stands between backticks.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Part {
    pub code: bool,
    pub text: String,
}

/// A finding.
#[derive(Clone, Debug, Serialize)]
pub(super) struct FindingView {
    pub id: String,
    pub severity: &'static str,
    pub code: &'static str,
    pub rule: &'static str,
    pub message: Vec<Part>,
    pub hint: Vec<Part>,
    /// `cell 4, line 3`
    pub place: String,
    /// The line, where the page does not show it right above.
    pub excerpt: Option<String>,
    pub related: Vec<Link>,
    pub more: usize,
    pub confidence: Option<&'static str>,
    pub fix: Option<String>,
}

/// A text that leads somewhere on the page.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Link {
    pub text: Vec<Part>,
    /// The id of what it leads to.
    pub to: Option<String>,
    pub place: String,
}

/// What a cell is called within its notebook, for links.
pub(super) fn cell_id(number: usize) -> String {
    format!("c{number}")
}

pub(super) fn output_id(cell: usize, number: usize) -> String {
    format!("c{cell}-o{number}")
}

pub(super) fn finding_id(number: usize) -> String {
    format!("f{number}")
}

/// The smallest part of the notebook on the page that holds a place.
fn place_id(place: &Place) -> Option<String> {
    let cell = place.cell?.number();
    Some(match place.output.filter(|_| place.kind == PlaceKind::Output) {
        Some(output) => output_id(cell, output + 1),
        None => cell_id(cell),
    })
}

pub(super) fn view(number: usize, finding: &Finding) -> FindingView {
    let related = finding.related.iter().take(RELATED).map(|related| Link {
        text: parts(&related.message),
        to: place_id(&related.place),
        place: place_name(&related.place),
    });
    FindingView {
        id: finding_id(number),
        severity: finding.severity.name(),
        code: finding.code,
        rule: finding.rule,
        message: parts(&finding.message),
        hint: finding.hint.as_deref().map(parts).unwrap_or_default(),
        place: place_name(&finding.place),
        excerpt: finding
            .place
            .excerpt
            .as_ref()
            .map(|excerpt| printable(excerpt.text.trim()).into_owned()),
        related: related.collect(),
        more: finding.related.len().saturating_sub(RELATED),
        confidence: (finding.confidence != Confidence::Certain).then(|| finding.confidence.name()),
        fix: finding.fix.as_ref().map(|fix| {
            let option = if fix.safe { "--fix" } else { "--fix --unsafe-fixes" };
            format!("check {option} can {}", printable(&fix.description))
        }),
    }
}

/// A message with what stands between backticks set apart; where they don't pair, it stays one text.
pub(super) fn parts(message: &str) -> Vec<Part> {
    let message = printable(message);
    let pieces: Vec<&str> = message.split('`').collect();
    if pieces.len().is_multiple_of(2) {
        return vec![Part {
            code: false,
            text: message.into_owned(),
        }];
    }
    let pieces = pieces.into_iter().enumerate().map(|(i, text)| Part {
        code: i % 2 == 1,
        text: text.to_owned(),
    });
    pieces.filter(|part| !part.text.is_empty()).collect()
}

fn place_name(place: &Place) -> String {
    let line = place
        .start
        .map_or_else(String::new, |start| format!(", line {}", start.line));
    match (place.kind, place.cell, place.output) {
        (PlaceKind::Source, Some(cell), _) => format!("cell {cell}{line}"),
        (PlaceKind::Output, Some(cell), Some(output)) => format!("cell {cell}, output {}", output + 1),
        (_, Some(cell), _) => format!("cell {cell}, metadata"),
        (PlaceKind::Metadata, None, _) => "the notebook's metadata".to_owned(),
        (_, None, _) => "the file".to_owned(),
    }
}
