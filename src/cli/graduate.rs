//! `mortarboard graduate`: a notebook becomes a package.

use std::path::{Path, PathBuf};

use crate::emit::{EmitError, Templates, Tree, emit_with};
use crate::io;
use crate::plan::{self, Plan, Refusal, Source, Unplanned, Verdict};
use crate::report::printable;
use crate::update::{RECORD, Record};

use super::Outcome;
use super::args::{CellOrder, GraduateArgs};
use super::describe::describe_plan;
use super::material::{Material, Page, scan_source};
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
    if let Some(folder) = &args.dump_templates {
        return dump(folder);
    }
    let templates = templates(args).map_err(|error| vec![error])?;
    let known = match &args.output {
        Some(folder) if args.update => Package::read(folder).map_err(|error| vec![error])?,
        _ => None,
    };
    let known = known.map(|package| package.record);
    let package = asked_name(args, known.as_ref()).map_err(|error| vec![error])?;
    let order = args.order.or_else(|| known.as_ref().and_then(recorded));
    let pages = args
        .notebooks
        .iter()
        .map(|path| Page::read(path, order == Some(CellOrder::Recorded)));
    let pages: Vec<Page> = pages.collect::<Result<_, _>>().map_err(|error| vec![error])?;
    let mut nearest = Nearest::new(&args.settings)?;
    let mut materials: Vec<Material<'_>> = Vec::new();
    for (path, page) in args.notebooks.iter().zip(&pages) {
        let settings = nearest.of(&absolute(path))?;
        let magics = settings.map(|settings| settings.magics.clone()).unwrap_or_default();
        let mut material = Material::new(path, page, package.clone(), magics).map_err(|error| vec![error])?;
        material.knows_written(known.iter().flat_map(|record| record.files.keys()));
        materials.push(material);
    }
    let names: Vec<&str> = materials.iter().map(|material| material.name.as_str()).collect();
    let name = names.join(", ");
    let (mut plan, left) = match planned(&materials, package.as_deref()) {
        Ok(planned) => planned,
        Err(Unplanned { index, reasons }) => {
            let name = names.get(index).copied().unwrap_or_default();
            note(&format!("{name}: this notebook can't graduate"));
            say_refusals(name, &reasons);
            return Ok(Outcome::Findings);
        }
    };
    let say_left = || {
        names
            .iter()
            .zip(&left)
            .for_each(|(name, left)| say_refusals(name, left));
        if order.is_none() {
            materials.iter().for_each(say_order);
        }
    };
    if args.dry_run && !args.update {
        let text = describe_plan(&plan);
        let masked = materials.iter().fold(text, |text, material| material.masked(&text));
        print(&masked)?;
        say_left();
        return Ok(Outcome::Clean);
    }
    let folder = output_folder(args, &plan);
    let package = args.update.then(|| Package::read(&folder)).transpose();
    let package = package.map_err(|error| vec![error])?.flatten();
    let emitted = |plan: &Plan| {
        let tree = emit_with(plan, &templates).map_err(|error| vec![unmade(args, &name, &error)])?;
        materials
            .iter()
            .try_for_each(|material| keeps_secrets(material, &tree))?;
        Ok::<Record, Vec<UserError>>(record(plan, tree))
    };
    let mut now = emitted(&plan)?;
    if let (Some(python), [notebook]) = (
        args.python.as_deref().filter(|_| args.verify),
        args.notebooks.as_slice(),
    ) {
        let runs = match &package {
            Some(package) => package.plan(&now).map_err(|error| vec![error])?.result(&now),
            None => now.tree(),
        };
        let verification = verify(python, notebook, &plan.notebook.order, &runs).map_err(|error| vec![error])?;
        plan.verification = Some(verification);
        now = emitted(&plan)?;
    }
    let outcome = match package {
        Some(package) => update(args, &name, &package, &now)?,
        None => write(args, &name, &folder, &plan, &now)?,
    };
    say_left();
    let Some(verification) = &plan.verification else {
        return Ok(outcome);
    };
    print(&format!("{name}: {}\n", printable(&verification.to_string())))?;
    let different = verification.verdict == Verdict::Different;
    Ok(if different { Outcome::Findings } else { outcome })
}

/// The built-in templates, to begin with.
fn dump(folder: &Path) -> Result<Outcome, Vec<UserError>> {
    let ours = Templates::ours();
    io::commit(&ours, folder, false).map_err(|error| vec![error.into()])?;
    print(&format!("{} templates in {}\n", ours.files.len(), folder.display()))?;
    Ok(Outcome::Clean)
}

/// The templates that were asked for.
fn templates(args: &GraduateArgs) -> Result<Templates, UserError> {
    let Some(folder) = &args.templates else {
        return Ok(Templates::default());
    };
    Templates::with(io::texts_below(folder)?).map_err(|unknown| {
        let known: Vec<String> = Templates::names().collect();
        UserError::new(
            format!("{}: no template of a package is called {unknown}", folder.display()),
            format!("these are: {}", known.join(", ")),
        )
    })
}

