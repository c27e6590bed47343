//! Notebooks as one page for people who decide about them: verdict, drawing, and findings beside the code.
//!
//! Whatever a notebook says is text on it: nothing of its HTML, links or scripts gets there.

mod cells;
mod drawing;
mod finding;
mod html;
mod links;
mod outputs;
mod shown;
mod table;

pub use html::html;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::finding::{Finding, Severity};
use crate::notebook::CellIdx;
use crate::report::{NotebookReport, plural, printable};
use crate::rules::Context;
use crate::text::size;
use crate::verdict::Verdict;

use cells::{CellView, Said};
use drawing::Drawing;
use finding::{FindingView, Part, cell_id, finding_id, parts};
use shown::Shown;

/// Bytes of sources and outputs that a page holds, shared by its notebooks.
const PAGE: usize = 48 << 20;
/// Findings of a notebook that are listed.
const LISTED: usize = 500;
/// Reasons of a verdict that are given.
const REASONS: usize = 6;

/// Bytes that a notebook may still take on the page.
#[derive(Debug)]
struct Room {
    left: usize,
    refused: usize,
}

impl Room {
    fn take(&mut self, bytes: usize) -> bool {
        let fits = bytes <= self.left;
        if fits {
            self.left -= bytes;
        } else {
            self.refused += 1;
        }
        fits
    }
}

/// A notebook on the page.
#[derive(Debug, Serialize)]
pub struct Section {
    /// The folder, with a slash at its end where there is one, and the file's name.
    folder: String,
    name: String,
    verdict: &'static str,
    /// The verdict in a sentence.
    sentence: &'static str,
    reasons: Vec<Reason>,
    more_reasons: usize,
    /// `9 of 12 code cells ran`, and the like.
    facts: Vec<String>,
    counts: [usize; 3],
    problems: Vec<String>,
    drawing: Option<Drawing>,
    findings: Vec<FindingView>,
    more_findings: usize,
    /// Those that belong to no cell.
    apart: Vec<FindingView>,
    cells: Vec<CellView>,
    /// What is not on the page for want of room.
    left_out: Option<String>,
}

/// Why a notebook has its verdict.
#[derive(Debug, Serialize)]
struct Reason {
    cell: usize,
    /// The id of the finding that says so, else of the cell.
    to: String,
    message: Vec<Part>,
}

/// The most that one notebook may take of a page that it shares with others of these sizes: what small ones leave
/// goes to the large.
pub fn share(mut sizes: Vec<usize>) -> usize {
    sizes.sort_unstable();
    let (mut left, mut others) = (PAGE, sizes.len());
    for size in sizes {
        let even = left / others.max(1);
        if size > even {
            return even;
        }
        left -= size;
        others -= 1;
    }
    PAGE
}

