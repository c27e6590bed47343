//! MB104: cells that ran in different sessions of the kernel.

use std::collections::BTreeMap;

use crate::finding::{Confidence, Finding, Related, Severity};
use crate::notebook::Cell;

use super::counts::counted;
use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB104",
    name: "mixed-sessions",
    summary: "cells ran in different sessions of the kernel",
    severity: Severity::Warning,
    reads: Reads::Anything,
    page: include_str!("mixed_sessions.md"),
};

pub(super) struct MixedSessions;

impl Rule for MixedSessions {
    fn meta(&self) -> &'static Meta {
        &META
    }

    /// One finding a notebook: equal counts first, since anybody can see them; else what the times tell.
    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        let mut by_count: BTreeMap<i64, Vec<&Cell>> = BTreeMap::new();
        for (cell, count) in counted(ctx.notebook) {
            by_count.entry(count).or_default().push(cell);
        }
        let twins: Vec<(i64, Vec<&Cell>)> = by_count.into_iter().filter(|(_, cells)| cells.len() > 1).collect();
        match twins.split_first() {
            Some((first, rest)) => out.extend(equal_counts(ctx, first, rest)),
            None => out.extend(restarted(ctx)),
        }
    }
}

const HINT: &str = "restart the kernel, run all cells and save, so that all outputs come from one session";

fn equal_counts(ctx: &Context<'_>, (count, cells): &(i64, Vec<&Cell>), rest: &[(i64, Vec<&Cell>)]) -> Option<Finding> {
    let [first, second, ..] = cells.as_slice() else {
        return None;
    };
    let more = match rest.len() {
        0 => String::new(),
        1 => "; 1 more count stands twice".to_owned(),
        n => format!("; {n} more counts stand twice"),
    };
    let message = format!(
        "cells {} and {} both ran as In [{count}]: they ran in different sessions{more}",
        first.idx, second.idx
    );
    let mut finding = META.finding(ctx.of_cell(second), message);
    let others = cells.iter().filter(|cell| cell.idx != second.idx);
    let rest = rest.iter().flat_map(|(_, cells)| cells);
    for cell in others.chain(rest) {
        finding.related.push(Related {
            message: format!("{} ran in another session than its twin", ctx.name_cell(cell.idx)),
            place: ctx.of_cell(cell),
        });
    }
    finding.hint = Some(HINT.to_owned());
    Some(finding)
}

fn restarted(ctx: &Context<'_>) -> Option<Finding> {
    let execution = &ctx.history.execution;
    let doubtful = execution.restarts.is_empty();
    let falls = if doubtful {
        &execution.doubts
    } else {
        &execution.restarts
    };
    let first = falls.first()?;
    let cell = ctx.notebook.cell(first.after)?;
    let (before, after) = (ctx.name_cell(first.before), ctx.name_cell(first.after));
    let mut finding = if doubtful {
        let message = format!(
            "the stored times say that {after} ran after {before}, the counts that it ran before: the times are of \
             earlier runs, or the kernel was restarted in between"
        );
        let mut finding = META.finding(ctx.of_cell(cell), message);
        finding.confidence = Confidence::Possible;
        finding.severity = Severity::Note;
        finding
    } else {
        let message = format!("{after} ran after {before}, by the stored times: the kernel was restarted in between");
        META.finding(ctx.of_cell(cell), message)
    };
    for cell in falls.iter().filter_map(|fall| ctx.notebook.cell(fall.before)) {
        finding.related.push(Related {
            message: "ran before, by its time".to_owned(),
            place: ctx.of_cell(cell),
        });
    }
    finding.hint = Some(HINT.to_owned());
    Some(finding)
}
