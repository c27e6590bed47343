//! MB101: execution counts that don't rise down the page.

use std::collections::BTreeSet;

use crate::facts::history::Gift;
use crate::finding::{Confidence, Finding, Related, Severity};
use crate::notebook::Cell;

use super::counts::{counted, stayed};
use super::reorder;
use super::replay;
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
        let several = sessions(ctx, &counted);
        let ran = if several {
            "ran out of order, or in another session"
        } else {
            "ran out of order"
        };
        let witness = witness(ctx, &counted, first, *count, several);
        let mut finding = META.finding(
            ctx.of_cell(first),
            message(&moved, counted.len(), ran, witness.as_ref()),
        );
        for &&(cell, count) in others {
            let message = format!("cell {} (In [{count}]) {ran} too", cell.idx);
            finding.related.push(Related {
                message,
                place: ctx.of_cell(cell),
            });
        }
        finding.related.extend(witness);
        if several {
            // which of two sessions came first can't be told from counts, and mixed-sessions says what there is to say
            finding.severity = Severity::Note;
            finding.confidence = Confidence::Likely;
        } else if let Some(harm) = harm(ctx) {
            finding.message.push_str(&harm);
            let moved: Vec<(&Cell, i64)> = moved.iter().map(|moved| **moved).collect();
            finding.fix = reorder::offer(ctx, &counted, &moved);
        } else if replayed(ctx) && ctx.misses.is_empty() {
            finding.severity = Severity::Note;
            finding
                .message
                .push_str("; no cell had another value than a run from the top gives it");
        }
        finding.hint = Some(
            "restart the kernel, run all cells and save; then see whether the results are still the same".to_owned(),
        );
        out.push(finding);
    }
}

/// Whether the cells ran in several sessions: a count stands twice, or the times show a restart.
fn sessions(ctx: &Context<'_>, counted: &[(&Cell, i64)]) -> bool {
    let counts: BTreeSet<i64> = counted.iter().map(|&(_, count)| count).collect();
    counts.len() < counted.len() || !ctx.history.execution.restarts.is_empty()
}

/// Whether the recorded run can be held against a run from the top.
fn replayed(ctx: &Context<'_>) -> bool {
    ctx.notebook.language.is_python() && !ctx.history.when.is_empty()
}

/// The difference that the order made, if one can be seen: a name was read before the cell that gives it ran, or of
/// another cell, or a run from the top doesn't find it.
fn harm(ctx: &Context<'_>) -> Option<String> {
    if !replayed(ctx) {
        return None;
    }
    let late = replay::late(ctx);
    let mut links = late.iter().flat_map(|late| &late.links);
    if let Some(link) = links.find(|link| link.gift != Gift::Import) {
        let (reader, giver) = (ctx.name_cell(link.consumer), ctx.name_cell(link.producer));
        let name = ctx.facts.text(link.need.name);
        return Some(format!(
            "; {reader} reads `{name}`, and ran before {giver} last made it"
        ));
    }
    if let Some(other) = ctx.history.others(ctx.facts, ctx.cells).first() {
        let name = ctx.facts.text(other.used.need.name);
        let (reader, used) = (ctx.name_cell(other.consumer), ctx.name_cell(other.used.producer));
        return Some(format!(
            "; {reader} had `{name}` from {used}, which is not where it comes from in a run from the top"
        ));
    }
    let gives = |name| {
        ctx.history
            .steps
            .iter()
            .any(|step| step.gives.iter().any(|&(given, ..)| given == name))
    };
    let miss = ctx.misses.iter().find(|miss| miss.reached && gives(miss.name))?;
    let name = ctx.facts.text(miss.name);
    Some(format!(
        "; cell {} reads `{name}`, which no cell above it is sure to give",
        miss.cell
    ))
}

fn message(moved: &[&(&Cell, i64)], of: usize, ran: &str, witness: Option<&Related>) -> String {
    let name = |(cell, count): &&(&Cell, i64)| format!("{} (In [{count}])", cell.idx);
    let named: Vec<String> = moved.iter().take(5).map(name).collect();
    let named = named.join(", ");
    match (moved.len(), witness) {
        (1, Some(witness)) => format!("cell {named} {ran}: {}", witness.message),
        (1, None) => format!("cell {named} {ran}"),
        (n, _) if n <= 5 => format!("{n} of {of} cells {ran}: {named}"),
        (n, _) => format!("{n} of {of} cells {ran}: {named} and {} more", n - 5),
    }
}

/// A cell that shows the first moved one to be out of place: one above that ran later, or one below that ran earlier.
fn witness(ctx: &Context<'_>, counted: &[(&Cell, i64)], moved: &Cell, count: i64, several: bool) -> Option<Related> {
    let above = counted
        .iter()
        .rfind(|(cell, other)| cell.idx < moved.idx && *other > count);
    let below = counted
        .iter()
        .find(|(cell, other)| cell.idx > moved.idx && *other < count);
    let (&(cell, other), order) = match (above, below) {
        (Some(above), _) if several => (above, "stands above"),
        (Some(above), _) => (above, "stands above and ran later"),
        (None, below) if several => (below?, "stands below"),
        (None, below) => (below?, "stands below and ran earlier"),
    };
    let message = format!("cell {} (In [{other}]) {order}", cell.idx);
    Some(Related {
        message,
        place: ctx.of_cell(cell),
    })
}
