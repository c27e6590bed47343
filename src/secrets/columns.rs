//! Secrets in tables: what a column's heading says of its cells, and what the cells say of each other.
//!
//! A heading alone proves little: words of a text are tokens, and so are the ids of a database. A column of secrets holds
//! nothing else, so that most of its cells must look like one.

use crate::finding::Confidence;
use crate::text::Span;

use super::assignment::{Column, column_of};
use super::checks::{entropy, in_long_blob};
use super::engine::Hit;
use super::label::{ID, NAME};
use super::placeholder::is_placeholder;
use super::table::{self, Column as Cells, Tables};

/// The secrets in the column, or in the cell beside, that `word` heads.
pub(super) fn hits(tables: &mut Tables, text: &str, word: Span) -> Vec<Hit> {
    let under = tables.under(text, word).map(|column| secrets(text, &column));
    under.filter(|hits| !hits.is_empty()).unwrap_or_else(|| {
        let beside = table::beside(text, word);
        beside.map(|column| secrets(text, &column)).unwrap_or_default()
    })
}

fn secrets(text: &str, table: &Cells) -> Vec<Hit> {
    if table.cells.is_empty() {
        return Vec::new();
    }
    let heading = table.heading.slice(text);
    let near = text
        .get(..table.heading.start)
        .and_then(|before| before.lines().next_back());
    let Some(column) = column_of(heading.trim_matches(['"', '*', '`', '_']), near.unwrap_or_default()) else {
        return Vec::new();
    };
    let cells = table.cells.iter().map(|cell| value(text, *cell));
    let told: Vec<Span> = cells.filter(|cell| !is_void(cell.slice(text))).collect();
    let looks = |cell: &&Span| {
        let value = cell.slice(text);
        column.holds(value)
            && value.len() >= SHORTEST
            && entropy(value) >= LEAST_ENTROPY
            && !is_placeholder(value, true)
            && !in_long_blob(text, **cell)
    };
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
    let hit = |span| Hit {
        detector: ID,
        name: NAME,
        confidence: Confidence::Likely,
        span,
    };
    secret.iter().copied().chain(likewise).map(hit).collect()
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
