//! MB102: gaps in the execution counts.

use crate::facts::flow::Absence;
use crate::finding::{Confidence, Finding, Related, Severity};
use crate::notebook::{Cell, Notebook};

use super::counts::{counted, stayed};
use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB102",
    name: "missing-execution",
    summary: "the counts have gaps: cells were run again, edited or deleted since",
    severity: Severity::Note,
    reads: Reads::Anything,
    page: include_str!("missing_execution.md"),
};

pub(super) struct MissingExecution;

impl Rule for MissingExecution {
    fn meta(&self) -> &'static Meta {
        &META
    }

    /// One finding a notebook: its gaps have one remedy.
    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        let by_page = counted(ctx.notebook);
        let mut by_count = by_page.clone();
        by_count.sort_by_key(|&(cell, count)| (count, cell.idx));
        let Some(&(first_cell, first)) = by_count.first() else {
            return;
        };
        let gaps: Vec<Gap<'_>> = by_count
            .iter()
            .zip(by_count.iter().skip(1))
            .filter_map(|(earlier, later)| Gap::between(*earlier, *later))
            .filter(|gap| !is_filled(ctx.notebook, gap))
            .collect();
        let start = (first > 1).then(|| Gap {
            from: 1,
            to: first - 1,
            before: None,
            after: first_cell,
        });
        let again = run_again(&by_page, start.iter().chain(&gaps));
        let mut finding = match (gaps.first(), &start) {
            (Some(gap), _) => META.finding(ctx.of_cell(gap.after), message(&gaps, first)),
            (None, Some(start)) => match late_start(ctx, start, again.is_empty()) {
                Some(finding) => finding,
                None => return,
            },
            (None, None) => return,
        };
        for (cell, count, missing) in again {
            let message = format!(
                "cell {} (In [{count}]) stands where {missing} ran: it was run again",
                cell.idx
            );
            let place = ctx.of_cell(cell);
            finding.related.push(Related { message, place });
        }
        for gap in gaps.iter().skip(1) {
            let message = format!("{} ran before cell {} (In [{}])", gap.name(), gap.after.idx, gap.to + 1);
            let place = ctx.of_cell(gap.after);
            finding.related.push(Related { message, place });
        }
        finding.hint =
            Some("restart the kernel and run all cells, so that nothing depends on runs that left no trace".to_owned());
        out.push(finding);
    }
}

/// Counts without a gap that start late: a run from the top, in a kernel that had done other work before, looks
/// just like this, unless a cell shows that it was run again, or a name that no cell binds that one is gone.
fn late_start(ctx: &Context<'_>, start: &Gap<'_>, in_order: bool) -> Option<Finding> {
    let gone = ctx
        .misses
        .iter()
        .find(|miss| miss.reached && miss.absence == Absence::NeverBound);
    if in_order && gone.is_none() {
        return None;
    }
    let gave = gone.map_or_else(String::new, |miss| {
        format!(
            ", and no cell binds `{}`, which it may have given",
            ctx.facts.text(miss.name)
        )
    });
    let message = format!(
        "the counts start at {}: what ran as {} is not in the notebook any more{gave}",
        start.to + 1,
        start.name()
    );
    let mut finding = META.finding(ctx.of_cell(start.after), message);
    if in_order {
        finding.confidence = Confidence::Possible;
    }
    Some(finding)
}

/// Whether cells between those on both sides of a gap ran as what is missing: Colab writes 0 for the count of a cell
/// that ran and showed nothing.
fn is_filled(notebook: &Notebook<'_>, gap: &Gap<'_>) -> bool {
    let within = |cell: &&Cell| gap.before.is_some_and(|before| before.idx < cell.idx) && cell.idx < gap.after.idx;
    let uncounted = notebook
        .code_cells()
        .filter(|cell| cell.execution_count == Some(0) && cell.has_code());
    i64::try_from(uncounted.filter(within).count()).is_ok_and(|cells| cells >= gap.size())
}

/// Counts that no cell carries, `from` to `to`, and the cells that ran before and next.
struct Gap<'n> {
    from: i64,
    to: i64,
    before: Option<&'n Cell>,
    after: &'n Cell,
}

impl<'n> Gap<'n> {
    fn between((before, earlier): (&'n Cell, i64), (after, later): (&'n Cell, i64)) -> Option<Self> {
        (later > earlier.saturating_add(1)).then_some(Self {
            from: earlier + 1,
            to: later - 1,
            before: Some(before),
            after,
        })
    }

    fn name(&self) -> String {
        if self.from == self.to {
            format!("In [{}]", self.from)
        } else {
            format!("In [{}] to [{}]", self.from, self.to)
        }
    }

    fn size(&self) -> i64 {
        (self.to - self.from).saturating_add(1)
    }
}

/// Cells that moved because they were run again: the neighbours that didn't move leave a gap just there.
fn run_again<'n, 'g>(
    by_page: &[(&'n Cell, i64)],
    gaps: impl Iterator<Item = &'g Gap<'g>> + Clone,
) -> Vec<(&'n Cell, i64, String)> {
    let stayed = stayed(by_page);
    let mut again = Vec::new();
    let mut above = 0;
    for (i, (&(cell, count), stayed_here)) in by_page.iter().zip(&stayed).enumerate() {
        if *stayed_here {
            above = count;
            continue;
        }
        let mut further = by_page.iter().zip(&stayed).skip(i + 1);
        let below = further
            .find(|(_, stayed)| **stayed)
            .map_or(i64::MAX, |((_, count), _)| *count);
        let gap = gaps
            .clone()
            .find(|gap| above < gap.from && gap.to < below && gap.to < count);
        if let Some(gap) = gap {
            again.push((cell, count, gap.name()));
        }
    }
    again
}

fn message(gaps: &[Gap<'_>], first: i64) -> String {
    let named: Vec<String> = gaps.iter().take(4).map(Gap::name).collect();
    let more = if gaps.len() > named.len() { ", …" } else { "" };
    let total = gaps.iter().fold(0_i64, |sum, gap| sum.saturating_add(gap.size()));
    let runs = if total == 1 {
        "1 run".to_owned()
    } else {
        format!("{total} runs")
    };
    let start = if first > 1 {
        format!("; the counts start at {first}")
    } else {
        String::new()
    };
    let named = named.join(", ");
    format!("{runs} left no trace ({named}{more}): cells were run again, or deleted, since{start}")
}
