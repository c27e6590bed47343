//! From what was typed and what settings files say to what is done for each notebook.

use std::path::{Path, PathBuf};

use crate::check::{LARGE_OUTPUT, Strictness, rule_names};
use crate::finding::Severity;
use crate::select::{RuleName, Selection, UnknownRule};
use crate::settings::{Group, Patterns, Profile, Settings};

use super::args::{Least, RuleArgs, SearchArgs};
use super::nearest::{Nearest, absolute, excluded};
use super::projects::Projects;
use super::talk::{UserError, note};

/// Looks settings up, each folder once.
pub(super) struct Resolver<'a> {
    typed: &'a RuleArgs,
    rules: Vec<RuleName>,
    nearest: Nearest,
    excluded: Patterns,
    projects: Projects,
}

/// What is done for one notebook.
pub(super) struct Resolved {
    pub strictness: Strictness,
    /// Every rule but those that the settings ignore by name or code.
    pub not_ignored: Selection,
    pub excluded: bool,
    /// The settings file that had a say.
    pub from: Option<PathBuf>,
}

impl<'a> Resolver<'a> {
    /// # Errors
    /// A settings file that was named and can't be used, patterns that are none, rules that don't exist.
    pub fn new(typed: &'a RuleArgs, search: &SearchArgs) -> Result<Self, Vec<UserError>> {
        let excluded = excluded(&search.exclude)?;
        let this = Self {
            typed,
            rules: rule_names(),
            nearest: Nearest::new(&search.settings)?,
            excluded,
            projects: Projects::default(),
        };
        // what is typed is judged even where there is no notebook to judge
        let alone = this.strictness(None, Path::new(""))?;
        for code in alone.selection.unmet() {
            note(&format!("warning: no rule has the code `{code}`"));
        }
        Ok(this)
    }

    /// # Errors
    /// Settings that can't be used.
    pub fn resolve(&mut self, notebook: &Path) -> Result<Resolved, Vec<UserError>> {
        let path = absolute(notebook);
        let settings = self.nearest.of(&path)?;
        let mut strictness = self.strictness(settings.as_deref(), &path)?;
        if strictness.selection.has("MB501") {
            strictness.project = self.projects.around(&path);
        }
        let groups = groups(settings.as_deref(), &path);
        let ignored: Vec<String> = groups.iter().flat_map(|group| &group.ignore).cloned().collect();
        let not_ignored = Selection::resolve(&self.rules, None, &ignored, Severity::Note)
            .map_err(|unknown| self.unknown(settings.as_deref(), &unknown))?;
        let excluded =
            self.excluded.name(&path) || settings.as_deref().is_some_and(|settings| settings.exclude.name(&path));
        Ok(Resolved {
            strictness,
            not_ignored,
            excluded,
            from: settings.map(|settings| settings.file.clone()),
        })
    }

    /// Layers: the file, its groups for this path, the command line.
    fn strictness(&self, settings: Option<&Settings>, path: &Path) -> Result<Strictness, Vec<UserError>> {
        let groups = groups(settings, path);
        let last = |pick: fn(&Group) -> Option<Severity>| groups.iter().rev().find_map(|group| pick(group));
        let profile = groups
            .iter()
            .rev()
            .find_map(|group| group.profile)
            .unwrap_or(Profile::Shared);
        let typed = self.typed.select.is_some();
        let from_file = if typed { &[] } else { groups.as_slice() };
        let selected = self
            .typed
            .select
            .clone()
            .or_else(|| from_file.iter().rev().find_map(|group| group.select.clone()));
        let extended: Vec<String> = from_file
            .iter()
            .flat_map(|group| &group.extend_select)
            .chain(&self.typed.extend_select)
            .cloned()
            .collect();
        let mut ignored: Vec<String> = from_file
            .iter()
            .flat_map(|group| &group.ignore)
            .chain(&self.typed.ignore)
            .cloned()
            .collect();
        if selected.is_none() {
            let left_out = profile
                .left_out()
                .iter()
                .filter(|code| !self.reselected(code, &extended));
            ignored.extend(left_out.map(|code| (*code).to_owned()));
        }
        let select = match selected {
            None if extended.is_empty() => None,
            None => Some(std::iter::once("ALL".to_owned()).chain(extended).collect()),
            Some(selected) => Some(selected.into_iter().chain(extended).collect::<Vec<_>>()),
        };
        let typed_least = self.typed.severity.map(|least| match least {
            Least::Note => Severity::Note,
            Least::Warning => Severity::Warning,
            Least::Error => Severity::Error,
        });
        let least = typed_least
            .or_else(|| last(|group| group.severity))
            .unwrap_or(Severity::Note);
        let selection = Selection::resolve(&self.rules, select.as_deref(), &ignored, least)
            .map_err(|unknown| self.unknown(settings, &unknown))?;
        Ok(Strictness {
            selection,
            warnings_are_errors: profile == Profile::Production,
            large_output: groups
                .iter()
                .rev()
                .find_map(|group| group.large_output)
                .unwrap_or(LARGE_OUTPUT),
            project: None,
            magics: settings.map(|settings| settings.magics.clone()).unwrap_or_default(),
        })
    }

    /// The errors for selectors that no rule answers to; those that stand in a file name it.
    fn unknown(&self, settings: Option<&Settings>, unknown: &[UnknownRule]) -> Vec<UserError> {
        let typed = |selector: &String| {
            let lists = [&self.typed.ignore, &self.typed.extend_select];
            let selected = self.typed.select.iter();
            selected.chain(lists).any(|list| list.contains(selector))
        };
        let file = settings.map_or_else(String::new, |settings| format!("{}: ", settings.file.display()));
        let from = |selector| if typed(selector) { "" } else { file.as_str() };
        let errors = unknown
            .iter()
            .map(|unknown| UserError::unknown_rule(unknown, from(&unknown.selector)));
        errors.collect()
    }

    /// Whether `extend-select` names a rule that the profile leaves out.
    fn reselected(&self, code: &str, extended: &[String]) -> bool {
        let name = self.rules.iter().find(|rule| rule.code == code).map(|rule| rule.name);
        extended
            .iter()
            .any(|selector| code.starts_with(selector.as_str()) || name == Some(selector.as_str()))
    }
}

/// The groups of settings that govern a notebook, later ones on top.
fn groups<'s>(settings: Option<&'s Settings>, path: &Path) -> Vec<&'s Group> {
    settings.map_or_else(Vec::new, |settings| {
        let for_path = settings
            .per_path
            .iter()
            .filter(|(patterns, _)| patterns.name(path))
            .map(|(_, group)| group);
        std::iter::once(&settings.base).chain(for_path).collect()
    })
}
