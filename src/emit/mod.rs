//! From a plan to the files of the package: layout only, no decisions.

mod config;
mod format;
mod imports;
mod literal;
mod loose_types;
mod manifest;
mod markdown;
mod modules;
mod mypy;
mod names;
mod pipeline;
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

pub use tree::Tree;

/// A generated file that doesn't read as what it is. It means a fault of the planner or of this module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmitError {
    /// Path in the package.
    pub path: String,
    pub message: String,
}

impl fmt::Display for EmitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the text made for {} is not valid: {}", self.path, self.message)
    }
}

impl std::error::Error for EmitError {}

/// The package of a plan. The same plan gives the same bytes.
pub fn emit(plan: &Plan) -> Result<Tree, EmitError> {
    let mut out = Package {
        plan,
        tree: Tree::default(),
    };
    out.sources()?;
    out.tests()?;
    let thin = thin::notebook(plan);
    out.tree
        .insert("pyproject.toml", pyproject::pyproject(plan, thin.is_python));
    out.tree.insert(format!("notebooks/{}.ipynb", plan.package), thin.text);
    out.tree.insert("graduation.json", manifest::manifest(plan));
    out.text("README.md", "README.md", readme::readme(plan))?;
    out.text(".gitignore", ".gitignore", ())?;
    out.text(".pre-commit-config.yaml", ".pre-commit-config.yaml", ())?;
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
    tree: Tree,
}

impl Package<'_> {
    fn sources(&mut self) -> Result<(), EmitError> {
        let plan = self.plan;
        let package = &plan.package;
        let about = if plan.notebook.summary.is_empty() {
            &plan.notebook.title
        } else {
            &plan.notebook.summary
        };
        let about = if literal::one_line(about).is_empty() {
            package
        } else {
            about
        };
        self.source("__init__.py", context! { doc => literal::docstring(about) })?;
        self.source("__main__.py", context! { package })?;
        let contracts = modules::has_contracts(plan);
        self.source("cli.py", context! { package, contracts })?;
        self.source("config.py", config::config(plan))?;
        if modules::has_contracts(plan) {
            self.source("contracts.py", ())?;
        }
        self.source("pipeline.py", pipeline::pipeline(plan))?;
        self.source("steps.py", modules::steps(plan))?;
        if !plan.functions.items.is_empty() {
            self.source("functions.py", modules::definitions(&plan.functions))?;
        }
        if plan.saves_figures {
            self.source("figures.py", ())?;
        }
        for file in &plan.local {
            let path = format!("src/{package}/{}.py", file.name);
            // a file that the formatter doesn't read is a file all the same
            let text = format::module(&path, &file.source, plan.python).unwrap_or_else(|_| file.source.clone());
            self.tree.insert(path, text);
        }
        self.tree.insert(format!("src/{package}/py.typed"), "");
        Ok(())
    }

    fn tests(&mut self) -> Result<(), EmitError> {
        let plan = self.plan;
        if !plan.steps.is_empty() || !plan.tests.recorded.is_empty() {
            self.test("conftest.py", tests::conftest(plan))?;
        }
        self.test("test_package.py", tests::package(plan))?;
        if !plan.tests.own.items.is_empty() {
            self.test("test_notebook.py", modules::definitions(&plan.tests.own))?;
        }
        if !plan.tests.recorded.is_empty() {
            self.test("test_recorded.py", tests::recorded(plan))?;
        }
        if !plan.tests.missing_files.is_empty() || modules::has_contracts(plan) {
            self.test("test_steps.py", tests::missing_files(plan))?;
        }
        Ok(())
    }

    fn source(&mut self, name: &str, values: impl serde::Serialize) -> Result<(), EmitError> {
        self.python(
            &format!("src/{}/{name}", self.plan.package),
            &format!("src/package/{name}"),
            values,
        )
    }

    fn test(&mut self, name: &str, values: impl serde::Serialize) -> Result<(), EmitError> {
        let path = format!("tests/{name}");
        self.python(&path, &path, values)
    }

    fn python(&mut self, path: &str, template: &str, values: impl serde::Serialize) -> Result<(), EmitError> {
        let text = templates::render(path, template, values)?;
        self.tree.insert(path, format::module(path, &text, self.plan.python)?);
        Ok(())
    }

    fn text(&mut self, path: &str, template: &str, values: impl serde::Serialize) -> Result<(), EmitError> {
        self.tree.insert(path, templates::render(path, template, values)?);
        Ok(())
    }
}
