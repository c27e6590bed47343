//! The templates of the package: built in, and in place of them what a person has written.

use std::collections::BTreeMap;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

use super::{EmitError, Tree};

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
    "src/package/console.py",
    "src/package/contracts.py",
    "src/package/figures.py",
    "src/package/functions.py",
    "src/package/host.py",
    "src/package/pipeline.py",
    "src/package/steps.py",
    "tests/conftest.py",
    "tests/test_notebook.py",
    "tests/test_package.py",
    "tests/test_recorded.py",
    "tests/test_run.py",
    "tests/test_steps.py",
];

/// The ending of a template's file.
const ENDING: &str = ".j2";

/// The templates of a package: ours, and a person's own in place of some.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Templates {
    own: BTreeMap<String, String>,
}

impl Templates {
    /// Takes templates by the names of their files, `README.md.j2`.
    ///
    /// # Errors
    /// The first name that no template of a package has.
    pub fn with(own: BTreeMap<String, String>) -> Result<Self, String> {
        match own.keys().find(|name| Self::names().all(|known| known != **name)) {
            Some(unknown) => Err(unknown.clone()),
            None => Ok(Self { own }),
        }
    }

    /// The names of the files, sorted.
    pub fn names() -> impl Iterator<Item = String> {
        TEMPLATES.iter().map(|(name, _)| format!("{name}{ENDING}"))
    }

    /// Ours, as files to begin with.
    pub fn ours() -> Tree {
        let files = TEMPLATES.iter();
        Tree {
            files: files
                .map(|(name, text)| (format!("{name}{ENDING}"), (*text).to_owned()))
                .collect(),
        }
    }

    /// The file of a person's own that lays `template` out.
    pub(super) fn own_file(&self, template: &str) -> Option<String> {
        let file = format!("{template}{ENDING}");
        self.own.contains_key(&file).then_some(file)
    }

    fn source(&self, file: &str) -> Option<&str> {
        let ours = || {
            let name = file.strip_suffix(ENDING)?;
            TEMPLATES
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, text)| *text)
        };
        self.own.get(file).map(String::as_str).or_else(ours)
    }

    /// The text of `template` with `values`; `path` is what an error names.
    pub(super) fn render(&self, path: &str, template: &str, values: impl Serialize) -> Result<String, EmitError> {
        let file = format!("{template}{ENDING}");
        let source = self.source(&file).unwrap_or_default();
        // it has no loader: a template reaches its values, and neither other templates nor files
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
                .template_from_named_str(&file, source)?
                .render(Serde(values))
        });
        text.map_err(|error| self.error(path, &error))
    }

    /// A fault of a person's own template is said with its file and line, one of ours with what it should have made.
    fn error(&self, path: &str, error: &minijinja::Error) -> EmitError {
        let file = error.name().filter(|name| self.own.contains_key(*name));
        let kind = error.kind().to_string();
        EmitError {
            path: path.to_owned(),
            message: error
                .detail()
                .map_or_else(|| kind.clone(), |detail| format!("{kind}: {detail}")),
            template: file.map(|file| (file.to_owned(), error.line())),
        }
    }
}
