//! The templates of the package, built in.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

use super::EmitError;

macro_rules! templates {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../templates/package/", $name, ".j2")))),*]
    };
}

/// Name (the path of what it lays out, with `package` for the package's name) and text.
const TEMPLATES: &[(&str, &str)] = templates![
    ".env.example",
    ".github/dependabot.yml",
    ".github/workflows/ci.yml",
    ".gitignore",
    ".pre-commit-config.yaml",
    "README.md",
    "src/package/__init__.py",
    "src/package/__main__.py",
    "src/package/cli.py",
    "src/package/config.py",
    "src/package/contracts.py",
    "src/package/figures.py",
    "src/package/functions.py",
    "src/package/pipeline.py",
    "src/package/steps.py",
    "tests/conftest.py",
    "tests/test_notebook.py",
    "tests/test_package.py",
    "tests/test_recorded.py",
    "tests/test_steps.py",
];

/// The text of `template` with `values`; `path` is what an error names.
pub(super) fn render(path: &str, template: &str, values: impl Serialize) -> Result<String, EmitError> {
    let failed = |message: String| EmitError {
        path: path.to_owned(),
        message,
    };
    let Some((_, source)) = TEMPLATES.iter().find(|(name, _)| *name == template) else {
        return Err(failed(format!("there is no template {template}")));
    };
    let mut environment = Environment::new();
    // values come escaped for where they land: Python, Markdown or YAML, which a file's suffix can't tell
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build();
    let text = syntax.and_then(|syntax| {
        environment.set_syntax(syntax);
        environment
            .template_from_named_str(template, source)?
            .render(Serde(values))
    });
    text.map_err(|error| failed(format!("{error:#}")))
}
