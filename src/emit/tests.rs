//! The package's tests: what the notebook recorded, files that are missing, and what holds for every package.

use std::collections::BTreeSet;

use ruff_python_ast::Expr;
use ruff_python_parser::parse_expression;
use serde::Serialize;

use crate::plan::{Check, ConfigField, ConfigType, ImportSection, MissingFile, PathUse, Plan, Recorded, Step};

use super::config;
use super::host;
use super::imports;
use super::literal;
use super::names::{self, FIGURES_DIR};
use super::source;

/// Modules of the standard library that a recorded value is compared with.
const STDLIB: [&str; 16] = [
    "collections",
    "datetime",
    "decimal",
    "fractions",
    "functools",
    "hashlib",
    "io",
    "itertools",
    "json",
    "math",
    "operator",
    "os",
    "pathlib",
    "re",
    "statistics",
    "textwrap",
];

#[derive(Serialize)]
pub(super) struct Conftest {
    imports: String,
    variable: String,
    /// How many folders above the file the one is that holds the package.
    up: usize,
    /// Environment variables without which nothing runs.
    needed: Vec<String>,
    inputs: Vec<(String, String)>,
    exists: &'static str,
    /// File name of the notebook as a literal, where the run stands in its folder.
    notebook: Option<String>,
    /// Fields and values of a dictionary's inside.
    outputs: String,
    /// Of these, the fields of files that the run changes: it gets copies.
    copied: Vec<String>,
    /// The steps' names; with their modules before them, where these are several.
    steps: Vec<String>,
    several: bool,
    /// What `run` is given of what the platform had, as the inside of a dictionary.
    given: String,
    /// Whether tests look at what the run printed, and whether it prints by messages.
    printed: bool,
    messages: bool,
}

pub(super) fn conftest(plan: &Plan) -> Conftest {
    let package = &plan.package;
    let own = |module: String, symbol| imports::of(ImportSection::FirstParty, &module, Some(symbol), None);
    let mut all = vec![
        own(format!("{}.config", plan.root()), "Config"),
        own(format!("{package}.pipeline"), "Results"),
        own(format!("{package}.pipeline"), "run"),
    ];
    all.extend(imports::of_steps(plan, plan.steps.iter()));
    if plan.steps.is_empty() {
        all.push(own(package.clone(), "steps"));
    }
    if !plan.given.is_empty() {
        all.push(own(plan.root().to_owned(), "host"));
    }
    if plan.messages && !plan.tests.printed.is_empty() {
        all.push(own(format!("{}.console", plan.root()), "show_messages"));
    }
    let written = |field: &ConfigField| {
        // a file that the notebook writes and then reads is not an input
        plan.config
            .iter()
            .any(|other| other.path_use > Some(PathUse::Read) && other.default == field.default)
    };
    let files = || {
        plan.config
            .iter()
            .filter(|field| matches!(field.type_, ConfigType::Path | ConfigType::Str))
    };
    let inputs: Vec<&ConfigField> = files()
        .filter(|field| field.path_use == Some(PathUse::Read) && !written(field) && !field.default.contains("://"))
        .collect();
    let mut outputs: Vec<(String, String)> = files()
        .filter(|field| field.path_use.is_some() && written(field))
        .map(|field| {
            (
                field.field.clone(),
                path(field, &format!("out / {}.name", as_path(field))),
            )
        })
        .collect();
    if config::adds_figures_dir(plan) {
        outputs.push((FIGURES_DIR.to_owned(), "out / \"figures\"".to_owned()));
    }
    let entries: Vec<String> = outputs
        .iter()
        .map(|(field, value)| format!("{}: {value}", literal::string(field)))
        .collect();
    let of_step = |step: &Step| match step.module.rsplit_once('.') {
        Some((_, module)) => format!("({module}, {})", literal::string(&step.function)),
        None => literal::string(&step.function),
    };
    let strings = inputs.iter().any(|field| field.type_ == ConfigType::Str);
    Conftest {
        imports: imports::block(&all),
        up: 2 + usize::from(plan.is_part()),
        variable: format!("{}DATA_ROOT", config::prefix(plan)),
        needed: needed(plan),
        inputs: inputs
            .into_iter()
            .map(|field| {
                (
                    field.field.clone(),
                    path(field, &format!("DATA_ROOT / config.{}", field.field)),
                )
            })
            .collect(),
        exists: if strings {
            "Path(path).exists()"
        } else {
            "path.exists()"
        },
        notebook: plan
            .tests
            .needs_notebook_folder
            .then(|| literal::string(&plan.notebook.file_name)),
        outputs: entries.join(", "),
        copied: files()
            .filter(|field| field.path_use == Some(PathUse::Update))
            .map(|field| literal::string(&field.field))
            .collect(),
        steps: plan.steps.iter().map(of_step).collect(),
        several: !plan.step_modules.is_empty(),
        given: plan.given.iter().map(|given| host::entry(plan, given)).collect(),
        printed: !plan.tests.printed.is_empty(),
        messages: plan.messages,
    }
}

