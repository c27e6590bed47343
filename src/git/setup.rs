//! Installing the filter and taking it out again, so that every file is as it was.
//!
//! What can't be seen from the files afterwards stands beside the filter in git's configuration: which attributes files
//! got our lines, which files were made, and how the configuration's file ended.

use std::path::{Path, PathBuf};

use crate::io::{self, FileError};

use super::inspect::items;
use super::{DRIVER, Git, GitError, path_bytes, path_from, with_lines, without_lines};

/// Whose git is spoken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// This repository.
    Local,
    /// All repositories of this user.
    Global,
    /// All users of this machine.
    System,
}

impl Scope {
    fn option(self) -> &'static str {
        match self {
            Self::Local => "--local",
            Self::Global => "--global",
            Self::System => "--system",
        }
    }
}

/// The names of notebooks, and of Zeppelin's notes.
pub const PATTERNS: [&str; 2] = ["*.ipynb", "*.zpln"];

/// What to install.
#[derive(Clone, Copy, Debug)]
pub struct Install<'i> {
    pub scope: Scope,
    /// The attributes file; the one that git keeps for the scope if not given.
    pub attributes: Option<&'i Path>,
    /// How git calls this program, as a shell reads it.
    pub program: &'i str,
    /// Options for the filter.
    pub options: &'i [&'static str],
    /// The files that it is for, some of [`PATTERNS`].
    pub patterns: &'i [&'i str],
}

/// What came of uninstalling.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Undone {
    /// Whether there was something to undo.
    pub found: bool,
    /// The attributes files that lost our lines.
    pub attributes: Vec<PathBuf>,
}

/// The attributes that make git use the filter, for each of the patterns.
fn lines(patterns: &[&str]) -> Vec<String> {
    let line = |pattern: &&str| format!("{pattern} filter={DRIVER} diff={DRIVER}");
    patterns.iter().map(line).collect()
}

/// The attributes file that the repository keeps for itself.
const INFO: &str = "info/attributes";

/// Configures the filter, then names it in an attributes file, which is returned. What is there already stays.
///
/// # Errors
/// Git fails, or a file can't be written; then nothing is installed that wasn't before.
pub fn install(git: &Git, wish: &Install<'_>) -> Result<PathBuf, GitError> {
    let git = base(git, wish.scope)?;
    let label = label(&git, wish)?;
    let path = attributes_path(&git, wish.scope, &label)?;
    let text = io::read_bytes(&path)?;
    let fresh = get(&git, wish.scope, "filter", "clean")?.is_empty();
    let files = Snapshot::take(&git, wish.scope)?;
    let written = configure(&git, wish).and_then(|()| {
        if fresh && let Some(before) = files.before() {
            set(&git, wish.scope, "before", &before)?;
        }
        let added = get(&git, wish.scope, "filter", "added")?;
        let ours = added.iter().any(|known| *known == path_bytes(&label));
        let Some(changed) = named(text.as_deref().unwrap_or_default(), wish.patterns, ours) else {
            return Ok(());
        };
        let label = label.to_string_lossy();
        add(&git, wish.scope, "added", &label)?;
        if text.is_none() {
            add(&git, wish.scope, "created", &label)?;
        }
        io::write_with_folders(&path, &changed).map_err(GitError::from)
    });
    let written = written.and_then(|()| proved(&git, wish));
    if written.is_err() && fresh {
        // the first error says more than one of the way back
        let _ = uninstall(&git, wish.scope);
    }
    written.map(|()| path)
}

/// An attributes file that names the filter for these patterns, and for no others where earlier lines are ours; nothing
/// where that is what it does.
fn named(text: &[u8], patterns: &[&str], ours: bool) -> Option<Vec<u8>> {
    let others: Vec<&str> = PATTERNS
        .into_iter()
        .filter(|pattern| !patterns.contains(pattern))
        .collect();
    let without = without_lines(text, &lines(&others)).filter(|_| ours);
    let with = with_lines(without.as_deref().unwrap_or(text), &lines(patterns));
    with.or(without)
}

/// Whether a new notebook beside the attributes file gets the filter. Other scopes may be overruled by the repository
/// that we happen to be in.
fn proved(git: &Git, wish: &Install<'_>) -> Result<(), GitError> {
    let Some(filter) = git.other_filter(wish.attributes).filter(|_| wish.scope == Scope::Local) else {
        return Ok(());
    };
    Err(GitError::new(
        format!("git would give new notebooks filter={filter} all the same"),
        "it reads files named .gitattributes, info/attributes and core.attributesFile, and the nearest line counts",
    ))
}

