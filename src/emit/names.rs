//! Names of the generated code that must not meet those of the notebook.

use std::collections::BTreeSet;

use crate::plan::{Import, Plan, Step};

/// `base`, or `base` with as many underscores as it takes to be nobody else's.
pub(super) fn free(base: &str, taken: &BTreeSet<&str>) -> String {
    let mut name = base.to_owned();
    while taken.contains(name.as_str()) {
        name.push('_');
    }
    name
}

/// The folder of a plan's modules.
pub(super) fn folder(plan: &Plan) -> String {
    format!("src/{}", plan.package.replace('.', "/"))
}

/// The folder of a notebook's tests: its own, where it is one among several.
pub(super) fn tests_folder(plan: &Plan) -> String {
    if plan.is_part() {
        format!("tests/{}", plan.name())
    } else {
        "tests".to_owned()
    }
}

/// What the notebook's part of `steps.py` binds at the top level.
pub(super) fn of_steps(plan: &Plan) -> BTreeSet<&str> {
    let module = &plan.steps_module;
    let mut names: BTreeSet<&str> = module.imports.iter().map(bound).collect();
    names.extend(module.items.iter().map(|item| item.name.as_str()));
    names.extend(plan.state.iter().map(|state| state.name.as_str()));
    names.extend(plan.steps.iter().map(|step| step.function.as_str()));
    names.extend(plan.steps.iter().filter_map(|step| step.result_class.as_deref()));
    names
}

/// The name that an import binds.
pub(super) fn bound(import: &Import) -> &str {
    let root = import.module.split('.').next().unwrap_or(&import.module);
    import.alias.as_deref().or(import.symbol.as_deref()).unwrap_or(root)
}

/// Parameter names of a step, `figures_dir` included.
pub(super) fn parameters(step: &Step) -> Vec<&str> {
    let mut names: Vec<&str> = step.params.iter().map(|param| param.name.as_str()).collect();
    if step.saves_figures && !names.contains(&FIGURES_DIR) {
        names.push(FIGURES_DIR);
    }
    names
}

/// The field of `Config`, and the parameter of steps, that says where figures go.
pub(super) const FIGURES_DIR: &str = "figures_dir";

/// The class of a step's results, where a `NamedTuple` can hold them.
pub(super) fn result_class(step: &Step) -> Option<&str> {
    let fits = step.returns.len() > 1 && step.returns.iter().all(|value| !value.name.starts_with('_'));
    step.result_class.as_deref().filter(|_| fits)
}

/// "2, 0, 1"
pub(super) fn listed(cells: impl Iterator<Item = usize>) -> String {
    let numbers: Vec<String> = cells.map(|cell| cell.to_string()).collect();
    numbers.join(", ")
}

/// "cells 4-5", "cell 4": counted from 0, as graduation.json does.
pub(super) fn cells(step: &Step) -> String {
    let (first, last) = (step.cells.0.0, step.cells.1.0);
    if let [_, .., _] = step.ran.as_slice() {
        format!("cells {}", listed(step.ran.iter().map(|cell| cell.0)))
    } else if first == last {
        format!("cell {first}")
    } else {
        format!("cells {first}-{last}")
    }
}