/// The variables of secrets, and of what a person has to say.
fn needed(plan: &Plan) -> Vec<String> {
    let prefix = config::prefix(plan);
    let asked = plan.config.iter().filter(|field| field.default.is_empty());
    let secrets = plan.secrets.iter().map(|secret| secret.env.clone());
    secrets
        .chain(asked.map(|field| format!("{prefix}{}", field.field.to_uppercase())))
        .map(|name| literal::string(&name))
        .collect()
}

fn as_path(field: &ConfigField) -> String {
    let value = format!("config.{}", field.field);
    if field.type_ == ConfigType::Str {
        format!("Path({value})")
    } else {
        value
    }
}

fn path(field: &ConfigField, value: &str) -> String {
    if field.type_ == ConfigType::Str {
        format!("str({value})")
    } else {
        value.to_owned()
    }
}

#[derive(Serialize)]
pub(super) struct PackageTests {
    package: String,
    modules: Vec<String>,
    /// Field and environment variable, as the inside of a dictionary.
    secrets: String,
    messages: bool,
}

pub(super) fn package(plan: &Plan) -> PackageTests {
    let of = |plan: &Plan, module: &str| format!("{}.{module}", plan.package);
    let mut modules = vec![of(plan, "cli"), of(plan, "config")];
    for part in plan.each() {
        modules.extend([of(part, "pipeline"), of(part, "steps")]);
        modules.extend(part.step_modules.iter().map(|module| of(part, &module.name)));
    }
    let with_functions = plan.all().filter(|plan| !plan.functions.items.is_empty());
    modules.extend(with_functions.map(|plan| of(plan, "functions")));
    if plan.saves_figures {
        modules.push(of(plan, "figures"));
    }
    if !plan.given.is_empty() {
        modules.push(of(plan, "host"));
    }
    if plan.has_messages() {
        modules.push(of(plan, "console"));
    }
    if super::modules::has_contracts(plan) {
        modules.push(of(plan, "contracts"));
    }
    modules.sort_unstable();
    let secrets: Vec<String> = plan
        .secrets
        .iter()
        .map(|secret| format!("{}: {}", literal::string(&secret.field), literal::string(&secret.env)))
        .collect();
    PackageTests {
        package: plan.package.clone(),
        modules: modules.iter().map(|module| literal::string(module)).collect(),
        secrets: secrets.join(", "),
        messages: plan.has_messages(),
    }
}

#[derive(Serialize)]
pub(super) struct RunTests {
    package: String,
    up: usize,
    /// Whether the manifest names steps of other notebooks too.
    is_part: bool,
}

pub(super) fn run(plan: &Plan) -> RunTests {
    RunTests {
        package: plan.package.clone(),
        up: 1 + usize::from(plan.is_part()),
        is_part: plan.is_part(),
    }
}

#[derive(Serialize)]
pub(super) struct RecordedTests {
    imports: String,
    tests: Vec<RecordedTest>,
    /// Name, and the lines as Python literals.
    printed: Vec<(String, Vec<String>)>,
}

#[derive(Serialize)]
struct RecordedTest {
    name: String,
    table: Option<String>,
    /// Both sides of each comparison.
    checks: Vec<(String, String)>,
}

pub(super) fn recorded(plan: &Plan) -> RecordedTests {
    let tests = &plan.tests.recorded;
    let results = format!("{}.pipeline", plan.package);
    let printed = &plan.tests.printed;
    let mut all = Vec::new();
    if !tests.is_empty() {
        all.push(imports::of(ImportSection::FirstParty, &results, Some("Results"), None));
    }
    if !printed.is_empty() {
        all.push(imports::of(ImportSection::Stdlib, "re", None, None));
    }
    let checks = || tests.iter().flat_map(|test| &test.checks);
    if checks().any(|check| check.tolerance.is_some()) {
        all.push(imports::of(ImportSection::ThirdParty, "pytest", None, None));
    }
    let tables = tests.iter().filter_map(|test| test.table.as_ref());
    let roots: BTreeSet<&str> = checks()
        .flat_map(|check| [&check.expression, &check.expected])
        .chain(tables)
        .flat_map(|text| source::roots(text))
        .collect();
    for module in STDLIB.into_iter().filter(|module| roots.contains(module)) {
        all.push(imports::of(ImportSection::Stdlib, module, None, None));
    }
    RecordedTests {
        imports: imports::block(&all),
        tests: tests.iter().map(recorded_test).collect(),
        printed: printed
            .iter()
            .map(|test| {
                let lines = test.lines.iter().map(|line| literal::string(line));
                (test.test.clone(), lines.collect())
            })
            .collect(),
    }
}

