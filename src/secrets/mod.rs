//! Credentials: decoded views of a notebook, a prefilter, patterns, checks, hits mapped back to file bytes.
//!
//! A detector is a row of a table under `detectors/`. Adding one is adding a row; a test runs its examples.

mod assignment;
mod base64;
mod checks;
mod decode;
mod detectors;
mod engine;
mod homes;
mod keywords;
mod label;
mod personal;
mod placeholder;
mod png;
mod repack;
mod shape;
mod view;

pub use decode::without_ansi;
pub use detectors::{Detector, detectors};
pub use engine::{Hit, compile, hits_in};
pub use homes::{Home, homes};
pub use personal::{Personal, personal};
pub(crate) use repack::repack;
pub use view::Packed;

use std::collections::BTreeMap;

use crate::finding::{Confidence, Located, Place};
use crate::notebook::Notebook;
use crate::text::{Masker, Span, shown};

use view::Sought;

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
    value: Hidden,
    /// The bytes of the file that hold it; several where a list's items or colour codes part it.
    pub pieces: Vec<Span>,
    /// The base64 that it was packed into.
    pub packed: Option<Packed>,
}

/// A value that is never printed, not even for debugging.
struct Hidden(String);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

impl Secret {
    /// The secret itself, for those who remove it.
    pub(crate) fn value(&self) -> &str {
        &self.value.0
    }

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
    let sought = Sought {
        hits_in,
        may_hold: |_| true,
        everywhere: true,
    };
    let views = view::collect(notebook, sought);
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
                value: Hidden(hit.span.slice(&view.text).to_owned()),
                pieces: view.map.pieces(hit.span),
                packed: view.packed.clone(),
            });
        }
    }
    found.sort_by(|a, b| (a.place.span, a.detector).cmp(&(b.place.span, b.detector)));
    Secrets { found, masker }
}
