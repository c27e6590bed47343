//! What is printed: reports in the formats that people and programs read, written to any `Write`.

mod concise;
mod escape;
mod full;
mod github;
mod gitlab;
mod html;
mod json;
mod junit;
mod markdown;
mod sarif;
mod style;

pub use concise::concise;
pub use escape::{printable, width};
pub use full::full;
pub use github::github;
pub use gitlab::gitlab;
pub use html::html;
pub use json::{json, jsonl};
pub use junit::junit;
pub use markdown::markdown;
pub use sarif::sarif;
pub use style::Style;

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::finding::{Finding, Place, PlaceKind, Severity};
use crate::notebook::CellIdx;
use crate::text::{self, LineColumn, Span};
use crate::verdict::Verdict;

/// A cell as reports name it.
#[derive(Clone, Debug)]
pub struct CellMark {
    pub id: Option<String>,
    pub execution_count: Option<i64>,
}

/// Something odd about the file's form.
#[derive(Clone, Debug)]
pub struct ReportedProblem {
    pub message: String,
    pub span: Span,
}

/// All that is said of one notebook.
#[derive(Clone, Debug)]
pub struct NotebookReport {
    pub path: String,
    pub language: String,
    pub cells: Vec<CellMark>,
    pub code_cells: usize,
    pub executed: usize,
    pub verdict: Verdict,
    pub deciding_cells: Vec<CellIdx>,
    pub problems: Vec<ReportedProblem>,
    /// In order.
    pub findings: Vec<Finding>,
    pub suppressed: usize,
    /// Where the places of the findings stand in the file; empty until [`NotebookReport::locate`] fills it.
    pub in_file: BTreeMap<usize, LineColumn>,
}

/// What reports say of a rule.
#[derive(Clone, Copy, Debug)]
pub struct RuleInfo {
    pub code: &'static str,
    pub name: &'static str,
    pub summary: &'static str,
    pub severity: Severity,
    /// The rule's page, Markdown.
    pub page: &'static str,
}

impl NotebookReport {
    /// Finds the lines of the file that the places stand on, for formats that know files and not cells.
    /// `text` is what the notebook was read from.
    pub fn locate(&mut self, text: &str) {
        let places = self.findings.iter().flat_map(|finding| {
            let related = finding.related.iter().map(|related| &related.place);
            std::iter::once(&finding.place).chain(related)
        });
        let mut offsets: Vec<usize> = places.flat_map(|place| [place.span.start, place.span.end]).collect();
        offsets.sort_unstable();
        offsets.dedup();
        let positions = text::positions(text, &offsets);
        self.in_file = offsets.into_iter().zip(positions).collect();
    }

    /// Where a place starts and ends in the file.
    fn lines(&self, place: &Place) -> (LineColumn, LineColumn) {
        let top = LineColumn { line: 1, column: 1 };
        let at = |offset| self.in_file.get(&offset).copied().unwrap_or(top);
        (at(place.span.start), at(place.span.end))
    }

    /// The path as programs want it that know a repository: parted by `/`, without `./`.
    fn repository_path(&self) -> Cow<'_, str> {
        let path = if cfg!(windows) {
            Cow::Owned(self.path.replace('\\', "/"))
        } else {
            Cow::Borrowed(self.path.as_str())
        };
        match path {
            Cow::Borrowed(path) => Cow::Borrowed(path.trim_start_matches("./")),
            Cow::Owned(path) => Cow::Owned(path.trim_start_matches("./").to_owned()),
        }
    }

    fn mark(&self, place: &Place) -> Option<&CellMark> {
        self.cells.get(place.cell?.0)
    }
}

/// A file that could not be judged, and why.
#[derive(Clone, Debug)]
pub struct Unread {
    pub message: String,
    pub hint: Option<String>,
}

/// All that is said of all notebooks, by path.
#[derive(Clone, Debug, Default)]
pub struct Report {
    pub notebooks: Vec<NotebookReport>,
    /// What was not judged, which no report may pass over.
    pub unread: Vec<Unread>,
}

impl Report {
    /// The notebooks' reports in order, whatever order they were made in.
    pub fn new(mut notebooks: Vec<NotebookReport>, mut unread: Vec<Unread>) -> Self {
        notebooks.sort_by(|a, b| a.path.cmp(&b.path));
        unread.sort_by(|a, b| a.message.cmp(&b.message));
        Self { notebooks, unread }
    }

    pub fn findings(&self) -> impl Iterator<Item = (&NotebookReport, &Finding)> {
        self.notebooks
            .iter()
            .flat_map(|notebook| notebook.findings.iter().map(move |finding| (notebook, finding)))
    }

    pub fn count(&self, severity: Severity) -> usize {
        self.findings()
            .filter(|(_, finding)| finding.severity == severity)
            .count()
    }

    pub fn suppressed(&self) -> usize {
        self.notebooks.iter().map(|notebook| notebook.suppressed).sum()
    }
}

/// `cell 7:3:12`, `cell 7, output 2:1:5`; for what is in no cell `bytes 10-20`, and `file` for all of it.
fn place_name(place: &Place) -> String {
    let position = place
        .start
        .map_or_else(String::new, |start| format!(":{}:{}", start.line, start.column));
    let cell = place.cell.map(|cell| format!("cell {cell}"));
    match (place.kind, cell, place.output) {
        (PlaceKind::Source, Some(cell), _) => format!("{cell}{position}"),
        (PlaceKind::Output, Some(cell), Some(output)) => format!("{cell}, output {}{position}", output + 1),
        (_, Some(cell), _) => format!("{cell}, metadata"),
        (PlaceKind::Metadata, None, _) => "metadata".to_owned(),
        (_, None, _) if place.span.is_empty() => "file".to_owned(),
        (_, None, _) => format!("bytes {}-{}", place.span.start, place.span.end),
    }
}

/// A finding in one line of plain text, with its cell: for programs that show the file and not the notebook.
fn sentence(finding: &Finding) -> String {
    let message = printable(&finding.message);
    format!("{message} ({})", place_name(&finding.place))
}

/// `1 error`, `2 errors`
pub fn plural(count: usize, word: &str) -> String {
    if count == 1 {
        format!("1 {word}")
    } else {
        format!("{count} {word}s")
    }
}
