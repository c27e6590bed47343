//! Credentials: decoded views of a notebook, a prefilter, patterns, checks, hits mapped back to file bytes.
//!
//! A detector is a row of a table under `detectors/`. Adding one is adding a row; a test runs its examples.

mod assignment;
mod checks;
pub mod detectors;
mod engine;
mod placeholder;
mod view;

pub use detectors::{DETECTORS, Detector};
pub use engine::{Hit, compile, hits_in};
pub use view::without_ansi;

use std::collections::BTreeSet;

use crate::finding::{Confidence, Located, Place};
use crate::notebook::Notebook;
use crate::text::{Masker, shown};

use view::View;

/// A credential and where it stands.
#[derive(Debug)]
pub struct Secret {
    /// The detector's id.
    pub detector: &'static str,
    /// What people call such a credential.
    pub name: &'static str,
    pub confidence: Confidence,
    pub place: Place,
    /// Its first characters and its length: all that is ever said of it.
    shown: String,
}

impl Secret {
    /// `a GitHub token (ghp_…, 40 characters) is <where>`
    pub fn message(&self, stands: &str) -> String {
        format!("{} {} is {stands}", self.name, self.shown)
    }
}

/// All credentials of a notebook.
#[derive(Debug, Default)]
pub struct Secrets {
    pub found: Vec<Secret>,
    /// Hides them, in whatever is shown of the notebook.
    pub masker: Masker,
}

/// Finds the credentials of a notebook: in sources of all cells, outputs and metadata.
pub fn scan(notebook: &Notebook<'_>) -> Secrets {
    let views = view::collect(notebook, engine::may_hold);
    let hits: Vec<(&View<'_>, Vec<Hit>)> = views
        .iter()
        .map(|view| (view, hits_in(&view.text)))
        .filter(|(_, hits)| !hits.is_empty())
        .collect();
    let values = hits
        .iter()
        .flat_map(|(view, hits)| hits.iter().map(|hit| hit.span.slice(&view.text)));
    let masker = Masker::new(values);
    let mut found = Vec::new();
    // a string of metadata is seen twice: in the raw object and, where it has escapes, decoded
    let mut seen = BTreeSet::new();
    for (view, hits) in hits {
        let located = Located::new(&view.text, &view.map);
        for hit in hits {
            let place = located.place(view.kind, view.cell, view.output, hit.span, &masker);
            if seen.insert((place.span, hit.detector)) {
                found.push(Secret {
                    detector: hit.detector,
                    name: hit.name,
                    confidence: hit.confidence,
                    place,
                    shown: shown(hit.span.slice(&view.text)),
                });
            }
        }
    }
    found.sort_by(|a, b| (a.place.span, a.detector).cmp(&(b.place.span, b.detector)));
    Secrets { found, masker }
}
