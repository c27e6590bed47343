//! The inventory for programs. The types are its own: they change only by addition.

use std::io::{self, Write};

use serde::Serialize;

use super::Row;

#[derive(Serialize)]
struct Root<'r> {
    version: u32,
    notebooks: Vec<JsonRow<'r>>,
}

#[derive(Serialize)]
struct JsonRow<'r> {
    path: &'r str,
    verdict: &'static str,
    risk: &'static str,
    touches: Vec<&'static str>,
    language: &'r str,
    language_version: Option<&'r str>,
    kernel: Option<&'r str>,
    cells: usize,
    code_cells: usize,
    executed: usize,
    errors: usize,
    warnings: usize,
    dependencies: &'r [String],
    reads: &'r [String],
    writes: &'r [String],
    owner: Option<&'r str>,
    bytes: usize,
    changed: Option<&'r str>,
}

/// Writes one object, on one line.
///
/// # Errors
/// What the writer answers.
pub fn json(rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
    let root = Root {
        version: 1,
        notebooks: rows.iter().map(json_row).collect(),
    };
    serde_json::to_writer(&mut *out, &root)?;
    writeln!(out)
}

fn json_row(row: &Row) -> JsonRow<'_> {
    JsonRow {
        path: &row.path,
        verdict: row.verdict.name(),
        risk: row.risk.name(),
        touches: row.touches.iter().map(|touch| touch.name()).collect(),
        language: &row.language,
        language_version: row.language_version.as_deref(),
        kernel: row.kernel.as_deref(),
        cells: row.cells,
        code_cells: row.code_cells,
        executed: row.executed,
        errors: row.errors,
        warnings: row.warnings,
        dependencies: &row.dependencies,
        reads: &row.reads,
        writes: &row.writes,
        owner: row.owner.as_deref(),
        bytes: row.size,
        changed: row.changed.as_deref(),
    }
}
