//! Wishes as people write them, in a settings file or on the command line. One lies above the other.

use regex::Regex;

use super::options::Ids;
use super::presets::Preset;

/// A layer of wishes: what it says nothing about, the layers below decide.
#[derive(Clone, Debug, Default)]
pub struct Layer {
    pub keep_output: Option<bool>,
    pub keep_count: Option<bool>,
    pub strip_init_cells: Option<bool>,
    pub max_size: Option<u64>,
    pub keep_output_type: Vec<String>,
    pub drop_output_type: Vec<String>,
    pub keep_mime: Vec<String>,
    pub drop_mime: Vec<String>,
    pub drop_matching: Vec<Regex>,
    pub drop_empty_cells: Option<bool>,
    pub drop_tagged_cells: Vec<String>,
    pub cell_ids: Option<Ids>,
    pub extra_keys: Vec<String>,
    pub keep_metadata: Vec<String>,
    pub strip_kernel: Option<bool>,
    pub preset: Vec<Preset>,
}

/// A size in bytes: `800`, `10k`, `5M` or `1G`, in powers of a thousand.
///
/// # Errors
/// Says what a size looks like.
pub fn size(text: &str) -> Result<u64, String> {
    let wrong = || format!("`{text}` is no size: write a number, with k, M or G for thousands, millions, billions");
    let number = text.trim_end_matches(['k', 'K', 'm', 'M', 'g', 'G']);
    let factor = match text.get(number.len()..).unwrap_or_default() {
        "" => 1,
        "k" | "K" => 1_000,
        "m" | "M" => 1_000_000,
        "g" | "G" => 1_000_000_000,
        _ => return Err(wrong()),
    };
    let number: u64 = number.parse().map_err(|_| wrong())?;
    number.checked_mul(factor).ok_or_else(wrong)
}

/// A regular expression.
///
/// # Errors
/// Says what is wrong with it.
pub fn pattern(text: &str) -> Result<Regex, String> {
    Regex::new(text).map_err(|error| format!("`{text}` is no regular expression: {error}"))
}

/// What a cell must have to be one; its id goes by a wish of its own.
const NEEDED: [&str; 8] = [
    "cell.*",
    "cell.cell_type",
    "cell.execution_count",
    "cell.id",
    "cell.input",
    "cell.metadata",
    "cell.outputs",
    "cell.source",
];

/// The path of a key that may go: `metadata.widgets`, `cell.metadata.scrolled`, `cell.attachments`.
///
/// # Errors
/// A path that leads elsewhere, or to what notebooks need.
pub fn key(text: &str) -> Result<String, String> {
    if NEEDED.contains(&text) {
        return Err(format!("`{text}` can't go: a notebook needs it"));
    }
    let inside = text.strip_prefix("metadata.").or_else(|| text.strip_prefix("cell."));
    match inside {
        Some(inside) if !inside.is_empty() && !inside.contains(char::is_whitespace) => Ok(text.to_owned()),
        _ => Err(format!(
            "`{text}` is no key of a notebook: write metadata.NAME, cell.metadata.NAME or cell.NAME"
        )),
    }
}
