//! What each magic does to the notebook's namespace, from `data/magics.tsv`.

use super::tables::Table;

/// Line magics and cell magics of one name may do different things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Line,
    Cell,
}

/// The effect of a magic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Configures the session; computes nothing.
    SetUp,
    /// Only displays.
    Show,
    /// The Python that follows runs in the notebook's namespace.
    RunsBody,
    /// Python that runs in a namespace of its own.
    OwnNamespace,
    /// Text in another language or for another process.
    Language(&'static str),
    /// May bind names that can't be seen.
    BindsNames,
    /// Installs packages.
    Install,
    /// Changes the working directory.
    Directory,
    /// Reads or sets environment variables.
    Environment,
    /// Runs a shell command.
    Shell,
    /// Has a value.
    Value,
    /// Starts a debugger.
    Debug,
    /// Clears names.
    Reset,
    /// Not in the table.
    Unknown,
}

static MAGICS: Table = Table::new(include_str!("../../data/magics.tsv"));

/// The effect of the magic `name`.
pub fn effect_of(scope: Scope, name: &str) -> Effect {
    let scope = match scope {
        Scope::Line => "line",
        Scope::Cell => "cell",
    };
    let Some(effect) = MAGICS.get2(scope, name) else {
        return Effect::Unknown;
    };
    match effect {
        "set-up" => Effect::SetUp,
        "show" => Effect::Show,
        "runs-body" => Effect::RunsBody,
        "own-namespace" => Effect::OwnNamespace,
        "binds-names" => Effect::BindsNames,
        "install" => Effect::Install,
        "directory" => Effect::Directory,
        "environment" => Effect::Environment,
        "shell" => Effect::Shell,
        "value" => Effect::Value,
        "debug" => Effect::Debug,
        "reset" => Effect::Reset,
        other => other
            .strip_prefix("language:")
            .map_or(Effect::Unknown, Effect::Language),
    }
}
