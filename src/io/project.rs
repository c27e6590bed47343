//! What lies in a folder of a project: files that declare something, and modules that can be imported from there.

use std::fs;
use std::path::{Path, PathBuf};

use super::read_source;

/// Folders from which projects import as from their top.
const SOURCES: [&str; 4] = ["", "src", "lib", "python"];
/// How deep a module is looked for in a folder that may be a package.
const DEEPEST: usize = 2;

/// The files of a folder, and of those of its folders that are named, that `declares` names: by their names from
/// there, with their texts.
pub fn declarations(folder: &Path, inside: &[&str], declares: fn(&str) -> bool) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for inside in inside {
        for (name, path) in entries(&folder.join(inside)) {
            let name = if inside.is_empty() {
                name
            } else {
                format!("{inside}/{name}")
            };
            if declares(&name)
                && let Some(text) = read_source(&path)
            {
                found.push((name, text));
            }
        }
    }
    found.sort();
    found
}

/// Whether a repository has its top here.
pub fn is_top_of_repository(folder: &Path) -> bool {
    folder.join(".git").exists()
}

/// What Python imports from a folder: its own files, and the folders in it that hold some.
pub fn modules(folder: &Path) -> Vec<String> {
    let inside = SOURCES.iter().flat_map(|source| entries(&folder.join(source)));
    let modules = inside.filter_map(|(name, path)| match module_file(&name) {
        Some(module) => Some(module.to_owned()),
        None => (is_identifier(&name) && holds_modules(&path, DEEPEST)).then_some(name),
    });
    modules.collect()
}

/// The entries of a folder in any order; none where it can't be read.
fn entries(folder: &Path) -> impl Iterator<Item = (String, PathBuf)> + use<> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path()))
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
    entries(folder).any(|(name, _)| module_file(&name).is_some())
        || (depth > 1 && entries(folder).any(|(name, path)| is_identifier(&name) && holds_modules(&path, depth - 1)))
}
