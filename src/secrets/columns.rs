//! Secrets in tables: what a column's heading says of its cells, and what the cells say of each other.
//!
//! A heading alone proves little: words of a text are tokens, and so are the ids of a database. A column of secrets holds
//! nothing else, so that most of its cells must look like one.

use crate::finding::Confidence;
use crate::text::Span;

use super::assignment::{Column, Stands, column_of, judge};
use super::checks::{entropy, in_long_blob};
use super::engine::Hit;
use super::label::{ID, NAME, line_before};
use super::placeholder::is_placeholder;
use super::table::{self, Column as Cells, Tables};

/// The secrets in the column, or in the cell beside, that `word` heads.
pub(super) fn hits(tables: &mut Tables, text: &str, word: Span) -> Vec<Hit> {
    let under = tables.under(text, word).map(|column| below(text, &column));
    under.filter(|hits| !hits.is_empty()).unwrap_or_else(|| {
        let beside = table::beside(text, word).and_then(|column| beside(text, &column));
        beside.into_iter().collect()
    })
}

/// The secrets of a column, where it holds some.
fn below(text: &str, table: &Cells) -> Vec<Hit> {
    let before = line_before(text, table.heading.start);
    let column = (!table.cells.is_empty()).then(|| column_of(name(text, table.heading), before));
    let Some(column) = column.flatten() else {
        return Vec::new();
    };
    let cells = table.cells.iter().map(|cell| value(text, *cell));
    let told: Vec<Span> = cells.filter(|cell| !is_void(cell.slice(text))).collect();
    let looks = |cell: &&Span| column.holds(cell.slice(text)) && may_be_secret(text, **cell);
    let (secret, other): (Vec<Span>, Vec<Span>) = told.iter().partition(looks);
    if secret.len() < other.len() || secret.is_empty() {
        return Vec::new();
    }
    // among them a word is a chosen password, and what is as long as a key is one
    let likewise = other.into_iter().filter(|cell| {
        let value = cell.slice(text);
        let alike = column == Column::Password || secret.iter().any(|secret| secret.len() == cell.len());
        alike && value.len() >= SHORTEST && !value.contains(' ') && !is_placeholder(value, true)
    });
    let secrets = secret.iter().copied().chain(likewise);
    secrets.map(|span| hit(span, Confidence::Likely)).collect()
}

/// The secret beside a name: it has no others to be told by.
fn beside(text: &str, table: &Cells) -> Option<Hit> {
    let cell = value(text, *table.cells.first()?);
    let confidence = judge(name(text, table.heading), "", cell.slice(text), Stands::Bare)?;
    may_be_secret(text, cell).then(|| hit(cell, confidence))
}

/// A heading without what sets it off.
fn name(text: &str, heading: Span) -> &str {
    heading.slice(text).trim_matches(['"', '*', '`', '_'])
}

fn may_be_secret(text: &str, cell: Span) -> bool {
    let value = cell.slice(text);
    value.len() >= SHORTEST
        && entropy(value) >= LEAST_ENTROPY
        && !is_placeholder(value, true)
        && !in_long_blob(text, cell)
}

fn hit(span: Span, confidence: Confidence) -> Hit {
    Hit {
        detector: ID,
        name: NAME,
        confidence,
        span,
    }
}

/// Characters of a secret at least, and bits a character.
const SHORTEST: usize = 6;
const LEAST_ENTROPY: f64 = 2.5;

/// What of a cell is its value: no quotes, and nothing that says where it was cut.
fn value(text: &str, cell: Span) -> Span {
    let of = |c: char| matches!(c, '"' | '\'' | '`' | '*');
    let inner = cell.slice(text);
    let quoted = inner.len() > 2 && inner.starts_with(of) && inner.ends_with(of);
    let open = if quoted {
        inner.len() - inner.trim_start_matches(of).len()
    } else {
        0
    };
    let value = if quoted { inner.trim_matches(of) } else { inner };
    let whole = value.trim_end_matches("...").trim_end_matches('…');
    Span::new(cell.start + open, cell.start + open + whole.len())
}

/// Whether a cell says nothing of its column: empty, masked, or the name of a type.
fn is_void(value: &str) -> bool {
    let masked = value
        .chars()
        .all(|c| matches!(c, '*' | '•' | 'x' | 'X' | '-' | '.' | '…' | '#'));
    let empty = [
        "nan", "none", "null", "<na>", "n/a", "str", "string", "object", "varchar", "text",
    ];
    masked || value.starts_with("[redacted:") || empty.iter().any(|word| value.eq_ignore_ascii_case(word))
}
