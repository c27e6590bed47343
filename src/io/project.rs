//! What lies in a folder of a project: files that declare something, and modules that can be imported from there.

use std::fs;
use std::path::{Path, PathBuf};

use super::read_source;

/// Folders in which projects keep their lists of packages.
const LISTS: [&str; 3] = ["requirements", "binder", ".binder"];
/// Folders from which projects import as from their top.
const SOURCES: [&str; 3] = ["src", "lib", "python"];
/// How deep a module is looked for in a folder that may be a package.
const DEEPEST: usize = 2;

/// A folder, as far as a notebook in it or below it may need to know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectFolder {
    /// Names, from the folder, and texts.
    pub declarations: Vec<(String, String)>,
    /// Names of files and folders that Python imports.
    pub modules: Vec<String>,
    /// Whether a repository has its top here.
    pub is_top: bool,
}

/// Looks through a folder. `declares` says of a name whether the file is read.
pub fn project_folder(folder: &Path, declares: fn(&str) -> bool) -> ProjectFolder {
    let mut found = ProjectFolder {
        is_top: folder.join(".git").exists(),
        ..ProjectFolder::default()
    };
    let lists = LISTS.iter().map(|name| format!("{name}/"));
    for inside in std::iter::once(String::new()).chain(lists) {
        for (name, path) in entries(&folder.join(&inside)) {
            let name = format!("{inside}{name}");
            if declares(&name)
                && let Some(text) = read_source(&path)
            {
                found.declarations.push((name, text));
            }
        }
    }
    found.modules = modules(folder);
    for name in SOURCES {
        found.modules.extend(modules(&folder.join(name)));
    }
    found
}

/// The entries of a folder, sorted; none where it can't be read.
fn entries(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut entries: Vec<(String, PathBuf)> = entries
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path()))
        .collect();
    entries.sort();
    entries
}

/// Python's files in a folder, and the folders that hold some.
fn modules(folder: &Path) -> Vec<String> {
    let modules = entries(folder)
        .into_iter()
        .filter_map(|(name, path)| match module_file(&name) {
            Some(module) => Some(module.to_owned()),
            None => (is_identifier(&name) && holds_modules(&path, DEEPEST)).then_some(name),
        });
    modules.collect()
}

/// The module that a file is: `helpers.py`, or compiled, `fast.cpython-312-x86_64-linux-gnu.so`.
fn module_file(name: &str) -> Option<&str> {
    let (stem, rest) = name.split_once('.')?;
    let ending = rest.rsplit('.').next()?;
    (["py", "pyx", "so", "pyd"].contains(&ending) && is_identifier(stem)).then_some(stem)
}

fn is_identifier(name: &str) -> bool {
    let starts = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    starts && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}

fn holds_modules(folder: &Path, depth: usize) -> bool {
    let inside = entries(folder);
    let has_file = inside.iter().any(|(name, _)| module_file(name).is_some());
    has_file
        || (depth > 1
            && inside
                .iter()
                .any(|(name, path)| is_identifier(name) && holds_modules(path, depth - 1)))
}
