//! From what was typed and what settings files say to what is stripped of each notebook.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::settings::Patterns;
use crate::strip::{Layer, Options};

use super::args::SearchArgs;
use super::nearest::{Nearest, absolute, excluded};
use super::talk::UserError;

/// Finds out what is stripped, once for all notebooks that the same settings govern.
pub(super) struct StripOptions {
    nearest: Nearest,
    excluded: Patterns,
    /// What lies over the settings.
    typed: Vec<Layer>,
    /// By settings file, and by which of its groups for paths apply.
    known: BTreeMap<(Option<PathBuf>, Vec<bool>), Arc<Options>>,
}

impl StripOptions {
    /// # Errors
    /// A settings file that was named and can't be used, and patterns that are none.
    pub fn new(search: &SearchArgs, typed: Vec<Layer>) -> Result<Self, Vec<UserError>> {
        Ok(Self {
            nearest: Nearest::new(&search.settings)?,
            excluded: excluded(&search.exclude)?,
            typed,
            known: BTreeMap::new(),
        })
    }

    /// What is stripped of the notebook at `path`, and whether it is left out when folders are searched.
    ///
    /// # Errors
    /// Settings that can't be used.
    pub fn of(&mut self, path: &Path) -> Result<(Arc<Options>, bool), Vec<UserError>> {
        let path = absolute(path);
        let settings = self.nearest.of(&path)?;
        let settings = settings.as_deref();
        let left_out = self.excluded.name(&path) || settings.is_some_and(|settings| settings.exclude.name(&path));
        let groups = settings.map_or(&[][..], |settings| &settings.per_path);
        let apply: Vec<bool> = groups.iter().map(|(patterns, _)| patterns.name(&path)).collect();
        let key = (settings.map(|settings| settings.file.clone()), apply);
        if let Some(known) = self.known.get(&key) {
            return Ok((known.clone(), left_out));
        }
        let base = settings.map(|settings| &settings.base.strip);
        let for_path = groups.iter().zip(&key.1).filter(|&(_, apply)| *apply);
        let layers: Vec<&Layer> = base
            .into_iter()
            .chain(for_path.map(|((_, group), _)| &group.strip))
            .chain(&self.typed)
            .collect();
        let options = Arc::new(Options::of(&layers));
        self.known.insert(key, options.clone());
        Ok((options, left_out))
    }
}
