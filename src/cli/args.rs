//! Arguments as they are typed. Nothing here looks at the disk or at settings.

use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{ArgAction, Args as ClapArgs, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::inventory::{Order, Risk};
use crate::verdict::Verdict;

use super::git::GitArgs;

pub use super::strip_args::StripArgs;

/// Takes Jupyter notebooks from sketch to building: judges them, cleans them, and graduates them into packages.
#[derive(Debug, Parser)]
#[command(name = "mortarboard", version, about, arg_required_else_help = true)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
#[command(defer = true)] // only the command that is typed is built
pub enum Command {
    /// Say what keeps notebooks from being trusted
    Check(CheckArgs),
    /// Replace the secrets in outputs and metadata, and nothing else
    Redact(RedactArgs),
    /// Take out outputs, execution counts and what editors leave behind, and nothing else
    Strip(Box<StripArgs>),
    /// Have git filter notebooks and show their differences as text
    Git(GitArgs),
    /// Show what changed between two notebooks, cell by cell
    Diff(DiffArgs),
    /// List notebooks with verdict, risk, dependencies, inputs, outputs and owner
    Inventory(InventoryArgs),
    /// Write a page that shows notebooks to those who decide about them: verdict, drawing, findings in place
    Report(ReportArgs),
    /// Print a rule's page; without a rule, the list of rules
    Explain(ExplainArgs),
    /// Turn a notebook into a package that computes the same values
    Graduate(GraduateArgs),
    /// Print what a shell needs to complete commands and options
    Completions(CompletionsArgs),
    /// Print the manual page of the program, or of a command, in roff
    Man(ManArgs),
}

#[derive(Debug, ClapArgs)]
pub struct CheckArgs {
    /// Notebooks, and folders to search for notebooks; `-` reads one from stdin
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// The file that stdin holds: for its settings, for the files around it, and as its name in what is printed
    #[arg(long, value_name = "FILE")]
    pub stdin_filename: Option<PathBuf>,
    /// How findings are printed
    #[arg(long, value_enum, default_value_t = Format::Full)]
    pub output_format: Format,
    #[command(flatten)]
    pub rules: RuleArgs,
    #[command(flatten)]
    pub files: FileArgs,
    #[command(flatten)]
    pub known: KnownArgs,
    /// When to use colour
    #[arg(long, value_enum, default_value_t = Colour::Auto)]
    pub color: Colour,
    /// Count findings by rule instead of printing them
    #[arg(long)]
    pub statistics: bool,
    /// Make the safe fixes that findings offer, each checked, and print what is left
    #[arg(long)]
    pub fix: bool,
    /// Make unsafe fixes too: cells are put in the order in which they ran
    #[arg(long, requires = "fix")]
    pub unsafe_fixes: bool,
    /// Write nothing, with or without `--fix`; print the difference that fixing would make, secrets hidden on both sides
    #[arg(long, conflicts_with_all = ["output_format", "statistics"])]
    pub diff: bool,
    /// Print findings only: no verdicts, no summary
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say what is read, and which settings apply
    #[arg(short, long, action = ArgAction::SetTrue)]
    pub verbose: bool,
}

// Which rules speak.
#[derive(Debug, Default, ClapArgs)]
pub struct RuleArgs {
    /// Only these rules: codes, the start of codes, or names, parted by commas
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    pub select: Option<Vec<String>>,
    /// Not these rules
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// These rules too
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    pub extend_select: Vec<String>,
    /// The least severity that is reported
    #[arg(long, value_enum)]
    pub severity: Option<Least>,
}

// Findings that are known already.
#[derive(Debug, Default, ClapArgs)]
pub struct KnownArgs {
    /// Only what the notebooks didn't have at this revision, as git knows it
    #[arg(long, value_name = "REV", conflicts_with = "write_baseline")]
    pub new_since: Option<String>,
    /// Without the findings that this file accepts
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Accept all that is found: write it to this file, in place of what it had of the same notebooks and rules
    #[arg(long, value_name = "FILE", conflicts_with = "baseline")]
    pub write_baseline: Option<PathBuf>,
}

// Which notebooks of the folders are read, under which settings, how many at a time.
#[derive(Debug, Default, ClapArgs)]
pub struct FileArgs {
    #[command(flatten)]
    pub search: SearchArgs,
    /// Notebooks read at a time; as many as there are processors if not given
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
}

// What of folders is read, under which settings.
#[derive(Debug, Default, ClapArgs)]
pub struct SearchArgs {
    #[command(flatten)]
    pub settings: SettingsArgs,
    /// Leave out what this pattern names when folders are searched; may be given again
    #[arg(long, value_name = "PATTERN")]
    pub exclude: Vec<String>,
}

// Where settings come from.
#[derive(Debug, Default, ClapArgs)]
pub struct SettingsArgs {
    /// Use this settings file instead of looking for one
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub config: Option<PathBuf>,
    /// Use no settings file
    #[arg(long)]
    pub no_config: bool,
}

#[derive(Debug, ClapArgs)]
pub struct RedactArgs {
    /// Notebooks, and folders to search for notebooks; `-` reads stdin and writes stdout
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Secrets in sources too: a literal becomes a look-up in the environment
    #[arg(long)]
    pub source: bool,
    /// Home directories and user names in outputs too: they become `~`
    #[arg(long = "paths")]
    pub redact_paths: bool,
    /// Write nothing; exit with 1 where something would change
    #[arg(long)]
    pub check: bool,
    /// Write nothing; print the difference, secrets hidden on both sides
    #[arg(long)]
    pub diff: bool,
    #[command(flatten)]
    pub files: FileArgs,
    /// Say nothing but errors
    #[arg(short, long)]
    pub quiet: bool,
}

#[derive(Debug, ClapArgs)]
pub struct DiffArgs {
    /// The notebook as it was; an empty file stands for none
    pub old: PathBuf,
    /// The notebook as it is
    pub new: PathBuf,
    /// How the difference is printed
    #[arg(long, value_enum, default_value_t = DiffFormat::Full)]
    pub output_format: DiffFormat,
    /// Say which findings the change adds and which it removes
    #[arg(long, conflicts_with = "output_format")]
    pub findings: bool,
    #[command(flatten)]
    pub rules: RuleArgs,
    #[command(flatten)]
    pub files: FileArgs,
    /// When to use colour
    #[arg(long, value_enum, default_value_t = Colour::Auto)]
    pub color: Colour,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    Full,
    Json,
    Html,
}

#[derive(Debug, ClapArgs)]
pub struct InventoryArgs {
    /// Notebooks, and folders to search for notebooks
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// How the list is printed
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    pub output_format: ListFormat,
    /// What the list is sorted by: the riskiest, largest and newest first
    #[arg(long, value_enum, default_value_t = Order::Path)]
    pub sort: Order,
    /// Only notebooks of this risk
    #[arg(long, value_enum, value_delimiter = ',')]
    pub risk: Vec<Risk>,
    /// Only notebooks of this verdict
    #[arg(long, value_enum, value_delimiter = ',')]
    pub verdict: Vec<Verdict>,
    /// Only notebooks whose owner's name holds this
    #[arg(long)]
    pub owner: Option<String>,
    #[command(flatten)]
    pub files: FileArgs,
    /// When to use colour
    #[arg(long, value_enum, default_value_t = Colour::Auto)]
    pub color: Colour,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    Table,
    Json,
    Csv,
    Html,
}

/// What is typed is called as it is printed.
macro_rules! typed_by_name {
    ($($kind:ty),*) => {$(
        impl ValueEnum for $kind {
            fn value_variants<'a>() -> &'a [Self] {
                &Self::ALL
            }

            fn to_possible_value(&self) -> Option<PossibleValue> {
                Some(PossibleValue::new(self.name()))
            }
        }
    )*};
}

typed_by_name!(Order, Risk, Verdict);

#[derive(Debug, ClapArgs)]
pub struct ReportArgs {
    /// Notebooks, and folders to search for notebooks
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// The HTML file to write; `-` is stdout
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub output: PathBuf,
    #[command(flatten)]
    pub rules: RuleArgs,
    #[command(flatten)]
    pub files: FileArgs,
}

#[derive(Debug, ClapArgs)]
pub struct ExplainArgs {
    /// A rule's name or code
    pub rule: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub struct GraduateArgs {
    /// The notebook; several become one package, with a command for each
    #[arg(required_unless_present = "dump_templates", value_name = "NOTEBOOK")]
    pub notebooks: Vec<PathBuf>,
    /// The folder of the package; beside the first notebook if not given
    #[arg(long, value_name = "FOLDER")]
    pub output: Option<PathBuf>,
    /// The package's name; made from the notebook's if not given, and of several from the folder's
    #[arg(long)]
    pub name: Option<String>,
    /// The order in which the package runs the cells; with --update that of the package, else the page's if not given
    #[arg(long, value_enum)]
    pub order: Option<CellOrder>,
    /// Print the plan and write nothing; with --update, what would become of each file
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub settings: SettingsArgs,
    /// Overwrite files that are there
    #[arg(long)]
    pub force: bool,
    /// Bring a package that is there up to date and keep what was edited by hand: exit 1 where both changed the same lines
    #[arg(long, conflicts_with = "force")]
    pub update: bool,
    /// Lay files out by the templates in this folder, where it has some, and by the built-in ones else
    #[arg(long, value_name = "FOLDER")]
    pub templates: Option<PathBuf>,
    /// Write the built-in templates to this folder, to begin with, and do nothing else
    #[arg(long, value_name = "FOLDER", exclusive = true)]
    pub dump_templates: Option<PathBuf>,
    /// Write nothing and print the difference that --update would make, secrets hidden on both sides
    #[arg(long, requires = "update")]
    pub diff: bool,
    /// When to use colour
    #[arg(long, value_enum, default_value_t = Colour::Auto)]
    pub color: Colour,
    /// Run the notebook and its package, and compare what they compute; needs --python
    #[arg(long, requires = "python")]
    pub verify: bool,
    /// The Python for --verify, with IPython and what the notebook imports
    #[arg(long, value_name = "FILE", requires = "verify")]
    pub python: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

#[derive(Debug, ClapArgs)]
pub struct ManArgs {
    /// A command, such as `check` or `git install`
    pub command: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CellOrder {
    // As they stand on the page
    Document,
    // As they ran, by their execution counts
    Recorded,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    // For people: the line, what it relates to, what to do, and a verdict for each notebook
    Full,
    // A line a finding, for editors and grep
    Concise,
    // One object with findings, notebooks and a summary
    Json,
    // An object a line
    Jsonl,
    // SARIF 2.1.0, for code scanning
    Sarif,
    // Annotations of GitHub Actions
    Github,
    // GitLab's Code Quality report
    Gitlab,
    // JUnit's XML, a suite for each notebook
    Junit,
    // A comment for a pull request
    Markdown,
}

impl Format {
    /// Whether it goes where stderr doesn't: it is written even where nothing could be read, and says so.
    pub fn is_for_programs(self) -> bool {
        !matches!(self, Self::Full | Self::Concise)
    }

    /// Whether it speaks of lines of the file and not only of cells.
    pub fn names_lines(self) -> bool {
        matches!(self, Self::Sarif | Self::Github | Self::Gitlab | Self::Junit)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Least {
    Note,
    Warning,
    Error,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    Auto,
    Always,
    Never,
}
