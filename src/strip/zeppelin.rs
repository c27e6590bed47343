//! Notes of Apache Zeppelin: an object with a list of paragraphs.

use crate::json::{Document, Kind, NodeId};

use super::cut::Cuts;
use super::keys::{self, Paths};
use super::options::Options;

/// What holds results: `result` up to Zeppelin 0.6.
const RESULTS: [&str; 2] = ["result", "results"];

/// When a paragraph ran.
const TIMES: [&str; 2] = ["dateFinished", "dateStarted"];

pub(super) fn is_note(json: &Document, text: &str, root: NodeId) -> bool {
    let paragraphs = json.get(text, root, "paragraphs");
    paragraphs.is_some_and(|list| json.kind(list) == Kind::Array)
        && json.get(text, root, "cells").is_none()
        && json.get(text, root, "nbformat").is_none()
}

/// Empties results, and takes out when they came about.
pub(super) fn strip(cuts: &mut Cuts<'_>, root: NodeId, options: &Options) {
    let json = cuts.json;
    let mut paths = Paths::default();
    TIMES.iter().for_each(|key| paths.drop(key));
    for (_, list) in json
        .entries(root)
        .filter(|&(key, _)| json.key_is(cuts.text, key, "paragraphs"))
    {
        for paragraph in json.items(list) {
            for (key, value) in json.entries(paragraph) {
                let is_result = RESULTS.iter().any(|name| json.key_is(cuts.text, key, name));
                let is_empty = json.kind(value) == Kind::Null || json.span(value).slice(cuts.text) == "{}";
                if is_result && !is_empty && !options.keep_output {
                    cuts.replace(value, "{}");
                }
            }
            keys::clear(cuts, paragraph, &paths);
        }
    }
}
