//! The project that holds a notebook: what its files declare to be installed, and the modules of its own.

mod declarations;

pub use declarations::{LISTS, inline, is_declaration};

use std::collections::BTreeSet;

use crate::python::{brought_by, normalised};

use declarations::Declared;

/// What stands around a distribution's name where a project asks for a build of it: `tensorflow-gpu`,
/// `psycopg2-binary`, conda's `python-graphviz`.
const BEFORE: [&str; 3] = ["python-", "py-", "pypi-"];
const AFTER: [&str; 15] = [
    "-base",
    "-binary",
    "-contrib",
    "-core",
    "-cpu",
    "-dev",
    "-full",
    "-gpu",
    "-headless",
    "-intel",
    "-macos",
    "-metal",
    "-nightly",
    "-python",
    "-slim",
];

/// Distributions of one module: any of a row will do.
const SAME: [&[&str]; 6] = [
    &[
        "opencv-python",
        "opencv-contrib-python",
        "opencv-python-headless",
        "opencv",
    ],
    &["torch", "pytorch"],
    &["tables", "pytables"],
    &["scikit-learn", "sklearn"],
    &["beautifulsoup4", "bs4"],
    &["google-cloud-storage", "gcloud"],
];

/// Distributions that bring whole worlds along.
const OPEN: [&str; 2] = ["anaconda", "metapackage-anaconda"];

/// What a project's files say, those of the notebook's folder and of the folders above it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Project {
    /// The file nearest to the notebook that says what is needed to run it, as seen from the notebook's folder. Without
    /// one nothing can be missing.
    pub file: Option<String>,
    /// Normalised names.
    declared: BTreeSet<String>,
    /// Modules beside the notebook and above it, and the project's own package.
    own: BTreeSet<String>,
    /// Whether more is declared than can be read.
    open: bool,
}

/// Whether a distribution is there where the project's are installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing<'p> {
    Declared,
    /// Only because another one needs it.
    BroughtBy(&'p str),
    Missing,
}

impl Project {
    /// Adds what the files of a folder declare, by their names and texts; the nearest folder comes first. `path` leads
    /// there from the notebook: empty, or with a slash at its end.
    pub fn declare(&mut self, path: &str, declarations: &[(String, String)]) {
        for (name, text) in declarations {
            let Declared {
                names,
                own,
                speaks,
                open,
            } = declarations::read(name, text);
            self.declared.extend(names.iter().map(|name| normalised(name)));
            self.own.extend(own.map(|name| normalised(&name).replace('-', "_")));
            self.open |= open;
            if speaks && self.file.is_none() {
                self.file = Some(format!("{path}{name}"));
            }
        }
        self.open |= OPEN.iter().any(|name| self.declared.contains(*name));
    }

    /// Adds modules of the project's own.
    pub fn own(&mut self, modules: &[String]) {
        self.own.extend(modules.iter().cloned());
    }

    /// Whether a module is the project's own.
    pub fn owns(&self, module: &str) -> bool {
        self.own.contains(module.split('.').next().unwrap_or_default())
    }

    /// How a distribution stands that `module` may come from.
    pub fn standing(&self, distribution: &str, module: &str) -> Standing<'_> {
        let top = module.split('.').next().unwrap_or_default();
        let distribution = normalised(distribution);
        let names = [distribution.clone(), normalised(top), normalised(module)];
        let wanted: Vec<&str> = names.iter().map(|name| plain(name)).collect();
        let also = SAME.iter().find(|row| row.contains(&distribution.as_str()));
        let is_it = |name: &str| wanted.contains(&plain(name)) || also.is_some_and(|row| row.contains(&name));
        if self.open || self.declared.iter().any(|name| is_it(name)) {
            return Standing::Declared;
        }
        let declared = self.declared.iter().map(String::as_str);
        brought_by(&distribution, declared).map_or(Standing::Missing, Standing::BroughtBy)
    }
}

/// A name without what says only which build of it is meant.
fn plain(name: &str) -> &str {
    let mut name = name;
    loop {
        let before = BEFORE.iter().find_map(|word| name.strip_prefix(word));
        let shorter = before.or_else(|| AFTER.iter().find_map(|word| name.strip_suffix(word)));
        // tensorflow-cu12, jax-cuda12-plugin
        let shorter = shorter.or_else(|| {
            name.rsplit_once('-')
                .filter(|(_, last)| is_cuda(last))
                .map(|(name, _)| name)
        });
        match shorter.filter(|shorter| !shorter.is_empty()) {
            Some(shorter) => name = shorter,
            None => return name,
        }
    }
}

fn is_cuda(word: &str) -> bool {
    let rest = word.strip_prefix("cuda").or_else(|| word.strip_prefix("cu"));
    rest.is_some_and(|rest| rest.trim_end_matches('x').bytes().all(|byte| byte.is_ascii_digit()))
}
