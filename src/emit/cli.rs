//! `cli.py`: the command line, with a command for each notebook where there are several.

use serde::Serialize;

use crate::plan::{ImportSection, Plan};

use super::config;
use super::host;
use super::imports;
use super::literal;
use super::modules;

/// What the template of `cli.py` lays out.
#[derive(Serialize)]
pub(super) struct CliFile {
    imports: String,
    /// What the help says of the package.
    doc: String,
    contracts: bool,
    /// Whether the platform gave the notebooks anything.
    host: bool,
    /// What `run` is given of that, as keyword arguments behind the first; one text for each command, or one.
    given: Vec<String>,
    messages: bool,
    /// Whether the options of these names are free: the notebook may have fields of its own.
    quiet: bool,
    verbose: bool,
    /// The notebooks' names; empty where there is one.
    commands: Vec<String>,
    /// Whether each command has a folder of its own for figures.
    figures: bool,
}

pub(super) fn cli(plan: &Plan) -> CliFile {
    use ImportSection::{FirstParty, Stdlib, ThirdParty};
    let package = plan.root();
    let contracts = modules::has_contracts(plan);
    let messages = plan.has_messages();
    let free = |name: &str| !plan.config.iter().any(|field| field.field == name);
    let (quiet, verbose) = (free("quiet"), free("verbose"));
    let about = [&plan.notebook.summary, &plan.notebook.title].map(|text| literal::one_line(text));
    let about = about.into_iter().find(|text| !text.is_empty());
    let mut all = vec![
        imports::of(Stdlib, "logging", None, None),
        imports::of(Stdlib, "sys", None, None),
        imports::of(Stdlib, "collections.abc", Some("Sequence"), None),
        imports::of(ThirdParty, "pydantic", Some("ValidationError"), None),
        imports::of(ThirdParty, "pydantic_settings", Some("CliApp"), None),
        imports::of(FirstParty, &format!("{package}.config"), Some("Config"), None),
    ];
    if contracts {
        let module = format!("{package}.contracts");
        all.push(imports::of(FirstParty, &module, Some("ContractError"), None));
    }
    let host = !plan.given.is_empty();
    if host {
        all.push(imports::of(FirstParty, package, Some("host"), None));
    }
    all.push(imports::of(Stdlib, "contextlib", None, None));
    if quiet {
        all.push(imports::of(Stdlib, "os", None, None));
    }
    if quiet || verbose {
        all.push(imports::of(ThirdParty, "pydantic", Some("Field"), None));
        all.push(imports::of(
            ThirdParty,
            "pydantic_settings",
            Some("CliImplicitFlag"),
            None,
        ));
    }
    if messages {
        let module = format!("{package}.console");
        all.push(imports::of(FirstParty, &module, Some("show_messages"), None));
    }
    for part in plan.each() {
        let alias = part.is_part().then(|| format!("run_{}", part.name()));
        let module = format!("{}.pipeline", part.package);
        all.push(imports::of(FirstParty, &module, Some("run"), alias.as_deref()));
    }
    if !plan.parts.is_empty() {
        all.push(imports::of(Stdlib, "collections.abc", Some("Callable"), None));
    }
    CliFile {
        imports: imports::block(&all),
        doc: literal::docstring(about.as_deref().unwrap_or(package)),
        contracts,
        host,
        given: plan.each().iter().map(host::arguments).collect(),
        messages,
        quiet,
        verbose,
        commands: plan.parts.iter().map(|part| part.name().to_owned()).collect(),
        figures: config::adds_figures_dir(plan) && !plan.parts.is_empty(),
    }
}
