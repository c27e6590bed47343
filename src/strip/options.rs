//! What is stripped and what stays.

use regex::Regex;

use super::layer::Layer;
use super::presets::{KERNEL, NOISE};

/// What becomes of the cells' ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ids {
    #[default]
    Keep,
    /// The ids go, and the notebook becomes one of nbformat 4.4, which has none.
    Drop,
    /// Each id becomes the cell's place, from 0.
    Number,
}

impl Ids {
    pub const ALL: [Self; 3] = [Self::Keep, Self::Drop, Self::Number];

    pub fn name(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Drop => "drop",
            Self::Number => "number",
        }
    }
}

/// What is stripped and what stays. The default takes out every result and what editors and kernels leave behind.
#[derive(Clone, Debug)]
pub struct Options {
    /// Outputs stay, but for those that are asked for below, and those of cells that say `keep_output: false`.
    pub keep_output: bool,
    /// Execution counts stay.
    pub keep_count: bool,
    /// `init_cell: true` keeps no outputs.
    pub strip_init_cells: bool,
    /// Outputs up to this size stay; under `keep_output` larger ones go.
    pub max_size: Option<u64>,
    /// Outputs that stay: `error`, or `stream:stderr`.
    pub keep_types: Vec<String>,
    /// Outputs that go, whatever keeps them.
    pub drop_types: Vec<String>,
    /// MIME types that stay of outputs that go: `text/plain`, or `text/*`.
    pub keep_mime: Vec<String>,
    /// MIME types that go of outputs that stay.
    pub drop_mime: Vec<String>,
    /// Outputs whose text matches go, whatever keeps them.
    pub drop_matching: Vec<Regex>,
    /// Cells of nothing but white space go.
    pub drop_empty_cells: bool,
    /// Cells that carry one of these tags go.
    pub drop_tagged_cells: Vec<String>,
    pub ids: Ids,
    /// Keys that go: `metadata.widgets`, `cell.metadata.scrolled`; `*` names all keys of a level.
    pub keys: Vec<String>,
    /// Keys that stay, whatever names them.
    pub keep_keys: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self::of(&[])
    }
}

impl Options {
    /// What comes of wishes one above the other: of single values the last counts, and lists add up.
    pub fn of(layers: &[&Layer]) -> Self {
        let last =
            |pick: fn(&Layer) -> Option<bool>| layers.iter().rev().find_map(|layer| pick(layer)).unwrap_or(false);
        let all = |pick: fn(&Layer) -> &Vec<String>| layers.iter().flat_map(|layer| pick(layer)).cloned().collect();
        let mut keys: Vec<String> = NOISE.iter().map(|key| (*key).to_owned()).collect();
        let mut add = |more: &[&str]| keys.extend(more.iter().map(|key| (*key).to_owned()));
        if last(|layer| layer.strip_kernel) {
            add(&KERNEL);
        }
        layers
            .iter()
            .flat_map(|layer| &layer.preset)
            .for_each(|preset| add(preset.keys()));
        keys.extend(layers.iter().flat_map(|layer| &layer.extra_keys).cloned());
        Self {
            keep_output: last(|layer| layer.keep_output),
            keep_count: last(|layer| layer.keep_count),
            strip_init_cells: last(|layer| layer.strip_init_cells),
            max_size: layers.iter().rev().find_map(|layer| layer.max_size),
            keep_types: all(|layer| &layer.keep_output_type),
            drop_types: all(|layer| &layer.drop_output_type),
            keep_mime: all(|layer| &layer.keep_mime),
            drop_mime: all(|layer| &layer.drop_mime),
            drop_matching: layers.iter().flat_map(|layer| &layer.drop_matching).cloned().collect(),
            drop_empty_cells: last(|layer| layer.drop_empty_cells),
            drop_tagged_cells: all(|layer| &layer.drop_tagged_cells),
            ids: layers.iter().rev().find_map(|layer| layer.cell_ids).unwrap_or_default(),
            keys,
            keep_keys: all(|layer| &layer.keep_metadata),
        }
    }
}