/// Makes a notebook fit for a page on which it may take `share` bytes.
pub fn section(ctx: &Context<'_>, report: &NotebookReport, share: usize) -> Section {
    let shown = Shown::new(ctx);
    let mut room = Room {
        left: share,
        refused: 0,
    };
    let (mut findings, mut apart) = (Vec::new(), Vec::new());
    let mut said: BTreeMap<CellIdx, Said<'_>> = BTreeMap::new();
    for (i, finding) in report.findings.iter().enumerate().take(LISTED) {
        let view = finding::view(i + 1, finding);
        findings.push(view.clone());
        match finding.place.cell {
            Some(idx) => said.entry(idx).or_default().push((finding, view)),
            None => apart.push(view),
        }
    }
    let worst: BTreeMap<CellIdx, &'static str> = said.iter().map(|(idx, said)| (*idx, cells::worst(said))).collect();
    let arcs = links::arcs(ctx);
    let drawing = drawing::draw(ctx, &shown, &arcs, &worst);
    let neighbours = links::neighbours(&arcs);
    // what findings speak of comes first, should there be no room for all
    let mut order: Vec<_> = ctx.notebook.cells.iter().collect();
    order.sort_by_key(|cell| (!said.contains_key(&cell.idx), cell.idx));
    let mut cells: Vec<CellView> = Vec::with_capacity(order.len());
    for cell in order {
        let here = said.remove(&cell.idx).unwrap_or_default();
        let mut view = cells::cell(&shown, cell, here, neighbours.get(&cell.idx), &mut room);
        view.decides = report.deciding_cells.contains(&cell.idx);
        cells.push(view);
    }
    cells.sort_by_key(|cell| cell.number);
    // the worst first; they come in the order of the page
    findings.sort_by_key(|view| {
        Severity::ALL
            .iter()
            .rev()
            .position(|severity| severity.name() == view.severity)
    });
    let (reasons, more_reasons) = reasons(report);
    let (folder, name) = report
        .path
        .split_at(report.path.rfind('/').map_or(0, |slash| slash + 1));
    Section {
        folder: printable(folder).into_owned(),
        name: printable(name).into_owned(),
        verdict: report.verdict.name(),
        sentence: sentence(report.verdict),
        reasons,
        more_reasons,
        facts: facts(report, ctx),
        counts: [Severity::Error, Severity::Warning, Severity::Note].map(|severity| count(report, severity)),
        problems: report
            .problems
            .iter()
            .map(|problem| printable(&problem.message).into_owned())
            .collect(),
        drawing,
        findings,
        more_findings: report.findings.len().saturating_sub(LISTED),
        apart,
        cells,
        left_out: (room.refused > 0).then(|| {
            let what = plural(room.refused, "source or output");
            format!(
                "{what} of this notebook did not fit into the {} that it has on this page",
                size(share)
            )
        }),
    }
}

fn count(report: &NotebookReport, severity: Severity) -> usize {
    let findings = report.findings.iter();
    findings.filter(|finding| finding.severity == severity).count()
}

fn sentence(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Reproducible => "A run from the top can be expected to give what the notebook shows.",
        Verdict::OrderDependent => "What it shows depends on the order in which the cells ran.",
        Verdict::Broken => "A run from the top stops with an error.",
        Verdict::NeverRun => "No cell has run since the outputs were cleared.",
        Verdict::MixedSessions => "What it shows comes from several sessions of the kernel.",
        Verdict::NotApplicable => "It holds no Python that could be judged.",
    }
}

fn facts(report: &NotebookReport, ctx: &Context<'_>) -> Vec<String> {
    let mut facts = vec![
        format!("{} of {} ran", report.executed, plural(report.code_cells, "code cell")),
        match &ctx.notebook.language_version {
            Some(version) => format!("{} {}", report.language, ctx.secrets.masker.mask(version)),
            None => report.language.clone(),
        },
        size(ctx.notebook.text.len()),
    ];
    if report.suppressed > 0 {
        facts.push(format!("{} hidden by ignores", plural(report.suppressed, "finding")));
    }
    facts.iter().map(|fact| printable(fact).into_owned()).collect()
}

/// The findings that decided the verdict, by cell; where an ignore hides one, its cell.
fn reasons(report: &NotebookReport) -> (Vec<Reason>, usize) {
    let numbered = || report.findings.iter().enumerate().take(LISTED);
    let decides = |finding: &Finding| report.verdict.rests_on(finding);
    let mut reasons = Vec::new();
    for &cell in &report.deciding_cells {
        let here = numbered().find(|(_, finding)| finding.place.cell == Some(cell) && decides(finding));
        // what another reason relates to is no reason of its own
        let related = numbered().any(|(_, finding)| {
            decides(finding) && finding.related.iter().any(|related| related.place.cell == Some(cell))
        });
        match here {
            Some((i, finding)) => reasons.push(Reason {
                cell: cell.number(),
                to: finding_id(i + 1),
                message: parts(&finding.message),
            }),
            None if related => {}
            None => reasons.push(Reason {
                cell: cell.number(),
                to: cell_id(cell.number()),
                message: parts("a finding that an ignore or the settings hide"),
            }),
        }
    }
    let more = reasons.len().saturating_sub(REASONS);
    reasons.truncate(REASONS);
    (reasons, more)
}