/// Whose fault it is that a file could not be made.
fn unmade(args: &GraduateArgs, name: &str, error: &EmitError) -> UserError {
    match (&args.templates, &error.template) {
        (Some(folder), Some(_)) => UserError::new(
            folder.join(error.to_string()).display().to_string(),
            "docs/graduate.md says what each template is given; `mortarboard graduate --dump-templates FOLDER` writes ours",
        ),
        _ => UserError::new(
            format!("{name}: {error}"),
            "this is a fault of ours: report it with the notebook",
        ),
    }
}

/// The plan of one notebook, or of several as one package; and what stays in each.
fn planned(materials: &[Material<'_>], package: Option<&str>) -> Result<(Plan, Vec<Vec<Refusal>>), Unplanned> {
    let sources: Vec<Source<'_>> = materials.iter().map(Material::source).collect();
    match (sources.as_slice(), package) {
        ([source], _) => match plan::plan(source.notebook, source.cells, source.facts, source.options) {
            plan::Outcome::Plan(plan, left) => Ok((*plan, vec![left])),
            plan::Outcome::Refused(reasons) => Err(Unplanned { index: 0, reasons }),
        },
        (sources, package) => plan::together(sources, package.unwrap_or_default()),
    }
}

/// Everything goes into a folder that holds nothing yet, or under `--force`.
fn write(args: &GraduateArgs, name: &str, folder: &Path, plan: &Plan, now: &Record) -> Result<Outcome, Vec<UserError>> {
    let steps = plan.all().map(|plan| plan.steps.len()).sum::<usize>();
    let files = now.files.len();
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
    let file_name = |path: &String| path.rsplit('/').next().unwrap_or_default().to_owned();
    let named: Vec<String> = now.notebooks.iter().map(file_name).collect();
    let held = &package.record.notebooks;
    let lacks_one = held.len() > 1 && !held.iter().map(file_name).all(|name| named.contains(&name));
    if lacks_one || held.len() > named.len() {
        return Err(vec![UserError::new(
            format!(
                "{}: the package holds {}, and what isn't named would be taken out of it",
                package.folder.display(),
                package.record.notebooks.join(", ")
            ),
            "name all of its notebooks",
        )]);
    }
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
        notebooks: plan.each().iter().map(|plan| plan.notebook.path.clone()).collect(),
        package: plan.package.clone(),
        files: tree.files,
    }
}

/// The name that was asked for, or under `--update` that of the package that is there. A package of several notebooks is
/// named after its folder otherwise.
fn asked_name(args: &GraduateArgs, known: Option<&Record>) -> Result<Option<String>, UserError> {
    if args.verify && args.notebooks.len() > 1 {
        return Err(UserError::new(
            "--verify runs one notebook and its package, and several were named",
            "verify each in a package of its own",
        ));
    }
    if let Some(name) = &args.name {
        return package_name(name).map(Some);
    }
    if let Some(record) = known {
        return package_name(&record.package).map(Some);
    }
    if args.notebooks.len() < 2 {
        return Ok(None);
    }
    let folder = args.output.as_ref().and_then(|folder| folder.file_name());
    let Some(folder) = folder else {
        return Err(UserError::new(
            "a package of several notebooks needs a name",
            "give it one with --name, or a folder with --output",
        ));
    };
    package_name(&folder.to_string_lossy()).map(Some)
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

/// The last line of defence: no file of the package may hold a secret that was found in the notebook.
fn keeps_secrets(material: &Material<'_>, tree: &Tree) -> Result<(), Vec<UserError>> {
    let leaks = tree.files.iter().filter(|(_, text)| material.masked(text) != **text);
    let files: Vec<&str> = leaks.map(|(path, _)| path.as_str()).collect();
    if files.is_empty() {
        return Ok(());
    }
    Err(vec![UserError::new(
        format!(
            "{}: a secret of the notebook would reach {}; nothing was written",
            material.name,
            files.join(", ")
        ),
        "`mortarboard check --select MB3` shows where it stands: take it out of the notebook, revoke it, graduate again",
    )])
}

/// Beside the first notebook, under the package's name.
fn output_folder(args: &GraduateArgs, plan: &Plan) -> PathBuf {
    match &args.output {
        Some(folder) => folder.clone(),
        None => args
            .notebooks
            .first()
            .map_or_else(PathBuf::new, |path| path.with_file_name(&plan.distribution)),
    }
}

/// The order that a package was made in, where that is not the page's.
fn recorded(record: &Record) -> Option<CellOrder> {
    let manifest = record.files.get("graduation.json")?;
    manifest.contains("\"order\": [").then_some(CellOrder::Recorded)
}

/// What another order would give, where nobody has said which it is to be.
fn say_order(material: &Material<'_>) {
    let differences = material.differences();
    if !differences.is_empty() {
        let name = &material.name;
        note(&format!(
            "{name}: its cells ran in another order than that of the page, which the package has:"
        ));
        differences.iter().for_each(|clause| note(&format!("{name}: {clause}")));
        note("hint: --order recorded takes the order in which they ran, --order document that of the page");
    }
}

fn say_refusals(name: &str, reasons: &[Refusal]) {
    for reason in reasons {
        note(&format!("{name}: {}", reason.message));
        note(&format!("hint: {}", reason.hint));
    }
}
