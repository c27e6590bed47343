//! What is printed: reports in the formats that people and programs read, written to any `Write`.

mod concise;
mod escape;
mod full;
mod json;
mod style;

pub use concise::concise;
pub use escape::printable;
pub use full::full;
pub use json::json;
pub use style::Style;

use crate::finding::{Finding, Place, PlaceKind, Severity};
use crate::notebook::CellIdx;
use crate::text::Span;
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
}

impl NotebookReport {
    fn mark(&self, place: &Place) -> Option<&CellMark> {
        self.cells.get(place.cell?.0)
    }
}

/// All that is said of all notebooks, by path.
#[derive(Clone, Debug, Default)]
pub struct Report {
    pub notebooks: Vec<NotebookReport>,
}

impl Report {
    /// The notebooks' reports in order, whatever order they were made in.
    pub fn new(mut notebooks: Vec<NotebookReport>) -> Self {
        notebooks.sort_by(|a, b| a.path.cmp(&b.path));
        Self { notebooks }
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

/// `cell 7:3:12`, `cell 7, output 2:1:5`, or `bytes 10-20` for what is in no cell.
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
        (_, None, _) => format!("bytes {}-{}", place.span.start, place.span.end),
    }
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 {
        format!("1 {word}")
    } else {
        format!("{count} {word}s")
    }
}
