//! What graduating a notebook starts from: its cells and facts, its secrets, and the files beside it.

use std::collections::BTreeSet;
use std::path::Path;

use ruff_python_ast::{IpyEscapeKind, Stmt};
use sha2::{Digest, Sha256};

use crate::facts::{Companions, Facts};
use crate::finding::PlaceKind;
use crate::io;
use crate::notebook::{self, CellIdx, Notebook};
use crate::plan::{
    LocalModule, NotebookRef, Options, SecretSpan, Source, answered, differences, imported_by, imported_names,
    rearranged, recorded_order, run_as_imports, run_module, title_and_summary,
};
use crate::python::{CellCode, Magics, desugar, is_stdlib, parse_cells, reworded};
use crate::redact;
use crate::secrets::{self, Secrets};
use crate::text::{EditSet, Masker, Span};

use super::taken_in::take_in;
use super::talk::UserError;

/// A notebook's text as it is planned: with its cells in the order in which they are to run.
pub(super) struct Page {
    text: String,
    /// Hides the secrets of the file, those that its prose and comments gave away among them.
    masker: Masker,
    sha256: String,
    /// The cells of the file in that order; empty where it is the file's.
    order: Vec<CellIdx>,
    /// Title and summary of a notebook whose cells are put into another order.
    title: Option<(String, String)>,
}

impl Page {
    /// The notebook at `path` as it stands, or as it ran.
    ///
    /// # Errors
    /// What can't be read, what is no notebook, and one of which nobody can tell how it ran.
    pub fn read(path: &Path, recorded: bool) -> Result<Self, UserError> {
        let text = io::read(path)?;
        let digest = Sha256::digest(text.as_bytes());
        let sha256 = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let (text, masker) = redact::said(&text);
        let mut order = Vec::new();
        let mut arranged = None;
        let mut title = None;
        if recorded {
            let name = path.to_string_lossy();
            let notebook = notebook::read(&text).map_err(|error| UserError::unreadable(&name, &error))?;
            order = recorded_order(&notebook).ok_or_else(|| {
                UserError::new(
                    format!("{name}: its execution counts don't tell in which order the cells ran"),
                    "leave out --order recorded, or run it once more and save it",
                )
            })?;
            if !order.is_empty() {
                arranged = Some(rearranged(&notebook, &order));
                title = Some(title_and_summary(&notebook, &stem(path)));
            }
        }
        Ok(Self {
            text: arranged.unwrap_or(text),
            masker,
            sha256,
            order,
            title,
        })
    }
}

/// A notebook, read and understood.
pub(super) struct Material<'t> {
    /// As it was named.
    pub name: String,
    page: &'t Page,
    secrets: Secrets,
    notebook: Notebook<'t>,
    cells: Vec<CellCode>,
    facts: Facts,
    options: Options,
}

impl<'t> Material<'t> {
    /// Understands the notebook at `path`, as `page` has it. `package` is the import name that was asked for, `magics`
    /// those that the settings know.
    ///
    /// # Errors
    /// What is no notebook.
    pub fn new(path: &Path, page: &'t Page, package: Option<String>, magics: Magics) -> Result<Self, UserError> {
        let name = path.to_string_lossy().into_owned();
        let notebook = notebook::read(&page.text).map_err(|error| UserError::unreadable(&name, &error))?;
        let cells = parse_cells(&notebook, &magics);
        let secrets = secrets::scan_parsed(&notebook, &cells);
        let secret_cells: Vec<CellIdx> = secrets.found.iter().filter_map(|secret| secret.place.cell).collect();
        let mut cells: Vec<CellCode> = cells.into_iter().map(|code| plain(&notebook, code)).collect();
        let taken_in = take_in(path.parent().unwrap_or(Path::new("")), &notebook, &mut cells, &magics);
        let mut cells = answered(&notebook, cells, &secret_cells);
        let runs = runs(&cells);
        let imported = imported_by(&cells);
        let mut run: BTreeSet<String> = runs.iter().map(|run| run.module.clone()).collect();
        let mut local = beside(path, imported.union(&run).cloned().collect());
        local.extend(taken_in.modules);
        local.sort_by(|a, b| a.name.cmp(&b.name));
        run.retain(|name| !imported.contains(name));
        import_what_is_run(&mut cells, &runs, &local);
        let facts = Facts::gather_with(&cells, magics, Companions::default());
        let options = Options {
            package,
            notebook: reference(path, page, &notebook),
            secrets: spans(&notebook, &secrets),
            requirements: io::read(&path.with_file_name("requirements.txt")).unwrap_or_default(),
            local,
            run,
            taken_in: taken_in.run,
            ..Options::default()
        };
        Ok(Self {
            name,
            page,
            secrets,
            notebook,
            cells,
            facts,
            options,
        })
    }

