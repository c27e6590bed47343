//! The project around each notebook: what lies in its folder and in those above it, up to the top of the repository.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::io;
use crate::project::{LISTS, Project, is_declaration};

/// Files of a folder that declare something, by name and text.
type Declarations = Arc<[(String, String)]>;

/// Looks through each folder once.
#[derive(Default)]
pub(super) struct Projects {
    declarations: BTreeMap<PathBuf, Declarations>,
    modules: BTreeMap<PathBuf, Arc<[String]>>,
    known: BTreeMap<PathBuf, Option<Arc<Project>>>,
}

impl Projects {
    /// The project that holds the notebook at `path`, which is absolute; nothing where no file declares anything.
    pub fn around(&mut self, path: &Path) -> Option<Arc<Project>> {
        let folder = path.parent()?;
        if let Some(known) = self.known.get(folder) {
            return known.clone();
        }
        // outside of a repository nobody knows where the project ends: the nearest file speaks alone
        let top = folder.ancestors().find(|above| io::is_top_of_repository(above));
        let mut project = Project::default();
        let mut above = Vec::new();
        for (up, here) in folder.ancestors().enumerate() {
            project.declare(&"../".repeat(up), &self.declarations(here));
            above.push(here);
            if top.map_or(project.file.is_some(), |top| top == here) {
                break;
            }
        }
        let project = project.file.is_some().then(|| {
            for here in above {
                project.own(&self.modules(here));
            }
            Arc::new(project)
        });
        self.known.insert(folder.to_owned(), project.clone());
        project
    }

    fn declarations(&mut self, folder: &Path) -> Declarations {
        let look = || io::declarations(folder, &LISTS, is_declaration).into();
        let known = self.declarations.entry(folder.to_owned());
        Arc::clone(known.or_insert_with(look))
    }

    fn modules(&mut self, folder: &Path) -> Arc<[String]> {
        let known = self.modules.entry(folder.to_owned());
        Arc::clone(known.or_insert_with(|| io::modules(folder).into()))
    }
}
