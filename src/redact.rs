//! Redacting: which bytes of a notebook hold secrets, and what stands there afterwards.
//!
//! Only outputs, metadata and attachments are touched, and sources where that is asked for. What is packed into
//! base64 is unpacked, redacted and packed again.

use std::collections::BTreeMap;

use crate::finding::PlaceKind;
use crate::notebook::{self, Notebook};
use crate::secrets::{self, Packed, Secret};
use crate::text::{EditSet, Span};

/// What to redact beside secrets in outputs and metadata.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Secrets in sources too: a literal becomes a look-up in the environment.
    pub source: bool,
    /// Home directories in outputs become `~`.
    pub paths: bool,
}

/// What comes of a notebook.
#[derive(Debug)]
pub struct Redacted {
    pub text: String,
    /// What was redacted and why it was, without the secrets.
    pub done: Vec<String>,
    /// Secrets that stay, in sources that nobody asked to change.
    pub left: usize,
    /// The notebook before and after with every secret hidden, for showing.
    pub before_shown: String,
    pub after_shown: String,
}

/// Rounds until nothing is left: a redacted text may bare what it covered.
const ROUNDS: usize = 4;

/// Redacts a notebook's text.
///
/// # Errors
/// A text that is no notebook, and (a fault of ours) a result that is none or still holds a secret.
pub fn redact(text: &str, options: Options) -> Result<Redacted, String> {
    let mut current = text.to_owned();
    let mut done = Vec::new();
    let (mut hidden_before, mut hidden_after) = (EditSet::new(), EditSet::new());
    for round in 0..=ROUNDS {
        let (edits, left) = {
            let notebook = notebook::read(&current).map_err(|error| error.message)?;
            let found = secrets::scan(&notebook).found;
            let wanted: Vec<&Secret> = found.iter().filter(|secret| is_wanted(secret, options)).collect();
            if round == 0 {
                found.iter().for_each(|secret| hide(&mut hidden_before, secret));
            }
            let edits = edits_for(&notebook, &wanted, options, &mut done);
            if edits.is_empty() {
                found.iter().for_each(|secret| hide(&mut hidden_after, secret));
            }
            (edits, found.len() - wanted.len())
        };
        if edits.is_empty() {
            return Ok(Redacted {
                before_shown: hidden_before.apply(text),
                after_shown: hidden_after.apply(&current),
                text: current,
                done,
                left,
            });
        }
        current = edits.apply(&current);
    }
    Err("a secret is still found after redacting".to_owned())
}

fn is_wanted(secret: &Secret, options: Options) -> bool {
    options.source || secret.place.kind != PlaceKind::Source
}

fn hide(edits: &mut EditSet, secret: &Secret) {
    for piece in &secret.pieces {
        // overlapping pieces are hidden already
        let _ = edits.push(*piece, "*".repeat(piece.len().min(12)));
    }
}

fn edits_for(notebook: &Notebook<'_>, wanted: &[&Secret], options: Options, done: &mut Vec<String>) -> EditSet {
    let mut edits = EditSet::new();
    let mut packed: BTreeMap<Vec<Span>, (Packed, Vec<&Secret>)> = BTreeMap::new();
    let mut variables: Vec<(&str, String)> = Vec::new();
    for secret in wanted {
        done.push(secret.message("redacted"));
        if let Some(base64) = &secret.packed {
            let entry = packed.entry(base64.pieces.clone());
            entry.or_insert_with(|| (base64.clone(), Vec::new())).1.push(secret);
        } else if !(secret.place.kind == PlaceKind::Source && look_up(&mut edits, notebook, secret, &mut variables)) {
            replace(&mut edits, &secret.pieces, &mark(secret));
        }
    }
    for (pieces, (base64, secrets)) in packed {
        let file: String = pieces.iter().map(|piece| piece.slice(notebook.text)).collect();
        let values: Vec<(&str, String)> = secrets.iter().map(|secret| (secret.value(), mark(secret))).collect();
        if let Some(redacted) = secrets::repack(&file, base64.image, &values) {
            replace(&mut edits, &pieces, &redacted);
        }
    }
    if options.paths {
        for home in secrets::homes(notebook, &crate::text::Masker::default()) {
            if replace(&mut edits, &home.pieces, "~") {
                done.push("a home directory is redacted".to_owned());
            }
        }
    }
    edits
}

