//! The fix that puts cells where they ran, offered only where a run from the top then does what the recorded run did.

use std::collections::BTreeSet;

use crate::facts::history::{Gift, Link, Step, links};
use crate::facts::{NameId, StmtKind, io_calls};
use crate::finding::Fix;
use crate::notebook::{Cell, CellIdx};
use crate::text::Edit;

use super::Context;

/// The fix for cells that ran out of order; `counted` are all that ran, `moved` those that stand elsewhere.
///
/// It is not safe: a reader may have reasons for the order on the page that no program sees.
pub(super) fn offer(ctx: &Context<'_>, counted: &[(&Cell, i64)], moved: &[(&Cell, i64)]) -> Option<Fix> {
    let execution = &ctx.history.execution;
    if !execution.restarts.is_empty() || !execution.doubts.is_empty() || execution.order.is_none() {
        return None;
    }
    if !moved.iter().all(|(cell, _)| keeps_to_itself(ctx, cell.idx)) {
        return None;
    }
    let order = order(ctx, counted, moved);
    if !runs_as_recorded(ctx, &order) {
        return None;
    }
    let cells = &ctx.notebook.cells;
    let slots = cells.iter().zip(&order).filter(|(slot, idx)| slot.idx != **idx);
    let edits = slots.filter_map(|(slot, &idx)| {
        Some(Edit {
            span: slot.span,
            replacement: ctx.notebook.cell(idx)?.span.slice(ctx.notebook.text).to_owned(),
        })
    });
    let numbers: Vec<String> = moved.iter().map(|(cell, _)| cell.idx.to_string()).collect();
    let noun = if moved.len() == 1 { "cell" } else { "cells" };
    Some(Fix {
        safe: false,
        description: format!("put {noun} {} where the counts say that they ran", numbers.join(", ")),
        edits: edits.collect(),
    })
}

/// Whether a cell does nothing but bind names and show things, as far as can be seen.
fn keeps_to_itself(ctx: &Context<'_>, idx: CellIdx) -> bool {
    let Some(cell) = ctx.facts.cell(idx) else { return false };
    let own: BTreeSet<NameId> = cell
        .statements
        .iter()
        .flat_map(|s| s.binds.iter().map(|bind| bind.name))
        .collect();
    let quiet = cell.statements.iter().all(|statement| {
        let plain = statement.kind != StmtKind::Escape && statement.reflection.is_none() && !statement.binds_unknown;
        let inner = statement.scopes.iter().filter_map(|&id| ctx.facts.scope(id));
        let mut changed = statement.mutates.iter().chain(&statement.changes);
        plain
            && statement.deleted.is_empty()
            && inner
                .clone()
                .all(|scope| scope.writes.is_empty() && scope.mutates.is_empty())
            && changed.all(|name| own.contains(name))
    });
    // links show only files whose paths are written out
    let hidden = |stmt| {
        io_calls(stmt, &ctx.facts.imports)
            .iter()
            .any(|call| call.literal.is_none())
    };
    let files = ctx.code(idx).is_some_and(|code| code.statements().iter().any(hidden));
    quiet && !files && !cell.binds_unknown && cell.magic_binds.is_empty() && cell.guessed.is_empty()
}

/// All cells of the page, each moved one behind the cell that ran just before it.
fn order(ctx: &Context<'_>, counted: &[(&Cell, i64)], moved: &[(&Cell, i64)]) -> Vec<CellIdx> {
    let count = |idx: CellIdx| {
        counted
            .iter()
            .find(|(cell, _)| cell.idx == idx)
            .map(|&(_, count)| count)
    };
    let stays = |idx: &CellIdx| !moved.iter().any(|(cell, _)| cell.idx == *idx);
    let mut order: Vec<CellIdx> = ctx.notebook.cells.iter().map(|cell| cell.idx).filter(stays).collect();
    let mut moved = moved.to_vec();
    moved.sort_by_key(|&(cell, count)| (count, cell.idx));
    for (cell, own) in moved {
        let before = order
            .iter()
            .rposition(|&idx| count(idx).is_some_and(|other| other < own));
        let first = order.iter().position(|&idx| count(idx).is_some()).unwrap_or_default();
        order.insert(before.map_or(first, |at| at + 1), cell.idx);
    }
    order
}

/// Whether a run in this order takes every name from where the recorded run had it, and misses none: neither those
/// that a run from the top finds, nor those that it misses.
fn runs_as_recorded(ctx: &Context<'_>, order: &[CellIdx]) -> bool {
    let steps: Vec<&Step> = order
        .iter()
        .filter_map(|idx| ctx.history.steps.iter().find(|step| step.idx == *idx))
        .collect();
    let given = links(steps.into_iter());
    let from = |links: &[Link]| -> BTreeSet<_> {
        let binding = links.iter().filter(|link| link.gift != Gift::Import);
        binding
            .map(|link| (link.consumer, link.need.name, link.producer))
            .collect()
    };
    let found: BTreeSet<(CellIdx, NameId)> = given.iter().map(|link| (link.consumer, link.need.name)).collect();
    let wanted = ctx.history.top.iter().map(|link| (link.consumer, link.need.name));
    let missed = ctx.misses.iter().map(|miss| (miss.cell, miss.name));
    from(&given) == from(&ctx.history.recorded) && wanted.chain(missed).all(|read| found.contains(&read))
}
