//! Keys named by paths: `metadata.widgets`, `cell.metadata.scrolled`, `cell.metadata.*`.

use std::borrow::Cow;

use crate::json::{Kind, NodeId, decode};
use crate::text::Span;

use super::cut::Cuts;

/// Paths below one kind of object, the notebook's or a cell's.
#[derive(Debug, Default)]
pub(super) struct Paths<'o> {
    drop: Vec<&'o str>,
    keep: Vec<&'o str>,
}

impl<'o> Paths<'o> {
    /// Of all paths those that belong to the notebook, and those that belong to cells.
    pub fn split(drop: &'o [String], keep: &'o [String]) -> (Self, Self) {
        let (cell_drop, drop) = scopes(drop);
        let (cell_keep, keep) = scopes(keep);
        let cell = Self {
            drop: cell_drop,
            keep: cell_keep,
        };
        (Self { drop, keep }, cell)
    }

    pub fn drop(&mut self, path: &'o str) {
        self.drop.push(path);
    }
}

/// Paths of cells without their `cell.`, and the others.
fn scopes(paths: &[String]) -> (Vec<&str>, Vec<&str>) {
    let (mut cell, mut notebook) = (Vec::new(), Vec::new());
    for path in paths {
        match path.strip_prefix("cell.") {
            Some(inside) => cell.push(inside),
            None => notebook.push(path.as_str()),
        }
    }
    (cell, notebook)
}

/// Takes the keys that `paths` name out of an object.
pub(super) fn clear(cuts: &mut Cuts<'_>, object: NodeId, paths: &Paths<'_>) {
    level(cuts, object, &paths.drop, &paths.keep, 0);
}

/// One object, `depth` levels below the one that the paths start from. `true` where it is to go as a whole: emptied,
/// and not `metadata` itself, which notebooks must have.
fn level(cuts: &mut Cuts<'_>, object: NodeId, drop: &[&str], keep: &[&str], depth: usize) -> bool {
    let json = cuts.json;
    let mark = cuts.mark();
    let mut members: Vec<(Span, bool)> = Vec::new();
    for (key, value) in json.entries(object) {
        let name = name(cuts, key);
        let span = Span::new(json.span(key).start, json.span(value).end);
        members.push((span, goes(cuts, &name, value, drop, keep, depth)));
    }
    let gone = members.iter().filter(|&&(_, goes)| goes).count();
    if depth > 1 && gone > 0 && gone == members.len() {
        cuts.back_to(mark);
        return true;
    }
    if gone > 0 {
        cuts.remove(object, members);
    }
    false
}

/// Whether a member goes as a whole; what goes inside of it is planned here.
fn goes(cuts: &mut Cuts<'_>, name: &str, value: NodeId, drop: &[&str], keep: &[&str], depth: usize) -> bool {
    let named = |paths: &[&str]| paths.iter().any(|path| *path == name || (depth > 0 && *path == "*"));
    if named(keep) {
        return false;
    }
    let whole = named(drop);
    let keep_below = below(keep, name);
    if (whole && keep_below.is_empty()) || cuts.json.kind(value) != Kind::Object {
        return whole;
    }
    let drop_below = if whole { vec!["*"] } else { below(drop, name) };
    !drop_below.is_empty() && level(cuts, value, &drop_below, &keep_below, depth + 1)
}

/// The rests of the paths that lead through `name`.
fn below<'p>(paths: &[&'p str], name: &str) -> Vec<&'p str> {
    paths
        .iter()
        .filter_map(|path| path.strip_prefix(name)?.strip_prefix('.'))
        .collect()
}

fn name<'t>(cuts: &Cuts<'t>, key: NodeId) -> Cow<'t, str> {
    let node = cuts.json.node(key);
    let inside = Span::new(node.span.start + 1, node.span.end.saturating_sub(1));
    match node.kind {
        Kind::String { escaped: true } => Cow::Owned(decode(cuts.text, node.span).text),
        _ => Cow::Borrowed(inside.slice(cuts.text)),
    }
}
