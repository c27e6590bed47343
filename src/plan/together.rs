//! Several notebooks as one package: what they have in common is found once, the rest stays each notebook's own.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{Expr, Parameters, PySourceType, Stmt};
use ruff_python_parser::{ParseOptions, parse_module, parse_unchecked};
use ruff_text_size::Ranged;

use crate::facts::Facts;
use crate::notebook::{CellIdx, Notebook};
use crate::python::CellCode;

use super::build::{Options, Outcome, Refusal, plan};
use super::common::{Common, bound, is_open};
use super::local::OWN;
use super::model::{ConfigField, Dependency, Given, Import, Item, ItemKind, LocalModule, Module, Note, Plan, Tests};
use super::module_tops::mentions;
use super::names::package_name;
use super::purity::is_constant;

/// A notebook, and all that its plan is made of.
#[derive(Clone, Copy)]
pub struct Source<'s> {
    pub notebook: &'s Notebook<'s>,
    pub cells: &'s [CellCode],
    pub facts: &'s Facts,
    pub options: &'s Options,
}

/// Which notebook can't be part of the package, and why.
pub struct Unplanned {
    pub index: usize,
    pub reasons: Vec<Refusal>,
}

/// The plan of a package called `package` that holds all of `sources`, and what stays in each notebook.
///
/// # Errors
/// A notebook of which nothing can be taken, and files of one name beside different notebooks that differ.
pub fn together(sources: &[Source<'_>], package: &str) -> Result<(Plan, Vec<Vec<Refusal>>), Unplanned> {
    let names = part_names(sources);
    // each by itself first: what they have in common can only be told of what each would be
    let alone = planned(sources, |at, options| {
        options.package = names.get(at).map(|name| format!("{package}.{name}"));
    })?;
    let plans: Vec<&Plan> = alone.iter().map(|(plan, _)| plan).collect();
    same_files(&plans)?;
    let definitions = same_definitions(&plans);
    let renamed = renamed_fields(&plans);
    let settled = planned(sources, |at, options| {
        options.package = names.get(at).map(|name| format!("{package}.{name}"));
        options.common = Common {
            definitions: definitions.clone(),
            fields: renamed.get(at).cloned().unwrap_or_default(),
        };
    })?;
    let functions = common_module(&plans, &definitions);
    let (parts, left): (Vec<Plan>, Vec<Vec<Refusal>>) = settled.into_iter().unzip();
    Ok((whole(package, parts, functions), left))
}

fn planned(sources: &[Source<'_>], set: impl Fn(usize, &mut Options)) -> Result<Vec<(Plan, Vec<Refusal>)>, Unplanned> {
    let plans = sources.iter().enumerate().map(|(index, source)| {
        let mut options = source.options.clone();
        set(index, &mut options);
        match plan(source.notebook, source.cells, source.facts, &options) {
            Outcome::Plan(plan, left) => Ok((*plan, left)),
            Outcome::Refused(reasons) => Err(Unplanned { index, reasons }),
        }
    });
    plans.collect()
}

/// A name for each notebook, after its file.
fn part_names(sources: &[Source<'_>]) -> Vec<String> {
    // a notebook has a folder among the package's modules, and one among its tests
    let own = OWN.iter().chain(&["tests"]);
    let mut taken: BTreeSet<String> = own.map(|name| (*name).to_owned()).collect();
    let local = sources.iter().flat_map(|source| &source.options.local);
    taken.extend(local.map(|file| file.name.clone()));
    let mut names = Vec::new();
    for source in sources {
        let file = &source.options.notebook.file_name;
        let wanted = package_name(file.strip_suffix(".ipynb").unwrap_or(file), &taken);
        let mut name = wanted.clone();
        let mut n = 2;
        while !taken.insert(name.clone()) {
            name = format!("{wanted}_{n}");
            n += 1;
        }
        names.push(name);
    }
    names
}

/// Files beside the notebooks go to one place, where there can only be one of a name.
fn same_files(plans: &[&Plan]) -> Result<(), Unplanned> {
    let mut known: BTreeMap<&str, &LocalModule> = BTreeMap::new();
    for (index, plan) in plans.iter().enumerate() {
        for file in &plan.local {
            let first = *known.entry(&file.name).or_insert(file);
            if first.source != file.source {
                let reason = Refusal {
                    cell: None,
                    message: format!(
                        "another notebook has a file {}.py beside it that differs from this one's",
                        file.name
                    ),
                    hint: "give one of them another name, or graduate the notebooks apart".to_owned(),
                };
                return Err(Unplanned {
                    index,
                    reasons: vec![reason],
                });
            }
        }
    }
    Ok(())
}

/// For each plan the fields that other plans have with another value, and what they are called instead.
fn renamed_fields(plans: &[&Plan]) -> Vec<BTreeMap<String, String>> {
    let secrets: BTreeSet<&str> = plans
        .iter()
        .flat_map(|plan| &plan.secrets)
        .map(|s| s.field.as_str())
        .collect();
    let mut taken: BTreeSet<String> = plans
        .iter()
        .flat_map(|plan| &plan.config)
        .map(|f| f.field.clone())
        .collect();
    taken.extend(secrets.iter().map(|field| (*field).to_owned()));
    let agrees = |field: &ConfigField| {
        let others = plans.iter().flat_map(|plan| &plan.config);
        let mut same = others.filter(|other| other.field == field.field);
        same.all(|other| (other.type_, &other.default) == (field.type_, &field.default))
    };
    let mut renamed = Vec::new();
    for plan in plans {
        let mut names = BTreeMap::new();
        for field in &plan.config {
            let of_a_secret = secrets.contains(field.field.as_str());
            if agrees(field) && !of_a_secret {
                continue;
            }
            let mut name = format!("{}_{}", plan.name(), field.field);
            while !taken.insert(name.clone()) {
                name.push('_');
            }
            names.insert(field.field.clone(), name);
        }
        renamed.push(names);
    }
    renamed
}

/// Definitions that several notebooks have, token for token, with all that they stand on.
fn same_definitions(plans: &[&Plan]) -> BTreeSet<String> {
    let mut by_name: BTreeMap<&str, Vec<(&Module, &Item)>> = BTreeMap::new();
    for module in plans.iter().map(|plan| &plan.functions) {
        for item in &module.items {
            by_name.entry(&item.name).or_default().push((module, item));
        }
    }
    by_name.retain(|_, found| {
        let mut texts = found.iter().map(|(_, item)| tokens(&item.source));
        let first = texts.next();
        found.len() > 1
            && texts.all(|text| Some(&text) == first.as_ref())
            && found.iter().all(|(_, item)| keeps_nothing(item))
    });
    // one that stands on what differs, or on what only one has, differs
    loop {
        let names: BTreeSet<&str> = by_name.keys().copied().collect();
        by_name.retain(|_, found| {
            let first = found.first().map(|(module, item)| imports_of(module, item));
            found.iter().all(|(module, item)| {
                let others = module.items.iter().filter(|other| other.name != item.name);
                let mut stands_on = others.filter(|other| mentions(&item.source, &other.name));
                Some(imports_of(module, item)) == first && stands_on.all(|other| names.contains(other.name.as_str()))
            })
        });
        if by_name.len() == names.len() {
            return by_name.into_keys().map(str::to_owned).collect();
        }
    }
}

/// The source without comments and layout.
fn tokens(source: &str) -> Vec<(TokenKind, &str)> {
    let parsed = parse_unchecked(source, ParseOptions::from(PySourceType::Python));
    let of_code = |kind: TokenKind| {
        !matches!(
            kind,
            TokenKind::Comment | TokenKind::NonLogicalNewline | TokenKind::Newline
        )
    };
    let text = |range: ruff_text_size::TextRange| source.get(std::ops::Range::<usize>::from(range)).unwrap_or_default();
    let tokens = parsed.tokens().iter().filter(|token| of_code(token.kind()));
    tokens
        // how far a body is indented means nothing
        .map(|token| {
            (
                token.kind(),
                if token.kind() == TokenKind::Indent {
                    ""
                } else {
                    text(token.range())
                },
            )
        })
        .collect()
}

/// Whether a definition can't hold anything from one notebook's run to another's, as a list among its defaults would.
fn keeps_nothing(item: &Item) -> bool {
    let Ok(module) = parse_module(&item.source) else {
        return false;
    };
    module.syntax().body.iter().all(|stmt| match stmt {
        Stmt::FunctionDef(def) => def.decorator_list.is_empty() && has_plain_defaults(&def.parameters),
        Stmt::ClassDef(def) => {
            def.decorator_list.is_empty()
                && def.body.iter().all(|stmt| match stmt {
                    Stmt::FunctionDef(def) => def.decorator_list.is_empty() && has_plain_defaults(&def.parameters),
                    Stmt::Expr(expr) => expr.value.is_string_literal_expr(),
                    Stmt::Pass(_) => true,
                    _ => false,
                })
        }
        Stmt::Assign(assign) => item.kind == ItemKind::Constant && is_fixed(&assign.value),
        Stmt::AnnAssign(assign) => item.kind == ItemKind::Constant && assign.value.as_deref().is_some_and(is_fixed),
        _ => false,
    })
}

fn has_plain_defaults(parameters: &Parameters) -> bool {
    parameters
        .iter_non_variadic_params()
        .filter_map(|param| param.default())
        .all(is_fixed)
}

/// A value that can't be changed.
fn is_fixed(value: &Expr) -> bool {
    match value {
        Expr::List(_) | Expr::Dict(_) | Expr::Set(_) => false,
        Expr::Tuple(tuple) => tuple.elts.iter().all(is_fixed),
        _ => value.is_literal_expr() || (value.is_unary_op_expr() && is_constant(value)),
    }
}

/// The imports that an item reads.
fn imports_of<'m>(module: &'m Module, item: &Item) -> BTreeSet<&'m Import> {
    let read = |import: &&Import| is_open(import) || mentions(&item.source, bound(import));
    module.imports.iter().filter(read).collect()
}

/// The module of the definitions that are common, in the order of the first notebook that has each.
fn common_module(plans: &[&Plan], definitions: &BTreeSet<String>) -> Module {
    let mut out = Module::default();
    let mut imports: BTreeSet<Import> = BTreeSet::new();
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for module in plans.iter().map(|plan| &plan.functions) {
        for item in module.items.iter().filter(|item| definitions.contains(&item.name)) {
            if done.insert(&item.name) {
                imports.extend(imports_of(module, item).into_iter().cloned());
                out.items.push(item.clone());
            }
        }
    }
    out.imports = imports.into_iter().collect();
    out
}

/// What a field is for in one more notebook.
fn describe_too(field: &mut ConfigField, other: &ConfigField) {
    match (&mut field.description, &other.description) {
        (Some(text), Some(more)) if text != more => text.push_str(&format!("; {more}")),
        (none @ None, more) => none.clone_from(more),
        _ => {}
    }
}

fn whole(package: &str, mut parts: Vec<Plan>, functions: Module) -> Plan {
    let mut config: Vec<ConfigField> = Vec::new();
    let mut secrets = Vec::new();
    let mut local: BTreeMap<String, LocalModule> = BTreeMap::new();
    let mut lint_exceptions = BTreeSet::new();
    for part in &mut parts {
        for field in &part.config {
            match config.iter_mut().find(|known| known.field == field.field) {
                Some(known) => describe_too(known, field),
                None => config.push(field.clone()),
            }
        }
        for secret in &part.secrets {
            if !secrets
                .iter()
                .any(|known: &super::model::SecretField| known.field == secret.field)
            {
                secrets.push(secret.clone());
            }
        }
        local.extend(
            std::mem::take(&mut part.local)
                .into_iter()
                .map(|file| (file.name.clone(), file)),
        );
        let of_functions = part
            .lint_exceptions
            .iter()
            .filter(|exception| exception.file == "functions.py");
        lint_exceptions.extend(of_functions.cloned());
    }
    if functions.items.is_empty() {
        lint_exceptions.clear();
    }
    let (dependencies, notes) = dependencies(&parts);
    let untyped: BTreeSet<String> = parts.iter().flat_map(|part| part.untyped.iter().cloned()).collect();
    Plan {
        notebook: super::model::NotebookRef {
            title: package.replace('_', " "),
            ..parts.first().map(|part| part.notebook.clone()).unwrap_or_default()
        },
        package: package.to_owned(),
        distribution: package.replace('_', "-"),
        python: parts.iter().map(|part| part.python).max().unwrap_or((3, 10)),
        config,
        secrets,
        functions,
        steps_module: Module::default(),
        step_modules: Vec::new(),
        state: Vec::new(),
        steps: Vec::new(),
        given: given(&parts),
        results: Vec::new(),
        dependencies,
        untyped: untyped.into_iter().collect(),
        lint_exceptions: lint_exceptions.into_iter().collect(),
        dropped: Vec::new(),
        notes,
        tests: Tests::default(),
        thin: Vec::new(),
        local: local.into_values().collect(),
        saves_figures: parts.iter().any(|part| part.saves_figures),
        messages: parts.iter().any(|part| part.messages),
        verification: None,
        parts,
    }
}

/// What any of the notebooks found on its platform; of two of one name the first tells how it is made.
fn given(parts: &[Plan]) -> Vec<Given> {
    let mut all: BTreeMap<&str, &Given> = BTreeMap::new();
    for given in parts.iter().flat_map(|part| &part.given) {
        all.entry(&given.name).or_insert(given);
    }
    all.into_values().cloned().collect()
}

/// What any notebook needs. Where two ask for versions that differ, neither is taken.
fn dependencies(parts: &[Plan]) -> (Vec<Dependency>, Vec<Note>) {
    let mut all: BTreeMap<&str, Dependency> = BTreeMap::new();
    let mut notes = Vec::new();
    let mut disputed: BTreeSet<&str> = BTreeSet::new();
    for dependency in parts.iter().flat_map(|part| &part.dependencies) {
        let Some(known) = all.get_mut(dependency.distribution.as_str()) else {
            all.insert(&dependency.distribution, dependency.clone());
            continue;
        };
        known.optional &= dependency.optional;
        known.known |= dependency.known;
        if disputed.contains(dependency.distribution.as_str()) {
            continue;
        }
        if known.version.is_empty() {
            known.version.clone_from(&dependency.version);
        } else if !dependency.version.is_empty() && known.version != dependency.version {
            let text = format!(
                "the notebooks ask for {name}{} and {name}{}: say in pyproject.toml which is right",
                known.version,
                dependency.version,
                name = known.distribution
            );
            notes.push(Note { cell: CellIdx(0), text });
            known.version.clear();
            disputed.insert(&dependency.distribution);
        }
    }
    (all.into_values().collect(), notes)
}
