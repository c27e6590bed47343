//! `README.md`: how to run the package, and where each part of the notebook went.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::plan::{Item, Level, PathUse, Plan};

use super::config;
use super::host;
use super::markdown::{code, own, prose};
use super::names::{self, FIGURES_DIR};

/// What the template of `README.md` lays out; every text is Markdown already.
#[derive(Serialize)]
pub(super) struct Readme {
    title: String,
    summary: String,
    notebook: String,
    distribution: String,
    /// The notebooks' names on the command line; empty where there is one.
    commands: Vec<String>,
    /// An option to show in the command that runs the package, with a space before it.
    example: String,
    options: Vec<[String; 4]>,
    secrets: Vec<String>,
    /// What is said of options that every package has.
    talk: String,
    went: Vec<[String; 3]>,
    /// The cells in the order in which they run, of each notebook where that is not the page's.
    order: Vec<String>,
    dropped: Vec<[String; 4]>,
    state: Vec<String>,
    /// What the notebook found on its platform, a line each.
    given: Vec<String>,
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
        notebook: list(plan.each().iter().map(|part| code(&part.notebook.file_name)).collect()),
        distribution: plan.distribution.clone(),
        example: example(plan),
        options: options(plan),
        secrets: plan.secrets.iter().map(|secret| code(&secret.env)).collect(),
        talk: talk(plan),
        commands: plan.parts.iter().map(|part| part.name().to_owned()).collect(),
        went: plan.all().flat_map(went).collect(),
        order: plan.each().iter().filter_map(order).collect(),
        dropped: plan.each().iter().flat_map(dropped).collect(),
        state: plan.each().iter().flat_map(state).collect(),
        given: plan.given.iter().map(|given| host::told(plan, given)).collect(),
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

/// The options of the command line alone, unless the notebook has fields of their names.
fn talk(plan: &Plan) -> String {
    let said = [
        ("quiet", "`--quiet` prints nothing but errors"),
        ("verbose", "`--verbose` says more of what goes on"),
    ];
    let free = said
        .iter()
        .filter(|(name, _)| !plan.config.iter().any(|field| field.field == *name));
    let said: Vec<&str> = free.map(|(_, says)| *says).collect();
    if said.is_empty() {
        String::new()
    } else {
        format!("{}.", said.join("; "))
    }
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

/// Of which notebook a row speaks, where there are several; with a space behind it.
fn from(plan: &Plan) -> String {
    if plan.is_part() {
        format!("{} ", code(&plan.notebook.file_name))
    } else {
        String::new()
    }
}

/// The module of a plan as the package's readers find it.
fn module(plan: &Plan, name: &str) -> String {
    if plan.is_part() {
        format!("{}.{name}", plan.name())
    } else {
        name.to_owned()
    }
}

fn dropped(plan: &Plan) -> Vec<[String; 4]> {
    let row = |dropped: &crate::plan::Dropped| {
        let lines = range(dropped.lines.0, dropped.lines.1);
        let cell = format!("{}{}", from(plan), dropped.cell.0);
        [cell, lines, code(&dropped.excerpt), own(&dropped.reason)]
    };
    plan.dropped.iter().map(row).collect()
}

fn state(plan: &Plan) -> Vec<String> {
    let row = |state: &crate::plan::StateName| format!("{}{}: {}", from(plan), code(&state.name), own(&state.reason));
    plan.state.iter().map(row).collect()
}

fn order(plan: &Plan) -> Option<String> {
    let cells = names::listed(plan.notebook.order.iter().map(|cell| cell.0));
    (!cells.is_empty()).then(|| format!("{}{cells}", from(plan)))
}

fn went(plan: &Plan) -> Vec<[String; 3]> {
    let from = from(plan);
    // by first cell, then by kind: settings, definitions, steps
    let mut rows: BTreeMap<(usize, usize, usize), [String; 3]> = BTreeMap::new();
    let mut fields: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    // the fields of several stand with the notebook that they come from
    let config = plan.config.iter().filter(|_| plan.parts.is_empty());
    for (cell, field) in config.map(|field| (field.cell.0, &field.field)) {
        fields.entry(cell).or_default().push(code(field));
    }
    let secrets = plan.secrets.iter().filter(|_| plan.parts.is_empty());
    for (cell, field) in secrets.map(|secret| (secret.cell.0, &secret.field)) {
        fields.entry(cell).or_default().push(code(field));
    }
    for (cell, fields) in fields {
        let now = format!("`config.py`: {}", fields.join(", "));
        rows.insert((cell, 0, 0), [format!("{from}{cell}"), String::new(), now]);
    }
    let mut define = |items: &[Item], kind: usize, module: &str| {
        for (at, item) in items.iter().enumerate() {
            let now = code(&format!("{module}.{}", item.name));
            let cell = format!("{from}{}", item.cell.0);
            rows.insert((item.cell.0, kind, at), [cell, String::new(), now]);
        }
    };
    define(&plan.functions.items, 1, &module(plan, "functions"));
    define(&plan.steps_module.items, 2, &module(plan, "steps"));
    let tests = names::tests_folder(plan).replace('/', ".");
    define(&plan.tests.own.items, 2, &format!("{tests}.test_notebook"));
    for (at, step) in plan.steps.iter().enumerate() {
        let how = match step.level {
            Level::Pure => "",
            Level::Mutating => ", which changes what it is given",
            Level::State => ", which shares names through its module",
        };
        let now = format!(
            "{}{how}",
            code(&format!("{}.{}", module(plan, &step.module), step.function))
        );
        let cells = match step.ran.as_slice() {
            [] => range(step.cells.0.0, step.cells.1.0),
            ran => names::listed(ran.iter().map(|cell| cell.0)),
        };
        let cells = format!("{from}{cells}");
        rows.insert((step.cells.0.0, 3, at), [cells, prose(&step.title), now]);
    }
    rows.into_values().collect()
}

fn notes(plan: &Plan) -> Vec<String> {
    // what is said of a whole package of several is about no cell
    let whole = plan.notes.iter().filter(|_| !plan.parts.is_empty());
    let mut notes: Vec<String> = whole.map(|note| own(&note.text)).collect();
    for part in plan.each() {
        let cell = if part.is_part() {
            format!("{}cell", from(part))
        } else {
            "Cell".to_owned()
        };
        let of_cells = part.notes.iter();
        notes.extend(of_cells.map(|note| format!("{cell} {}: {}", note.cell.0, own(&note.text))));
    }
    for dependency in plan.dependencies.iter().filter(|dependency| !dependency.known) {
        let name = code(&dependency.distribution);
        notes.push(format!(
            "The dependency {name} is named after the import: check that it is the one meant."
        ));
    }
    if plan.owners().is_empty() {
        notes.push("Nobody is named as the owner: add a CODEOWNERS file.".to_owned());
    }
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

/// `a`, `b` and `c`
fn list(mut names: Vec<String>) -> String {
    match names.pop() {
        Some(last) if !names.is_empty() => format!("{} and {last}", names.join(", ")),
        last => last.unwrap_or_default(),
    }
}

fn range(first: usize, last: usize) -> String {
    if first == last {
        first.to_string()
    } else {
        format!("{first}-{last}")
    }
}
