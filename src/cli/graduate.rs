//! `mortarboard graduate`: a notebook becomes a package.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::emit::{Tree, emit};
use crate::facts::Facts;
use crate::finding::PlaceKind;
use crate::io;
use crate::notebook::{self, Notebook};
use crate::plan::{
    self, LocalModule, NotebookRef, Options, Plan, Refusal, SecretSpan, Verdict, imported_by, imported_names,
    title_and_summary,
};
use crate::python::{CellCode, Magics, desugar, is_stdlib, parse_cells};
use crate::report::printable;
use crate::secrets::{self, Secrets};

use super::Outcome;
use super::args::GraduateArgs;
use super::describe::describe_plan;
use super::talk::{UserError, note, print};
use super::verify::verify;

/// Bytes of stack for the walk over syntax trees.
const STACK: usize = 256 << 20;

pub(super) fn run(args: &GraduateArgs) -> Result<Outcome, Vec<UserError>> {
    // deep expressions nest deep calls: the main thread's stack is not ours to size
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().stack_size(STACK);
        let thread = builder.spawn_scoped(scope, || graduate(args));
        let joined = thread.ok().and_then(|thread| thread.join().ok());
        joined.unwrap_or_else(|| {
            Err(vec![UserError::new(
                "no thread could be started",
                "free some memory and try again",
            )])
        })
    })
}

fn graduate(args: &GraduateArgs) -> Result<Outcome, Vec<UserError>> {
    let name = args.notebook.to_string_lossy();
    let text = io::read(&args.notebook).map_err(|error| vec![error.into()])?;
    let notebook = notebook::read(&text).map_err(|error| vec![UserError::unreadable(&name, &error)])?;
    let cells = parse_cells(&notebook, &Magics::default())
        .into_iter()
        .map(|code| plain(&notebook, code))
        .collect::<Vec<_>>();
    let facts = Facts::gather(&cells);
    let secrets = secrets::scan(&notebook);
    let options = Options {
        package: args
            .name
            .as_deref()
            .map(package_name)
            .transpose()
            .map_err(|error| vec![error])?,
        notebook: reference(&args.notebook, &notebook),
        secrets: spans(&notebook, &secrets),
        requirements: io::read(&args.notebook.with_file_name("requirements.txt")).unwrap_or_default(),
        local: beside(&args.notebook, imported_by(&cells)),
    };
    let (mut plan, left) = match plan::plan(&notebook, &cells, &facts, &options) {
        plan::Outcome::Plan(plan, left) => (plan, left),
        plan::Outcome::Refused(reasons) => {
            note(&format!("{name}: this notebook can't graduate"));
            say_refusals(&name, &reasons);
            return Ok(Outcome::Findings);
        }
    };
    if args.dry_run {
        print(&secrets.masker.mask(&describe_plan(&plan)))?;
        say_refusals(&name, &left);
        return Ok(Outcome::Clean);
    }
    let emitted = |plan: &Plan| {
        emit(plan).map_err(|error| {
            let hint = "this is a fault of ours: report it with the notebook";
            vec![UserError::new(format!("{name}: {error}"), hint)]
        })
    };
    let mut tree = emitted(&plan)?;
    keeps_secrets(&name, &tree, &secrets)?;
    if let Some(python) = args.python.as_deref().filter(|_| args.verify) {
        let verification = verify(python, &args.notebook, &tree).map_err(|error| vec![error])?;
        plan.verification = Some(verification);
        tree = emitted(&plan)?;
    }
    let folder = output_folder(args, &plan);
    io::commit(&tree, &folder, args.force).map_err(|error| vec![error.into()])?;
    say_refusals(&name, &left);
    print(&format!(
        "{name} graduated to {}: {} steps, {} files\n",
        folder.display(),
        plan.steps.len(),
        tree.files.len()
    ))?;
    let Some(verification) = &plan.verification else {
        return Ok(Outcome::Clean);
    };
    print(&format!("{name}: {}\n", printable(&verification.to_string())))?;
    let different = verification.verdict == Verdict::Different;
    Ok(if different { Outcome::Findings } else { Outcome::Clean })
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
        if holds_secret(&source) {
            continue;
        }
        wanted.extend(imported_names(&source));
        found.push(LocalModule { name, source });
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// Whether Python source holds a secret, judged as a cell of a notebook is.
fn holds_secret(source: &str) -> bool {
    let cell = serde_json::json!({"cell_type": "code", "metadata": {}, "outputs": [], "source": source});
    let text = serde_json::json!({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).to_string();
    notebook::read(&text).is_ok_and(|notebook| !secrets::scan(&notebook).found.is_empty())
}

/// The cell as Python, where its magic has a plain equivalent.
fn plain(notebook: &Notebook<'_>, code: CellCode) -> CellCode {
    notebook
        .cell(code.idx)
        .and_then(|cell| desugar(cell, &code))
        .unwrap_or(code)
}

/// A package name that was asked for: legal for Python as it stands, hyphens taken for underscores.
fn package_name(asked: &str) -> Result<String, UserError> {
    let name = asked.replace('-', "_");
    let legal = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if legal && !crate::python::is_stdlib(&name) {
        return Ok(name);
    }
    Err(UserError::new(
        format!("--name {asked}: this can't be the name of a package"),
        "use lower-case letters, digits and underscores, begin with a letter, and leave the standard library's names alone",
    ))
}

fn reference(path: &Path, notebook: &Notebook<'_>) -> NotebookRef {
    let file_name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let stem = file_name.strip_suffix(".ipynb").unwrap_or(&file_name);
    let (title, summary) = title_and_summary(notebook, stem);
    NotebookRef {
        path: if path.is_absolute() {
            file_name.clone()
        } else {
            path.to_string_lossy().replace('\\', "/")
        },
        sha256: Sha256::digest(notebook.text.as_bytes())
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
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

/// The last line of defence: no file of the package may hold a secret that was found in the notebook.
fn keeps_secrets(name: &str, tree: &Tree, secrets: &Secrets) -> Result<(), Vec<UserError>> {
    let leaks = tree
        .files
        .iter()
        .filter(|(_, text)| secrets.masker.mask(text) != text.as_str());
    let files: Vec<&str> = leaks.map(|(path, _)| path.as_str()).collect();
    if files.is_empty() {
        return Ok(());
    }
    Err(vec![UserError::new(
        format!(
            "{name}: a secret of the notebook would reach {}; nothing was written",
            files.join(", ")
        ),
        "`mortarboard check --select MB3` shows where it stands: take it out of the notebook, revoke it, graduate again",
    )])
}

/// Beside the notebook, under the package's name.
fn output_folder(args: &GraduateArgs, plan: &Plan) -> PathBuf {
    match &args.output {
        Some(folder) => folder.clone(),
        None => args.notebook.with_file_name(&plan.distribution),
    }
}

fn say_refusals(name: &str, reasons: &[Refusal]) {
    for reason in reasons {
        note(&format!("{name}: {}", reason.message));
        note(&format!("hint: {}", reason.hint));
    }
}
