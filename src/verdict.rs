//! What a notebook's execution history comes to, in one word.

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
    pub const ALL: [Self; 6] = [
        Self::Reproducible,
        Self::OrderDependent,
        Self::Broken,
        Self::NeverRun,
        Self::MixedSessions,
        Self::NotApplicable,
    ];

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

    /// Whether a finding is of those that such a verdict rests on.
    pub fn rests_on(self, finding: &Finding) -> bool {
        // a move that changed nothing is a note
        let matters = finding.severity > Severity::Note;
        match self {
            Self::Broken => {
                let sure = finding.confidence == Confidence::Certain && finding.severity == Severity::Error;
                sure && BREAKING.contains(&finding.code)
            }
            Self::MixedSessions => matters && finding.code == "MB104",
            Self::OrderDependent => matters && ORDER.contains(&finding.code),
            Self::Reproducible | Self::NeverRun | Self::NotApplicable => false,
        }
    }
}

/// Rules whose errors, where certain, mean that a run from the top stops.
const BREAKING: [&str; 5] = ["MB105", "MB201", "MB202", "MB203", "MB701"];

/// Rules whose findings, notes left out, mean that the order in which the cells ran shows in what they gave.
const ORDER: [&str; 4] = ["MB101", "MB106", "MB107", "MB204"];

/// The verdict, and the cells that decided it. `findings` are all of them, those that an ignore hides too:
/// an ignore says that a person knows, not that the notebook runs.
pub fn judge(notebook: &Notebook<'_>, findings: &[Finding]) -> (Verdict, Vec<CellIdx>) {
    let code: Vec<&Cell> = notebook.code_cells().filter(|cell| cell.has_code()).collect();
    if code.is_empty() || matches!(notebook.language, Language::Other(_)) {
        return (Verdict::NotApplicable, Vec::new());
    }
    let deciding = |verdict: Verdict| cells_of(findings.iter().filter(|finding| verdict.rests_on(finding)));
    let broken = deciding(Verdict::Broken);
    if !broken.is_empty() {
        return (Verdict::Broken, broken);
    }
    if code
        .iter()
        .all(|cell| cell.execution_count.is_none() && cell.outputs.is_empty())
    {
        return (Verdict::NeverRun, Vec::new());
    }
    let sessions = deciding(Verdict::MixedSessions);
    if !sessions.is_empty() {
        return (Verdict::MixedSessions, sessions);
    }
    let moved = deciding(Verdict::OrderDependent);
    if !moved.is_empty() {
        return (Verdict::OrderDependent, moved);
    }
    (Verdict::Reproducible, Vec::new())
}

/// The cells that findings point at. Those of two sessions are a pair: the related ones belong to it.
fn cells_of<'f>(findings: impl Iterator<Item = &'f Finding>) -> Vec<CellIdx> {
    let places = findings.flat_map(|finding| {
        let related = finding.related.iter().filter(|_| finding.code == "MB104");
        std::iter::once(&finding.place).chain(related.map(|related| &related.place))
    });
    let mut cells: Vec<CellIdx> = places.filter_map(|place| place.cell).collect();
    cells.sort_unstable();
    cells.dedup();
    cells
}
