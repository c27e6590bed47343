//! Which cell reads whose names: in a run from the top, and in the recorded one where that took another value.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::facts::NameId;
use crate::facts::flow::Absence;
use crate::facts::history::{Gift, Link};
use crate::notebook::CellIdx;
use crate::report::printable;
use crate::rules::Context;

use super::finding::cell_id;

/// Names of one arc that are named; the rest are counted.
const NAMES: usize = 6;
/// Neighbours that a cell names.
const NEIGHBOURS: usize = 40;

/// What an arc says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A run from the top takes it from there too.
    Plain,
    /// Nothing but imported modules and symbols.
    Import,
    /// Only the recorded run took it from there, or only a cell below makes it.
    Astray,
}

/// Names that one cell has of another.
#[derive(Clone, Debug)]
pub(super) struct Arc {
    pub from: CellIdx,
    pub to: CellIdx,
    pub kind: Kind,
    /// `df, model and 3 more`
    pub names: String,
}

/// A cell that gives names or takes them.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Neighbour {
    pub to: String,
    pub number: usize,
    pub names: String,
    pub astray: bool,
}

/// The cells that one cell reads from, and those that read from it.
#[derive(Clone, Debug, Default)]
pub(super) struct Neighbours {
    pub reads: Vec<Neighbour>,
    pub gives: Vec<Neighbour>,
}

/// The arcs between cells, one for each pair and kind, in the order of the cells that read.
pub(super) fn arcs(ctx: &Context<'_>) -> Vec<Arc> {
    let history = ctx.history;
    let key = |link: &Link| (link.consumer, link.producer, link.need.name);
    let top: BTreeSet<_> = history.top.iter().map(key).collect();
    let mut names: BTreeMap<(CellIdx, CellIdx, Kind), BTreeSet<NameId>> = BTreeMap::new();
    let mut add = |consumer, producer, kind, name| {
        names.entry((consumer, producer, kind)).or_default().insert(name);
    };
    for link in &history.top {
        let kind = if link.gift == Gift::Import {
            Kind::Import
        } else {
            Kind::Plain
        };
        add(link.consumer, link.producer, kind, link.need.name);
    }
    // an import is the same wherever it stands
    let astray = history
        .recorded
        .iter()
        .filter(|link| link.gift != Gift::Import && !top.contains(&key(link)));
    for link in astray {
        add(link.consumer, link.producer, Kind::Astray, link.need.name);
    }
    for miss in ctx.misses.iter().filter(|miss| miss.reached) {
        if let Absence::BoundLater(producer) = miss.absence
            && producer != miss.cell
        {
            add(miss.cell, producer, Kind::Astray, miss.name);
        }
    }
    let arcs = names.into_iter().map(|((to, from, kind), names)| Arc {
        from,
        to,
        kind,
        names: listed(names.into_iter().map(|name| ctx.facts.text(name)).collect()),
    });
    arcs.collect()
}

fn listed(mut names: Vec<&str>) -> String {
    names.sort_unstable();
    let more = names.len().saturating_sub(NAMES);
    names.truncate(NAMES);
    let mut text = printable(&names.join(", ")).into_owned();
    if more > 0 {
        text.push_str(&format!(" and {more} more"));
    }
    text
}

/// The neighbours of each cell that has any. What is only imported is left out: every cell reads that.
pub(super) fn neighbours(arcs: &[Arc]) -> BTreeMap<CellIdx, Neighbours> {
    let mut all: BTreeMap<CellIdx, Neighbours> = BTreeMap::new();
    for arc in arcs.iter().filter(|arc| arc.kind != Kind::Import) {
        let of = |idx: CellIdx| Neighbour {
            to: cell_id(idx.number()),
            number: idx.number(),
            names: arc.names.clone(),
            astray: arc.kind == Kind::Astray,
        };
        let reads = &mut all.entry(arc.to).or_default().reads;
        if reads.len() < NEIGHBOURS {
            reads.push(of(arc.from));
        }
        let gives = &mut all.entry(arc.from).or_default().gives;
        if gives.len() < NEIGHBOURS {
            gives.push(of(arc.to));
        }
    }
    all
}
