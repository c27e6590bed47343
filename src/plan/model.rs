//! The plan of a package: plain data, every decision made, nothing of how it will look on disk.
//!
//! All Python in it is source text at zero indent that parses by itself; `emit` lays it out and formats it.

use crate::notebook::CellIdx;

use super::origins::Origin;

/// A package to be written.
#[derive(Clone, Debug)]
pub struct Plan {
    pub notebook: NotebookRef,
    /// Where its modules stand. Import name, a legal module name that is neither a keyword nor of the standard library;
    /// for a notebook among several with that of the package before it, and a dot between.
    pub package: String,
    /// Name as installers know it: `package` with hyphens.
    pub distribution: String,
    /// Lowest Python that the code needs, as (3, minor).
    pub python: (u8, u8),
    pub config: Vec<ConfigField>,
    pub secrets: Vec<SecretField>,
    /// `functions.py`; empty where the notebook had no functions that can stand alone.
    pub functions: Module,
    /// The modules of the steps where there is more than `steps.py`, in the steps' order.
    pub step_modules: Vec<StepModule>,
    /// What stands at the top level of `steps.py` before the steps: imports, and definitions that read shared state.
    pub steps_module: Module,
    /// Names that live at the top level of `steps.py` because the notebook shares them across cells in a way that
    /// parameters can't show; each step that binds one declares it `global`.
    pub state: Vec<StateName>,
    pub steps: Vec<Step>,
    /// What the steps take of what the notebook's platform gave, sorted by name: parameters of `run`. Those that are state
    /// too are set in the module of the steps.
    pub given: Vec<Given>,
    /// What `run` returns: the notebook's results, by the names that hold them at the end of `run`.
    pub results: Vec<String>,
    pub dependencies: Vec<Dependency>,
    /// Top-level packages whose types are not checked (mypy `follow_imports = "skip"`), sorted.
    pub untyped: Vec<String>,
    /// Codes of ruff's rules that the notebook's own code breaks and that changing could change what it computes,
    /// per module file name (`steps.py`, `functions.py`, `tests/test_notebook.py`), with the reason.
    pub lint_exceptions: Vec<LintException>,
    pub dropped: Vec<Dropped>,
    pub notes: Vec<Note>,
    pub tests: Tests,
    pub thin: Vec<ThinCell>,
    /// Files of the notebook's folder that it imports, as modules of the package.
    pub local: Vec<LocalModule>,
    /// Whether the package saves figures.
    pub saves_figures: bool,
    /// Whether what the notebook printed goes through the package's logger.
    pub messages: bool,
    /// What a run of both has shown; `None` where nobody has run them.
    pub verification: Option<Verification>,
    /// The notebooks of a package of several, each a plan of its own; what they share stands in the plan that holds them,
    /// which has no steps then.
    pub parts: Vec<Plan>,
}

impl Plan {
    /// The import name of the whole package.
    pub fn root(&self) -> &str {
        self.package.split('.').next().unwrap_or(&self.package)
    }

    /// Its own name among several, the package's where it is alone.
    pub fn name(&self) -> &str {
        self.package.rsplit('.').next().unwrap_or(&self.package)
    }

    /// Whether it is one notebook among several.
    pub fn is_part(&self) -> bool {
        self.package.contains('.')
    }

    /// The plan of each notebook.
    pub fn each(&self) -> &[Plan] {
        if self.parts.is_empty() {
            std::slice::from_ref(self)
        } else {
            &self.parts
        }
    }

    /// Who answers for its notebooks, as CODEOWNERS names them.
    pub fn owners(&self) -> Vec<&str> {
        let all = self
            .each()
            .iter()
            .flat_map(|plan| plan.notebook.owner.split_whitespace());
        let mut owners: Vec<&str> = all.filter(|owner| owner.contains('@')).collect();
        let mut seen = std::collections::BTreeSet::new();
        owners.retain(|owner| seen.insert(*owner));
        owners
    }

    /// Whether anything that a notebook printed goes through the package's logger.
    pub fn has_messages(&self) -> bool {
        self.all().any(|plan| plan.messages)
    }

