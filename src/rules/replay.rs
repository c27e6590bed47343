//! Where the recorded run and a run from the top part: what the rules on stale and order-dependent values share.

use std::collections::BTreeMap;

use crate::facts::NameId;
use crate::facts::history::{Gift, Link, downstream};
use crate::notebook::CellIdx;
use crate::python::span;

use super::Context;
use super::counts::counted;

/// A cell that ran after others that use what it gives.
pub(super) struct Late<'c> {
    pub producer: CellIdx,
    /// What its consumers take from it, by consumer.
    pub links: Vec<&'c Link>,
    /// The cells that ran before it and follow from it, the direct ones included, in page order.
    pub stale: Vec<CellIdx>,
    /// The strongest thing that it gives: an import is the same whenever it runs.
    pub gift: Gift,
}

/// Producers that ran after their consumers, in page order.
pub(super) fn late<'c>(ctx: &Context<'c>) -> Vec<Late<'c>> {
    let history = ctx.history;
    let mut by_producer: BTreeMap<CellIdx, Vec<&Link>> = BTreeMap::new();
    for link in &history.top {
        if history.ran_before(link.consumer, link.producer) {
            by_producer.entry(link.producer).or_default().push(link);
        }
    }
    let late = by_producer.into_iter().map(|(producer, links)| {
        let direct: Vec<CellIdx> = links.iter().map(|link| link.consumer).collect();
        let mut stale = downstream(&history.top, &direct);
        stale.retain(|&cell| history.ran_before(cell, producer));
        stale.extend(direct);
        stale.sort_unstable();
        stale.dedup();
        let gift = links.iter().map(|link| link.gift).max().unwrap_or(Gift::Import);
        Late {
            producer,
            links,
            stale,
            gift,
        }
    });
    late.collect()
}

/// A read whose value came from another cell than a run from the top would take it from.
pub(super) struct Other<'c> {
    pub consumer: CellIdx,
    /// What gave the value.
    pub used: &'c Link,
    /// What gives it from the top.
    pub gives: &'c Link,
    /// Whether no run without a trace can have come in between.
    pub sure: bool,
}

/// Values of other origin, in page order: bindings only, for a change adds to what is there.
pub(super) fn others<'c>(ctx: &Context<'c>) -> Vec<Other<'c>> {
    let binds = |link: &&Link| matches!(link.gift, Gift::Value | Gift::Definition);
    let mut used: BTreeMap<(CellIdx, NameId), Vec<&Link>> = BTreeMap::new();
    for link in ctx.history.recorded.iter().filter(binds) {
        used.entry((link.consumer, link.need.name)).or_default().push(link);
    }
    let mut gives: BTreeMap<(CellIdx, NameId), Vec<&Link>> = BTreeMap::new();
    for link in ctx.history.top.iter().filter(binds) {
        gives.entry((link.consumer, link.need.name)).or_default().push(link);
    }
    let mut found = Vec::new();
    for (key, gives) in gives {
        // several givers: branches decide, and nothing can be said
        let ([gives], Some([used])) = (gives.as_slice(), used.get(&key).map(Vec::as_slice)) else {
            continue;
        };
        let ran = ctx.history.when.contains_key(&gives.producer);
        if !ran || used.producer == gives.producer || same_text(ctx, used, gives) {
            continue;
        }
        found.push(Other {
            consumer: key.0,
            used,
            gives,
            sure: no_gap(ctx, used.producer, key.0),
        });
    }
    found
}

/// Whether both cells bind the name by the same text.
fn same_text(ctx: &Context<'_>, left: &Link, right: &Link) -> bool {
    let text = |link: &Link| {
        let code = ctx.code(link.producer)?;
        let cell = ctx.facts.cell(link.producer)?;
        let binds = |name| {
            cell.statements
                .iter()
                .rfind(move |s| s.binds.iter().any(|b| b.name == name))
        };
        Some(span(binds(link.need.name)?.range).slice(&code.text).to_owned())
    };
    text(left).is_some_and(|left| text(right) == Some(left))
}

/// Whether every count between those of two cells is still there.
fn no_gap(ctx: &Context<'_>, earlier: CellIdx, later: CellIdx) -> bool {
    let counted = counted(ctx.notebook);
    let count = |idx| {
        counted
            .iter()
            .find(|(cell, _)| cell.idx == idx)
            .map(|&(_, count)| count)
    };
    let (Some(from), Some(to)) = (count(earlier), count(later)) else {
        return false;
    };
    let between = counted
        .iter()
        .filter(|&&(_, count)| from <= count && count <= to)
        .count();
    i64::try_from(between).is_ok_and(|between| between == to - from + 1)
}