/// Takes the filter out of the configuration, and its lines out of the attributes files that they were added to.
///
/// # Errors
/// Git fails, or a file can't be written.
pub fn uninstall(git: &Git, scope: Scope) -> Result<Undone, GitError> {
    let git = base(git, scope)?;
    let created = get(&git, scope, "filter", "created")?;
    let mut undone = Undone::default();
    for label in get(&git, scope, "filter", "added")? {
        let path = attributes_path(&git, scope, &path_from(&label))?;
        let text = io::read_bytes(&path)?.unwrap_or_default();
        let Some(left) = without_lines(&text, &lines(&PATTERNS)) else {
            continue;
        };
        if left.is_empty() && created.contains(&label) {
            io::remove(&path)?;
        } else {
            io::write_with_folders(&path, &left)?;
        }
        undone.attributes.push(path);
    }
    let before = get(&git, scope, "filter", "before")?;
    let files = Snapshot::take(&git, scope)?;
    for section in ["filter", "diff"] {
        let name = format!("{section}.{DRIVER}");
        if is_configured(&git, scope, &name)? {
            undone.found = true;
            git.run(&["config", scope.option(), "--remove-section", &name])?;
        }
    }
    if let Some(before) = before.first() {
        files.restore(&String::from_utf8_lossy(before))?;
    }
    Ok(undone)
}

/// The top of the working tree for what is the repository's own; else where we are.
fn base(git: &Git, scope: Scope) -> Result<Git, GitError> {
    if scope != Scope::Local {
        return Ok(git.clone());
    }
    let bare = git.line(&["rev-parse", "--is-inside-work-tree"])? != b"true";
    if bare { Ok(git.clone()) } else { git.top() }
}

/// How the attributes file is remembered: relative to the top of the working tree where it lies below.
fn label(git: &Git, wish: &Install<'_>) -> Result<PathBuf, GitError> {
    let Some(file) = wish.attributes else {
        return Ok(PathBuf::from(INFO));
    };
    let absolute = io::without_links(file);
    Ok(match absolute.strip_prefix(git.folder()) {
        Ok(inside) if wish.scope == Scope::Local => inside.to_owned(),
        _ => absolute,
    })
}

fn attributes_path(git: &Git, scope: Scope, label: &Path) -> Result<PathBuf, GitError> {
    if label != Path::new(INFO) {
        return Ok(git.folder().join(label));
    }
    let found = match scope {
        Scope::Local => Some(path_from(&git.line(&["rev-parse", "--git-path", INFO])?)),
        Scope::Global => {
            let set = git.ask(&[
                "config",
                "-z",
                "--global",
                "--type=path",
                "--get",
                "core.attributesFile",
            ])?;
            let set = set.and_then(|said| items(&said).next().map(path_from));
            set.or_else(|| config_home().map(|home| home.join("git").join("attributes")))
        }
        // before git 2.41 nothing tells
        Scope::System => git.line(&["var", "GIT_ATTR_SYSTEM"]).map_or_else(
            |_| Some(PathBuf::from("/etc/gitattributes")),
            |line| Some(path_from(&line)),
        ),
    };
    let found = found.filter(|path| !path.as_os_str().is_empty());
    found.map(|path| git.folder().join(path)).ok_or_else(|| {
        GitError::new(
            "git has no attributes file of this scope",
            "set HOME, or name a file with --attributes",
        )
    })
}

fn config_home() -> Option<PathBuf> {
    let named = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    named("XDG_CONFIG_HOME").or_else(|| named("HOME").map(|home| home.join(".config")))
}

fn configure(git: &Git, wish: &Install<'_>) -> Result<(), GitError> {
    let options: String = wish.options.iter().map(|option| format!(" {option}")).collect();
    let program = wish.program;
    for (section, key, value) in [
        ("filter", "clean", format!("{program} git filter-clean{options} -- %f")),
        (
            "filter",
            "smudge",
            format!("{program} git filter-smudge{options} -- %f"),
        ),
        ("filter", "process", format!("{program} git filter-process{options}")),
        ("filter", "required", "true".to_owned()),
        ("diff", "textconv", format!("{program} git textconv{options} --")),
    ] {
        if get(git, wish.scope, section, key)? != [value.as_bytes()] {
            let key = format!("{section}.{DRIVER}.{key}");
            git.run(&["config", wish.scope.option(), "--replace-all", &key, &value])?;
        }
    }
    Ok(())
}

