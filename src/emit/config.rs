//! `config.py`: what a run can vary, as fields of pydantic-settings.

use serde::Serialize;

use crate::plan::{ConfigField, ConfigType, ImportSection, Plan};

use super::imports;
use super::literal;
use super::names::FIGURES_DIR;

/// What the template of `config.py` lays out.
#[derive(Serialize)]
pub(super) struct ConfigFile {
    imports: String,
    prefix: String,
    /// The notebooks' names; empty where there is one.
    commands: Vec<String>,
    has_secrets: bool,
    fields: Vec<Field>,
}

#[derive(Serialize)]
struct Field {
    name: String,
    type_: &'static str,
    /// Everything right of `=`.
    value: String,
}

/// Prefix of the environment variables.
pub(super) fn prefix(plan: &Plan) -> String {
    format!("{}_", plan.root().to_uppercase())
}

/// The option on the command line: pydantic-settings gives a single letter a single hyphen.
pub(super) fn option(field: &str) -> String {
    let dashes = if field.chars().count() == 1 { "-" } else { "--" };
    format!("{dashes}{}", field.replace('_', "-"))
}

/// Whether `figures_dir` is added to the notebook's own fields.
pub(super) fn adds_figures_dir(plan: &Plan) -> bool {
    plan.saves_figures && !plan.config.iter().any(|field| field.field == FIGURES_DIR)
}

pub(super) fn config(plan: &Plan) -> ConfigFile {
    let prefix = prefix(plan);
    let mut fields: Vec<Field> = Vec::new();
    for secret in &plan.secrets {
        let description = format!("from the environment variable {}", secret.env);
        // always by its whole name, so that an error names what a person has to set
        let alias = literal::string(&secret.env);
        fields.push(Field {
            name: secret.field.clone(),
            type_: "CliSuppress[SecretStr]",
            value: format!(
                "Field(validation_alias={alias}, description={})",
                literal::string(&description)
            ),
        });
    }
    fields.extend(plan.config.iter().map(field));
    if adds_figures_dir(plan) {
        fields.push(Field {
            name: FIGURES_DIR.to_owned(),
            type_: "Path | None",
            value: "Field(None, description=\"where figures go; none are saved without it\")".to_owned(),
        });
    }
    let uses = |text: &str| {
        fields
            .iter()
            .any(|field| field.value.contains(text) || field.type_.contains(text))
    };
    let mut all = Vec::new();
    let mut add = |wanted: bool, section, module, symbol| {
        if wanted {
            all.push(imports::of(section, module, Some(symbol), None));
        }
    };
    add(
        fields.iter().any(|field| field.type_.starts_with("Path")),
        ImportSection::Stdlib,
        "pathlib",
        "Path",
    );
    add(
        fields.iter().any(|field| field.value.starts_with("Field(")),
        ImportSection::ThirdParty,
        "pydantic",
        "Field",
    );
    add(uses("SecretStr"), ImportSection::ThirdParty, "pydantic", "SecretStr");
    add(
        uses("CliSuppress"),
        ImportSection::ThirdParty,
        "pydantic_settings",
        "CliSuppress",
    );
    add(true, ImportSection::ThirdParty, "pydantic_settings", "BaseSettings");
    add(
        true,
        ImportSection::ThirdParty,
        "pydantic_settings",
        "SettingsConfigDict",
    );
    ConfigFile {
        imports: imports::block(&all),
        has_secrets: !plan.secrets.is_empty(),
        prefix: literal::string(&prefix),
        commands: plan.parts.iter().map(|part| part.name().to_owned()).collect(),
        fields,
    }
}

fn field(field: &ConfigField) -> Field {
    let (type_, default) = match field.type_ {
        ConfigType::Int => ("int", field.default.clone()),
        ConfigType::Float => ("float", field.default.clone()),
        ConfigType::Str => ("str", field.default.clone()),
        ConfigType::Bool => ("bool", field.default.clone()),
        ConfigType::Path => ("Path", format!("Path({})", field.default)),
    };
    let described = field
        .description
        .as_ref()
        .map(|text| format!("description={}", literal::string(&literal::one_line(text))));
    let value = match (described, field.default.is_empty()) {
        (Some(described), true) => format!("Field({described})"),
        (Some(described), false) => format!("Field({default}, {described})"),
        (None, true) => "Field()".to_owned(),
        (None, false) => default,
    };
    Field {
        name: field.field.clone(),
        type_,
        value,
    }
}
