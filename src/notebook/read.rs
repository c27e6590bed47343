//! Reading a notebook from its file's text: nbformat 2 to 4, whatever editors make of it.

use crate::json::{self, Document, Kind, NodeId, text_of};
use crate::text::{LineIndex, Span};

use super::cell::{Cell, CellIdx, CellKind, Output, OutputKind, Text};
use super::language::{Language, Said};
use super::model::{Notebook, Problem, lines_of};

/// Why a file is no notebook at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    pub message: String,
    pub hint: String,
    /// Line and column from 1, where the reason has a place.
    pub place: Option<(usize, usize)>,
}

/// Reads a notebook. Cells are never lost: what is odd in them becomes a [`Problem`].
///
/// # Errors
/// Text that is not JSON, or JSON that has no list of cells.
pub fn read(text: &str) -> Result<Notebook<'_>, ReadError> {
    let json = scan(text)?;
    let root = root(&json)?;
    let mut reader = Reader {
        text,
        json: &json,
        old: false,
        problems: Vec::new(),
    };
    let format = (
        reader.integer(root, "nbformat").unwrap_or_default(),
        reader.integer(root, "nbformat_minor").unwrap_or_default(),
    );
    reader.old = (1..=2).contains(&format.0);
    let cell_nodes = reader.cell_nodes(root)?;
    if format.0 == 0 {
        reader.problem(
            "the notebook does not say its format (nbformat); it is read as version 4",
            json.span(root),
        );
    }
    let metadata = reader.object(root, "metadata");
    let cells: Vec<Cell> = cell_nodes
        .into_iter()
        .enumerate()
        .map(|(i, node)| reader.cell(CellIdx(i), node))
        .collect();
    reader.report_twin_ids(&cells);
    let said = reader.languages(metadata, &cells);
    let language = Language::decide(&said);
    let problems = reader.problems;
    Ok(Notebook {
        text,
        json,
        format,
        language,
        language_version: said.version,
        metadata,
        cells,
        problems,
    })
}

/// Scans a notebook's text as JSON, past a byte order mark.
///
/// # Errors
/// Text that is not JSON.
pub fn scan(text: &str) -> Result<Document, ReadError> {
    let start = if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    };
    if text.get(start..).unwrap_or_default().trim_start().is_empty() {
        return Err(no_notebook(
            "the file is empty",
            "save the notebook again, or delete the file",
        ));
    }
    json::scan(text, start).map_err(|error| not_json(text, &error))
}

/// The object that a notebook is.
///
/// # Errors
/// JSON that is no object.
pub fn root(json: &Document) -> Result<NodeId, ReadError> {
    let root = json.root().filter(|&root| json.kind(root) == Kind::Object);
    root.ok_or_else(|| {
        no_notebook(
            "the file is JSON, but no notebook: it holds no object",
            NO_NOTEBOOK_HINT,
        )
    })
}

/// Every list of cells, those under a key that is given twice included: `cells`, or in nbformat 2 and 3 those of all
/// worksheets. A file that says its format and has neither is a notebook that nobody has written in yet.
///
/// # Errors
/// A file that has none and says no format, and one whose `cells` are no list.
pub fn cell_lists(json: &Document, text: &str, root: NodeId) -> Result<Vec<NodeId>, ReadError> {
    let all = |object: NodeId, wanted: &'static str| {
        let entries = json.entries(object);
        entries.filter_map(move |(key, value)| json.key_is(text, key, wanted).then_some(value))
    };
    let is_list = |&node: &NodeId| json.kind(node) == Kind::Array;
    if json.get(text, root, "cells").is_some_and(|cells| !is_list(&cells)) {
        return Err(no_notebook(
            "the file is JSON, but no notebook: `cells` is no list",
            NO_NOTEBOOK_HINT,
        ));
    }
    let sheets = all(root, "worksheets").flat_map(|sheets| json.items(sheets));
    let lists = all(root, "cells").chain(sheets.flat_map(|sheet| all(sheet, "cells")));
    let lists: Vec<NodeId> = lists.filter(is_list).collect();
    let format = json
        .get(text, root, "nbformat")
        .map(|format| json.span(format).slice(text).parse::<i64>());
    let says_format = matches!(format, Some(Ok(1..)));
    if lists.is_empty() && !says_format && json.get(text, root, "worksheets").is_none() {
        return Err(no_notebook(
            "the file is JSON, but no notebook: it has no `cells`",
            NO_NOTEBOOK_HINT,
        ));
    }
    Ok(lists)
}

