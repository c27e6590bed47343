//! Credentials: decoded views of a notebook, a prefilter, patterns, checks, hits mapped back to file bytes.
//!
//! A detector is a row of a table under `detectors/`. Adding one is adding a row; a test runs its examples.

mod assignment;
mod base64;
mod checks;
mod columns;
mod copies;
mod decode;
mod detectors;
mod engine;
mod homes;
mod keywords;
mod label;
mod national;
mod parts;
mod personal;
mod placeholder;
mod png;
mod repack;
mod shape;
mod syntax;
mod table;
mod users;
mod view;

pub(crate) use base64::encode as to_base64;
pub use decode::without_ansi;
pub use detectors::{Detector, detectors};
pub use engine::{Hit, compile, hits_in};
pub use homes::{Home, homes};
pub use personal::{Personal, personal};
pub(crate) use repack::repack;
pub use view::Packed;

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::finding::{Confidence, Located, Place, PlaceKind};
use crate::notebook::{CellIdx, Language, Notebook};
use crate::python::{CellCode, Magics, parse_cells};
use crate::text::{Masker, OffsetMap, Span, shown};

use copies::{Copies, Copy};
use view::{At, Sought, View};

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
    /// Copies of one secret have the same number, whole or in part.
    pub same: usize,
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

    /// Whether it is the start of another one, as a notebook prints to show that a key is set.
    pub fn is_start_of(&self, other: &Self) -> bool {
        self.value().len() < other.value().len() && other.value().starts_with(self.value())
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

impl Secrets {
    /// The value of the credential that stands at a place.
    pub(crate) fn value_at(&self, place: &Place) -> Option<&str> {
        let here = |secret: &&Secret| secret.place.span == place.span && secret.place.kind == place.kind;
        self.found.iter().find(here).map(Secret::value)
    }

    /// A cell's source without the credentials in it.
    pub(crate) fn without_values(&self, source: &str, cell: CellIdx) -> String {
        let here = |secret: &&Secret| secret.place.cell == Some(cell) && secret.place.kind == PlaceKind::Source;
        let values = self.found.iter().filter(here).map(Secret::value);
        values.fold(source.to_owned(), |text, value| text.replace(value, ""))
    }
}

/// Finds the credentials of a notebook: in sources of all cells, outputs and metadata.
///
/// What shows a credential in one place is sought in all others: a password that is printed has no name before it.
pub fn scan(notebook: &Notebook<'_>) -> Secrets {
    let cells = match notebook.language {
        Language::Other(_) => Vec::new(),
        _ => parse_cells(notebook, &Magics::default()),
    };
    scan_parsed(notebook, &cells)
}

/// The same, with the notebook's cells as Python reads them: none where they are in another language.
pub fn scan_parsed(notebook: &Notebook<'_>, cells: &[CellCode]) -> Secrets {
    let sought = Sought {
        hits_in: &hits_in,
        may_hold: |_| true,
        everywhere: true,
    };
    let mut views: Vec<View<'_, Hit>> = syntax::lines(cells).into_iter().filter_map(told).collect();
    views.extend(view::collect(notebook, sought));
    drop_names(cells, &mut views);
    if views.is_empty() {
        return Secrets::default();
    }
    let hits = views
        .iter()
        .flat_map(|view| view.hits.iter().map(move |hit| (view, hit)));
    let mut known: BTreeMap<&str, Known> = BTreeMap::new();
    for (view, hit) in hits {
        let rank = known.len();
        let value = known
            .entry(hit.span.slice(&view.text))
            .or_insert(Known { rank, hit: *hit });
        value.hit.confidence = value.hit.confidence.max(hit.confidence);
    }
    let values: Vec<&str> = known.keys().copied().collect();
    let copies = Copies::new(&values);
    let further = Sought {
        hits_in: &|text: &str| copies.find(text),
        may_hold: |_| true,
        everywhere: true,
    };
    let further = view::collect(notebook, further);
    let parts = parts(notebook, &views);
    let masker = Masker::new(values.iter().copied().chain(shown_by(&further)).chain(parts));
    let mut places = Places::default();
    for view in &views {
        // what was told of a cell is shown as it stands there
        let source = view.told.then(|| Some(&notebook.cell(view.at.cell?)?.source)).flatten();
        let located = match source {
            Some(source) => Located::new(&source.text, &source.map),
            None => Located::new(&view.text, &view.map),
        };
        for hit in &view.hits {
            let same = known.get(hit.span.slice(&view.text)).map_or(0, |known| known.rank);
            let at = match source {
                Some(source) => source.map.derived(view.map.original(hit.span)),
                None => Some(hit.span),
            };
            if let Some(at) = at {
                places.add(view, &located, at, *hit, same, &masker);
            }
        }
    }
    for view in &further {
        let located = Located::new(&view.text, &view.map);
        for copy in &view.hits {
            let value = values.get(copy.of).and_then(|value| Some((value, known.get(value)?)));
            let Some((value, known)) = value else { continue };
            // in a source the start of a value is a literal of its own
            if view.at.kind == PlaceKind::Source && copy.span.slice(&view.text) != *value {
                continue;
            }
            let hit = Hit {
                span: copy.span,
                ..known.hit
            };
            places.add(view, &located, hit.span, hit, known.rank, &masker);
        }
    }
    let mut found = places.found;
    found.sort_by(|a, b| (a.place.span, a.detector).cmp(&(b.place.span, b.detector)));
    Secrets { found, masker }
}

/// What the syntax of a cell says, as a text of its own, where something is found in it.
fn told((code, text, map): (&CellCode, String, OffsetMap)) -> Option<View<'static, Hit>> {
    let mut hits = hits_in(&text);
    // what a line says only to be one stands nowhere
    hits.retain(|hit| map.pieces(hit.span).iter().map(|piece| piece.len()).sum::<usize>() == hit.span.len());
    (!hits.is_empty()).then(|| View {
        at: At {
            kind: PlaceKind::Source,
            cell: Some(code.idx),
            output: None,
        },
        text: text.into(),
        map: Cow::Owned(map.through(&code.to_file)),
        hits,
        packed: None,
        told: true,
    })
}

