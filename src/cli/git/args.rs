//! Arguments of `mortarboard git` as they are typed.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};

#[derive(Debug, ClapArgs)]
pub struct GitArgs {
    #[command(subcommand)]
    pub command: GitCommand,
}

#[derive(Debug, Subcommand)]
pub enum GitCommand {
    /// Have git strip notebooks as they are added, and compare them as text
    Install(InstallArgs),
    /// Undo `install`: every file is as it was
    Uninstall(UninstallArgs),
    /// Say whether the filter is set up, and prove that it applies to each notebook
    Status,
    /// Look for what is wrong: unfiltered notebooks in git, a missing program, paths of one machine
    Doctor,
    /// Renew git's index, so that notebooks that differ only in what is filtered are no longer called modified
    Refresh,
    /// What git runs: from stdin to stdout, as a notebook is added
    #[command(hide = true)]
    FilterClean(FilterFileArgs),
    /// What git runs: from stdin to stdout, as a notebook is checked out
    #[command(hide = true)]
    FilterSmudge(FilterFileArgs),
    /// What git runs: the same for many notebooks, in git's protocol
    #[command(hide = true)]
    FilterProcess(FilterArgs),
    /// What git runs: a notebook as text
    #[command(hide = true)]
    Textconv(FilterFileArgs),
}

#[derive(Clone, Copy, Debug, ClapArgs)]
#[group(multiple = false)]
pub struct ScopeArgs {
    /// For all repositories of this user
    #[arg(long)]
    pub global: bool,
    /// For all users of this machine
    #[arg(long)]
    pub system: bool,
}

#[derive(Debug, ClapArgs)]
pub struct InstallArgs {
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// The attributes file that names the filter: `.gitattributes` shares it with everybody; if not given, the one that
    /// git keeps out of sight (info/attributes, or the user's or the machine's own)
    #[arg(long, value_name = "FILE")]
    pub attributes: Option<PathBuf>,
    /// How git calls this program, as a shell reads it
    #[arg(long, value_name = "COMMAND", default_value = "mortarboard")]
    pub command: String,
    /// In the submodules that are checked out as well
    #[arg(long, conflicts_with_all = ["global", "system"])]
    pub recurse_submodules: bool,
    #[command(flatten)]
    pub filter: FilterArgs,
}

#[derive(Debug, ClapArgs)]
pub struct UninstallArgs {
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// In the submodules that are checked out as well
    #[arg(long, conflicts_with_all = ["global", "system"])]
    pub recurse_submodules: bool,
}

#[derive(Clone, Copy, Debug, Default, ClapArgs)]
pub struct FilterArgs {
    /// Keep outputs, and take out only the secrets in them
    #[arg(long)]
    pub redact_only: bool,
    /// Keep what is taken out under the git folder, and put it back on checkout
    #[arg(long, conflicts_with = "redact_only")]
    pub keep_outputs_locally: bool,
}

impl FilterArgs {
    /// As they are typed.
    pub fn options(self) -> Vec<&'static str> {
        let typed = [
            (self.redact_only, "--redact-only"),
            (self.keep_outputs_locally, "--keep-outputs-locally"),
        ];
        typed
            .into_iter()
            .filter(|(on, _)| *on)
            .map(|(_, option)| option)
            .collect()
    }

    /// As they stand in a command that git runs.
    pub fn of_command(command: &str) -> Self {
        let has = |option| command.split_whitespace().any(|word| word == option);
        Self {
            redact_only: has("--redact-only"),
            keep_outputs_locally: has("--keep-outputs-locally"),
        }
    }
}

#[derive(Debug, ClapArgs)]
pub struct FilterFileArgs {
    #[command(flatten)]
    pub filter: FilterArgs,
    /// The notebook's path
    pub file: PathBuf,
}