    /// The plan itself, then its parts: everything that has modules.
    pub fn all(&self) -> impl Iterator<Item = &Plan> + Clone {
        std::iter::once(self).chain(&self.parts)
    }
}

/// Whether the package computes what the notebook computes, as a run of both has shown.
#[derive(Clone, Debug)]
pub struct Verification {
    pub verdict: Verdict,
    /// Why it is not `equal`; may be empty.
    pub reason: String,
    pub values: Vec<VerifiedValue>,
    /// Lines that the notebook printed, and how many of them the package printed too.
    pub lines: [usize; 2],
    /// Figures that the notebook made, and the package.
    pub figures: [usize; 2],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Equal,
    Different,
    NotVerified,
}

/// A value that a step returned.
#[derive(Clone, Debug)]
pub struct VerifiedValue {
    pub step: String,
    pub name: String,
    /// `equal`, `different`, `not deterministic`, `not comparable`
    pub verdict: String,
}

impl Verdict {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Equal => "equal",
            Verdict::Different => "different",
            Verdict::NotVerified => "not verified",
        }
    }
}

impl std::fmt::Display for Verification {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.verdict.word())?;
        if !self.reason.is_empty() {
            return write!(f, ": {}", self.reason);
        }
        let count = |verdict: &str| self.values.iter().filter(|value| value.verdict == verdict).count();
        write!(
            f,
            ": {} values equal, {} different, {} not deterministic, {} not comparable; {} of {} printed lines; {} figures \
             for {}",
            count("equal"),
            count("different"),
            count("not deterministic"),
            count("not comparable"),
            self.lines[1],
            self.lines[0],
            self.figures[1],
            self.figures[0],
        )
    }
}

/// The notebook that a plan was made of.
#[derive(Clone, Debug, Default)]
pub struct NotebookRef {
    /// As it was named on the command line, with forward slashes.
    pub path: String,
    pub file_name: String,
    /// Hexadecimal digest of the file's bytes.
    pub sha256: String,
    /// First heading, plain text, one line; the file's name where there is none.
    pub title: String,
    /// First sentence of the prose below the title; empty where there is none.
    pub summary: String,
    /// Who answers for it, as CODEOWNERS names them; empty where nobody is named.
    pub owner: String,
    /// The cells of the page in the order in which the package takes them; empty where that is the page's.
    pub order: Vec<CellIdx>,
}

/// A Python file beside the notebook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalModule {
    /// Its name as a module.
    pub name: String,
    pub source: String,
}

/// The type of a configuration field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigType {
    Int,
    Float,
    Str,
    Bool,
    /// `pathlib.Path`; the default is the path's text as a Python string literal.
    Path,
}

/// What a file at a configured path is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PathUse {
    Read,
    Write,
    /// Both: what is there is changed.
    Update,
}

impl PathUse {
    /// What is done with the file, in a word.
    pub fn word(self) -> &'static str {
        match self {
            PathUse::Read => "read",
            PathUse::Write => "written",
            PathUse::Update => "read and written",
        }
    }
}

/// A field of `Config`.
#[derive(Clone, Debug)]
pub struct ConfigField {
    /// Lower-case field name, unique.
    pub field: String,
    /// The notebook's name for it, where it had one.
    pub name: Option<String>,
    pub cell: CellIdx,
    pub type_: ConfigType,
    /// The default as a Python literal (for a path, the string literal); empty where a person has to say the value.
    pub default: String,
    pub description: Option<String>,
    /// For paths: what the pipeline does with the file.
    pub path_use: Option<PathUse>,
}

/// A secret that the notebook held; its value is nowhere in the plan.
#[derive(Clone, Debug)]
pub struct SecretField {
    pub field: String,
    /// Environment variable, upper case.
    pub env: String,
    pub cell: CellIdx,
}

