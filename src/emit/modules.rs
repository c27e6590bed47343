//! `steps.py` and `functions.py`: the notebook's own statements, laid out as a module.

use serde::Serialize;

use crate::plan::{Import, ImportSection, Item, ItemKind, Module, Plan, Step, StepModule};

use super::imports;
use super::literal;
use super::names;
use super::source;

const INDENT: &str = "    ";

/// What the templates of `functions.py` and `test_notebook.py` lay out.
#[derive(Serialize)]
pub(super) struct DefinitionsFile {
    /// Whether several notebooks had them.
    common: bool,
    imports: String,
    logger: bool,
    items: String,
}

/// What the template of `steps.py` lays out.
#[derive(Serialize)]
pub(super) struct StepsFile {
    doc: String,
    imports: String,
    logger: bool,
    state: Vec<State>,
    items: String,
    classes: Vec<Class>,
    /// Name of the function that forgets the state, and the names as a Python tuple.
    reset: Option<(String, String)>,
    steps: Vec<Function>,
}

#[derive(Serialize)]
struct State {
    name: String,
    reason: String,
}

#[derive(Serialize)]
struct Class {
    name: String,
    doc: String,
    fields: Vec<(String, String)>,
}

#[derive(Serialize)]
struct Function {
    name: String,
    /// The coroutine that holds the body, where the body awaits.
    coroutine: Option<String>,
    signature: String,
    arguments: String,
    returns: String,
    doc: String,
    body: String,
}

pub(super) fn definitions(module: &Module, common: bool) -> DefinitionsFile {
    let mut all = module.imports.clone();
    let bound: Vec<&str> = module.imports.iter().map(names::bound).collect();
    let logger = wants_logger(module, &[]) && !bound.contains(&"logger");
    if logger {
        all.push(imports::of(ImportSection::Stdlib, "logging", None, None));
    }
    all.extend(annotation_imports(module));
    DefinitionsFile {
        common,
        imports: imports::block(&all),
        logger,
        items: items(&module.items),
    }
}

/// `steps.py`, with all that steps share.
pub(super) fn steps(plan: &Plan) -> StepsFile {
    let about = "The notebook's sections, one function each, in the order in which `pipeline.run` calls them.";
    let reset = reset_name(plan).map(|name| {
        let state: String = plan
            .state
            .iter()
            .map(|state| format!("{}, ", literal::string(&state.name)))
            .collect();
        (name, state)
    });
    let state = plan
        .state
        .iter()
        .map(|state| State {
            name: state.name.clone(),
            reason: literal::one_line(&state.reason),
        })
        .collect();
    StepsFile {
        state,
        reset,
        ..of_steps(plan, about, &plan.steps_module, &plan.steps.iter().collect::<Vec<_>>())
    }
}

/// The module of one section.
pub(super) fn section(plan: &Plan, module: &StepModule) -> StepsFile {
    let steps: Vec<&Step> = plan.steps.iter().filter(|step| step.module == module.name).collect();
    let first = steps.first().map(|step| step.function.as_str()).unwrap_or_default();
    let title = literal::one_line(&module.title);
    let about = if title.is_empty() { sentence(first) } else { title };
    let top = Module {
        imports: module.imports.clone(),
        items: Vec::new(),
    };
    of_steps(plan, &format!("{}.", about.trim_end_matches(['.', ':'])), &top, &steps)
}

/// A module of steps that share nothing.
fn of_steps(plan: &Plan, about: &str, top: &Module, steps: &[&Step]) -> StepsFile {
    let taken = names::of_steps(plan);
    let logger = wants_logger(top, steps) && !taken.contains("logger");
    let functions: Vec<Function> = steps.iter().map(|step| function(step, &taken)).collect();
    let classes: Vec<Class> = steps.iter().filter_map(|step| class(step)).collect();
    StepsFile {
        doc: literal::docstring(about),
        imports: imports::block(&step_imports(plan, top, steps, logger, &classes, &functions)),
        logger,
        state: Vec::new(),
        items: items(&top.items),
        classes,
        reset: None,
        steps: functions,
    }
}

/// The function that makes `run` callable twice, where there is state.
pub(super) fn reset_name(plan: &Plan) -> Option<String> {
    (!plan.state.is_empty()).then(|| names::free("reset_state", &names::of_steps(plan)))
}

/// Whether any step checks what it is given.
pub(super) fn has_contracts(plan: &Plan) -> bool {
    let mut steps = plan.all().flat_map(|plan| &plan.steps);
    steps.any(|step| !step.requires.is_empty())
}

