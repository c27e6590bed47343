//! Where the recorded run and a run from the top part: what the rules on stale and order-dependent values share.

use std::collections::BTreeMap;

use crate::facts::history::{Gift, Link, Other, downstream};
use crate::notebook::CellIdx;

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

/// Whether no run without a trace can have come between the cell that gave a value and the one that took it.
pub(super) fn is_sure(ctx: &Context<'_>, other: &Other<'_>) -> bool {
    no_gap(ctx, other.used.producer, other.consumer)
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