/// One name imported at the top of a module.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Import {
    pub section: ImportSection,
    pub module: String,
    /// `None` for `import module`, the symbol for `from module import symbol`.
    pub symbol: Option<String>,
    pub alias: Option<String>,
    /// Why the import stays although nothing names it (`# noqa: F401`).
    pub for_effect: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImportSection {
    Future,
    Stdlib,
    ThirdParty,
    FirstParty,
}

/// The top level of a module: imports, then items in order.
#[derive(Clone, Debug, Default)]
pub struct Module {
    pub imports: Vec<Import>,
    pub items: Vec<Item>,
}

/// A constant, function or class of the notebook that stands at a module's top level.
#[derive(Clone, Debug)]
pub struct Item {
    pub name: String,
    pub cell: CellIdx,
    pub kind: ItemKind,
    /// Python, with the comments that stood above it.
    pub source: String,
    /// As those of a step.
    pub origins: Vec<Option<Origin>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKind {
    Constant,
    Function,
    Class,
}

/// A module of the steps of one section.
#[derive(Clone, Debug)]
pub struct StepModule {
    /// As its steps name it, `steps.model`.
    pub name: String,
    /// The section's heading as plain text; may be empty.
    pub title: String,
    pub imports: Vec<Import>,
}

/// A name shared through the module of the steps.
#[derive(Clone, Debug)]
pub struct StateName {
    pub name: String,
    /// Why it can't be a parameter, as a clause: "`f` reads it and a later cell rebinds it".
    pub reason: String,
}

/// Something that the notebook found on its platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    pub name: String,
    /// As people call it: `Databricks`.
    pub platform: String,
    /// What installs the import below; empty where an index has nothing of the kind.
    pub distribution: String,
    /// The import that a program gets it by, and the expression; empty where no program can.
    pub import: String,
    pub expression: String,
    /// Whether the import is the notebook's own.
    pub imported: bool,
}

impl Given {
    /// The top-level module that its import takes it from, where there is one.
    pub fn module(&self) -> Option<&str> {
        let path = self.import.split_whitespace().nth(1)?;
        path.split('.').next()
    }

    /// The extra that installs what makes it, where something does.
    pub fn extra(&self) -> Option<String> {
        (!self.distribution.is_empty()).then(|| self.platform.to_lowercase().replace(' ', "-"))
    }
}

/// One section of the notebook as a function.
#[derive(Clone, Debug)]
pub struct Step {
    /// Function name, unique among all names of the package.
    pub function: String,
    /// Where it stands in the package: `steps`, or `steps.model` where each section has a module.
    pub module: String,
    /// Heading of the section as plain text; empty where there was none.
    pub title: String,
    /// What the notebook says below the heading, in lines that fit into its docstring; an empty one parts paragraphs.
    pub prose: Vec<String>,
    /// First and last code cell that the step took something from.
    pub cells: (CellIdx, CellIdx),
    /// The last cell whose effects its results hold.
    pub after_cell: CellIdx,
    /// All of its cells in the order in which it runs them, where that is not the page's.
    pub ran: Vec<CellIdx>,
    pub params: Vec<Param>,
    pub returns: Vec<Return>,
    /// Name of the `NamedTuple` that it returns, where it returns several values under public names;
    /// `None` with several returns means a plain tuple.
    pub result_class: Option<String>,
    /// Parameters that are frames, and the columns that every run reads of them, sorted.
    pub requires: Vec<(String, Vec<String>)>,
    /// State names that it binds or deletes, sorted: declared `global` at its top.
    pub globals: Vec<String>,
    /// Python statements at zero indent.
    pub body: String,
    /// Where each of them comes from, in the order of [`nested`](super::nested); nothing for what the notebook didn't say.
    pub origins: Vec<Option<Origin>>,
    /// Whether the body awaits: it then runs inside `asyncio.run`.
    pub is_async: bool,
    /// Whether it takes `figures_dir: Path | None` (always its last parameter) and saves figures.
    pub saves_figures: bool,
    /// The rung of the ladder that it stands on.
    pub level: Level,
}

impl Step {
    /// The file that it stands in, from the package's folder.
    pub fn file(&self) -> String {
        format!("{}.py", self.module.replace('.', "/"))
    }

