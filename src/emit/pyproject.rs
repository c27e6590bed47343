//! `pyproject.toml`, built as TOML values: nothing of a notebook is pasted into it.

use std::collections::{BTreeMap, BTreeSet};

use toml_edit::{Array, DocumentMut, Item, Table, Value, value};

use crate::plan::{Dependency, LINE_LENGTH, Plan};

use super::host;
use super::literal::one_line;
use super::mypy;
use super::names;
use super::source;

const RULES: [&str; 6] = ["B", "E4", "E7", "E9", "F", "I"];

pub(super) fn pyproject(plan: &Plan, thin_is_python: bool) -> String {
    let mut document = DocumentMut::new();
    let root = document.as_table_mut();
    root.insert("build-system", build_system());
    root.insert("project", project(plan));
    root.insert("dependency-groups", dev());
    let mut tool = implicit();
    tool.insert("hatch", hatch(plan));
    tool.insert("ruff", ruff(plan, thin_is_python));
    tool.insert("mypy", mypy::table(plan));
    tool.insert("pytest", pytest(plan));
    tool.insert("repo-review", repo_review());
    root.insert("tool", Item::Table(tool));
    document.to_string()
}

fn build_system() -> Item {
    let mut table = Table::new();
    table.insert("requires", value(inline(["hatchling"])));
    table.insert("build-backend", value("hatchling.build"));
    Item::Table(table)
}

fn project(plan: &Plan) -> Item {
    let mut table = Table::new();
    table.insert("name", value(plan.distribution.as_str()));
    table.insert("version", value("0.1.0"));
    let about = [&plan.notebook.summary, &plan.notebook.title].map(|text| one_line(text));
    if let Some(about) = about.into_iter().find(|text| !text.is_empty()) {
        table.insert("description", value(about));
    }
    table.insert("readme", value("README.md"));
    table.insert(
        "requires-python",
        value(format!(">={}.{}", plan.python.0, plan.python.1)),
    );
    table.insert("dependencies", value(lines(&dependencies(plan))));
    let extras = extras(plan);
    if !extras.is_empty() {
        table.insert("optional-dependencies", Item::Table(extras));
    }
    let mut scripts = Table::new();
    scripts.insert(&plan.distribution, value(format!("{}.cli:main", plan.package)));
    table.insert("scripts", Item::Table(scripts));
    Item::Table(table)
}

/// What the notebook does without, and what makes here what it found on its platform.
fn extras(plan: &Plan) -> Table {
    let optional = specifiers(plan.dependencies.iter().filter(|dependency| dependency.optional));
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (extra, distribution) in plan.given.iter().filter_map(|given| host::extra(plan, given)) {
        all.entry(extra).or_default().insert(distribution.to_owned());
    }
    if !optional.is_empty() {
        all.entry("optional".to_owned())
            .or_default()
            .extend(optional.into_values());
    }
    let rows = all.into_iter().map(|(extra, names)| {
        let names: Vec<String> = names.into_iter().collect();
        (extra, value(lines(&names)))
    });
    rows.collect()
}

/// What the notebook imports, and what the package's own modules do.
fn dependencies(plan: &Plan) -> Vec<String> {
    let mut all = specifiers(plan.dependencies.iter().filter(|dependency| !dependency.optional));
    all.entry("pydantic-settings".to_owned())
        .or_insert_with(|| "pydantic-settings>=2.7".to_owned());
    if plan.saves_figures {
        all.entry("matplotlib".to_owned())
            .or_insert_with(|| "matplotlib".to_owned());
    }
    all.into_values().collect()
}

/// Requirement by normalised name.
fn specifiers<'a>(dependencies: impl Iterator<Item = &'a Dependency>) -> BTreeMap<String, String> {
    dependencies
        .map(|dependency| {
            let key = dependency.distribution.to_lowercase().replace(['_', '.'], "-");
            (
                key,
                one_line(&format!("{}{}", dependency.distribution, dependency.version)),
            )
        })
        .collect()
}

fn dev() -> Item {
    let mut table = Table::new();
    table.insert("dev", value(inline(["mypy", "pytest", "ruff"])));
    Item::Table(table)
}

fn hatch(plan: &Plan) -> Item {
    let mut wheel = Table::new();
    wheel.insert("packages", value(inline([format!("src/{}", plan.package)])));
    let mut table = implicit();
    table.insert("build", nest(["targets", "wheel"], wheel));
    let mut environment = Table::new();
    environment.insert("dependency-groups", value(inline(["dev"])));
    let mut scripts = Table::new();
    scripts.insert(
        "check",
        value(lines(&["ruff check .", "ruff format --check .", "mypy src", "pytest"])),
    );
    environment.insert("scripts", Item::Table(scripts));
    table.insert("envs", nest(["default"], environment));
    Item::Table(table)
}

fn ruff(plan: &Plan, thin_is_python: bool) -> Item {
    let mut table = Table::new();
    table.insert("line-length", value(i64::from(LINE_LENGTH)));
    if !thin_is_python {
        table.insert("extend-exclude", value(inline(["notebooks"])));
        comment(
            &mut table,
            "extend-exclude",
            &["a cell of the notebook is not Python that ruff reads".to_owned()],
        );
    }
    let mut lint = Table::new();
    lint.insert("select", value(inline(RULES)));
    let mut exclude = vec!["notebooks/*.ipynb".to_owned()];
    let mut why = vec!["a notebook imports and shows values as it goes".to_owned()];
    if !plan.local.is_empty() {
        let files = plan
            .local
            .iter()
            .map(|file| format!("src/{}/{}.py", plan.package, file.name));
        exclude.extend(files);
        why.push("files that stood beside the notebook are as they were".to_owned());
    }
    lint.insert("exclude", value(inline(exclude)));
    comment(&mut lint, "exclude", &why);
    let ignores = ignores(plan);
    if !ignores.is_empty() {
        let mut files = Table::new();
        for (file, codes) in ignores {
            files.insert(&file, value(inline(codes.keys().cloned())));
            let reasons: Vec<String> = codes.iter().map(|(code, reason)| format!("{code}: {reason}")).collect();
            comment(&mut files, &file, &reasons);
        }
        lint.insert("per-file-ignores", Item::Table(files));
    }
    table.insert("lint", Item::Table(lint));
    Item::Table(table)
}

