//! Redacting: which bytes of a notebook hold secrets, and what stands there afterwards.
//!
//! Only outputs, metadata and attachments are touched, and sources where that is asked for. What is packed into
//! base64 is unpacked, redacted and packed again. What a notebook or its settings ignore stays.

mod literals;
mod source;
mod variables;

use std::collections::BTreeMap;

use ruff_python_ast::token::TokenKind;
use ruff_text_size::Ranged;

use crate::finding::{Place, PlaceKind};
use crate::json::Kind;
use crate::notebook::{self, Language, Notebook, ReadError};
use crate::python::{CellCode, Magics, parse_cells, span};
use crate::secrets::{self, Packed, Secret};
use crate::select::Selection;
use crate::suppress::{self, Ignores};
use crate::text::{EditSet, Masker, Span};

use variables::Variables;

/// What to redact beside secrets in outputs and metadata.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Secrets in sources too: a literal becomes a look-up in the environment.
    pub source: bool,
    /// Home directories in outputs, and the names of their owners, become `~`.
    pub paths: bool,
}

/// What comes of a notebook.
#[derive(Debug)]
pub struct Redacted {
    pub text: String,
    /// What was redacted: how many of each kind.
    pub done: BTreeMap<&'static str, usize>,
    /// Secrets that stay, in sources that nobody asked to change.
    pub in_sources: usize,
    /// Secrets that stay because they are ignored.
    pub ignored: usize,
    /// The notebook before and after with every secret hidden, for showing.
    pub before_shown: String,
    pub after_shown: String,
}

