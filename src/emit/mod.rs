//! From a plan to the files of the package: layout only, no decisions.

mod cli;
mod config;
mod format;
mod host;
mod imports;
mod literal;
mod loose_types;
mod manifest;
mod markdown;
mod modules;
mod mypy;
mod names;
mod pipeline;
mod provenance;
mod pyproject;
mod readme;
mod source;
mod templates;
mod tests;
mod thin;
mod tree;

use std::fmt;

use minijinja::context;

use crate::plan::Plan;

pub use templates::Templates;
pub use tree::Tree;

/// A generated file that doesn't read as what it is. It means a fault of the planner or of this module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmitError {
    /// Path in the package.
    pub path: String,
    pub message: String,
    /// The file and the line of a person's own template, where that is at fault.
    pub template: Option<(String, Option<usize>)>,
}

impl fmt::Display for EmitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.template {
            Some((file, Some(line))) => write!(f, "{file}:{line}: ")?,
            Some((file, None)) => write!(f, "{file}: ")?,
            None => {}
        }
        write!(f, "the text made for {} is not valid: {}", self.path, self.message)
    }
}

impl std::error::Error for EmitError {}

/// The package of a plan. The same plan gives the same bytes.
pub fn emit(plan: &Plan) -> Result<Tree, EmitError> {
    emit_with(plan, &Templates::default())
}

/// The package of a plan, laid out by these templates.
pub fn emit_with(plan: &Plan, templates: &Templates) -> Result<Tree, EmitError> {
    let mut out = Package {
        plan,
        templates,
        tree: Tree::default(),
    };
    out.frame()?;
    let mut thin_is_python = true;
    for part in plan.each() {
        out.sources(part)?;
        out.tests(part)?;
        let thin = thin::notebook(part);
        thin_is_python &= thin.is_python;
        out.tree.insert(format!("notebooks/{}.ipynb", part.name()), thin.text);
    }
    out.tree
        .insert("pyproject.toml", pyproject::pyproject(plan, thin_is_python));
    out.tree.insert("graduation.json", manifest::manifest(plan));
    out.tree
        .insert("provenance.json", provenance::provenance(plan, &out.tree));
    out.text("README.md", "README.md", readme::readme(plan))?;
    out.text(".gitignore", ".gitignore", ())?;
    out.text(".pre-commit-config.yaml", ".pre-commit-config.yaml", ())?;
    let owners = literal::one_line(&plan.owners().join(" "));
    if !owners.is_empty() {
        out.tree.insert("CODEOWNERS", format!("* {owners}\n"));
    }
    let python = format!("{}.{}", plan.python.0, plan.python.1);
    out.text(
        ".github/workflows/ci.yml",
        ".github/workflows/ci.yml",
        context! { python },
    )?;
    out.text(".github/dependabot.yml", ".github/dependabot.yml", ())?;
    if !plan.secrets.is_empty() {
        let names: Vec<String> = plan.secrets.iter().map(|secret| secret.env.clone()).collect();
        out.text(".env.example", ".env.example", context! { names })?;
    }
    Ok(out.tree)
}

struct Package<'a> {
    plan: &'a Plan,
    templates: &'a Templates,
    tree: Tree,
}

