//! Notebooks that a notebook runs: `%run helpers.ipynb` runs their cells where it stands, in the notebook's own namespace,
//! and so their code can stand there itself. Those that `ipynb` imports are modules.

use std::path::{Component, Path};

use ruff_python_ast::{IpyEscapeKind, Stmt};

use crate::finding::PlaceKind;
use crate::io;
use crate::notebook::{self, CellIdx, Language, Notebook};
use crate::plan::{LocalModule, run_as_imports};
use crate::python::{Body, CellCode, MagicKind, Magics, is_stdlib, parse_cells, reworded, span};
use crate::secrets;
use crate::text::{EditSet, Span};

use super::material::plain;

/// Bytes of the notebooks that are taken in, at most.
const MOST_BYTES: usize = 16 << 20;

/// What Databricks writes into the metadata of its notebooks.
const DATABRICKS_KEY: &str = "application/vnd.databricks.v1+notebook";

/// Names that are of the notebook that is run, and of no other that takes its cells in.
const OF_ITS_OWN: [&str; 6] = ["In", "Out", "__file__", "__future__", "get_ipython", "quit"];

/// What other notebooks gave to one.
#[derive(Default)]
pub(super) struct TakenIn {
    /// The notebooks that it runs, by the cell that does.
    pub run: Vec<(CellIdx, String)>,
    /// Those that it imports (`from ipynb.fs.full.helpers import f`), as modules.
    pub modules: Vec<LocalModule>,
}

/// Puts the code of the notebooks in `folder` that `cells` run in place of the lines that run them, and imports modules for
/// those that they import.
pub(super) fn take_in(folder: &Path, notebook: &Notebook<'_>, cells: &mut [CellCode], magics: &Magics) -> TakenIn {
    let mut taken = TakenIn::default();
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
        taken.run.extend(files.into_iter().map(|file| (code.idx, file)));
        for module in reader.imported(code) {
            if !taken.modules.contains(&module) {
                taken.modules.push(module);
            }
        }
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

    /// Lets a cell import modules where it imports notebooks that only define things; tells which these are.
    fn imported(&mut self, code: &mut CellCode) -> Vec<LocalModule> {
        let mut words = EditSet::new();
        let mut modules = Vec::new();
        for stmt in code.statements() {
            let named: Vec<(&str, Span)> = match stmt {
                Stmt::ImportFrom(import) if import.level == 0 => {
                    let module = import.module.iter();
                    module.map(|module| (module.as_str(), span(module.range))).collect()
                }
                Stmt::Import(import) => {
                    let renamed = import.names.iter().filter(|alias| alias.asname.is_some());
                    renamed
                        .map(|alias| (alias.name.as_str(), span(alias.name.range)))
                        .collect()
                }
                _ => continue,
            };
            for (path, at) in named {
                if let Some(module) = self.module(path) {
                    // the names of modules stand apart
                    let _ = words.push(at, module.name.as_str());
                    modules.push(module);
                }
            }
        }
        match reworded(code, &words).filter(|_| !modules.is_empty()) {
            Some(new) => {
                *code = new;
                modules
            }
            None => Vec::new(),
        }
    }

    /// The notebook that `ipynb` imports by this name, as a module that only defines things.
    fn module(&mut self, path: &str) -> Option<LocalModule> {
        let ways = ["ipynb.fs.full.", "ipynb.fs.defs."];
        let name = ways.iter().find_map(|way| path.strip_prefix(way))?;
        let beside = io::read(&self.folder.join(format!("{name}.py"))).is_ok();
        if name.contains('.') || is_stdlib(name) || beside {
            return None;
        }
        let text = io::read(&self.folder.join(format!("{name}.ipynb"))).ok()?;
        let module = LocalModule {
            name: name.to_owned(),
            source: format!("{}\n", self.code(&text)?),
        };
        run_as_imports(&module, "").is_some().then_some(module)
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
