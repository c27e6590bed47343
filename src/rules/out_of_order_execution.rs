//! MB101: execution counts that don't rise down the page.

use crate::facts::history::Gift;
use crate::finding::{Finding, Related, Severity};
use crate::notebook::Cell;

use super::counts::{counted, stayed};
use super::reorder;
use super::replay::{self, Late};
use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB101",
    name: "out-of-order-execution",
    summary: "cells were run in another order than they stand in",
    severity: Severity::Warning,
    reads: Reads::Anything,
    page: include_str!("out_of_order_execution.md"),
};

pub(super) struct OutOfOrderExecution;

impl Rule for OutOfOrderExecution {
    fn meta(&self) -> &'static Meta {
        &META
    }

    /// One finding a notebook: what a person has to do about it, run all again, is one thing too.
    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        let counted = counted(ctx.notebook);
        let stayed = stayed(&counted);
        let moved: Vec<&(&Cell, i64)> = counted
            .iter()
            .zip(&stayed)
            .filter(|(_, stayed)| !**stayed)
            .map(|(cell, _)| cell)
            .collect();
        let Some((&(first, count), others)) = moved.split_first() else {
            return;
        };
        let witness = witness(ctx, &counted, first, *count);
        let mut finding = META.finding(ctx.of_cell(first), message(&moved, counted.len(), witness.as_ref()));
        for &&(cell, count) in others {
            let message = format!("cell {} (In [{count}]) ran out of order too", cell.idx);
            finding.related.push(Related {
                message,
                place: ctx.of_cell(cell),
            });
        }
        finding.related.extend(witness);
        if harmless(ctx) {
            finding.severity = Severity::Note;
            finding
                .message
                .push_str("; no cell had another value than a run from the top gives it");
        } else {
            let moved: Vec<(&Cell, i64)> = moved.iter().map(|moved| **moved).collect();
            finding.fix = reorder::offer(ctx, &counted, &moved);
        }
        finding.hint = Some(
            "restart the kernel, run all cells and save; then see whether the results are still the same".to_owned(),
        );
        out.push(finding);
    }
}

/// Whether the order made no difference that can be seen: nothing was read before the cell that gives it ran, from
/// another cell, or not at all.
fn harmless(ctx: &Context<'_>) -> bool {
    let history = ctx.history;
    let seen = ctx.notebook.language.is_python() && !history.when.is_empty();
    let late = |late: &Late<'_>| late.gift != Gift::Import;
    seen && !replay::late(ctx).iter().any(late) && replay::others(ctx).is_empty() && ctx.misses.is_empty()
}

fn message(moved: &[&(&Cell, i64)], of: usize, witness: Option<&Related>) -> String {
    let name = |(cell, count): &&(&Cell, i64)| format!("{} (In [{count}])", cell.idx);
    let named: Vec<String> = moved.iter().take(5).map(name).collect();
    let named = named.join(", ");
    match (moved.len(), witness) {
        (1, Some(witness)) => format!("cell {named} ran out of order: {}", witness.message),
        (1, None) => format!("cell {named} ran out of order"),
        (n, _) if n <= 5 => format!("{n} of {of} cells ran out of order: {named}"),
        (n, _) => format!("{n} of {of} cells ran out of order: {named} and {} more", n - 5),
    }
}

/// A cell that shows the first moved one to be out of place: one above that ran later, or one below that ran earlier.
fn witness(ctx: &Context<'_>, counted: &[(&Cell, i64)], moved: &Cell, count: i64) -> Option<Related> {
    let above = counted
        .iter()
        .rfind(|(cell, other)| cell.idx < moved.idx && *other > count);
    let below = counted
        .iter()
        .find(|(cell, other)| cell.idx > moved.idx && *other < count);
    let (&(cell, other), order) = match (above, below) {
        (Some(above), _) => (above, "stands above and ran later"),
        (None, below) => (below?, "stands below and ran earlier"),
    };
    let message = format!("cell {} (In [{other}]) {order}", cell.idx);
    Some(Related {
        message,
        place: ctx.of_cell(cell),
    })
}
