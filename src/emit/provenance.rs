//! `provenance.json`: for each statement of the package the lines of the notebook that it comes from.

use std::collections::BTreeMap;

use ruff_python_ast::Stmt;
use ruff_python_parser::parse_module;
use ruff_text_size::Ranged;
use serde::Serialize;

use crate::plan::{Item, Origin, Plan, Step, nested};

use super::names;
use super::tree::Tree;

/// A row of the file: lines of a module, and lines of a cell. Of several that hold a line the last is the nearest.
#[derive(Serialize)]
struct Row<'a> {
    lines: [usize; 2],
    #[serde(skip_serializing_if = "Option::is_none")]
    notebook: Option<&'a str>,
    cell: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    source: [usize; 2],
}

/// The map of all modules in `tree`, a row a line.
pub(super) fn provenance(plan: &Plan, tree: &Tree) -> String {
    let mut files: BTreeMap<&str, Vec<Row<'_>>> = BTreeMap::new();
    for part in plan.all() {
        let folder = format!("{}/", names::folder(part));
        for (path, text) in tree.files.iter().filter(|(path, _)| path.starts_with(&folder)) {
            let rows = rows(part, text);
            // a part's folder lies in that of the whole
            if !rows.is_empty() && !files.contains_key(path.as_str()) {
                files.insert(path, rows);
            }
        }
    }
    let files = files.into_iter().map(|(path, mut rows)| {
        rows.sort_by_key(|row| (row.lines[0], std::cmp::Reverse(row.lines[1])));
        let rows: Vec<String> = rows.iter().map(|row| format!("      {}", compact(row))).collect();
        format!("    {}: [\n{}\n    ]", compact(&path), rows.join(",\n"))
    });
    let files: Vec<String> = files.collect();
    let files = match files.as_slice() {
        [] => "{}".to_owned(),
        files => format!("{{\n{}\n  }}", files.join(",\n")),
    };
    format!("{{\n  \"schema\": 1,\n  \"files\": {files}\n}}\n")
}

/// The rows of a module: of its functions that are steps, and of its definitions.
fn rows<'p>(plan: &'p Plan, text: &str) -> Vec<Row<'p>> {
    let Ok(module) = parse_module(text) else {
        return Vec::new();
    };
    let lines = Lines::of(text);
    let mut out = Vec::new();
    for stmt in &module.syntax().body {
        let pairs = match (step(plan, stmt), item(plan, stmt)) {
            (Some((step, body)), _) => pairs(body, &step.origins),
            (None, Some(item)) => pairs(std::slice::from_ref(stmt), &item.origins),
            (None, None) => continue,
        };
        out.extend(pairs.into_iter().map(|(stmt, origin)| Row {
            lines: lines.of_stmt(stmt),
            notebook: plan.is_part().then_some(plan.notebook.path.as_str()),
            cell: origin.cell.0,
            id: origin.id.as_deref(),
            source: [origin.lines.0, origin.lines.1],
        }));
    }
    out
}

/// The step that a function is, and the statements of its body that the notebook's code became.
fn step<'p, 's>(plan: &'p Plan, stmt: &'s Stmt) -> Option<(&'p Step, &'s [Stmt])> {
    let def = stmt.as_function_def_stmt()?;
    let holds = |step: &&Step| {
        let coroutine = format!("_{}_async", step.function);
        let name = if step.is_async {
            def.name.trim_end_matches('_')
        } else {
            def.name.as_str()
        };
        name == if step.is_async {
            coroutine.as_str()
        } else {
            step.function.as_str()
        }
    };
    let step = plan.steps.iter().find(holds)?;
    // the docstring, what the names are, and what is checked come before; what is returned comes after
    let before = 1 + usize::from(!step.globals.is_empty()) + step.requires.len();
    let after = usize::from(!step.returns.is_empty());
    Some((step, def.body.get(before..def.body.len().checked_sub(after)?)?))
}

fn item<'p>(plan: &'p Plan, stmt: &Stmt) -> Option<&'p Item> {
    let name = match stmt {
        Stmt::FunctionDef(def) => def.name.as_str(),
        Stmt::ClassDef(class) => class.name.as_str(),
        Stmt::Assign(assign) => assign.targets.first()?.as_name_expr()?.id.as_str(),
        Stmt::AnnAssign(assign) => assign.target.as_name_expr()?.id.as_str(),
        _ => return None,
    };
    let mut items = plan.functions.items.iter().chain(&plan.steps_module.items);
    items.find(|item| item.name == name)
}

/// The statements with their origins, where there are as many of the one as of the other.
fn pairs<'s, 'p>(body: &'s [Stmt], origins: &'p [Option<Origin>]) -> Vec<(&'s Stmt, &'p Origin)> {
    let statements = nested(body);
    if statements.len() != origins.len() {
        return Vec::new();
    }
    let pairs = statements.into_iter().zip(origins);
    pairs
        .filter_map(|((_, stmt), origin)| Some((stmt, origin.as_ref()?)))
        .collect()
}

fn compact(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Where the lines of a module start.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at).collect())
    }

    /// First and last line, from 1.
    fn of_stmt(&self, stmt: &Stmt) -> [usize; 2] {
        let range = stmt.range();
        [range.start().to_usize(), range.end().to_usize()].map(|at| 1 + self.0.partition_point(|&end| end < at))
    }
}