/// `[redacted:github-token]`
fn mark(secret: &Secret) -> String {
    format!("[redacted:{}]", secret.detector)
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

/// The environment variable for a secret: one for each value, named after its kind.
fn variable<'s>(secret: &'s Secret, variables: &mut Vec<(&'s str, String)>) -> String {
    if let Some((_, name)) = variables.iter().find(|(value, _)| *value == secret.value()) {
        return name.clone();
    }
    let plain = secret.detector.replace('-', "_").to_ascii_uppercase();
    let mut name = plain.clone();
    let mut n = 2;
    while variables.iter().any(|(_, taken)| *taken == name) {
        name = format!("{plain}_{n}");
        n += 1;
    }
    variables.push((secret.value(), name.clone()));
    name
}

/// Replaces a literal that is the secret and nothing else by a look-up. `false` where it is no such literal, and where
/// an import can't stand at the cell's top.
fn look_up<'s>(
    edits: &mut EditSet,
    notebook: &Notebook<'_>,
    secret: &'s Secret,
    variables: &mut Vec<(&'s str, String)>,
) -> bool {
    let Some(cell) = secret.place.cell.and_then(|idx| notebook.cell(idx)) else {
        return false;
    };
    let source = &cell.source.text;
    if !cell.is_code()
        || !notebook.language.is_python()
        || source.trim_start().starts_with("%%")
        || source.contains("__future__")
    {
        return false;
    }
    let Some(inner) = cell_span(cell, secret) else {
        return false;
    };
    let Some(literal) = literal_around(source, inner) else {
        return false;
    };
    let line_start = source
        .get(..literal.start)
        .and_then(|before| before.rfind('\n'))
        .map_or(0, |at| at + 1);
    let line = source.get(line_start..literal.start).unwrap_or_default();
    if line.trim_start().starts_with(['%', '!', '#']) {
        return false;
    }
    let name = variable(secret, variables);
    // as it stands in JSON
    let code = format!("os.environ[\\\"{name}\\\"]");
    if !replace(edits, &cell.source.map.pieces(literal), &code) {
        return false;
    }
    let imported = source
        .lines()
        .any(|line| line.trim() == "import os" || line.starts_with("import os,"));
    if !imported && let Some(first) = cell.source.map.segments().first() {
        let at = Span::new(first.original.start, first.original.start);
        // a second secret of the cell finds the import there already
        if !edits.edits().iter().any(|edit| edit.span == at) {
            let _ = edits.push(at, "import os\\n");
        }
    }
    true
}

/// Where the secret stands in its cell's source.
fn cell_span(cell: &notebook::Cell, secret: &Secret) -> Option<Span> {
    let value = secret.value();
    let mut found = cell
        .source
        .text
        .match_indices(value)
        .map(|(at, _)| Span::new(at, at + value.len()));
    found.find(|span| cell.source.map.original(*span) == secret.place.span)
}

/// The string literal whose content is `inner`, with its prefix and quotes.
fn literal_around(source: &str, inner: Span) -> Option<Span> {
    let bytes = source.as_bytes();
    let quote = *bytes.get(inner.start.checked_sub(1)?)?;
    if !matches!(quote, b'"' | b'\'')
        || bytes.get(inner.end) != Some(&quote)
        || bytes.get(inner.end + 1) == Some(&quote)
    {
        return None;
    }
    let mut start = inner.start - 1;
    if start > 0 && bytes.get(start - 1) == Some(&quote) {
        return None;
    }
    let prefix = source.get(..start)?;
    let letters = prefix.len() - prefix.trim_end_matches(['r', 'R', 'u', 'U', 'f', 'F']).len();
    let before = prefix.get(..prefix.len() - letters)?.chars().next_back();
    if letters <= 2 && before.is_none_or(|c| !c.is_alphanumeric() && c != '_') {
        start -= letters;
    } else if prefix.ends_with(|c: char| c.is_alphanumeric()) {
        return None;
    }
    Some(Span::new(start, inner.end + 1))
}
