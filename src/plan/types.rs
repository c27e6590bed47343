//! Types of values that are known for certain: frames and series of pandas, by the calls that make them.

use std::collections::BTreeMap;

use ruff_python_ast::Expr;

use crate::facts::{Facts, NameId, dotted};

use super::bindings::Histories;
use super::fate::single_assignment;
use super::pieces::{Fate, Piece};

/// Functions that return a frame.
const FRAME_MAKERS: &[&str] = &[
    "pandas.DataFrame", "pandas.concat", "pandas.crosstab", "pandas.get_dummies", "pandas.json_normalize", "pandas.merge",
    "pandas.pivot_table", "pandas.read_csv", "pandas.read_feather", "pandas.read_fwf", "pandas.read_json",
    "pandas.read_parquet", "pandas.read_sql", "pandas.read_sql_query", "pandas.read_table",
];

/// Methods by which a frame gives a frame.
const FRAME_METHODS: &[&str] = &[
    "assign", "copy", "drop", "drop_duplicates", "dropna", "fillna", "head", "merge", "query", "rename", "reset_index",
    "sample", "set_index", "sort_index", "sort_values", "tail",
];

/// An annotation for each name of which every binding is known. `pd.concat` of series, or a `read_csv` in chunks, is
/// no frame: both show in the arguments, and then nothing is said.
pub(super) fn value_types(facts: &Facts, histories: &Histories, pieces: &[Piece<'_>]) -> BTreeMap<NameId, String> {
    let Some(alias) = pandas_alias(facts, pieces) else {
        return BTreeMap::new();
    };
    let mut frames: BTreeMap<NameId, bool> = BTreeMap::new();
    for piece in pieces.iter().filter(|p| p.is_kept()) {
        for bind in &piece.facts.binds {
            let value = single_assignment(piece.stmt).map(|(_, value)| value);
            let is_frame = value.is_some_and(|v| makes_frame(v, facts, &frames));
            frames.entry(bind.name).and_modify(|known| *known &= is_frame).or_insert(is_frame);
        }
    }
    frames
        .into_iter()
        .filter(|&(name, is_frame)| is_frame && !histories.get(name).global)
        .map(|(name, _)| (name, format!("{alias}.DataFrame")))
        .collect()
}

/// The name under which the notebook imports pandas.
fn pandas_alias(facts: &Facts, pieces: &[Piece<'_>]) -> Option<String> {
    let imports = pieces.iter().filter(|p| p.fate == Fate::Import);
    imports
        .flat_map(|p| &p.facts.binds)
        .map(|bind| facts.text(bind.name))
        .find(|name| facts.imports.path(name) == Some("pandas"))
        .map(str::to_owned)
}

fn makes_frame(value: &Expr, facts: &Facts, frames: &BTreeMap<NameId, bool>) -> bool {
    let Expr::Call(call) = value else {
        return false;
    };
    let odd = ["chunksize", "iterator", "inplace", "squeeze", "orient", "typ"];
    if call.arguments.keywords.iter().any(|k| k.arg.as_ref().is_none_or(|a| odd.contains(&a.as_str()))) {
        return false;
    }
    let path = dotted(&call.func, &facts.imports).unwrap_or_default();
    if FRAME_MAKERS.contains(&path.as_str()) {
        return path != "pandas.concat";
    }
    let Expr::Attribute(attribute) = call.func.as_ref() else {
        return false;
    };
    let receiver_is_frame = match attribute.value.as_ref() {
        Expr::Name(name) => facts.names.find(name.id.as_str()).is_some_and(|id| frames.get(&id) == Some(&true)),
        inner => makes_frame(inner, facts, frames),
    };
    receiver_is_frame && FRAME_METHODS.contains(&attribute.attr.as_str())
}
