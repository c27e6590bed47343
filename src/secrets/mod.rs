//! Credentials: decoded views of a notebook, a prefilter, patterns, checks, hits mapped back to file bytes.
//!
//! A detector is a row of a table under `detectors/`. Adding one is adding a row; a test runs its examples.

mod assignment;
mod base64;
mod checks;
mod decode;
pub mod detectors;
mod engine;
mod placeholder;
mod png;
mod view;

pub use decode::without_ansi;
pub use detectors::{DETECTORS, Detector};
pub use engine::{Hit, compile, hits_in};

use std::collections::BTreeMap;

use crate::finding::{Confidence, Located, Place};
use crate::notebook::Notebook;
use crate::text::{Masker, shown};

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
    let views = view::collect(notebook);
    let values = views
        .iter()
        .flat_map(|view| view.hits.iter().map(|hit| hit.span.slice(&view.text)));
    let masker = Masker::new(values);
    let mut found: Vec<Secret> = Vec::new();
    // a string may be seen several times: in a raw object and decoded, with and without its percent signs
    let mut seen: BTreeMap<usize, usize> = BTreeMap::new();
    for view in &views {
        let located = Located::new(&view.text, &view.map);
        for hit in &view.hits {
            let span = view.map.original(hit.span);
            let before = seen.range(..span.end).next_back();
            if before.is_some_and(|(_, end)| *end > span.start) {
                continue;
            }
            seen.insert(span.start, span.end);
            found.push(Secret {
                detector: hit.detector,
                name: hit.name,
                confidence: hit.confidence,
                place: located.place(view.at.kind, view.at.cell, view.at.output, hit.span, &masker),
                shown: shown(hit.span.slice(&view.text)),
            });
        }
    }
    found.sort_by(|a, b| (a.place.span, a.detector).cmp(&(b.place.span, b.detector)));
    Secrets { found, masker }
}
