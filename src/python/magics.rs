//! What each magic does to the notebook's namespace, from `data/magics.tsv` and from what users add to it.

use std::collections::BTreeMap;

use super::tables::Table;

/// Line magics and cell magics of one name may do different things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

/// Where a magic's line has the names that it binds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Binds {
    /// This name, whatever the line says.
    Name(String),
    /// Its first word that is no option.
    First,
    /// All words that are no options.
    Words,
    /// The first part of each word: `os.path` binds `os`.
    Modules,
    /// What stands before this mark: `rows << select …`, `files = ls`.
    Before(&'static str),
    /// What follows this option, more than one by comma: `-o x,y`, `--out=x`.
    Option(String),
    /// All words after `-r`; anything at all, where there are none.
    Restored,
    /// Anything.
    Anything,
}

impl Binds {
    /// One entry of the table's column, or of the settings. Nothing where the text is neither a place nor a name.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "first" => Some(Self::First),
            "words" => Some(Self::Words),
            "modules" => Some(Self::Modules),
            "=" => Some(Self::Before("=")),
            "<<" => Some(Self::Before("<<")),
            "restored" => Some(Self::Restored),
            "anything" => Some(Self::Anything),
            option if option.starts_with('-') && option.len() > 1 => Some(Self::Option(option.to_owned())),
            name if is_identifier(name) => Some(Self::Name(name.to_owned())),
            _ => None,
        }
    }

    /// The names that a line binds; nothing where they can't be told.
    pub fn names(&self, line: &str) -> Option<Vec<String>> {
        let words: Vec<&str> = line.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
        let plain = words
            .iter()
            .filter(|word| is_identifier(word))
            .map(|word| (*word).to_owned());
        Some(match self {
            Self::Name(name) => vec![name.clone()],
            Self::First => plain.take(1).collect(),
            Self::Words => plain.collect(),
            Self::Modules => {
                let modules = line.split([',', ' ']).filter(|word| !word.starts_with('-'));
                let first = modules.filter_map(|module| module.split('.').next());
                first.filter(|name| is_identifier(name)).map(str::to_owned).collect()
            }
            Self::Before(mark) => {
                let before = line.split_once(mark).map_or("", |(before, _)| before.trim());
                let name = before.split_whitespace().next_back().unwrap_or_default();
                Vec::from_iter(is_identifier(name).then(|| name.to_owned()))
            }
            Self::Option(option) => option_names(option, &words),
            Self::Restored if !words.contains(&"-r") => Vec::new(),
            Self::Restored => Some(plain.collect::<Vec<_>>()).filter(|names| !names.is_empty())?,
            Self::Anything => return None,
        })
    }
}

/// The names after an option: `-o x,y`, `-o=x`.
fn option_names(option: &str, words: &[&str]) -> Vec<String> {
    let mut values = Vec::new();
    for (at, word) in words.iter().enumerate() {
        if *word == option {
            values.extend(words.get(at + 1));
        } else if let Some(value) = word.strip_prefix(option).and_then(|rest| rest.strip_prefix('=')) {
            values.push(value);
        }
    }
    let names = values.into_iter().flat_map(|value| value.split(','));
    names.filter(|name| is_identifier(name)).map(str::to_owned).collect()
}

fn is_identifier(word: &str) -> bool {
    let starts = word.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
    starts && word.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// What is known of a magic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MagicFacts {
    pub effect: Effect,
    pub binds: Vec<Binds>,
}

static MAGICS: Table = Table::new(include_str!("../../data/magics.tsv"));

/// The magics that are known: those of the table, and on top those that users have told of.
#[derive(Clone, Debug, Default)]
pub struct Magics {
    told: BTreeMap<(Scope, String), MagicFacts>,
}

impl Magics {
    /// Adds a magic, or says anew what one does.
    pub fn add(&mut self, scope: Scope, name: &str, facts: MagicFacts) {
        self.told.insert((scope, name.to_owned()), facts);
    }

    /// The effect of the magic `name`.
    pub fn effect(&self, scope: Scope, name: &str) -> Effect {
        match self.told(scope, name) {
            Some(facts) => facts.effect.clone(),
            None => row(scope, name).map_or(Effect::Unknown, |(effect, _)| effect_named(effect)),
        }
    }

    /// Where the line of the magic `name` has the names that it binds.
    pub fn binds(&self, scope: Scope, name: &str) -> Vec<Binds> {
        match self.told(scope, name) {
            Some(facts) => facts.binds.clone(),
            None => {
                let column = row(scope, name).map_or("-", |(_, binds)| binds);
                column.split(',').filter_map(Binds::parse).collect()
            }
        }
    }

    fn told(&self, scope: Scope, name: &str) -> Option<&MagicFacts> {
        if self.told.is_empty() {
            return None;
        }
        self.told.get(&(scope, name.to_owned()))
    }
}

/// The columns effect and binds.
fn row(scope: Scope, name: &str) -> Option<(&'static str, &'static str)> {
    let scope = match scope {
        Scope::Line => "line",
        Scope::Cell => "cell",
    };
    let mut columns = MAGICS.row2(scope, name)?.split('\t');
    Some((columns.next()?, columns.next()?))
}

fn effect_named(effect: &'static str) -> Effect {
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
