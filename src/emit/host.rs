//! `host.py`: what the notebook's platform had, for runs elsewhere; and how `run` is given it.

use serde::Serialize;

use crate::plan::{Given, Plan};

use super::literal;
use super::markdown;
use super::pipeline;

/// What the template of `host.py` lays out.
#[derive(Serialize)]
pub(super) struct HostFile {
    objects: Vec<Object>,
}

#[derive(Serialize)]
struct Object {
    name: String,
    doc: String,
    /// The import and the expression that make it; empty where nothing does.
    import: String,
    expression: String,
    /// What is said where it is missing, and what helps, as literals.
    missing: String,
    cure: String,
}

pub(super) fn host(plan: &Plan) -> HostFile {
    let object = |given: &Given| Object {
        name: given.name.clone(),
        doc: literal::docstring(&format!("`{}`, as {} has it.", given.name, given.platform)),
        import: given.import.clone(),
        expression: given.expression.clone(),
        missing: literal::string(&format!(
            "`{}` is missing, which {} gives to its notebooks",
            given.name, given.platform
        )),
        cure: literal::string(&cure(plan, given)),
    };
    HostFile {
        objects: plan.given.iter().map(object).collect(),
    }
}

/// How a run that lacks it gets it.
fn cure(plan: &Plan, given: &Given) -> String {
    let mut takers = plan.each().iter().filter(|part| part.given.contains(given));
    let part = takers.next().unwrap_or(plan);
    let pass = format!(
        "call {}.pipeline.run(config, {}=...)",
        part.package,
        pipeline::local(part, &given.name)
    );
    match extra(plan, given) {
        Some((extra, _)) => format!("install {}[{extra}], or {pass}", plan.distribution),
        None if given.import.is_empty() => pass,
        None => format!("run it there, or {pass}"),
    }
}

/// What the README says of it.
pub(super) fn told(plan: &Plan, given: &Given) -> String {
    let name = markdown::code(&given.name);
    let how = match extra(plan, given) {
        Some((extra, _)) => format!(
            "the command makes it where {} is installed",
            markdown::code(&format!("{}[{extra}]", plan.distribution))
        ),
        None if given.import.is_empty() => "has to be passed".to_owned(),
        None if !given.distribution.is_empty() => "the command makes it".to_owned(),
        None => "the command makes it where its module is there".to_owned(),
    };
    format!("{name} ({}): {how}", given.platform)
}

/// The extra that installs what makes it, and what it installs: none where the package depends on that anyway.
pub(super) fn extra<'g>(plan: &Plan, given: &'g Given) -> Option<(String, &'g str)> {
    let mut required = plan.dependencies.iter().filter(|dependency| !dependency.optional);
    let there = required.any(|dependency| dependency.distribution == given.distribution);
    given
        .extra()
        .filter(|_| !there)
        .map(|extra| (extra, given.distribution.as_str()))
}

/// The keyword arguments of a notebook's `run`, each made by `host.py`.
pub(super) fn arguments(plan: &Plan) -> String {
    let argument = |given: &Given| format!(", {}=host.{}()", pipeline::local(plan, &given.name), given.name);
    plan.given.iter().map(argument).collect()
}

/// One of them as an entry of a dictionary.
pub(super) fn entry(plan: &Plan, given: &Given) -> String {
    format!("\"{}\": host.{}(), ", pipeline::local(plan, &given.name), given.name)
}
