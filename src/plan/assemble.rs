//! Everything that was decided, put together into the plan.

use std::collections::BTreeSet;

use super::build::Builder;
use super::config::Configuration;
use super::dataflow::DataFlow;
use super::dependencies::dependencies;
use super::given;
use super::layout::Chapter;
use super::local::imported_names;
use super::model::{Argument, ConfigField, PathUse, Plan, SecretField, StateName, Tests};
use super::module_tops::Tops;
use super::modules::{HoistedImports, names_read};
use super::names::package_name;
use super::pieces::Fate;
use super::rewrite::NOTEBOOK_FILE;
use super::shown::Shown;
use super::steps::{Made, SecretUse};
use super::versions::versions;

/// What was decided before the plan is put together.
pub(super) struct Decided<'d> {
    pub config: Configuration,
    pub secrets: &'d [SecretUse],
    pub made: Vec<Made>,
    pub flow: &'d DataFlow,
    pub hoisted: &'d HoistedImports<'d>,
    /// The kept pieces of each step.
    pub groups: &'d [Vec<usize>],
    /// The modules of the steps, where there are several.
    pub chapters: &'d [Chapter],
    /// What the thin notebook may show.
    pub shown: &'d [Shown],
    pub reflective: bool,
}

impl Builder<'_> {
    pub(super) fn assemble(&self, decided: Decided<'_>) -> Plan {
        let Decided {
            mut config,
            secrets,
            made,
            flow,
            hoisted,
            groups,
            chapters,
            shown,
            reflective,
        } = decided;
        for field in &mut config.fields {
            describe(field, &made);
        }
        let package = self.package();
        let functions = self.functions_module(hoisted);
        let tops = Tops {
            hoisted,
            package: &package,
            functions: &functions,
            reflective,
        };
        let steps_module = self.steps_module(&tops, &made, groups);
        let step_modules = self.step_modules(&tops, chapters, &made, groups);
        let mut read = self.names_read_anywhere();
        let left = self.pieces.iter().filter(|p| matches!(p.fate, Fate::Left(_)));
        let in_thin = left.chain(shown.iter().filter_map(|shown| self.pieces.get(shown.piece)));
        read.extend(in_thin.flat_map(|p| names_read(self.facts, p)));
        let (_, unused) = hoisted.unused(&read);
        let mut modules = self.used_modules(&unused);
        modules.retain(|module, _| !self.local.contains(module));
        // what only the notebook's tests import is there for developers
        if self.pieces.iter().any(|p| p.fate == Fate::Test) {
            modules.remove("pytest");
        }
        for name in self.files.iter().flat_map(|file| imported_names(&file.source)) {
            if !self.local.contains(&name) {
                modules.insert(name, false);
            }
        }
        let statements: Vec<_> = self.pieces.iter().filter(|p| p.is_taken()).map(|p| p.stmt).collect();
        let known = versions(
            self.notebook,
            self.cells,
            self.facts,
            self.pieces,
            &self.options.requirements,
        );
        let mut deps = dependencies(&modules, &statements, &self.facts.imports, &known);
        let saves_figures = made.iter().any(|m| m.step.saves_figures);
        if saves_figures && !deps.iter().any(|d| d.distribution == "matplotlib") {
            deps.push(super::model::Dependency {
                distribution: "matplotlib".to_owned(),
                version: String::new(),
                optional: false,
                known: true,
            });
            deps.sort();
        }
        let mut untyped: BTreeSet<String> = modules
            .keys()
            .filter(|m| !crate::python::is_stdlib(m))
            .map(|m| m.split('.').next().unwrap_or_default().to_owned())
            .collect();
        let given = given::taken(self.facts, self.pieces, flow, &made);
        untyped.extend(given.iter().filter_map(|given| given.module()).map(str::to_owned));
        if saves_figures {
            untyped.insert("matplotlib".to_owned());
        }
        let logs = |source: &str| source.contains("logger.info(");
        let messages = self.messages.in_steps
            && (made.iter().any(|m| logs(&m.code)) || functions.items.iter().any(|item| logs(&item.source)));
        let state = flow
            .state
            .iter()
            .map(|(&name, reason)| StateName {
                name: match self.facts.text(name) {
                    "__file__" => NOTEBOOK_FILE.to_owned(),
                    text => text.to_owned(),
                },
                reason: reason.clone(),
            })
            .collect();
        let returned: BTreeSet<&str> = made
            .iter()
            .flat_map(|m| &m.step.returns)
            .map(|r| r.name.as_str())
            .collect();
        let results = flow
            .results
            .iter()
            .map(|&n| self.facts.text(n).to_owned())
            .filter(|n| returned.contains(n.as_str()))
            .collect();
        let lint_exceptions = self.lint_exceptions(&made, flow, groups, reflective);
        let dropped = self.dropped(&unused);
        let notes = self.notes();
        Plan {
            notebook: self.options.notebook.clone(),
            distribution: package.replace('_', "-"),
            package,
            python: self.python_version(),
            config: config.fields,
            secrets: fields_of(secrets),
            functions,
            steps_module,
            step_modules,
            state,
            steps: made.into_iter().map(|m| m.step).collect(),
            given,
            results,
            dependencies: deps,
            untyped: untyped.into_iter().collect(),
            lint_exceptions,
            dropped,
            notes,
            tests: Tests::default(),
            thin: Vec::new(),
            local: self.local.files(self.files),
            saves_figures,
            messages,
            verification: None,
            parts: Vec::new(),
        }
    }

    /// The import name: the one that was asked for, or from the file's name.
    pub(super) fn package(&self) -> String {
        let imported: BTreeSet<String> = self
            .imported_modules()
            .keys()
            .map(|m| m.split('.').next().unwrap_or_default().to_owned())
            .collect();
        let file = &self.options.notebook.file_name;
        let stem = file.strip_suffix(".ipynb").unwrap_or(file);
        self.options
            .package
            .clone()
            .unwrap_or_else(|| package_name(stem, &imported))
    }

    pub(super) fn python_version(&self) -> (u8, u8) {
        let version = self.notebook.language_version.as_deref().unwrap_or_default();
        let minor = version
            .strip_prefix("3.")
            .and_then(|rest| rest.split('.').next())
            .and_then(|m| m.parse().ok());
        (3, minor.unwrap_or(10u8).clamp(10, 13))
    }
}

/// The fields of secrets, each once: one may be asked for in several places.
fn fields_of(secrets: &[SecretUse]) -> Vec<SecretField> {
    let mut seen = BTreeSet::new();
    let fields = secrets.iter().map(|secret| &secret.field);
    fields.filter(|field| seen.insert(&field.field)).cloned().collect()
}

/// A path says who reads or writes it, where the notebook says nothing of it.
fn describe(field: &mut ConfigField, made: &[Made]) {
    let Some(path_use) = field.path_use.filter(|_| field.description.is_none()) else {
        return;
    };
    let taken = Argument::Config(field.field.clone());
    let takes = |m: &&Made| m.step.params.iter().any(|param| param.argument == taken);
    let steps: Vec<&str> = made.iter().filter(takes).map(|m| m.step.function.as_str()).collect();
    let how = path_use.word();
    field.description = match steps.as_slice() {
        [] => Some(how.to_owned()),
        // who writes it first may read it afterwards
        [first, .., last] if path_use == PathUse::Write && first != last => Some(format!("{how} by {first}")),
        [one] => Some(format!("{how} by {one}")),
        [all @ .., last] => Some(format!("{how} by {} and {last}", all.join(", "))),
    };
}
