//! What a notebook has in common with others of its package, taken out of its plan.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Argument, Import, ImportSection, Plan};
use super::module_tops::mentions;

/// What is decided for several notebooks at once.
#[derive(Clone, Debug, Default)]
pub struct Common {
    /// Functions, classes and constants that stand in the package's own `functions.py`.
    pub definitions: BTreeSet<String>,
    /// Fields that other notebooks have too, with another value: the names that they take here.
    pub fields: BTreeMap<String, String>,
}

impl Common {
    /// Takes out of `plan` what stands elsewhere now, and finds it there.
    pub(super) fn apply(&self, plan: &mut Plan) {
        self.rename_fields(plan);
        if !self.definitions.is_empty() {
            self.move_definitions(plan);
        }
    }

    fn rename_fields(&self, plan: &mut Plan) {
        let rename = |field: &mut String| {
            if let Some(name) = self.fields.get(field) {
                field.clone_from(name);
            }
        };
        plan.config.iter_mut().for_each(|field| rename(&mut field.field));
        for param in plan.steps.iter_mut().flat_map(|step| &mut step.params) {
            if let Argument::Config(field) = &mut param.argument {
                rename(field);
            }
        }
    }

    fn move_definitions(&self, plan: &mut Plan) {
        let own = format!("{}.functions", plan.package);
        let common = format!("{}.functions", plan.root());
        let of_sections = plan.step_modules.iter_mut().flat_map(|module| &mut module.imports);
        let of_steps = plan.steps_module.imports.iter_mut().chain(of_sections);
        for import in of_steps.chain(&mut plan.tests.own.imports) {
            let moved = import
                .symbol
                .as_ref()
                .is_some_and(|symbol| self.definitions.contains(symbol));
            if import.module == own && moved {
                import.module.clone_from(&common);
            }
        }
        let functions = &mut plan.functions;
        functions.items.retain(|item| !self.definitions.contains(&item.name));
        let sources: Vec<&str> = functions.items.iter().map(|item| item.source.as_str()).collect();
        let used = |name: &str| sources.iter().any(|source| mentions(source, name));
        functions
            .imports
            .retain(|import| !sources.is_empty() && (is_open(import) || used(bound(import))));
        for name in self.definitions.iter().filter(|name| used(name)) {
            functions.imports.push(Import {
                section: ImportSection::FirstParty,
                module: common.clone(),
                symbol: Some(name.clone()),
                alias: None,
                for_effect: false,
            });
        }
    }
}

/// Whether an import does something besides binding its name.
pub(super) fn is_open(import: &Import) -> bool {
    import.section == ImportSection::Future || import.for_effect || import.symbol.as_deref() == Some("*")
}

/// The name that an import binds.
pub(super) fn bound(import: &Import) -> &str {
    let root = import.module.split('.').next().unwrap_or(&import.module);
    import.alias.as_deref().or(import.symbol.as_deref()).unwrap_or(root)
}