/// Rules that the notebook's own lines break, by file and code, with the reason.
fn ignores(plan: &Plan) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut all: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    plan.all().for_each(|plan| ignores_of(plan, &mut all));
    all
}

fn ignores_of(plan: &Plan, all: &mut BTreeMap<String, BTreeMap<String, String>>) {
    let folder = names::folder(plan);
    for exception in &plan.lint_exceptions {
        let file = match exception.file.strip_prefix("tests/") {
            Some(test) => format!("{}/{test}", names::tests_folder(plan)),
            None => format!("{folder}/{}", exception.file),
        };
        all.entry(file)
            .or_default()
            .insert(exception.code.clone(), one_line(&exception.reason));
    }
    let mut add = |file: String, codes: &[&str], reason: &str| {
        for code in codes {
            all.entry(file.clone())
                .or_default()
                .entry((*code).to_owned())
                .or_insert_with(|| reason.to_owned());
        }
    };
    let verbatim = "the notebook's own statements stay as they were written";
    if plan.parts.is_empty() {
        let steps = if plan.step_modules.is_empty() {
            "steps.py"
        } else {
            "steps/*.py"
        };
        add(format!("{folder}/{steps}"), &["B"], verbatim);
    }
    if !plan.functions.items.is_empty() {
        add(format!("{folder}/functions.py"), &["B"], verbatim);
    }
    let inside = "imports inside functions stay in the notebook's order";
    if plan
        .functions
        .items
        .iter()
        .any(|item| source::imports_inside(&item.source))
    {
        add(format!("{folder}/functions.py"), &["I001"], inside);
    }
    if plan
        .steps_module
        .items
        .iter()
        .any(|item| source::imports_inside(&item.source))
    {
        add(format!("{folder}/steps.py"), &["I001"], inside);
    }
    for step in plan.steps.iter().filter(|step| source::imports_inside(&step.body)) {
        add(format!("{folder}/{}", step.file()), &["I001"], inside);
    }
    if plan
        .tests
        .recorded
        .iter()
        .flat_map(|test| &test.checks)
        .any(|check| matches!(check.expected.as_str(), "None" | "True" | "False"))
    {
        add(
            format!("{}/test_recorded.py", names::tests_folder(plan)),
            &["E711", "E712"],
            "values are compared as libraries compare them",
        );
    }
}

fn pytest(plan: &Plan) -> Item {
    let mut options = Table::new();
    options.insert("minversion", value("8.0"));
    options.insert("testpaths", value(inline(["tests"])));
    options.insert("pythonpath", value(inline(["src"])));
    let mut given = vec!["-ra", "--strict-config", "--strict-markers"];
    if !plan.parts.is_empty() {
        // each notebook has its tests, and they have the same names
        given.push("--import-mode=importlib");
    }
    options.insert("addopts", value(inline(given)));
    options.insert("xfail_strict", value(true));
    options.insert("log_level", value("INFO"));
    options.insert("filterwarnings", value(inline(["default"])));
    comment(
        &mut options,
        "filterwarnings",
        &["what the notebook's libraries warn of is shown, and fails nothing".to_owned()],
    );
    nest(["ini_options"], options)
}

/// What scientific-python's review asks for and a package made of one notebook does without.
fn repo_review() -> Item {
    let mut table = Table::new();
    let without = [
        (
            "PY003",
            "nobody has said under which licence the notebook is: its owner has to",
        ),
        ("PY004", "its documentation is README.md"),
        ("PC160", "the words are the author's"),
        ("PC170", "it has no reStructuredText"),
        ("PC180", "README.md is laid out when it is written"),
    ];
    table.insert("ignore", value(inline(without.map(|(code, _)| code))));
    let why: Vec<String> = without.iter().map(|(code, why)| format!("{code}: {why}")).collect();
    comment(&mut table, "ignore", &why);
    Item::Table(table)
}

/// `table` below `path`, whose own headers are not written.
fn nest<const N: usize>(path: [&str; N], table: Table) -> Item {
    let mut item = Item::Table(table);
    for name in path.into_iter().rev() {
        let mut outer = implicit();
        outer.insert(name, item);
        item = Item::Table(outer);
    }
    item
}

fn implicit() -> Table {
    let mut table = Table::new();
    table.set_implicit(true);
    table
}

pub(super) fn inline<T: Into<Value>>(values: impl IntoIterator<Item = T>) -> Array {
    values.into_iter().collect()
}

/// An array with a value a line.
pub(super) fn lines<T: AsRef<str>>(values: &[T]) -> Array {
    let mut array: Array = values.iter().map(AsRef::as_ref).collect();
    for value in array.iter_mut() {
        value.decor_mut().set_prefix("\n    ");
    }
    array.set_trailing("\n");
    array.set_trailing_comma(true);
    array
}

fn comment(table: &mut Table, key: &str, text: &[String]) {
    if let Some(mut key) = table.key_mut(key) {
        let text: String = text.iter().map(|line| format!("# {line}\n")).collect();
        key.leaf_decor_mut().set_prefix(text);
    }
}