/// Why a notebook can't be redacted.
#[derive(Debug)]
pub enum RedactError {
    Unreadable(ReadError),
    /// A fault of ours: these kinds are still found afterwards.
    Left(Vec<&'static str>),
}

/// Rounds until nothing is left: a redacted text may bare what it covered.
const ROUNDS: usize = 4;

/// Redacts a notebook's text. `not_ignored` are the rules whose findings matter: all, unless settings say otherwise.
/// `magics` are those that are known.
///
/// # Errors
/// A text that is no notebook, and (a fault of ours) a result that is none or still holds a secret.
pub fn redact(
    text: &str,
    options: Options,
    not_ignored: Option<&Selection>,
    magics: &Magics,
) -> Result<Redacted, RedactError> {
    let mut current = text.to_owned();
    let mut done = BTreeMap::new();
    let (mut hidden_before, mut hidden_after) = (EditSet::new(), EditSet::new());
    let mut variables = None;
    let mut last = Vec::new();
    for round in 0..=ROUNDS {
        let notebook = notebook::read(&current).map_err(RedactError::Unreadable)?;
        let cells = match notebook.language {
            Language::Other(_) => Vec::new(),
            _ => parse_cells(&notebook, magics),
        };
        let secrets = secrets::scan_parsed(&notebook, &cells);
        // cells of the oldest format are lists of lines without their ends, and of a Python that is no more
        let asked = options.source || current.contains(suppress::MARK);
        let readable = asked && notebook.language.is_python() && notebook.format.0 != 2;
        let cells = if readable { cells } else { Vec::new() };
        let ignores = Ignores::gather(&notebook, &cells);
        let accepted = |place: &Place, rule: (&'static str, &'static str)| {
            not_ignored.is_some_and(|rules| !rules.has(rule.0)) || ignores.cover(rule, place)
        };
        let found = &secrets.found;
        let (ignored, known): (Vec<&Secret>, Vec<&Secret>) = found
            .iter()
            .partition(|secret| accepted(&secret.place, rule_of(secret.place.kind)));
        let (wanted, in_sources): (Vec<&Secret>, Vec<&Secret>) = known
            .into_iter()
            .partition(|secret| options.source || secret.place.kind != PlaceKind::Source);
        if round == 0 {
            found.iter().for_each(|secret| hide(&mut hidden_before, secret));
        }
        let variables = variables.get_or_insert_with(|| Variables::new(&notebook));
        let mut edits = edits_for(&notebook, &cells, &wanted, variables);
        let mut kinds: Vec<&'static str> = wanted.iter().map(|secret| secret.detector).collect();
        if options.paths {
            for home in secrets::homes(&notebook, &Masker::default()) {
                if !accepted(&home.place, HOMES) && replace(&mut edits, &home.pieces, "~") {
                    kinds.push(home.kind);
                }
            }
        }
        if edits.is_empty() && kinds.is_empty() {
            found.iter().for_each(|secret| hide(&mut hidden_after, secret));
            return Ok(Redacted {
                before_shown: hidden_before.apply(text),
                after_shown: hidden_after.apply(&current),
                done,
                in_sources: in_sources.len(),
                ignored: ignored.len(),
                text: current,
            });
        }
        kinds.iter().for_each(|kind| *done.entry(*kind).or_default() += 1);
        last = kinds;
        if edits.is_empty() {
            break;
        }
        current = edits.apply(&current);
    }
    Err(RedactError::Left(last))
}

/// The rules that find what is redacted, by code and name.
const HOMES: (&str, &str) = ("MB402", "user-path-in-output");

fn rule_of(kind: PlaceKind) -> (&'static str, &'static str) {
    match kind {
        PlaceKind::Source => ("MB302", "secret-in-source"),
        PlaceKind::Output => ("MB301", "secret-in-output"),
        PlaceKind::Metadata | PlaceKind::File => ("MB303", "secret-in-metadata"),
    }
}

/// A notebook's text with every secret in it hidden, for showing.
pub fn hidden(text: &str) -> String {
    let mut edits = EditSet::new();
    if let Ok(notebook) = notebook::read(text) {
        let found = secrets::scan(&notebook).found;
        found.iter().for_each(|secret| hide(&mut edits, secret));
    }
    edits.apply(text)
}

/// A notebook's text with the secrets marked that stand in its prose, and in comments: nothing there computes. What hides
/// all its secrets comes with it: what a comment gave away may stand in code too, where nothing tells of it any more.
pub fn said(text: &str) -> (String, Masker) {
    let Ok(notebook) = notebook::read(text) else {
        return (text.to_owned(), Masker::default());
    };
    let cells = parse_cells(&notebook, &Magics::default());
    let mut edits = EditSet::new();
    let secrets = secrets::scan_parsed(&notebook, &cells);
    for secret in &secrets.found {
        let of_source = secret.place.kind == PlaceKind::Source && secret.packed.is_none();
        let Some(cell) = secret
            .place
            .cell
            .and_then(|idx| notebook.cell(idx))
            .filter(|_| of_source)
        else {
            continue;
        };
        let code = cells.iter().find(|code| code.idx == cell.idx && cell.is_code());
        if code.map_or(!cell.is_code(), |code| is_in_comment(code, secret.place.span)) {
            replace(&mut edits, &secret.pieces, &mark(secret));
        }
    }
    (edits.apply(text), secrets.masker)
}

/// Whether the bytes of the file stand in a comment.
fn is_in_comment(code: &CellCode, here: Span) -> bool {
    let tokens = code.parsed().into_iter().flat_map(|parsed| parsed.tokens().iter());
    let mut comments = tokens.filter(|token| token.kind() == TokenKind::Comment);
    comments.any(|comment| code.to_file.original(span(comment.range())).contains(here))
}

fn hide(edits: &mut EditSet, secret: &Secret) {
    for piece in &secret.pieces {
        // overlapping pieces are hidden already
        let _ = edits.push(*piece, "*".repeat(piece.len().min(12)));
    }
}

fn edits_for(notebook: &Notebook<'_>, cells: &[CellCode], wanted: &[&Secret], variables: &mut Variables) -> EditSet {
    let mut edits = EditSet::new();
    let mut packed: BTreeMap<Vec<Span>, (Packed, Vec<&Secret>)> = BTreeMap::new();
    let mut in_sources = Vec::new();
    for &secret in wanted {
        if let Some(base64) = &secret.packed {
            let entry = packed.entry(base64.pieces.clone());
            entry.or_insert_with(|| (base64.clone(), Vec::new())).1.push(secret);
        } else if secret.place.kind == PlaceKind::Source {
            in_sources.push(secret);
        } else {
            replace_value(&mut edits, notebook, secret);
        }
    }
    source::rewrite(&mut edits, notebook, cells, &in_sources, variables);
    for (pieces, (base64, secrets)) in packed {
        let file: String = pieces.iter().map(|piece| piece.slice(notebook.text)).collect();
        let values: Vec<(&str, String)> = secrets.iter().map(|secret| (secret.value(), mark(secret))).collect();
        if let Some(redacted) = secrets::repack(&file, base64.image, &values) {
            replace(&mut edits, &pieces, &redacted);
        }
    }
    edits
}

/// `[redacted:github-token]`
fn mark(secret: &Secret) -> String {
    format!("[redacted:{}]", secret.detector)
}

/// The mark in place of a secret; a number gives way to a string, so that JSON stays JSON.
fn replace_value(edits: &mut EditSet, notebook: &Notebook<'_>, secret: &Secret) {
    let node = secret
        .pieces
        .first()
        .and_then(|piece| notebook.json.innermost(piece.start));
    let number = node.filter(|node| matches!(notebook.json.kind(*node), Kind::Number));
    match number {
        Some(node) => replace(edits, &[notebook.json.span(node)], &format!("\"{}\"", mark(secret))),
        None => replace(edits, &secret.pieces, &mark(secret)),
    };
}

/// Puts `text` in place of the first piece and nothing in place of the others. `false` where another edit stands.
fn replace(edits: &mut EditSet, pieces: &[Span], text: &str) -> bool {
    let mut text = Some(text);
    let mut all = true;
    for piece in pieces {
        all &= edits.push(*piece, text.take().unwrap_or_default()).is_ok();
    }
    all
}
