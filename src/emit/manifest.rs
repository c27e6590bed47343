//! `graduation.json`: where everything of the notebook went, for programs.

use serde::Serialize;

use crate::plan::{Level, Plan, Step, Verdict};

use super::names;

#[derive(Serialize)]
struct Manifest<'a> {
    schema: u32,
    notebook: Notebook<'a>,
    /// All of them, where there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notebooks: Vec<Notebook<'a>>,
    package: &'a str,
    entry: String,
    steps: Vec<ManifestStep<'a>>,
    config: Vec<Config<'a>>,
    definitions: Vec<Definition<'a>>,
    secrets: Vec<Secret<'a>>,
    dropped: Vec<Dropped<'a>>,
    notes: Vec<Note<'a>>,
    verification: Verified<'a>,
}

/// What a run of notebook and package has shown.
#[derive(Serialize)]
struct Verified<'a> {
    verdict: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    reason: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<[&'a str; 3]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lines: Option<[usize; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    figures: Option<[usize; 2]>,
}

#[derive(Serialize)]
struct Notebook<'a> {
    path: &'a str,
    sha256: &'a str,
    /// Its cells in the order in which the package runs them, where that is not the page's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    order: Vec<usize>,
}

#[derive(Serialize)]
struct ManifestStep<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    notebook: Option<&'a str>,
    function: &'a str,
    module: String,
    cells: [usize; 2],
    after_cell: usize,
    params: Vec<&'a str>,
    returns: Vec<&'a str>,
    level: &'static str,
}

#[derive(Serialize)]
struct Config<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    notebook: Option<&'a str>,
    name: Option<&'a str>,
    field: &'a str,
    cell: usize,
}

#[derive(Serialize)]
struct Definition<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    notebook: Option<&'a str>,
    name: &'a str,
    module: String,
    cell: usize,
}

#[derive(Serialize)]
struct Secret<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    notebook: Option<&'a str>,
    field: &'a str,
    env: &'a str,
    cell: usize,
}

#[derive(Serialize)]
struct Dropped<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    notebook: Option<&'a str>,
    cell: usize,
    lines: [usize; 2],
    reason: &'a str,
    names: &'a [String],
}

#[derive(Serialize)]
struct Note<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    notebook: Option<&'a str>,
    cell: usize,
    text: &'a str,
}

pub(super) fn manifest(plan: &Plan) -> String {
    let manifest = Manifest {
        schema: 1,
        notebook: notebook(plan),
        notebooks: plan.parts.iter().map(notebook).collect(),
        package: &plan.package,
        entry: format!("{}.cli:main", plan.package),
        steps: rows(plan, |plan, from| {
            let steps = plan.steps.iter();
            steps
                .map(|one| step(one, format!("{}.{}", plan.package, one.module), from))
                .collect()
        }),
        config: rows(plan, |plan, from| {
            let fields = plan.config.iter();
            fields
                .map(|field| Config {
                    notebook: from,
                    name: field.name.as_deref(),
                    field: &field.field,
                    cell: field.cell.0,
                })
                .collect()
        }),
        definitions: plan.all().flat_map(definitions).collect(),
        secrets: rows(plan, |plan, from| {
            let secrets = plan.secrets.iter();
            secrets
                .map(|secret| Secret {
                    notebook: from,
                    field: &secret.field,
                    env: &secret.env,
                    cell: secret.cell.0,
                })
                .collect()
        }),
        dropped: rows(plan, |plan, from| {
            let dropped = plan.dropped.iter();
            dropped
                .map(|dropped| Dropped {
                    notebook: from,
                    cell: dropped.cell.0,
                    lines: [dropped.lines.0, dropped.lines.1],
                    reason: &dropped.reason,
                    names: &dropped.names,
                })
                .collect()
        }),
        notes: plan
            .all()
            .flat_map(|of| {
                let from = from(of);
                of.notes.iter().map(move |note| Note {
                    notebook: from,
                    cell: note.cell.0,
                    text: &note.text,
                })
            })
            .collect(),
        verification: verified(plan),
    };
    json(&manifest, b"  ")
}

/// The rows of every notebook, one after the other.
fn rows<'p, T>(plan: &'p Plan, of: impl Fn(&'p Plan, Option<&'p str>) -> Vec<T>) -> Vec<T> {
    plan.each().iter().flat_map(|plan| of(plan, from(plan))).collect()
}

/// The notebook that a row is about, where there are several.
fn from(plan: &Plan) -> Option<&str> {
    plan.is_part().then_some(plan.notebook.path.as_str())
}

fn notebook(plan: &Plan) -> Notebook<'_> {
    Notebook {
        path: &plan.notebook.path,
        sha256: &plan.notebook.sha256,
        order: plan.notebook.order.iter().map(|cell| cell.0).collect(),
    }
}

fn definitions(plan: &Plan) -> impl Iterator<Item = Definition<'_>> {
    let of_functions = plan.functions.items.iter().map(|item| (item, "functions"));
    let of_steps = plan.steps_module.items.iter().map(|item| (item, "steps"));
    let of_modules = of_functions.chain(of_steps);
    let of_modules = of_modules.map(|(item, module)| (item, format!("{}.{module}", plan.package)));
    let tests = names::tests_folder(plan).replace('/', ".");
    let of_tests = plan.tests.own.items.iter();
    let of_tests = of_tests.map(move |item| (item, format!("{tests}.test_notebook")));
    of_modules.chain(of_tests).map(|(item, module)| Definition {
        notebook: from(plan),
        name: &item.name,
        module,
        cell: item.cell.0,
    })
}

fn verified(plan: &Plan) -> Verified<'_> {
    let Some(found) = &plan.verification else {
        return Verified {
            verdict: Verdict::NotVerified.word(),
            reason: "",
            values: Vec::new(),
            lines: None,
            figures: None,
        };
    };
    let ran = found.reason.is_empty();
    Verified {
        verdict: found.verdict.word(),
        reason: &found.reason,
        values: found
            .values
            .iter()
            .map(|value| [value.step.as_str(), &value.name, &value.verdict])
            .collect(),
        lines: ran.then_some(found.lines),
        figures: ran.then_some(found.figures),
    }
}

fn step<'a>(step: &'a Step, module: String, notebook: Option<&'a str>) -> ManifestStep<'a> {
    ManifestStep {
        notebook,
        function: &step.function,
        module,
        cells: [step.cells.0.0, step.cells.1.0],
        after_cell: step.after_cell.0,
        params: names::parameters(step),
        returns: step.returns.iter().map(|value| value.name.as_str()).collect(),
        level: match step.level {
            Level::Pure => "pure",
            Level::Mutating => "mutating",
            Level::State => "state",
        },
    }
}

/// JSON as a person reads it, with a final newline.
pub(super) fn json(value: &impl Serialize, indent: &[u8]) -> String {
    let mut bytes = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(indent);
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
    // strings, numbers and lists only, written to memory: there is nothing that could fail
    let _ = value.serialize(&mut serializer);
    bytes.push(b'\n');
    String::from_utf8(bytes).unwrap_or_default()
}
