//! `pipeline.py`: one call a step, each step's results handed to the next.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::plan::{Argument, Param, Plan, Step};

use super::imports;
use super::modules;
use super::names;
use crate::plan::ImportSection;

/// Names that `run` needs for itself; a value of the notebook with such a name gets an underscore there.
const RESERVED: [&str; 5] = ["Any", "Config", "Results", "config", "steps"];

/// What the template of `pipeline.py` lays out.
#[derive(Serialize)]
pub(super) struct PipelineFile {
    imports: String,
    /// Whether a `NamedTuple` can hold the results' names.
    plain: bool,
    fields: Vec<String>,
    reset: Option<String>,
    /// What `run` takes besides the configuration.
    given: Vec<String>,
    /// Of these, what the steps find in their module: the name there, and the one here.
    shared: Vec<[String; 2]>,
    /// Locals that take values of more than one type.
    loose: Vec<String>,
    calls: Vec<String>,
    /// The arguments of `Results`.
    values: Vec<String>,
}

pub(super) fn pipeline(plan: &Plan) -> PipelineFile {
    let locals = Locals::of(plan);
    let values: Vec<(&str, String)> = plan
        .results
        .iter()
        .filter_map(|name| Some((name.as_str(), locals.value(plan, name)?)))
        .collect();
    let plain = values.iter().all(|(name, _)| fits_named_tuple(name));
    let calls = plan
        .steps
        .iter()
        .enumerate()
        .map(|(at, step)| call(plan, &locals, at, step))
        .collect();
    PipelineFile {
        imports: imports::block(&pipeline_imports(plan, plain, !values.is_empty())),
        plain,
        fields: values.iter().map(|(name, _)| (*name).to_owned()).collect(),
        reset: modules::reset_name(plan),
        given: plan.given.iter().map(|given| local(plan, &given.name)).collect(),
        shared: plan
            .given
            .iter()
            .filter(|given| plan.state.iter().any(|state| state.name == given.name))
            .map(|given| [given.name.clone(), local(plan, &given.name)])
            .collect(),
        loose: locals.loose.iter().cloned().collect(),
        calls,
        values: values
            .into_iter()
            .map(|(name, value)| if plain { value } else { format!("{name}={value}") })
            .collect(),
    }
}

fn pipeline_imports(plan: &Plan, plain: bool, any: bool) -> Vec<crate::plan::Import> {
    use ImportSection::{FirstParty, Stdlib};
    let locals = Locals::of(plan);
    let mut all = vec![imports::of(
        FirstParty,
        &format!("{}.config", plan.root()),
        Some("Config"),
        None,
    )];
    all.extend(imports::of_steps(plan, plan.steps.iter()));
    if plain {
        all.push(imports::of(Stdlib, "typing", Some("NamedTuple"), None));
    } else {
        all.push(imports::of(Stdlib, "types", Some("SimpleNamespace"), None));
    }
    if (plain && any) || !locals.loose.is_empty() || !plan.given.is_empty() {
        all.push(imports::of(Stdlib, "typing", Some("Any"), None));
    }
    all
}

/// What a name of the notebook is called in `run`.
pub(super) fn local(plan: &Plan, name: &str) -> String {
    Locals::of(plan)
        .names
        .get(name)
        .cloned()
        .unwrap_or_else(|| name.to_owned())
}

/// A field of a `NamedTuple` can't start with an underscore, and `count` and `index` are a tuple's own.
fn fits_named_tuple(name: &str) -> bool {
    !name.starts_with('_') && !matches!(name, "Any" | "count" | "index")
}

/// The notebook's names as locals of `run`.
struct Locals<'a> {
    names: BTreeMap<&'a str, String>,
    /// The last step that takes a name.
    last_taken: BTreeMap<&'a str, usize>,
    results: BTreeSet<&'a str>,
    loose: BTreeSet<String>,
}

impl<'a> Locals<'a> {
    fn of(plan: &'a Plan) -> Self {
        let mut taken: BTreeSet<&str> = RESERVED.into_iter().collect();
        let all: BTreeSet<&str> = plan
            .steps
            .iter()
            .flat_map(|step| &step.returns)
            .map(|v| v.name.as_str())
            .chain(plan.given.iter().map(|given| given.name.as_str()))
            .collect();
        let kept: Vec<&str> = all.iter().copied().filter(|name| !taken.contains(name)).collect();
        taken.extend(kept);
        let names: BTreeMap<&str, String> = all
            .into_iter()
            .map(|name| {
                let local = if RESERVED.contains(&name) {
                    names::free(name, &taken)
                } else {
                    name.to_owned()
                };
                (name, local)
            })
            .collect();
        let mut types: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for value in plan.steps.iter().flat_map(|step| &step.returns) {
            types.entry(&value.name).or_default().insert(&value.annotation);
        }
        let loose = types
            .into_iter()
            .filter(|(_, types)| types.len() > 1)
            .filter_map(|(name, _)| names.get(name).cloned())
            .collect();
        let mut last_taken = BTreeMap::new();
        for (at, step) in plan.steps.iter().enumerate() {
            for param in &step.params {
                if let Argument::Value(name) = &param.argument {
                    last_taken.insert(name.as_str(), at);
                }
            }
        }
        Locals {
            names,
            last_taken,
            results: plan.results.iter().map(String::as_str).collect(),
            loose,
        }
    }

    /// Where the value of `name` is found: in a local, or in the module of the steps.
    fn value(&self, plan: &Plan, name: &str) -> Option<String> {
        let shared = || {
            plan.state
                .iter()
                .any(|state| state.name == name)
                .then(|| format!("steps.{name}"))
        };
        self.names.get(name).cloned().or_else(shared)
    }
}

fn call(plan: &Plan, locals: &Locals, at: usize, step: &Step) -> String {
    let mut arguments: Vec<String> = step.params.iter().map(|param| argument(plan, locals, param)).collect();
    if step.saves_figures && arguments.len() < names::parameters(step).len() {
        arguments.push(format!("config.{}", names::FIGURES_DIR));
    }
    let call = format!("{}({})", step.callee(), arguments.join(", "));
    let read = step
        .returns
        .iter()
        .map(|value| value.name.as_str())
        .any(|name| locals.results.contains(name) || locals.last_taken.get(name).is_some_and(|&last| last > at));
    // a local that nothing reads is left out: ruff's F841 would name it
    if !read {
        return call;
    }
    let targets: Vec<&str> = step
        .returns
        .iter()
        .filter_map(|value| locals.names.get(value.name.as_str()))
        .map(String::as_str)
        .collect();
    format!("{} = {call}", targets.join(", "))
}

fn argument(plan: &Plan, locals: &Locals, param: &Param) -> String {
    match &param.argument {
        Argument::Value(name) => locals.value(plan, name).unwrap_or_else(|| name.clone()),
        Argument::Config(field) => {
            let secret = plan.secrets.iter().any(|secret| secret.field == *field);
            // the notebook's code holds the secret as the string that it is
            if secret && param.annotation != "SecretStr" {
                format!("config.{field}.get_secret_value()")
            } else {
                format!("config.{field}")
            }
        }
    }
}
