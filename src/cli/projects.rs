//! The project around each notebook: what lies in its folder and in those above it, up to the top of the repository.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::io::{self, ProjectFolder};
use crate::project::{Project, is_declaration};

/// Looks through each folder once.
#[derive(Default)]
pub(super) struct Projects {
    folders: BTreeMap<PathBuf, Arc<ProjectFolder>>,
    known: BTreeMap<PathBuf, Option<Arc<Project>>>,
}

impl Projects {
    /// The project that holds the notebook at `path`, which is absolute; nothing where no file declares anything.
    pub fn around(&mut self, path: &Path) -> Option<Arc<Project>> {
        let folder = path.parent()?;
        if let Some(known) = self.known.get(folder) {
            return known.clone();
        }
        let mut folders = Vec::new();
        let mut in_repository = false;
        for above in folder.ancestors() {
            let found = self.folder(above);
            in_repository = found.is_top;
            folders.push(found);
            if in_repository {
                break;
            }
        }
        let mut project = Project::default();
        for (up, found) in folders.iter().enumerate() {
            project.add(&"../".repeat(up), &found.declarations, found.modules.clone());
            // outside of a repository nobody knows where the project ends: the nearest file speaks alone
            if !in_repository && project.file.is_some() {
                break;
            }
        }
        let project = project.file.is_some().then(|| Arc::new(project));
        self.known.insert(folder.to_owned(), project.clone());
        project
    }

    fn folder(&mut self, folder: &Path) -> Arc<ProjectFolder> {
        let look = || Arc::new(io::project_folder(folder, is_declaration));
        Arc::clone(self.folders.entry(folder.to_owned()).or_insert_with(look))
    }
}
