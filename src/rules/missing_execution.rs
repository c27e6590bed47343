//! MB102: gaps in the execution counts.

use crate::finding::{Confidence, Finding, Related, Severity};
use crate::notebook::Cell;

use super::{Context, Meta, Rule};

static META: Meta = Meta {
    code: "MB102",
    name: "missing-execution",
    summary: "the counts have gaps: cells were run again, edited or deleted since",
    severity: Severity::Note,
    needs_python: false,
    page: include_str!("missing_execution.md"),
};

pub(super) struct MissingExecution;

impl Rule for MissingExecution {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        let mut counted: Vec<(i64, &Cell)> = ctx
            .notebook
            .code_cells()
            .filter_map(|cell| Some((cell.execution_count.filter(|&count| count > 0)?, cell)))
            .collect();
        counted.sort_by_key(|&(count, cell)| (count, cell.idx));
        let Some(&(first, first_cell)) = counted.first() else {
            return;
        };
        let gaps: Vec<Gap<'_>> = counted
            .iter()
            .zip(counted.iter().skip(1))
            .filter_map(|(a, b)| Gap::between(*a, *b))
            .collect();
        let mut finding = match gaps.first() {
            Some(gap) => META.finding(ctx.of_cell(gap.after), message(&gaps, first)),
            // a notebook that was run from the top in a kernel that had done other work looks just like this
            None if first > 1 => {
                let before = if first == 2 {
                    "In [1]".to_owned()
                } else {
                    format!("In [1] to In [{}]", first - 1)
                };
                let message =
                    format!("the counts start at {first}: what ran as {before} is not in the notebook any more");
                let mut finding = META.finding(ctx.of_cell(first_cell), message);
                finding.confidence = Confidence::Possible;
                finding
            }
            None => return,
        };
        for gap in gaps.iter().skip(1) {
            let message = format!(
                "{} is missing before cell {} (In [{}])",
                gap.name(),
                gap.after.idx,
                gap.to + 1
            );
            finding.related.push(Related {
                message,
                place: ctx.of_cell(gap.after),
            });
        }
        finding.hint =
            Some("restart the kernel and run all cells, so that nothing depends on runs that left no trace".to_owned());
        out.push(finding);
    }
}

/// Counts that no cell carries, `from` to `to`, and the cell that ran next.
struct Gap<'n> {
    from: i64,
    to: i64,
    after: &'n Cell,
}

impl<'n> Gap<'n> {
    fn between((earlier, _): (i64, &Cell), (later, after): (i64, &'n Cell)) -> Option<Self> {
        (later > earlier.saturating_add(1)).then_some(Self {
            from: earlier + 1,
            to: later - 1,
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
    format!(
        "{runs} left no trace ({}{more}): cells were run again, or deleted, since{start}",
        named.join(", ")
    )
}
