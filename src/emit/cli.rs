//! `cli.py`: the command line, with a command for each notebook where there are several.

use serde::Serialize;

use crate::plan::{ImportSection, Plan};

use super::config;
use super::imports;
use super::modules;

/// What the template of `cli.py` lays out.
#[derive(Serialize)]
pub(super) struct CliFile {
    imports: String,
    contracts: bool,
    /// The notebooks' names; empty where there is one.
    commands: Vec<String>,
    /// Whether each command has a folder of its own for figures.
    figures: bool,
}

pub(super) fn cli(plan: &Plan) -> CliFile {
    use ImportSection::{FirstParty, Stdlib, ThirdParty};
    let package = plan.root();
    let contracts = modules::has_contracts(plan);
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
        contracts,
        commands: plan.parts.iter().map(|part| part.name().to_owned()).collect(),
        figures: config::adds_figures_dir(plan) && !plan.parts.is_empty(),
    }
}
