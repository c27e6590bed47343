//! Notebooks that a notebook runs: `%run helpers.ipynb` runs their cells where it stands, in the notebook's own namespace,
//! and so their code can stand there itself.

use std::path::{Component, Path};

use ruff_python_ast::{IpyEscapeKind, Stmt};

use crate::finding::PlaceKind;
use crate::io;
use crate::notebook::{self, CellIdx, Language, Notebook};
use crate::python::{Body, CellCode, MagicKind, Magics, parse_cells, reworded, span};
use crate::secrets;
use crate::text::EditSet;

use super::material::plain;

/// Bytes of the notebooks that are taken in, at most.
const MOST_BYTES: usize = 16 << 20;

/// What Databricks writes into the metadata of its notebooks.
const DATABRICKS_KEY: &str = "application/vnd.databricks.v1+notebook";

/// Names that are of the notebook that is run, and of no other that takes its cells in.
const OF_ITS_OWN: [&str; 9] = [
    "In",
    "Out",
    "_",
    "__",
    "___",
    "__file__",
    "__future__",
    "get_ipython",
    "quit",
];

/// Puts the code of the notebooks in `folder` that `cells` run in place of the lines that run them. Tells which, by cell.
pub(super) fn take_in(
    folder: &Path,
    notebook: &Notebook<'_>,
    cells: &mut [CellCode],
    magics: &Magics,
) -> Vec<(CellIdx, String)> {
    let mut taken = Vec::new();
    let has_key = |node| notebook.lookup(node, &[DATABRICKS_KEY]).is_some();
    let mut reader = Reader {
        folder,
        magics,
        bare: notebook.metadata.is_some_and(has_key),
        running: Vec::new(),
        left: MOST_BYTES,
    };
    for code in cells {
        let files = reader.replace(code);
        taken.extend(files.into_iter().map(|file| (code.idx, file)));
    }
    taken
}

struct Reader<'r> {
    folder: &'r Path,
    magics: &'r Magics,
    /// Whether `%run ./helpers` means a notebook, as it does on Databricks.
    bare: bool,
    /// The notebooks that are being read: one that runs itself has no end.
    running: Vec<String>,
    /// Bytes that may still be read: notebooks that run each other twice over and over have no end either.
    left: usize,
}

impl Reader<'_> {
    /// Replaces the lines of a cell that run notebooks: all of them or none.
    fn replace(&mut self, code: &mut CellCode) -> Vec<String> {
        let mut words = EditSet::new();
        let mut files = Vec::new();
        for command in code.statements().iter().filter_map(Stmt::as_ipy_escape_command_stmt) {
            let target = command.value.strip_prefix("run ").map(str::trim);
            let Some(target) = target.filter(|_| command.kind == IpyEscapeKind::Magic) else {
                continue;
            };
            if let Some((file, text)) = self.found(target.trim_matches(['"', '\''])) {
                // the lines of a cell stand apart
                let _ = words.push(span(command.range), text);
                files.push(file);
            }
        }
        match reworded(code, &words).filter(|_| !files.is_empty()) {
            Some(new) => {
                *code = new;
                files
            }
            None => Vec::new(),
        }
    }

    /// The notebook that `%run` finds, and its code; nothing where that would not do the same elsewhere.
    fn found(&mut self, target: &str) -> Option<(String, String)> {
        let target = target.trim_start_matches("./");
        let inside = Path::new(target)
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        if !inside || target.contains(['{', '$', '*', '?', ' ', '~']) {
            return None;
        }
        let file = match target.strip_suffix(".ipynb") {
            Some(_) => target.to_owned(),
            None if self.bare && !target.ends_with(".py") => format!("{target}.ipynb"),
            None => return None,
        };
        if self.running.contains(&file) {
            return None;
        }
        let text = io::read(&self.folder.join(&file)).ok()?;
        self.left = self.left.checked_sub(text.len())?;
        self.running.push(file.clone());
        let code = self.code(&text);
        self.running.pop();
        Some((file, code?))
    }

    fn code(&mut self, text: &str) -> Option<String> {
        let notebook = notebook::read(text).ok()?;
        let cells = parse_cells(&notebook, self.magics);
        let secrets = secrets::scan_parsed(&notebook, &cells);
        let holds_secret = secrets
            .found
            .iter()
            .any(|secret| secret.place.kind == PlaceKind::Source);
        if notebook.language != Language::Python || holds_secret {
            return None;
        }
        let mut out = String::new();
        for code in cells {
            let cell = notebook.cell(code.idx)?;
            if !cell.has_code() {
                continue;
            }
            let mut code = plain(&notebook, code);
            self.replace(&mut code);
            let whole = matches!(code.body, Body::Python(_)) && !cell.has_tag("raises-exception");
            let timed = code.magics.iter().any(|magic| magic.kind == MagicKind::Cell);
            if !whole || timed || words(&code.text).any(|word| OF_ITS_OWN.contains(&word)) {
                return None;
            }
            out.push_str(code.text.trim_end());
            out.push('\n');
        }
        Some(out.trim_end().to_owned())
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
}
