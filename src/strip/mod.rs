//! Stripping: results and what editors leave behind, taken out of a notebook as edits on its bytes.
//!
//! What a member takes along is chosen so that the result is what the notebook's writer would have written without it.

mod cut;
mod keys;
mod layer;
mod options;
mod outputs;
mod presets;
mod zeppelin;

pub use layer::{Layer, key, pattern, size};
pub use options::{Ids, Options};
pub use presets::Preset;

use crate::json::{Document, Kind, NodeId, text_of};
use crate::notebook::{self, ReadError};
use crate::text::EditSet;

use cut::Cuts;
use keys::Paths;
use outputs::Keep;

/// The edits that strip a notebook's text, or the text of a Zeppelin note. There are none where nothing is to strip.
///
/// # Errors
/// A text that is no notebook.
pub fn strip(text: &str, options: &Options) -> Result<EditSet, ReadError> {
    let json = notebook::scan(text)?;
    let root = notebook::root(&json)?;
    let mut cuts = Cuts::new(&json, text);
    if zeppelin::is_note(&json, text, root) {
        zeppelin::strip(&mut cuts, root, options);
    } else {
        Stripper::new(text, &json, root, options).strip(&mut cuts)?;
    }
    Ok(cuts.finish())
}

/// Whether a text is a Zeppelin note.
pub fn is_note(text: &str) -> bool {
    let json = notebook::scan(text).ok();
    json.is_some_and(|json| json.root().is_some_and(|root| zeppelin::is_note(&json, text, root)))
}

struct Stripper<'a> {
    text: &'a str,
    json: &'a Document,
    root: NodeId,
    options: &'a Options,
    notebook_paths: Paths<'a>,
    cell_paths: Paths<'a>,
    /// The notebook says `keep_output`.
    keep_all: bool,
    /// nbformat 1 to 3.
    old: bool,
    /// Cells so far that stay.
    cells: usize,
}

impl<'a> Stripper<'a> {
    fn new(text: &'a str, json: &'a Document, root: NodeId, options: &'a Options) -> Self {
        let (notebook_paths, mut cell_paths) = Paths::split(&options.keys, &options.keep_keys);
        if options.ids == Ids::Drop {
            cell_paths.drop("id");
        }
        let says = json
            .get(text, root, "metadata")
            .and_then(|metadata| json.get(text, metadata, "keep_output"));
        Self {
            text,
            json,
            root,
            options,
            notebook_paths,
            cell_paths,
            keep_all: says.is_some_and(|value| is_true(json, text, value)),
            old: json.get(text, root, "worksheets").is_some(),
            cells: 0,
        }
    }

    fn strip(mut self, cuts: &mut Cuts<'_>) -> Result<(), ReadError> {
        for list in notebook::cell_lists(self.json, self.text, self.root)? {
            let mut members = Vec::new();
            for cell in self.json.items(list) {
                let goes = self.cell_goes(cell);
                members.push((self.json.span(cell), goes));
                if !goes {
                    self.cell(cuts, cell);
                    self.cells += 1;
                }
            }
            cuts.remove(list, members);
        }
        keys::clear(cuts, self.root, &self.notebook_paths);
        if self.options.ids == Ids::Drop {
            self.to_format_without_ids(cuts);
        }
        Ok(())
    }

    /// Cells have ids from nbformat 4.5 on, and must have them.
    fn to_format_without_ids(&self, cuts: &mut Cuts<'_>) {
        let number = |key: &str| {
            let node = self.json.get(self.text, self.root, key)?;
            Some((node, self.json.span(node).slice(self.text).parse::<u32>().ok()?))
        };
        if let (Some((_, 4)), Some((node, 5..))) = (number("nbformat"), number("nbformat_minor")) {
            cuts.replace(node, "4");
        }
    }

    fn cell_goes(&self, cell: NodeId) -> bool {
        (self.options.drop_empty_cells && self.is_empty(cell))
            || self.options.drop_tagged_cells.iter().any(|tag| self.has_tag(cell, tag))
    }

    /// Whether a cell's source is nothing but white space, and no file is attached.
    fn is_empty(&self, cell: NodeId) -> bool {
        let source = self.get(cell, "source").or_else(|| self.get(cell, "input"));
        let attachments = self.get(cell, "attachments");
        let is_text = |node| matches!(self.json.kind(node), Kind::String { .. } | Kind::Array);
        source.is_some_and(|source| is_text(source) && text_of(self.json, self.text, source).text.trim().is_empty())
            && attachments.is_none_or(|files| self.json.entries(files).next().is_none())
    }

    fn cell(&self, cuts: &mut Cuts<'_>, cell: NodeId) {
        let keep = self.keep(cell);
        for (key, value) in self.json.entries(cell) {
            let is = |name: &str| self.json.key_is(self.text, key, name);
            let is_count = is("execution_count") || is("prompt_number");
            if is("outputs") {
                outputs::strip(cuts, value, self.options, keep, self.old);
            } else if is_count && !self.options.keep_count && self.json.kind(value) != Kind::Null {
                cuts.replace(value, "null");
            } else if self.options.ids == Ids::Number && is("id") {
                let number = format!("\"{}\"", self.cells);
                if self.json.span(value).slice(self.text) != number {
                    cuts.replace(value, &number);
                }
            }
        }
        keys::clear(cuts, cell, &self.cell_paths);
    }

    /// The cell's own word counts first: `keep_output` as metadata, then as a tag, then `init_cell`.
    fn keep(&self, cell: NodeId) -> Keep {
        let said = |key: &str| {
            let value = self.get(self.get(cell, "metadata")?, key)?;
            Some(is_true(self.json, self.text, value))
        };
        match said("keep_output") {
            Some(true) => Keep::Said,
            Some(false) => Keep::No,
            None if self.has_tag(cell, "keep_output") => Keep::Said,
            None if said("init_cell") == Some(true) && !self.options.strip_init_cells => Keep::Said,
            None if self.options.keep_output || self.keep_all => Keep::Asked,
            None => Keep::No,
        }
    }

    fn has_tag(&self, cell: NodeId, tag: &str) -> bool {
        let tags = self
            .get(cell, "metadata")
            .and_then(|metadata| self.get(metadata, "tags"));
        tags.is_some_and(|tags| {
            let mut items = self.json.items(tags);
            items.any(|item| self.json.key_is(self.text, item, tag))
        })
    }

    fn get(&self, node: NodeId, key: &str) -> Option<NodeId> {
        self.json.get(self.text, node, key)
    }
}

/// What Python takes for true.
fn is_true(json: &Document, text: &str, node: NodeId) -> bool {
    match json.kind(node) {
        Kind::True | Kind::NonFinite => true,
        Kind::False | Kind::Null => false,
        Kind::Number => json
            .span(node)
            .slice(text)
            .parse::<f64>()
            .is_ok_and(|number| number != 0.0),
        Kind::String { .. } => json.span(node).len() > 2,
        Kind::Object => json.entries(node).next().is_some(),
        Kind::Array => json.items(node).next().is_some(),
    }
}
