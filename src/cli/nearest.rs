//! The settings file that governs a notebook: the one that was named, else the nearest up the tree.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::io;
use crate::settings::{self, Patterns, Settings};

use super::args::SettingsArgs;
use super::talk::UserError;

/// Looks settings up, each folder once.
pub(super) struct Nearest {
    fixed: Option<Option<Arc<Settings>>>,
    by_folder: BTreeMap<PathBuf, Option<Arc<Settings>>>,
}

impl Nearest {
    /// # Errors
    /// A settings file that was named and can't be used.
    pub fn new(typed: &SettingsArgs) -> Result<Self, Vec<UserError>> {
        let fixed = match (&typed.config, typed.no_config) {
            (_, true) => Some(None),
            (Some(file), _) => Some(Some(named_settings(file)?)),
            (None, false) => None,
        };
        Ok(Self {
            fixed,
            by_folder: BTreeMap::new(),
        })
    }

    /// The settings for the notebook at `path`, which is absolute.
    ///
    /// # Errors
    /// Settings that can't be used.
    pub fn of(&mut self, path: &Path) -> Result<Option<Arc<Settings>>, Vec<UserError>> {
        match &self.fixed {
            Some(fixed) => Ok(fixed.clone()),
            None => self.above(path.parent().unwrap_or(Path::new(""))),
        }
    }

    /// The settings that govern a folder: its own, else its parent's.
    fn above(&mut self, folder: &Path) -> Result<Option<Arc<Settings>>, Vec<UserError>> {
        if let Some(known) = self.by_folder.get(folder) {
            return Ok(known.clone());
        }
        let mut found = None;
        for (file, text) in io::settings_files(folder).map_err(|error| vec![error.into()])? {
            if let Some(settings) = settings::parse(&file, &text).map_err(|error| vec![error.into()])? {
                found = Some(Arc::new(settings));
                break;
            }
        }
        if found.is_none()
            && let Some(parent) = folder.parent()
        {
            found = self.above(parent)?;
        }
        self.by_folder.insert(folder.to_owned(), found.clone());
        Ok(found)
    }
}

fn named_settings(file: &Path) -> Result<Arc<Settings>, Vec<UserError>> {
    let text = io::read(file).map_err(|error| vec![error.into()])?;
    let settings = settings::parse(&absolute(file), &text).map_err(|error| vec![error.into()])?;
    let none = || {
        let message = format!("{}: there is no [tool.mortarboard] in this file", file.display());
        vec![UserError::new(message, "add the table, or name another file")]
    };
    settings.map(Arc::new).ok_or_else(none)
}

/// The patterns of `--exclude`, which are meant from here.
///
/// # Errors
/// Patterns that are none.
pub(super) fn excluded(patterns: &[String]) -> Result<Patterns, Vec<UserError>> {
    let here = absolute(Path::new("."));
    Patterns::new(&here, patterns.iter().map(String::as_str)).map_err(|message| {
        vec![UserError::new(
            format!("--exclude {message}"),
            "patterns are those of .gitignore",
        )]
    })
}

pub(super) fn absolute(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    absolute.components().collect()
}
