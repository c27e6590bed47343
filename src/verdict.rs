//! What a notebook's execution history comes to, in one word.

use std::collections::BTreeMap;

use crate::finding::{Confidence, Finding, Severity};
use crate::notebook::{Cell, CellIdx, Language, Notebook};

/// Whether a run from the top can be expected to give what the notebook shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Reproducible,
    OrderDependent,
    Broken,
    NeverRun,
    MixedSessions,
    /// Not Python, or no code at all.
    NotApplicable,
}

impl Verdict {
    pub fn name(self) -> &'static str {
        match self {
            Self::Reproducible => "reproducible",
            Self::OrderDependent => "order-dependent",
            Self::Broken => "broken",
            Self::NeverRun => "never-run",
            Self::MixedSessions => "mixed-sessions",
            Self::NotApplicable => "not-applicable",
        }
    }
}

/// Rules whose errors, where certain, mean that a run from the top stops.
const BREAKING: [&str; 4] = ["MB105", "MB201", "MB202", "MB701"];

/// The verdict, and the cells that decided it. `findings` are all of them, those that an ignore hides too:
/// an ignore says that a person knows, not that the notebook runs.
pub fn judge(notebook: &Notebook<'_>, findings: &[Finding]) -> (Verdict, Vec<CellIdx>) {
    let code: Vec<&Cell> = notebook.code_cells().filter(|cell| cell.has_code()).collect();
    if code.is_empty() || matches!(notebook.language, Language::Other(_)) {
        return (Verdict::NotApplicable, Vec::new());
    }
    let breaking = |f: &&Finding| {
        let sure = f.confidence == Confidence::Certain && f.severity == Severity::Error;
        sure && BREAKING.contains(&f.code)
    };
    let broken = cells_of(findings.iter().filter(breaking));
    if !broken.is_empty() {
        return (Verdict::Broken, broken);
    }
    if code
        .iter()
        .all(|cell| cell.execution_count.is_none() && cell.outputs.is_empty())
    {
        return (Verdict::NeverRun, Vec::new());
    }
    let twins = equal_counts(&code);
    if !twins.is_empty() {
        return (Verdict::MixedSessions, twins);
    }
    let moved = cells_of(findings.iter().filter(|f| f.code == "MB101"));
    if !moved.is_empty() {
        return (Verdict::OrderDependent, moved);
    }
    (Verdict::Reproducible, Vec::new())
}

fn cells_of<'f>(findings: impl Iterator<Item = &'f Finding>) -> Vec<CellIdx> {
    let mut cells: Vec<CellIdx> = findings.filter_map(|finding| finding.place.cell).collect();
    cells.sort_unstable();
    cells.dedup();
    cells
}

/// Cells whose count another cell has too: no session counts a number twice.
fn equal_counts(code: &[&Cell]) -> Vec<CellIdx> {
    let mut by_count: BTreeMap<i64, Vec<CellIdx>> = BTreeMap::new();
    for cell in code {
        if let Some(count) = cell.execution_count {
            by_count.entry(count).or_default().push(cell.idx);
        }
    }
    let mut twins: Vec<CellIdx> = by_count
        .into_values()
        .filter(|cells| cells.len() > 1)
        .flatten()
        .collect();
    twins.sort_unstable();
    twins
}
