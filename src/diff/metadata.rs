//! Metadata that differs: what people set is named, what editors write is counted.

use crate::json::NodeId;
use crate::notebook::{Cell, Notebook};

use super::{Side, Sides};

/// Keys that editors and platforms write without being asked.
const NOISE: &[&str] = &[
    "ExecuteTime",
    "collapsed",
    "colab",
    "execution",
    "executionInfo",
    "heading_collapsed",
    "hidden",
    "id",
    "jp-MarkdownHeadingCollapsed",
    "outputId",
    "pycharm",
    "scrolled",
    "toc",
    "vscode",
    "widgets",
];

/// A key whose value differs. Values are shortened, and secrets in them hidden.
#[derive(Debug)]
pub struct KeyChange {
    pub key: String,
    pub old: Option<String>,
    pub new: Option<String>,
}

/// Characters of a value that are shown.
const SHOWN: usize = 80;

pub(super) fn of_cells(sides: &Sides<'_, '_>, old: &Cell, new: &Cell) -> (Vec<KeyChange>, usize) {
    changes(sides, old.metadata, new.metadata)
}

pub(super) fn of_notebooks(sides: &Sides<'_, '_>) -> (Vec<KeyChange>, usize) {
    let (old, new) = (sides.old.notebook, sides.new.notebook);
    let (mut changed, noise) = changes(sides, old.metadata, new.metadata);
    if old.format != new.format {
        let format = |notebook: &Notebook<'_>| Some(format!("{}.{}", notebook.format.0, notebook.format.1));
        changed.push(KeyChange {
            key: "nbformat".to_owned(),
            old: format(old),
            new: format(new),
        });
    }
    (changed, noise)
}

fn changes(sides: &Sides<'_, '_>, old: Option<NodeId>, new: Option<NodeId>) -> (Vec<KeyChange>, usize) {
    let (before, after) = (entries(sides.old.notebook, old), entries(sides.new.notebook, new));
    let mut changed = Vec::new();
    let mut noise = 0;
    let gone = before.iter().filter(|(key, _)| !after.iter().any(|(k, _)| k == key));
    let keys = after.iter().chain(gone).map(|(key, _)| key);
    for key in keys {
        let value = |of: &[(String, NodeId)]| of.iter().find(|(k, _)| k == key).map(|&(_, node)| node);
        let (was, is) = (value(&before), value(&after));
        if was.map(|node| compact(sides.old.notebook, node)) == is.map(|node| compact(sides.new.notebook, node)) {
            continue;
        }
        if NOISE.binary_search(&key.as_str()).is_ok() {
            noise += 1;
        } else {
            changed.push(KeyChange {
                key: key.clone(),
                old: was.map(|node| shown(&sides.old, node)),
                new: is.map(|node| shown(&sides.new, node)),
            });
        }
    }
    (changed, noise)
}

fn entries(notebook: &Notebook<'_>, node: Option<NodeId>) -> Vec<(String, NodeId)> {
    let entries = node.into_iter().flat_map(|node| notebook.json.entries(node));
    entries
        .map(|(name, value)| (notebook.text_of(name).text, value))
        .collect()
}

/// The JSON of a value without the layout between its parts.
fn compact(notebook: &Notebook<'_>, node: NodeId) -> String {
    let json = notebook.json.span(node).slice(notebook.text);
    let mut out = String::with_capacity(json.len());
    let (mut in_string, mut escaped) = (false, false);
    for c in json.chars() {
        match c {
            ' ' | '\t' | '\n' | '\r' if !in_string => continue,
            '"' if !escaped => in_string = !in_string,
            _ => {}
        }
        escaped = in_string && c == '\\' && !escaped;
        out.push(c);
    }
    out
}

fn shown(side: &Side<'_, '_>, node: NodeId) -> String {
    let json = compact(side.notebook, node);
    let masked = side.masker.mask(&json);
    match masked.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", masked.get(..end).unwrap_or_default()),
        None => masked.into_owned(),
    }
}
