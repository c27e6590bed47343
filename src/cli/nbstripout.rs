//! What `filter.nbstripout.*` in git's configuration says: keys, and the flags of the filter's command.

use std::process::Command;

use crate::strip::{self, Ids, Layer};

use super::talk::{UserError, note};

/// The wishes that git's configuration holds for nbstripout.
///
/// # Errors
/// Git that can't be run.
pub(super) fn layer() -> Result<Layer, Vec<UserError>> {
    let ran = Command::new("git")
        .args(["config", "-z", "--get-regexp", r"^filter\.nbstripout\."])
        .output();
    let output = ran.map_err(|error| {
        vec![UserError::new(
            format!("git can't be run: {error}"),
            "--from-nbstripout-config asks git for its configuration",
        )]
    })?;
    let listed = String::from_utf8_lossy(&output.stdout);
    let mut layer = Layer::default();
    // the last of several values counts, as for `git config NAME`
    let value = |name: &str| {
        let entries = listed.split('\0').rev().filter_map(|entry| entry.split_once('\n'));
        let wanted = format!("filter.nbstripout.{name}");
        entries
            .filter(|(key, _)| *key == wanted)
            .map(|(_, value)| value.to_owned())
            .next()
    };
    if listed.is_empty() {
        note("warning: git's configuration says nothing about filter.nbstripout");
    }
    if let Some(command) = value("clean") {
        flags(&words(&command), &mut layer);
    }
    layer
        .extra_keys
        .extend(value("extrakeys").map(|keys| known(&keys)).unwrap_or_default());
    layer
        .keep_metadata
        .extend(value("keepmetadatakeys").map(|keys| known(&keys)).unwrap_or_default());
    Ok(layer)
}

/// Those of the keys that can be keys; about the others a word is said, as nbstripout does.
fn known(keys: &str) -> Vec<String> {
    let keys = keys.split_whitespace().map(strip::key);
    keys.filter_map(|key| {
        key.map_err(|message| note(&format!("warning: filter.nbstripout: {message}")))
            .ok()
    })
    .collect()
}

/// Reads the flags that follow the program's name.
fn flags(words: &[String], layer: &mut Layer) {
    let program = words.iter().position(|word| word.contains("nbstripout"));
    let mut words = words.iter().skip(program.map_or(0, |at| at + 1)).peekable();
    while let Some(word) = words.next() {
        let (flag, inline) = match word.split_once('=') {
            Some((flag, value)) => (flag, Some(value.to_owned())),
            None => (word.as_str(), None),
        };
        // flags with values take all words up to the next flag
        let mut values = || {
            let mut values: Vec<String> = inline.iter().cloned().collect();
            while inline.is_none()
                && let Some(value) = words.next_if(|word| !word.starts_with("--"))
            {
                values.push(value.clone());
            }
            values
        };
        match flag {
            "--keep-output" => layer.keep_output = Some(true),
            "--keep-count" => layer.keep_count = Some(true),
            "--keep-id" => layer.cell_ids = Some(Ids::Keep),
            "--strip-init-cells" => layer.strip_init_cells = Some(true),
            "--drop-empty-cells" => layer.drop_empty_cells = Some(true),
            "--drop-output-type" => layer.drop_output_type.extend(values()),
            "--keep-output-type" => layer.keep_output_type.extend(values()),
            "--drop-tagged-cells" => layer
                .drop_tagged_cells
                .extend(values().iter().flat_map(|tags| split(tags))),
            "--extra-keys" => layer.extra_keys.extend(values().iter().flat_map(|keys| known(keys))),
            "--keep-metadata-keys" => layer.keep_metadata.extend(values().iter().flat_map(|keys| known(keys))),
            "--max-size" => layer.max_size = values().first().and_then(|size| strip::size(size).ok()),
            _ => {}
        }
    }
    // nbstripout keeps outputs of any size then
    if layer.keep_output == Some(true) {
        layer.max_size = None;
    }
}

fn split(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// The words of a command as a shell would split it: quotes and backslashes, and nothing more.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut characters = command.chars();
    while let Some(c) = characters.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => word.get_or_insert_default().extend(characters.next()),
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}