/// The notebook's imports, and those of the code that is laid around it.
fn step_imports(
    plan: &Plan,
    top: &Module,
    steps: &[&Step],
    logger: bool,
    classes: &[Class],
    functions: &[Function],
) -> Vec<Import> {
    let mut all = top.imports.clone();
    all.extend(annotation_imports(top));
    let mut add = |wanted: bool, section, module: &str, symbol| {
        if wanted {
            all.push(imports::of(section, module, symbol, None));
        }
    };
    let annotated = |name: &str| {
        functions
            .iter()
            .any(|step| source::names(&step.signature, name) || source::names(&step.returns, name))
            || classes
                .iter()
                .flat_map(|class| &class.fields)
                .any(|(_, annotation)| source::names(annotation, name))
    };
    add(logger, ImportSection::Stdlib, "logging", None);
    add(
        steps.iter().any(|step| step.is_async),
        ImportSection::Stdlib,
        "asyncio",
        None,
    );
    add(annotated("Path"), ImportSection::Stdlib, "pathlib", Some("Path"));
    add(
        annotated("Any") || !plan.state.is_empty(),
        ImportSection::Stdlib,
        "typing",
        Some("Any"),
    );
    add(!classes.is_empty(), ImportSection::Stdlib, "typing", Some("NamedTuple"));
    let contracts = format!("{}.contracts", plan.root());
    add(
        steps.iter().any(|step| !step.requires.is_empty()),
        ImportSection::FirstParty,
        &contracts,
        Some("require_columns"),
    );
    let figures = format!("{}.figures", plan.root());
    let saves = plan.saves_figures && steps.iter().any(|step| source::names(&step.body, "save_figures"));
    add(saves, ImportSection::FirstParty, &figures, Some("save_figures"));
    all
}

/// What the annotations of a module's items need, unless the notebook has such a name itself.
fn annotation_imports(module: &Module) -> Vec<Import> {
    let bound: Vec<&str> = module.imports.iter().map(names::bound).collect();
    let own = |name: &str| bound.contains(&name) || module.items.iter().any(|item| item.name == name);
    [("pathlib", "Path"), ("typing", "Any")]
        .into_iter()
        .filter(|(_, name)| !own(name) && module.items.iter().any(|item| source::names(&item.source, name)))
        .map(|(from, name)| imports::of(ImportSection::Stdlib, from, Some(name), None))
        .collect()
}

fn wants_logger(module: &Module, steps: &[&Step]) -> bool {
    module.items.iter().any(|item| source::names(&item.source, "logger"))
        || steps.iter().any(|step| source::names(&step.body, "logger"))
}

/// Items in their order; constants stay together, what has a body stands apart.
fn items(items: &[Item]) -> String {
    let mut out = String::new();
    let mut before = None;
    for item in items {
        let together = before == Some(ItemKind::Constant) && item.kind == ItemKind::Constant;
        out.push_str(if before.is_none() || together { "" } else { "\n\n" });
        out.push_str(source::unix(&item.source).trim_end());
        out.push('\n');
        before = Some(item.kind);
    }
    out
}

fn class(step: &Step) -> Option<Class> {
    let name = names::result_class(step)?;
    Some(Class {
        name: name.to_owned(),
        doc: literal::docstring(&format!("What `{}` returns.", step.function)),
        fields: step
            .returns
            .iter()
            .map(|value| (value.name.clone(), value.annotation.clone()))
            .collect(),
    })
}

fn function(step: &Step, taken: &std::collections::BTreeSet<&str>) -> Function {
    let annotation = |name: &str| {
        let param = step.params.iter().find(|param| param.name == name);
        param.map_or("Path | None", |param| param.annotation.as_str())
    };
    let parameters = names::parameters(step);
    let signature: Vec<String> = parameters
        .iter()
        .map(|name| format!("{name}: {}", annotation(name)))
        .collect();
    let values: Vec<&str> = step.returns.iter().map(|value| value.name.as_str()).collect();
    let (returns, result) = match (names::result_class(step), step.returns.as_slice()) {
        (_, []) => ("None".to_owned(), None),
        (_, [one]) => (one.annotation.clone(), Some(one.name.clone())),
        (Some(class), _) => (class.to_owned(), Some(format!("{class}({})", values.join(", ")))),
        (None, many) => {
            let annotations: Vec<&str> = many.iter().map(|value| value.annotation.as_str()).collect();
            (format!("tuple[{}]", annotations.join(", ")), Some(values.join(", ")))
        }
    };
    let mut body = String::new();
    if !step.globals.is_empty() {
        body.push_str(&format!("{INDENT}global {}\n", step.globals.join(", ")));
    }
    for (frame, columns) in &step.requires {
        let columns: Vec<String> = columns.iter().map(|column| literal::string(column)).collect();
        let name = literal::string(&step.function);
        body.push_str(&format!(
            "{INDENT}require_columns({frame}, {{{}}}, step={name})\n",
            columns.join(", ")
        ));
    }
    if !step.body.trim().is_empty() {
        body.push_str(&source::indent(&step.body, INDENT));
    }
    if let Some(result) = result {
        body.push_str(&format!("{INDENT}return {result}\n"));
    }
    Function {
        name: step.function.clone(),
        coroutine: step
            .is_async
            .then(|| names::free(&format!("_{}_async", step.function), taken)),
        signature: signature.join(", "),
        arguments: parameters.join(", "),
        returns,
        doc: doc(step),
        body,
    }
}

fn doc(step: &Step) -> String {
    let (title, cells) = (literal::one_line(&step.title), names::cells(step));
    let title = if title.is_empty() {
        sentence(&step.function)
    } else {
        title
    };
    literal::long_docstring(
        &format!("{} ({cells}).", title.trim_end_matches(['.', ':'])),
        &step.prose,
    )
}

/// Without a heading its name has to say it.
fn sentence(name: &str) -> String {
    let words = name.trim_matches('_').replace('_', " ");
    let mut letters = words.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