const NO_NOTEBOOK_HINT: &str =
    "a notebook is an object with a list named `cells`; name only notebooks, or exclude this file";

fn no_notebook(message: &str, hint: &str) -> ReadError {
    ReadError {
        message: message.to_owned(),
        hint: hint.to_owned(),
        place: None,
    }
}

fn not_json(text: &str, error: &json::Error) -> ReadError {
    let position = LineIndex::new(text).position(text, error.at);
    let cut = error.at + 1 >= text.trim_end().len() || error.message.contains("never ends");
    let hint = if cut {
        "the file looks cut short; restore it from version control or from .ipynb_checkpoints"
    } else if text.contains("<<<<<<<") {
        "the file holds a merge conflict; resolve it first"
    } else {
        "restore the file from version control, or repair it at this place"
    };
    ReadError {
        message: format!("the file is not JSON: {}", error.message),
        hint: hint.to_owned(),
        place: Some((position.line, position.column)),
    }
}

struct Reader<'r> {
    text: &'r str,
    json: &'r Document,
    /// Whether lists of text hold lines without their ends (nbformat 1 and 2).
    old: bool,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    /// The cells' values: of `cells`, or in nbformat 2 and 3 of all worksheets in turn.
    ///
    /// A file that says its format and has neither is a notebook that nobody has written in yet.
    fn cell_nodes(&mut self, root: NodeId) -> Result<Vec<NodeId>, ReadError> {
        cell_lists(self.json, self.text, root)?;
        if let Some(cells) = self.get(root, "cells") {
            return Ok(self.json.items(cells).collect());
        }
        let Some(sheets) = self.get(root, "worksheets") else {
            self.problem(
                "the notebook has no list of cells; it is read as empty",
                self.json.span(root),
            );
            return Ok(Vec::new());
        };
        let lists: Vec<NodeId> = self
            .json
            .items(sheets)
            .filter_map(|sheet| self.get(sheet, "cells"))
            .collect();
        Ok(lists.into_iter().flat_map(|list| self.json.items(list)).collect())
    }

    fn cell(&mut self, idx: CellIdx, node: NodeId) -> Cell {
        let span = self.json.span(node);
        if self.json.kind(node) != Kind::Object {
            self.problem(&format!("cell {idx} is no object; it is kept as it is"), span);
        }
        let kind = self.cell_kind(idx, node);
        let (source_key, count_key) = if self.get(node, "source").is_none() && self.get(node, "input").is_some() {
            ("input", "prompt_number")
        } else if self.get(node, "execution_count").is_none() && self.get(node, "prompt_number").is_some() {
            ("source", "prompt_number")
        } else {
            ("source", "execution_count")
        };
        let source_node = self.get(node, source_key);
        let source = self.source(idx, source_node, span);
        let execution_count_node = self.get(node, count_key);
        let execution_count = execution_count_node.and_then(|count| self.count(idx, count));
        let metadata = self.object(node, "metadata");
        let outputs_node = self.get(node, "outputs");
        let outputs = self.outputs(idx, kind, outputs_node);
        Cell {
            idx,
            kind,
            node,
            span,
            source,
            source_node,
            execution_count,
            execution_count_node,
            id: self.string_at(node, &["id"]),
            tags: self.tags(metadata),
            metadata,
            outputs,
            outputs_node,
        }
    }

    fn cell_kind(&mut self, idx: CellIdx, node: NodeId) -> CellKind {
        match self.string_at(node, &["cell_type"]).as_deref() {
            Some("code") => CellKind::Code,
            Some("markdown" | "html") => CellKind::Markdown,
            Some("raw" | "plaintext") => CellKind::Raw,
            Some("heading") => {
                let level = self.integer(node, "level").unwrap_or(1).clamp(1, 6);
                CellKind::Heading(u8::try_from(level).unwrap_or(1))
            }
            other => {
                let said = other.map_or_else(|| "no type".to_owned(), |t| format!("the unknown type {t:?}"));
                self.problem(
                    &format!("cell {idx} has {said}; it is kept as it is"),
                    self.json.span(node),
                );
                CellKind::Unknown
            }
        }
    }

    fn source(&mut self, idx: CellIdx, node: Option<NodeId>, cell: Span) -> Text {
        let Some(node) = node else {
            self.problem(&format!("cell {idx} has no source; it is read as empty"), cell);
            return Text::default();
        };
        let span = self.json.span(node);
        match self.json.kind(node) {
            Kind::String { .. } => {}
            Kind::Array => {
                let odd = self
                    .json
                    .items(node)
                    .find(|&item| !matches!(self.json.kind(item), Kind::String { .. }));
                if let Some(odd) = odd {
                    let message = format!("cell {idx}: an item of the source is no string; it is passed over");
                    self.problem(&message, self.json.span(odd));
                }
            }
            _ => self.problem(
                &format!("cell {idx}: the source is neither a string nor a list; it is read as empty"),
                span,
            ),
        }
        let source = if self.old {
            lines_of(self.json, self.text, node)
        } else {
            text_of(self.json, self.text, node)
        };
        if let Some(&lone) = source.lone_surrogates.first() {
            let message =
                format!("cell {idx}: the source holds half a surrogate pair, which no text can; it is read as U+FFFD");
            self.problem(&message, lone);
        }
        source
    }

    fn count(&mut self, idx: CellIdx, node: NodeId) -> Option<i64> {
        let span = self.json.span(node);
        match self.json.kind(node) {
            Kind::Number => {
                let count = span.slice(self.text).parse().ok();
                if count.is_none() {
                    self.problem(&format!("cell {idx}: the execution count is no whole number"), span);
                }
                count
            }
            Kind::Null => None,
            // Some editors write `"execution_count": "*"` for a cell that was running when they saved.
            _ => {
                self.problem(&format!("cell {idx}: the execution count is no number"), span);
                None
            }
        }
    }

    fn outputs(&mut self, idx: CellIdx, kind: CellKind, node: Option<NodeId>) -> Vec<Output> {
        let Some(node) = node else {
            return Vec::new();
        };
        if self.json.kind(node) != Kind::Array {
            if kind == CellKind::Code {
                self.problem(&format!("cell {idx}: the outputs are no list"), self.json.span(node));
            }
            return Vec::new();
        }
        let items: Vec<NodeId> = self.json.items(node).collect();
        items.into_iter().map(|item| self.output(item)).collect()
    }

    fn output(&self, node: NodeId) -> Output {
        let kind_name = self.string_at(node, &["output_type"]);
        let (kind, text) = match kind_name.as_deref() {
            Some("stream") => {
                let name = self
                    .string_at(node, &["name"])
                    .or_else(|| self.string_at(node, &["stream"]));
                let kind = OutputKind::Stream {
                    name: name.unwrap_or_else(|| "stdout".to_owned()),
                };
                (kind, self.get(node, "text"))
            }
            Some("display_data" | "update_display_data") => (OutputKind::DisplayData, None),
            Some("execute_result") => {
                let count = self.integer(node, "execution_count");
                (OutputKind::ExecuteResult { count }, None)
            }
            Some("pyout") => {
                let count = self.integer(node, "prompt_number");
                (OutputKind::ExecuteResult { count }, None)
            }
            Some("error" | "pyerr") => {
                let kind = OutputKind::Error {
                    name: self.string_at(node, &["ename"]).unwrap_or_default(),
                    value: self.string_at(node, &["evalue"]).unwrap_or_default(),
                };
                (kind, self.get(node, "traceback"))
            }
            _ => (OutputKind::Unknown, None),
        };
        let data = match kind {
            OutputKind::DisplayData | OutputKind::ExecuteResult { .. } => self.data(node),
            _ => Vec::new(),
        };
        Output {
            kind,
            node,
            span: self.json.span(node),
            data,
            text,
        }
    }

    /// The MIME bundle: under `data`, or in nbformat 3 inline under short names.
    fn data(&self, node: NodeId) -> Vec<(String, NodeId)> {
        if let Some(data) = self.get(node, "data") {
            return self
                .json
                .entries(data)
                .map(|(key, value)| (text_of(self.json, self.text, key).text, value))
                .collect();
        }
        let short = [
            ("text", "text/plain"),
            ("html", "text/html"),
            ("latex", "text/latex"),
            ("svg", "image/svg+xml"),
            ("png", "image/png"),
            ("jpeg", "image/jpeg"),
            ("json", "application/json"),
            ("javascript", "application/javascript"),
        ];
        self.json
            .entries(node)
            .filter_map(|(key, value)| {
                let name = text_of(self.json, self.text, key).text;
                let &(_, mime) = short.iter().find(|(s, _)| *s == name)?;
                Some((mime.to_owned(), value))
            })
            .collect()
    }

    fn tags(&self, metadata: Option<NodeId>) -> Vec<String> {
        let Some(tags) = metadata.and_then(|metadata| self.get(metadata, "tags")) else {
            return Vec::new();
        };
        self.json
            .items(tags)
            .filter(|&tag| matches!(self.json.kind(tag), Kind::String { .. }))
            .map(|tag| text_of(self.json, self.text, tag).text)
            .collect()
    }

    fn report_twin_ids(&mut self, cells: &[Cell]) {
        let mut seen = std::collections::BTreeMap::new();
        for cell in cells {
            let Some(id) = &cell.id else { continue };
            if let Some(first) = seen.insert(id.clone(), cell.idx) {
                let message = format!("cells {first} and {} have the same id", cell.idx);
                self.problem(&message, cell.span);
            }
        }
    }

    fn get(&self, node: NodeId, key: &str) -> Option<NodeId> {
        self.json.get(self.text, node, key)
    }

    fn object(&self, node: NodeId, key: &str) -> Option<NodeId> {
        self.get(node, key)
            .filter(|&value| self.json.kind(value) == Kind::Object)
    }

    fn integer(&self, node: NodeId, key: &str) -> Option<i64> {
        let value = self.get(node, key)?;
        (self.json.kind(value) == Kind::Number).then(|| self.json.span(value).slice(self.text).parse().ok())?
    }

    /// What the file says of its language: hosts, kernels and editors each say it in a place of their own.
    fn languages(&self, metadata: Option<NodeId>, cells: &[Cell]) -> Said {
        let string = |path: &[&str]| self.string_at(metadata?, path);
        let languages = [
            string(&["application/vnd.databricks.v1+notebook", "language"]),
            string(&["language_info", "name"]),
            string(&["kernelspec", "language"]),
            string(&["jupytext", "main_language"]),
            // IJulia, in nbformat 3
            string(&["language"]),
        ];
        let of_cell = |cell: &Cell| {
            self.string_at(cell.node, &["metadata", "vscode", "languageId"])
                .or_else(|| self.string_at(cell.node, &["language"]))
        };
        Said {
            languages: languages.into_iter().flatten().collect(),
            kernel: string(&["kernelspec", "name"]),
            version: string(&["language_info", "version"]),
            cells: cells.iter().filter(|cell| cell.is_code()).filter_map(of_cell).collect(),
        }
    }

    fn string_at(&self, node: NodeId, path: &[&str]) -> Option<String> {
        let value = path.iter().try_fold(node, |at, key| self.get(at, key))?;
        matches!(self.json.kind(value), Kind::String { .. }).then(|| text_of(self.json, self.text, value).text)
    }

    fn problem(&mut self, message: &str, span: Span) {
        self.problems.push(Problem {
            message: message.to_owned(),
            span,
        });
    }
}