impl Package<'_> {
    /// What a package has once, however many notebooks it is made of.
    fn frame(&mut self) -> Result<(), EmitError> {
        let plan = self.plan;
        let package = &plan.package;
        self.source(plan, "__main__.py", context! { package })?;
        self.source(plan, "cli.py", cli::cli(plan))?;
        self.source(plan, "config.py", config::config(plan))?;
        if plan.has_messages() {
            self.source(plan, "console.py", context! { package })?;
        }
        if modules::has_contracts(plan) {
            self.source(plan, "contracts.py", ())?;
        }
        if plan.saves_figures {
            self.source(plan, "figures.py", ())?;
        }
        if !plan.given.is_empty() {
            self.source(plan, "host.py", host::host(plan))?;
        }
        if !plan.parts.is_empty() {
            self.about(plan)?;
            self.functions(plan)?;
        }
        for file in &plan.local {
            let path = format!("src/{package}/{}.py", file.name);
            // a file that the formatter doesn't read is a file all the same
            let text = format::module(&path, &file.source, plan.python).unwrap_or_else(|_| file.source.clone());
            self.tree.insert(path, text);
        }
        self.tree.insert(format!("src/{package}/py.typed"), "");
        self.test(plan, "test_package.py", tests::package(plan))
    }

    /// The modules of a notebook.
    fn sources(&mut self, plan: &Plan) -> Result<(), EmitError> {
        self.about(plan)?;
        self.source(plan, "pipeline.py", pipeline::pipeline(plan))?;
        if plan.step_modules.is_empty() {
            self.source(plan, "steps.py", modules::steps(plan))?;
        } else {
            self.sections(plan)?;
        }
        self.functions(plan)
    }

    /// The steps, a module for each section.
    fn sections(&mut self, plan: &Plan) -> Result<(), EmitError> {
        let folder = names::folder(plan);
        let doc = literal::docstring("The notebook's sections, a module each.");
        self.python(
            &format!("{folder}/steps/__init__.py"),
            "src/package/__init__.py",
            context! { doc },
        )?;
        for module in &plan.step_modules {
            let path = format!("{folder}/{}.py", module.name.replace('.', "/"));
            self.python(&path, "src/package/steps.py", modules::section(plan, module))?;
        }
        Ok(())
    }

    fn functions(&mut self, plan: &Plan) -> Result<(), EmitError> {
        if plan.functions.items.is_empty() {
            return Ok(());
        }
        self.source(
            plan,
            "functions.py",
            modules::definitions(&plan.functions, !plan.parts.is_empty()),
        )
    }

    fn about(&mut self, plan: &Plan) -> Result<(), EmitError> {
        let about = if plan.notebook.summary.is_empty() {
            &plan.notebook.title
        } else {
            &plan.notebook.summary
        };
        let about = if literal::one_line(about).is_empty() {
            &plan.package
        } else {
            about
        };
        self.source(plan, "__init__.py", context! { doc => literal::docstring(about) })
    }

    /// The tests of a notebook.
    fn tests(&mut self, plan: &Plan) -> Result<(), EmitError> {
        let told = !plan.tests.recorded.is_empty() || !plan.tests.printed.is_empty();
        if !plan.steps.is_empty() || told {
            self.test(plan, "conftest.py", tests::conftest(plan))?;
        }
        if !plan.steps.is_empty() {
            self.test(plan, "test_run.py", tests::run(plan))?;
        }
        if !plan.tests.own.items.is_empty() {
            self.test(plan, "test_notebook.py", modules::definitions(&plan.tests.own, false))?;
        }
        if told {
            self.test(plan, "test_recorded.py", tests::recorded(plan))?;
        }
        if !plan.tests.missing_files.is_empty() || modules::has_contracts(plan) {
            self.test(plan, "test_steps.py", tests::missing_files(plan))?;
        }
        Ok(())
    }

    fn source(&mut self, plan: &Plan, name: &str, values: impl serde::Serialize) -> Result<(), EmitError> {
        self.python(
            &format!("{}/{name}", names::folder(plan)),
            &format!("src/package/{name}"),
            values,
        )
    }

    fn test(&mut self, plan: &Plan, name: &str, values: impl serde::Serialize) -> Result<(), EmitError> {
        let path = format!("{}/{name}", names::tests_folder(plan));
        self.python(&path, &format!("tests/{name}"), values)
    }

    fn python(&mut self, path: &str, template: &str, values: impl serde::Serialize) -> Result<(), EmitError> {
        let text = self.templates.render(path, template, values)?;
        let module = format::module(path, &text, self.plan.python).map_err(|error| EmitError {
            template: self.templates.own_file(template).map(|file| (file, None)),
            ..error
        })?;
        self.tree.insert(path, module);
        Ok(())
    }

    fn text(&mut self, path: &str, template: &str, values: impl serde::Serialize) -> Result<(), EmitError> {
        self.tree.insert(path, self.templates.render(path, template, values)?);
        Ok(())
    }
}