fn get(git: &Git, scope: Scope, section: &str, key: &str) -> Result<Vec<Vec<u8>>, GitError> {
    let key = format!("{section}.{DRIVER}.{key}");
    let said = git.ask(&["config", scope.option(), "-z", "--get-all", &key])?;
    Ok(said.iter().flat_map(|said| items(said).map(<[u8]>::to_vec)).collect())
}

fn set(git: &Git, scope: Scope, key: &str, value: &str) -> Result<(), GitError> {
    let key = format!("filter.{DRIVER}.{key}");
    git.run(&["config", scope.option(), &key, value]).map(drop)
}

/// Adds a value to those that the key has, once.
fn add(git: &Git, scope: Scope, key: &str, value: &str) -> Result<(), GitError> {
    if get(git, scope, "filter", key)?
        .iter()
        .any(|known| known == value.as_bytes())
    {
        return Ok(());
    }
    let key = format!("filter.{DRIVER}.{key}");
    git.run(&["config", scope.option(), "--add", &key, value]).map(drop)
}

fn is_configured(git: &Git, scope: Scope, section: &str) -> Result<bool, GitError> {
    let keys = format!("^{}\\.", section.replace('.', "\\."));
    Ok(git.ask(&["config", scope.option(), "--get-regexp", &keys])?.is_some())
}

/// The files that git may write configuration to, as they are.
struct Snapshot {
    files: Vec<(PathBuf, Option<Vec<u8>>)>,
}

/// How a file was that git would leave otherwise: it wasn't there, or its last line had no end.
const ABSENT: &str = "absent";
const UNENDED: &str = "unended:";

impl Snapshot {
    fn take(git: &Git, scope: Scope) -> Result<Self, GitError> {
        let named = |name: &str| {
            std::env::var_os(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        let paths: Vec<PathBuf> = match scope {
            Scope::Local => vec![path_from(&git.line(&["rev-parse", "--git-path", "config"])?)],
            Scope::Global => match named("GIT_CONFIG_GLOBAL") {
                Some(file) => vec![file],
                None => {
                    let own = named("HOME").map(|home| home.join(".gitconfig"));
                    let shared = config_home().map(|home| home.join("git").join("config"));
                    own.into_iter().chain(shared).collect()
                }
            },
            Scope::System => match named("GIT_CONFIG_SYSTEM") {
                Some(file) => vec![file],
                None => {
                    let told = git.line(&["var", "GIT_CONFIG_SYSTEM"]);
                    vec![told.map_or_else(|_| PathBuf::from("/etc/gitconfig"), |line| path_from(&line))]
                }
            },
        };
        let paths = paths.into_iter().map(|path| git.folder().join(path));
        let files = paths.map(|path| io::read_bytes(&path).map(|bytes| (path, bytes)));
        Ok(Self {
            files: files.collect::<Result<_, FileError>>()?,
        })
    }

    /// The files that have changed since, as they were and as they are.
    fn changed(&self) -> impl Iterator<Item = (&PathBuf, Option<&Vec<u8>>, Vec<u8>)> {
        self.files.iter().filter_map(|(path, then)| {
            let now = io::read_bytes(path).ok().flatten()?;
            (Some(&now) != then.as_ref()).then_some((path, then.as_ref(), now))
        })
    }

    /// What can't be told afterwards from the file that has changed.
    fn before(&self) -> Option<String> {
        let (_, then, _) = self.changed().next()?;
        match then {
            None => Some(ABSENT.to_owned()),
            Some(text) if text.is_empty() || text.ends_with(b"\n") => None,
            Some(text) => Some(format!("{UNENDED}{}", text.len())),
        }
    }

    /// Makes the file that has changed what `before` says it was, should nobody have changed it meanwhile.
    fn restore(&self, before: &str) -> Result<(), FileError> {
        let Some((path, _, mut now)) = self.changed().next() else {
            return Ok(());
        };
        let length = before
            .strip_prefix(UNENDED)
            .and_then(|length| length.parse::<usize>().ok());
        if before == ABSENT && now.is_empty() {
            return io::remove(path);
        }
        if length.is_some_and(|length| now.len() == length + 1) && now.pop() == Some(b'\n') {
            return io::write_with_folders(path, &now);
        }
        Ok(())
    }
}