    /// As it is called where its module is imported: `steps.load`, `model.fit`.
    pub fn callee(&self) -> String {
        let module = self.module.rsplit('.').next().unwrap_or(&self.module);
        format!("{module}.{}", self.function)
    }
}

/// How plain a step's form is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Parameters in, returns out.
    Pure,
    /// As pure, and it changes objects that it was given.
    Mutating,
    /// It shares names through the module.
    State,
}

/// A parameter of a step and what `run` passes for it.
#[derive(Clone, Debug)]
pub struct Param {
    pub name: String,
    /// A Python annotation: `Any`, `Path`, `int`, `pd.DataFrame`.
    pub annotation: String,
    pub argument: Argument,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// A name that an earlier step returned.
    Value(String),
    /// `config.FIELD`
    Config(String),
}

/// A value that a step returns.
#[derive(Clone, Debug)]
pub struct Return {
    pub name: String,
    pub annotation: String,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dependency {
    pub distribution: String,
    /// `==1.2`, `>=2`, or empty.
    pub version: String,
    /// Whether only guarded imports need it.
    pub optional: bool,
    /// Whether the distribution's name was taken from the table or the notebook, rather than guessed from the import.
    pub known: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LintException {
    pub file: String,
    pub code: String,
    /// As a clause: "comparisons with `==` build masks".
    pub reason: String,
}

/// Something of the notebook that is not in the package.
#[derive(Clone, Debug)]
pub struct Dropped {
    pub cell: CellIdx,
    /// First and last line in the cell, from 1.
    pub lines: (usize, usize),
    pub reason: String,
    /// Names bound there and used nowhere else.
    pub names: Vec<String>,
    /// The first line of it, shortened and free of secrets.
    pub excerpt: String,
}

/// What is left to a person.
#[derive(Clone, Debug)]
pub struct Note {
    pub cell: CellIdx,
    pub text: String,
}

/// The tests of the package that come from the notebook.
#[derive(Clone, Debug, Default)]
pub struct Tests {
    pub recorded: Vec<Recorded>,
    /// The notebook's own tests.
    pub own: Module,
    pub printed: Vec<Printed>,
    pub missing_files: Vec<MissingFile>,
    /// Whether the run in tests must stand in the notebook's folder, because it reads files at paths that are not
    /// configured; else it runs in an empty folder.
    pub needs_notebook_folder: bool,
}

/// A stored output that a run must give again.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// `test_cell_11_auc`
    pub test: String,
    pub cell: CellIdx,
    /// What the checks call `table`, as Python over `results`, where they look at it more than once.
    pub table: Option<String>,
    pub checks: Vec<Check>,
}

/// One comparison.
#[derive(Clone, Debug)]
pub struct Check {
    /// Python over `results` (the `Results` of one run) and imports of the standard library: `results.df.shape`.
    pub expression: String,
    /// Python literal.
    pub expected: String,
    /// How near it has to be, as an argument of `pytest.approx`: `abs=0.05`.
    pub tolerance: Option<String>,
}

/// Lines that a cell printed, and that a run must print again.
#[derive(Clone, Debug)]
pub struct Printed {
    /// `test_cell_11_prints`
    pub test: String,
    pub cell: CellIdx,
    pub lines: Vec<String>,
}

/// A step that must name the file that it misses.
#[derive(Clone, Debug)]
pub struct MissingFile {
    pub function: String,
    /// The parameter that takes the path.
    pub param: String,
    /// The other parameters and the values to pass, as Python literals (all of them configuration).
    pub others: Vec<(String, String)>,
    /// `FileNotFoundError`
    pub exception: String,
    /// Suffix of the notebook's file, `.csv`, so that a reader goes the same way.
    pub suffix: String,
}

/// A cell of the thin notebook.
#[derive(Clone, Debug)]
pub enum ThinCell {
    Markdown(String),
    /// Python that calls the package or shows values; `original` is the cell that it stands for.
    Code {
        /// What it imports first.
        imports: Vec<Import>,
        source: String,
        original: Option<CellIdx>,
    },
}
