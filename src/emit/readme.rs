//! `README.md`: how to run the package, and where each part of the notebook went.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::plan::{Item, Level, PathUse, Plan};

use super::config;
use super::markdown::{code, own, prose};
use super::names::FIGURES_DIR;

/// What the template of `README.md` lays out; every text is Markdown already.
#[derive(Serialize)]
pub(super) struct Readme {
    title: String,
    summary: String,
    notebook: String,
    distribution: String,
    /// An option to show in the command that runs the package, with a space before it.
    example: String,
    options: Vec<[String; 4]>,
    secrets: Vec<String>,
    went: Vec<[String; 3]>,
    dropped: Vec<[String; 4]>,
    state: Vec<String>,
    /// What a run of both has shown, where there was one.
    verified: String,
    /// The values that are not equal: step, name, verdict.
    doubtful: Vec<[String; 3]>,
    notes: Vec<String>,
}

pub(super) fn readme(plan: &Plan) -> Readme {
    let title = prose(&plan.notebook.title);
    Readme {
        title: if title.is_empty() {
            prose(&plan.distribution)
        } else {
            title
        },
        summary: sentence(prose(&plan.notebook.summary)),
        notebook: code(&plan.notebook.file_name),
        distribution: plan.distribution.clone(),
        example: example(plan),
        options: options(plan),
        secrets: plan.secrets.iter().map(|secret| code(&secret.env)).collect(),
        went: went(plan),
        dropped: plan
            .dropped
            .iter()
            .map(|dropped| {
                let lines = range(dropped.lines.0, dropped.lines.1);
                [
                    dropped.cell.0.to_string(),
                    lines,
                    code(&dropped.excerpt),
                    own(&dropped.reason),
                ]
            })
            .collect(),
        state: plan
            .state
            .iter()
            .map(|state| format!("{}: {}", code(&state.name), own(&state.reason)))
            .collect(),
        verified: plan
            .verification
            .as_ref()
            .map(|v| own(&v.to_string()))
            .unwrap_or_default(),
        doubtful: plan
            .verification
            .iter()
            .flat_map(|v| &v.values)
            .filter(|value| value.verdict != "equal")
            .map(|value| [code(&value.step), code(&value.name), own(&value.verdict)])
            .collect(),
        notes: notes(plan),
    }
}

/// The first input, given as an option: where its value is a word that no shell would change.
fn example(plan: &Plan) -> String {
    let input = plan.config.iter().find(|field| field.path_use == Some(PathUse::Read));
    let plain = |text: &&str| {
        text.chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-'))
    };
    input
        .map(|field| (field, field.default.trim_matches(['"', '\''])))
        .filter(|(_, path)| plain(path) && !path.is_empty())
        .map(|(field, path)| format!(" {} {path}", config::option(&field.field)))
        .unwrap_or_default()
}

fn options(plan: &Plan) -> Vec<[String; 4]> {
    let prefix = config::prefix(plan);
    let row = |field: &str, default: String, description: String| {
        [
            code(&config::option(field)),
            code(&format!("{prefix}{}", field.to_uppercase())),
            default,
            description,
        ]
    };
    let mut rows: Vec<[String; 4]> = plan
        .config
        .iter()
        .map(|field| {
            row(
                &field.field,
                if field.default.is_empty() {
                    "has to be given".to_owned()
                } else {
                    code(&field.default)
                },
                own(field.description.as_deref().unwrap_or_default()),
            )
        })
        .collect();
    if config::adds_figures_dir(plan) {
        rows.push(row(
            FIGURES_DIR,
            String::new(),
            "where figures go; none are saved without it".to_owned(),
        ));
    }
    rows
}

fn went(plan: &Plan) -> Vec<[String; 3]> {
    // by first cell, then by kind: settings, definitions, steps
    let mut rows: BTreeMap<(usize, usize, usize), [String; 3]> = BTreeMap::new();
    let mut fields: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (cell, field) in plan.config.iter().map(|field| (field.cell.0, &field.field)) {
        fields.entry(cell).or_default().push(code(field));
    }
    for (cell, field) in plan.secrets.iter().map(|secret| (secret.cell.0, &secret.field)) {
        fields.entry(cell).or_default().push(code(field));
    }
    for (cell, fields) in fields {
        let now = format!("`config.py`: {}", fields.join(", "));
        rows.insert((cell, 0, 0), [cell.to_string(), String::new(), now]);
    }
    let mut define = |items: &[Item], kind: usize, module: &str| {
        for (at, item) in items.iter().enumerate() {
            let now = code(&format!("{module}.{}", item.name));
            rows.insert((item.cell.0, kind, at), [item.cell.0.to_string(), String::new(), now]);
        }
    };
    define(&plan.functions.items, 1, "functions");
    define(&plan.steps_module.items, 2, "steps");
    define(&plan.tests.own.items, 2, "tests.test_notebook");
    for (at, step) in plan.steps.iter().enumerate() {
        let how = match step.level {
            Level::Pure => "",
            Level::Mutating => ", which changes what it is given",
            Level::State => ", which shares names through its module",
        };
        let now = format!("{}{how}", code(&format!("steps.{}", step.function)));
        let cells = range(step.cells.0.0, step.cells.1.0);
        rows.insert((step.cells.0.0, 3, at), [cells, prose(&step.title), now]);
    }
    rows.into_values().collect()
}

fn notes(plan: &Plan) -> Vec<String> {
    let mut notes: Vec<String> = plan
        .notes
        .iter()
        .map(|note| format!("Cell {}: {}", note.cell.0, own(&note.text)))
        .collect();
    for dependency in plan.dependencies.iter().filter(|dependency| !dependency.known) {
        let name = code(&dependency.distribution);
        notes.push(format!(
            "The dependency {name} is named after the import: check that it is the one meant."
        ));
    }
    notes.push("Nobody is named as the owner: add a CODEOWNERS file.".to_owned());
    notes
}

/// With a full stop at its end, unless it ends otherwise; what only leads up to a list is no summary.
fn sentence(text: String) -> String {
    match text.chars().next_back() {
        None | Some(':') => String::new(),
        Some('.' | '!' | '?') => text,
        Some(_) => format!("{text}."),
    }
}

fn range(first: usize, last: usize) -> String {
    if first == last {
        first.to_string()
    } else {
        format!("{first}-{last}")
    }
}
