//! `mortarboard graduate`: a notebook becomes a package.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::emit::{Tree, emit};
use crate::facts::{Companions, Facts};
use crate::finding::PlaceKind;
use crate::io;
use crate::notebook::{self, CellIdx, Notebook};
use crate::plan::{
    self, LocalModule, NotebookRef, Options, Plan, Refusal, SecretSpan, Verdict, answered, imported_by, imported_names,
    title_and_summary,
};
use crate::python::{CellCode, desugar, is_stdlib, parse_cells};
use crate::report::printable;
use crate::secrets::{self, Secrets};
use crate::update::{RECORD, Record};

use super::Outcome;
use super::args::GraduateArgs;
use super::describe::describe_plan;
use super::nearest::{Nearest, absolute};
use super::talk::{UserError, colour, difference, note, print};
use super::update::Package;
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
    let settings = Nearest::new(args.config.as_deref(), args.no_config)?.of(&absolute(&args.notebook))?;
    let magics = settings.map(|settings| settings.magics.clone()).unwrap_or_default();
    let cells = parse_cells(&notebook, &magics)
        .into_iter()
        .map(|code| plain(&notebook, code))
        .collect::<Vec<_>>();
    let secrets = secrets::scan(&notebook);
    let secret_cells: Vec<CellIdx> = secrets.found.iter().filter_map(|secret| secret.place.cell).collect();
    let cells = answered(&notebook, cells, &secret_cells);
    let facts = Facts::gather_with(&cells, magics, Companions::default());
    let options = Options {
        package: asked_name(args).map_err(|error| vec![error])?,
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
    if args.dry_run && !args.update {
        print(&secrets.masker.mask(&describe_plan(&plan)))?;
        say_refusals(&name, &left);
        return Ok(Outcome::Clean);
    }
    let folder = output_folder(args, &plan);
    let package = args.update.then(|| Package::read(&folder)).transpose();
    let package = package.map_err(|error| vec![error])?.flatten();
    let emitted = |plan: &Plan| {
        let tree = emit(plan).map_err(|error| {
            let hint = "this is a fault of ours: report it with the notebook";
            vec![UserError::new(format!("{name}: {error}"), hint)]
        })?;
        keeps_secrets(&name, &tree, &secrets).map(|()| record(plan, tree))
    };
    let mut now = emitted(&plan)?;
    if let Some(python) = args.python.as_deref().filter(|_| args.verify) {
        let runs = match &package {
            Some(package) => package.plan(&now).map_err(|error| vec![error])?.result(&now),
            None => now.tree(),
        };
        let verification = verify(python, &args.notebook, &runs).map_err(|error| vec![error])?;
        plan.verification = Some(verification);
        now = emitted(&plan)?;
    }
    let outcome = match package {
        Some(package) => update(args, &name, &package, &now)?,
        None => write(args, &name, &folder, &plan, &now)?,
    };
    say_refusals(&name, &left);
    let Some(verification) = &plan.verification else {
        return Ok(outcome);
    };
    print(&format!("{name}: {}\n", printable(&verification.to_string())))?;
    let different = verification.verdict == Verdict::Different;
    Ok(if different { Outcome::Findings } else { outcome })
}

/// Everything goes into a folder that holds nothing yet, or under `--force`.
fn write(args: &GraduateArgs, name: &str, folder: &Path, plan: &Plan, now: &Record) -> Result<Outcome, Vec<UserError>> {
    let (steps, files) = (plan.steps.len(), now.files.len());
    let folder_name = folder.display();
    if args.dry_run || args.diff {
        print(&format!(
            "{name} would graduate to {folder_name}: {steps} steps, {files} files\n"
        ))?;
        return Ok(Outcome::Clean);
    }
    let mut tree = now.tree();
    tree.insert(RECORD, now.to_text());
    io::commit(&tree, folder, args.force).map_err(|error| vec![error.into()])?;
    print(&format!(
        "{name} graduated to {folder_name}: {steps} steps, {files} files\n"
    ))?;
    Ok(Outcome::Clean)
}

/// What is new goes into a package that may have been edited since.
fn update(args: &GraduateArgs, name: &str, package: &Package<'_>, now: &Record) -> Result<Outcome, Vec<UserError>> {
    let planned = package.plan(now).map_err(|error| vec![error])?;
    if planned.says_open() {
        return Ok(Outcome::Findings);
    }
    if args.diff {
        let style = colour(args.color);
        let hidden = |text: &str| scan_source(text).masker.mask(text).into_owned();
        print(&planned.difference(|path, before, after| difference(path, &hidden(before), &hidden(after), style)))?;
        return Ok(planned.outcome());
    }
    if !args.dry_run {
        planned.make().map_err(|error| vec![error])?;
    }
    let verb = if args.dry_run { "would be updated" } else { "updated" };
    print(&planned.describe(name, verb))?;
    Ok(planned.outcome())
}

/// What is written for a plan, and what a later update has to know of it.
fn record(plan: &Plan, tree: Tree) -> Record {
    Record {
        notebooks: vec![plan.notebook.path.clone()],
        package: plan.package.clone(),
        files: tree.files,
    }
}

/// The name that was asked for, or under `--update` that of the package that is there.
fn asked_name(args: &GraduateArgs) -> Result<Option<String>, UserError> {
    match (&args.name, &args.output) {
        (Some(name), _) => package_name(name).map(Some),
        (None, Some(folder)) if args.update => {
            let known = Package::read(folder)?.map(|package| package.record.package);
            known.as_deref().map(package_name).transpose()
        }
        _ => Ok(None),
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
fn scan_source(source: &str) -> Secrets {
    let cell = serde_json::json!({"cell_type": "code", "metadata": {}, "outputs": [], "source": source});
    let text = serde_json::json!({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).to_string();
    notebook::read(&text).map_or_else(|_| Secrets::default(), |notebook| secrets::scan(&notebook))
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
