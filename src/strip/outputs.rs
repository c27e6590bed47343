//! Which outputs of a cell stay, and what of them.

use crate::json::{Kind, NodeId, text_of};
use crate::text::Span;

use super::cut::Cuts;
use super::options::Options;

/// What becomes of an output.
enum Fate {
    Stays,
    Goes,
    /// It stays but for these of its MIME types' entries.
    Without(Vec<(Span, bool)>),
}

/// Strips a cell's list of outputs. `keep`: the cell's own word, or the option's. `true` where outputs stay.
pub(super) fn strip(cuts: &mut Cuts<'_>, list: NodeId, options: &Options, keep: Keep, old: bool) -> bool {
    let json = cuts.json;
    if json.kind(list) != Kind::Array {
        // whatever stands there instead of a list may be a result as well
        if keep == Keep::No && json.kind(list) != Kind::Null {
            cuts.replace(list, "[]");
        }
        return keep != Keep::No;
    }
    let mut members = Vec::new();
    for output in json.items(list) {
        let fate = fate(cuts, output, options, keep);
        members.push((json.span(output), matches!(fate, Fate::Goes)));
        if let Fate::Without(entries) = fate
            && let Some(data) = json.get(cuts.text, output, "data")
        {
            cuts.remove(data, entries);
        }
        if !matches!(members.last(), Some((_, true))) && !options.keep_count {
            clear_count(cuts, output, old);
        }
    }
    let some_stay = members.iter().any(|&(_, goes)| !goes);
    cuts.remove(list, members);
    some_stay
}

/// Whether a cell's outputs are kept, and on whose word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    No,
    /// By the option: sizes still count.
    Asked,
    /// By the cell itself.
    Said,
}

fn fate(cuts: &Cuts<'_>, output: NodeId, options: &Options, keep: Keep) -> Fate {
    if options.drop_types.iter().any(|wanted| is_of_type(cuts, output, wanted)) || matches(cuts, output, options) {
        return Fate::Goes;
    }
    let within = |limit: u64| size(cuts, output) <= limit;
    let kept = match keep {
        Keep::Said => true,
        Keep::Asked => options.max_size.is_none_or(within),
        Keep::No => options.max_size.is_some_and(within),
    } || options.keep_types.iter().any(|wanted| is_of_type(cuts, output, wanted));
    let Some(data) = cuts.json.get(cuts.text, output, "data") else {
        return if kept { Fate::Stays } else { Fate::Goes };
    };
    let mut entries = Vec::new();
    for (key, value) in cuts.json.entries(data) {
        let mime = text_of(cuts.json, cuts.text, key).text;
        let stays = if kept {
            !is_named(&options.drop_mime, &mime)
        } else {
            is_named(&options.keep_mime, &mime)
        };
        entries.push((Span::new(cuts.json.span(key).start, cuts.json.span(value).end), !stays));
    }
    let gone = entries.iter().filter(|&&(_, goes)| goes).count();
    match (kept, gone) {
        (true, 0) => Fate::Stays,
        (false, 0) if !entries.is_empty() => Fate::Stays,
        (_, gone) if gone == entries.len() => Fate::Goes,
        _ => Fate::Without(entries),
    }
}

/// `stream`, or with a name `stream:stderr`; for an error the name is the exception's.
fn is_of_type(cuts: &Cuts<'_>, output: NodeId, wanted: &str) -> bool {
    let (kind, name) = wanted
        .split_once(':')
        .map_or((wanted, None), |(kind, name)| (kind, Some(name)));
    let says = |key: &str, value: &str| {
        let node = cuts.json.get(cuts.text, output, key);
        node.is_some_and(|node| text_of(cuts.json, cuts.text, node).text == value)
    };
    // nbformat 3 has other names for the same
    let old = match kind {
        "execute_result" => "pyout",
        "error" => "pyerr",
        other => other,
    };
    (says("output_type", kind) || says("output_type", old))
        && name.is_none_or(|name| says("name", name) || says("stream", name) || says("ename", name))
}

/// Whether a text of the output (its lines joined) matches one of the expressions.
fn matches(cuts: &Cuts<'_>, output: NodeId, options: &Options) -> bool {
    if options.drop_matching.is_empty() {
        return false;
    }
    let json = cuts.json;
    let inside = json.get(cuts.text, output, "data").into_iter();
    let mut values = inside.chain([output]).flat_map(|object| json.entries(object));
    values.any(|(_, value)| {
        let text = text_of(json, cuts.text, value).text;
        options.drop_matching.iter().any(|pattern| pattern.is_match(&text))
    })
}

/// The output's size: the characters of all its texts and numbers.
fn size(cuts: &Cuts<'_>, output: NodeId) -> u64 {
    let mut keys: Vec<NodeId> = Vec::new();
    for node in cuts.json.descendants(output) {
        keys.extend(cuts.json.entries(node).map(|(key, _)| key));
    }
    keys.sort_unstable();
    let values = cuts
        .json
        .descendants(output)
        .filter(|node| keys.binary_search(node).is_err());
    values
        .map(|node| match cuts.json.kind(node) {
            Kind::Object | Kind::Array => 0,
            Kind::String { .. } => text_of(cuts.json, cuts.text, node).text.chars().count() as u64,
            _ => cuts.json.span(node).len() as u64,
        })
        .sum()
}

/// Whether a MIME type is one of these, where `*` at the end stands for any.
fn is_named(patterns: &[String], mime: &str) -> bool {
    patterns.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(start) => mime.starts_with(start),
        None => pattern == mime,
    })
}

/// The count that a result carries. In nbformat 3 it must be a number.
fn clear_count(cuts: &mut Cuts<'_>, output: NodeId, old: bool) {
    let json = cuts.json;
    for (key, value) in json.entries(output) {
        if json.key_is(cuts.text, key, "execution_count") && json.kind(value) != Kind::Null {
            cuts.replace(value, "null");
        } else if old && json.key_is(cuts.text, key, "prompt_number") && json.span(value).slice(cuts.text) != "0" {
            cuts.replace(value, "0");
        }
    }
}