fn recorded_test(test: &Recorded) -> RecordedTest {
    let sides = |check: &Check| {
        let expected = match &check.tolerance {
            Some(tolerance) => format!("pytest.approx({}, {tolerance})", check.expected),
            None => operand(&check.expected),
        };
        (operand(&check.expression), expected)
    };
    RecordedTest {
        name: test.test.clone(),
        table: test.table.clone(),
        checks: test.checks.iter().map(sides).collect(),
    }
}

/// `text` as one side of `==`, in parentheses where it binds less.
fn operand(text: &str) -> String {
    let loose = parse_expression(text).is_ok_and(|parsed| {
        matches!(
            parsed.expr(),
            Expr::BoolOp(_) | Expr::Compare(_) | Expr::If(_) | Expr::Lambda(_) | Expr::Named(_) | Expr::UnaryOp(_)
        )
    });
    if loose { format!("({text})") } else { text.to_owned() }
}

#[derive(Serialize)]
pub(super) struct MissingTests {
    imports: String,
    tests: Vec<MissingTest>,
    columns: Vec<ColumnTest>,
}

/// A step that must name the column that it misses.
#[derive(Serialize)]
struct ColumnTest {
    function: String,
    /// The function, with its module before it.
    callee: String,
    /// A dictionary of the columns that are there.
    frame: String,
    /// How the error shows the one that is not.
    column: String,
    arguments: String,
}

#[derive(Serialize)]
struct MissingTest {
    function: String,
    callee: String,
    param: String,
    file: String,
    exception: String,
    arguments: String,
}

pub(super) fn missing_files(plan: &Plan) -> MissingTests {
    let tests = plan
        .tests
        .missing_files
        .iter()
        .map(|test| missing_file(plan, test))
        .collect();
    let columns: Vec<ColumnTest> = plan.steps.iter().filter_map(column_test).collect();
    let tested = |step: &&Step| {
        let mut missing = plan.tests.missing_files.iter();
        !step.requires.is_empty() || missing.any(|test| test.function == step.function)
    };
    let own = |module: String, symbol| imports::of(ImportSection::FirstParty, &module, Some(symbol), None);
    let mut all = vec![
        imports::of(ImportSection::Stdlib, "re", None, None),
        imports::of(ImportSection::ThirdParty, "pytest", None, None),
    ];
    all.extend(imports::of_steps(plan, plan.steps.iter().filter(tested)));
    if !plan.tests.missing_files.is_empty() {
        all.push(imports::of(ImportSection::Stdlib, "pathlib", Some("Path"), None));
    }
    if !columns.is_empty() {
        all.push(imports::of(ImportSection::ThirdParty, "pandas", None, Some("pd")));
        all.push(own(format!("{}.contracts", plan.root()), "ContractError"));
    }
    MissingTests {
        imports: imports::block(&all),
        tests,
        columns,
    }
}

/// The first frame that a step checks, without the last of its columns; nothing else is looked at before.
fn column_test(step: &Step) -> Option<ColumnTest> {
    let (frame, columns) = step.requires.first()?;
    let (missing, there) = columns.split_last()?;
    let arguments: Vec<String> = names::parameters(step)
        .into_iter()
        .map(|name| format!("{name}={}", if name == frame { "frame" } else { "None" }))
        .collect();
    let columns: Vec<String> = there
        .iter()
        .map(|name| format!("{}: [1]", literal::string(name)))
        .collect();
    Some(ColumnTest {
        function: step.function.clone(),
        callee: step.callee(),
        frame: format!("{{{}}}", columns.join(", ")),
        column: format!("repr({})", literal::string(missing)),
        arguments: arguments.join(", "),
    })
}

fn missing_file(plan: &Plan, test: &MissingFile) -> MissingTest {
    let step = plan.steps.iter().find(|step| step.function == test.function);
    let annotation = |name: &str| {
        let params = step.map(|step| step.params.as_slice()).unwrap_or_default();
        params
            .iter()
            .find(|param| param.name == name)
            .map(|param| param.annotation.as_str())
    };
    let absent = if annotation(&test.param) == Some("str") {
        "str(absent)"
    } else {
        "absent"
    };
    let mut arguments = vec![format!("{}={absent}", test.param)];
    for (name, value) in &test.others {
        let bare = annotation(name) == Some("Path") && !value.contains("Path(");
        arguments.push(if bare {
            format!("{name}=Path({value})")
        } else {
            format!("{name}={value}")
        });
    }
    let given = test.others.iter().any(|(name, _)| name == FIGURES_DIR);
    if step.is_some_and(|step| step.saves_figures) && !given {
        arguments.push(format!("{FIGURES_DIR}=None"));
    }
    MissingTest {
        function: test.function.clone(),
        callee: step.map_or_else(|| format!("steps.{}", test.function), Step::callee),
        param: test.param.clone(),
        file: literal::string(&format!("absent{}", test.suffix)),
        exception: test.exception.clone(),
        arguments: arguments.join(", "),
    }
}