/// Drops what is only a name in code: `password=DB_PASS_2`. What has a form of its own may be pasted without quotes.
fn drop_names(cells: &[CellCode], views: &mut [View<'_, Hit>]) {
    let sources = views
        .iter_mut()
        .filter(|view| view.at.kind == PlaceKind::Source && !view.told);
    for view in sources {
        let Some(code) = cells.iter().find(|code| Some(code.idx) == view.at.cell) else {
            continue;
        };
        let map = &view.map;
        view.hits.retain(|hit| {
            let at = || code.to_file.derived(map.original(hit.span));
            hit.detector != label::ID || !at().is_some_and(|at| syntax::is_name_in_code(code, at))
        });
    }
}

/// The pieces of values that stand in several literals, as each stands in its source: none is shown alone either.
fn parts<'n>(notebook: &'n Notebook<'_>, views: &[View<'_, Hit>]) -> Vec<&'n str> {
    const SHOWS: usize = 6;
    let mut found = Vec::new();
    for view in views.iter().filter(|view| view.told) {
        let Some(cell) = view.at.cell.and_then(|idx| notebook.cell(idx)) else {
            continue;
        };
        for hit in &view.hits {
            let pieces = view.map.pieces(hit.span);
            let pieces = pieces.iter().filter_map(|piece| cell.source.map.derived(*piece));
            found.extend(
                pieces
                    .map(|piece| piece.slice(&cell.source.text))
                    .filter(|part| part.len() >= SHOWS),
            );
        }
    }
    found
}

/// A value that was found, and how it was told.
struct Known {
    rank: usize,
    hit: Hit,
}

fn shown_by<'v>(views: &'v [View<'_, Copy>]) -> impl Iterator<Item = &'v str> {
    views
        .iter()
        .flat_map(|view| view.hits.iter().map(|copy| copy.span.slice(&view.text)))
}

/// The places of secrets, each once: a string may be seen several times, in a raw object and decoded, with and without
/// its percent signs.
#[derive(Default)]
struct Places {
    found: Vec<Secret>,
    /// Where those that were added start and end.
    taken: BTreeMap<usize, usize>,
}

impl Places {
    /// `at`: where in the text of `located` the hit is shown.
    fn add<H>(&mut self, view: &View<'_, H>, located: &Located<'_>, at: Span, hit: Hit, same: usize, masker: &Masker) {
        let span = view.map.original(hit.span);
        let before = self.taken.range(..span.end).next_back();
        if before.is_some_and(|(_, end)| *end > span.start) {
            return;
        }
        self.taken.insert(span.start, span.end);
        let value = hit.span.slice(&view.text);
        self.found.push(Secret {
            detector: hit.detector,
            name: hit.name,
            confidence: hit.confidence,
            place: located.place(view.at.kind, view.at.cell, view.at.output, at, masker),
            shown: shown(value),
            value: Hidden(value.to_owned()),
            pieces: view.map.pieces(hit.span),
            packed: view.packed.clone(),
            same,
        });
    }
}
