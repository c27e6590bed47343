//! `graduation.json`: where everything of the notebook went, for programs.

use serde::Serialize;

use crate::plan::{Item, Level, Plan, Step, Verdict};

use super::names;

#[derive(Serialize)]
struct Manifest<'a> {
    schema: u32,
    notebook: Notebook<'a>,
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
}

#[derive(Serialize)]
struct ManifestStep<'a> {
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
    name: Option<&'a str>,
    field: &'a str,
    cell: usize,
}

#[derive(Serialize)]
struct Definition<'a> {
    name: &'a str,
    module: String,
    cell: usize,
}

#[derive(Serialize)]
struct Secret<'a> {
    field: &'a str,
    env: &'a str,
    cell: usize,
}

#[derive(Serialize)]
struct Dropped<'a> {
    cell: usize,
    lines: [usize; 2],
    reason: &'a str,
    names: &'a [String],
}

#[derive(Serialize)]
struct Note<'a> {
    cell: usize,
    text: &'a str,
}

pub(super) fn manifest(plan: &Plan) -> String {
    let module = |name: &str| format!("{}.{name}", plan.package);
    let definition = |item: &'_ Item, name: &str| (item.name.clone(), module(name), item.cell.0);
    let definitions: Vec<(String, String, usize)> = plan
        .functions
        .items
        .iter()
        .map(|item| definition(item, "functions"))
        .chain(plan.steps_module.items.iter().map(|item| definition(item, "steps")))
        .chain(plan.tests.own.items.iter().map(|item| {
            let module = "tests.test_notebook".to_owned();
            (item.name.clone(), module, item.cell.0)
        }))
        .collect();
    let manifest = Manifest {
        schema: 1,
        notebook: Notebook {
            path: &plan.notebook.path,
            sha256: &plan.notebook.sha256,
        },
        package: &plan.package,
        entry: format!("{}.cli:main", plan.package),
        steps: plan.steps.iter().map(|one| step(one, module("steps"))).collect(),
        config: plan
            .config
            .iter()
            .map(|field| Config {
                name: field.name.as_deref(),
                field: &field.field,
                cell: field.cell.0,
            })
            .collect(),
        definitions: definitions
            .iter()
            .map(|(name, module, cell)| Definition {
                name,
                module: module.clone(),
                cell: *cell,
            })
            .collect(),
        secrets: plan
            .secrets
            .iter()
            .map(|secret| Secret {
                field: &secret.field,
                env: &secret.env,
                cell: secret.cell.0,
            })
            .collect(),
        dropped: plan
            .dropped
            .iter()
            .map(|dropped| Dropped {
                cell: dropped.cell.0,
                lines: [dropped.lines.0, dropped.lines.1],
                reason: &dropped.reason,
                names: &dropped.names,
            })
            .collect(),
        notes: plan
            .notes
            .iter()
            .map(|note| Note {
                cell: note.cell.0,
                text: &note.text,
            })
            .collect(),
        verification: verified(plan),
    };
    json(&manifest, b"  ")
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

fn step(step: &Step, module: String) -> ManifestStep<'_> {
    ManifestStep {
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