    /// Tells it which files of its package an earlier run wrote.
    pub fn knows_written<'r>(&mut self, files: impl Iterator<Item = &'r String>) {
        self.options.written = files.cloned().collect();
    }

    /// What the order in which the cells ran gives, and that of the page doesn't.
    pub fn differences(&self) -> Vec<String> {
        let clauses = differences(&self.notebook, &self.cells, &self.facts);
        clauses.iter().map(|clause| self.masked(clause)).collect()
    }

    /// A text without the notebook's secrets.
    pub fn masked(&self, text: &str) -> String {
        self.page.masker.mask(&self.secrets.masker.mask(text)).into_owned()
    }

    /// As the planner takes it.
    pub fn source(&self) -> Source<'_> {
        Source {
            notebook: &self.notebook,
            cells: &self.cells,
            facts: &self.facts,
            options: &self.options,
        }
    }
}

/// A line `%run helper.py` of a cell.
struct Run {
    cell: usize,
    place: Span,
    module: String,
}

fn runs(cells: &[CellCode]) -> Vec<Run> {
    let mut found = Vec::new();
    for (cell, code) in cells.iter().enumerate() {
        for command in code.statements().iter().filter_map(Stmt::as_ipy_escape_command_stmt) {
            let module = run_module(&command.value).filter(|_| command.kind == IpyEscapeKind::Magic);
            found.extend(module.map(|module| Run {
                cell,
                place: Span::new(command.range.start().to_usize(), command.range.end().to_usize()),
                module: module.to_owned(),
            }));
        }
    }
    found
}

/// A file that is run once and only defines things is a module: what the notebook reads of it is imported.
fn import_what_is_run(cells: &mut [CellCode], runs: &[Run], local: &[LocalModule]) {
    let texts: String = cells.iter().map(|code| format!("{}\n", code.text)).collect();
    for (at, code) in cells.iter_mut().enumerate() {
        let mut words = EditSet::new();
        for run in runs.iter().filter(|run| run.cell == at) {
            let once = runs.iter().filter(|other| other.module == run.module).count() == 1;
            let file = local.iter().find(|file| file.name == run.module && once);
            let imports = file.and_then(|file| run_as_imports(file, &texts));
            if let Some(text) = imports {
                // the lines of a cell stand apart
                let _ = words.push(run.place, text);
            }
        }
        if let Some(new) = reworded(code, &words).filter(|_| !words.is_empty()) {
            *code = new;
        }
    }
}

/// The files beside the notebook that it imports, and those that these import in turn. One that holds a secret stays.
fn beside(notebook: &Path, imported: BTreeSet<String>) -> Vec<LocalModule> {
    let folder = notebook.parent().unwrap_or(Path::new(""));
    let mut asked = BTreeSet::new();
    let mut wanted: Vec<String> = imported.into_iter().collect();
    let mut found = Vec::new();
    while let Some(name) = wanted.pop() {
        if is_stdlib(&name) || !asked.insert(name.clone()) {
            continue;
        }
        let Some(source) = io::read(&folder.join(format!("{name}.py"))).ok() else {
            continue;
        };
        if !scan_source(&source).found.is_empty() {
            continue;
        }
        wanted.extend(imported_names(&source));
        found.push(LocalModule { name, source });
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// The secrets of a file, judged as a cell of a notebook is.
pub(super) fn scan_source(source: &str) -> Secrets {
    let cell = serde_json::json!({"cell_type": "code", "metadata": {}, "outputs": [], "source": source});
    let text = serde_json::json!({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).to_string();
    notebook::read(&text).map_or_else(|_| Secrets::default(), |notebook| secrets::scan(&notebook))
}

/// The cell as Python, where its magic has a plain equivalent.
pub(super) fn plain(notebook: &Notebook<'_>, code: CellCode) -> CellCode {
    notebook
        .cell(code.idx)
        .and_then(|cell| desugar(cell, &code))
        .unwrap_or(code)
}

/// The file's name without its ending.
fn stem(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    name.strip_suffix(".ipynb").map(str::to_owned).unwrap_or(name)
}

fn reference(path: &Path, page: &Page, notebook: &Notebook<'_>) -> NotebookRef {
    let file_name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let title = page.title.clone();
    let (title, summary) = title.unwrap_or_else(|| title_and_summary(notebook, &stem(path)));
    NotebookRef {
        path: if path.is_absolute() {
            file_name.clone()
        } else {
            path.to_string_lossy().replace('\\', "/")
        },
        sha256: page.sha256.clone(),
        order: page.order.clone(),
        owner: super::inventory::owner(path).unwrap_or_default(),
        file_name,
        title,
        summary,
    }
}

/// The secrets in code, as spans of their cells' sources.
fn spans(notebook: &Notebook<'_>, secrets: &Secrets) -> Vec<SecretSpan> {
    let in_source = secrets
        .found
        .iter()
        .filter(|secret| secret.place.kind == PlaceKind::Source);
    in_source
        .filter_map(|secret| {
            let cell = notebook.cell(secret.place.cell?).filter(|cell| cell.is_code())?;
            Some(SecretSpan {
                cell: cell.idx,
                span: secret.place.span,
                kind: secret.detector.to_owned(),
            })
        })
        .collect()
}
