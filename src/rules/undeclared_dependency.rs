//! MB501: a package is imported that the project doesn't declare.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::{Imported, imported};
use crate::finding::{Confidence, Finding, Severity};
use crate::project::{Project, Standing, inline};
use crate::python::{CellCode, MagicKind, distribution, is_stdlib, normalised, platform_of, span};

use super::install_in_notebook::installs;
use super::{Context, Meta, Reads, Rule};

static META: Meta = Meta {
    code: "MB501",
    name: "undeclared-dependency",
    summary: "a package is imported that the project doesn't declare",
    severity: Severity::Warning,
    reads: Reads::Python3,
    page: include_str!("undeclared_dependency.md"),
};

/// Modules that come with the kernel or with what runs it, and that no index has.
const GIVEN: [&str; 17] = [
    "IPython",
    "_distutils_hack",
    "com",
    "dbutils",
    "ipykernel",
    "java",
    "js",
    "jupyter_client",
    "jupyter_core",
    "micropip",
    "org",
    "pip",
    "piplite",
    "pkg_resources",
    "pyodide",
    "setuptools",
    "wheel",
];

pub(super) struct UndeclaredDependency;

impl Rule for UndeclaredDependency {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, ctx: &Context<'_>, out: &mut Vec<Finding>) {
        let Some(project) = ctx.project else { return };
        let Some(file) = &project.file else { return };
        let own = OwnWays::of(ctx);
        let mut first: BTreeMap<String, (&CellCode, Imported)> = BTreeMap::new();
        let mut optional = BTreeSet::new();
        for code in ctx.cells {
            for import in code.statements().iter().flat_map(imported) {
                let (name, _) = distribution(&import.module);
                if import.guarded {
                    optional.insert(name);
                } else if !is_given(&import.module) {
                    first.entry(name).or_insert((code, import));
                }
            }
        }
        first.retain(|name, _| !optional.contains(name));
        for (name, (code, import)) in first {
            if project.owns(&import.module) || own.provide(&name, &import.module) {
                continue;
            }
            out.extend(finding(ctx, project, file, &name, code, &import));
        }
    }
}

fn is_given(module: &str) -> bool {
    let top = module.split('.').next().unwrap_or_default();
    let given = |name: &&str| module == *name || module.starts_with(&format!("{name}."));
    top.is_empty() || top == "__main__" || is_stdlib(top) || platform_of(module).is_some() || GIVEN.iter().any(given)
}

fn finding(
    ctx: &Context<'_>,
    project: &Project,
    file: &str,
    name: &str,
    code: &CellCode,
    import: &Imported,
) -> Option<Finding> {
    let module = import.module.split('.').next().unwrap_or_default();
    let (_, known) = distribution(&import.module);
    let listed = if normalised(name) == normalised(module) {
        "it".to_owned()
    } else {
        format!("`{}`", ctx.quote(name))
    };
    let (severity, message) = match project.standing(name, &import.module) {
        Standing::Declared => return None,
        Standing::Missing if !known => (
            Severity::Warning,
            format!(
                "`{0}` is imported; no file beside the notebook has it, and {file} declares no `{0}`",
                ctx.quote(module)
            ),
        ),
        Standing::Missing => (
            Severity::Warning,
            format!(
                "`{}` is imported, and {file} doesn't declare {listed}",
                ctx.quote(module)
            ),
        ),
        Standing::BroughtBy(other) => (
            Severity::Note,
            format!(
                "`{}` is imported, and {file} doesn't declare {listed}: it is there only because `{other}` needs it",
                ctx.quote(module)
            ),
        ),
    };
    let mut finding = META.finding(ctx.in_code(code, span(import.range)), message);
    finding.severity = severity;
    finding.subject = Some(ctx.quote(module));
    finding.hint = Some(if known {
        format!("add `{}` to {file}, with the versions that will do", ctx.quote(name))
    } else {
        // which package has it nobody knows: one of that name may be anybody's
        finding.confidence = Confidence::Likely;
        format!("add the package that has it to {file}, or its file to the repository")
    });
    Some(finding)
}

/// How the notebook itself comes by modules that nobody declares: what it installs, writes or fetches.
struct OwnWays {
    /// Normalised names of what it installs or declares in a cell.
    installed: BTreeSet<String>,
    /// Modules whose files its cells name: `%%writefile helpers.py`, `wget …/helpers.py`.
    files: BTreeSet<String>,
    /// Whether it makes folders importable, or fetches some.
    elsewhere: bool,
}

impl OwnWays {
    fn of(ctx: &Context<'_>) -> Self {
        let mut own = Self {
            installed: BTreeSet::new(),
            files: BTreeSet::new(),
            elsewhere: false,
        };
        for code in ctx.cells {
            own.installed
                .extend(inline(&code.text).iter().map(|name| normalised(name)));
            for magic in &code.magics {
                own.installed
                    .extend(installs(magic).iter().map(|word| normalised(word)));
                own.elsewhere |= magic.kind == MagicKind::Line && magic.name == "cd";
            }
        }
        for cell in ctx.notebook.code_cells() {
            let text = &cell.source.text;
            own.elsewhere |= ["sys.path", "git clone", "chdir(", "import_module", "PYTHONPATH"]
                .iter()
                .any(|sign| text.contains(sign));
            let words = text.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '.');
            let files = words.filter_map(|word| word.strip_suffix(".py"));
            own.files
                .extend(files.filter_map(|stem| stem.rsplit('.').next().map(str::to_owned)));
            own.installed.extend(calls_of_pip(text));
        }
        own
    }

    fn provide(&self, distribution: &str, module: &str) -> bool {
        let top = module.split('.').next().unwrap_or_default();
        let (_, known) = crate::python::distribution(module);
        self.installed.contains(&normalised(distribution))
            || self.installed.contains(&normalised(top))
            || self.files.contains(top)
            || (self.elsewhere && !known)
    }
}

/// What Python code hands to pip: the words after `install` in `check_call([sys.executable, "-m", "pip", "install", "x"])`.
fn calls_of_pip(text: &str) -> Vec<String> {
    let lines = text
        .lines()
        .filter(|line| line.contains("pip") && line.contains("install"));
    let words = lines.flat_map(|line| line.split("install").skip(1));
    let words = words.flat_map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && !"._-".contains(c)));
    words.filter(|word| !word.is_empty()).map(normalised).collect()
}
